"""Pictures of memory in a terminal."""

from __future__ import annotations

from .views import MOST, Block, Element, View

#: Columns of a picture.
WIDTH = 110


def label(element: Element) -> str:
    """An element as it is written into its cell: its index, and how often it is repeated."""
    index = ",".join(map(str, element.index)) if element.index else "·"
    if element.times == 1:
        return index
    return f"{index}×{element.times}" if element.times < 10_000 else f"{index}×{element.times:.0e}"


def describe(view: View, block: Block) -> str:
    """A view in a line."""
    facts = [f"{view.kind} of {view.dtype} {view.shape}", view.steps]
    facts += [f"starts at byte {view.address - block.low:,}", *view.remarks]
    return ", ".join(facts)


def row(view: View, block: Block, cells: list[int | None], width: int) -> str:
    """The cells of a view: the index of the element that lies there."""
    span = max(1, view.itemsize // block.unit)
    written: dict[int, str] = {}
    for cell, element in block.places(view, cells).items():
        for part in range(span):
            written[cell + part] = label(element) if part == 0 else "─"
    return "│".join(
        ("…" if cell is None else written.get(cell, "")).center(width) for cell in cells
    )


def fitting(block: Block, room: int) -> tuple[list[int | None], int]:
    """The cells that fit into so many columns, and the width of each."""
    most = MOST
    while True:
        cells = block.shown(most)
        found = [
            label(element) for view in block.views for element in block.places(view, cells).values()
        ]
        offsets = [str(cell * block.unit) for cell in cells if cell is not None]
        width = max(map(len, [*found, *offsets, "…"]))
        if most <= 4 or len(cells) * (width + 1) <= room:
            return cells, width
        most -= 4


def draw(found: list[Block]) -> str:
    """Every block with its views."""
    paragraphs = []
    for block in found:
        names = max(len(view.name) for view in block.views)
        indent = " " * (names + 2)
        head = f"{block.high - block.low:,} bytes of memory, owned by {block.views[0].owner}"
        lines = [f"{head}, at {block.low:#x}"]
        if block.cells:
            cells, width = fitting(block, WIDTH - len(indent))
            offsets = ["…" if cell is None else str(cell * block.unit) for cell in cells]
            lines.append(f"{indent} " + " ".join(offset.center(width) for offset in offsets))
        for view in block.views:
            drawn = f"│{row(view, block, cells, width)}│" if block.cells else "││"
            lines.append(f"{view.name:>{names}}  {drawn}")
            lines.append(f"{indent} {describe(view, block)}")
        paragraphs.append("\n".join(line.rstrip() for line in lines))
    return "\n\n".join(paragraphs)
