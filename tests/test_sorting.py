"""Sorting with NumPy as the oracle: every dtype, layout and axis; ties, NaN and zeros."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb

# NumPy flags its own comparisons of complex NaN as invalid where it has AVX-512 loops for them.
pytestmark = pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")

DTYPES = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]
REALS = DTYPES[:-2]


def make(dtype: str, shape: tuple[int, ...], seed: int, looks: str) -> np.ndarray:
    """An array of any bits, of few values, or of the values that sorting is about."""
    source = np.random.default_rng(seed)
    kind = np.dtype(dtype).kind
    if looks == "few":
        return source.integers(0, 3, shape).astype(dtype)
    if looks == "special" and kind in "fc":
        with np.errstate(all="ignore"):
            parts = [0.0, -0.0, np.nan, -np.nan, np.inf, -np.inf, 1.5, -1.5]
            real = source.choice(parts, shape)
            if kind == "f":
                return real.astype(dtype)
            array = np.empty(shape, dtype)
            array.real, array.imag = real, source.choice(parts, shape)
            return array
    if kind == "b":
        return source.integers(0, 2, shape).astype(dtype)
    raw = source.integers(0, 256, (*shape, np.dtype(dtype).itemsize), dtype=np.uint8)
    return raw.view(dtype)[..., 0]


def views(array: np.ndarray) -> dict[str, np.ndarray]:
    """The same array over memory of other looks."""
    wide = np.zeros([2 * length + 1 for length in array.shape], array.dtype)
    gaps = wide[tuple(slice(1, None, 2) for _ in array.shape)]
    gaps[...] = array
    memory = np.zeros(array.nbytes + 1, np.uint8)
    odd = memory[1:].view(array.dtype).reshape(array.shape)
    odd[...] = array
    backwards = array[::-1].copy()[::-1]
    return {
        "c": array.copy(),
        "fortran": array.copy(order="F"),
        "gaps": gaps,
        "misaligned": odd,
        "backwards": backwards,
    }


def order(array: np.ndarray, axis: int, descending: bool) -> np.ndarray:
    """The indices of NumPy's stable sort; descending ones from the mirrored array."""
    if not descending:
        return np.argsort(array, axis=axis, kind="stable")
    # Of the reversed line the last of equal elements is the first of the line.
    last = array.shape[axis] - 1
    return last - np.flip(np.argsort(np.flip(array, axis), axis=axis, kind="stable"), axis)


def assert_bits(ours: np.ndarray, theirs: np.ndarray) -> None:
    """The same values, and the same signs of zeros."""
    assert ours.dtype == theirs.dtype
    np.testing.assert_array_equal(ours, theirs)
    for part in ("real", "imag") if theirs.dtype.kind == "c" else ("real",):
        one, other = getattr(ours, part), getattr(theirs, part)
        if other.dtype.kind == "f":
            zero = other == 0
            np.testing.assert_array_equal(np.signbit(one)[zero], np.signbit(other)[zero])


SHAPES = st.one_of(
    st.lists(st.integers(0, 6), min_size=1, max_size=4),
    st.sampled_from([[1, 40], [40, 1], [33, 17], [17, 33], [70, 2], [2, 600], [600, 2], [3000]]),
).map(tuple)


@given(
    dtype=st.sampled_from(DTYPES),
    shape=SHAPES,
    looks=st.sampled_from(["any", "few", "special"]),
    descending=st.booleans(),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_every_line_of_every_layout(
    dtype: str,
    shape: tuple[int, ...],
    looks: str,
    descending: bool,
    seed: int,
    data: st.DataObject,
) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1), label="axis")
    array = make(dtype, shape, seed, looks)
    expected = order(array, axis, descending)
    values = np.take_along_axis(array, expected, axis)
    for view in views(array).values():
        x = tb.from_numpy(view)
        places = tb.argsort(x, axis=axis, descending=descending)
        assert places.dtype == tb.int64
        np.testing.assert_array_equal(places.numpy(), expected)
        assert_bits(tb.sort(x, axis=axis, descending=descending).numpy(), values)
        loose = tb.sort(x, axis=axis, descending=descending, stable=False)
        np.testing.assert_array_equal(loose.numpy(), values)
        np.testing.assert_array_equal(view, array)
        out = np.empty_like(view)
        assert tb.sort(x, axis=axis, descending=descending, out=out) is out
        assert_bits(out, values)
        where = tb.empty(shape, dtype=tb.int64)
        assert tb.argsort(x, axis=axis, descending=descending, out=where) is where
        np.testing.assert_array_equal(where.numpy(), expected)
        assert x.sort_(axis, descending) is x
        assert_bits(view, values)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("count", [20_000, 200_001])
def test_long_lines(dtype: str, count: int) -> None:
    for looks in ("any", "few", "special"):
        array = make(dtype, (count,), 7, looks)
        expected = order(array, 0, False)
        x = tb.from_numpy(array)
        np.testing.assert_array_equal(x.argsort().numpy(), expected)
        assert_bits(x.sort().numpy(), array[expected])
        # What is in order already, in either direction.
        ordered = tb.from_numpy(array[expected])
        np.testing.assert_array_equal(ordered.argsort().numpy(), np.arange(count))
        assert_bits(ordered.sort().numpy(), array[expected])
        falling = array[expected][::-1].copy()
        np.testing.assert_array_equal(tb.argsort(falling).numpy(), order(falling, 0, False))
        assert_bits(tb.sort(falling).numpy(), falling[order(falling, 0, False)])


@pytest.mark.parametrize("spread", ["uniform", "normal", "outliers", "clusters", "lattice"])
def test_however_densely_numbers_lie(spread: str) -> None:
    source = np.random.default_rng(3)
    count = 100_000
    array = {
        "uniform": lambda: source.random(count),
        "normal": lambda: source.standard_normal(count),
        "outliers": lambda: np.where(source.random(count) < 1e-3, 1e300, source.random(count)),
        "clusters": lambda: (
            source.choice([-1e9, 1.0, 1e-200], count)
            * (1 + 1e-13 * source.integers(0, 1000, count))
        ),
        "lattice": lambda: source.integers(-50, 50, count) * 0.1,
    }[spread]()
    with np.errstate(all="ignore"):
        single = array.astype(np.float32)
    for x in (array, single, array.view(np.int64)):
        expected = order(x, 0, False)
        np.testing.assert_array_equal(tb.argsort(x).numpy(), expected)
        np.testing.assert_array_equal(tb.sort(x).numpy(), x[expected])


def test_results_do_not_depend_on_the_number_of_threads() -> None:
    array = np.random.default_rng(1).standard_normal((3, 150_000)).round(3)
    before = tb.get_num_threads()
    try:
        answers = []
        for threads in (1, 2, 5):
            tb.set_num_threads(threads)
            answers.append((tb.sort(array).numpy(), tb.argsort(array, descending=True).numpy()))
    finally:
        tb.set_num_threads(before)
    for values, places in answers:
        np.testing.assert_array_equal(values, np.sort(array))
        np.testing.assert_array_equal(places, order(array, 1, True))


def test_nan_is_greater_than_any_number() -> None:
    array = np.array([np.nan, np.inf, -np.nan, 0, -np.inf], np.float32)
    assert np.isnan(tb.sort(array).numpy()[3:]).all()
    assert tb.argsort(array).tolist() == [4, 3, 1, 0, 2]
    assert np.isnan(tb.sort(array, descending=True).numpy()[:2]).all()
    assert tb.argsort(array, descending=True).tolist() == [0, 2, 1, 3, 4]


def test_bytes_of_bool() -> None:
    array = np.array([255, 0, 2, 0, 1], np.uint8).view(bool)
    assert tb.sort(array).view(tb.uint8).tolist() == [0, 0, 1, 1, 1]
    assert tb.argsort(array).tolist() == [1, 3, 0, 2, 4]


def test_bfloat16() -> None:
    array = np.random.default_rng(5).standard_normal((4, 500)).astype(np.float32)
    x = tb.asarray(array).to(tb.bfloat16)
    wide = x.to(tb.float32)
    assert tb.sort(x).to(tb.float32).tolist() == tb.sort(wide).tolist()
    assert tb.argsort(x, axis=0).tolist() == tb.argsort(wide, axis=0).tolist()


def test_order_of_memory_is_kept() -> None:
    array = np.asfortranarray(np.random.default_rng(0).random((5, 7)))
    assert tb.sort(array, axis=0).numpy().flags.f_contiguous
    assert tb.argsort(array).numpy().flags.f_contiguous


def test_names_that_mean_the_same() -> None:
    array = np.array([[3, 1, 2], [0, 5, 4]])
    x = tb.from_numpy(array)
    for result in (tb.sort(x, 0), tb.sort(x, dim=0), tb.sort(x, axis=-2), x.sort(0), tb.msort(x)):
        np.testing.assert_array_equal(result.numpy(), np.sort(array, 0))
    assert x.msort().tolist() == np.sort(array, 0).tolist()
    for result in (tb.argsort(x, 0, True), x.argsort(dim=0, descending=True)):
        assert result.tolist() == [[0, 1, 1], [1, 0, 0]]
    with pytest.raises(TypeError, match="dim"):
        tb.sort(x, 0, axis=0)


@pytest.mark.parametrize("name", ["sort", "argsort"])
def test_what_cannot_be_sorted(name: str) -> None:
    function: Any = getattr(tb, name)
    x = tb.arange(6).reshape(2, 3)
    for axis in (2, -3):
        with pytest.raises(IndexError):
            function(x, axis=axis)
    for wrong in (tb.zeros(2, 2, dtype=tb.int64), tb.zeros(2, 3, dtype=tb.bool)):
        with pytest.raises((ValueError, TypeError)):
            function(x, out=wrong)
        assert not wrong.any()
    frozen = np.array([3, 1, 2])
    frozen.setflags(write=False)
    with pytest.raises(ValueError, match="read-only"):
        tb.from_numpy(frozen).sort_()
    assert frozen.tolist() == [3, 1, 2]


def test_no_axes_and_no_elements() -> None:
    assert tb.sort(tb.asarray(3.5)).item() == 3.5
    assert tb.argsort(tb.asarray(3.5), axis=0).item() == 0
    for shape, axis in [((0,), 0), ((0, 3), 1), ((3, 0), 1), ((3, 0), 0)]:
        assert tb.sort(tb.empty(shape), axis=axis).shape == shape
        assert tb.argsort(tb.empty(shape), axis=axis).shape == shape


def test_meta() -> None:
    x = tb.empty(3, 4, dtype=tb.complex64, device="meta")
    assert (tb.sort(x).shape, tb.sort(x).dtype) == ((3, 4), tb.complex64)
    assert (tb.argsort(x, axis=0).shape, tb.argsort(x).dtype) == ((3, 4), tb.int64)


def test_overlapping_memory() -> None:
    memory = np.array([5, 3, 9, 1, 7, 2])
    expected = memory.copy()
    expected[1:] = np.sort(expected[:-1])
    tb.sort(memory[:-1], out=memory[1:])
    np.testing.assert_array_equal(memory, expected)
    repeated = np.broadcast_to(np.array([[2], [1]]), (2, 5))
    np.testing.assert_array_equal(tb.sort(repeated, axis=0).numpy(), np.sort(repeated, 0))
