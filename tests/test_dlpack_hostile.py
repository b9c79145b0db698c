"""Producers that lie, fail, or change their mind. Nothing crashes; deleters run exactly once."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import tensorbridge as tb
from capsules import IS_COPIED, NAME, READ_ONLY, Exporter, Managed
from child import run_child
from labels import label

INT64_MAX, INT64_MIN = 2**63 - 1, -(2**63)

# What is said, and a word of the refusal. All of these are found out before a byte is read.
LIES = [
    ({"ndim": -1}, "number of dimensions"),
    ({"ndim": -(2**31)}, "number of dimensions"),
    ({"ndim": 65}, "number of dimensions"),
    ({"ndim": 2**31 - 1}, "number of dimensions"),
    ({"shape": [-1]}, "length -1"),
    ({"shape": [INT64_MIN]}, "length"),
    ({"shape": [INT64_MAX, 2]}, "too many elements"),
    ({"shape": [INT64_MAX]}, "address space"),
    ({"shape": [2**62, 2**62, 0]}, "too many elements"),
    ({"shape": [2], "strides": [INT64_MAX]}, "stride"),
    ({"shape": [2], "strides": [INT64_MIN]}, "stride"),
    ({"shape": [2], "strides": [2**61]}, "stride"),
    ({"shape": [2**40, 2**20], "strides": [2**22, 1]}, "address space"),
    ({"shape": [2**61], "strides": [-1]}, "address space"),
    ({"data": None}, "no data"),
    ({"byte_offset": 2**64 - 1}, "byte offset"),
    ({"lanes": 4}, "4 lanes"),
    ({"lanes": 0}, "0 lanes"),
    ({"bits": 24}, "24 bits"),
    ({"bits": 128}, "128 bits"),
    ({"code": 3}, "opaque"),
    ({"code": 10, "bits": 8}, "8-bit floats"),
    ({"code": 17, "bits": 4}, "4-bit floats"),
    ({"code": 255}, "type code 255"),
    ({"device_type": 2}, "device_type: 2"),
    ({"device_type": 0}, "device_type: 0"),
    ({"device_type": 99}, "device_type: 99"),
    ({"device_type": -1}, "device_type: -1"),
]


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize(("lie", "word"), LIES, ids=label)
def test_lies_are_buffer_errors_and_are_released(lie: dict, word: str, legacy: bool) -> None:
    managed = Managed(legacy=legacy, **lie)
    with pytest.raises(BufferError, match=word):
        tb.from_dlpack(managed.capsule())
    assert managed.released == 1


@pytest.mark.parametrize("legacy", [False, True])
def test_no_shape(legacy: bool) -> None:
    managed = Managed(legacy=legacy)
    managed.raw.tensor.shape = None
    with pytest.raises(BufferError, match="no shape"):
        tb.from_dlpack(managed.capsule())
    assert managed.released == 1
    managed = Managed([], legacy=legacy)
    managed.raw.tensor.shape = None
    assert tb.from_dlpack(managed.capsule()).shape == ()


@pytest.mark.parametrize("major", [0, 2, 2**32 - 1])
def test_other_versions_are_released_unread(major: int) -> None:
    # Past the flags everything may have moved: these addresses must not be looked at.
    managed = Managed(major=major, data=1, ndim=1)
    managed.raw.tensor.shape = None
    with pytest.raises(BufferError, match="version"):
        tb.from_dlpack(managed.capsule())
    assert managed.released == 1


def test_newer_minor_versions_are_read() -> None:
    managed = Managed()
    managed.raw.version.minor = 99
    assert tb.from_dlpack(managed.capsule()).numpy().tolist() == [0, 1, 2]


@pytest.mark.parametrize("legacy", [False, True])
def test_deleter_runs_once_when_all_goes_well(legacy: bool) -> None:
    managed = Managed([2, 3], legacy=legacy)
    tensor = tb.from_dlpack(managed.capsule())
    array = tensor.numpy()
    del tensor
    assert managed.released == 0
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]
    del array
    assert managed.released == 1
    gc.collect()
    assert managed.released == 1


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("data", [None, 1])
def test_empty_tensors_are_released_too(legacy: bool, data: int | None) -> None:
    managed = Managed([0, 3], legacy=legacy, data=data)
    tensor = tb.from_dlpack(managed.capsule())
    assert tensor.shape == (0, 3)
    assert managed.released == 0
    del tensor
    assert managed.released == 1


def test_no_deleter_is_fine() -> None:
    managed = Managed(deleter=None)
    assert tb.from_dlpack(managed.capsule()).numpy().tolist() == [0, 1, 2]
    assert managed.released == 0


@pytest.mark.parametrize("legacy", [False, True])
def test_a_capsule_is_consumed_once(legacy: bool) -> None:
    managed = Managed(legacy=legacy)
    capsule = managed.capsule()
    tensor = tb.from_dlpack(capsule)
    assert NAME(capsule) == (b"used_dltensor" if legacy else b"used_dltensor_versioned")
    with pytest.raises(RuntimeError, match="from_dlpack received an invalid capsule"):
        tb.from_dlpack(capsule)
    del capsule
    assert managed.released == 0
    del tensor
    assert managed.released == 1


def test_a_refused_capsule_is_used_up() -> None:
    managed = Managed(ndim=-1)
    capsule = managed.capsule()
    with pytest.raises(BufferError):
        tb.from_dlpack(capsule)
    with pytest.raises(RuntimeError, match="invalid capsule"):
        tb.from_dlpack(capsule)
    assert managed.released == 1


@pytest.mark.parametrize(
    "name", [b"", b"dltensor2", b"used_dltensor", b"numpy_dltensor", b"DLTENSOR"]
)
def test_other_capsules_are_left_alone(name: bytes) -> None:
    managed = Managed()
    with pytest.raises(RuntimeError, match="invalid capsule"):
        tb.from_dlpack(managed.capsule(name))
    assert managed.released == 0


@pytest.mark.parametrize(
    "thing",
    [
        None,
        3,
        1.5,
        "text",
        b"bytes",
        [1.0],
        (),
        {},
        range(3),
        object(),
        np.float32(3),
        memoryview(b"ab"),
        tb.Tensor,
        np.ndarray,
    ],
    ids=label,
)
def test_what_is_no_producer(thing: object) -> None:
    with pytest.raises(RuntimeError, match="from_dlpack received an invalid capsule"):
        tb.from_dlpack(thing)


@pytest.mark.parametrize("answer", [None, 3, "x", [1], object()], ids=label)
def test_dlpack_that_returns_no_capsule(answer: object) -> None:
    with pytest.raises(RuntimeError, match=r"invalid capsule.*must return a fresh capsule"):
        tb.from_dlpack(Exporter(lambda: answer))


def test_dlpack_that_returns_itself() -> None:
    exporter = Exporter(None)
    exporter.answer = lambda: exporter
    with pytest.raises(RuntimeError, match="invalid capsule"):
        tb.from_dlpack(exporter)


def test_dlpack_that_returns_a_used_capsule() -> None:
    capsule = Managed().capsule()
    tensor = tb.from_dlpack(Exporter(capsule))
    with pytest.raises(RuntimeError, match="invalid capsule"):
        tb.from_dlpack(Exporter(capsule))
    assert tensor.shape == (3,)


def test_dlpack_that_consumes_its_own_capsule_first() -> None:
    managed = Managed()
    stolen = []

    def answer() -> object:
        capsule = managed.capsule()
        stolen.append(tb.from_dlpack(capsule))
        return capsule

    with pytest.raises(RuntimeError, match="invalid capsule"):
        tb.from_dlpack(Exporter(answer))
    assert managed.released == 0
    stolen.clear()
    assert managed.released == 1


@pytest.mark.parametrize(
    "error", [ValueError, TypeError, KeyError, BufferError, KeyboardInterrupt, MemoryError]
)
def test_what_a_producer_raises_is_the_answer(error: type[BaseException]) -> None:
    calls = []

    def answer() -> object:
        calls.append(1)
        raise error("of its own")

    with pytest.raises(error, match="of its own"):
        tb.from_dlpack(Exporter(answer))
    assert len(calls) == 1


def test_type_errors_inside_a_producer_are_not_swallowed() -> None:
    class Broken:
        calls = 0

        def __dlpack__(self, stream=None, max_version=None):
            self.calls += 1
            if self.calls == 1:
                return len(5)
            return Managed().capsule()

    broken = Broken()
    with pytest.raises(TypeError, match="has no len"):
        tb.from_dlpack(broken)
    assert broken.calls == 1


@pytest.mark.parametrize("device", [None, 3, (), (1,), ("cpu", 0), (1, 0, 0)], ids=label)
def test_devices_that_are_none(device: object) -> None:
    with pytest.raises(TypeError, match="__dlpack_device__"):
        tb.from_dlpack(Exporter(Managed().capsule, device))


def test_device_that_raises() -> None:
    class Exporting(Exporter):
        def __dlpack_device__(self):
            raise OSError("the device is gone")

    with pytest.raises(OSError, match="the device is gone"):
        tb.from_dlpack(Exporting(Managed().capsule))


def test_device_that_lies() -> None:
    # Says host, delivers a GPU: the capsule is believed, and refused.
    managed = Managed(device_type=2)
    with pytest.raises(BufferError, match="device_type: 2"):
        tb.from_dlpack(Exporter(managed.capsule))
    assert managed.released == 1
    # Says GPU: nothing is even asked for.
    managed = Managed()
    with pytest.raises(BufferError, match="not in host memory"):
        tb.from_dlpack(Exporter(managed.capsule, (2, 0)))
    assert managed.released == 0


def test_attributes_that_raise() -> None:
    class Angry:
        def __getattr__(self, name):
            raise ZeroDivisionError(name)

    with pytest.raises(ZeroDivisionError):
        tb.from_dlpack(Angry())


def test_everything_has_every_attribute() -> None:
    from unittest.mock import MagicMock

    with pytest.raises(RuntimeError, match="invalid capsule"):
        tb.from_dlpack(MagicMock())


def test_read_only_is_honoured() -> None:
    for flags in (READ_ONLY, READ_ONLY | IS_COPIED, READ_ONLY | 2**40):
        tensor = tb.from_dlpack(Managed(flags=flags).capsule())
        assert tensor.is_readonly
        assert not tensor.numpy().flags.writeable
    with pytest.raises(tb.CopyError):
        tb.from_dlpack(Managed(flags=READ_ONLY).capsule(), writable=True, copy=False)


def test_copied_memory_is_not_copied_again() -> None:
    managed = Managed(flags=IS_COPIED)
    address = managed.raw.tensor.data
    assert tb.from_dlpack(managed.capsule(), copy=True).data_ptr() == address
    managed = Managed(flags=IS_COPIED)
    with pytest.raises(tb.CopyError, match="the producer made a copy"):
        tb.from_dlpack(managed.capsule(), copy=False)
    assert managed.released == 1


def test_a_copy_releases_the_source_at_once() -> None:
    managed = Managed()
    tensor = tb.from_dlpack(managed.capsule(), copy=True)
    assert managed.released == 1
    assert tensor.data_ptr() != managed.raw.tensor.data
    assert tensor.numpy().tolist() == [0, 1, 2]
    assert not tensor.is_readonly


def test_a_copy_that_is_no_copy_is_copied() -> None:
    # The producer takes copy=True and shares all the same.
    managed = Managed()
    tensor = tb.from_dlpack(Exporter(managed.capsule), copy=True)
    assert tensor.data_ptr() != managed.raw.tensor.data
    assert managed.released == 1


def test_deleters_that_raise_leave_no_exception() -> None:
    # ctypes reports the exception of a callback itself; a C function can leave one pending.
    run_child(
        """
        import ctypes, sys
        import tensorbridge as tb
        from capsules import Managed

        reported = []
        sys.unraisablehook = lambda event: reported.append(event.exc_type)

        def angry():
            raise ValueError("from a deleter")

        managed = Managed(on_delete=angry)
        tensor = tb.from_dlpack(managed.capsule())
        del tensor
        assert managed.released == 1 and reported == [ValueError], reported

        sets_an_exception = ctypes.cast(ctypes.pythonapi.PyErr_NoMemory, ctypes.c_void_p).value
        tensor = tb.from_dlpack(Managed(deleter=sets_an_exception).capsule())
        del tensor
        assert reported == [ValueError, MemoryError], reported

        # On the way out of a refusal, the refusal is what arrives.
        try:
            tb.from_dlpack(Managed(ndim=-1, deleter=sets_an_exception).capsule())
        except BufferError as error:
            assert error.__context__ is None
        else:
            raise SystemExit("no error")
        assert reported == [ValueError, MemoryError, MemoryError], reported

        # While another exception is on its way, that one arrives.
        def drops():
            tensor = tb.from_dlpack(Managed(deleter=sets_an_exception).capsule())
            raise KeyError("mine")

        try:
            drops()
        except KeyError as error:
            error.__traceback__ = None
            del error
        assert len(reported) == 4, reported
        """
    )


def test_deleters_that_come_back_for_more() -> None:
    # A deleter may run any Python code, also this library's.
    inner = []

    def again() -> None:
        inner.append(tb.from_dlpack(Managed().capsule()))

    tensor = tb.from_dlpack(Managed(on_delete=again).capsule())
    del tensor
    assert inner[0].numpy().tolist() == [0, 1, 2]
    # The callback keeps the list: a deleter written in Python must not outlive Python.
    inner.clear()


def test_strides_of_every_sign() -> None:
    managed = Managed([3], [-1])
    managed.raw.tensor.byte_offset = 8
    tensor = tb.from_dlpack(managed.capsule())
    assert tensor.strides == (-4,)
    assert tensor.numpy().tolist() == [2, 1, 0]
    managed = Managed([3, 2], [0, 5])
    assert tb.from_dlpack(managed.capsule()).numpy().tolist() == [[0, 5]] * 3
    # Strides that no element is reached by may be anything that fits.
    managed = Managed([1, 0], [2**40, -7])
    assert tb.from_dlpack(managed.capsule()).shape == (1, 0)


def test_misaligned_data_is_shared() -> None:
    managed = Managed()
    managed.raw.tensor.byte_offset = 1
    tensor = tb.from_dlpack(managed.capsule())
    assert tensor.data_ptr() % 4 == 1
    assert not tensor.numpy().flags.aligned


def test_misaligned_managed_tensor() -> None:
    import ctypes

    from capsules import NEW, VERSIONED

    managed = Managed()
    capsule = NEW(ctypes.addressof(managed.raw) + 1, VERSIONED, None)
    with pytest.raises(RuntimeError, match="misaligned"):
        tb.from_dlpack(capsule)


def test_asarray_asks_the_next_rung_about_dtypes_only() -> None:
    class Both(Exporter):
        dtype = "float8_e4m3fn"

        def __array__(self, dtype=None, copy=None):
            return np.arange(2.0)

    class Known(Both):
        dtype = "float32"

    def refuse() -> object:
        raise BufferError("not like this")

    with pytest.raises(BufferError, match="not like this"):
        tb.asarray(Known(refuse))
    with pytest.raises(ValueError, match="other"):
        tb.asarray(Both(lambda: (_ for _ in ()).throw(ValueError("other"))))
    with pytest.raises(BufferError, match="number of dimensions"):
        tb.asarray(Known(Managed(ndim=-1).capsule))


def test_garbage_exchange_tables_are_ignored() -> None:
    import ctypes

    from capsules import NEW

    managed = Managed()
    table = (ctypes.c_uint64 * 7)()
    for attribute in (
        None,
        3,
        managed.capsule(),
        NEW(ctypes.addressof(managed.raw), b"other", None),
        NEW(ctypes.addressof(table), b"dlpack_exchange_api", None),
    ):
        kind = type("Kind", (Exporter,), {"__dlpack_c_exchange_api__": attribute})
        managed = Managed()
        tensor = tb.from_dlpack(kind(managed.capsule))
        assert tensor.numpy().tolist() == [0, 1, 2]
        del tensor
        assert managed.released == 1
