"""From tensors to Python's values: exact, in PyTorch's words where there is no answer."""

from __future__ import annotations

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import tensorbridge as tb
from sources import layouts

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
]  # fmt: skip


def scalar(value: object, dtype: str | None = None) -> tb.Tensor:
    return tb.from_numpy(np.array(value, dtype=dtype))


@pytest.mark.parametrize("name", layouts())
def test_lists_are_numpys(name: str) -> None:
    array = layouts()[name]
    t = tb.from_numpy(array)
    assert t.tolist() == array.tolist()
    if array.ndim:
        assert [row.tolist() for row in t] == array.tolist()


@given(arrays.arrays(st.sampled_from(DTYPES), arrays.array_shapes(min_dims=0, min_side=0)))
def test_every_value_comes_out_exactly(array: np.ndarray) -> None:
    values = tb.from_numpy(array).tolist()
    expected = array.tolist()
    assert repr(values) == repr(expected)


def test_more_values_than_memory() -> None:
    endless = tb.from_numpy(np.zeros(1)).expand(2**45)
    for ask in (lambda t: t.tolist(), lambda t: t.unbind(), lambda t: t.split(1)):
        with pytest.raises(MemoryError):
            ask(endless)
    with pytest.raises(MemoryError):
        endless.tensor_split(2**50)


def test_bytes_that_are_neither_true_nor_false() -> None:
    t = tb.from_numpy(np.array([0, 1, 2, 255], dtype=np.uint8).view(bool))
    assert t.tolist() == [False, True, True, True]
    assert all(type(value) is bool for value in t.tolist())
    assert [bool(row) for row in t] == [False, True, True, True]
    assert t.view(tb.uint8).tolist() == [0, 1, 2, 255]


def test_item() -> None:
    for value in (True, 5, -(2**63), 2.5, 1 - 2j):
        found = scalar(value).item()
        assert found == value
        assert type(found) is type(value)
    assert scalar(2**64 - 1, "uint64").item() == 2**64 - 1
    assert scalar([[5]]).item() == 5
    assert scalar(1.5, "float32").to(tb.bfloat16).item() == 1.5
    assert scalar(1.1, "float32").tolist() == 1.100000023841858
    for count in (0, 2):
        with pytest.raises(RuntimeError, match=rf"^a Tensor with {count} elements cannot be conv"):
            tb.from_numpy(np.zeros(count)).item()


def test_bool() -> None:
    assert bool(scalar(3))
    assert not bool(scalar([[0.0]]))
    assert bool(scalar(float("nan")))
    assert bool(scalar(1j))
    with pytest.raises(RuntimeError, match=r"^Boolean value of Tensor with no values is ambiguous"):
        bool(tb.from_numpy(np.zeros(0)))
    with pytest.raises(RuntimeError, match=r"^Boolean value of Tensor with more than one value is"):
        bool(tb.from_numpy(np.zeros(2)))


def test_int() -> None:
    assert int(scalar(3.7)) == 3
    assert int(scalar([-3.7])) == -3
    assert int(scalar(2**64 - 1, "uint64")) == 2**64 - 1
    assert int(scalar(1e30)) == int(1e30)
    assert int(scalar(True)) == 1
    assert type(int(scalar(True))) is int
    assert int(scalar(3 + 0j)) == 3
    with pytest.raises(ValueError, match=r"cannot convert float NaN to integer"):
        int(scalar(float("nan")))
    with pytest.raises(OverflowError, match=r"cannot convert float infinity to integer"):
        int(scalar(float("inf")))
    with pytest.raises(
        ValueError, match=r"^only one element tensors can be converted to Python sc"
    ):
        int(tb.from_numpy(np.zeros(2)))
    with pytest.raises(
        RuntimeError, match=r"^value cannot be converted to type int64_t without ov"
    ):
        int(scalar(1j))


def test_float_and_complex() -> None:
    assert float(scalar([[2]])) == 2.0
    assert float(scalar(2**64 - 1, "uint64")) == float(2**64 - 1)
    assert float(scalar(2**53 + 1)) == float(2**53 + 1)
    assert float(scalar(1 + 0j)) == 1.0
    assert complex(scalar(1.0)) == 1 + 0j
    assert complex(scalar(1 - 2j, "complex64")) == 1 - 2j
    assert complex(scalar(True)) == 1
    with pytest.raises(
        ValueError, match=r"^only one element tensors can be converted to Python sc"
    ):
        float(tb.from_numpy(np.zeros((2, 1))))
    with pytest.raises(
        RuntimeError, match=r"^value cannot be converted to type double without ove"
    ):
        float(scalar(1j))


def test_index() -> None:
    assert operator.index(scalar(3, "uint8")) == 3
    assert operator.index(scalar([3])) == 3
    assert operator.index(scalar(True)) == 1
    assert operator.index(scalar(2**64 - 1, "uint64")) == 2**64 - 1
    assert list(range(scalar(3))) == [0, 1, 2]
    assert "abc"[scalar(1)] == "b"
    for t in (scalar(3.0), tb.from_numpy(np.array([1, 2]))):
        with pytest.raises(TypeError, match=r"^only integer tensors of a single element can be"):
            operator.index(t)


def test_format() -> None:
    assert f"{scalar(1.234):.2f}" == "1.23"
    assert f"{scalar(7):03d}" == "007"
    assert f"{scalar(1.5)}" == "1.5"
    assert "%.2f %d" % (scalar(1.234), scalar(3)) == "1.23 3"  # noqa: UP031
    t = tb.from_numpy(np.array([1.5]))
    assert f"{t}" == str(t) == repr(t)
    with pytest.raises(TypeError, match=r"^unsupported format string passed to Tensor.__format__"):
        f"{t:.2f}"


def test_iteration_gives_views() -> None:
    array = np.arange(6).reshape(3, 2)
    t = tb.from_numpy(array)
    rows = iter(t)
    assert iter(rows) is rows
    assert operator.length_hint(rows) == 3
    for row in rows:
        row.fill_(7)
    assert (array == 7).all()
    assert list(rows) == []
    array[:] = [[0, 1], [2, 3], [4, 5]]
    assert [row.tolist() for row in reversed(t)] == [[4, 5], [2, 3], [0, 1]]
    assert list(tb.from_numpy(np.zeros((0, 2)))) == []
    first, *_, last = t
    assert (first.tolist(), last.tolist()) == ([0, 1], [4, 5])
    for iterate in (list, lambda t: list(reversed(t))):
        with pytest.raises(TypeError, match=r"^iteration over a 0-d tensor"):
            iterate(scalar(3))


def test_contains() -> None:
    t = tb.from_numpy(np.arange(4, dtype=np.float32).reshape(2, 2))
    for element in (
        3,
        3.0,
        np.int64(3),
        scalar(3),
        np.array([[3.0]]),
        True,
        tb.from_numpy(np.array([2, 9])),
    ):
        assert element in t
    for element in (7, float("nan"), 1j, np.float64(0.5)):
        assert element not in t
    assert 1 not in tb.from_numpy(np.zeros(0))
    for element in ("a", None, [1]):
        with pytest.raises(RuntimeError, match=r"^Tensor.__contains__ only supports Tensor or sca"):
            element in t  # noqa: B015


def test_meta_has_no_values() -> None:
    meta = tb.from_numpy(np.zeros(1)).to("meta")
    for ask in (bool, int, float, complex, lambda t: t.item(), lambda t: t.tolist()):
        with pytest.raises(NotImplementedError, match=r"Cannot copy out of meta tensor; no data!"):
            ask(meta)
    assert "device='meta'" in f"{meta}"
