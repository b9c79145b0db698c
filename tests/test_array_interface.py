"""`__array_interface__`, `__array__` and `__array_priority__`, both ways."""

from __future__ import annotations

import gc
import sys
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from labels import label
from sources import WithArray, WithDict, WithInterface, address, layouts

# `__array_interface__`, coming in.


def honest() -> dict[str, Any]:
    return {"version": 3, "shape": (3,), "typestr": "<f4", "data": bytearray(12)}


def test_buffers_as_data() -> None:
    interface = honest()
    buffer = interface["data"]
    tensor = tb.asarray(WithDict(interface))
    assert (tensor.dtype, tuple(tensor.shape)) == (tb.float32, (3,))
    with pytest.raises(BufferError):
        buffer.append(1)
    del tensor
    buffer.append(1)
    assert tb.asarray(WithDict(honest() | {"data": bytes(12)})).is_readonly
    moved = honest() | {"data": bytearray(range(16)), "offset": 4, "typestr": "|u1"}
    assert memoryview(tb.asarray(WithDict(moved))).tolist() == [4, 5, 6]
    backwards = moved | {"strides": (-2,)}
    assert memoryview(tb.asarray(WithDict(backwards))).tolist() == [4, 2, 0]


def test_buffers_with_an_interface_are_buffers() -> None:
    class Own(bytearray):
        @property
        def __array_interface__(self) -> dict[str, Any]:
            return {"shape": (2,), "typestr": "<i2"}

    # The buffer protocol is the rung above: it decides.
    assert tb.asarray(Own(4)).dtype is tb.uint8


def test_the_object_is_kept_alive() -> None:
    source = np.arange(3.0)
    holder = WithInterface(source)
    before = sys.getrefcount(holder)
    tensor = tb.asarray(holder)
    assert sys.getrefcount(holder) == before + 1
    assert tensor.data_ptr() == address(source)
    del tensor
    assert sys.getrefcount(holder) == before


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"typestr": None}, ValueError),
        ({"typestr": 4}, TypeError),
        ({"typestr": b"<f4"}, TypeError),
        ({"typestr": "nonsense"}, TypeError),
        ({"typestr": ""}, TypeError),
        ({"typestr": "<f99999999999999999999"}, TypeError),
        ({"typestr": "<f3"}, TypeError),
        ({"typestr": "|O8"}, TypeError),
        ({"typestr": "<M8[ns]"}, TypeError),
        ({"typestr": "|V4"}, TypeError),
        ({"typestr": "<U3"}, TypeError),
        ({"typestr": "\ud800f4"}, UnicodeEncodeError),
        ({"shape": None}, ValueError),
        ({"shape": 3}, TypeError),
        ({"shape": "3"}, TypeError),
        ({"shape": (3.0,)}, TypeError),
        ({"shape": (None,)}, TypeError),
        ({"shape": (-3,)}, ValueError),
        ({"shape": (2**63,)}, ValueError),
        ({"shape": (2**62, 4)}, ValueError),
        ({"shape": (2**62,)}, ValueError),
        ({"shape": (1,) * 65}, ValueError),
        ({"shape": (4,)}, ValueError),
        ({"strides": 4}, TypeError),
        ({"strides": ("4",)}, TypeError),
        ({"strides": (4, 4)}, ValueError),
        ({"strides": (5,)}, ValueError),
        ({"strides": (-4,)}, ValueError),
        ({"strides": (2**63,)}, ValueError),
        ({"strides": (-(2**63),)}, ValueError),
        ({"strides": (2**62,)}, ValueError),
        ({"offset": 1}, ValueError),
        ({"offset": -1}, ValueError),
        ({"offset": 2**80}, ValueError),
        ({"offset": "0"}, TypeError),
        ({"mask": [True] * 3}, TypeError),
        ({"data": None}, TypeError),
        ({"data": 3}, TypeError),
        ({"data": "text"}, TypeError),
        ({"data": ()}, TypeError),
        ({"data": (1, 2, 3)}, TypeError),
        ({"data": (0, False)}, ValueError),
        ({"data": (None, False)}, TypeError),
        ({"data": (1.5, False)}, TypeError),
        ({"data": (True, False)}, TypeError),
        ({"data": ("1", False)}, TypeError),
        ({"data": (-1, False)}, ValueError),
        ({"data": (2**64, False)}, ValueError),
        ({"data": (2**64 - 4, False)}, ValueError),
        ({"data": (4096, False), "offset": 8}, ValueError),
        ({"data": (8, False), "strides": (-4,)}, ValueError),
        ({"data": memoryview(bytes(24))[::2]}, BufferError),
    ],
    ids=label,
)
def test_hostile_dictionaries(change: dict[str, Any], error: type[Exception]) -> None:
    interface = honest() | change
    holder = WithDict(interface)
    buffer = interface["data"]
    before = sys.getrefcount(holder), sys.getrefcount(buffer)
    for copy in (None, True):
        with pytest.raises(error):
            tb.asarray(holder, copy=copy)
    gc.collect()
    assert (sys.getrefcount(holder), sys.getrefcount(buffer)) == before
    if isinstance(buffer, bytearray):
        buffer.append(1)


@pytest.mark.parametrize("wrong", [None, 3, "text", [("shape", (3,))], object()])
def test_what_is_no_dictionary(wrong: Any) -> None:
    with pytest.raises(TypeError, match="must be a dict"):
        tb.asarray(WithDict(wrong))


def test_attributes_that_raise() -> None:
    class Broken:
        @property
        def __array_interface__(self) -> dict[str, Any]:
            raise LookupError("not today")

    class Absent:
        @property
        def __array_interface__(self) -> dict[str, Any]:
            raise AttributeError("not here")

    with pytest.raises(LookupError, match="not today"):
        tb.asarray(Broken())
    with pytest.raises(RuntimeError, match="Could not infer dtype"):
        tb.asarray(Absent())


@given(
    st.dictionaries(
        st.sampled_from(["shape", "typestr", "data", "strides", "offset", "mask", "version"]),
        st.one_of(
            st.none(),
            st.integers(),
            st.text(max_size=4),
            st.binary(max_size=8),
            st.tuples(st.integers()),
            st.lists(st.integers(-(2**65), 2**65), max_size=3).map(tuple),
            st.sampled_from(["<f4", "|u1", ">i8", "|b1"]),
        ),
    )
)
def test_any_dictionary_is_a_tensor_or_an_exception(interface: dict[str, Any]) -> None:
    # An address is taken on trust: hypothesis would find one.
    if isinstance(interface.get("data"), tuple):
        del interface["data"]
    try:
        tensor = tb.asarray(WithDict(interface))
    except (TypeError, ValueError, BufferError):
        return
    assert memoryview(tensor).nbytes == tensor.nbytes


# `__array_interface__`, going out.


@pytest.mark.parametrize("name", layouts())
def test_the_getter_tells_everything(name: str) -> None:
    source = layouts()[name]
    ours, theirs = tb.from_numpy(source).__array_interface__, source.__array_interface__
    assert ours == theirs
    assert tb.from_numpy(source, writable=False).__array_interface__["data"][1] is True


@pytest.mark.parametrize("dtype", list("?bhilBHILefdFD"))
def test_typestrs_are_numpys(dtype: str) -> None:
    array = np.zeros(1, dtype)
    assert tb.from_numpy(array).__array_interface__["typestr"] == array.dtype.str


def test_tensors_without_an_interface() -> None:
    assert not hasattr(tb.tensor([1.0], device="meta"), "__array_interface__")
    assert not hasattr(tb.tensor([1.0], dtype=tb.bfloat16), "__array_interface__")


# `__array__`, coming in.


def test_array_methods_that_do_not_play() -> None:
    class Liar:
        def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
            return [1, 2]

    class Old:
        def __array__(self) -> np.ndarray:
            return np.zeros(2)

    class Broken:
        def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
            raise LookupError("not today")

    with pytest.raises(TypeError, match="must return an ndarray, not list"):
        tb.asarray(Liar())
    assert tb.asarray(Old()).numel() == 2
    with pytest.raises(tb.CopyError, match="promise") as caught:
        tb.asarray(Old(), copy=False)
    assert isinstance(caught.value.__cause__, TypeError)
    with pytest.raises(LookupError, match="not today") as raised:
        tb.asarray(Broken())
    assert "asarray" in raised.value.__notes__[0]


def test_classes_are_not_their_instances() -> None:
    for kind in (WithArray, WithInterface, np.float32, np.ndarray, tb.Tensor):
        with pytest.raises(RuntimeError, match="Could not infer dtype of type"):
            tb.asarray(kind)


# `__array__`, going out.


NUMPY_2 = np.lib.NumpyVersion(np.__version__) >= "2.0.0"


def test_array_shares_unless_told_otherwise() -> None:
    tensor = tb.tensor([1.0, 2.0, 3.0])
    pointer = tensor.data_ptr()
    for shared in (
        tensor.__array__(),
        tensor.__array__(None, None),
        tensor.__array__(np.float32),
        tensor.__array__("float32", copy=False),
        tensor.__array__(dtype=tb.float32),
        np.asarray(tensor),
        np.asarray(tensor, dtype=np.float32),
        np.array(tensor, copy=None if NUMPY_2 else False),
    ):
        assert address(shared) == pointer
    for copied in (
        tensor.__array__(copy=True),
        tensor.__array__(np.float32, copy=True),
        np.array(tensor),
        np.array(tensor, copy=True),
    ):
        assert address(copied) != pointer
        assert copied.tolist() == [1, 2, 3]
    assert tensor.__array__(np.int64).tolist() == [1, 2, 3]
    assert tensor.__array__(np.int64).dtype == np.int64
    assert np.asarray(tensor, dtype="f8").dtype == np.float64
    assert tensor.__array__(object).dtype == object
    with pytest.raises(tb.CopyError, match="Unable to avoid copy"):
        tensor.__array__(np.float64, copy=False)


@pytest.mark.skipif(not NUMPY_2, reason="NumPy 1's asarray has no copy=")
def test_asarray_obeys_copy() -> None:
    tensor = tb.tensor([1.0, 2.0, 3.0])
    assert address(np.asarray(tensor, copy=False)) == tensor.data_ptr()
    assert address(np.asarray(tensor, copy=True)) != tensor.data_ptr()
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        np.asarray(tensor, dtype=np.float64, copy=False)
    half = tb.tensor([1.0], dtype=tb.bfloat16)
    with pytest.raises(ValueError, match="copy"):
        np.asarray(half, dtype=np.float32, copy=False)


def test_array_copies_are_traced() -> None:
    tensor = tb.tensor([1.0, 2.0])
    with tb.trace() as events:
        tensor.__array__(np.float64)
    copied = [event for event in events if event.action == "copied"]
    assert [(event.operation, event.bytes) for event in copied] == [("__array__", 16)]


def test_array_of_bfloat16() -> None:
    tensor = tb.tensor([1.5, -2], dtype=tb.bfloat16)
    assert np.asarray(tensor).dtype == ml_dtypes.bfloat16
    assert np.asarray(tensor, dtype=np.float32).tolist() == [1.5, -2]
    assert np.asarray(tensor, dtype="f8").dtype == np.float64
    assert tensor.__array__(ml_dtypes.bfloat16, copy=False).dtype == ml_dtypes.bfloat16
    with pytest.raises(ValueError, match="copy"):
        tensor.__array__(np.float32, copy=False)


def test_array_of_meta() -> None:
    with pytest.raises(TypeError, match="can't convert meta device type tensor to numpy"):
        tb.tensor([1.0], device="meta").__array__()
    with pytest.raises(TypeError, match="can't convert meta device type tensor to numpy"):
        np.asarray(tb.tensor([1.0], device="meta"))


def test_priority() -> None:
    assert tb.Tensor.__array_priority__ == 1000


def test_lists_of_tensors_become_arrays() -> None:
    rows = [tb.tensor([1.0, 2.0]), tb.tensor([3.0, 4.0])]
    assert np.array(rows).tolist() == [[1, 2], [3, 4]]
    assert np.stack(rows).shape == (2, 2)
