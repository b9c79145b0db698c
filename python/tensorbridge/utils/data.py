"""Batches: samples of arrays, numbers, mappings and sequences become the same of tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .. import _tensorbridge as tb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["default_collate", "default_convert"]


def default_convert(data: Any) -> Any:
    """`data` with its arrays and NumPy numbers as tensors, which share their memory.

    Mappings and sequences are looked into and keep their type where it can be made of a dict or
    a list. Text, bytes and arrays of what no tensor holds stay what they are.
    """
    if isinstance(data, tb.Tensor):
        return data
    if _is_array(data):
        return tb.as_tensor(data) if _is_numeric(data) else data
    return _rebuild(data, default_convert, otherwise=data)


def default_collate(batch: Sequence[Any]) -> Any:
    """One sample made of the samples of `batch`, along a new first axis.

    Arrays, tensors and numbers are stacked, Python floats as `float64`; mappings and sequences
    are collated item by item, and text is listed.

    Raises `TypeError` for anything else, `ValueError` where sequences differ in length.
    """
    if not batch:
        raise ValueError("default_collate: an empty batch has no first sample to go by")
    first = batch[0]
    if isinstance(first, tb.Tensor) or (_is_array(first) and _is_numeric(first)):
        return tb.stack([tb.as_tensor(sample) for sample in batch])
    if isinstance(first, (bool, int)):
        return tb.tensor(batch)
    if isinstance(first, float):
        return tb.tensor(batch, dtype=tb.float64)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return _as(first, {key: default_collate([one[key] for one in batch]) for key in first})
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise ValueError(
                "default_collate: each sequence of the batch must be of one length, and they have "
                f"{[len(sample) for sample in batch]}"
            )
        columns = [default_collate(column) for column in zip(*batch, strict=True)]
        return columns if type(first) is tuple else _as(first, columns)
    found = first.dtype if _is_array(first) else type(first)
    raise TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
        f"found {found}"
    )


def _is_array(value: Any) -> bool:
    """Whether `value` is an array or a number of NumPy's, without importing NumPy."""
    return type(value).__module__ == "numpy" and hasattr(value, "dtype")


def _is_numeric(array: Any) -> bool:
    return array.dtype.kind in "biufc"


def _rebuild(data: Any, convert: Callable[[Any], Any], otherwise: Any) -> Any:
    if isinstance(data, Mapping):
        return _as(data, {key: convert(value) for key, value in data.items()})
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        items = [convert(value) for value in data]
        return items if type(data) is tuple else _as(data, items)
    return otherwise


def _as(sample: Any, items: Any) -> Any:
    """`items` in the type of `sample`, where that can be made of them."""
    kind: Any = type(sample)
    if isinstance(sample, tuple) and hasattr(sample, "_fields"):
        return kind(*items)
    try:
        return kind(items)
    except TypeError:
        return items
