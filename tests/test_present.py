"""Reductions of what is not NaN, with NumPy as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from samples import DTYPES, make, views

NAMES = ["nansum", "nanprod", "nanmean", "nanmax", "nanmin", "nanvar", "nanstd"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(
    name=st.sampled_from(NAMES),
    dtype=st.sampled_from(DTYPES),
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple),
    data=st.data(),
    keepdims=st.booleans(),
)
def test_every_reduction_of_what_is_there(
    name: str, dtype: str, shape: tuple[int, ...], data: st.DataObject, keepdims: bool
) -> None:
    axis = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1), label="axis")
    array = make(dtype, shape, data.draw(st.integers(0, 99), label="seed"))
    kind = array.dtype.kind
    if kind in "fc":
        array[np.random.default_rng(0).random(shape) < 0.4] = np.nan
    if name in ("nanmax", "nanmin") and kind == "c":
        with pytest.raises(TypeError):
            getattr(tb, name)(array)
        return
    wide = array.astype({"f": "float64", "c": "complex128"}.get(kind, array.dtype))
    answer = getattr(np, name)(wide, axis=axis, keepdims=keepdims)
    for looks in views(array).values():
        x = tb.from_numpy(looks)
        for result in (
            getattr(tb, name)(x, axis=axis, keepdims=keepdims),
            getattr(x, name)(axis, keepdim=keepdims),
        ):
            got = result.numpy()
            assert got.shape == np.shape(answer)
            limit = {2: 4e-3, 4: 1e-6}.get(array.real.dtype.itemsize if kind in "fc" else 4, 1e-12)
            np.testing.assert_allclose(got, answer, rtol=limit, atol=limit)


def test_out() -> None:
    array = np.array([[1.0, np.nan], [3.0, 4.0]])
    for name in NAMES:
        out = np.zeros(2)
        assert getattr(tb, name)(array, axis=0, out=out) is out
        np.testing.assert_allclose(out, getattr(np, name)(array, axis=0))
