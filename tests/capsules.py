"""Managed tensors made by hand: everything a broken or hostile producer can put in a capsule."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

NEW = ctypes.pythonapi.PyCapsule_New
NEW.restype = ctypes.py_object
NEW.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
POINTER = ctypes.pythonapi.PyCapsule_GetPointer
POINTER.restype = ctypes.c_void_p
POINTER.argtypes = [ctypes.py_object, ctypes.c_char_p]
NAME = ctypes.pythonapi.PyCapsule_GetName
NAME.restype = ctypes.c_char_p
NAME.argtypes = [ctypes.py_object]

LEGACY = b"dltensor"
VERSIONED = b"dltensor_versioned"
READ_ONLY, IS_COPIED = 1, 2


class Version(ctypes.Structure):
    """``DLPackVersion``."""

    _fields_ = [("major", ctypes.c_uint32), ("minor", ctypes.c_uint32)]


class DLTensor(ctypes.Structure):
    """``DLTensor``, its small structures flattened."""

    _fields_ = [
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


class Legacy(ctypes.Structure):
    """``DLManagedTensor``."""

    _fields_ = [("tensor", DLTensor), ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p)]


class Versioned(ctypes.Structure):
    """``DLManagedTensorVersioned``."""

    _fields_ = [
        ("version", Version),
        ("context", ctypes.c_void_p),
        ("deleter", ctypes.c_void_p),
        ("flags", ctypes.c_uint64),
        ("tensor", DLTensor),
    ]


class Table(ctypes.Structure):
    """``DLPackExchangeAPI``."""

    _fields_ = [
        ("version", Version),
        ("previous", ctypes.c_void_p),
        ("allocate", ctypes.c_void_p),
        ("from_object", ctypes.c_void_p),
        ("to_object", ctypes.c_void_p),
        ("lend", ctypes.c_void_p),
        ("stream", ctypes.c_void_p),
    ]


FROM_OBJECT = ctypes.PYFUNCTYPE(
    ctypes.c_int, ctypes.py_object, ctypes.POINTER(ctypes.POINTER(Versioned))
)
TO_OBJECT = ctypes.PYFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(Versioned), ctypes.POINTER(ctypes.py_object)
)


def exported(table: Table, thing: object) -> Versioned:
    """The managed tensor that a table gives for an object."""
    out = ctypes.POINTER(Versioned)()
    assert FROM_OBJECT(table.from_object)(thing, ctypes.byref(out)) == 0
    return out.contents


def imported(table: Table, managed: Versioned) -> Any:
    """The object that a table makes of a managed tensor, which it steals."""
    out = ctypes.py_object()
    assert TO_OBJECT(table.to_object)(ctypes.byref(managed), ctypes.byref(out)) == 0
    # The place held a new reference, and reading it made another one.
    thing = out.value
    ctypes.pythonapi.Py_DecRef(ctypes.py_object(thing))
    return thing


DELETER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
# Structures and callbacks live until the process ends: a deleter may come late.
KEPT: list[Any] = []


def longs(values: list[int] | None) -> Any:
    """A C array of 64-bit numbers, or a null pointer."""
    if values is None:
        return None
    array = (ctypes.c_int64 * max(len(values), 1))(*values)
    KEPT.append(array)
    return ctypes.cast(array, ctypes.POINTER(ctypes.c_int64))


class Managed:
    """One managed tensor of float32 zeros, to be told lies about; counts its releases."""

    def __init__(
        self,
        shape: list[int] | None = None,
        strides: list[int] | None = None,
        *,
        legacy: bool = False,
        on_delete: Callable[[], None] | None = None,
        **lies: Any,
    ) -> None:
        shape = [3] if shape is None else shape
        self.memory = (ctypes.c_float * 64)(*range(64))
        self.released = 0
        self.legacy = legacy
        self.raw = Legacy() if legacy else Versioned()
        tensor = self.raw.tensor
        tensor.data = ctypes.addressof(self.memory)
        tensor.device_type, tensor.ndim = 1, len(shape)
        tensor.code, tensor.bits, tensor.lanes = 2, 32, 1
        tensor.shape, tensor.strides = longs(shape), longs(strides)
        if not legacy:
            self.raw.version = Version(1, 3)

        def delete(_: int) -> None:
            self.released += 1
            if on_delete is not None:
                on_delete()

        self.deleter = DELETER(delete)
        self.raw.deleter = ctypes.cast(self.deleter, ctypes.c_void_p).value
        for name, value in lies.items():
            if name == "major":
                self.raw.version.major = value
            elif name in {"flags", "deleter"}:
                setattr(self.raw, name, value)
            else:
                setattr(tensor, name, value)
        KEPT.append(self)

    def capsule(self, name: bytes | None = None) -> Any:
        """A fresh capsule around it."""
        name = name if name is not None else (LEGACY if self.legacy else VERSIONED)
        KEPT.append(name)
        return NEW(ctypes.addressof(self.raw), name, None)


class Exporter:
    """An object with ``__dlpack__`` that returns what it was given."""

    def __init__(self, answer: Any, device: Any = (1, 0)) -> None:
        self.answer, self.device = answer, device

    def __dlpack__(self, **_: Any) -> Any:
        return self.answer() if callable(self.answer) else self.answer

    def __dlpack_device__(self) -> Any:
        return self.device


def opened(capsule: Any) -> Legacy | Versioned:
    """The managed tensor in a fresh capsule, still owned by it."""
    name = NAME(capsule)
    kind = Versioned if name == VERSIONED else Legacy
    return kind.from_address(POINTER(capsule, name))
