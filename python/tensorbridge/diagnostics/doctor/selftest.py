"""Every dtype through every protocol and back: same values, same memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorbridge as tb

from .findings import Section

DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "bfloat16", "float32", "float64", "complex64", "complex128",
)  # fmt: skip

#: A protocol and the way through it and back.
PROTOCOLS: dict[str, Callable[[tb.Tensor], tb.Tensor]] = {
    "DLPack": tb.from_dlpack,
    "buffer": lambda t: tb.asarray(memoryview(t), copy=False),
    "__array_interface__": lambda t: tb.asarray(Interface(t), copy=False),
    "NumPy": lambda t: tb.from_numpy(t.numpy()),
}


class Interface:
    """An object with nothing but `__array_interface__`."""

    def __init__(self, tensor: tb.Tensor) -> None:
        self.tensor = tensor
        self.__array_interface__: dict[str, Any] = tensor.__array_interface__


def round_trips() -> Section:
    """Sends a tensor of every dtype through every protocol."""
    section = Section("Self-test")
    passed = 0
    for name in DTYPES:
        tensor = tb.arange(6).to(getattr(tb, name)).reshape(2, 3)[::-1]
        for protocol, through in PROTOCOLS.items():
            try:
                back = through(tensor)
            except (ImportError, BufferError, TypeError, AttributeError) as error:
                # Formats that a protocol has no name for, and NumPy's absence, are no failures.
                if name == "bfloat16" or isinstance(error, ImportError):
                    continue
                section.add(
                    "error", f"{name} does not pass through {protocol}", evidence=str(error)
                )
                continue
            same = back.dtype == tensor.dtype and back.tolist() == tensor.tolist()
            if not same or back.data_ptr() != tensor.data_ptr():
                section.add(
                    "error",
                    f"{name} changes on its way through {protocol}",
                    evidence=f"{back.dtype} at {back.data_ptr():#x} instead of {tensor.dtype} at {tensor.data_ptr():#x}",
                    consequence="what crosses the bridge this way cannot be trusted",
                    remedy="pip install --force-reinstall tensorbridge",
                )
            else:
                passed += 1
    section.facts["round trips"] = passed
    if not section.findings:
        section.ok(f"{passed} round trips: same values, same memory")
    return section
