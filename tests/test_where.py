"""`where`: conditions of any bytes, choices that are arrays, rows or single elements, in place too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from layouts import DTYPES, LAYOUTS, layout, same_bits, values


def conditions(count: int, seed: int) -> np.ndarray:
    """Truths whose bytes are 0, 1, 2 and 255."""
    source = np.random.default_rng(seed)
    return source.choice(np.array([0, 0, 1, 2, 255], np.uint8), count).view(bool)


@given(
    dtype=st.sampled_from(DTYPES),
    count=st.integers(0, 150),
    one=st.tuples(st.booleans(), st.booleans()),
    into=st.sampled_from(["fresh", "other", "x", "y"]),
    seed=st.integers(0, 2**32),
)
def test_runs_of_every_length(
    dtype: str, count: int, one: tuple[bool, bool], into: str, seed: int
) -> None:
    condition = conditions(count, seed)
    x, y = (
        values(dtype, 1 if single else count, seed + k).reshape(-1) for k, single in enumerate(one)
    )
    answer = np.where(condition.view(np.uint8) != 0, x, y)
    given = tb.from_numpy(condition), tb.from_numpy(x), tb.from_numpy(y)
    places: dict[str, Any] = {"other": np.empty(count, dtype), "x": x, "y": y}
    out = places.get(into)
    if out is None or out.size != count:
        same_bits(tb.where(*given), answer)
        return
    assert tb.where(*given, out=out) is out
    same_bits(out, answer)


@given(
    dtype=st.sampled_from(DTYPES),
    kinds=st.tuples(*[st.sampled_from(LAYOUTS)] * 3),
    seed=st.integers(0, 2**32),
)
def test_every_layout(dtype: str, kinds: tuple[str, str, str], seed: int) -> None:
    condition = layout(conditions(24, seed), kinds[0])
    x, y = (layout(values(dtype, 24, seed + k), kinds[k]) for k in (1, 2))
    answer = np.where(condition.view(np.uint8) != 0, x, y)
    same_bits(tb.where(condition, x, y), answer)
    same_bits(tb.from_numpy(x).where(tb.from_numpy(condition), tb.from_numpy(y)), answer)


@pytest.mark.parametrize("byte", [0, 1, 2, 255])
def test_bools_are_written_as_0_or_1(byte: int) -> None:
    odd = np.full(70, byte, np.uint8).view(bool)
    result = tb.where(tb.ones(70, dtype=tb.bool), tb.from_numpy(odd), False)
    assert set(result.numpy().view(np.uint8).tolist()) == {int(byte != 0)}


@pytest.mark.parametrize("dtype", [tb.float16, tb.bfloat16])
def test_16_bits(dtype: Any) -> None:
    x = tb.arange(100, dtype=tb.float32).to(dtype)
    condition = conditions(100, 3)
    result = tb.where(condition, x, -x).to(tb.float32)
    number = np.arange(100, dtype=np.float32)
    np.testing.assert_array_equal(
        result.numpy(), np.where(condition.view(np.uint8), number, -number)
    )
