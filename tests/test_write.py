"""Writing in place: dtype and address stay, and what is refused has written nothing."""

from __future__ import annotations

import numpy as np
import pytest

import tensorbridge as tb


def test_copy_takes_what_asarray_takes() -> None:
    array = np.zeros((2, 3), dtype=np.float32)
    t = tb.from_numpy(array)
    for source, expected in [
        (np.arange(3), [[0, 1, 2]] * 2),
        (tb.from_numpy(np.ones((2, 1))), [[1] * 3] * 2),
        ([[1, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5, 6]]),
        (7, [[7] * 3] * 2),
        (np.float64(2.5), [[2.5] * 3] * 2),
        (True, [[1] * 3] * 2),
        (memoryview(b"\x01\x02\x03"), [[1, 2, 3]] * 2),
        (np.array([1, 2, 3], dtype=">i4"), [[1, 2, 3]] * 2),
    ]:
        assert t.copy_(source) is t
        assert array.tolist() == expected


@pytest.mark.parametrize("non_blocking", [False, True])
def test_copy_of_overlapping_memory(non_blocking: bool) -> None:
    array = np.arange(5)
    t = tb.from_numpy(array)
    t.narrow(0, 1, 4).copy_(t.narrow(0, 0, 4), non_blocking)
    assert array.tolist() == [0, 0, 1, 2, 3]
    t.copy_(t.flip(0))
    assert array.tolist() == [3, 2, 1, 0, 0]


REFUSALS = [
    (np.int64, lambda t: t.copy_(np.ones(3)), TypeError, "result type float64 can't be cast"),
    (np.int64, lambda t: t.copy_(np.float64(1.5)), TypeError, "does not fit int64"),
    (np.float64, lambda t: t.copy_(np.ones(3) * 1j), TypeError, "can't be cast"),
    (np.bool_, lambda t: t.copy_(np.ones(3, np.int8)), TypeError, "can't be cast"),
    (np.int64, lambda t: t.fill_(2.7), TypeError, "2.7"),
    (np.int64, lambda t: t.copy_(-0.5), TypeError, "-0.5 is no integer"),
    (np.uint8, lambda t: t.fill_(300), OverflowError, "300"),
    (np.uint8, lambda t: t.fill_(-1), OverflowError, "-1"),
    (np.int64, lambda t: t.fill_(2**63), OverflowError, "9223372036854775808"),
    (np.int64, lambda t: t.fill_(2**200), OverflowError, "larger than any dtype"),
    (np.bool_, lambda t: t.fill_(2), OverflowError, "2"),
    (np.float32, lambda t: t.fill_(1j), TypeError, "imaginary"),
    (np.float32, lambda t: t.fill_(np.ones(2)), RuntimeError, "^fill_ only supports 0-dimension"),
    (np.float32, lambda t: t.copy_(np.ones(4)), ValueError, "broadcast"),
    (np.float32, lambda t: t.copy_(np.ones((2, 3))), RuntimeError, "broadcast"),
    (np.float32, lambda t: t.fill_("a"), TypeError, "str"),
    (np.float32, lambda t: t.copy_(object()), TypeError, "object"),
    (np.float32, lambda t: t.readonly().copy_(np.ones(3)), ValueError, "read-only"),
    (np.float32, lambda t: t.readonly().zero_(), ValueError, "read-only"),
    (
        np.float32,
        lambda t: t.narrow(0, 0, 1).expand(3).fill_(1),
        RuntimeError,
        "more than one element",
    ),
    (np.float32, lambda t: t.as_strided((2, 2), (1, 1)).copy_(0), RuntimeError, "more than one"),
    (np.int64, lambda t: t.masked_fill_(t == 1, 2.5), TypeError, "2.5"),
    (np.int64, lambda t: t.masked_fill(t == 1, 2.5), TypeError, "2.5"),
    (np.int64, lambda t: t.masked_fill_(t, 1), TypeError, "bool"),
    (np.uint8, lambda t: t.masked_fill_(t == 1, 256), OverflowError, "256"),
    (np.int64, lambda t: t.masked_fill_(np.ones((2, 3), bool), 1), ValueError, "shape"),
]


@pytest.mark.parametrize("number", range(len(REFUSALS)))
def test_refused_writes_write_nothing(number: int) -> None:
    dtype, write, error, words = REFUSALS[number]
    array = np.array([1, 0, 1], dtype=dtype)
    with pytest.raises(error, match=words):
        write(tb.from_numpy(array))
    assert array.tolist() == [1, 0, 1]


def test_values_within_a_kind_are_cast() -> None:
    small = np.zeros(3, dtype=np.uint8)
    tb.from_numpy(small).copy_(np.array([300, -1, 5]))
    assert small.tolist() == [44, 255, 5]
    half = np.zeros(2, dtype=np.float16)
    tb.from_numpy(half).copy_(np.array([0.1, 2.0]))
    assert half.tolist() == [np.float16(0.1), 2.0]


@pytest.mark.parametrize(
    "dtype",
    ["bool", "int8", "uint64", "float16", "float32", "complex64", "complex128"],
)
def test_fill_and_zero(dtype: str) -> None:
    array = np.zeros((4, 5), dtype=dtype)
    view = tb.from_numpy(array[::2, ::-2])
    assert view.fill_(1) is view
    assert view.fill_(tb.from_numpy(np.array(True))) is view
    assert array[::2, ::2].all()
    assert array.sum() == 6
    assert view.zero_() is view
    assert not array.any()


def test_masked_fill() -> None:
    array = np.arange(6, dtype=np.int16).reshape(2, 3)
    t = tb.from_numpy(array)
    result = t.masked_fill(t > 2, -1)
    assert result.dtype == tb.int16
    assert result.tolist() == [[0, 1, 2], [-1, -1, -1]]
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert t.masked_fill_(np.array([True, False, True]), np.int64(9)) is t
    assert array.tolist() == [[9, 1, 9], [9, 4, 9]]
    assert t.select(0, 0).masked_fill(np.ones((2, 3), bool), 0).tolist() == [[0, 0, 0]] * 2


def test_writes_are_counted() -> None:
    t = tb.from_numpy(np.zeros(3))
    before = t._version
    t.fill_(1)
    assert t._version > before
    assert t.narrow(0, 1, 2)._version == t._version
