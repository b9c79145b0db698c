"""How explanations are set in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

WIDTH = 92


def fold(text: str) -> str:
    """The text with every run of white space as one blank."""
    return " ".join(text.split())


def wrapped(text: str, indent: str = "  ") -> str:
    """A paragraph, indented."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def section(title: str, items: Iterable[str], *, verbatim: bool = False) -> list[str]:
    """A titled list: one item as a paragraph, several with dashes. Empty without items."""
    items = [item for item in items if item]
    if not items:
        return []
    lines = ["", title]
    for item in items:
        if verbatim:
            lines.append(f"    {item}")
        elif len(items) == 1:
            lines.append(wrapped(item))
        else:
            lines.append("  - " + wrapped(item, "    ").lstrip())
    return lines
