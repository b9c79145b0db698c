"""The C exchange API of our type, called as another extension calls it."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

import tensorbridge as tb
from capsules import (
    IS_COPIED,
    POINTER,
    READ_ONLY,
    DLTensor,
    Exporter,
    Managed,
    Table,
    Versioned,
    exported,
    imported,
    longs,
)

SET_ERROR = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)


@pytest.fixture
def table() -> Table:
    capsule = tb.Tensor.__dlpack_c_exchange_api__
    assert capsule is tb.Tensor.__dlpack_c_exchange_api__
    return Table.from_address(POINTER(capsule, b"dlpack_exchange_api"))


def test_version(table: Table) -> None:
    assert (table.version.major, table.previous) == (1, None)
    assert table.lend is None
    for function in (table.allocate, table.from_object, table.to_object, table.stream):
        assert function


def test_export_and_release(table: Table) -> None:
    array = np.arange(6.0).reshape(2, 3)
    tensor = tb.from_numpy(array, writable=False)
    managed = exported(table, tensor)
    assert managed.tensor.data == tensor.data_ptr()
    assert managed.tensor.shape[:2] == [2, 3]
    assert managed.flags == READ_ONLY
    again = imported(table, managed)
    assert type(again) is tb.Tensor
    assert again.data_ptr() == tensor.data_ptr()
    assert again.is_readonly


def test_import_steals(table: Table) -> None:
    managed = Managed(flags=IS_COPIED)
    tensor = imported(table, managed.raw)
    assert tensor.numpy().tolist() == [0, 1, 2]
    del tensor
    assert managed.released == 1
    managed = Managed(ndim=-1)
    with pytest.raises(BufferError, match="number of dimensions"):
        imported(table, managed.raw)
    assert managed.released == 1


def test_what_cannot_be_exported(table: Table) -> None:
    for thing in (None, np.arange(3.0)):
        with pytest.raises(TypeError, match=r"expected a tensorbridge\.Tensor"):
            exported(table, thing)
    with pytest.raises(BufferError, match="multiple of itemsize"):
        exported(table, tb.from_numpy(np.zeros(4, "f8,f4")["f0"]))


def test_allocate(table: Table) -> None:
    failures: list[tuple[bytes, bytes]] = []
    report = SET_ERROR(lambda _, kind, message: failures.append((kind, message)))
    allocate = ctypes.CFUNCTYPE(
        ctypes.c_int,
        ctypes.POINTER(DLTensor),
        ctypes.POINTER(ctypes.POINTER(Versioned)),
        ctypes.c_void_p,
        SET_ERROR,
    )(table.allocate)

    def ask(shape: list[int], **lies: int) -> ctypes._Pointer | None:
        prototype = DLTensor(device_type=1, ndim=len(shape), code=2, bits=32, lanes=1)
        prototype.shape = longs(shape)
        for name, value in lies.items():
            setattr(prototype, name, value)
        out = ctypes.POINTER(Versioned)()
        status = allocate(ctypes.byref(prototype), ctypes.byref(out), None, report)
        assert status == (0 if out else -1)
        return out

    tensor = imported(table, ask([2, 3]).contents)
    assert tensor.shape == (2, 3)
    assert tensor.dtype == tb.float32
    assert not tensor.is_readonly
    assert tensor.data_ptr() % 64 == 0
    assert imported(table, ask([]).contents).shape == ()
    assert not failures
    for shape, lies in [
        ([3], {"lanes": 2}),
        ([3], {"ndim": -1}),
        ([-1], {}),
        ([3], {"device_type": 2}),
    ]:
        assert not ask(shape, **lies)
    assert not ask([2**58])
    assert [kind for kind, _ in failures] == [b"BufferError"] * 4 + [b"MemoryError"]


def test_stream(table: Table) -> None:
    stream = ctypes.PYFUNCTYPE(
        ctypes.c_int, ctypes.c_int32, ctypes.c_int32, ctypes.POINTER(ctypes.c_void_p)
    )(table.stream)
    out = ctypes.c_void_p(1)
    assert stream(1, 0, ctypes.byref(out)) == 0
    assert out.value is None
    with pytest.raises(BufferError, match="device_type: 2"):
        stream(2, 0, ctypes.byref(out))


def borrowed_table(from_object: object) -> object:
    """A table whose export is a Python function."""
    from capsules import FROM_OBJECT, KEPT, NEW

    callback = FROM_OBJECT(from_object)
    table = Table()
    table.version.major, table.version.minor = 1, 3
    table.from_object = ctypes.cast(callback, ctypes.c_void_p).value
    newer = Table()
    newer.version.major = 2
    newer.previous = ctypes.addressof(table)
    KEPT.extend([callback, table, newer])
    return NEW(ctypes.addressof(newer), b"dlpack_exchange_api", None)


def test_tables_of_others_are_used() -> None:
    managed = Managed([2, 2])

    def give(_: object, out: ctypes._Pointer) -> int:
        out[0] = ctypes.pointer(managed.raw)
        return 0

    class Fast:
        __dlpack_c_exchange_api__ = borrowed_table(give)

        def __dlpack__(self, **_: object) -> object:
            raise AssertionError("the table is faster")

    tensor = tb.from_dlpack(Fast())
    assert tensor.data_ptr() == managed.raw.tensor.data
    del tensor
    assert managed.released == 1

    # An heir may mean something else by its memory.
    class Heir(Fast):
        pass

    with pytest.raises(AssertionError, match="the table is faster"):
        tb.from_dlpack(Heir())

    # What a table cannot say belongs to `__dlpack__`.
    class Graph(Exporter):
        requires_grad = True
        __dlpack_c_exchange_api__ = borrowed_table(give)

    other = Managed()
    assert tb.from_dlpack(Graph(other.capsule)).data_ptr() == other.raw.tensor.data


def test_tables_that_fail_leave_it_to_the_method() -> None:
    class Slow(Exporter):
        __dlpack_c_exchange_api__ = borrowed_table(lambda _, out: -1)

    managed = Managed()
    assert tb.from_dlpack(Slow(managed.capsule)).data_ptr() == managed.raw.tensor.data


def test_descriptions_from_tables_are_checked() -> None:
    managed = Managed(ndim=65)

    def give(_: object, out: ctypes._Pointer) -> int:
        out[0] = ctypes.pointer(managed.raw)
        return 0

    class Fast:
        __dlpack_c_exchange_api__ = borrowed_table(give)

        def __dlpack__(self) -> object:
            raise AssertionError

    with pytest.raises(BufferError, match="number of dimensions"):
        tb.from_dlpack(Fast())
    assert managed.released == 1
