"""Pictures of memory as SVG, for notebooks and browsers, light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import count

from .text import label
from .views import Block, View

#: Pixels: the margin with the names, a cell at least and at most, a row, the picture at most.
MARGIN, NARROW, WIDE, ROW, WIDTH = 20, 22, 46, 62, 940

#: Colours by owner of the memory: fill and line, for light and for dark.
COLOURS = {
    "numpy": ("#cfe3fb", "#2f6fbf", "#1d3d66", "#8fc0ff"),
    "tensorbridge": ("#d3f0d7", "#2c8a3d", "#1d4a28", "#86dc97"),
    "dlpack": ("#fde3c3", "#b96a12", "#573610", "#ffc07a"),
    "buffer protocol": ("#eadcf8", "#7a45b8", "#412462", "#cda8f5"),
}
OTHER = ("#e6e6e6", "#666666", "#3f3f3f", "#c9c9c9")

_numbers = count(1)


@dataclass(frozen=True)
class Strip:
    """Where a block's cells are on the page."""

    block: Block
    #: The cells that are drawn.
    cells: list[int | None]
    left: float
    #: Width of a cell.
    cell: float

    def x(self, place: int) -> float:
        """The left edge of the cell drawn at a place."""
        return self.left + place * self.cell

    @property
    def places(self) -> dict[int, int]:
        """Where each cell that is drawn stands."""
        return {cell: place for place, cell in enumerate(self.cells) if cell is not None}


def text(x: float, y: float, content: str, kind: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(content)}</text>'


def owner_class(owner: str) -> str:
    return "own-" + (owner.replace(" ", "-") if owner in COLOURS else "other")


def style(scope: str) -> str:
    """The style sheet of one picture: its own scope, so that two do not meet."""
    rules, dark = [], []
    for owner, (fill, line, night, glow) in {**COLOURS, "other": OTHER}.items():
        name = f"{scope} .own-{owner.replace(' ', '-')}"
        rules.append(f"{name}{{fill:{fill};stroke:{line}}}")
        dark.append(f"{name}{{fill:{night};stroke:{glow}}}")
    light_ink = f"{scope}{{color:#1f2328;background:#ffffff}}{scope} .hatch{{stroke:#1f2328}}"
    dark_ink = f"{scope}{{color:#e6edf3;background:#16191f}}{scope} .hatch{{stroke:#e6edf3}}"
    fixed = (
        f"{scope}{{font-family:ui-sans-serif,system-ui,sans-serif}}"
        f"{scope} text{{fill:currentColor;font-size:12px}}"
        f"{scope} .name{{font-size:15px;font-weight:600}}"
        f"{scope} .quiet{{opacity:.75}}"
        f"{scope} .index{{font-family:ui-monospace,monospace;font-size:11px}}"
        f"{scope} .byte{{font-family:ui-monospace,monospace;font-size:10px;opacity:.7}}"
        f"{scope} .bare{{fill:none;stroke:currentColor;stroke-opacity:.28}}"
        f"{scope} .step{{fill:none;stroke:currentColor;stroke-width:1.4}}"
        f"{scope} .tip{{fill:currentColor}}"
        f"{scope} .hatch{{stroke-width:1;stroke-opacity:.35}}"
    )
    dim = [*dark, dark_ink]
    media = "".join(f":root:not([data-theme=light]) {rule}" for rule in _each(dim))
    jupyter = "".join(f"body[data-jp-theme-light=false] {rule}" for rule in _each(dim))
    day = "".join(f"body[data-jp-theme-light=true] {rule}" for rule in _each([*rules, light_ink]))
    return (
        fixed
        + "".join([*rules, light_ink])
        + f"@media (prefers-color-scheme:dark){{{media}}}"
        + jupyter
        + day
    )


def _each(rules: list[str]) -> list[str]:
    """Single rules, where some hold several."""
    return [f"{rule}}}" for joined in rules for rule in joined.split("}") if rule]


def ruler(strip: Strip, y: float) -> list[str]:
    """The memory itself: empty cells with their byte offsets."""
    parts = []
    for place, cell in enumerate(strip.cells):
        x = strip.x(place)
        if cell is None:
            parts.append(text(x + strip.cell / 2, y + 15, "…", "quiet", "middle"))
            continue
        parts.append(
            f'<rect class="bare" x="{x:.1f}" y="{y}" width="{strip.cell:.1f}" height="22"/>'
        )
        parts.append(
            text(x + strip.cell / 2, y + 15, str(cell * strip.block.unit), "byte", "middle")
        )
    return parts


def elements(strip: Strip, view: View, y: float, scope: str) -> list[str]:
    """The elements of a view, each over the cells that it is made of."""
    block, places = strip.block, strip.places
    span = max(1, view.itemsize // block.unit)
    parts = []
    for cell, element in block.places(view, strip.cells).items():
        x, width = strip.x(places[cell]), strip.cell * span
        box = f'x="{x + 1:.1f}" y="{y}" width="{width - 2:.1f}" height="24" rx="3"'
        parts.append(f'<rect class="{owner_class(view.owner)}" {box}/>')
        if not view.writable:
            parts.append(f'<rect fill="url(#{scope}-hatch)" {box}/>')
        shown = label(element)
        if len(shown) * 7 <= width:
            parts.append(text(x + width / 2, y + 16, shown, "index", "middle"))
    return parts


def step(strip: Strip, view: View, y: float, scope: str) -> list[str]:
    """The step from the first element to the next, as an arrow with its bytes."""
    first = view.first_step
    if first is None:
        return []
    block, places = strip.block, strip.places
    address, apart = first
    ends = [(end - block.low) // block.unit for end in (address, address + apart)]
    if any(end not in places for end in ends):
        return []
    span = max(1, view.itemsize // block.unit) * strip.cell
    start, stop = (strip.x(places[end]) + span / 2 for end in ends)
    if start == stop:
        return [text(start, y + 16, "+0 B", "byte", "middle")]
    bend = y + 13
    path = f"M{start:.1f},{y} C{start:.1f},{bend} {stop:.1f},{bend} {stop:.1f},{y + 1}"
    middle = (start + stop) / 2
    return [
        f'<path class="step" d="{path}" marker-end="url(#{scope}-tip)"/>',
        text(middle, y + 22, f"{apart:+d} B", "byte", "middle"),
    ]


def draw(found: list[Block]) -> str:
    """The picture of every block, as one SVG element."""
    scope = f"tb{next(_numbers)}"
    parts: list[str] = []
    y = 26.0
    widest = 640.0
    for block in found:
        cells = block.shown()
        cell = min(WIDE, max(NARROW, (WIDTH - 2 * MARGIN) / (len(cells) or 1)))
        strip = Strip(block, cells, MARGIN, cell)
        widest = max(widest, MARGIN * 2 + cell * len(cells))
        owner = block.views[0].owner
        head = f"{block.high - block.low:,} bytes of memory, owned by {owner}, at {block.low:#x}"
        parts.append(text(MARGIN, y, head, "quiet"))
        parts += ruler(strip, y + 8)
        y += 52
        for view in block.views:
            offset = view.address - block.low
            facts = ", ".join(
                [f"{view.kind} of {view.dtype}, shape {view.shape}", view.steps, *view.remarks]
            )
            parts.append(text(MARGIN, y + 8, view.name, "name"))
            parts.append(
                text(
                    MARGIN + 9 * len(view.name) + 14,
                    y + 8,
                    f"{facts}, from byte {offset:,}",
                    "quiet",
                )
            )
            parts += elements(strip, view, y + 16, scope)
            parts += step(strip, view, y + 42, scope)
            y += ROW + 16
        y += 18
    symbols = (
        f'<defs><pattern id="{scope}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern>'
        f'<marker id="{scope}-tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path class="tip" d="M0,0 L8,4 L0,8 z"/></marker></defs>'
    )
    size = f'width="{widest:.0f}" height="{y - 10:.0f}" viewBox="0 0 {widest:.0f} {y - 10:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{scope}" role="img" '
        f'aria-label="Memory of {len(found)} blocks" {size}>'
        f"<style>{style('#' + scope)}</style>{symbols}{''.join(parts)}</svg>"
    )
