"""`t[index] = value`: NumPy is the oracle; what may not be written is refused beforehand."""

from __future__ import annotations

import array as stdlib_array
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tensorbridge as tb
from test_indexing import DTYPES, answer, counting, hard_arrays, indices, sources

RANK = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}


@st.composite
def values(draw: st.DrawFn, shape: tuple[int, ...]) -> np.ndarray:
    """An array that broadcasts to `shape`, mostly, of any dtype and in any layout."""
    fits = hnp.broadcastable_shapes(shape, max_dims=4, max_side=3) if shape else st.just(())
    cut = draw(fits | st.just(shape) | hnp.array_shapes(max_dims=2, max_side=3))
    if draw(st.integers(0, 5)):
        # Numbers of the same shape or smaller, so that most assignments fit.
        cut = tuple(1 if draw(st.integers(0, 3)) == 0 else n for n in shape)
        cut = cut[draw(st.integers(0, len(cut))) :]
    value = counting(cut, draw(st.sampled_from(DTYPES)))
    if draw(st.booleans()):
        value = np.asarray(np.flip(value))
    if draw(st.integers(0, 4)) == 0:
        value = value.astype(value.dtype.newbyteorder())
    return value


@settings(max_examples=800, deadline=None)
@given(st.data())
def test_every_assignment_does_what_numpy_does(data: st.DataObject) -> None:
    mine = data.draw(sources()).copy()
    theirs = mine.copy()
    index = data.draw(indices(mine.shape))
    target = answer(mine, index)
    tensor = tb.from_numpy(mine)
    if isinstance(target, type):
        with pytest.raises((IndexError, ValueError)):
            tensor[index] = 0
        return
    if not target.size:
        return  # What fits nothing, NumPy judges by the way it takes.
    value = data.draw(values(target.shape))
    before = mine.copy()
    plain = value
    while plain.ndim > target.ndim and plain.shape[0] == 1:
        # NumPy lets go of such axes too, but not where one element is written.
        plain = np.asarray(plain[0])
    too_high = RANK[value.dtype.kind] > RANK[mine.dtype.kind]
    try:
        with np.errstate(all="ignore"):
            theirs[index] = plain if not too_high else plain.real.astype(mine.dtype)
    except (ValueError, TypeError):
        with pytest.raises((tb.ShapeError, TypeError)):
            tensor[index] = value
        np.testing.assert_array_equal(mine, before)
        return
    if too_high:
        with pytest.raises(TypeError, match="can't be cast to the desired output type"):
            tensor[index] = value
        np.testing.assert_array_equal(mine, before)
        return
    tensor[index] = value
    np.testing.assert_array_equal(mine, theirs)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_values_that_overlap_are_read_first(data: st.DataObject) -> None:
    mine = data.draw(sources()).copy()
    theirs = mine.copy()
    index = data.draw(indices(mine.shape))
    axes = data.draw(st.permutations(range(mine.ndim)))
    flips = tuple(slice(None, None, data.draw(st.sampled_from([1, -1]))) for _ in axes)
    tensor = tb.from_numpy(mine)
    value = mine.transpose(axes)[flips]
    if isinstance(target := answer(mine, index), type) or not target.size:
        return
    try:
        theirs[index] = theirs.transpose(axes)[flips].copy()
    except (ValueError, TypeError):
        return
    tensor[index] = value
    np.testing.assert_array_equal(mine, theirs)


def test_overlap_by_hand() -> None:
    a = np.arange(6.0)
    t = tb.from_numpy(a)
    t[1:] = t[:-1]
    assert a.tolist() == [0, 0, 1, 2, 3, 4]
    t[::-1] = t
    assert a.tolist() == [4, 3, 2, 1, 0, 0]
    t[[5, 4, 3, 2, 1, 0]] = t
    assert a.tolist() == [0, 0, 1, 2, 3, 4]
    t[...] = t
    assert a.tolist() == [0, 0, 1, 2, 3, 4]
    i = np.array([1, 2, 0])
    n = tb.from_numpy(i)
    n[n] = n
    assert i.tolist() == [0, 1, 2]


def test_what_is_written() -> None:
    for dtype, value, expected in [
        ("f4", np.float32(5), 5),
        ("f4", np.bool_(True), 1),
        ("f4", np.float16(1.5), 1.5),
        ("f4", np.float64(5.5), 5.5),
        ("f4", np.int64(3), 3),
        ("f4", np.array(2.5), 2.5),
        ("c8", np.complex64(1j), 1j),
        ("u8", np.uint64(2**64 - 1), 2**64 - 1),
        ("i8", True, 1),
        ("?", 1, True),
    ]:
        a = np.zeros(2, dtype)
        tb.from_numpy(a)[0] = value
        assert a.tolist() == [np.array(expected, dtype).item(), 0]


def test_what_is_not_written_says_why() -> None:
    for dtype, value, error, names in [
        ("i8", np.float64(5.5), TypeError, "5.5"),
        ("i8", 5.5, TypeError, "5.5"),
        ("i8", 2.0**64, OverflowError, "1.8446744073709552e19"),
        ("u1", np.int64(300), OverflowError, "300"),
        ("u1", 300, OverflowError, "300"),
        ("u1", -1, OverflowError, "-1"),
        ("?", 2, OverflowError, "2"),
        ("f4", np.complex64(1j), TypeError, "1"),
        ("f4", 1j, TypeError, "1"),
        ("f4", np.longdouble(1), TypeError, "longdouble"),
        ("u8", 2**64, OverflowError, str(2**64)),
        ("u8", 10**60, OverflowError, "larger than any dtype"),
        ("f4", "text", TypeError, "text"),
        ("f4", None, TypeError, "NoneType"),
        ("f4", object(), TypeError, "object"),
    ]:
        a = np.zeros(2, dtype)
        for index in (0, [0], slice(None)):
            with pytest.raises(error, match=names):
                tb.from_numpy(a)[index] = value
        assert not a.any()


def test_arrays_of_every_kind_are_written() -> None:
    a = np.zeros(4, "f4")
    t = tb.from_numpy(a)
    floats = np.arange(4.0)
    for value in [
        floats,
        np.arange(4),
        floats[::-1][::-1],
        floats.astype(">f4"),
        [0, 1, 2.0, 3],
        list(np.arange(4, dtype="f4")),
        (np.int8(0), 1, np.float16(2), True + 2),
        range(4),
        stdlib_array.array("d", floats),
        memoryview(floats),
        tb.from_numpy(floats),
    ]:
        a[:] = -1
        t[:] = value
        assert a.tolist() == [0, 1, 2, 3]
    t[:2] = np.array([7])
    assert a.tolist() == [7, 7, 2, 3]
    t[np.array([True, False, False, True])] = np.float32(9)
    assert a.tolist() == [9, 7, 2, 9]
    t[np.array([1, 2])] = np.array([0.5, 1.5])
    assert a.tolist() == [9, 0.5, 1.5, 9]
    t[tb.asarray([1, 2])] = tb.asarray(np.array([2.5, 3.5]))
    assert a.tolist() == [9, 2.5, 3.5, 9]
    matrix = np.zeros((2, 3))
    tb.from_numpy(matrix)[:, 0] = np.array([1, 2])
    assert matrix[:, 0].tolist() == [1, 2]
    for value, error in [
        (np.arange(3.0), tb.ShapeError),
        (np.array(["a"] * 4), TypeError),
        (np.ma.masked_array(floats, [1, 0, 0, 0]), TypeError),
        (floats.astype("M8[s]"), TypeError),
        ([[1], [2, 3]], ValueError),
        (["a"] * 4, TypeError),
    ]:
        with pytest.raises(error):
            t[:] = value
        assert a.tolist() == [9, 2.5, 3.5, 9]
    frozen = np.arange(2.0)
    frozen.flags.writeable = False
    for index in (0, [0], np.array([True, False]), ...):
        with pytest.raises(ValueError, match="read-only"):
            tb.from_numpy(frozen)[index] = 9
    assert frozen.tolist() == [0, 1]


def test_lists_keep_the_precision_of_the_target() -> None:
    a = np.zeros(2)
    tb.from_numpy(a)[:] = [0.1, 1e300]
    assert a.tolist() == [0.1, 1e300]
    b = np.zeros(2, "i8")
    tb.from_numpy(b)[:] = [2**62 + 1, -(2**63)]
    assert b.tolist() == [2**62 + 1, -(2**63)]
    c = np.zeros(2, "u1")
    with pytest.raises(OverflowError, match="300"):
        tb.from_numpy(c)[:] = [1, 300]
    with pytest.raises(TypeError, match="can't be cast"):
        tb.from_numpy(c)[:] = [1, 2.5]
    assert not c.any()


def test_shapes_that_do_not_fit_are_named() -> None:
    t = tb.from_numpy(np.zeros((3, 4)))
    words = r"value tensor of shape \[3\] cannot be broadcast to indexing result of shape \[2, 4\]"
    for index in (slice(2), [0, 1]):
        with pytest.raises(tb.ShapeError, match=words):
            t[index] = np.zeros(3)
    # Leading axes of length 1 may be too many, as in NumPy.
    t[0] = np.ones((1, 1, 4))
    t[[1]] = np.ones((1, 1, 1, 4))
    assert t.numpy().sum() == 8


def test_nothing_is_written_when_an_index_is_bad() -> None:
    a = np.zeros((3, 4))
    t = tb.from_numpy(a)
    for index in [[0, 1, 3], ([0, 1], [0, -5]), [0, -4], np.ones(2, bool), (0, 0, 0)]:
        with pytest.raises(IndexError):
            t[index] = 1
    assert not a.any()


def test_the_last_of_repeated_indices_stays() -> None:
    for width in (1, 3, 8, 50):
        rng = np.random.default_rng(width)
        mine, theirs = np.zeros((10, width)), np.zeros((10, width))
        picks = rng.integers(0, 10, 5000)
        value = rng.random((5000, width))
        tb.from_numpy(mine)[picks] = value
        theirs[picks] = value
        np.testing.assert_array_equal(mine, theirs)


def test_hard_targets() -> None:
    for name, a in hard_arrays(np.arange(6.0)).items():
        if name in ("read-only", "other byte order", "broadcast"):
            continue
        for index, value in [(slice(1, 3), 9), ([5, 0], [7.0, 8.0]), (np.arange(6) == 4, 6)]:
            expected = a.copy()
            expected[index] = value
            tb.from_numpy(a)[index] = value
            np.testing.assert_array_equal(a, expected, name)


def test_self_overlapping_targets_are_refused() -> None:
    a = np.arange(3.0)
    wide = np.lib.stride_tricks.as_strided(a, (2, 3), (0, 8), writeable=True)
    t = tb.from_numpy(wide)
    for index in (slice(None), [0, 1], np.ones((2, 3), bool)):
        with pytest.raises(RuntimeError, match="single memory location"):
            t[index] = 1
    assert a.tolist() == [0, 1, 2]
    # One row overlaps nothing.
    t[0] = 1
    assert a.tolist() == [1, 1, 1]


def test_bool_bytes_are_kept() -> None:
    source = np.array([2, 255, 0], "u1").view(bool)
    a = np.zeros(3, bool)
    tb.from_numpy(a)[:] = source
    assert a.view("u1").tolist() == [2, 255, 0]
    tb.from_numpy(a)[[0]] = True
    assert a.view("u1").tolist() == [1, 255, 0]
    counts = np.zeros(3, "i4")
    tb.from_numpy(counts)[[0, 1, 2]] = source
    assert counts.tolist() == [1, 1, 0]


def test_arrays_are_written_without_a_copy_of_them() -> None:
    a = np.zeros((4, 4), "f4")
    t = tb.from_numpy(a)
    with tb.trace() as events:
        t[:] = np.arange(16, dtype="f8").reshape(4, 4).T
        t[np.array([0, 1])] = np.ones((2, 4), "f4")
    copies = [event for event in events if event.action == "copied"]
    assert [(event.operation, event.reasons) for event in copies] == [("setitem", ["assign"])] * 2
    assert [event.bytes for event in copies] == [64, 32]


def test_augmented_assignment_reads_and_writes_back() -> None:
    a = np.arange(4.0)
    t = tb.from_numpy(a)
    t[1:3] = t[1:3].numpy() + 10
    t[[0, 0]] = t[[0, 0]].numpy() + 1
    assert a.tolist() == [1, 11, 12, 3]


def test_items_cannot_be_deleted() -> None:
    t = tb.from_numpy(np.arange(4.0))
    with pytest.raises(TypeError, match="does not support deleting items"):
        del t[0]


def test_meta() -> None:
    t = tb.asarray(np.zeros((3, 4)), device="meta")
    t[0] = 1
    t[[0, 1]] = 2.5
    with pytest.raises(IndexError):
        t[[3]] = 1
    with pytest.raises(tb.DeviceError):
        t[0] = np.zeros(4)
    with pytest.raises(tb.DeviceError):
        t[[0]] = np.zeros(4)


class Meddles:
    """A number that changes other things when it is asked for its value."""

    def __init__(self, act: Any, value: int = 0) -> None:
        self.act, self.value = act, value

    def __index__(self) -> int:
        self.act()
        return self.value

    def __float__(self) -> float:
        self.act()
        return float(self.value)


def test_indices_that_change_while_they_are_read() -> None:
    a = np.zeros(4)
    t = tb.from_numpy(a)
    picks = np.array([0, 1])

    def spoil() -> None:
        picks[:] = 1 << 60

    # The array is read after the object beside it was asked, and checked as it is then.
    with pytest.raises(IndexError, match="out of bounds"):
        t[None][Meddles(spoil), picks] = 1
    assert not a.any()
    picks[:] = [0, 1]

    class Value:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            spoil()
            return np.ones(2)

    with pytest.raises(IndexError, match="out of bounds"):
        t[picks] = Value()
    assert not a.any()


def test_values_that_raise() -> None:
    a = np.zeros(4)
    t = tb.from_numpy(a)

    class Raises:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            raise ZeroDivisionError("mine")

    for index in (0, slice(None), [0]):
        with pytest.raises(ZeroDivisionError):
            t[index] = Raises()
    assert not a.any()


def test_whole_floats_are_integers():
    t = tb.zeros(3, dtype=tb.int64)
    t[0], t[1:] = 5.0, np.float64(-2.0)
    assert t.tolist() == [5, -2, -2]
    assert t.fill_(7.0).tolist() == [7, 7, 7]
    for value, error, words in [
        (2.5, TypeError, "2.5 is no integer"),
        (float("nan"), TypeError, "NaN is no integer"),
        (1e30, OverflowError, "1e30 is outside"),
        (-0.5, TypeError, "-0.5 is no integer"),
    ]:
        with pytest.raises(error, match=words):
            t[0] = value
    byte = tb.zeros(1, dtype=tb.uint8)
    with pytest.raises(OverflowError, match=r"256.0 is outside \[0, 255\]"):
        byte[0] = 256.0
    assert t.tolist() == [7, 7, 7]


@pytest.mark.parametrize("value", [None, object(), {}, int])
def test_what_is_no_value_at_all(value):
    t = tb.zeros(2)
    name = type(value).__name__
    with pytest.raises(TypeError, match=f"can't assign a {name} to a tensor of float32"):
        t[0] = value
    with pytest.raises(TypeError, match="can't assign a"):
        t.copy_(value)


def test_complex_numbers_are_shown_as_python_writes_them():
    t = tb.zeros(2)
    with pytest.raises(TypeError, match=r"1-2j would lose its imaginary part"):
        t[0] = 1 - 2j
