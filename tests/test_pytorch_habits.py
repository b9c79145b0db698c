"""What code written for PyTorch touches at once: constructors, default devices, its helpers."""

import ast
import collections
import subprocess
import sys
import threading

import numpy as np
import pytest

import tensorbridge as tb
from tensorbridge import _absent
from tensorbridge.testing import assert_close
from tensorbridge.utils.data import default_collate, default_convert
from tensorbridge.utils.dlpack import from_dlpack, to_dlpack

# `Tensor(...)`.


def test_the_oldest_constructor():
    a = np.array([1.0, 2.0])
    made = tb.Tensor(a)
    assert made.dtype == tb.float32
    assert made.tolist() == [1.0, 2.0]
    made[0] = 5.0
    assert a[0] == 1.0
    assert tb.Tensor([[1, 2]]).shape == (1, 2)
    for arguments, shape in [
        ((), (0,)),
        ((2, 3), (2, 3)),
        ((3,), (3,)),
        ((np.int64(3),), (3,)),
        ((tb.Size([2, 0]),), (2, 0)),
        ((np.array(3),), ()),
        ((tb.tensor(3),), ()),
    ]:
        assert tb.Tensor(*arguments).shape == shape
    assert tb.Tensor(2, 2).tolist() == [[0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [(("a",), TypeError), ((2, "a"), TypeError), ((-1,), RuntimeError), ((None,), TypeError)],
)
def test_what_the_oldest_constructor_refuses(arguments, error):
    with pytest.raises(error):
        tb.Tensor(*arguments)
    with pytest.raises(TypeError, match="no keyword arguments"):
        tb.Tensor([1], dtype=tb.int64)


def test_sizes_are_of_integers():
    assert tb.Size(np.array([2, 3])) == (2, 3)
    assert {type(n) for n in tb.Size((np.int64(2), True))} == {int}
    joined = tb.Size([2]) + tb.ones(3).shape
    assert isinstance(joined, tb.Size)
    assert joined == (2, 3)
    assert isinstance(tb.ones(2, 3).shape, tb.Size)
    for items, found in [("ab", "item 0 is 'str'"), ([1, 2.5], "item 1 is 'float'")]:
        with pytest.raises(TypeError, match=found):
            tb.Size(items)


# The default device.


def test_the_default_device_is_where_tensors_are_made():
    a = np.arange(3.0)
    with tb.device("meta") as device:
        assert tb.get_default_device() == device == "meta"
        made = [tb.zeros(2), tb.arange(3), tb.rand(2), tb.tensor(a), tb.asarray([1]), tb.eye(2)]
        assert {str(t.device) for t in made} == {"meta"}
        assert tb.from_numpy(a).numpy().ctypes.data == a.ctypes.data
        assert tb.from_dlpack(a).device == tb.frombuffer(b"ab", dtype=tb.uint8).device == "cpu"
        here = tb.tensor(1.0, device="cpu")
        assert tb.asarray(here) is here
        assert tb.zeros_like(here).device == "cpu"
        with tb.device("cpu"):
            assert tb.zeros(1).device == "cpu"
        assert tb.zeros(1).device == "meta"
        with pytest.raises(tb.CopyError):
            tb.asarray(a, copy=False)
    assert tb.get_default_device() == "cpu"


def test_the_default_device_is_the_threads_own():
    tb.set_default_device("meta")
    try:
        seen = []
        thread = threading.Thread(target=lambda: seen.append(tb.get_default_device()))
        thread.start()
        thread.join()
        assert seen == [tb.device("cpu")]
        assert tb.ones(1).is_meta
    finally:
        tb.set_default_device(None)
    assert not tb.ones(1).is_meta
    with pytest.raises(RuntimeError, match="Expected one of cpu"):
        tb.set_default_device("gpu")


def test_a_block_ends_with_its_exception():
    with pytest.raises(ZeroDivisionError), tb.device("meta"):
        1 / 0  # noqa: B018
    assert tb.get_default_device() == "cpu"


# What is left to NumPy.


@pytest.mark.parametrize("name", sorted(_absent._SAME | _absent._OTHER.keys()))
def test_what_is_absent_names_a_function_that_exists(name):
    for owner in (tb, tb.ones(2)):
        if not hasattr(owner, name):
            with pytest.raises(AttributeError, match="is left to NumPy — hint: "):
                getattr(owner, name)
    call = _absent.hint(name).split("`")[1]
    for node in ast.walk(ast.parse(call)):
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("np."):
            assert eval(ast.unparse(node)) is not None, call


@pytest.mark.parametrize("name", ["exp", "argmax", "sort", "cumsum", "isnan", "roll"])
def test_the_hints_are_true(name):
    t = tb.tensor([3.0, 1.0])
    arguments = (t, 1) if name == "roll" else (t,)
    assert isinstance(getattr(np, name)(*arguments), tb.Tensor)


def test_other_names_are_plainly_absent():
    for owner, text in [
        (tb, "module 'tensorbridge'"),
        (tb.ones(1), "'tensorbridge.Tensor' object"),
    ]:
        with pytest.raises(AttributeError, match=f"^{text} has no attribute 'nonsense'$") as caught:
            owner.nonsense  # noqa: B018
        assert caught.value.name == "nonsense"


def test_submodules_cost_nothing_until_they_are_touched():
    code = """
import sys, tensorbridge as tb
lazy = {"tensorbridge." + n for n in ("utils", "testing", "random", "_absent", "_numpy")}
assert not lazy & sys.modules.keys(), lazy & sys.modules.keys()
assert tb.utils.data and tb.utils.dlpack and tb.testing and tb.random.manual_seed(1)
assert "numpy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


# `utils.dlpack`.


def test_capsules_by_hand():
    t = tb.arange(3.0)
    back = from_dlpack(to_dlpack(t))
    assert back.data_ptr() == t.data_ptr()
    with pytest.raises(BufferError, match="readonly"):
        to_dlpack(tb.from_numpy(np.broadcast_to(np.zeros(1), (2,))))


# `utils.data`.

Pair = collections.namedtuple("Pair", "x y")


def test_collating():
    rows = [np.ones(2, np.float32), np.zeros(2, np.float32)]
    stacked = default_collate(rows)
    assert stacked.tolist() == [[1.0, 1.0], [0.0, 0.0]]
    assert stacked.dtype == tb.float32
    assert default_collate([np.float32(1), np.float32(2)]).dtype == tb.float32
    assert default_collate([1.5, 2.5]).dtype == tb.float64
    assert default_collate([1, 2]).dtype == tb.int64
    assert default_collate([True, False]).dtype == tb.bool
    assert default_collate(["a", "b"]) == ["a", "b"]
    assert default_collate([tb.ones(1), tb.zeros(1)]).shape == (2, 1)
    batch = default_collate([{"a": 1, "b": (2.0, "x")}, {"a": 3, "b": (4.0, "y")}])
    assert batch["a"].tolist() == [1, 3]
    assert batch["b"][0].tolist() == [2.0, 4.0]
    assert list(batch["b"][1]) == ["x", "y"]
    pair = default_collate([Pair(1, 2), Pair(3, 4)])
    assert type(pair) is Pair
    assert pair.y.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("batch", "error", "words"),
    [
        ([np.array(["a"])], TypeError, "batch must contain tensors, numpy arrays.*found <U1"),
        ([object()], TypeError, "found <class 'object'>"),
        ([[1], [1, 2]], ValueError, r"one length, and they have \[1, 2\]"),
        ([np.ones(2), np.ones(3)], ValueError, "equal size"),
        ([], ValueError, "empty batch"),
    ],
)
def test_what_cannot_be_collated(batch, error, words):
    with pytest.raises(error, match=words):
        default_collate(batch)


def test_converting_shares():
    a, text = np.arange(3.0), np.array(["a"])
    made = default_convert({"a": a, "b": [a, "x", 3], "c": Pair(a, text), "d": (a,)})
    assert made["a"].numpy().ctypes.data == a.ctypes.data
    assert isinstance(made["b"][0], tb.Tensor)
    assert made["b"][1:] == ["x", 3]
    assert type(made["c"]) is Pair
    assert made["c"].y is text
    assert isinstance(made["d"][0], tb.Tensor)
    assert default_convert(np.float32(2)).dtype == tb.float32


# `testing`.


def test_close_things_are_close():
    t = tb.tensor([1.0, 2.0])
    assert_close(t, t + 1e-7)
    assert_close(t, np.array([1, 2], np.float32))
    assert_close({"a": [t, 1]}, {"a": [t, 1]})
    assert_close(t.double(), t, check_dtype=False)
    assert_close(1.0, 1.0 + 1e-9)
    assert_close(tb.tensor(float("nan")), float("nan"), equal_nan=True)
    assert_close(t, t + 1, rtol=0, atol=1)


@pytest.mark.parametrize(
    ("actual", "expected", "words"),
    [
        (tb.ones(2), tb.zeros(2), r"2 of 2 elements differ, the first at \(0,\): 1.0 != 0.0"),
        (tb.tensor(1), tb.tensor(2), r"at \(\): 1 != 2"),
        (tb.ones(2), tb.ones(3), "'shape' do not match"),
        (tb.ones(2), tb.ones(2).double(), "'dtype' do not match"),
        ([tb.ones(1)], [tb.zeros(1)], r"\(item \[0\]\)"),
        ([1], [1, 2], "length of the sequences mismatch: 1 != 2"),
        ({"a": 1}, {"b": 1}, "keys of the mappings do not match"),
        (tb.tensor(float("nan")), tb.tensor(float("nan")), "nan != nan"),
        (tb.tensor([1, 2]), tb.tensor([1, 3]), "rtol=0.0, atol=0.0"),
    ],
)
def test_what_differs_is_named(actual, expected, words):
    with pytest.raises(AssertionError, match=words):
        assert_close(actual, expected)
    with pytest.raises(AssertionError, match=r"^mine$"):
        assert_close(actual, expected, msg="mine")
    with pytest.raises(ValueError, match="both be given or neither"):
        assert_close(actual, expected, rtol=1.0)


def test_strides_are_compared_when_asked():
    t = tb.ones(2, 3)
    assert_close(t, t.T.clone().T)
    with pytest.raises(AssertionError, match="'strides'"):
        assert_close(t, t.T.contiguous().T, check_stride=True)


# Small things.


def test_asarray_knows_its_argument_by_name():
    a = np.arange(3.0)
    assert tb.asarray(obj=a).numpy().ctypes.data == a.ctypes.data


def test_the_trace_of_a_matrix_is_another_one():
    with pytest.raises(TypeError, match=r"hint: `t.diagonal\(\).sum\(\)`"):
        tb.trace(tb.eye(2))


@pytest.mark.parametrize("make", [lambda: tb.zeros(2, -1), lambda: tb.randint(3, (-1,))])
def test_negative_lengths_are_both_worlds_errors(make):
    for error in (ValueError, RuntimeError):
        with pytest.raises(error, match="negative dimension -1"):
            make()


def test_seeds_and_devices_name_what_they_got():
    with pytest.raises(TypeError, match="a seed is an integer, not str"):
        tb.manual_seed("a")
    with pytest.raises(RuntimeError, match="'cpu:1': there is one device of its kind, number 0"):
        tb.device("cpu:1")
    with pytest.raises(RuntimeError, match="'cuda:-1'"):
        tb.device("cuda", -1)
    with pytest.raises(TypeError, match="expected an int or a tuple of ints, not Tensor"):
        tb.max(tb.ones(2), tb.zeros(2))
    with pytest.raises(TypeError, match="found element of type str at pos 1"):
        tb.ones(2).sum((0, "a"))


def test_diagonals():
    a = np.arange(12.0).reshape(3, 4)
    for offset in (-3, -1, 0, 2):
        np.testing.assert_array_equal(tb.diag(a, offset).numpy(), np.diag(a, offset))
        np.testing.assert_array_equal(
            tb.from_numpy(a[0]).diag(offset).numpy(), np.diag(a[0], offset)
        )
    fresh = tb.from_numpy(a).diag()
    fresh[0] = 99.0
    assert a[0, 0] == 0.0
    assert tb.diag(np.array([True, False])).dtype == tb.bool
    for shape in ((), (1, 2, 3)):
        with pytest.raises(tb.ShapeError, match=f"Got {len(shape)}D"):
            tb.ones(shape).diag()


def test_parts_of_dtypes():
    assert tb.complex64.to_real() is tb.float32
    assert tb.int8.to_real() is tb.int8
    assert tb.float64.to_complex() is tb.complex128
    assert tb.bfloat16.to_complex() is tb.complex64.to_complex() is tb.complex64
    with pytest.raises(TypeError, match="int8 has no complex dtype"):
        tb.int8.to_complex()


def test_memory_is_neither_pinned_nor_shared_between_processes():
    t = tb.ones(2)
    assert t.is_pinned() is t.is_shared() is False


def test_bytes_have_numpys_name():
    a = np.arange(6, dtype=np.int16).reshape(2, 3).T
    assert tb.from_numpy(a).tobytes() == a.tobytes()
