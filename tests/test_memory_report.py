"""`t.memory`: where the bytes are, whose they are, and who may write them."""

from __future__ import annotations

import gc
import json
import mmap
from typing import Any

import numpy as np
import pytest

import tensorbridge as tb
from sources import WithInterface, address, layouts


@pytest.mark.parametrize("name", layouts())
def test_the_numbers_are_numpys(name: str) -> None:
    array = layouts()[name]
    memory = tb.from_numpy(array).memory
    assert memory.address == address(array)
    assert memory.nbytes == array.nbytes
    assert memory.strides == array.strides
    flags = (array.flags.c_contiguous, array.flags.f_contiguous)
    expected = {(True, True): "C and F", (True, False): "C", (False, True): "F"}
    assert memory.order == expected.get(flags, "strided")
    assert memory.aligned == array.flags.aligned
    if array.size:
        low, high = getattr(np.lib, "array_utils", np).byte_bounds(array)
        assert memory.extent == (low, high - low)
        assert memory.address % memory.alignment == 0
        assert memory.address % (2 * memory.alignment) == memory.alignment


def test_memory_of_our_own() -> None:
    t = tb.zeros(3, 4)
    memory = t.memory
    assert memory.origin == ("48 bytes that tensorbridge allocated",)
    assert memory.alignment >= 64
    assert (memory.writable, memory.why_not) == (True, "")
    assert t[1:, ::2].memory.origin == memory.origin
    assert t[1:, ::2].memory.extent == (t.data_ptr() + 16, 28)


def test_the_chain_of_owners() -> None:
    a = np.arange(6.0)
    assert tb.from_numpy(a).memory.origin == ("ndarray of float64 (6,) that owns its bytes",)
    view = a.reshape(2, 3)[::-1]
    assert tb.from_numpy(view).memory.origin == (
        "ndarray of float64 (2, 3)",
        "ndarray of float64 (6,) that owns its bytes",
    )
    t = tb.zeros(4)
    assert tb.from_numpy(t.numpy()[1:]).memory.origin == (
        "ndarray of float32 (3,)",
        "ndarray of float32 (4,)",
        "Tensor of float32 (4,)",
        "16 bytes that tensorbridge allocated",
    )
    with mmap.mmap(-1, 4096) as mapping:
        mapped = tb.from_numpy(np.frombuffer(mapping, np.uint8)[8:16])
        assert mapped.memory.origin == (
            "ndarray of uint8 (8,)",
            "ndarray of uint8 (4096,)",
            "mmap of 4,096 bytes",
        )
        del mapped
        gc.collect()
    assert tb.frombuffer(bytearray(8), dtype=tb.int8).memory.origin == ("bytearray of 8 bytes",)
    assert tb.asarray(WithInterface(a)).memory.origin[0] == "sources.WithInterface"


class Producer:
    """An object that speaks DLPack and nothing else."""

    def __init__(self, tensor: tb.Tensor) -> None:
        self.tensor = tensor

    def __dlpack__(self, **wishes: Any) -> Any:
        return self.tensor.__dlpack__(**wishes)

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)


def test_producers_of_dlpack_are_named() -> None:
    producer = Producer(tb.zeros(3))
    memory = tb.from_dlpack(producer).memory
    assert len(memory.origin) == 1
    assert memory.origin[0].startswith("DLPack export of a ")
    assert memory.origin[0].endswith("Producer")
    capsule = tb.zeros(3).__dlpack__(max_version=(1, 0))
    assert "not known" in tb.from_dlpack(capsule).memory.origin[0]


def test_producers_are_released_with_their_class() -> None:
    import sys

    class Own(Producer):
        pass

    t = tb.zeros(3)
    before = sys.getrefcount(Own)
    held = [tb.from_dlpack(Own(t)) for _ in range(10)]
    assert sys.getrefcount(Own) == before + 10
    del held
    assert sys.getrefcount(Own) == before
    assert t.memory.shared_by == 1


def test_why_it_may_not_write() -> None:
    a = np.zeros(3)
    frozen = np.zeros(3)
    frozen.flags.writeable = False
    for t, words in (
        (tb.from_numpy(frozen), "read-only"),
        (tb.from_numpy(a, writable=False), "asked for read-only"),
        (tb.from_numpy(a).readonly(), "read-only view"),
        (tb.from_numpy(a).readonly()[1:], "read-only view"),
        (tb.frombuffer(b"abc", dtype=tb.int8), "made of is read-only"),
        (tb.frombuffer(bytearray(3), dtype=tb.int8, writable=False), "asked for read-only"),
        (tb.from_dlpack(tb.zeros(3).__dlpack__()), "could not say"),
        (tb.ones(1).expand(3), "same place"),
    ):
        assert not t.memory.writable
        assert words in t.memory.why_not
        with pytest.raises((ValueError, RuntimeError)):
            t.fill_(0)


def test_how_many_share_it() -> None:
    t = tb.zeros(3, 4)
    assert t.memory.shared_by == 1
    views = [t[0], t.T, t.readonly()]
    assert t.memory.shared_by == views[0].memory.shared_by == 4
    array = t.numpy()
    assert t.memory.shared_by == 4
    again = tb.from_numpy(array)
    assert (again.memory.shared_by, t.memory.shared_by) == (1, 4)
    capsule = t.__dlpack__()
    assert t.memory.shared_by == 5
    del views, capsule
    assert t.memory.shared_by == 1


def test_tensors_without_bytes() -> None:
    memory = tb.empty(3, device="meta").memory
    assert (memory.address, memory.extent, memory.alignment) == (None, None, 0)
    assert "meta" in str(memory)
    empty = tb.zeros(0, 3).memory
    assert empty.extent is not None
    assert (empty.nbytes, empty.extent.nbytes) == (0, 0)


def test_it_prints() -> None:
    a = np.arange(6.0).reshape(2, 3)
    text = str(tb.from_numpy(a[:, ::2]).memory)
    for words in (
        "origin",
        "→",
        "48 bytes from 0x",
        "32 bytes of elements",
        "order strided",
        "yes",
    ):
        assert words in text
    assert "<table>" in tb.zeros(2).memory._repr_html_()
    assert json.loads(json.dumps(tb.zeros(2).memory.to_dict()))["strides"] == [4]


# --- views that cannot be written ---------------------------------------------------------


def read_only() -> list[tb.Tensor]:
    a = np.arange(12.0).reshape(3, 4)
    t = tb.from_numpy(a)
    return [t.readonly(), tb.from_numpy(a, writable=False), tb.asarray(a, writable=False)]


@pytest.mark.parametrize("place", range(3))
def test_no_door_leads_to_writing(place: int) -> None:
    t = read_only()[place]
    for view in (t, t[1:], t.T, t.view(-1), t.detach(), t.data, t.expand(2, 3, 4), t.readonly()):
        assert view.is_readonly
        assert not view.numpy().flags.writeable
        assert not np.asarray(view).flags.writeable
        assert memoryview(view).readonly
        assert view.__array_interface__["data"][1] is True
        assert tb.from_dlpack(view).is_readonly
        assert tb.from_numpy(view.numpy()).is_readonly
        with pytest.raises(BufferError):
            view.__dlpack__()
        with pytest.raises(tb.CopyError):
            tb.asarray(view, writable=True, copy=False)
        if np.lib.NumpyVersion(np.__version__) >= "2.1.0":
            assert not np.from_dlpack(view).flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            view.numpy()[...] = 0
        with pytest.raises(ValueError, match="WRITEABLE"):
            view.numpy().flags.writeable = True


@pytest.mark.parametrize(
    "write",
    [
        lambda t: t.fill_(0),
        lambda t: t.copy_(1),
        lambda t: t.__setitem__(0, 1),
        lambda t: t.__setitem__([0, 1], 1),
        lambda t: t.__setitem__(t > 3, 1),
        lambda t: t.__iadd__(1),
        lambda t: t.zero_(),
        lambda t: t.uniform_(),
        lambda t: t.sort_(),
        lambda t: t.masked_fill_(t > 3, 0),
        lambda t: t.index_fill_(0, tb.asarray([0]), 1),
        lambda t: tb.add(t, 1, out=t),
        lambda t: np.add(t, 1, out=t),
        lambda t: np.copyto(t, 1),
        lambda t: np.add.at(t, 0, 1),
    ],
)
def test_every_write_is_refused(write: Any) -> None:
    for t in read_only():
        expected = t.tolist()
        with pytest.raises((ValueError, BufferError)):
            write(t)
        assert t.tolist() == expected
