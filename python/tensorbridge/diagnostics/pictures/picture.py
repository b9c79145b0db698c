"""`draw`: a picture of the memory of some objects, as text, SVG or HTML."""

from __future__ import annotations

from collections.abc import Mapping
from types import FrameType
from typing import Any

from . import svg, text
from .views import Block, View, blocks, view_of


class Picture:
    """The memory of some objects. Prints as text; notebooks show it as a picture."""

    def __init__(self, views: list[View]) -> None:
        #: The objects as views of memory, in the order they were given.
        self.views = views
        #: The stretches of memory that they look at.
        self.blocks: list[Block] = blocks(views)

    def __str__(self) -> str:
        return text.draw(self.blocks)

    def __repr__(self) -> str:
        return str(self)

    def _repr_svg_(self) -> str:
        return svg.draw(self.blocks)

    def _repr_html_(self) -> str:
        return f'<div style="overflow-x:auto">{svg.draw(self.blocks)}</div>'

    def save(self, path: str) -> None:
        """Writes the picture to a file, as SVG."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(svg.draw(self.blocks))


def names_in(frame: FrameType | None, objects: tuple[Any, ...]) -> list[str]:
    """What the caller calls the objects: the names of variables, else their place."""
    scope: Mapping[str, Any] = {**frame.f_globals, **frame.f_locals} if frame else {}
    found = []
    for place, obj in enumerate(objects):
        named = [name for name, value in scope.items() if value is obj and not name.startswith("_")]
        found.append(named[-1] if named else f"#{place}")
    return found


def draw(objects: tuple[Any, ...], named: Mapping[str, Any], frame: FrameType | None) -> Picture:
    """The picture of `objects`, called by the names of the caller's variables, and of `named`."""
    pairs = [*zip(names_in(frame, objects), objects, strict=True), *named.items()]
    if not pairs:
        raise ValueError("draw() needs something to draw — hint: `tb.draw(a, t)`")
    return Picture([view_of(name, obj) for name, obj in pairs])
