"""The gradient modes that code written for PyTorch enters: nothing is ever recorded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ContextDecorator
from types import TracebackType


class _Mode(ContextDecorator):
    """A mode that changes nothing, to be entered or to decorate a function."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None


def no_grad(function: Callable[..., object] | None = None) -> object:
    """Accepted: no gradients are computed, here or elsewhere."""
    return _Mode() if function is None else _Mode()(function)


def enable_grad(function: Callable[..., object] | None = None) -> object:
    """Accepted, and without effect: no gradients are computed."""
    return _Mode() if function is None else _Mode()(function)


def inference_mode(mode: bool | Callable[..., object] = True) -> object:
    """Accepted: no gradients are computed, here or elsewhere."""
    return _Mode()(mode) if callable(mode) else _Mode()


def set_grad_enabled(mode: bool) -> object:
    """Accepted, and without effect: no gradients are computed."""
    return _Mode()


def is_grad_enabled() -> bool:
    """Always `False`."""
    return False
