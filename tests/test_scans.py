"""Running sums, products and extremes with NumPy as the oracle, and with exact sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from samples import DTYPES, make, views

NAMES = {"cumulative_sum": (np.cumsum, "cumsum"), "cumulative_prod": (np.cumprod, "cumprod")}


@given(
    name=st.sampled_from(sorted(NAMES)),
    dtype=st.sampled_from(DTYPES),
    shape=st.lists(st.sampled_from([1, 2, 3, 9]), min_size=1, max_size=4).map(tuple),
    data=st.data(),
    include_initial=st.booleans(),
)
def test_every_accumulation(
    name: str, dtype: str, shape: tuple[int, ...], data: st.DataObject, include_initial: bool
) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1), label="axis")
    array = make(dtype, shape, data.draw(st.integers(0, 99), label="seed"))
    kind = array.dtype.kind
    oracle, method = NAMES[name]
    wide = array.astype({"f": "float64", "c": "complex128"}.get(kind, array.dtype))
    answer = oracle(wide, axis=axis)
    expected = np.dtype({"b": "int64", "i": "int64", "u": "uint64"}.get(kind, dtype))
    initial = np.full_like(answer.take([0], axis), name == "cumulative_prod")
    longer = np.concatenate([initial, answer], axis=axis)
    limit = {2: 4e-3, 4: 1e-6, 8: 1e-6 if kind == "c" else 1e-12}.get(expected.itemsize, 1e-12)
    for looks in views(array).values():
        x = tb.from_numpy(looks)
        result = getattr(tb, name)(x, axis=axis, include_initial=include_initial)
        results = [(result, longer if include_initial else answer)]
        results += [(getattr(tb, method)(x, axis), answer), (getattr(x, method)(dim=axis), answer)]
        for result, right in results:
            got = result.numpy()
            assert (got.dtype, got.shape) == (expected, right.shape)
            if kind in "fc":
                np.testing.assert_allclose(got, right, rtol=limit, atol=limit)
            else:
                np.testing.assert_array_equal(got, right)


@given(
    name=st.sampled_from(["cumsum", "cummax", "cummin"]),
    dtype=st.sampled_from(["int8", "int32", "int64", "uint16", "float32", "float64"]),
    shape=st.lists(st.sampled_from([1, 2, 3, 70, 500, 4097, 100_000]), min_size=1, max_size=3)
    .map(tuple)
    .filter(lambda shape: np.prod(shape) < 400_000),
    data=st.data(),
)
def test_large_and_crooked(
    name: str, dtype: str, shape: tuple[int, ...], data: st.DataObject
) -> None:
    """Every order of axes, step and direction, above and below the sizes of stages and blocks."""
    array = np.random.default_rng(0).integers(0, 3, shape).astype(dtype)
    view = array.transpose(data.draw(st.permutations(range(len(shape)))))
    steps = data.draw(st.tuples(*[st.sampled_from([1, 1, 1, -1, 2, -3])] * len(shape)))
    view = view[tuple(slice(None, None, step) for step in steps)]
    if data.draw(st.booleans(), label="repeated"):
        view = np.broadcast_to(view, (3, *view.shape))
    axis = data.draw(st.integers(0, view.ndim - 1))
    if name == "cumsum":
        np.testing.assert_array_equal(tb.cumsum(view, axis).numpy(), np.cumsum(view, axis=axis))
        return
    oracle = {"cummax": np.maximum, "cummin": np.minimum}[name]
    values, places = getattr(tb, name)(view, axis)
    np.testing.assert_array_equal(values.numpy(), oracle.accumulate(view, axis=axis))
    np.testing.assert_array_equal(np.take_along_axis(view, places.numpy(), axis), values.numpy())
    # The last of equal ones.
    numbers = np.arange(view.shape[axis]).reshape(
        [-1 if i == axis else 1 for i in range(view.ndim)]
    )
    last = np.maximum.accumulate(np.where(view == values.numpy(), numbers, 0), axis=axis)
    np.testing.assert_array_equal(places.numpy(), last)


@pytest.mark.parametrize("name", ["cumsum", "cumprod", "cummax", "logcumsumexp"])
@pytest.mark.parametrize("shape", [(1_000_003,), (3, 200_000), (1200, 300)])
def test_threads_change_nothing(name: str, shape: tuple[int, ...]) -> None:
    x = tb.from_numpy(np.random.default_rng(0).random(shape, np.float32) + 0.5)
    before = tb.get_num_threads()
    try:
        for axis in range(x.ndim):
            results = set()
            for threads in (1, 2, 5):
                tb.set_num_threads(threads)
                result = getattr(tb, name)(x, axis)
                result = result[0] if isinstance(result, tuple) else result
                results.add(result.numpy().tobytes())
            assert len(results) == 1
    finally:
        tb.set_num_threads(before)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_are_no_worse_than_in_order(dtype: type[np.floating]) -> None:
    array = np.random.default_rng(2).random(200_000).astype(dtype)
    places = [0, 15, 16, 127, 128, 32_767, 32_768, 100_000, 199_999]
    exact = np.array([math.fsum(array[: place + 1].tolist()) for place in places])
    ours = tb.cumsum(array, 0).numpy()[places]
    theirs = np.cumsum(array)[places]
    epsilon = np.finfo(dtype).eps * exact
    assert (np.abs(ours - exact) <= np.maximum(np.abs(theirs - exact), 4 * epsilon)).all()


def test_nan_and_infinities() -> None:
    array = np.array([1.0, np.inf, 2.0, -np.inf, 3.0, np.nan, 4.0])
    long = np.concatenate([np.ones(600), array, np.ones(600)])
    with np.errstate(invalid="ignore"):
        for source in (array, long):
            np.testing.assert_array_equal(tb.cumsum(source, 0).numpy(), np.cumsum(source))
            np.testing.assert_array_equal(tb.cumprod(source, 0).numpy(), np.cumprod(source))
            for name, oracle in (("cummax", np.maximum), ("cummin", np.minimum)):
                values, places = getattr(tb, name)(source, 0)
                np.testing.assert_array_equal(values.numpy(), oracle.accumulate(source))
                np.testing.assert_array_equal(source[places.numpy()], values.numpy())


def test_logarithms_of_sums() -> None:
    array = np.random.default_rng(3).standard_normal((5, 900)) * 300
    array[2, 10] = -np.inf
    for axis in (0, 1):
        got = tb.logcumsumexp(array, axis).numpy()
        np.testing.assert_allclose(got, np.logaddexp.accumulate(array, axis=axis), rtol=1e-13)
    assert tb.logcumsumexp(tb.tensor([-math.inf, -math.inf]), 0)[1].item() == -math.inf
    assert tb.tensor([1, 2]).logcumsumexp(0).dtype == tb.float32
    with pytest.raises(TypeError, match="complex"):
        tb.logcumsumexp(tb.ones(2, dtype=tb.complex64), 0)


def test_dtype_is_what_is_computed_in() -> None:
    x = tb.full((300,), 100, dtype=tb.int8)
    assert x.cumsum(0)[-1].item() == 30_000
    wrapped = np.cumsum(np.full(300, 100, np.int8), dtype=np.int8)
    np.testing.assert_array_equal(x.cumsum(0, dtype=tb.int8).numpy(), wrapped)
    assert tb.cumulative_sum(x, dtype=tb.float64).dtype == tb.float64
    # Sums of halves are rounded once.
    half = tb.ones(5000, dtype=tb.float16).cumsum(0)
    assert (half.dtype, half[-1].item()) == (tb.float16, 5000)


def test_in_place_and_out() -> None:
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    answer = np.cumsum(array, axis=1)
    shared = array.copy()
    x = tb.from_numpy(shared)
    assert x.cumsum_(1) is x
    np.testing.assert_array_equal(shared, answer)
    small = tb.tensor([100, 100], dtype=tb.int8)
    assert small.cumsum_(0).tolist() == [100, -56]
    for target in (np.zeros((3, 4), np.float32), np.zeros((3, 4)), np.zeros((4, 3), np.float32).T):
        assert tb.cumulative_sum(array, axis=1, out=target) is target
        np.testing.assert_array_equal(target, answer)
    # Overlapping, and shifted by one.
    line = np.arange(10.0)
    tb.cumsum(line[:-1], 0, out=line[1:])
    np.testing.assert_array_equal(line[1:], np.cumsum(np.arange(9.0)))
    longer = np.zeros(4)
    tb.cumulative_sum(np.ones(3), include_initial=True, out=longer)
    np.testing.assert_array_equal(longer, [0, 1, 2, 3])
    with pytest.raises((tb.ShapeError, TypeError)):
        tb.cumulative_sum(np.ones(3), out=longer)
    with pytest.raises((tb.ShapeError, TypeError)):
        tb.cumsum(np.ones(3), 0, out=np.zeros(3, int))


def test_axes() -> None:
    x = tb.ones(2, 3)
    with pytest.raises(ValueError, match="axis"):
        tb.cumulative_sum(x)
    with pytest.raises(ValueError, match="axis"):
        x.cumsum()
    for axis in (2, -3):
        with pytest.raises(IndexError):
            tb.cumulative_sum(x, axis=axis)
    with pytest.raises(TypeError):
        tb.cumsum(x, 0, axis=0)
    assert tb.cumsum(tb.ones(3)).tolist() == [1, 2, 3]
    point = tb.tensor(3.0)
    assert point.cumsum(0).shape == tb.cumulative_sum(point).shape == ()
    assert [part.item() for part in point.cummax(0)] == [3, 0]
    assert tb.cumulative_sum(tb.zeros(0), include_initial=True).tolist() == [0]
    assert tb.cumsum(tb.zeros(0, 3), 0).shape == (0, 3)
    with pytest.raises(TypeError, match="complex"):
        tb.cummax(tb.ones(2, dtype=tb.complex64), 0)
    meta = tb.ones(2, 3, device="meta").cumsum(1)
    assert (meta.device.type, meta.shape) == ("meta", (2, 3))


def test_the_order_of_memory_stays() -> None:
    array = np.asfortranarray(np.ones((300, 200)))
    assert tb.cumsum(array, 0).strides == array.strides
