"""Functions that NumPy dispatches through `__array_function__`, every one of them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import tensorbridge as tb
from numpy_calls import (
    ROWS,
    SAMPLES,
    assert_no_array_left,
    assert_same,
    computed,
    dispatchers,
    evaluate,
    has,
    plain,
    resolve,
)

NUMPY = tuple(int(part) for part in np.__version__.split(".")[:2])


def test_the_table_names_every_function():
    missing = sorted(set(dispatchers()) - {row[0] for row in ROWS})
    if NUMPY <= (2, 4):
        assert missing == []
    x = SAMPLES["x"]
    # A newer NumPy has more: what one argument can show must be the same for a tensor.
    for name in missing:
        function = resolve(name)
        try:
            theirs = function(x.copy())
        except Exception as error:
            with pytest.raises(type(error)):
                function(tb.from_numpy(x.copy()))
        else:
            assert_same(plain(function(tb.from_numpy(x.copy()))), plain(theirs))


@pytest.mark.parametrize(
    ("name", "path", "call", "note"),
    ROWS,
    ids=lambda value: value if isinstance(value, str) and value.startswith("np.") else "",
)
def test_every_function(name, path, call, note):
    function = resolve(name)
    if not hasattr(function, "_implementation"):
        return  # This NumPy has none of that name, or asks nobody.
    if path == "refused":
        with pytest.raises(TypeError):
            evaluate(call, tb.from_numpy)
        return
    with warnings.catch_warnings(record=True) as expected_warnings:
        warnings.simplefilter("always")
        theirs = evaluate(call, lambda array: array)
    with warnings.catch_warnings(record=True) as seen_warnings, tb.trace() as events:
        warnings.simplefilter("always")
        ours = evaluate(call, tb.from_numpy)
    # A function that NumPy is about to drop says so, and nothing else warns.
    assert {w.category for w in seen_warnings} == {w.category for w in expected_warnings}
    own_name = f"{function.__module__}.{function.__name__}"
    ran_natively = path.startswith("tb.") and has(path)
    assert [own_name] * (not ran_natively) == [
        name for name in computed(events) if name == own_name
    ]
    if "0-d" not in note:
        assert_no_array_left(ours, theirs)
    assert_same(plain(ours), plain(theirs), dtype="dtype" not in note)


def tensor(values, dtype=None):
    return tb.from_numpy(np.array(values, dtype))


def address(array):
    return array.__array_interface__["data"][0]


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.rot90(x),
        lambda x: np.split(x, 3)[0],
        lambda x: np.diagonal(x),
        lambda x: np.atleast_3d(x),
        lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 2)),
        lambda x: np.real(x),
        lambda x: np.reshape(x, (4, 3)),
        lambda x: np.transpose(x),
        lambda x: np.squeeze(x),
        lambda x: np.broadcast_to(x, (2, 3, 4)),
    ],
)
def test_views_stay_views(call):
    x = tensor(np.arange(12.0).reshape(3, 4))
    view = call(x)
    assert type(view) is tb.Tensor
    assert np.shares_memory(x.numpy(), view.numpy())
    before = view.numpy().copy()
    x.numpy()[...] += 100
    assert (view.numpy() == before + 100).all()


def test_a_view_keeps_its_memory_alive():
    view = np.rot90(tensor([[1, 2], [3, 4]]))
    assert view.numpy().tolist() == [[2, 4], [1, 3]]


def test_read_only_stays_read_only():
    array = np.arange(4.0).reshape(2, 2)
    array.flags.writeable = False
    x = tb.from_numpy(array)
    assert np.rot90(x).is_readonly
    with pytest.raises(ValueError, match="read-only"):
        np.put(x, 0, 1)
    with pytest.raises(ValueError, match="read-only"):
        np.fill_diagonal(x, 1)


def test_out_is_returned_as_given():
    x, out = tensor([3.0, 1.0, 2.0]), tensor([0.0, 0.0, 0.0])
    assert np.nancumsum(x, out=out) is out
    assert out.numpy().tolist() == [3, 4, 6]
    array = np.zeros(3)
    assert np.nancumsum(x, out=array) is array
    assert np.nancumsum(x, None, None, array) is array
    assert np.einsum("i,i->i", x, x, out=array) is array
    assert array.tolist() == [9, 1, 4]
    assert np.cumsum(x, out=out) is out
    assert np.sum(np.ones((2, 3)), axis=0, out=out) is out
    assert out.numpy().tolist() == [2, 2, 2]


def test_tensors_are_found_at_any_depth():
    a, b = tensor([[1.0]]), tensor([[2.0]])
    result = np.block([[a, b], [b, tensor([[3.0]])]])
    assert type(result) is tb.Tensor
    assert result.numpy().tolist() == [[1, 2], [2, 3]]
    pieces = np.select([tensor([True, False])], [tensor([1, 2])], default=7)
    assert pieces.numpy().tolist() == [1, 7]
    padded = np.pad(tensor([1.0, 1.0]), 1)
    assert padded.numpy().tolist() == [0, 1, 1, 0]


def test_named_tuples_keep_their_class():
    u, s, vh = result = np.linalg.svd(tensor(np.eye(2)))
    assert [type(part) for part in result] == [tb.Tensor] * 3
    theirs = np.linalg.svd(np.eye(2))
    assert type(result) is type(theirs)
    if hasattr(theirs, "S"):
        assert result.S is s
    assert u.shape == vh.shape == (2, 2)


def test_what_no_tensor_can_hold_stays():
    x = tensor([1.0, 2.0])
    assert type(np.array_str(x)) is str
    assert np.common_type(x) is np.float64
    assert np.iscomplexobj(x) is False
    assert np.shape(x) == (2,)
    assert type(np.shape(x)) is tuple
    longs = np.concatenate([np.ones(1, np.longdouble), np.ones(1)])
    assert type(np.append(longs, np.ones(1))) is np.ndarray
    extended = np.interp(x, [0, 1], [0, 1])
    assert type(extended) is tb.Tensor
    words = np.select([tensor([True, False])], [np.array(["a", "b"])], default="c")
    assert type(words) is np.ndarray
    assert words.tolist() == ["a", "c"]


@pytest.mark.parametrize(
    "join", [np.concatenate, np.stack, np.hstack, np.vstack, np.dstack, np.column_stack]
)
def test_joining_promotes_by_the_one_table(join):
    small, real = tensor([1, 2]), np.array([0.5, 1.5], np.float32)
    assert join([small, real]).dtype == tb.float32
    assert join([real, small]).dtype == tb.float32
    with pytest.raises(TypeError, match="uint64"):
        join([small, np.array([1, 2], np.uint64)])


@pytest.mark.parametrize("product", [np.dot, np.inner, np.outer, np.kron, np.vdot, np.convolve])
def test_products_promote_by_the_one_table(product):
    small, real = tensor([1, 2]), np.array([0.5, 1.5], np.float32)
    assert product(small, real).dtype == tb.float32
    assert product(real, small).dtype == tb.float32
    assert np.einsum("i,i", small, real).dtype == tb.float32


def test_dtype_arguments_are_ours_too():
    x = tensor([1, 2])
    assert np.trace(tensor([[1, 2], [3, 4]]), dtype=tb.float32).dtype == tb.float32
    assert np.zeros(2, dtype=tb.float32).dtype == np.float32
    assert np.issubdtype(x.dtype, np.integer)
    assert np.result_type(x, np.float32) == np.float32
    assert np.zeros_like(x, dtype=tb.float64).dtype == tb.float64


def test_bfloat16_is_computed_in_float32_and_rounded_back():
    x = tb.astype(tensor([[2.0, 1.0], [1.0, 3.0]]), tb.bfloat16)
    assert np.linalg.inv(x).dtype == tb.bfloat16
    assert np.median(x).dtype == tb.bfloat16
    assert (
        np.linalg.inv(x).tolist()
        == tb.astype(
            tensor(np.linalg.inv(np.array([[2, 1], [1, 3]], np.float32))), tb.bfloat16
        ).tolist()
    )
    # Beside a wider array the wider dtype stays.
    assert np.inner(x, tensor(np.ones((2, 2), np.float32))).dtype == tb.float32
    # What only moves elements shares them.
    turned = np.rot90(x)
    assert turned.dtype == tb.bfloat16
    assert turned.tolist() == [[1, 3], [2, 1]]
    np.fill_diagonal(x, 7)
    assert x.tolist() == [[7, 1], [1, 7]]
    assert turned.tolist() == [[1, 7], [7, 1]]
    np.put(x, [0], [5])
    assert x.tolist() == [[5, 1], [1, 7]]


def test_arrays_of_other_libraries_answer_for_themselves():
    class Other:
        def __array_function__(self, func, types, args, kwargs):
            return "other"

    class Refusing:
        def __array_function__(self, func, types, args, kwargs):
            return NotImplemented

    x = tensor([1.0])
    assert np.union1d(x, Other()) == "other"
    assert np.union1d(Other(), x) == "other"
    with pytest.raises(TypeError, match="no implementation found"):
        np.union1d(x, Refusing())


def test_meta_tensors_are_never_downloaded():
    meta = tb.empty((2, 2), device="meta")
    for call in (np.unwrap, np.i0, np.spacing):
        with pytest.raises(TypeError, match="meta"):
            call(meta)


def test_errors_of_numpy_arrive():
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        np.linalg.inv(tensor(np.zeros((2, 2))))
    with pytest.raises(ValueError, match="Incompatible"):
        np.linalg.solve(tensor(np.eye(2)), tensor(np.ones((3, 1))))


def test_functions_that_ask_nobody():
    """Some functions of NumPy make an array of whatever they get."""
    x = tensor(np.array([1, 2, 3], np.float32))
    np.testing.assert_allclose(x, x.numpy())
    np.testing.assert_array_equal(x, x)
    np.testing.assert_allclose(x.numpy(), x)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(x, x.numpy() + 1)
    masked = np.ma.array(x)
    assert type(masked) is np.ma.MaskedArray
    assert masked.dtype == np.float32
    assert np.vectorize(lambda value: value + 1)(x).tolist() == [2, 3, 4]
    assert np.nditer(x).dtypes == (np.dtype(np.float32),)
    assert sorted(np.random.default_rng(0).permutation(x).tolist()) == [1, 2, 3]
    assert np.random.default_rng(0).choice(x) in (1, 2, 3)
    assert np.arange(tb.tensor(3.0)).tolist() == [0, 1, 2]
    assert np.zeros(tb.tensor(2)).shape == (2,)
    assert np.isscalar(x) is False
    assert np.broadcast_shapes(x.shape, (2, 3)) == (2, 3)
    assert np.ascontiguousarray(x) is not x


def test_wrap_gives_a_tensor_over_the_same_memory():
    x, array = tensor([1.0]), np.arange(3.0)[::-1]
    wrapped = x.__array_wrap__(array)
    assert type(wrapped) is tb.Tensor
    assert wrapped.data_ptr() == address(array)
    assert x.__array_wrap__(np.array([True])).dtype == tb.bool
    assert x.__array_wrap__(np.float32(2), None, True).shape == ()


def test_the_event_says_what_numpy_did():
    with tb.trace() as events:
        np.unwrap(tensor([1.0, 2.0]))
    (event,) = [event for event in events if event.action == "computed"]
    assert event.operation == "numpy.unwrap"
    assert event.shape == (2,)
    assert event.dtype == tb.float64
    assert "NumPy" in event.note
