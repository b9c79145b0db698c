"""Matrices that are factorized in panels, beside NumPy's and on several threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tensorbridge as tb

# Before, on and after the edges of panels and blocks; the last ones are worth several threads.
SIDES = [255, 256, 257, 320, 367, 511, 512, 561]


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    before = tb.get_num_threads()
    yield
    tb.set_num_threads(before)


def random(*shape: int, dtype: str = "float64") -> np.ndarray:
    return np.random.default_rng(shape[-1]).standard_normal(shape).astype(dtype)


def positive(side: int, dtype: str) -> np.ndarray:
    half = random(side, side, dtype=dtype)
    return half @ half.T + np.eye(side, dtype=dtype) * side


def on_threads(work: Callable[[], Any]) -> list[np.ndarray]:
    """What comes of it with any number of threads, which is the same bit by bit."""
    results = []
    for count in (1, 2, 3):
        tb.set_num_threads(count)
        found = work()
        found = found if isinstance(found, tuple) else (found,)
        results.append([np.array(part) for part in found])
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            assert one.tobytes() == two.tobytes()
    return results[0]


def tolerance(dtype: str, side: int) -> float:
    return 20 * side * float(np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("side", SIDES)
def test_solutions_inverses_and_determinants(side: int, dtype: str) -> None:
    a, b = random(side, side, dtype=dtype), random(side, 70, dtype=dtype)
    t, u = tb.from_numpy(a), tb.from_numpy(b)
    limit = tolerance(dtype, side)
    (x,) = on_threads(lambda: tb.linalg.solve(t, u))
    assert np.abs(a.astype("float64") @ x - b).max() < limit * np.abs(x).max()
    (inverse,) = on_threads(lambda: tb.linalg.inv(t))
    product = a.astype("float64") @ inverse
    assert np.abs(product - np.eye(side)).max() < limit * np.abs(inverse).max()
    sign, logarithm = on_threads(lambda: tuple(tb.linalg.slogdet(t)))
    expected = np.linalg.slogdet(a.astype("float64"))
    assert sign == expected[0]
    np.testing.assert_allclose(logarithm, expected[1], rtol=1e2 * np.finfo(dtype).eps * side)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("m", "n"), [*((n, n) for n in SIDES), (256, 401), (401, 256), (700, 530)])
def test_factors(m: int, n: int, dtype: str) -> None:
    a = random(m, n, dtype=dtype)
    for matrix in (a, np.asfortranarray(a), a[::-1, ::-1]):
        p, low, up = on_threads(lambda matrix=matrix: tuple(tb.linalg.lu(tb.from_numpy(matrix))))
        assert np.abs(low).max() <= 1
        product = p.astype("float64") @ low @ up
        assert np.abs(product - matrix).max() < tolerance(dtype, max(m, n))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("side", SIDES)
def test_cholesky(side: int, dtype: str) -> None:
    a = positive(side, dtype)
    for upper in (False, True):
        # The other half is not read.
        half = np.triu(a) if upper else np.tril(a)
        t = tb.from_numpy(half)
        (factor,) = on_threads(lambda t=t, upper=upper: tb.linalg.cholesky(t, upper=upper))
        lower = factor.T if upper else factor
        assert not np.triu(lower, 1).any()
        assert np.abs(lower.astype("float64") @ lower.T - a).max() < tolerance(dtype, side) * side
    a[side - 2, side - 2] = -1
    with pytest.raises(tb.linalg.LinAlgError, match=f"minor of order {side - 1} "):
        tb.linalg.cholesky(tb.from_numpy(a))


@pytest.mark.parametrize("threads", [1, 2])
def test_what_has_no_inverse(threads: int) -> None:
    tb.set_num_threads(threads)
    a = random(400, 400)
    a[:, 300] = 0
    t = tb.from_numpy(a)
    assert tb.linalg.det(t).item() == 0
    assert tb.linalg.slogdet(t)[1].item() == -np.inf
    for work in (tb.linalg.inv, lambda t: tb.linalg.solve(t, t)):
        with pytest.raises(tb.linalg.LinAlgError, match="pivot 301 is 0"):
            work(t)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("place", [(0, 0), (3, 390), (390, 3), (399, 399)])
def test_what_is_not_finite(place: tuple[int, int], value: float) -> None:
    a = random(400, 400)
    a[place] = value
    assert not np.isfinite(tb.linalg.det(tb.from_numpy(a)).item())


def test_pivots_whose_reciprocals_are_infinite() -> None:
    a = random(400, 400)
    sign, logarithm = np.linalg.slogdet(a)
    a[:, 7] *= 1e-312
    found = tb.linalg.slogdet(tb.from_numpy(a))
    assert found[0].item() == sign
    np.testing.assert_allclose(found[1].item(), logarithm - 312 * np.log(10), rtol=1e-9)


def test_batches() -> None:
    a, b = random(6, 300, 300), random(6, 300, 3)
    t, u = tb.from_numpy(a), tb.from_numpy(b)
    (all_at_once,) = on_threads(lambda: tb.linalg.solve(t, u))
    for index in range(6):
        assert (
            all_at_once[index].tobytes() == np.array(tb.linalg.solve(t[index], u[index])).tobytes()
        )
