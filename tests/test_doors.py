"""The doors themselves: signatures, keywords, and the order in which protocols are asked."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import tensorbridge as tb
from child import run_child

DOORS = (tb.asarray, tb.as_tensor, tb.tensor)


def test_signatures() -> None:
    def keywords(function: Any) -> dict[str, Any]:
        return {
            name: parameter.default
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is parameter.KEYWORD_ONLY
        }

    assert keywords(tb.from_numpy) == {"writable": None}
    asarray = {
        "dtype": None,
        "device": None,
        "copy": None,
        "writable": None,
        "requires_grad": False,
        "casting": None,
    }
    assert keywords(tb.asarray) == keywords(tb.as_tensor) == asarray
    assert keywords(tb.tensor) == {
        "dtype": None, "device": None, "requires_grad": False, "pin_memory": False,
        "casting": None,
    }  # fmt: skip
    assert keywords(tb.frombuffer) == {
        "dtype": inspect.Parameter.empty, "count": -1, "offset": 0, "writable": None,
        "requires_grad": False,
    }  # fmt: skip
    for door in DOORS:
        with pytest.raises(TypeError):
            door([1], tb.float32)
        with pytest.raises(TypeError):
            door()


def test_gradients_and_pinned_memory_are_not_built() -> None:
    array = np.zeros(2)
    for door in DOORS:
        assert door(array, requires_grad=False).numel() == 2
        with pytest.raises(NotImplementedError, match="requires_grad=True"):
            door(array, requires_grad=True)
    assert tb.frombuffer(b"ab", dtype=tb.uint8, requires_grad=False).numel() == 2
    with pytest.raises(NotImplementedError, match="requires_grad=True"):
        tb.frombuffer(b"ab", dtype=tb.uint8, requires_grad=True)
    assert tb.tensor(array, pin_memory=False).numel() == 2
    with pytest.raises(NotImplementedError, match="pin_memory=True"):
        tb.tensor(array, pin_memory=True)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (tb.float64, tb.float64),
        (np.float64, tb.float64),
        (np.dtype("i2"), tb.int16),
        ("float64", tb.float64),
        ("<i4", tb.int32),
        (bool, tb.bool),
        (int, tb.int64),
        (float, tb.float32),
        (complex, tb.complex64),
    ],
    ids=repr,
)
def test_dtypes_by_any_name(dtype: Any, expected: Any) -> None:
    for door in DOORS:
        assert door([0, 1], dtype=dtype).dtype is expected
        assert door(np.arange(2), dtype=dtype).dtype is expected


@pytest.mark.parametrize("wrong", ["float31", np.dtype("M8[s]"), str, 3, "object"])
def test_dtypes_that_are_none(wrong: Any) -> None:
    for door in DOORS:
        with pytest.raises(TypeError, match="is not a dtype of tensorbridge"):
            door([1], dtype=wrong)


@pytest.mark.parametrize("wrong", ["nosuch", 3, "cpu:x"])
def test_devices_that_are_none(wrong: Any) -> None:
    for door in DOORS:
        with pytest.raises((RuntimeError, TypeError, ValueError)):
            door([1], device=wrong)


def test_the_first_protocol_decides() -> None:
    """Every object has every later protocol too, with other values."""

    class Method:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            return np.full(1, 5.0)

        def __len__(self) -> int:
            return 1

        def __getitem__(self, index: int) -> float:
            return [6.0][index]

    class Interface(Method):
        @property
        def __array_interface__(self) -> dict[str, Any]:
            return {"shape": (1,), "typestr": "<f8", "data": np.full(1, 4.0).tobytes()}

    class Buffer(bytearray):
        __array_interface__ = Interface.__array_interface__
        __array__ = Method.__array__

    class Array(np.ndarray):
        pass

    assert tb.asarray(Method()).numpy().tolist() == [5]
    assert tb.asarray(Interface()).numpy().tolist() == [4]
    assert tb.asarray(Buffer(b"\x03")).numpy().tolist() == [3]
    assert tb.asarray(np.full(1, 2.0).view(Array)).numpy().tolist() == [2]


def test_an_error_of_the_first_protocol_is_the_answer() -> None:
    class Interface:
        def __init__(self) -> None:
            self.__array_interface__ = {"shape": "nonsense", "typestr": "<f8"}

        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            return np.zeros(1)

    with pytest.raises(TypeError, match="`shape`"):
        tb.asarray(Interface())


def test_other_libraries_come_in() -> None:
    import pandas

    series = pandas.Series([1.0, 2.0, 3.0])
    tensor = tb.asarray(series)
    assert tensor.data_ptr() == series.to_numpy().__array_interface__["data"][0]
    assert tuple(tb.asarray(pandas.DataFrame({"x": [1, 2], "y": [3, 4]})).shape) == (2, 2)
    with pytest.raises(TypeError, match="object_"):
        tb.asarray(pandas.Series(["a", "b"], dtype=object))


def test_pillow_images_come_in() -> None:
    from PIL import Image

    image = Image.new("RGB", (4, 3), (1, 2, 3))
    tensor = tb.asarray(image)
    assert (tuple(tensor.shape), tensor.dtype) == ((3, 4, 3), tb.uint8)
    assert tensor.numpy()[0, 0].tolist() == [1, 2, 3]


def test_arrow_arrays_come_in() -> None:
    import pyarrow

    column = pyarrow.array([1.0, 2.0, 3.0])
    tensor = tb.asarray(column)
    assert tensor.numpy().tolist() == [1, 2, 3]
    assert tensor.data_ptr() == column.buffers()[1].address
    assert tb.asarray(pyarrow.py_buffer(b"abc")).numpy().tolist() == [97, 98, 99]


@pytest.mark.parametrize("first", ["import tensorbridge", ""], ids=["imported", "not imported"])
def test_subinterpreters_refuse_the_import(first: str) -> None:
    run_child(
        f"{first}\n"
        + """
import sys
if sys.version_info >= (3, 14):
    import concurrent.interpreters as interpreters
    run = interpreters.create().exec
else:
    if sys.version_info >= (3, 13):
        import _interpreters as interpreters
    else:
        import _xxsubinterpreters as interpreters
    identity = interpreters.create()
    def run(code):
        failure = interpreters.run_string(identity, code)
        assert failure is None, failure
run("try: import tensorbridge\\nexcept ImportError: pass\\nelse: raise SystemError('imported')")
import tensorbridge
assert tensorbridge.asarray([1, 2]).numel() == 2
"""
    )
