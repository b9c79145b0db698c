"""Differences of neighbours and areas under them, with NumPy as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from samples import DTYPES, make, views


@given(
    dtype=st.sampled_from(DTYPES),
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple),
    data=st.data(),
    n=st.integers(1, 6),
    before=st.booleans(),
    behind=st.booleans(),
)
def test_every_difference(
    dtype: str, shape: tuple[int, ...], data: st.DataObject, n: int, before: bool, behind: bool
) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1), label="axis")
    array = make(dtype, shape, 1)
    ends = {}
    if before:
        ends["prepend"] = make(dtype, (), 2)
    if behind:
        ends["append"] = make(dtype, shape, 3)
    answer = np.diff(array, n, axis, **ends)
    for looks in views(array).values():
        x = tb.from_numpy(looks)
        for result in (tb.diff(x, n=n, axis=axis, **ends), x.diff(n, axis, **ends)):
            assert result.numpy().dtype == answer.dtype
            np.testing.assert_array_equal(result.numpy(), answer)


def test_what_has_no_difference() -> None:
    with pytest.raises(ValueError, match="axis"):
        tb.diff(tb.tensor(1.0))
    with pytest.raises(ValueError, match="n"):
        tb.diff(tb.ones(3), n=-1)
    with pytest.raises(IndexError):
        tb.diff(tb.ones(3), axis=1)
    with pytest.raises((tb.ShapeError, ValueError)):
        tb.diff(tb.ones(2, 3), prepend=tb.ones(3, 1))
    assert tb.diff(tb.zeros(0)).shape == (0,)
    # What is put at the ends counts, however often neighbours are taken; NumPy drops it here.
    assert tb.diff(tb.ones(3), n=0, prepend=2).tolist() == [2, 1, 1, 1]
    out = np.zeros(2)
    assert tb.diff(np.array([1.0, 4.0, 9.0]), out=out) is out
    np.testing.assert_array_equal(out, [3, 5])


@pytest.mark.skipif(not hasattr(np, "trapezoid"), reason="np.trapezoid is NumPy 2's")
@pytest.mark.parametrize("dtype", ["int8", "float32", "float64", "complex128"])
def test_areas(dtype: str) -> None:
    array = make(dtype, (3, 5), 4)
    places = np.array([0.0, 1, 4, 4.5, 7])
    for axis, x in (
        (1, None),
        (0, None),
        (1, places),
        (0, places[:3]),
        (-1, places + array.real * 0),
    ):
        told = {"axis": axis} if x is None else {"axis": axis, "x": x}
        got = tb.trapezoid(array, **told).numpy()
        np.testing.assert_allclose(got, np.trapezoid(array, **told), rtol=1e-6)
        running = tb.cumulative_trapezoid(array, **told).numpy()
        np.testing.assert_allclose(np.take(running, -1, axis), got, rtol=1e-6)
    assert tb.trapezoid(tb.tensor([1, 2, 3]), dx=0.5).item() == 2.0
