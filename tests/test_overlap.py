"""`shares_memory` and `may_share_memory`: exact for any strides, and what follows from that."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import as_strided

import tensorbridge as tb
from sources import WithInterface, layouts

TooHardError = getattr(np, "exceptions", np).TooHardError

#: Memory in whose middle views lie, with room for every stride on either side.
MEMORY = np.zeros(4096, np.uint8)


@st.composite
def views(draw: st.DrawFn) -> np.ndarray:
    """A view of `MEMORY`: any strides, any alignment, lengths of 0 and 1 too."""
    axes = draw(st.lists(st.tuples(st.integers(0, 5), st.integers(-40, 40)), max_size=4))
    dtype = np.dtype(draw(st.sampled_from(["u1", "i2", "f4", "f8", "c16", "S3"])))
    start = draw(st.integers(1950, 2050))
    view = MEMORY[start : start + dtype.itemsize].view(dtype).reshape(())
    shape, strides = (tuple(axis[part] for axis in axes) for part in (0, 1))
    return as_strided(view, shape, strides)


def touched(array: np.ndarray) -> set[int]:
    """The address of every byte of an array."""
    base = array.__array_interface__["data"][0]
    places = {
        base + sum(i * step for i, step in zip(index, array.strides, strict=True))
        for index in np.ndindex(array.shape)
    }
    return {place + byte for place in places for byte in range(array.itemsize)}


@given(views(), views())
def test_exact_for_any_strides(a: np.ndarray, b: np.ndarray) -> None:
    shared = bool(touched(a) & touched(b))
    assert np.shares_memory(a, b, max_work=-1) == shared
    assert tb.shares_memory(a, b) == shared
    assert tb.may_share_memory(a, b, -1) == shared
    assert tb.may_share_memory(a, b) == np.may_share_memory(a, b) >= shared
    if "S3" not in (a.dtype, b.dtype):
        t, u = tb.from_numpy(a), tb.from_numpy(b)
        for one, other in ((t, u), (t, b), (a, u), (u, t)):
            assert tb.shares_memory(one, other) == shared
        assert np.shares_memory(t, b) == np.shares_memory(a, u) == shared
        assert np.may_share_memory(t, b) == np.may_share_memory(a, b)


@pytest.mark.parametrize("name", layouts())
def test_every_layout(name: str) -> None:
    array = layouts()[name]
    t = tb.from_numpy(array)
    assert tb.shares_memory(t, array) == np.shares_memory(array, array)
    assert not tb.shares_memory(t, tb.ones(3))


def test_the_parts_of_a_matrix() -> None:
    a = np.zeros((1000, 1000))
    t = tb.from_numpy(a)
    assert not tb.shares_memory(t[:, ::2], t[:, 1::2])
    assert tb.may_share_memory(t[:, ::2], t[:, 1::2])
    assert not tb.shares_memory(t[:, :500], a[:, 500:])
    assert tb.shares_memory(t[:, :501], a[:, 500:])
    assert not tb.shares_memory(t.T[::-1, ::2], a[1::2].T)
    assert not tb.may_share_memory(t[:500], a[500:])
    record = np.zeros(5, "u1,f4")
    assert not tb.shares_memory(tb.from_numpy(record["f1"]), record["f0"])
    assert tb.shares_memory(record, tb.from_numpy(record["f1"]))


def test_anything_with_memory() -> None:
    raw = bytearray(64)
    array = np.frombuffer(raw, np.float32)
    for other in (
        raw,
        memoryview(raw)[4:],
        array,
        WithInterface(array),
        tb.frombuffer(raw, dtype=tb.int8),
    ):
        assert tb.shares_memory(array, other)
        assert tb.shares_memory(other, tb.from_numpy(array))
        assert not tb.shares_memory(other, np.zeros(3))
    assert tb.shares_memory(array, array.astype(">f4").view(">f4")) is False
    swapped = array.view(">f4")
    assert tb.shares_memory(swapped, tb.from_numpy(array))
    objects = np.array([None, 1], object)
    assert tb.shares_memory(objects, objects[1:])
    frozen = array[:3]
    frozen.flags.writeable = False
    assert tb.shares_memory(frozen, array)


class Producer:
    """An object that speaks DLPack and nothing else."""

    def __init__(self, array: np.ndarray) -> None:
        self.tensor = tb.from_numpy(array)

    def __dlpack__(self, **wishes: Any) -> Any:
        return self.tensor.__dlpack__(**wishes)

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)


def test_producers_of_dlpack() -> None:
    array = np.arange(6.0)
    assert tb.shares_memory(Producer(array), array[3:])
    assert not tb.shares_memory(Producer(array), np.arange(6.0))


def test_nothing_is_copied_or_heard() -> None:
    a = np.zeros(3)
    with tb.no_copies(), tb.trace() as events:
        tb.shares_memory(a, memoryview(a))
        tb.may_share_memory(tb.from_numpy(a), a)
    assert [event.operation for event in events] == ["from_numpy"]


@pytest.mark.parametrize("what", [[1, 2], 3.0, (), iter([1]), "text", np.float64(1)])
def test_what_has_no_memory(what: Any) -> None:
    for question in (tb.shares_memory, tb.may_share_memory):
        with pytest.raises(TypeError, match=r"no memory that could be looked at.*hint"):
            question(np.zeros(3), what)
    if isinstance(what, list):
        assert not np.shares_memory(tb.ones(2), what)


def test_tensors_without_bytes() -> None:
    meta = tb.empty(3, device="meta")
    assert not tb.shares_memory(meta, meta)
    assert not tb.may_share_memory(meta, meta[1:])
    a = np.zeros((0, 3))
    assert not tb.shares_memory(a, a)
    assert tb.shares_memory(tb.ones(3).expand(10**9, 3), tb.ones(3)) is False


HARD_A = as_strided(MEMORY[:1], (5, 5, 5), (367, 611, 85))
HARD_B = as_strided(MEMORY[5:6], (5, 5, 2), (122, 123, 7))


def test_work_is_bounded() -> None:
    assert tb.shares_memory(HARD_A, HARD_B) == np.shares_memory(HARD_A, HARD_B)
    with pytest.raises(tb.TooHardError, match=r"max_work=1 trials.*hint"):
        tb.shares_memory(HARD_A, HARD_B, max_work=1)
    assert tb.may_share_memory(HARD_A, HARD_B, 1)
    assert tb.shares_memory(HARD_A, HARD_B, 0)
    with pytest.raises(ValueError, match="-1 answers exactly"):
        tb.shares_memory(HARD_A, HARD_B, -2)
    # Ordinary views are decided within a trial or two.
    t = tb.zeros((20, 20, 20, 20))
    assert not tb.shares_memory(t[::2, :, 1::3], t[1::2, :, ::2], max_work=2)


def test_numpys_functions_run_here() -> None:
    t = tb.from_numpy(HARD_A)
    with pytest.raises(TooHardError) as caught:
        np.shares_memory(t, HARD_B, max_work=1)
    assert isinstance(caught.value, tb.TooHardError)
    assert np.may_share_memory(t, HARD_B, max_work=1)
    with tb.trace() as events:
        np.shares_memory(t, HARD_B)
    assert not [event for event in events if event.action == "computed"]


def test_signatures_are_numpys() -> None:
    for ours, theirs in (
        (tb.shares_memory, np.shares_memory),
        (tb.may_share_memory, np.may_share_memory),
    ):
        assert list(inspect.signature(ours).parameters) == ["a", "b", "max_work"], theirs


def test_interleaved_operands_need_no_copy() -> None:
    a = np.arange(24.0).reshape(4, 6)
    expected = a.copy()
    expected[:, ::2] = expected[:, 1::2]
    t = tb.from_numpy(a)
    with tb.no_copies(), tb.trace() as events:
        tb.add(t[:, 1::2], 0, out=t[:, ::2])
    assert not [event for event in events if event.action == "copied"]
    assert np.array_equal(a, expected)
    t[::2, 1:] = t[1::2, :-1]
    expected[::2, 1:] = expected[1::2, :-1].copy()
    assert np.array_equal(a, expected)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 6), st.integers(0, 6), st.data())
def test_every_pair_of_slices(step: int, other: int, start: int, place: int, data: Any) -> None:
    source = np.arange(40.0)
    count = data.draw(st.integers(0, min(33 // step, 33 // other)))
    pick = slice(start, start + step * count, step)
    where = slice(place, place + other * count, other)
    if data.draw(st.booleans()):
        where = slice(place + other * (count - 1), place - 1 if place else None, -other)
        if not count:
            where = slice(0, 0)
    expected = source.copy()
    expected[where] = source[pick] + 1
    for write in (
        lambda t: tb.add(t[pick], 1, out=backwards(t, where)),
        lambda t: backwards(t, where).copy_(t[pick] + 1),
    ):
        mine = source.copy()
        write(tb.from_numpy(mine))
        assert np.array_equal(mine, expected)


def backwards(t: tb.Tensor, where: slice) -> tb.Tensor:
    return tb.from_numpy(t.numpy()[where])


def test_windows_that_do_not_meet_are_written() -> None:
    # Nested like digits in no order of the axes, and yet no element is another's.
    memory = np.zeros(64)
    t = tb.from_numpy(memory).as_strided((3, 2, 2), (4, 2, 3))
    t += 1
    expected = np.zeros(64)
    view = as_strided(expected, (3, 2, 2), (32, 16, 24))
    assert len(touched(view)) == view.nbytes
    view += 1
    assert np.array_equal(memory, expected)
    huge = tb.zeros(1 << 21).as_strided((1 << 18, 2, 2), (4, 2, 3))
    huge.fill_(1)
    assert huge.sum().item() == 1 << 20
    with pytest.raises(RuntimeError, match="single memory location"):
        tb.zeros(64).as_strided((3, 3, 2), (4, 2, 3)).fill_(1)
