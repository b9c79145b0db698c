"""Sequences, windows, what slides, slopes and lines between points, with NumPy as the oracle."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from samples import DTYPES, make, views


@given(
    start=st.integers(-5, 5),
    stop=st.floats(-4, 6),
    num=st.integers(0, 9),
    endpoint=st.booleans(),
    base=st.sampled_from([2.0, 10.0, np.e]),
    dtype=st.sampled_from(["float32", "float64", "int64"]),
)
def test_logspace(
    start: int, stop: float, num: int, endpoint: bool, base: float, dtype: str
) -> None:
    answer = np.logspace(start, stop, num, endpoint, base, dtype=dtype)
    found = tb.logspace(start, stop, num, endpoint, base, dtype=getattr(tb, dtype)).numpy()
    assert found.dtype == answer.dtype
    np.testing.assert_allclose(found, answer, rtol=1e-6, atol=1)


@given(
    ends=st.tuples(st.floats(1e-3, 1e5), st.floats(1e-3, 1e5)),
    sign=st.sampled_from([1, -1]),
    num=st.integers(0, 9),
    endpoint=st.booleans(),
)
def test_geomspace(ends: tuple[float, float], sign: int, num: int, endpoint: bool) -> None:
    start, stop = (sign * end for end in ends)
    answer = np.geomspace(start, stop, num, endpoint)
    found = tb.geomspace(start, stop, num, endpoint, dtype=tb.float64).numpy()
    np.testing.assert_allclose(found, answer, rtol=1e-12)
    if num > 1 and endpoint:
        assert (found[0], found[-1]) == (start, stop)


def test_spellings_of_sequences() -> None:
    assert tb.logspace(0, 3, 4).dtype == tb.float32
    assert tb.logspace(0, 3, steps=4, base=2).tolist() == [1, 2, 4, 8]
    assert tb.logspace(0, end=3, steps=4).tolist() == [1, 10, 100, 1000]
    assert tb.logspace(0, 3, 4, 2.0).tolist() == [1, 2, 4, 8]
    for wrong in ((0, 1), (1, 0), (-1, 1)):
        with pytest.raises(ValueError, match="zero"):
            tb.geomspace(*wrong)
    with pytest.raises(TypeError, match="real"):
        tb.geomspace(1j, 2)
    with pytest.raises(TypeError, match="stop"):
        tb.logspace(1)


@given(
    dtype=st.sampled_from(DTYPES),
    length=st.integers(0, 5),
    columns=st.none() | st.integers(0, 5),
    increasing=st.booleans(),
)
def test_vander(dtype: str, length: int, columns: int | None, increasing: bool) -> None:
    array = make(dtype, (length,), 1)
    answer = np.vander(array, columns, increasing)
    expected = np.dtype("int64") if dtype == "bool" else array.dtype
    for looks in views(array).values():
        found = tb.vander(tb.from_numpy(looks), columns, increasing).numpy()
        assert (found.shape, found.dtype) == (answer.shape, expected)
        np.testing.assert_array_equal(found, answer.astype(expected))


@pytest.mark.parametrize("repeated", [False, True])
def test_combinations(repeated: bool) -> None:
    choose = itertools.combinations_with_replacement if repeated else itertools.combinations
    for count in range(6):
        x = tb.arange(count) + 10
        for size in range(1, 5):
            found = tb.combinations(x, size, repeated)
            assert found.tolist() == [list(row) for row in choose(range(10, 10 + count), size)]
            assert found.shape[1:] == (size,)
    with pytest.raises(MemoryError):
        tb.combinations(tb.arange(300), 150)
    with pytest.raises(ValueError, match="1D"):
        tb.combinations(tb.zeros(2, 2))


@given(
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple),
    offset=st.integers(-2, 2),
    data=st.data(),
)
def test_diag_embed(shape: tuple[int, ...], offset: int, data: st.DataObject) -> None:
    array = make("float32", shape, 2)
    first, second = data.draw(
        st.permutations(range(len(shape) + 1)).map(lambda order: order[:2]), label="axes"
    )
    x = tb.from_numpy(array)
    for found in (tb.diag_embed(x, offset, first, second), x.diag_embed(offset, first, second)):
        got = found.numpy()
        np.testing.assert_array_equal(np.diagonal(got, offset, first, second), array)
        assert np.count_nonzero(got) == np.count_nonzero(array)
        side = shape[-1] + abs(offset)
        assert (got.shape[first], got.shape[second]) == (side, side)
    with pytest.raises(ValueError, match="differ"):
        tb.diag_embed(x, 0, 0, 0)


@given(shape=st.lists(st.integers(0, 5), min_size=1, max_size=3).map(tuple), data=st.data())
def test_windows(shape: tuple[int, ...], data: st.DataObject) -> None:
    rank = len(shape)
    axis = data.draw(
        st.none() | st.lists(st.integers(-rank, rank - 1), min_size=1, max_size=3).map(tuple),
        label="axis",
    )
    count = rank if axis is None else len(axis)
    window = tuple(
        data.draw(st.lists(st.integers(0, 4), min_size=count, max_size=count), label="window")
    )
    array = make("int16", shape, 3)
    x = tb.from_numpy(array)
    try:
        answer = np.lib.stride_tricks.sliding_window_view(array, window, axis)
    except ValueError:
        with pytest.raises(ValueError, match="window"):
            tb.sliding_window_view(x, window, axis)
        return
    found = tb.sliding_window_view(x, window, axis)
    np.testing.assert_array_equal(found.numpy(), answer)
    assert not found.numpy().flags.writeable
    if answer.size:
        assert np.shares_memory(found.numpy(), array)


def test_windows_that_write() -> None:
    array = np.zeros(6, np.float32)
    pieces = tb.sliding_window_view(tb.from_numpy(array), 1, writeable=True)
    pieces.fill_(7)
    assert array.tolist() == [7] * 6
    with pytest.raises(ValueError, match="read-only"):
        tb.sliding_window_view(array, 2)[0, 0] = 1
    assert tb.unfold(tb.arange(5), 0, 2, 2).tolist() == [[0, 1], [2, 3]]


@given(
    name=st.sampled_from(["convolve", "correlate"]),
    mode=st.sampled_from(["full", "same", "valid"]),
    dtypes=st.tuples(st.sampled_from(DTYPES), st.sampled_from(DTYPES)),
    lengths=st.tuples(st.integers(1, 9), st.integers(1, 9)),
)
def test_what_slides(
    name: str, mode: str, dtypes: tuple[str, str], lengths: tuple[int, int]
) -> None:
    a, v = (make(dtype, (length,), 4) for dtype, length in zip(dtypes, lengths, strict=True))
    try:
        promoted = tb.result_type(tb.from_numpy(a), tb.from_numpy(v))
    except TypeError:
        return
    kind = np.dtype(promoted)
    wide = {"f": "float64", "c": "complex128"}.get(kind.kind, kind)
    answer = getattr(np, name)(a.astype(wide), v.astype(wide), mode)
    found = getattr(tb, name)(a, v, mode).numpy()
    assert (found.shape, found.dtype) == (answer.shape, kind)
    np.testing.assert_allclose(found, answer, rtol=1e-2 if kind.char == "e" else 1e-5, atol=1e-5)


def test_what_does_not_slide() -> None:
    with pytest.raises(ValueError, match="vectors"):
        tb.convolve(tb.zeros(2, 2), tb.zeros(2))
    with pytest.raises(ValueError, match="no elements"):
        tb.correlate(tb.zeros(2), tb.zeros(0))
    with pytest.raises(ValueError, match="hint"):
        tb.convolve(tb.zeros(2), tb.zeros(2), "most")


@given(
    knots=st.lists(st.integers(-5, 5), min_size=1, max_size=6, unique=True).map(sorted),
    x=st.lists(st.sampled_from([-9, -2.5, 0, 0.25, 3, 8, np.nan, np.inf, -np.inf]), max_size=6),
    dtype=st.sampled_from(["float32", "float64", "int32", "complex128"]),
    ends=st.sampled_from([{}, {"left": -1.0}, {"right": 2.0}, {"left": np.nan, "right": 0.0}]),
)
def test_interp(knots: list[int], x: list[float], dtype: str, ends: dict[str, Any]) -> None:
    heights = make(dtype, (len(knots),), 5)
    places = np.array(x, np.float64)
    if len(knots) == 1:
        # The one height, even at NaN, in NumPy.
        places = places[~np.isnan(places)]
    answer = np.interp(places, knots, heights, **ends)
    found = tb.interp(places, np.array(knots), heights, **ends).numpy()
    np.testing.assert_allclose(found, answer, rtol=1e-6, equal_nan=True)
    assert found.dtype == np.result_type(places, heights)


def test_interp_of_numbers_and_mistakes() -> None:
    knots, heights = tb.tensor([0.0, 1.0]), tb.tensor([0.0, 10.0])
    assert tb.interp(0.5, knots, heights).item() == 5
    with pytest.raises(ValueError, match="one length"):
        tb.interp(0.5, knots, tb.zeros(3))
    with pytest.raises(ValueError, match="no points"):
        tb.interp(0.5, tb.zeros(0), tb.zeros(0))
    with pytest.raises(TypeError, match="complex"):
        tb.interp(tb.tensor([1j]), knots, heights)


@given(
    dtype=st.sampled_from(["float16", "float32", "float64", "int8", "int64", "complex64"]),
    shape=st.lists(st.integers(1, 6), min_size=1, max_size=3).map(tuple),
    order=st.sampled_from([1, 2]),
    kind=st.sampled_from(["none", "one", "each", "places"]),
    data=st.data(),
)
def test_gradient(
    dtype: str, shape: tuple[int, ...], order: int, kind: str, data: st.DataObject
) -> None:
    rank = len(shape)
    array = make(dtype, shape, 6)
    axis = data.draw(
        st.none()
        | st.integers(-rank, rank - 1)
        | st.lists(st.integers(0, rank - 1), min_size=1, unique=True).map(tuple),
        label="axis",
    )
    axes = range(rank) if axis is None else np.atleast_1d(axis)
    spacing: list[Any] = {
        "none": [],
        "one": [0.5],
        "each": [0.5 + number for number in range(len(axes))],
        "places": [np.cumsum(1 + np.arange(shape[number]) % 3) / 2 for number in axes],
    }[kind]
    wide = array.astype("complex128" if dtype[0] == "c" else "float64")
    try:
        answer = np.gradient(wide, *spacing, axis=axis, edge_order=order)
    except (ValueError, IndexError):
        with pytest.raises(ValueError, match="too short"):
            tb.gradient(array, *spacing, axis=axis, edge_order=order)
        return
    expected = np.dtype("float32") if array.dtype.kind == "i" else array.dtype
    limit = 1e-2 if dtype == "float16" else 1e-5
    for looks in views(array).values():
        found = tb.gradient(tb.from_numpy(looks), *spacing, axis=axis, edge_order=order)
        ours = found if isinstance(found, tuple) else (found,)
        theirs = answer if isinstance(answer, (tuple, list)) else (answer,)
        for one, other in zip(ours, theirs, strict=True):
            assert one.numpy().dtype == expected
            np.testing.assert_allclose(one.numpy(), other, rtol=limit, atol=limit)


def test_spellings_of_gradients() -> None:
    array = np.arange(12.0).reshape(3, 4) ** 2
    answer = np.gradient(array, 2.0, 0.5)
    for found in (
        tb.gradient(array, spacing=(2.0, 0.5)),
        tb.gradient(array, 2.0, 0.5, dim=(0, 1)),
    ):
        for one, other in zip(found, answer, strict=True):
            np.testing.assert_allclose(one.numpy(), other)
    with pytest.raises(ValueError, match="edge_order"):
        tb.gradient(array, edge_order=3)
    with pytest.raises(TypeError, match="distances"):
        tb.gradient(array, 1.0, 2.0, 3.0)
    with pytest.raises(ValueError, match="must match"):
        tb.gradient(array, np.arange(2.0), axis=0)
    with pytest.raises(TypeError, match="bool"):
        tb.gradient(array > 1)
