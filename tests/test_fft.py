"""`tensorbridge.fft` against NumPy in double precision, over kinds, lengths and layouts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from sources import layouts

REAL = ["?", "i1", "u2", "i4", "u8", "f2", "f4", "f8"]
COMPLEX = ["c8", "c16"]
TO_HALF, FROM_HALF = ["rfft", "ihfft"], ["irfft", "hfft"]
ONE = ["fft", "ifft", *TO_HALF, *FROM_HALF]
SEVERAL = ["fftn", "ifftn", "rfftn", "irfftn"]
NORMS = ["backward", "ortho", "forward", None]


def takes(name: str) -> list[str]:
    return REAL if name in TO_HALF or name == "rfftn" else REAL + COMPLEX


def array_of(draw: st.DrawFn, dtype: str, min_ndim: int = 1, max_length: int = 9) -> np.ndarray:
    """Numbers between -4 and 4 in memory of any order and direction."""
    shape = draw(st.lists(st.integers(1, max_length), min_size=min_ndim, max_size=3))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    array = random.uniform(-4, 4, shape)
    if dtype.startswith("c"):
        array = array + 1j * random.uniform(-4, 4, shape)
    if dtype[0] in "u?":
        array = abs(array)
    array = array.astype(dtype).transpose(draw(st.permutations(range(len(shape)))))
    return array[tuple(slice(None, None, draw(st.sampled_from([1, -1]))) for _ in shape)]


def double(array: np.ndarray) -> np.ndarray:
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def close(ours: tb.Tensor, theirs: np.ndarray, given: np.ndarray) -> None:
    """The values of double precision, in a dtype whose precision is the input's."""
    precise = given.dtype in (np.float64, np.complex128)
    real = np.float64 if precise else np.float32
    assert (
        ours.numpy().dtype == (np.zeros(0, real) + np.zeros(0, theirs.dtype.kind + "8")).dtype
        if (theirs.dtype.kind == "c")
        else ours.numpy().dtype == real
    )
    assert tuple(ours.shape) == theirs.shape
    assert ours.is_contiguous()
    largest = max(1, np.abs(theirs).max(initial=0))
    tolerance = 1e-13 if precise else 2e-5
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=0, atol=tolerance * largest)


@given(st.sampled_from(ONE), st.data())
def test_one_axis(name, data):
    array = array_of(data.draw, data.draw(st.sampled_from(takes(name))))
    axis = data.draw(st.integers(-array.ndim, array.ndim - 1))
    n = data.draw(st.none() | st.integers(1, 20))
    if name in FROM_HALF and n is None and array.shape[axis] == 1:
        n = 1
    norm = data.draw(st.sampled_from(NORMS))
    theirs = getattr(np.fft, name)(double(array), n, axis, norm)
    ours = getattr(tb.fft, name)
    t = tb.from_numpy(array)
    close(ours(t, n=n, axis=axis, norm=norm), theirs, array)
    close(ours(t, n, axis, norm), theirs, array)
    close(ours(array, n=n, dim=axis, norm=norm), theirs, array)


@given(st.sampled_from(SEVERAL), st.data())
def test_several_axes(name, data):
    array = array_of(data.draw, data.draw(st.sampled_from(takes(name))))
    axes = data.draw(st.permutations(range(-array.ndim, 0)).map(tuple))
    axes = axes[: data.draw(st.integers(1, array.ndim))]
    s = data.draw(
        st.none() | st.lists(st.integers(1, 9), min_size=len(axes), max_size=len(axes)).map(tuple)
    )
    if name == "irfftn" and s is None and array.shape[axes[-1]] == 1:
        s = (*(array.shape[axis] for axis in axes[:-1]), 1)
    norm = data.draw(st.sampled_from(NORMS))
    theirs = getattr(np.fft, name)(double(array), s, axes, norm)
    ours = getattr(tb.fft, name)
    t = tb.from_numpy(array)
    close(ours(t, s=s, axes=axes, norm=norm), theirs, array)
    close(ours(t, s, list(axes), norm), theirs, array)
    close(ours(array, s=s, dim=axes, norm=norm), theirs, array)


@pytest.mark.parametrize("name", ["fft2", "ifft2", "rfft2", "irfft2"])
def test_two_axes(name):
    array = np.random.default_rng(1).normal(size=(2, 5, 6))
    close(getattr(tb.fft, name)(array), getattr(np.fft, name)(array), array)
    theirs = getattr(np.fft, name)(array, (4, 3), (1, 0))
    close(getattr(tb.fft, name)(array, s=(4, 3), axes=(1, 0)), theirs, array)


@pytest.mark.parametrize("name", ["fftn", "rfftn"])
def test_all_axes_or_the_last(name):
    array = np.random.default_rng(2).normal(size=(3, 4, 5))
    close(getattr(tb.fft, name)(array), getattr(np.fft, name)(array), array)
    theirs = getattr(np.fft, name)(array, (3, 7), (1, 2))
    close(getattr(tb.fft, name)(array, s=(3, 7)), theirs, array)
    theirs = getattr(np.fft, name)(array, (4, 7), (1, 2))
    close(getattr(tb.fft, name)(array, s=(-1, 7)), theirs, array)


def test_an_axis_named_twice():
    array = np.random.default_rng(3).normal(size=(3, 4))
    theirs = np.fft.fftn(array, axes=(0, 0, 1))
    close(tb.fft.fftn(array, axes=(0, 0, 1)), theirs, array)


def test_no_axes():
    copy = tb.fft.fftn(tb.ones(2, 3), axes=())
    assert copy.dtype == tb.complex64
    assert copy.tolist() == [[1] * 3] * 2


@pytest.mark.parametrize("length", [2, 4, 30, 64, 97, 343, 1000, 1009, 2048, 6000, 10007])
@pytest.mark.parametrize("name", ONE)
def test_lengths_of_every_making(length, name):
    random = np.random.default_rng(length)
    array = random.normal(size=(3, length)).astype(np.float32)
    if name not in TO_HALF:
        array = array + 1j * random.normal(size=(3, length)).astype(np.float32)
    close(getattr(tb.fft, name)(array), getattr(np.fft, name)(double(array)), array)
    turned = np.asfortranarray(array)
    close(getattr(tb.fft, name)(turned.T, axis=0), getattr(np.fft, name)(double(array)).T, array)


@pytest.mark.parametrize("array", layouts().values(), ids=layouts())
def test_every_layout(array):
    t = tb.from_numpy(array)
    for axis in range(array.ndim):
        if array.shape[axis]:
            close(tb.fft.fft(t, axis=axis), np.fft.fft(double(array), axis=axis), array)
            close(tb.fft.rfft(t, axis=axis), np.fft.rfft(double(array), axis=axis), array)
    if array.size and array.ndim:
        close(tb.fft.fftn(t), np.fft.fftn(double(array)), array)


def test_nothing_beside_the_axis():
    assert tb.fft.fft(tb.zeros(0, 4)).shape == (0, 4)
    assert tb.fft.rfftn(tb.zeros(4, 0, 6), axes=(0, 2)).shape == (4, 0, 4)


def test_many_rows_by_many_threads():
    array = np.random.default_rng(4).normal(size=(300, 512)).astype(np.complex64)
    before = tb.get_num_threads()
    results = []
    for threads in (1, 3):
        tb.set_num_threads(threads)
        results.append(tb.fft.fftn(array).numpy())
    tb.set_num_threads(before)
    np.testing.assert_array_equal(*results)
    close(tb.fft.fftn(array), np.fft.fftn(double(array)), array)


def test_a_row_does_not_touch_its_neighbour():
    array = np.ones((3, 5), np.float32)
    array[1, 2] = np.nan
    for name in ("fft", "rfft", "irfft"):
        found = getattr(tb.fft, name)(array).numpy()
        assert np.isnan(found[1]).any()
        assert np.isfinite(found[[0, 2]]).all()


def test_default_dtype_of_integers():
    assert tb.fft.fft(np.arange(3)).dtype == tb.complex64
    tb.set_default_dtype(tb.float64)
    try:
        assert tb.fft.fft(np.arange(3)).dtype == tb.complex128
        assert tb.fft.irfft(np.arange(3)).dtype == tb.float64
    finally:
        tb.set_default_dtype(tb.float32)
    assert tb.fft.rfft(tb.ones(3, dtype=tb.bfloat16)).dtype == tb.complex64
    assert tb.fft.rfft(tb.ones(3, dtype=tb.float16)).tolist() == [3, 0]


def test_meta():
    meta = tb.zeros(4, 6, device="meta")
    assert tb.fft.rfftn(meta).shape == (4, 4)
    assert tb.fft.irfft(meta).device == "meta"
    assert tb.fft.fftfreq(4, device="meta").shape == (4,)


def test_out():
    array = np.arange(4.0)
    out = np.empty(4, np.complex128)
    assert tb.fft.fft(array, out=out) is out
    np.testing.assert_allclose(out, np.fft.fft(array))
    t = tb.empty(4, dtype=tb.complex128)
    assert tb.fft.ifft(out, out=t) is t
    np.testing.assert_allclose(t.numpy(), array, atol=1e-15)
    # Into its own input.
    assert tb.fft.fft(out, out=out) is out
    with pytest.raises(tb.ShapeError, match="out"):
        tb.fft.fft(array, out=np.empty(3, np.complex128))
    with pytest.raises(TypeError, match="complex128"):
        tb.fft.fft(array, out=np.empty(4))


@given(st.integers(1, 50), st.sampled_from([1.0, 0.5, -3, 2]))
def test_frequencies(n, d):
    for dtype in (tb.float64, tb.float32):
        for name in ("fftfreq", "rfftfreq"):
            ours = getattr(tb.fft, name)(n, d=d, dtype=dtype)
            assert ours.dtype == dtype
            theirs = getattr(np.fft, name)(n, d)
            np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-7)
    assert tb.fft.fftfreq(n).dtype == tb.float32


@given(st.data())
def test_shifts(data):
    array = array_of(data.draw, "i4")
    axes = data.draw(
        st.none() | st.lists(st.sampled_from(range(array.ndim)), min_size=1, unique=True).map(tuple)
    )
    for name in ("fftshift", "ifftshift"):
        theirs = getattr(np.fft, name)(array, axes)
        np.testing.assert_array_equal(getattr(tb.fft, name)(array, axes=axes).numpy(), theirs)
        np.testing.assert_array_equal(getattr(tb.fft, name)(array, dim=axes).numpy(), theirs)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda t: tb.fft.fft(t, n=0), ValueError, "data points"),
        (lambda t: tb.fft.fft(t, n=-3), ValueError, "data points"),
        (lambda t: tb.fft.fft(t[:, :0]), ValueError, "data points"),
        (lambda t: tb.fft.irfft(t[:, :1]), ValueError, "data points"),
        (lambda t: tb.fft.fft(t, axis=2), IndexError, "out of range"),
        (lambda t: tb.fft.fft(t[0, 0]), IndexError, "no dimensions"),
        (lambda t: tb.fft.fft(t, axis=0, dim=0), TypeError, "both"),
        (lambda t: tb.fft.fft(t, norm="other"), ValueError, "norm"),
        (lambda t: tb.fft.rfft(t.to(tb.complex64)), TypeError, "real numbers"),
        (lambda t: tb.fft.ihfft(t.to(tb.complex64)), TypeError, "real numbers"),
        (lambda t: tb.fft.fftn(t, s=(1, 2, 3), axes=(0, 1)), ValueError, "3 lengths for 2"),
        (lambda t: tb.fft.rfftn(t, axes=()), ValueError, "needs an axis"),
        (lambda t: tb.fft.fft("abc"), TypeError, "str"),
        (lambda t: tb.fft.fftfreq(0), ValueError, "positive"),
        (lambda t: tb.fft.fftfreq(3, d=0), ValueError, "must not be 0"),
        (lambda t: tb.fft.fftfreq(3, dtype=tb.int64), TypeError, "floating-point"),
        (lambda t: tb.fft.rfftfreq(3, dtype=tb.complex64), TypeError, "floating-point"),
        (lambda t: tb.fft.fft(t, n=2**62), (MemoryError, ValueError), "tensor|memory"),
    ],
)
def test_what_cannot_be(call, error, words):
    with pytest.raises(error, match=words):
        call(tb.ones(2, 4))
