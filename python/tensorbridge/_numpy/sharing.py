"""`np.shares_memory` and `np.may_share_memory` of tensors, which raise NumPy's own error."""

from __future__ import annotations

from typing import Any

import numpy as np

import tensorbridge as tb

#: NumPy's error, in the place where either version has it.
_TOO_HARD: Any = getattr(np, "exceptions", np).TooHardError


class TooHardError(tb.TooHardError, _TOO_HARD):  # type: ignore[misc]
    """What either library's `except` catches."""


def shares_memory(a: Any, b: Any, max_work: Any = -1) -> Any:
    if has_no_memory(a, b):
        return NotImplemented
    try:
        return tb.shares_memory(a, b, max_work)
    except tb.TooHardError as error:
        raise TooHardError(*error.args) from None


def may_share_memory(a: Any, b: Any, max_work: Any = 0) -> Any:
    return NotImplemented if has_no_memory(a, b) else tb.may_share_memory(a, b, max_work)


def has_no_memory(*objects: Any) -> bool:
    """Whether one is a list or a number, of which NumPy makes an array and says no."""
    return not all(isinstance(obj, (tb.Tensor, np.ndarray)) for obj in objects)


FUNCTIONS = {np.shares_memory: shares_memory, np.may_share_memory: may_share_memory}
