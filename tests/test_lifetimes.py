"""Who keeps what alive: every door leaves the counts as it found them, and memory under an array
stays where it is while a tensor looks at it."""

from __future__ import annotations

import array
import ctypes
import gc
import io
import mmap
import weakref
from collections.abc import Callable
from itertools import permutations
from multiprocessing import shared_memory
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensorbridge as tb
from child import run_child


def test_every_order_of_deletion() -> None:
    for order in permutations(range(4)):
        owner = np.arange(10.0)
        gone = weakref.ref(owner)
        tensor = tb.from_numpy(owner)
        held: list[Any] = [tensor, tensor[2:5], tensor.numpy(), memoryview(tensor[::-1])]
        del owner, tensor
        for place in order:
            assert gone() is not None
            held[place] = None
            gc.collect()
            assert all(piece is None or np.asarray(piece)[0] >= 0 for piece in held)
        assert gone() is None


# Memory under arrays


@pytest.mark.parametrize("door", [tb.from_numpy, tb.asarray, tb.as_tensor])
def test_a_memmap_cannot_be_closed(door: Callable[[Any], tb.Tensor], tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 4096)
    mapped = np.memmap(path, mode="r+")
    mapping = mapped._mmap
    tensor = door(mapped[10:][::2])
    with pytest.raises(BufferError):
        mapping.close()
    assert tensor[0].item() == ord("x")
    del tensor
    mapping.close()


def test_shared_memory_cannot_be_closed() -> None:
    block = shared_memory.SharedMemory(create=True, size=4096)
    try:
        array = np.ndarray((8,), dtype="f8", buffer=block.buf)
        tensor = tb.from_numpy(array)
        del array
        with pytest.raises(BufferError):
            block.close()
        tensor[0] = 3
        assert tensor.sum().item() == 3
        del tensor
        block.close()
    finally:
        block.unlink()


@pytest.mark.parametrize("make", [lambda: bytearray(64), lambda: array.array("d", [0] * 8)])
def test_a_buffer_under_an_array_cannot_grow(make: Callable[[], Any]) -> None:
    buffer = make()
    tensor = tb.from_numpy(np.ndarray((8,), dtype="f8", buffer=buffer).reshape(2, 4)[1])
    with pytest.raises(BufferError):
        buffer.extend(buffer)
    tensor[:] = 1
    del tensor
    length = len(buffer)
    buffer.extend(buffer)
    assert len(buffer) == 2 * length


def test_an_array_over_a_closed_mapping_is_refused() -> None:
    # NumPy gives no sign: `array.sum()` would be a SIGSEGV.
    run_child("""
        import mmap
        import numpy as np
        import pytest
        import tensorbridge as tb

        mapping = mmap.mmap(-1, 4096)
        array = np.ndarray((8,), dtype="f8", buffer=mapping)
        mapping.close()
        for door in (tb.from_numpy, tb.asarray, tb.tensor):
            with pytest.raises(ValueError, match="closed"):
                door(array)
            with pytest.raises(ValueError, match="closed"):
                door(array[1:].reshape(7, 1))
    """)


def test_buffers_are_held() -> None:
    # Each owner with what would move or free its memory.
    bytes_io = io.BytesIO(b"abcd")
    values = (ctypes.c_int * 4)(1, 2, 3, 4)
    numbers = array.array("d", [1, 2])
    mapping = mmap.mmap(-1, 4096)
    owners: list[tuple[Any, Callable[[], object]]] = [
        (numbers, lambda: numbers.append(3)),
        (mapping, mapping.close),
        (mapping, lambda: mapping.resize(8192)),
        (bytes_io.getbuffer(), lambda: bytes_io.write(b"x" * 100)),
        (bytes_io.getbuffer(), bytes_io.close),
    ]
    for owner, disturb in owners:
        tensor = tb.asarray(owner)
        before = tensor.tolist()
        with pytest.raises(BufferError):
            disturb()
        assert tensor.tolist() == before
        del tensor, owner
    tensor = tb.asarray(values)
    del values
    gc.collect()
    assert tensor.tolist() == [1, 2, 3, 4]


# Nothing leaks


def test_a_hundred_thousand_crossings_leave_nothing_behind() -> None:
    run_child(
        """
        import gc, resource, sys
        import numpy as np
        import tensorbridge as tb

        a = np.arange(1000.0)
        swapped, text = a.astype(">f8"), np.array(["x"])
        buffer = bytearray(8000)
        t = tb.from_numpy(a)
        bf16 = tb.ones(3, dtype=tb.bfloat16)

        class Array:
            def __array__(self, dtype=None, copy=None):
                return a

        class Interface:
            __array_interface__ = a.__array_interface__

        class Broken:
            def __array__(self, dtype=None, copy=None):
                raise RuntimeError("broken")

        def fails(call):
            try:
                call()
            except Exception:
                return
            raise AssertionError("it should have failed")

        calls = [
            lambda: tb.from_numpy(a),
            lambda: tb.from_numpy(a[::-1]),
            lambda: tb.asarray(a),
            lambda: tb.tensor(a),
            lambda: tb.from_dlpack(a),
            lambda: tb.frombuffer(buffer, dtype=tb.float64),
            lambda: tb.asarray(memoryview(buffer)),
            lambda: tb.asarray(Array()),
            lambda: tb.asarray(Interface()),
            lambda: tb.tensor([[1, 2], [3, 4]]),
            lambda: tb.tensor([a, a]),
            lambda: tb.tensor(1.5),
            lambda: t.numpy(),
            lambda: np.asarray(t),
            lambda: np.from_dlpack(t),
            lambda: memoryview(t),
            lambda: t.__dlpack__(),
            lambda: t.__array_interface__,
            lambda: t[:9].tolist(),
            lambda: repr(t),
            lambda: t[1:5].unbind(),
            lambda: t + a,
            lambda: a + t,
            lambda: np.exp(t),
            lambda: t.__reduce_ex__(5),
            lambda: fails(lambda: tb.from_numpy(swapped)),
            lambda: fails(lambda: tb.from_numpy(text)),
            lambda: fails(lambda: tb.asarray(Broken())),
            lambda: fails(lambda: tb.asarray(a, dtype=tb.int8, copy=False)),
            lambda: fails(lambda: tb.frombuffer(buffer, dtype=tb.float64, offset=-1)),
            lambda: fails(lambda: tb.tensor([a, [1]])),
            lambda: fails(lambda: memoryview(bf16)),
            lambda: fails(lambda: t.view(7)),
            lambda: fails(lambda: t.__dlpack__(stream=3)),
            lambda: fails(lambda: np.asarray(t, dtype="f4", copy=False)),
            lambda: fails(lambda: t[5000]),
            lambda: fails(lambda: t.__setitem__(0, Broken())),
        ]

        def resident():
            return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()

        def run(times):
            for call in calls:
                for _ in range(times):
                    call()
            gc.collect()

        watched = [a, swapped, text, buffer, t, bf16, tb.float64, None, np.dtype("f8"), Array]
        run(50)
        counts, memory = [sys.getrefcount(thing) for thing in watched], resident()
        run(100_000 // len(calls))
        for thing, before in zip(watched, counts):
            grown = sys.getrefcount(thing) - before
            assert grown < 50, (thing, before, grown)
        assert resident() - memory < 4 << 20, resident() - memory
        """,
        timeout=120,
    )
