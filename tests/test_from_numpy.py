"""`from_numpy`: address, shape, strides and dtype of any array, and nothing else of it."""

from __future__ import annotations

import gc
import sys
import weakref
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from child import run_child
from sources import address, layouts

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128", "bfloat16",
]  # fmt: skip


def numpy_dtype(name: str) -> np.dtype:
    return np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    """Any dtype, rank, strides (negative, zero, odd), alignment, order and permission."""
    dtype = numpy_dtype(draw(st.sampled_from(DTYPES)))
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=4)))
    kind = draw(
        st.sampled_from(["dense", "fortran", "sliced", "record", "misaligned", "broadcast"])
    )
    count = int(np.prod(shape))
    match kind:
        case "record":
            array = np.zeros(shape, dtype=[("pad", "V3"), ("field", dtype)])["field"]
        case "misaligned":
            array = np.zeros(count * dtype.itemsize + 1, np.uint8)[1:].view(dtype).reshape(shape)
        case "broadcast":
            wider = tuple(draw(st.lists(st.integers(1, 3), max_size=2))) + shape
            array = np.lib.stride_tricks.as_strided(
                np.zeros(shape, dtype),
                wider,
                (0,) * (len(wider) - len(shape)) + np.zeros(shape, dtype).strides,
            )
        case "sliced":
            array = np.zeros(tuple(n * 3 + 2 for n in shape), dtype)
            for axis, length in enumerate(shape):
                step = draw(st.sampled_from([1, 2, 3, -1, -2, -3]))
                stop = None if step < 0 and draw(st.booleans()) else length * 3
                index = (
                    slice(stop, 0 if step < 0 else None, step) if step < 0 else slice(0, stop, step)
                )
                array = array[(slice(None),) * axis + (index,)]
        case _:
            array = np.zeros(shape, dtype, order="F" if kind == "fortran" else "C")
    if array.size and kind != "broadcast":
        bits = np.random.default_rng(draw(st.integers(0, 99))).integers(0, 100, array.shape)
        array[...] = bits.astype(dtype)
    array = array.transpose(draw(st.permutations(range(array.ndim))))
    array.flags.writeable = draw(st.booleans())
    return array


def contents(array: np.ndarray) -> bytes:
    return array.tobytes()


@given(arrays())
def test_nothing_of_the_memory_changes(array: np.ndarray) -> None:
    before = sys.getrefcount(array)
    tensor = tb.from_numpy(array)
    assert sys.getrefcount(array) == before + 1
    assert tensor.data_ptr() == address_of(array)
    assert tuple(tensor.shape) == array.shape
    assert tensor.strides == array.strides
    assert str(tensor.dtype) == f"tensorbridge.{array.dtype}"
    assert tensor.is_readonly == (not array.flags.writeable)

    back = tensor.numpy()
    assert back is not array
    assert type(back) is np.ndarray
    assert address_of(back) == address_of(array)
    assert (back.shape, back.strides, back.dtype) == (array.shape, array.strides, array.dtype)
    assert back.flags.writeable == array.flags.writeable
    assert contents(back) == contents(array)

    del tensor
    assert sys.getrefcount(array) == before + 1
    del back
    assert sys.getrefcount(array) == before


def address_of(array: np.ndarray) -> int:
    return (
        array.ctypes.data
        if array.dtype.kind == "V" or array.dtype.isbuiltin != 1
        else address(array)
    )


@given(arrays())
def test_copies_have_the_same_values(array: np.ndarray) -> None:
    before = sys.getrefcount(array)
    copy = tb.tensor(array)
    assert sys.getrefcount(array) == before
    assert contents(copy.numpy()) == contents(array)
    assert not copy.is_readonly


@pytest.mark.parametrize("name", DTYPES)
def test_every_dtype_crosses_both_ways(name: str) -> None:
    array = np.zeros(3, dtype=numpy_dtype(name))
    tensor = tb.from_numpy(array)
    assert tensor.dtype is getattr(tb, name)
    assert tensor.numpy().dtype == array.dtype


def test_dtypes_match_by_width_not_by_name() -> None:
    for code, dtype in [("q", tb.int64), ("Q", tb.uint64), ("l", tb.int64), ("p", tb.int64)]:
        if np.dtype(code).itemsize == 8:
            assert tb.from_numpy(np.zeros(1, code)).dtype is dtype
    assert tb.from_numpy(np.zeros(1, np.intc)).dtype is tb.int32


def test_bfloat16_values_cross() -> None:
    array = np.array([1, 2.5, -3], dtype=ml_dtypes.bfloat16)
    tensor = tb.from_numpy(array)
    assert tensor.dtype is tb.bfloat16
    assert tensor.numpy().dtype == ml_dtypes.bfloat16
    assert tb.asarray(tensor, dtype=tb.float32).numpy().tolist() == [1, 2.5, -3]


@pytest.mark.parametrize("name", ["float8_e4m3fn", "float8_e5m2", "int4"])
def test_other_registered_dtypes_are_refused(name: str) -> None:
    array = np.zeros(2, dtype=getattr(ml_dtypes, name))
    with pytest.raises(TypeError, match=f"can't convert np.ndarray of type ml_dtypes.{name}"):
        tb.from_numpy(array)


def test_up_to_64_axes() -> None:
    most = 64 if np.lib.NumpyVersion(np.__version__) >= "2.0.0" else 32
    array = np.zeros((1,) * most, dtype=np.float32)
    tensor = tb.from_numpy(array)
    assert tensor.ndim == most
    assert tensor.numpy().shape == array.shape


def test_any_byte_of_a_bool() -> None:
    array = np.array([0, 1, 2, 255], dtype=np.uint8).view(np.bool_)
    shared = tb.from_numpy(array)
    assert shared.numpy().view(np.uint8).tolist() == [0, 1, 2, 255]
    assert tb.tensor(array).numpy().view(np.uint8).tolist() == [0, 1, 2, 255]
    assert tb.asarray(array, dtype=tb.float32).numpy().tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize("mode", ["r+", "r", "c"])
def test_memmap(tmp_path: Path, mode: Any) -> None:
    path = tmp_path / "data"
    np.arange(6, dtype=np.float32).tofile(path)
    array = np.memmap(path, dtype=np.float32, mode=mode)
    tensor = tb.from_numpy(array)
    assert tensor.data_ptr() == address(array)
    assert tensor.is_readonly == (mode == "r")
    del array
    gc.collect()
    assert tensor.numpy().tolist() == [0, 1, 2, 3, 4, 5]


class Marked(np.ndarray):
    """A subclass that a tensor does not know."""


def test_subclasses_are_plain_data() -> None:
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix([[1.0, 2.0]])
    assert tuple(tb.from_numpy(matrix).shape) == (1, 2)
    marked = np.zeros(3).view(Marked)
    with tb.trace() as events:
        tensor = tb.from_numpy(marked)
    assert type(tensor.numpy()) is np.ndarray
    assert "Marked" in events[0].note
    assert tb.from_numpy(np.zeros(3).view(np.recarray)).data_ptr()


def test_wrong_objects_are_named() -> None:
    for wrong, name in [([1], "list"), (None, "NoneType"), (np.float32(1), "numpy.float32")]:
        with pytest.raises(TypeError, match=rf"expected np.ndarray \(got {name}\)"):
            tb.from_numpy(wrong)
    with pytest.raises(TypeError):
        tb.from_numpy()
    with pytest.raises(TypeError):
        tb.from_numpy(a=np.zeros(1))


def test_the_array_lives_as_long_as_the_tensor() -> None:
    array = np.arange(4.0).view(Marked)
    gone = weakref.ref(array)
    tensor = tb.from_numpy(array)
    view = tensor.numpy()
    del array, tensor
    gc.collect()
    assert gone() is not None
    assert view.tolist() == [0, 1, 2, 3]
    del view
    gc.collect()
    assert gone() is None


def test_failures_release_the_array() -> None:
    for array in (np.zeros(2, ">f4"), np.zeros(2, "M8[s]"), np.array([None])):
        before = sys.getrefcount(array)
        for _ in range(3):
            with pytest.raises((TypeError, ValueError)):
                tb.from_numpy(array)
        assert sys.getrefcount(array) == before


def test_base_chains_do_not_grow() -> None:
    tensor = tb.from_numpy(np.zeros(3))
    for _ in range(5):
        tensor = tb.from_numpy(tensor.numpy())
    depth, base = 0, tensor.numpy().base
    while isinstance(base, np.ndarray):
        depth, base = depth + 1, base.base
    assert depth <= 1


def test_without_numpy() -> None:
    """Everything that needs no NumPy works; what needs it gives one chained ImportError."""
    run_child("""
        import sys
        sys.modules["numpy"] = None
        import array, tensorbridge as tb
        t = tb.asarray([[1, 2], [3, 4]])
        assert memoryview(t).tolist() == [[1, 2], [3, 4]]
        assert memoryview(tb.asarray(array.array("f", [1.5]))).tolist() == [1.5]
        assert memoryview(tb.frombuffer(b"ab", dtype="uint8")).tolist() == [97, 98]
        assert t.__array_interface__["shape"] == (2, 2)
        for ask in (t.numpy, t.__array__, lambda: tb.float32.dtype):
            try:
                ask()
            except ImportError as error:
                assert "pip install numpy" in str(error), error
                assert isinstance(error.__cause__, ImportError)
            else:
                raise AssertionError("no error")
        try:
            tb.from_numpy([1])
        except TypeError as error:
            assert str(error).startswith("expected np.ndarray (got list)")
    """)


def test_import_leaves_numpy_alone() -> None:
    run_child("""
        import sys, tensorbridge as tb
        tb.asarray([1.0]), tb.asarray(b"ab"), tb.tensor(2)
        assert "numpy" not in sys.modules
    """)


def test_a_module_that_is_not_numpy(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("def array(x): return x\n")
    run_child(f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        import tensorbridge as tb
        import numpy
        assert memoryview(tb.asarray([1, 2])).tolist() == [1, 2]
        try:
            tb.asarray([1.0]).numpy()
        except ImportError as error:
            assert "is not NumPy" in str(error.__cause__ or error), error
            assert "numpy.py" in str(error.__cause__ or error)
        else:
            raise AssertionError("no error")
    """)


def test_numpy_reloaded() -> None:
    run_child("""
        import importlib, warnings, numpy as np, tensorbridge as tb
        a = np.arange(3.0)
        t = tb.from_numpy(a)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            np = importlib.reload(np)
        assert t.numpy().tolist() == [0, 1, 2]
        assert tb.from_numpy(np.ones(2)).numpy().tolist() == [1, 1]
    """)


def test_tensors_outlive_the_interpreter() -> None:
    """Owners die during and after finalisation, in whatever order; nothing crashes."""
    run_child("""
        import numpy as np, tensorbridge as tb, sys, threading
        class Hold: pass
        kept = Hold()
        kept.self, kept.t = kept, tb.from_numpy(np.zeros(10))
        kept.u = tb.frombuffer(bytearray(8), dtype=tb.uint8)
        sys.kept = tb.asarray(np.zeros(3)), memoryview(tb.asarray([1, 2]))
        thread = threading.Thread(target=lambda t: t.numpy().sum(), args=(kept.t,))
        thread.start(); thread.join()
    """)


@pytest.mark.parametrize("name", layouts())
def test_layouts_by_name(name: str) -> None:
    array = layouts()[name]
    tensor = tb.from_numpy(array)
    assert tensor.data_ptr() == address(array)
    assert tensor.strides == array.strides
    assert np.array_equal(tensor.numpy(), array)
