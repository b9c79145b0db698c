"""Nested sequences and single numbers: dtypes, shapes, and what is refused."""

from __future__ import annotations

import contextlib
import decimal
import enum
import fractions
import itertools
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from child import run_child
from labels import label


class Pair:
    """The old sequence protocol: a length and an index."""

    def __init__(self, *items: Any) -> None:
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Any:
        return self.items[index]


class Level(enum.IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (True, tb.bool),
        (1, tb.int64),
        (1.5, tb.float32),
        (1j, tb.complex64),
        ([], tb.float32),
        ([True, False], tb.bool),
        ([True, 2], tb.int64),
        ([True, 2, 3.5], tb.float32),
        ([1, 2j], tb.complex64),
        ([1.5, 2j], tb.complex64),
        ([np.float16(1), 2], tb.float16),
        ([np.float16(1), 2.0], tb.float32),
        ([np.float64(1), 2.0], tb.float64),
        ([np.float32(1), np.float64(1)], tb.float64),
        ([np.int8(1), 2.5], tb.float32),
        ([np.int8(1), np.int8(2)], tb.int8),
        ([np.uint8(1), 2], tb.int64),
        ([np.uint64(1), np.uint64(2**64 - 1)], tb.uint64),
        ([np.uint64(1), -2, 0.5], tb.float32),
        ([np.bool_(True)], tb.bool),
        ([np.complex64(1j)], tb.complex64),
        ([np.complex64(1j), np.float64(1)], tb.complex128),
        (np.float64(1), tb.float64),
        (np.float16(1), tb.float16),
        (np.uint64(2**64 - 1), tb.uint64),
        (np.longlong(1), tb.int64),
        ([np.array(1.0), np.array(2.0)], tb.float64),
        ([np.arange(2, dtype="f4"), np.arange(2.0)], tb.float64),
        ([tb.tensor([1], dtype=tb.int8), [2]], tb.int64),
        (range(3), tb.int64),
        ([Level.HIGH, 1], tb.int64),
        (Pair(1.5, 2), tb.float32),
        ([[[1]], [[2.5]]], tb.float32),
    ],
    ids=label,
)
def test_inference(data: Any, dtype: Any) -> None:
    tensor = tb.tensor(data)
    assert tensor.dtype is dtype
    expected = np.array(list(data) if isinstance(data, Pair) else data)
    assert tensor.numpy().tolist() == expected.tolist()


def test_the_default_dtype_decides() -> None:
    tb.set_default_dtype(tb.float64)
    try:
        assert tb.tensor([1.5]).dtype is tb.float64
        assert tb.tensor([1j]).dtype is tb.complex128
        assert tb.tensor([]).dtype is tb.float64
        assert tb.tensor([1]).dtype is tb.int64
    finally:
        tb.set_default_dtype(tb.float32)


def test_uint64_beside_signed_integers() -> None:
    with pytest.raises(TypeError, match=r"uint64.*no common integer dtype"):
        tb.tensor([np.uint64(1), 2])
    assert tb.tensor([np.uint64(1), 2], dtype=tb.uint64).numpy().tolist() == [1, 2]


NUMBERS = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(width=32),
    st.builds(complex, st.floats(width=32), st.floats(width=32)),
)


@st.composite
def nested(draw: st.DrawFn) -> Any:
    shape = draw(st.lists(st.integers(0, 3), max_size=3))
    numbers = draw(st.sampled_from([st.booleans(), st.integers(-(2**63), 2**63 - 1), NUMBERS]))

    def build(shape: list[int]) -> Any:
        if not shape:
            return draw(numbers)
        kind = draw(st.sampled_from([list, tuple, iter]))
        return kind([build(shape[1:]) for _ in range(shape[0])])

    return build(shape)


def listed(data: Any) -> Any:
    """The same values as lists, for NumPy."""
    return data if not hasattr(data, "__iter__") else [listed(item) for item in data]


@given(nested())
def test_values_are_numpys(data: Any) -> None:
    items = listed(data)
    expected = np.array(items)
    tensor = tb.tensor(items)
    assert tuple(tensor.shape) == expected.shape
    if expected.dtype != object and expected.size:
        cast = expected.astype(tensor.numpy().dtype)
        assert np.array_equal(tensor.numpy(), cast, equal_nan=True) or cast.dtype.kind in "iu"
    if expected.dtype == np.int64:
        assert tensor.numpy().tolist() == expected.tolist()


def test_iterators_are_consumed_once() -> None:
    assert tb.tensor(x * x for x in range(4)).numpy().tolist() == [0, 1, 4, 9]
    assert tb.tensor(map(iter, [[1, 2], [3, 4]])).numpy().tolist() == [[1, 2], [3, 4]]
    assert tb.tensor(iter([])).numpy().tolist() == []

    def failing() -> Iterator[int]:
        yield 1
        raise LookupError("not today")

    with pytest.raises(LookupError, match="not today"):
        tb.tensor(failing())


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        ([[1], [2, 3]], ValueError, r"expected sequence of length 1 at dim 1 \(got 2\)"),
        ([[1, 2], [3, 4, 5]], ValueError, r"expected sequence of length 2 at dim 1 \(got 3\)"),
        ([[], [1]], ValueError, r"expected sequence of length 0 at dim 1 \(got 1\)"),
        ([[[1]], [[1, 2]]], ValueError, r"expected sequence of length 1 at dim 2 \(got 2\)"),
        (
            [np.zeros(2), np.zeros(3)],
            ValueError,
            r"expected sequence of length 2 at dim 1 \(got 3\)",
        ),
        ([np.zeros(3), [1, 2]], ValueError, r"expected sequence of length 3 at dim 1 \(got 2\)"),
        ([[1, 2], np.zeros(3)], ValueError, r"expected sequence of length 2 at dim 1 \(got 3\)"),
        ([[1], 2], TypeError, "not a sequence"),
        ([1, [2]], TypeError, "'list' object cannot be interpreted"),
        ([np.zeros(2), np.zeros((2, 2))], TypeError, "not a sequence"),
        ([np.zeros(2), 1.0], TypeError, "not a sequence"),
        (["a"], TypeError, r"new\(\): invalid data type 'str'"),
        ("a", TypeError, r"new\(\): invalid data type 'str'"),
        ([b"ab"], TypeError, r"new\(\): invalid data type 'bytes'"),
        ([1, "a"], TypeError, r"new\(\): invalid data type 'str'"),
        (None, RuntimeError, "Could not infer dtype of NoneType"),
        ([None], RuntimeError, "Could not infer dtype of NoneType"),
        ({"a": 1}, RuntimeError, "Could not infer dtype of dict"),
        ({1, 2}, RuntimeError, "Could not infer dtype of set"),
        (object(), RuntimeError, "Could not infer dtype of object"),
        (decimal.Decimal(1), RuntimeError, "Could not infer dtype of decimal.Decimal"),
        (2**63, ValueError, "Overflow when unpacking long long"),
        (-(2**63) - 1, ValueError, "Overflow when unpacking long long"),
        ([1, 10**400], ValueError, "Overflow when unpacking long long"),
        ([np.datetime64("2020")], TypeError, "can't convert a scalar of type numpy.datetime64"),
        ([np.longdouble(1)], TypeError, "can't convert a scalar of type numpy.longdouble"),
        (np.str_("a"), TypeError, "numpy.str_"),
    ],
    ids=label,
)
def test_refusals_in_pytorch_words(data: Any, error: type[Exception], words: str) -> None:
    for door in (tb.asarray, tb.tensor):
        with pytest.raises(error, match=words):
            door(data)


@pytest.mark.parametrize(
    ("data", "dtype", "error", "words"),
    [
        ([300], tb.uint8, OverflowError, "type uint8 without overflow: 300"),
        ([-1], tb.uint64, OverflowError, "-1"),
        ([np.int64(300)], tb.uint8, OverflowError, "300"),
        ([2**63], tb.int64, OverflowError, "9223372036854775808"),
        ([2**70], tb.int8, ValueError, f"Overflow when unpacking long long: {2**70}"),
        ([2**9000], tb.int64, ValueError, "9001 bits"),
        ([float("nan")], tb.int64, OverflowError, "NaN"),
        ([1e30], tb.int64, OverflowError, "1000000000000000"),
        ([-1.5], tb.uint8, OverflowError, "-1.5"),
        ([1j], tb.float32, TypeError, "must be real number, not complex"),
        ([None], tb.float32, TypeError, "must be real number, not NoneType"),
        (["1"], tb.float32, TypeError, "invalid data type 'str'"),
        ([10**400], tb.float64, OverflowError, "too large"),
    ],
    ids=label,
)
def test_values_that_do_not_fit(data: Any, dtype: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        tb.tensor(data, dtype=dtype)


@pytest.mark.parametrize(
    ("data", "dtype", "expected"),
    [
        ([2.7, -2.7], tb.int64, [2, -2]),
        ([np.float32(2.7)], tb.int64, [2]),
        ([2**63], tb.uint64, [2**63]),
        ([2**70, 1], tb.float64, [2.0**70, 1]),
        ([2**63, 1.5], None, [2.0**63, 1.5]),
        ([0, 2, 0.5], tb.bool, [False, True, True]),
        ([2**70], tb.bool, [True]),
        ([decimal.Decimal("1.5"), fractions.Fraction(1, 4)], tb.float64, [1.5, 0.25]),
        ([1, 2], tb.bfloat16, [1, 2]),
        ([1e300], tb.float32, [float("inf")]),
        ([1, 2], tb.complex128, [1, 2]),
        ([np.arange(2.5), [1, 2, 3]], tb.int16, [[0, 1, 2], [1, 2, 3]]),
    ],
    ids=label,
)
def test_values_asked_for_in_a_dtype(data: Any, dtype: Any, expected: Any) -> None:
    tensor = tb.tensor(data, dtype=dtype)
    assert dtype is None or tensor.dtype is dtype
    assert tensor.numpy().tolist() == expected


def test_lists_inside_themselves() -> None:
    inside: list[Any] = []
    inside.append(inside)
    with pytest.raises(ValueError, match="too many dimensions 'list'"):
        tb.tensor(inside)
    deep: Any = 1
    for _ in range(64):
        deep = [deep]
    assert tb.tensor(deep).ndim == 64
    with pytest.raises(ValueError, match="too many dimensions 'list'"):
        tb.tensor([deep])
    with pytest.raises(ValueError, match="too many dimensions"):
        tb.tensor(nest(np.zeros((1,) * 32), 33))


def nest(item: Any, depth: int) -> Any:
    for _ in range(depth):
        item = [item]
    return item


def test_shapes_too_large_for_memory() -> None:
    huge: Any = [1.0]
    for _ in range(60):
        huge = [huge, huge]
    with pytest.raises(MemoryError, match="no room"):
        tb.tensor(huge)


def test_lists_that_change_while_they_are_read() -> None:
    victims: list[Any] = []

    class Shrinks:
        def __len__(self) -> int:
            victims.clear()
            return 1

        def __getitem__(self, index: int) -> float:
            return [1.0][index]

    victims.extend([Shrinks(), [1.0], [2.0]])
    with pytest.raises(RuntimeError, match="changed its length"):
        tb.tensor(victims)

    class Grows(Shrinks):
        def __len__(self) -> int:
            victims.append([9.0])
            return 1

    victims.extend([Grows(), [1.0]])
    assert tb.tensor(victims).numpy().tolist() == [[1], [1]]


def test_lengths_that_lie() -> None:
    class Short(Pair):
        def __len__(self) -> int:
            return 5

    class Negative(Pair):
        def __len__(self) -> int:
            return -1

    with pytest.raises(RuntimeError, match="changed its length"):
        tb.tensor(Short(1, 2))
    with pytest.raises(ValueError, match="should return >= 0"):
        tb.tensor(Negative(1))


def test_rows_of_every_kind() -> None:
    base = np.arange(12, dtype=np.float32).reshape(3, 4)
    rows = [base[0], base[::-1][1], memoryview(base[2]), tb.from_numpy(base[0]), [1, 2, 3, 4]]
    expected = np.stack([np.asarray(row, dtype=np.float32) for row in rows])
    assert np.array_equal(tb.tensor(rows).numpy(), expected)
    swapped = [base.astype(">f4"), base]
    assert np.array_equal(tb.tensor(swapped).numpy(), np.stack(swapped))
    strided = [base[:, ::2], base.T[::2].T]
    assert np.array_equal(tb.tensor(strided).numpy(), np.stack(strided))
    assert tuple(tb.tensor([np.zeros((0, 3))] * 2).shape) == (2, 0, 3)
    mixed = [base.astype(dtype) for dtype in ("f2", "i4", "?")]
    assert np.array_equal(tb.tensor(mixed, dtype=tb.float64).numpy(), np.stack(mixed).astype("f8"))


def test_rows_without_data() -> None:
    meta = tb.tensor([1.0], device="meta")
    with pytest.raises(NotImplementedError, match="Cannot copy out of meta tensor"):
        tb.tensor([meta, meta])


def test_meta_takes_shape_and_dtype() -> None:
    meta = tb.tensor([[1, 2], [3, 4]], device="meta")
    assert (tuple(meta.shape), meta.dtype, str(meta.device)) == ((2, 2), tb.int64, "meta")
    with pytest.raises(OverflowError, match="300"):
        tb.tensor([300], dtype=tb.uint8, device="meta")


def test_many_rows_are_one_allocation() -> None:
    rows = [np.full(1000, i, np.float32) for i in range(100)]
    with tb.trace() as events:
        tensor = tb.asarray(rows)
    assert len(events) == 1
    assert events[0].bytes == 400_000
    assert np.array_equal(tensor.numpy(), np.stack(rows))


def test_endless_iterators_can_be_interrupted() -> None:
    run_child("""
        import itertools, signal, tensorbridge as tb
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        try:
            tb.tensor(itertools.repeat(1))
        except KeyboardInterrupt:
            pass
        else:
            raise AssertionError("it ended")
    """)


def test_objects_are_released() -> None:
    row, marker = np.zeros(3), 1234.5
    before = sys.getrefcount(row), sys.getrefcount(marker)
    for data in ([row, row], [marker] * 3, [row, [marker, marker, "x"]], itertools.repeat(row, 2)):
        with contextlib.suppress(TypeError):
            tb.tensor(data)
        del data
    assert (sys.getrefcount(row), sys.getrefcount(marker)) == before
