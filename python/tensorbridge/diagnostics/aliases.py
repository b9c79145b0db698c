"""`aliases`: the live tensors that look at the same bytes."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any, overload

import tensorbridge as tb
from tensorbridge import _tensorbridge

from .callers import UNKNOWN, Caller


class Aliases(Sequence[tb.Tensor]):
    """Tensors that share bytes with another one: a sequence of those that still live.

    Prints as a table with the line that made each. Keeps none of them alive."""

    def __init__(
        self, title: str, found: list[tuple[tb.Tensor, Caller, str]], unlisted: int
    ) -> None:
        self._title = title
        self._found = [(weakref.ref(tensor), caller, name) for tensor, caller, name in found]
        #: Handles on the same storage that are not listed: tensors that were made before anybody
        #: kept track, and DLPack exports.
        self.unlisted = unlisted

    @property
    def _living(self) -> list[tuple[tb.Tensor, Caller, str]]:
        return [
            (tensor, caller, name)
            for reference, caller, name in self._found
            if (tensor := reference()) is not None
        ]

    @property
    def made(self) -> list[Caller]:
        """Where each of them was made, in the same order."""
        return [caller for _, caller, _ in self._living]

    def __len__(self) -> int:
        return len(self._living)

    def __iter__(self) -> Iterator[tb.Tensor]:
        return iter([tensor for tensor, _, _ in self._living])

    @overload
    def __getitem__(self, index: int) -> tb.Tensor: ...
    @overload
    def __getitem__(self, index: slice) -> list[tb.Tensor]: ...
    def __getitem__(self, index: int | slice) -> tb.Tensor | list[tb.Tensor]:
        return list(self)[index]

    def __str__(self) -> str:
        living = self._living
        lines = [f"{self._title}: {len(living) or 'none'}"]
        for tensor, caller, name in living:
            what = f"{tensor.dtype.name} {tuple(tensor.shape)}"
            only = ", read-only" if tensor.is_readonly else ""
            lines.append(f"  {name:<8}  {what}{only}, made by {caller}")
        if self.unlisted:
            handles = "1 handle" if self.unlisted == 1 else f"{self.unlisted} handles"
            lines.append(
                f"  and {handles} more on the same storage: tensors that were made before "
                "tracking began, or DLPack exports"
            )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def aliases(obj: Any, frame: FrameType | None) -> Aliases:
    """The live tensors that share a byte with `obj`, made while somebody kept track."""
    found = _tensorbridge._aliases(obj)
    handles = obj.memory.shared_by if isinstance(obj, tb.Tensor) else 1
    if found is None:
        known = "" if handles == 1 else f"; {handles} handles are on its storage now"
        raise RuntimeError(
            f"nobody kept track of the tensors that were made, so they cannot be listed{known}"
            " — hint: make them inside `with tb.trace():` or `with tb.watch(…):`, or start Python"
            " with TENSORBRIDGE_TRACK=1; `t.memory` tells what is known of one tensor, and"
            " `tb.shares_memory(a, b)` answers for two"
        )
    names = Names(frame)
    rows = [
        (tensor, Caller(*said) if said else UNKNOWN, names.of(tensor)) for tensor, said in found
    ]
    same = 0
    if isinstance(obj, tb.Tensor):
        same = sum(_tensorbridge._same_storage(obj, tensor) for tensor, _ in found)
    other = "other tensors" if isinstance(obj, tb.Tensor) else "tensors"
    title = f"{other} over the bytes of {names.of(obj) or f'this {type(obj).__name__}'}"
    return Aliases(title, rows, max(0, handles - 1 - same))


class Names:
    """What the caller calls objects, without keeping any of them alive."""

    def __init__(self, frame: FrameType | None) -> None:
        self.scopes: list[Mapping[str, Any]] = []
        if frame is not None:
            self.scopes.append(frame.f_globals)
            # Up to Python 3.12 a look at a function's variables is a copy that its frame keeps.
            if sys.version_info >= (3, 13):
                self.scopes.append(frame.f_locals)

    def of(self, obj: Any) -> str:
        """The name of the caller's variable that is `obj`, or `""`."""
        for scope in reversed(self.scopes):
            for name, value in scope.items():
                if value is obj and not name.startswith("_"):
                    return str(name)
        return ""
