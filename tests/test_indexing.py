"""`t[index]`: NumPy is the oracle for values, shapes and who shares with whom."""

from __future__ import annotations

import itertools
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tensorbridge as tb

DTYPES = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
INTEGERS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]


def counting(shape: tuple[int, ...], dtype: str = "f8") -> np.ndarray:
    """An array whose elements tell their places."""
    return np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)


def same(tensor: tb.Tensor, array: np.ndarray) -> None:
    """Asserts equal dtype, shape and values."""
    found = tensor.numpy()
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array, strict=True)


@st.composite
def sources(draw: st.DrawFn) -> np.ndarray:
    """Arrays of any dtype and rank up to 4, also with negative, permuted and gapped strides."""
    full = hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4)
    shape = draw(full | full | hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
    array = counting(shape, draw(st.sampled_from(DTYPES)))
    for axis in range(array.ndim):
        step = draw(st.sampled_from([1, 1, -1, 2]))
        array = array[(slice(None),) * axis + (slice(None, None, step),)]
    return array.transpose(draw(st.permutations(range(array.ndim))))


@st.composite
def indices(draw: st.DrawFn, shape: tuple[int, ...], basic: bool = False) -> Any:
    """An index of any kind that fits `shape`, with its axes cut into items from the left."""
    items: list[Any] = []
    axis = 0
    together = draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=1, max_side=3))
    if not draw(st.integers(0, 8)):
        together = (0,)
    ellipsis = False
    while axis < len(shape) and draw(st.integers(0, 6)):
        length = shape[axis]
        kinds = ["slice", "new", "int"] + ["ellipsis"] * (not ellipsis)
        if not basic:
            kinds += ["list", "array", "array", "mask", "slice", "bool"]
        kind = draw(st.sampled_from(kinds))
        if kind == "slice":
            bound = st.none() | st.none() | st.integers(-5, 5)
            step = st.none() | st.sampled_from([1, 2, 3, -1, -2])
            items.append(slice(draw(bound), draw(bound), draw(step)))
            axis += 1
        elif kind == "new":
            items.append(None)
        elif kind == "ellipsis":
            items.append(Ellipsis)
            ellipsis = True
            axis += draw(st.integers(0, len(shape) - axis))
        elif kind == "bool":
            items.append(draw(st.booleans()))
        elif kind == "mask":
            end = draw(st.integers(axis + 1, len(shape)))
            items.append(draw(hnp.arrays(bool, shape[axis:end])))
            axis = end
        elif not length:
            items.append(np.zeros(0, "i8") if kind == "array" else slice(None))
            axis += 1
        elif kind == "int":
            value = draw(st.integers(-length, length - 1))
            items.append(draw(st.sampled_from([value, np.int32(value), np.int8(value)])))
            axis += 1
        else:
            dtype = draw(st.sampled_from(INTEGERS))
            low = 0 if dtype[0] == "u" else -length
            shape_of = draw(hnp.broadcastable_shapes(together, max_dims=2, max_side=3))
            picks = draw(hnp.arrays(dtype, shape_of, elements=st.integers(low, length - 1)))
            items.append(picks.tolist() if kind == "list" and picks.size else picks)
            axis += 1
    if ellipsis:
        # What the ellipsis stands for is what the others leave.
        named = sum(
            np.ndim(item) if np.asarray(item).dtype == bool else 1
            for item in items
            if item is not None and item is not Ellipsis
        )
        if named > len(shape):
            items.remove(Ellipsis)
    return tuple(items) if len(items) != 1 or draw(st.booleans()) else items[0]


def answer(array: np.ndarray, index: Any) -> np.ndarray | type[Exception]:
    """NumPy's answer, or the class of its error."""
    try:
        return np.asanyarray(array[index])
    except (IndexError, ValueError) as error:
        return IndexError if isinstance(error, IndexError) else ValueError


@settings(max_examples=1000, deadline=None)
@given(st.data())
def test_every_index_gives_what_numpy_gives(data: st.DataObject) -> None:
    array = data.draw(sources())
    index = data.draw(indices(array.shape))
    expected = answer(array, index)
    tensor = tb.from_numpy(array)
    if isinstance(expected, type):
        with pytest.raises((IndexError, ValueError)):
            tensor[index]
        return
    try:
        found = tensor[index]
    except IndexError:
        assert not expected.size  # An index was broadcast away: see test_empty_tensors.
        return
    same(found, expected)
    items = index if isinstance(index, tuple) else (index,)
    if any(isinstance(item, np.ndarray) and not item.ndim for item in items):
        return  # The one difference: see test_zero_dimensional_integers_give_views.
    picked = any(isinstance(item, (list, np.ndarray, bool)) for item in items)
    if expected.size and expected.ndim:
        assert np.shares_memory(found.numpy(), array) == np.shares_memory(expected, array)
        assert picked or found.data_ptr() == expected.__array_interface__["data"][0]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_basic_indices_give_views_with_numpys_strides(data: st.DataObject) -> None:
    array = data.draw(sources())
    index = data.draw(indices(array.shape, basic=True))
    expected = answer(array, index)
    if isinstance(expected, type):
        with pytest.raises(IndexError):
            tb.from_numpy(array)[index]
        return
    found = tb.from_numpy(array)[index]
    same(found, expected)
    if expected.size > 1:
        long = [axis for axis, length in enumerate(expected.shape) if length > 1]
        assert [found.strides[axis] for axis in long] == [expected.strides[axis] for axis in long]
        assert found.data_ptr() == expected.__array_interface__["data"][0]


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_is_picked(dtype: str) -> None:
    array = counting((5, 6), dtype)
    tensor = tb.from_numpy(array)
    same(tensor[[4, 0, 0]], array[[4, 0, 0]])
    same(tensor[:, [5, 1]], array[:, [5, 1]])
    same(tensor[array.real > 1], array[array.real > 1])


def test_bfloat16_is_picked() -> None:
    tensor = tb.asarray([1.5, 2.5, 3.5], dtype=tb.bfloat16)
    assert tensor[[2, 0]].dtype == tb.bfloat16
    assert tensor[[2, 0]].data_ptr() != tensor.data_ptr()
    np.testing.assert_array_equal(tensor[[2, 0]].numpy(), tensor.numpy()[[2, 0]])


@pytest.mark.parametrize("dtype", INTEGERS)
def test_every_integer_dtype_indexes(dtype: str) -> None:
    array = counting((4, 3))
    picks = np.array([0, 2, 3, 1, 1], dtype)
    expected = array[picks]
    for index in (picks, tb.from_numpy(picks), picks[::-1][::-1]):
        same(tb.from_numpy(array)[index], expected)


def test_uint8_is_an_index_and_no_mask() -> None:
    array = counting((4,))
    same(tb.from_numpy(array)[np.array([1, 0, 1, 0], "u1")], array[[1, 0, 1, 0]])


def hard_arrays(picks: np.ndarray) -> dict[str, np.ndarray]:
    """The same values in memory that is hard to read."""
    misaligned = np.zeros(picks.nbytes + 1, "u1")[1:].view(picks.dtype)
    misaligned[:] = picks
    read_only = picks.copy()
    read_only.flags.writeable = False
    return {
        "negative strides": picks[::-1].copy()[::-1],
        "gaps": np.repeat(picks, 3)[::3],
        "other byte order": picks.astype(picks.dtype.newbyteorder()),
        "read-only": read_only,
        "misaligned": misaligned,
        "broadcast": np.broadcast_to(picks, (2, len(picks))),
    }


@pytest.mark.parametrize("dtype", ["i4", "i8", "u2", "?"])
def test_hard_index_arrays(dtype: str) -> None:
    array = counting((4, 3))
    for name, picks in hard_arrays(np.array([1, 0, 1, 1], dtype)).items():
        if picks.ndim == 2 and dtype == "?":
            continue
        same(tb.from_numpy(array)[picks], array[picks]), name


def test_bool_bytes_other_than_one_are_true() -> None:
    array = counting((3,))
    mask = np.array([0, 2, 255], "u1").view(bool)
    same(tb.from_numpy(array)[mask], array[[1, 2]])


def test_placing_of_picked_axes() -> None:
    array = counting((2, 3, 4, 5))
    tensor = tb.from_numpy(array)
    i, j = np.array([[0], [1]]), np.array([1, 0, 1])
    mask = counting((3, 4)) % 3 == 0
    for index in [
        np.s_[i, j],
        np.s_[:, i, j],
        np.s_[i, :, j],
        np.s_[..., i, j],
        np.s_[i, ..., j],
        np.s_[0, :, j],
        np.s_[:, 0, j],
        np.s_[:, i, None, j],
        np.s_[None, i, j],
        np.s_[:, mask],
        np.s_[0, mask, i[:1, 0]],
        np.s_[i, j, ..., i, j],
        np.s_[True],
        np.s_[False],
        np.s_[:, True, i],
        np.s_[True, :, i],
        np.s_[np.True_, 0, ..., [1, 2]],
        np.ix_([1, 0], [2, 1]),
        np.s_[range(2), [2, 1]],
        np.s_[[], :, 0],
        np.s_[[[]], 0],
        np.s_[[True, False], [2, 1]],
        np.s_[([0, 1], [1, 2])],
        np.s_[(np.int8(1), np.uint64(2))],
    ]:
        same(tensor[index], np.asarray(array[index]))


def test_indices_of_numpys_types() -> None:
    t = tb.asarray(np.arange(4, dtype="f4"))
    words = "only integers, slices"
    for index, expected in [
        (np.int64(1), 1),
        (np.int8(-1), 3),
        (np.uint64(1), 1),
        (np.array(1), 1),
        (np.array([0, 2]), [0, 2]),
        (np.array([0, 2], "i4"), [0, 2]),
        (np.array([0, 2], "i1"), [0, 2]),
        (np.array([0, 2], "u2"), [0, 2]),
        (np.array([0, 2], "u1"), [0, 2]),
        (np.array([True, False, True, False]), [0, 2]),
        (np.array([2, 0])[::-1], [0, 2]),
        (np.array([0, 2], ">i8"), [0, 2]),
        ([np.int64(0), np.int32(2)], [0, 2]),
        ((np.array([1, 2]),), [1, 2]),
        (slice(np.int64(1), np.int64(3)), [1, 2]),
        (slice(np.array(1), None), [1, 2, 3]),
        (np.newaxis, [[0, 1, 2, 3]]),
        ((..., np.array([0])), [0]),
        (np.ix_([1, 3]), [1, 3]),
        (np.s_[1:3], [1, 2]),
        (np.True_, [[0, 1, 2, 3]]),
        (np.False_, np.zeros((0, 4))),
        (np.array(True), [[0, 1, 2, 3]]),
    ]:
        same(t[index], np.array(expected, "f4"))
    for index, error, message in [
        (np.float64(1), IndexError, words + r".*\(got numpy.float64\)"),
        (np.array([True, False]), IndexError, r"The shape of the mask \[2\] at index 0 does not"),
        (np.array([0.9, 1.9]), IndexError, "tensors used as indices must be long"),
        (np.array([]), IndexError, "tensors used as indices must be long"),
        (np.array([0, 1], object), IndexError, words),
        (slice(np.float64(1), None), TypeError, "slice indices must be integers or None"),
        (np.array([9]), IndexError, "index 9 is out of bounds for dimension 0 with size 4"),
    ]:
        with pytest.raises(error, match=message):
            t[index]


def test_messages_name_what_is_wrong() -> None:
    t = tb.from_numpy(counting((3, 4)))
    for index, message in [
        (3, "index 3 is out of bounds for dimension 0 with size 3"),
        ((0, -5), "index -5 is out of bounds for dimension 1 with size 4"),
        ((slice(None), [0, 7]), "index 7 is out of bounds for dimension 1 with size 4"),
        ((0, 0, 0), "too many indices for tensor of dimension 2"),
        ((np.ones((3, 4), bool), 0), "too many indices for tensor of dimension 2"),
        (np.ones((3, 5), bool), r"mask \[3, 5\] at index 1 .* tensor \[3, 4\] at index 1"),
        ((..., ...), "single ellipsis"),
        (([0, 1], [0, 1, 2]), r"could not be broadcast together with shapes \[2\], \[3\]"),
        ("a", r"\(got str\)"),
        (1.0, r"\(got float\)"),
        (1j, r"\(got complex\)"),
        (b"ab", r"\(got bytes\)"),
        ({}, r"\(got dict\)"),
        ({0}, r"\(got set\)"),
        (object(), r"\(got object\)"),
        ([0.5], "long, int, byte or bool"),
        (["a"], "got list"),
        ([None], "got list"),
        ([slice(2)], "got list"),
        (np.array("2020", "M8[Y]"), "got numpy.ndarray"),
        (np.datetime64("2020"), "only integers"),
        (tb.asarray([0.5]), "long, int, byte or bool"),
    ]:
        with pytest.raises(IndexError, match=message):
            t[index]


def test_zero_dimensional_integers_give_views() -> None:
    # NumPy copies here; a 0-d tensor is what its scalar is, and PyTorch gives a view.
    t = tb.from_numpy(counting((3, 4)))
    for one in (np.array(1), tb.asarray(np.array(1, "u1"))):
        assert t[one].data_ptr() == t.data_ptr() + 32


def test_memory_is_shared_or_fresh() -> None:
    array = counting((4, 4))
    t = tb.from_numpy(array)
    view = t[1:3, ::-1]
    array[1, 3] = 99
    assert view.numpy()[0, 0] == 99
    picked = t[[1]]
    array[1, 3] = 7
    assert picked.numpy()[0, 3] == 99
    array.flags.writeable = False
    frozen = tb.from_numpy(array)
    assert frozen[1].is_readonly
    assert not frozen[[1]].is_readonly


def test_picking_is_traced_and_viewing_is_not() -> None:
    t = tb.from_numpy(counting((4, 4)))
    picks = tb.asarray(np.array([0, 1]))
    with tb.trace() as events:
        t[1:3]
        t[picks]
    assert [(event.operation, event.reasons) for event in events] == [("getitem", ["index"])]


def test_iteration_ends() -> None:
    t = tb.from_numpy(counting((3, 2)))
    assert [row.numpy().tolist() for row in t] == [[0, 1], [2, 3], [4, 5]]


def test_large_picks_on_threads() -> None:
    rng = np.random.default_rng(0)
    for width in (1, 2, 3, 7, 64):
        array = counting((1000, width), "f4")
        picks = rng.integers(-1000, 1000, 200_000 // width)
        same(tb.from_numpy(array)[picks], array[picks])
    array = counting((300, 1001))
    mask = rng.random(array.shape) < 0.3
    same(tb.from_numpy(array)[mask], array[mask])
    same(tb.from_numpy(array)[:, mask[0]], array[:, mask[0]])


class Counts:
    """An object that is a number only when asked."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __index__(self) -> Any:
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


def test_objects_that_count() -> None:
    array = counting((4,))
    t = tb.from_numpy(array)
    same(t[Counts(2)], np.asarray(array[2]))
    same(t[Counts(1) : Counts(3)], array[1:3])
    with pytest.raises(ZeroDivisionError):
        t[Counts(ZeroDivisionError("mine"))]
    with pytest.raises(ZeroDivisionError):
        t[: Counts(ZeroDivisionError("mine"))]
    with pytest.raises(TypeError):
        t[Counts("text")]


def test_lists_that_change_while_they_are_read() -> None:
    t = tb.from_numpy(counting((4,)))

    class Shrinks:
        def __index__(self) -> int:
            items.clear()
            return 0

        __int__ = __index__

    items: list[Any] = []
    for _ in range(10):
        items[:] = [0, Shrinks(), *range(4)] * 10
        with pytest.raises((IndexError, ValueError, RuntimeError)):
            t[items]


def test_numbers_of_any_size() -> None:
    array = counting((4,))
    t = tb.from_numpy(array)
    huge = 10**30
    for index in (
        huge,
        -huge,
        [huge],
        sys.maxsize,
        -sys.maxsize - 1,
        [sys.maxsize],
        np.uint64(2**64 - 1),
    ):
        with pytest.raises(IndexError):
            t[index]
    with pytest.raises(IndexError):
        t[np.array([2**64 - 1, 0], "u8")]
    with pytest.raises(IndexError):
        t[np.array([-(2**63)])]
    for index in (slice(-huge, huge), slice(huge, -huge, -1), slice(None, None, huge)):
        same(t[index], array[index])
    with pytest.raises(ValueError, match="slice step cannot be zero"):
        t[::0]


def test_nesting_and_ranks_without_end() -> None:
    t = tb.from_numpy(counting((4,)))
    deep: Any = 0
    for _ in range(70):
        deep = [deep]
    with pytest.raises((IndexError, ValueError)):
        t[deep]
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises((IndexError, ValueError, RecursionError)):
        t[deep]
    assert t[(None,) * 63].ndim == 64
    for count in (64, 65, 200, 1_000_000):
        with pytest.raises(IndexError):
            t[(None,) * count]
    with pytest.raises(IndexError, match="indexing result would have 65"):
        t[np.zeros((1,) * 63, int), None, None]


def test_empty_tensors() -> None:
    for shape in [(0,), (0, 3), (3, 0), (2, 0, 3)]:
        array = counting(shape)
        t = tb.from_numpy(array)
        for index in [[], (slice(None, None, -1),), np.zeros(0, "i8"), np.zeros(shape, bool), ...]:
            same(t[index], array[index])
    with pytest.raises(IndexError, match="index 0 is out of bounds for dimension 0 with size 0"):
        tb.from_numpy(counting((0,)))[0]
    with pytest.raises(IndexError):
        tb.from_numpy(counting((3, 0)))[[3]]
    # NumPy forgives an index that is broadcast away; it is wrong all the same.
    with pytest.raises(IndexError):
        tb.from_numpy(counting((3, 3)))[[3], np.zeros(0, int)]


def test_zero_dimensional_tensors() -> None:
    array = np.array(5.0)
    t = tb.from_numpy(array)
    for index in [(), ..., None, (None, ...), True, False, np.array(True)]:
        same(t[index], np.asarray(array[index]))
    for index in [0, [0], slice(None)]:
        with pytest.raises(IndexError, match="too many indices"):
            t[index]


def test_meta_tensors_have_views_and_shapes() -> None:
    t = tb.asarray(counting((3, 4)), device="meta")
    assert t[1].shape == (4,)
    assert t[:, None, ::-1].shape == (3, 1, 4)
    assert t[[0, 2, 2]].shape == (3, 4)
    assert str(t[[0]].device) == "meta"
    with pytest.raises(IndexError):
        t[[3]]
    with pytest.raises(NotImplementedError):
        tb.from_numpy(counting((3,)))[tb.asarray([0, 1], device="meta")]
    with pytest.raises(NotImplementedError):
        t[tb.asarray([True, False, True], device="meta")]


def test_take() -> None:
    array = counting((3, 4))
    t = tb.from_numpy(array)
    picks = np.array([[0, -1], [1, 1]])
    same(tb.take(t, tb.asarray(picks), axis=1), np.take(array, picks, axis=1))
    same(tb.take(array, picks), np.take(array, picks))
    same(t.take(picks, axis=0), np.take(array, picks, axis=0))
    same(t[:, ::2].take([0, -1]), np.take(array[:, ::2], [0, -1]))
    same(tb.take(t, [], axis=0), np.take(array, np.zeros(0, int), axis=0))
    with pytest.raises(IndexError, match="index 4 is out of bounds for dimension 1"):
        tb.take(t, [4], axis=1)
    with pytest.raises(IndexError, match="integer dtype"):
        tb.take(t, [0.5], axis=1)
    with pytest.raises(IndexError, match="Dimension out of range"):
        tb.take(t, [0], axis=2)


def test_take_along_axis() -> None:
    rng = np.random.default_rng(1)
    array = rng.random((3, 4, 5))
    for axis in range(-3, 3):
        order = np.argsort(array, axis=axis)
        same(tb.take_along_axis(array, order, axis=axis), np.take_along_axis(array, order, axis))
    order = np.argsort(array[:1], axis=-1)
    same(tb.take_along_axis(array, order), np.take_along_axis(array, order, -1))
    same(tb.from_numpy(array).take_along_dim(order, 2), np.take_along_axis(array, order, -1))
    with pytest.raises(tb.ShapeError):
        tb.take_along_axis(array, order[0])


def test_index_select_and_gather() -> None:
    array = counting((3, 4))
    t = tb.from_numpy(array)
    same(t.index_select(1, np.array([3, 0])), array[:, [3, 0]])
    same(tb.index_select(t, -2, [2]), array[[2]])
    with pytest.raises(IndexError, match="Index is supposed to be a vector"):
        t.index_select(0, [[0]])
    index = np.array([[0, 2], [1, 0]])
    same(t.gather(0, index), np.array([[array[0, 0], array[2, 1]], [array[1, 0], array[0, 1]]]))
    same(tb.gather(t, 1, index), np.take_along_axis(array[:2], index, 1))
    with pytest.raises(tb.ShapeError, match="Size does not match"):
        t.gather(1, np.zeros((4, 1), int))
    with pytest.raises(IndexError, match="index 4 is out of bounds for dimension 1"):
        t.gather(1, [[4]])


def test_masked() -> None:
    array = counting((3, 4))
    t = tb.from_numpy(array)
    mask = np.array([True, False, False, True])
    same(t.masked_select(mask), array[:, mask].ravel())
    same(tb.masked_select(array[:, :1], mask), np.repeat(array[:, 0], 2))
    same(t.masked_fill(mask, -1), np.where(mask, -1.0, array))
    same(tb.masked_fill(array.T, True, 2), np.full_like(array.T, 2.0))
    assert t.masked_fill_(mask, np.float32(8)) is t
    assert array[:, 0].tolist() == [8, 8, 8]
    with pytest.raises(TypeError, match="boolean"):
        t.masked_fill([1, 0, 0, 1], 0)
    with pytest.raises(tb.ShapeError, match="0-dimensional value"):
        t.masked_fill(mask, [1, 2])


def test_nonzero() -> None:
    rng = np.random.default_rng(2)
    for dtype, shape in itertools.product(DTYPES, [(7,), (3, 4), (2, 0), (2, 3, 4)]):
        array = rng.integers(0, 2, shape).astype(dtype)
        array = array.T
        t = tb.from_numpy(array)
        found, expected = tb.nonzero(t), np.nonzero(array)
        assert isinstance(found, tuple)
        assert len(found) == len(expected)
        for mine, theirs in zip(found, expected, strict=True):
            same(mine, theirs)
        same(tb.argwhere(t), np.argwhere(array))
        same(t.nonzero(as_tuple=False), np.argwhere(array))
        same(t[t.nonzero()], array[array.nonzero()])
    with pytest.raises(ValueError, match="0-d"):
        tb.nonzero(tb.asarray(1))
