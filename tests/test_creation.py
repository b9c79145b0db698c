"""Tensors made from nothing, with NumPy as the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import tensorbridge as tb

DTYPES = [
    "bool",
    "int8",
    "int64",
    "uint8",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]


def same(tensor: tb.Tensor, array: np.ndarray) -> None:
    np.testing.assert_array_equal(tensor.numpy(), array, strict=True)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["zeros", "ones"])
def test_constants(name: str, dtype: str) -> None:
    ours, numpys = getattr(tb, name), getattr(np, name)
    for shape in [(), (0,), (3,), (2, 0, 3), (2, 3, 4)]:
        same(ours(shape, dtype=dtype), numpys(shape, dtype))
        same(ours(list(shape), dtype=np.dtype(dtype)), numpys(shape, dtype))
        same(ours(shape=shape, dtype=getattr(tb, dtype)), numpys(shape, dtype))
        same(ours(size=tb.Size(shape), dtype=dtype), numpys(shape, dtype))
    same(ours(2, 3, dtype=dtype), numpys((2, 3), dtype))
    same(ours(np.int64(2), np.uint8(3), dtype=dtype), numpys((2, 3), dtype))
    same(ours(np.array([2, 3]), dtype=dtype), numpys((2, 3), dtype))
    same(ours(np.array(3), dtype=dtype), numpys(3, dtype))


def test_default_dtypes() -> None:
    for make in (tb.zeros, tb.ones, tb.empty, tb.rand, tb.randn):
        assert make(2).dtype == tb.float32
    tb.set_default_dtype(tb.float64)
    try:
        for make in (tb.zeros, tb.ones, tb.empty, tb.rand, tb.randn, tb.eye):
            assert make(2).dtype == tb.float64
        assert tb.arange(2.0).dtype == tb.linspace(0, 1, 2).dtype == tb.float64
        assert tb.full((2,), 1j).dtype == tb.complex128
    finally:
        tb.set_default_dtype(tb.float32)


def test_memory_is_our_own_and_aligned() -> None:
    for make in (tb.zeros, tb.ones, tb.empty):
        x = make(3, 5)
        assert x.data_ptr() % 64 == 0
        assert x.is_contiguous()
        assert not x.is_readonly


@pytest.mark.parametrize(
    "shape", [(-1,), (2, -3), ("2",), (2.5,), "23", None, (1 << 64,), [[2]], np.float64(3)]
)
@pytest.mark.parametrize("name", ["zeros", "empty", "rand"])
def test_shapes_that_are_none(name: str, shape: Any) -> None:
    with pytest.raises((ValueError, TypeError, OverflowError)):
        getattr(tb, name)(shape)


def test_too_large() -> None:
    for shape in [(1 << 62,), (1 << 40, 1 << 40), (1 << 60, 2), (1 << 62, 0, 1 << 62)]:
        for name in ("zeros", "empty", "ones", "rand", "randn"):
            with pytest.raises((MemoryError, ValueError)):
                getattr(tb, name)(shape)
    for make in (
        lambda: tb.arange(1 << 62),
        lambda: tb.arange(1e300),
        lambda: tb.linspace(0, 1, 1 << 62),
        lambda: tb.eye(1 << 40),
        lambda: tb.full((1 << 62,), 1),
        lambda: tb.randperm(1 << 62),
    ):
        with pytest.raises((MemoryError, ValueError)):
            make()
    # Nothing is what a meta tensor needs.
    assert tb.zeros(1 << 40, device="meta").nbytes == 1 << 42


def test_keywords() -> None:
    same(
        tb.zeros(2, dtype=tb.int8, device="cpu", layout=tb.strided, requires_grad=False),
        np.zeros(2, np.int8),
    )
    same(tb.ones(2, dtype=None, device=None, pin_memory=False), np.ones(2, np.float32))
    for keyword in ({"requires_grad": True}, {"pin_memory": True}):
        with pytest.raises(NotImplementedError, match="not supported"):
            tb.zeros(2, **keyword)
    with pytest.raises(TypeError, match="layout"):
        tb.zeros(2, layout="sparse")
    with pytest.raises(TypeError, match="unexpected keyword argument 'typo'"):
        tb.zeros(2, typo=1)
    with pytest.raises(TypeError, match="shape"):
        tb.zeros()
    with pytest.raises(TypeError):
        tb.zeros(2, shape=(2,))
    with pytest.raises(tb.DeviceError):
        tb.zeros(2, device="cuda")
    out = tb.empty(2, 3, dtype=tb.int16)
    assert tb.ones(2, 3, out=out) is out
    same(out, np.ones((2, 3), np.int16))
    assert tb.arange(6, out=np.zeros(6)).sum() == 15
    with pytest.raises(tb.ShapeError):
        tb.ones(3, out=out)


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_like(axes: tuple[int, ...]) -> None:
    array = np.arange(24, dtype=np.int16).reshape(2, 3, 4).transpose(axes)
    x = tb.from_numpy(array)
    for name in ("zeros_like", "ones_like"):
        ours, numpys = getattr(tb, name)(x), getattr(np, name)(array)
        same(ours, numpys)
        assert ours.strides == numpys.strides
        same(getattr(tb, name)(array, dtype=tb.float64), getattr(np, name)(array, np.float64))
    assert tb.empty_like(x).strides == np.empty_like(array).strides
    same(tb.full_like(x, 7), np.full_like(array, 7))
    assert tb.rand_like(x, dtype=tb.float64).dtype == tb.float64
    assert tb.zeros_like(x, device="meta").device == "meta"
    # Memory with gaps is not imitated.
    assert tb.zeros_like(tb.from_numpy(array[::2, :, ::2])).is_contiguous()


def test_new() -> None:
    x = tb.ones(2, dtype=tb.int16)
    same(x.new_zeros(2, 3), np.zeros((2, 3), np.int16))
    same(x.new_ones((2, 3)), np.ones((2, 3), np.int16))
    same(x.new_full((2,), 5), np.full(2, 5, np.int16))
    same(x.new_tensor([1, 2]), np.array([1, 2], np.int16))
    same(x.new_tensor([1, 2], dtype=tb.float64), np.array([1.0, 2.0]))
    assert x.new_empty(3, dtype=tb.bool).dtype == tb.bool
    assert x.new_zeros(3, device="meta").device == "meta"


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (True, "bool"),
        (7, "int64"),
        (-2.5, "float32"),
        (1 + 2j, "complex64"),
        (np.int8(3), "int8"),
        (np.float64(0.1), "float64"),
        (np.bool_(True), "bool"),
        (np.complex128(1j), "complex128"),
        (np.array(3, np.uint16), "uint16"),
    ],
)
def test_full(value: Any, dtype: str) -> None:
    same(tb.full((2, 3), value), np.full((2, 3), value, dtype))
    same(tb.full(2, value), np.full(2, value, dtype))
    if np.dtype(dtype).kind != "c":
        same(tb.full((2,), value, dtype=tb.float64), np.full(2, np.float64(value)))
    same(tb.full((2,), tb.tensor(value)), np.full(2, value, tb.tensor(value).dtype))


@pytest.mark.parametrize(
    ("value", "dtype", "error"),
    [
        (300, "uint8", OverflowError),
        (-1, "uint64", OverflowError),
        (2.7, "int64", TypeError),
        (1j, "float32", TypeError),
        (np.float32(1), "int8", TypeError),
        ("1", "int8", TypeError),
        ([1], "int8", TypeError),
        (np.ones(3), "float64", TypeError),
    ],
)
def test_values_that_do_not_fit(value: Any, dtype: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        tb.full((2,), value, dtype=dtype)
    with pytest.raises(error):
        tb.full_like(tb.zeros(2, dtype=getattr(tb, dtype)), value)


def test_scalar_tensor_and_complex() -> None:
    same(tb.scalar_tensor(3), np.array(3, np.float32))
    same(tb.scalar_tensor(3, dtype=tb.int8), np.array(3, np.int8))
    real, imaginary = np.array([1.0, -0.0]), np.array([np.inf, 2.0])
    ours = tb.complex(tb.from_numpy(real), imaginary)
    assert ours.dtype == tb.complex128
    np.testing.assert_array_equal(ours.numpy().real, real)
    np.testing.assert_array_equal(ours.numpy().imag, imaginary)
    assert tb.complex(tb.ones(2, 1), tb.zeros(3)).shape == (2, 3)
    for parts in [(tb.arange(2), tb.arange(2)), (tb.ones(2), real), (tb.ones(2) * 1j, tb.ones(2))]:
        with pytest.raises(TypeError, match="Float or Double"):
            tb.complex(*parts)


@given(
    st.integers(-(10**12), 10**12),
    st.integers(-300, 300),
    st.integers(-9, 9).filter(bool),
)
def test_arange_of_integers_is_exact(start: int, span: int, step: int) -> None:
    assume(span * step >= 0)
    same(tb.arange(start, start + span, step), np.arange(start, start + span, step))


@given(
    st.floats(-1e6, 1e6),
    st.floats(0, 1e3),
    st.floats(0.01, 1e3),
    st.booleans(),
)
def test_arange_of_floats(start: float, span: float, step: float, down: bool) -> None:
    assume(span / step < 1e4)
    if down:
        span, step = -span, -step
    ours = tb.arange(start, start + span, step, dtype=tb.float64)
    stop = start + span
    # Where the division underflows there is still the start.
    count = max(int(np.ceil((stop - start) / step)), int(stop != start))
    same(ours, start + step * np.arange(count, dtype=np.float64))
    # NumPy has the same number of elements, and steps that it rounds first.
    numpys = np.arange(start, start + span, step)
    assert ours.shape == numpys.shape
    np.testing.assert_allclose(ours.numpy(), numpys, atol=1e-6)


def test_arange_forms() -> None:
    assert tb.arange(3).dtype == tb.arange(0, 3).dtype == tb.arange(True).dtype == tb.int64
    for arguments in [(3.0,), (0, 3.0), (0, 3, 1.0), (np.float64(3),)]:
        assert tb.arange(*arguments).dtype == tb.float32
    same(tb.arange(np.int8(3)), np.arange(3))
    same(tb.arange(tb.tensor(3)), np.arange(3))
    same(tb.arange(1, end=4), np.arange(1, 4))
    same(tb.arange(1, stop=4, step=2), np.arange(1, 4, 2))
    same(tb.arange(3, dtype=tb.float64), np.arange(3.0))
    same(tb.arange(1, 7, 2, dtype=tb.complex128), np.arange(1, 7, 2, dtype=np.complex128))
    same(tb.arange(0.5, 2, 0.5, dtype=tb.complex64), np.arange(0.5, 2, 0.5, dtype=np.complex64))
    same(tb.arange(2**63, 2**63 + 3, dtype=tb.uint64), 2**63 + np.arange(3, dtype=np.uint64))
    assert tb.arange(5, device="meta").shape == (5,)
    for nothing in [(0, 0, -1), (0, 3, -1), (3, 0), (0.5, -1.5), (0, 1, float("-inf"))]:
        assert tb.arange(*nothing).shape == np.arange(*nothing).shape == (0,)
    for arguments, error in [
        ((0, 3, 0), ValueError),
        ((0, float("nan")), ValueError),
        ((0, float("inf")), (ValueError, MemoryError)),
        ((1j,), TypeError),
        (("3",), TypeError),
        ((None,), TypeError),
    ]:
        with pytest.raises(error):
            tb.arange(*arguments)
    with pytest.raises(OverflowError):
        tb.arange(300, dtype=tb.uint8)
    with pytest.raises(OverflowError):
        tb.arange(2**63, 2**63 + 2)
    with pytest.raises(TypeError):
        tb.arange(3, dtype=tb.bool)


@given(
    st.floats(-1e6, 1e6),
    st.floats(-1e6, 1e6),
    st.integers(0, 300),
    st.booleans(),
)
def test_linspace(start: float, stop: float, count: int, endpoint: bool) -> None:
    ours = tb.linspace(start, stop, count, endpoint=endpoint, dtype=tb.float64)
    numpys = np.linspace(start, stop, count, endpoint=endpoint)
    np.testing.assert_allclose(ours.numpy(), numpys, rtol=1e-13, atol=1e-9)
    if count:
        assert ours.numpy()[0] == start
    if count > 1 and endpoint:
        assert ours.numpy()[-1] == stop


def test_linspace_forms() -> None:
    same(tb.linspace(0, 10, 5), np.linspace(0, 10, 5, dtype=np.float32))
    same(tb.linspace(0, 10, steps=5), np.linspace(0, 10, 5, dtype=np.float32))
    same(tb.linspace(start=0, end=10, steps=5), np.linspace(0, 10, 5, dtype=np.float32))
    same(tb.linspace(0, 9, 4, dtype=tb.int8), np.linspace(0, 9, 4, dtype=np.int8))
    assert tb.linspace(0, 1j, 3).dtype == tb.complex64
    np.testing.assert_allclose(tb.linspace(1, 1j, 3).numpy(), np.linspace(1, 1j, 3))
    for arguments, error in [
        ((0, 1, -1), ValueError),
        ((0, 1), TypeError),
        ((0, 1, 2.5), TypeError),
        (("0", 1, 2), TypeError),
    ]:
        with pytest.raises(error):
            tb.linspace(*arguments)
    with pytest.raises(TypeError):
        tb.linspace(0, 1j, 3, dtype=tb.float32)
    with pytest.raises(OverflowError):
        tb.linspace(0, 1000, 3, dtype=tb.uint8)


@given(st.integers(0, 6), st.none() | st.integers(0, 6), st.integers(-8, 8))
def test_matrices(rows: int, columns: int | None, k: int) -> None:
    same(tb.eye(rows, columns, k=k), np.eye(rows, columns, k, dtype=np.float32))
    width = rows if columns is None else columns
    array = np.arange(2 * rows * width, dtype=np.int16).reshape(2, rows, width)
    x = tb.from_numpy(array)
    for name in ("tril", "triu"):
        same(getattr(tb, name)(x, k=k), getattr(np, name)(array, k))
        same(getattr(tb, name)(x, k), getattr(np, name)(array, k))
        same(getattr(tb, name)(array.T, diagonal=k), getattr(np, name)(array.T, k))


def test_matrices_that_are_none() -> None:
    for wrong in (lambda: tb.eye(-1), lambda: tb.tril(tb.ones(3)), lambda: tb.eye(2, -1)):
        with pytest.raises(ValueError, match=r"non-negative|matrices"):
            wrong()
    same(tb.eye(2, dtype=tb.bool), np.eye(2, dtype=bool))
    same(tb.triu(tb.ones(2, 2, dtype=tb.bool)), np.triu(np.ones((2, 2), bool)))


@pytest.mark.parametrize("indexing", ["xy", "ij"])
@pytest.mark.parametrize("lengths", [(3,), (3, 2), (3, 2, 4), (0, 2)])
def test_meshgrid(indexing: Any, lengths: tuple[int, ...]) -> None:
    arrays = [np.arange(length) * (place + 1) for place, length in enumerate(lengths)]
    tensors = [tb.from_numpy(array) for array in arrays]
    for ours in (
        tb.meshgrid(*tensors, indexing=indexing),
        tb.meshgrid(tensors, indexing=indexing),
        tb.meshgrid(*arrays, indexing=indexing),
    ):
        for one, other in zip(ours, np.meshgrid(*arrays, indexing=indexing), strict=True):
            same(one, other)
    with pytest.raises(ValueError, match="indexing"):
        tb.meshgrid(*tensors, indexing="yx")


def test_constants_with_a_name() -> None:
    assert (tb.pi, tb.e, tb.inf, tb.newaxis) == (np.pi, np.e, np.inf, None)
    assert tb.nan != tb.nan
    assert tb.is_tensor(tb.ones(1))
    assert not tb.is_tensor(np.ones(1))
    assert tb.cuda.is_available() is False
    assert tb.cuda.device_count() == 0


def test_like_a_list() -> None:
    for name in ("zeros_like", "ones_like"):
        same(getattr(tb, name)([[1, 2]]), getattr(np, name)([[1, 2]]))
    same(tb.full_like([1.5, 2], 3), np.full_like(np.array([1.5, 2], np.float32), 3))


@pytest.mark.parametrize("far", [2**63, 2**70])
def test_diagonals_beyond_every_matrix(far: int) -> None:
    assert not tb.eye(3, k=far).any()
    assert not tb.eye(3, k=-far).any()
    x = tb.ones(2, 3)
    assert tb.tril(x, far).all()
    assert not tb.triu(x, k=far).any()
    assert x.diagonal(far).shape == tb.linalg.diagonal(x, offset=-far).shape == (0,)
