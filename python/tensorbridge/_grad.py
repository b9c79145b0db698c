"""The gradient modes that code written for PyTorch enters: nothing is ever recorded."""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` would be most of what importing this package costs
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar, overload

    _F = TypeVar("_F", bound=Callable[..., Any])


class Mode:
    """A mode that changes nothing, to be entered or to decorate a function."""

    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(self, *exception: object) -> None:
        return None

    def __call__(self, function: _F) -> _F:
        return function


if TYPE_CHECKING:

    @overload
    def no_grad(function: None = None) -> Mode: ...
    @overload
    def no_grad(function: _F) -> _F: ...


def no_grad(function: Callable[..., Any] | None = None) -> Mode | Callable[..., Any]:
    """A mode to enter, or to decorate `function` with: no gradients are computed, ever."""
    return Mode() if function is None else function


if TYPE_CHECKING:

    @overload
    def enable_grad(function: None = None) -> Mode: ...
    @overload
    def enable_grad(function: _F) -> _F: ...


def enable_grad(function: Callable[..., Any] | None = None) -> Mode | Callable[..., Any]:
    """A mode to enter, or to decorate `function` with; without effect."""
    return Mode() if function is None else function


if TYPE_CHECKING:

    @overload
    def inference_mode(mode: bool = True) -> Mode: ...
    @overload
    def inference_mode(mode: _F) -> _F: ...


def inference_mode(mode: bool | Callable[..., Any] = True) -> Mode | Callable[..., Any]:
    """A mode to enter or to decorate with; `mode` may be the function itself. Without effect."""
    return mode if callable(mode) else Mode()


def set_grad_enabled(mode: bool) -> Mode:
    """A mode to enter; without effect, whatever `mode` is."""
    return Mode()


def is_grad_enabled() -> bool:
    """Always `False`."""
    return False
