"""DLPack with well-behaved partners: NumPy, ourselves, and producers of every age."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from capsules import (
    IS_COPIED,
    NAME,
    READ_ONLY,
    VERSIONED,
    Exporter,
    Managed,
    opened,
)
from partners import MAX_NDIM, NUMPY2, Foreign, address, array_from, versioned_capsule

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
]  # fmt: skip


class Old(Foreign):
    """A producer from before the standard of 2023."""

    def __dlpack__(self, stream=None):
        self.asked.append({"stream": stream})
        return self.array.__dlpack__()


# --- in ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrap", [Foreign, Old, lambda array: array, lambda array: array.__dlpack__()]
)
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_is_shared(dtype: str, wrap) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    tensor = tb.from_dlpack(wrap(array))
    assert tensor.data_ptr() == address(array)
    assert tensor.strides == array.strides
    assert tensor.dtype == getattr(tb, dtype)
    assert np.array_equal(tensor.numpy(), array)


@given(st.data())
def test_views_keep_address_shape_and_strides(data: st.DataObject) -> None:
    base = np.arange(24, dtype="f4").reshape(2, 3, 4)
    index = tuple(
        slice(*data.draw(st.tuples(st.none(), st.none(), st.sampled_from([1, 2, -1, -2]))))
        for _ in range(data.draw(st.integers(0, 3)))
    )
    view = base[index].transpose(data.draw(st.permutations(range(3))))
    tensor = tb.from_dlpack(Foreign(view))
    back = array_from(tensor)
    # Where a negative stride reaches nothing, another one that reaches nothing may stand for it.
    reaching = [axis for axis in range(view.ndim) if view.size and view.shape[axis] != 1]
    for found in (tensor.numpy(), back):
        assert address(found) == address(view)
        assert found.shape == view.shape
        assert [found.strides[axis] for axis in reaching] == [
            view.strides[axis] for axis in reaching
        ]
    assert np.array_equal(back, view)


def test_writes_are_seen_on_the_other_side() -> None:
    array = np.zeros(3, "f4")
    tensor = tb.from_dlpack(Foreign(array))
    array[1] = 5
    tensor.numpy()[2] = 7
    assert array.tolist() == [0, 5, 7]
    assert tensor.numpy().tolist() == [0, 5, 7]


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1, 1, 1), (1,) * 32, (1,) * MAX_NDIM])
def test_shapes_at_the_edges(shape: tuple[int, ...]) -> None:
    array = np.ones(shape, "f8")
    tensor = tb.from_dlpack(Foreign(array))
    assert tensor.shape == shape
    back = array_from(tensor)
    assert back.shape == shape
    assert np.array_equal(back, array)


def test_our_own_tensors_are_shared_as_they_are() -> None:
    record = np.zeros(4, np.dtype([("a", "f8"), ("b", "f4")]))
    tensor = tb.from_numpy(record["a"])
    again = tb.from_dlpack(tensor)
    assert again is not tensor
    assert again.data_ptr() == tensor.data_ptr()
    assert again.strides == (12,)
    assert tb.from_dlpack(tensor, writable=False).is_readonly
    assert not tb.from_dlpack(tensor, copy=True).is_readonly
    assert tb.from_dlpack(tensor, copy=True).data_ptr() != tensor.data_ptr()


def test_keyword_of_pytorch() -> None:
    array = np.arange(3.0)
    assert tb.from_dlpack(ext_tensor=array).data_ptr() == address(array)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        tb.from_dlpack()
    with pytest.raises(TypeError, match="multiple values"):
        tb.from_dlpack(array, ext_tensor=array)
    with pytest.raises(TypeError, match="positional-only"):
        tb.from_dlpack(x=array)


def test_read_only_arrays_give_read_only_tensors() -> None:
    array = np.arange(3.0)
    array.flags.writeable = False
    for source in (array, Foreign(array), versioned_capsule(array)):
        tensor = tb.from_dlpack(source)
        assert tensor.is_readonly
        assert tensor.data_ptr() == address(array)
    copied = tb.from_dlpack(Foreign(array), writable=True)
    assert not copied.is_readonly
    assert copied.data_ptr() != address(array)
    with pytest.raises(tb.CopyError, match="read-only"):
        tb.from_dlpack(Foreign(array), writable=True, copy=False)


def test_a_capsule_without_version_cannot_say_whether_it_may_be_written() -> None:
    array = np.arange(3.0)
    assert tb.from_dlpack(array.__dlpack__()).is_readonly
    vouched = tb.from_dlpack(array.__dlpack__(), writable=True)
    assert not vouched.is_readonly
    assert vouched.data_ptr() == address(array)
    assert tb.from_dlpack(Old(array)).is_readonly
    assert not tb.from_dlpack(Old(array), writable=True, copy=False).is_readonly


def test_other_byte_orders_follow_copy() -> None:
    array = np.arange(3, dtype=">f4")
    assert tb.from_dlpack(array).numpy().tolist() == [0, 1, 2]
    with pytest.raises(BufferError, match="byte order"):
        tb.from_dlpack(array, copy=False)


@pytest.mark.parametrize(
    "array",
    [np.zeros(2, "g"), np.zeros(2, "G"), np.array(["a"]), np.array([b"a"]), np.array([None]),
     np.zeros(2, "M8[ns]"), np.zeros(2, "m8[s]"), np.zeros(2, [("a", "f4")]), np.zeros(2, "V4"),
     np.ma.masked_array([1.0, 2.0], [True, False])],
    ids=lambda array: type(array).__name__ + str(array.dtype),
)  # fmt: skip
def test_dtypes_that_no_tensor_has_are_buffer_errors(array: np.ndarray) -> None:
    with pytest.raises(BufferError, match="can't convert"):
        tb.from_dlpack(array)


def test_bfloat16_comes_from_ml_dtypes() -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes")
    array = np.ones(3, ml_dtypes.bfloat16)
    tensor = tb.from_dlpack(array)
    assert tensor.dtype == tb.bfloat16
    again = tb.from_dlpack(tensor.__dlpack__(max_version=(1, 0)))
    assert again.dtype == tb.bfloat16
    assert again.data_ptr() == address(array)


def test_what_producers_are_asked() -> None:
    foreign = Foreign(np.arange(3.0))
    tb.from_dlpack(foreign)
    tb.from_dlpack(foreign, copy=False)
    tb.from_dlpack(foreign, copy=True)
    assert [set(asked) for asked in foreign.asked] == [
        {"max_version"},
        {"max_version", "copy"},
        {"max_version"},
    ]
    assert all(asked["max_version"] >= (1, 0) for asked in foreign.asked)
    old = Old(np.arange(3.0))
    for copy in (None, False, True):
        assert tb.from_dlpack(old, copy=copy).numpy().tolist() == [0, 1, 2]


def test_a_producer_copies_what_it_cannot_share() -> None:
    record = np.zeros(4, np.dtype([("a", "f8"), ("b", "f4")]))
    record["a"] = range(4)
    foreign = Foreign(record["a"])
    with pytest.raises(BufferError, match="multiple of itemsize"):
        tb.from_dlpack(foreign)
    assert tb.from_dlpack(foreign, copy=True).numpy().tolist() == [0, 1, 2, 3]


def test_producers_on_a_device_are_copied_to_the_host_only_when_asked() -> None:
    array = np.arange(3.0)

    class Elsewhere(Foreign):
        def __dlpack__(self, *, max_version, dl_device=None, copy=None):
            assert dl_device == (1, 0)
            return tb.from_numpy(self.array).__dlpack__(max_version=max_version, copy=True)

        def __dlpack_device__(self):
            return (2, 0)

    with pytest.raises(BufferError, match="not in host memory"):
        tb.from_dlpack(Elsewhere(array))
    with pytest.raises(tb.CopyError, match="not in host memory"):
        tb.from_dlpack(Elsewhere(array), device="cpu", copy=False)
    assert tb.from_dlpack(Elsewhere(array), device="cpu").numpy().tolist() == [0, 1, 2]


def test_pinned_memory_is_host_memory() -> None:
    tensor = tb.from_dlpack(Exporter(Managed(device_type=3).capsule, (3, 0)))
    assert tensor.device == tb.device("cpu")


def test_asarray_and_tensor_come_in_by_dlpack() -> None:
    array = np.arange(3.0)
    assert tb.asarray(Foreign(array)).data_ptr() == address(array)
    assert tb.asarray(Foreign(array), dtype=tb.float32).dtype == tb.float32
    assert tb.tensor(Foreign(array)).data_ptr() != address(array)
    with pytest.raises(tb.CopyError):
        tb.asarray(Foreign(array), dtype=tb.float32, copy=False)


def test_crossings_are_traced() -> None:
    with tb.trace() as events:
        tensor = tb.from_dlpack(Managed().capsule())
        tb.from_dlpack(Managed().capsule(), copy=True)
        tb.from_dlpack(Managed(flags=IS_COPIED).capsule())
        tensor.__dlpack__()
        tensor.__dlpack__(copy=True)
    assert [(event.action, event.operation) for event in events] == [
        ("shared", "from_dlpack"),
        ("copied", "from_dlpack"),
        ("copied", "from_dlpack"),
        ("shared", "__dlpack__"),
        ("copied", "__dlpack__"),
    ]
    assert events[2].note == "the producer made the copy"
    assert events[0].origin == "dlpack"


# --- out -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
def test_numpy_takes_every_dtype(dtype: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(dtype)
    back = np.from_dlpack(tb.from_numpy(array))
    assert back.dtype == array.dtype
    assert address(back) == address(array)
    # NumPy 1 trusts nobody.
    assert back.flags.writeable == NUMPY2


def test_numpy_sees_the_permission() -> None:
    frozen = tb.from_numpy(np.arange(3.0), writable=False)
    if NUMPY2:
        assert not np.from_dlpack(frozen).flags.writeable
        assert np.from_dlpack(frozen, copy=True).flags.writeable
    else:
        with pytest.raises(BufferError, match="readonly"):
            np.from_dlpack(frozen)


def test_the_two_capsules() -> None:
    tensor = tb.from_numpy(np.arange(6.0).reshape(2, 3)[:, ::-1])
    for keywords, name in [
        ({}, b"dltensor"),
        ({"stream": None}, b"dltensor"),
        ({"stream": -1}, b"dltensor"),
        ({"max_version": None}, b"dltensor"),
        ({"max_version": (0, 8)}, b"dltensor"),
        ({"max_version": (1, 0)}, VERSIONED),
        ({"max_version": (1, 99)}, VERSIONED),
        ({"max_version": (2, 0)}, VERSIONED),
        ({"dl_device": (1, 0), "copy": False}, b"dltensor"),
    ]:
        capsule = tensor.__dlpack__(**keywords)
        assert NAME(capsule) == name, keywords
        managed = opened(capsule)
        described = managed.tensor
        assert described.data == tensor.data_ptr()
        assert (described.device_type, described.device_id) == (1, 0)
        assert described.shape[: described.ndim] == [2, 3]
        assert described.strides[: described.ndim] == [3, -1]
        assert (described.code, described.bits, described.lanes) == (2, 64, 1)
        assert described.byte_offset == 0
        if name == VERSIONED:
            assert managed.version.major == 1
            assert managed.flags == 0


def test_flags() -> None:
    tensor = tb.from_numpy(np.arange(3.0), writable=False)
    flags = lambda **keywords: opened(tensor.__dlpack__(max_version=(1, 0), **keywords)).flags  # noqa: E731
    assert flags() == READ_ONLY
    assert flags(copy=True) == IS_COPIED


def test_read_only_needs_a_version() -> None:
    tensor = tb.from_numpy(np.arange(3.0), writable=False)
    for keywords in ({}, {"copy": False}, {"max_version": (0, 8)}):
        with pytest.raises(BufferError, match=r"readonly.*max_version=\(1, 0\)"):
            tensor.__dlpack__(**keywords)
    assert tb.from_dlpack(tensor.__dlpack__(copy=True), writable=True).numpy().tolist() == [0, 1, 2]


def test_what_dlpack_cannot_describe() -> None:
    record = np.zeros(4, np.dtype([("a", "f8"), ("b", "f4")]))
    record["a"] = range(4)
    misaligned = np.zeros(17, "u1")[1:].view("f8")
    for array, word in [(record["a"], "multiple of itemsize"), (misaligned, "aligned")]:
        tensor = tb.from_numpy(array)
        for copy in (None, False):
            with pytest.raises(BufferError, match=f"{word}.*copy=True"):
                tensor.__dlpack__(max_version=(1, 0), copy=copy)
        assert array_from(tensor, copy=True).tolist() == array.tolist()
    assert array_from(tb.from_numpy(record["a"][:1])).tolist() == [0]
    assert array_from(tb.from_numpy(misaligned[:0])).tolist() == []


def test_strides_that_reach_nothing_are_harmless_to_others() -> None:
    # Some consumers abort on a negative stride even where it reaches no element.
    for array in (np.zeros((1, 3))[::-1], np.zeros((4, 3))[0:0, ::-1]):
        managed = opened(tb.from_numpy(array).__dlpack__(max_version=(1, 0)))
        assert all(stride >= 0 for stride in managed.tensor.strides[:2])


@pytest.mark.parametrize(
    ("keywords", "error", "word"),
    [
        ({"stream": 0}, AssertionError, "stream should be None on cpu."),
        ({"stream": 1}, AssertionError, "stream should be None on cpu."),
        ({"stream": 2**70}, AssertionError, "stream should be None on cpu."),
        ({"stream": "x"}, TypeError, "stream must be ``int`` or ``none``"),
        ({"stream": True}, TypeError, "stream must be ``int`` or ``none``"),
        ({"max_version": 1}, TypeError, "max_version"),
        ({"max_version": "11"}, TypeError, "max_version"),
        ({"max_version": [1, 0]}, TypeError, "max_version"),
        ({"max_version": (1,)}, TypeError, "max_version"),
        ({"max_version": ("1", 0)}, TypeError, "max_version"),
        ({"dl_device": (2, 0)}, RuntimeError, "Found no NVIDIA driver"),
        ({"dl_device": (99, 0)}, BufferError, "Unsupported device_type: 99"),
        ({"dl_device": (1, 1)}, BufferError, "Unsupported device_id: 1"),
        ({"dl_device": 1}, TypeError, "dl_device"),
        ({"copy": "yes"}, TypeError, "copy"),
        ({"unknown": 1}, TypeError, "unexpected keyword argument"),
    ],
    ids=str,
)
def test_arguments_that_make_no_sense(keywords: dict, error: type[Exception], word: str) -> None:
    with pytest.raises(error, match=word):
        tb.from_numpy(np.arange(3.0)).__dlpack__(**keywords)


def test_no_positional_arguments() -> None:
    with pytest.raises(TypeError, match="positional"):
        tb.from_numpy(np.arange(3.0)).__dlpack__(None)


def test_device() -> None:
    assert tb.from_numpy(np.arange(3.0)).__dlpack_device__() == (1, 0)


def test_meta_has_no_memory_to_hand_out() -> None:
    meta = tb.from_dlpack(np.arange(3.0), device="meta")
    assert meta.device == tb.device("meta")
    with pytest.raises(ValueError, match="Unknown device type meta for Dlpack"):
        meta.__dlpack_device__()
    for copy in (None, False, True):
        with pytest.raises(BufferError, match="Cannot pack tensors on meta"):
            meta.__dlpack__(copy=copy)
