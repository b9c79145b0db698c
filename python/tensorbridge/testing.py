"""Comparing results in tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import _tensorbridge as tb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["assert_close"]

#: What rounding may cost in each dtype: PyTorch's `rtol` and `atol`.
_TOLERANCES = {
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
    "complex128": (1e-7, 1e-7),
}


def assert_close(
    actual: Any,
    expected: Any,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_stride: bool = False,
    msg: str | None = None,
) -> None:
    """Raises `AssertionError` unless `actual` is close to `expected`, naming what differs.

    Both are tensors, anything that `asarray` takes, or mappings and sequences of these, which
    must have the same keys and lengths. `rtol` and `atol`, which come together, are PyTorch's for
    the dtype unless given: 0 for integers. Shapes must agree, and dtypes, devices and strides as
    far as they are checked.
    """
    if (rtol is None) is not (atol is None):
        raise ValueError("rtol and atol must both be given or neither")

    def check(place: str, a: Any, b: Any) -> None:
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            if a.keys() != b.keys():
                fail(place, f"the keys of the mappings do not match: {set(a)} != {set(b)}")
            for key in a:
                check(f"{place}[{key!r}]", a[key], b[key])
            return
        if _is_sequence(a) and _is_sequence(b):
            if len(a) != len(b):
                fail(place, f"the length of the sequences mismatch: {len(a)} != {len(b)}")
            for index, (one, other) in enumerate(zip(a, b, strict=True)):
                check(f"{place}[{index}]", one, other)
            return
        compare(place, tb.asarray(a), tb.asarray(b), not (_is_number(a) or _is_number(b)))

    def compare(place: str, a: tb.Tensor, b: tb.Tensor, exact_dtype: bool) -> None:
        if a.shape != b.shape:
            fail(place, f"the values for attribute 'shape' do not match: {a.shape} != {b.shape}")
        if check_device and a.device != b.device:
            fail(place, f"the values for attribute 'device' do not match: {a.device} != {b.device}")
        if check_dtype and exact_dtype and a.dtype != b.dtype:
            fail(place, f"the values for attribute 'dtype' do not match: {a.dtype} != {b.dtype}")
        if check_stride and a.strides != b.strides:
            fail(
                place,
                f"the values for attribute 'strides' do not match: {a.strides} != {b.strides}",
            )
        relative, absolute = _tolerances(a, b) if rtol is None else (rtol, atol)
        close = tb.isclose(a, b, relative, absolute, equal_nan)
        wrong = close.numel() - int(close.sum())
        if wrong == 0:
            return
        first = tuple(int(axis[0]) for axis in tb.nonzero(~close)) if a.ndim else ()
        fail(
            place,
            f"tensor-likes are not close: {wrong} of {close.numel()} elements differ, the first at "
            f"{first}: {a[first].item()!r} != {b[first].item()!r} "
            f"(rtol={relative}, atol={absolute})",
        )

    def fail(place: str, why: str) -> None:
        raise AssertionError(
            msg or (f"{why[0].upper()}{why[1:]}" + (f" (item {place})" if place else ""))
        )

    check("", actual, expected)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _is_number(value: Any) -> bool:
    return isinstance(value, (bool, int, float, complex))


def _tolerances(a: tb.Tensor, b: tb.Tensor) -> tuple[float, float]:
    """The looser ones of the two dtypes."""
    of = [_TOLERANCES.get(tensor.dtype.name, (0.0, 0.0)) for tensor in (a, b)]
    return max(relative for relative, _ in of), max(absolute for _, absolute in of)
