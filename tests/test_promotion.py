"""One promotion table: operators, functions, both orders, arrays, tensors and numbers."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest

import tensorbridge as tb

KINDS = {
    "bool": ["bool"],
    "signed": ["int8", "int16", "int32", "int64"],
    "unsigned": ["uint8", "uint16", "uint32", "uint64"],
    "float": ["float16", "bfloat16", "float32", "float64"],
    "complex": ["complex64", "complex128"],
}
NAMES = [name for names in KINDS.values() for name in names]
KIND = {name: kind for kind, names in KINDS.items() for name in names}
RANK = {"bool": 0, "signed": 1, "unsigned": 1, "float": 2, "complex": 3}
NUMPY = [name for name in NAMES if name != "bfloat16"]


def width(name: str) -> int:
    return getattr(tb, name).itemsize


def expected(a: str, b: str) -> str | None:
    """The law in words: inside a kind NumPy's answer, across kinds the higher kind's own dtype."""
    if RANK[KIND[a]] == RANK[KIND[b]]:
        if {a, b} == {"float16", "bfloat16"}:
            return "float32"
        if "bfloat16" in (a, b):
            return max(a, b, key=width)
        name = np.result_type(a, b).name
        # No integer holds both int64 and uint64; NumPy's float64 would round.
        return None if name == "float64" and KIND[a] != "float" else name
    low, high = sorted((a, b), key=lambda name: RANK[KIND[name]])
    return "complex128" if (low, KIND[high]) == ("float64", "complex") else high


def zero(name: str, shape: tuple[int, ...] = (2,)) -> tb.Tensor:
    return tb.zeros(shape, dtype=getattr(tb, name))


def test_the_law_says_what_it_should() -> None:
    for a, b, answer in [
        ("int64", "float32", "float32"),
        ("uint64", "bfloat16", "bfloat16"),
        ("int8", "uint8", "int16"),
        ("int64", "uint64", None),
        ("float64", "complex64", "complex128"),
        ("int64", "complex64", "complex64"),
        ("bool", "uint8", "uint8"),
        ("float16", "bfloat16", "float32"),
        ("bfloat16", "float64", "float64"),
    ]:
        assert expected(a, b) == expected(b, a) == answer


@pytest.mark.parametrize("a", NAMES)
def test_every_pair_in_every_form(a: str) -> None:
    for b in NAMES:
        answer = expected(a, b)
        forms: list[Any] = [
            lambda a=a, b=b: (zero(a) * zero(b)).dtype,
            lambda a=a, b=b: tb.multiply(zero(a), zero(b)).dtype,
            lambda a=a, b=b: zero(a).mul(zero(b)).dtype,
            # Tensors of no axes count like any other.
            lambda a=a, b=b: (zero(a, ()) * zero(b)).dtype,
            lambda a=a, b=b: (zero(a) * zero(b, ())).dtype,
            lambda a=a, b=b: tb.cat([zero(a), zero(b)]).dtype,
            lambda a=a, b=b: tb.where(tb.ones(2, dtype=tb.bool), zero(a), zero(b)).dtype,
            lambda a=a, b=b: tb.result_type(zero(a), zero(b)),
            lambda a=a, b=b: tb.result_type(getattr(tb, a), zero(b)),
            lambda a=a, b=b: tb.promote_types(getattr(tb, a), getattr(tb, b)),
        ]
        if b in NUMPY:
            array = np.zeros(2, b)
            forms += [
                lambda a=a, array=array: (zero(a) * array).dtype,
                lambda a=a, array=array: (array * zero(a)).dtype,
                lambda a=a, array=array: tb.multiply(array, zero(a)).dtype,
                # NumPy's scalars have a dtype of their own, 0-d arrays too.
                lambda a=a, array=array: (zero(a) * array[0]).dtype,
                lambda a=a, array=array: (array[0] * zero(a)).dtype,
                lambda a=a, array=array: (zero(a) * np.array(array[0])).dtype,
            ]
        for form in forms:
            if answer is None:
                with pytest.raises(TypeError, match="no common integer dtype"):
                    form()
            else:
                assert form() == getattr(tb, answer), (a, b)


@pytest.mark.parametrize("name", NAMES)
def test_python_numbers_are_weak(name: str) -> None:
    tensor, kind = zero(name), KIND[name]
    own = getattr(tb, name)
    for number, answer in [
        (True, own),
        (1, tb.int64 if kind == "bool" else own),
        (1.0, own if RANK[kind] >= 2 else tb.float32),
        (
            1j,
            own if kind == "complex" else (tb.complex128 if name == "float64" else tb.complex64),
        ),
    ]:
        assert (tensor * number).dtype == answer
        assert (number * tensor).dtype == answer
        assert (zero(name, ()) * number).dtype == answer
        assert tb.multiply(number, tensor).dtype == answer
        assert tb.result_type(number, tensor) == answer


def test_the_default_dtype_decides_for_integers() -> None:
    tensor = tb.arange(3)
    assert (tensor / 2).dtype == tb.float32
    assert (tensor * 0.5).dtype == tb.float32
    assert tensor.mean().dtype == tb.float32
    tb.set_default_dtype(tb.float64)
    try:
        assert (tensor / 2).dtype == tb.float64
        assert (tensor * 0.5).dtype == tb.float64
        assert (tensor * 1j).dtype == tb.complex128
        assert tb.zeros(2).dtype == tb.float64
        assert (tb.ones(1, dtype=tb.float16) * 0.5).dtype == tb.float16
    finally:
        tb.set_default_dtype(tb.float32)


@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul, operator.truediv])
def test_complex64_scalars_keep_their_imaginary_part(op: Any) -> None:
    tensor = tb.from_numpy(np.array([1, 2], np.float32))
    number = np.complex64(1 + 2j)
    for result, answer in [
        (op(tensor, number), op(tensor.numpy(), number)),
        (op(number, tensor), op(number, tensor.numpy())),
    ]:
        assert result.dtype == tb.complex64
        np.testing.assert_allclose(result.numpy(), answer, rtol=1e-6)


def test_subclasses_of_pythons_numbers() -> None:
    import enum

    class Level(enum.IntEnum):
        LOW = 3

    class Meter(float):
        pass

    tensor = tb.ones(2, dtype=tb.int8)
    assert (tensor * Level.LOW).dtype == tb.int8
    assert (tensor * Meter(1.5)).dtype == tb.float32
    # `np.float64` is a float, and of NumPy first.
    assert isinstance(np.float64(1), float)
    assert (tensor * np.float64(1.5)).dtype == tb.float64
    assert (tb.ones(2) * np.float64(1)).dtype == tb.float64
    assert (tb.ones(2) * np.complex128(1)).dtype == tb.complex128
    assert (tb.ones(2, dtype=tb.bool) & np.bool_(True)).dtype == tb.bool


def test_integers_beyond_the_dtype_name_themselves() -> None:
    tensor = tb.ones(2, dtype=tb.uint8)
    for number in (300, -1, 2**63, -(2**100), 10**60):
        with pytest.raises(OverflowError, match=str(number)):
            tensor + number
        with pytest.raises(OverflowError, match=str(number)):
            number * tensor
    # A float dtype rounds what it can hold.
    assert (tb.ones(1, dtype=tb.float64) * 2**70).item() == 2.0**70
    # Comparisons need no room for the number.
    assert (tensor < 300).numpy().all()
    assert not (tensor == 300).numpy().any()
    assert (tensor > -1).numpy().all()
    assert (tensor != -1).numpy().all()


def test_can_cast_and_kinds() -> None:
    assert tb.can_cast(tb.int8, tb.int64)
    assert not tb.can_cast(tb.int64, tb.int8)
    assert tb.can_cast(tb.zeros(2), np.float64)
    assert not tb.can_cast("float64", tb.float32)
    assert not tb.can_cast(tb.uint64, tb.int64)
    for name in NAMES:
        kinds = {
            kind
            for kind in (
                "bool",
                "signed integer",
                "unsigned integer",
                "integral",
                "real floating",
                "complex floating",
                "numeric",
            )
            if tb.isdtype(getattr(tb, name), kind)
        }
        assert (
            kinds
            == {
                "bool": {"bool"},
                "signed": {"signed integer", "integral", "numeric"},
                "unsigned": {"unsigned integer", "integral", "numeric"},
                "float": {"real floating", "numeric"},
                "complex": {"complex floating", "numeric"},
            }[KIND[name]]
        )
    assert tb.isdtype(tb.int8, (tb.float32, "integral"))
    assert not tb.isdtype(tb.int8, ())
    with pytest.raises(ValueError, match="numeric"):
        tb.isdtype(tb.int8, "number")


@pytest.mark.parametrize("name", ["float16", "float32", "float64", "complex64", "complex128"])
def test_finfo(name: str) -> None:
    ours, numpys = tb.finfo(getattr(tb, name)), np.finfo(name)
    for field in ("bits", "eps", "max", "min", "smallest_normal", "tiny", "resolution"):
        # NumPy rounds the resolution to the dtype itself.
        tolerance = 1e-3 if field == "resolution" else 1e-12
        assert getattr(ours, field) == pytest.approx(float(getattr(numpys, field)), rel=tolerance)
        assert type(getattr(ours, field)) in (int, float)
    assert ours.dtype == numpys.dtype
    assert tb.finfo(zero(name)).max == ours.max


def test_finfo_of_bfloat16() -> None:
    info = tb.finfo(tb.bfloat16)
    assert (info.bits, info.eps, info.smallest_normal) == (16, 2.0**-7, 2.0**-126)
    assert info.max == (2 - 2.0**-7) * 2.0**127
    with pytest.raises(TypeError, match="iinfo"):
        tb.finfo(tb.int8)


@pytest.mark.parametrize("name", KINDS["signed"] + KINDS["unsigned"])
def test_iinfo(name: str) -> None:
    ours, numpys = tb.iinfo(getattr(tb, name)), np.iinfo(name)
    assert (ours.bits, ours.min, ours.max) == (numpys.bits, numpys.min, numpys.max)
    assert ours.dtype == numpys.dtype
    with pytest.raises(TypeError, match="finfo"):
        tb.iinfo(tb.float32)


def test_astype() -> None:
    tensor = tb.arange(3)
    assert tb.astype(tensor, tb.int64, copy=False).data_ptr() == tensor.data_ptr()
    assert tb.astype(tensor, tb.int64).data_ptr() != tensor.data_ptr()
    np.testing.assert_array_equal(
        tb.astype(tensor, np.float16).numpy(), np.arange(3).astype(np.float16), strict=True
    )
