"""What is drawn: each object as a view of memory, and the blocks of memory that views share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from math import ceil, floor, gcd, prod
from typing import Any

import tensorbridge as tb

#: Cells of a strip that are drawn one by one; the others are left out in the middle.
MOST = 32


@dataclass(frozen=True)
class Element:
    """An element of a view: its index, its address, and how many indices name that place."""

    index: tuple[int, ...]
    address: int
    times: int


@dataclass(frozen=True)
class View:
    """An object as a view of memory."""

    name: str
    #: `ndarray`, `Tensor`, …: the object's class.
    kind: str
    #: Who owns the memory.
    owner: str
    dtype: str
    itemsize: int
    shape: tuple[int, ...]
    #: Bytes between elements along each axis.
    strides: tuple[int, ...]
    #: Address of element `[0, …, 0]`.
    address: int
    writable: bool

    @property
    def count(self) -> int:
        """How many elements there are."""
        return prod(self.shape)

    @property
    def low(self) -> int:
        """Address of the first byte that is reached."""
        steps = zip(self.shape, self.strides, strict=True)
        return self.address + sum(min(0, (length - 1) * step) for length, step in steps)

    @property
    def high(self) -> int:
        """Address after the last byte that is reached; `low` of no elements."""
        if not self.count:
            return self.low
        steps = zip(self.shape, self.strides, strict=True)
        reach = sum(max(0, (length - 1) * step) for length, step in steps)
        return self.address + reach + self.itemsize

    def elements(self, low: int, high: int) -> Iterator[Element]:
        """The elements that start at an address from `low` to below `high`.

        Axes that can only lead outside are not walked, so that a few elements of very many are
        found in the time of a few.
        """
        axes = list(zip(self.shape, self.strides, strict=True))
        # What the axes from each one on can still add, at least and at most.
        rest = [(0, 0)]
        for length, step in reversed(axes):
            least, most = rest[0]
            reach = (length - 1) * step
            rest.insert(0, (least + min(0, reach), most + max(0, reach)))

        def walk(axis: int, index: tuple[int, ...], address: int, times: int) -> Iterator[Element]:
            if axis == len(axes):
                if low <= address < high:
                    yield Element(index, address, times)
                return
            length, step = axes[axis]
            least, most = rest[axis + 1]
            if step == 0:
                yield from walk(axis + 1, (*index, 0), address, times * length)
                return
            # Places whose reach [address + place * step + least, … + most] meets [low, high).
            bounds = sorted(((low - address - most) / step, (high - 1 - address - least) / step))
            first, last = max(0, ceil(bounds[0])), min(length - 1, floor(bounds[1]))
            for place in range(first, last + 1):
                yield from walk(axis + 1, (*index, place), address + place * step, times)

        if self.count:
            yield from walk(0, (), self.address, 1)

    @property
    def first_step(self) -> tuple[int, int] | None:
        """The address of the first element and the bytes to the next, where there is a next."""
        for length, step in reversed(list(zip(self.shape, self.strides, strict=True))):
            if length > 1:
                return self.address, step
        return None

    @property
    def steps(self) -> str:
        """The strides in words."""
        if not self.shape:
            return "a single element"
        strides = ", ".join(f"{step:+d}" for step in self.strides)
        comma = "," if len(self.strides) == 1 else ""
        return f"strides ({strides}{comma}) bytes"

    @property
    def remarks(self) -> list[str]:
        """What is unusual about it, in words."""
        found = []
        moving = [
            (length, step)
            for length, step in zip(self.shape, self.strides, strict=True)
            if length > 1
        ]
        if not self.count:
            found.append("no elements")
        if any(step < 0 for _, step in moving):
            found.append("runs backwards")
        if any(step == 0 for _, step in moving):
            found.append("repeats elements")
        elif (
            self.count
            and prod(length for length, _ in moving) * self.itemsize > self.high - self.low
        ):
            found.append("overlaps itself")
        if self.itemsize > 1 and self.address % min(self.itemsize, 8):
            found.append("misaligned")
        if not self.writable:
            found.append("read-only")
        return found


def view_of(name: str, obj: Any) -> View:
    """The view that an object is; raises what `asarray(obj, copy=False)` raises."""
    with tb.trace() as events:
        tensor = tb.asarray(obj, copy=False)
    owner = next((event.origin for event in events if event.origin), None)
    described = tensor.__array_interface__
    return View(
        name=name,
        kind=type(obj).__name__,
        owner=owner or "tensorbridge",
        dtype=tensor.dtype.name,
        itemsize=tensor.itemsize,
        shape=tuple(tensor.shape),
        strides=tuple(tensor.strides),
        address=described["data"][0] if "data" in described else tensor.data_ptr(),
        writable=not tensor.is_readonly,
    )


@dataclass
class Block:
    """A stretch of memory, and the views over it."""

    views: list[View] = field(default_factory=list)

    @property
    def low(self) -> int:
        """Address of its first byte."""
        return min(view.low for view in self.views)

    @property
    def high(self) -> int:
        """Address after its last byte."""
        return max(view.high for view in self.views)

    @property
    def unit(self) -> int:
        """Bytes of a cell: the largest size that all elements start on and are made of."""
        sizes = [view.itemsize for view in self.views]
        starts = [view.address - self.low for view in self.views]
        strides = [
            abs(step)
            for view in self.views
            for length, step in zip(view.shape, view.strides, strict=True)
            if length > 1
        ]
        return reduce(gcd, sizes + starts + strides) or 1

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return -(-(self.high - self.low) // self.unit)

    def shown(self, most: int = MOST) -> list[int | None]:
        """At most so many cells, left to right; `None` stands for those that are left out."""
        if self.cells <= most:
            return list(range(self.cells))
        tail = most // 4
        return [*range(most - tail - 1), None, *range(self.cells - tail, self.cells)]

    def places(self, view: View, cells: list[int | None]) -> dict[int, Element]:
        """The first element of a view in each of some cells, with how many lie there."""
        found: dict[int, Element] = {}
        drawn = [cell for cell in cells if cell is not None]
        runs = [(drawn[0], drawn[-1])] if None not in cells else ends(cells)
        for first, last in runs:
            low, high = (self.low + cell * self.unit for cell in (first, last + 1))
            for element in view.elements(low, high):
                cell = (element.address - self.low) // self.unit
                times = element.times + (found[cell].times if cell in found else 0)
                found[cell] = replace(found.get(cell, element), times=times)
        return found


def ends(cells: list[int | None]) -> list[tuple[int, int]]:
    """The first and last cell on both sides of the gap."""
    gap = cells.index(None)
    left, right = cells[:gap], cells[gap + 1 :]
    return [(run[0], run[-1]) for run in (left, right) if run]  # type: ignore[misc]


def blocks(views: Sequence[View]) -> list[Block]:
    """The views by the memory that they share, in the order in which they were given."""
    found: list[Block] = []
    for view in sorted(views, key=lambda view: (view.low, -view.high)):
        if found and view.low < found[-1].high:
            found[-1].views.append(view)
        else:
            found.append(Block([view]))
    for block in found:
        block.views.sort(key=views.index)
    return sorted(found, key=lambda block: views.index(block.views[0]))
