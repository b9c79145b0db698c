"""`clip`: limits that are numbers, tensors, arrays or absent, into fresh memory or in place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from layouts import FLOATS, LAYOUTS, REALS, layout, same_bits, values


def clipped(array: np.ndarray, low: Any, high: Any) -> np.ndarray:
    """What the standard says: the limits in turn, NaN before everything."""
    if low is not None:
        array = np.maximum(array, low)
    return array.copy() if high is None else np.minimum(array, high)


@given(
    dtype=st.sampled_from(REALS + FLOATS),
    kinds=st.tuples(*[st.sampled_from(LAYOUTS)] * 3),
    forms=st.tuples(*[st.sampled_from(["absent", "number", "row", "whole"])] * 2),
    seed=st.integers(0, 2**32),
)
def test_every_form_of_limits(
    dtype: str, kinds: tuple[str, str, str], forms: tuple[str, str], seed: int
) -> None:
    array = layout(values(dtype, 24, seed), kinds[0])

    def limit(form: str, kind: str, seed: int) -> Any:
        whole = layout(values(dtype, 24, seed), kind)
        return {"absent": None, "number": whole[0, 0].item(), "row": whole[1], "whole": whole}[form]

    low, high = limit(forms[0], kinds[1], seed + 7), limit(forms[1], kinds[2], seed + 9)
    answer = clipped(array, low, high)

    def loose(result: Any) -> None:
        # The order of signed zeros is nobody's.
        np.testing.assert_array_equal(np.asarray(result), answer)
        assert np.asarray(result).dtype == answer.dtype

    x = tb.from_numpy(array)
    loose(tb.clip(x, low, high))
    loose(tb.clip(array, min=low, max=high))
    loose(x.clip(low, high))
    loose(x.clamp(min=low, max=high))
    out = np.empty((4, 6), dtype)
    assert tb.clip(x, low, high, out=out) is out
    loose(out)
    if array.flags.writeable:
        assert x.clip_(low, high) is x
        loose(array)


def test_limits_that_overlap_the_output() -> None:
    whole = np.arange(10.0)
    answer = np.clip(whole[1:].copy(), 3, whole[:-1].copy())
    tb.from_numpy(whole)[1:].clip_(3, whole[:-1])
    same_bits(whole[1:], answer)
    whole = np.arange(10.0)
    tb.clip(whole, whole[::-1], 7, out=whole)
    same_bits(whole, np.clip(np.arange(10.0), np.arange(10.0)[::-1], 7))


def test_limits_beyond_the_dtype() -> None:
    x = tb.tensor([-128, 0, 127], dtype=tb.int8)
    assert tb.clip(x, -1000, 1000).tolist() == [-128, 0, 127]
    assert tb.clip(x, -1000, 5).tolist() == [-128, 0, 5]
    assert tb.clip(x, -5, 1000).tolist() == [-5, 0, 127]
    for low, high in [(1000, None), (None, -1000), (1000, 2000)]:
        with pytest.raises(OverflowError, match="1000"):
            tb.clip(x, low, high)
    assert tb.clip(tb.tensor([-1.5, 2.5]), -1, 2**80).tolist() == [-1.0, 2.5]


def test_limits_promote() -> None:
    x = tb.tensor([1, 2, 3])
    assert tb.clip(x, 1.5, 2).dtype == tb.float32
    assert tb.clip(tb.tensor([1.0]), 0, 2).dtype == tb.float32
    assert tb.clip(tb.tensor([1.0]), tb.tensor([2], dtype=tb.int64)).dtype == tb.float32
    assert tb.clip(2.5, 0, 2).tolist() == 2.0
    with pytest.raises(TypeError, match="order"):
        tb.clip(tb.tensor([1j]), 0, 1)
    with pytest.raises(TypeError, match="result type"):
        x.clip_(0, 1.5)
    with pytest.raises(ValueError, match="broadcast"):
        tb.clip(x, tb.zeros(2), 3)
    assert tb.clip(tb.zeros((2, 3), device="meta"), 0, tb.zeros(3, device="meta")).shape == (2, 3)


def test_no_limits() -> None:
    for x in (tb.tensor([1, 2]), tb.tensor([True, False]), tb.tensor([1.5, tb.nan]).flip(0)):
        result = tb.clip(x)
        assert result.data_ptr() != x.data_ptr()
        same_bits(result, x.numpy().copy())
    out = np.zeros(2)
    assert tb.clip(tb.tensor([1.5, 2]), None, None, out=out) is out
    assert out.tolist() == [1.5, 2.0]
