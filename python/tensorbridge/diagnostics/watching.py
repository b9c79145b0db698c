"""`watch`: whether the bytes of some objects changed, where, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any, Self, overload

import tensorbridge as tb
from tensorbridge import _tensorbridge

from .callers import UNKNOWN, Caller
from .exactness import unravelled
from .memory import class_name
from .pictures.picture import names_in

#: Slices of an axis that are written out; more are summed up by their ends.
MOST_SLICES = 4


@dataclass(frozen=True)
class Write:
    """Writes of tensorbridge by one line of the program."""

    caller: Caller
    #: How often.
    times: int
    #: How many of the changed elements they reach.
    elements: int

    @property
    def operation(self) -> str:
        """What was called: `add_`, `+=`, `[] =`; `""` where it is not known."""
        return self.caller.operation

    def __str__(self) -> str:
        often = "" if self.times == 1 else f", {self.times:,} times"
        return f"{self.caller}{often}, reaches {counted(self.elements)}"


@dataclass(frozen=True)
class Value:
    """An element that changed."""

    index: tuple[int, ...]
    #: What it was, and what it is: Python numbers.
    old: Any
    new: Any

    def __str__(self) -> str:
        place = ", ".join(map(str, self.index))
        return f"[{place}]: {self.old!r} became {self.new!r}"


@dataclass(frozen=True)
class Where:
    """Some elements of an object."""

    #: How many.
    count: int
    #: For each axis the slices that their indices make up.
    axes: tuple[tuple[slice, ...], ...]
    #: Whether they are all the elements with such indices, or only some of them.
    exact: bool
    #: Runs of neighbours in C order, `(first, end)`; the first thousand.
    ranges: tuple[tuple[int, int], ...]

    def __str__(self) -> str:
        if not self.axes:
            return "the element" if self.count else "nowhere"
        axes = ", ".join(map(slices, self.axes))
        return f"{'' if self.exact else 'within '}[{axes}]"


@dataclass(frozen=True)
class Change:
    """What became of one object. `bool` is whether any byte changed; prints as a paragraph."""

    name: str
    #: The object in a few words.
    what: str
    #: Elements in all.
    size: int
    where: Where
    #: The first and the last element that changed, in C order; `None` where none did.
    first: Value | None
    last: Value | None
    #: What tensorbridge wrote to these bytes, whether or not it changed them.
    writes: tuple[Write, ...]
    #: The changed elements that no such write reaches: something else changed them.
    others: Where
    #: Writes beyond those that could be kept apart.
    missed: int

    @property
    def count(self) -> int:
        """How many elements changed."""
        return self.where.count

    @property
    def by_others(self) -> bool:
        """Whether something other than tensorbridge changed an element."""
        return self.others.count > 0

    def __bool__(self) -> bool:
        return self.count > 0

    def __str__(self) -> str:
        if not self:
            lines = [f"{self.name}: unchanged  ({self.what})"]
            lines += [f"    written with what was there: {write.caller}" for write in self.writes]
            return "\n".join(lines)
        share = f"{self.count:,} of {counted(self.size)} changed"
        lines = [f"{self.name}: {share}, {self.where}  ({self.what})"]
        lines.append(f"    first {self.first}")
        if self.count > 1:
            lines.append(f"    last  {self.last}")
        lines += [f"    by tensorbridge: {write}" for write in self.writes if write.elements]
        if self.missed:
            lines.append(f"    by tensorbridge: {self.missed:,} writes more than could be kept")
        if self.by_others:
            place = "" if self.others.count == self.count else f", {self.others}"
            lines.append(
                f"    by something other than tensorbridge: {counted(self.others.count)}{place}"
            )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def counted(number: int) -> str:
    return "1 element" if number == 1 else f"{number:,} elements"


def slices(found: tuple[slice, ...]) -> str:
    """The indices along one axis."""
    if len(found) > MOST_SLICES:
        return f"{found[0].start}…{found[-1].stop - 1}"
    return " and ".join(map(one_slice, found))


def one_slice(part: slice) -> str:
    if part.stop - part.start == 1:
        return str(part.start)
    return f"{part.start}:{part.stop}" + ("" if part.step == 1 else f":{part.step}")


class Watched:
    """An object, and its bytes as they were."""

    def __init__(self, name: str, obj: Any) -> None:
        self.name = name
        self.tensor = tb.asarray(obj, copy=False)
        if self.tensor.is_meta:
            raise tb.DeviceError(
                f"watch: {name} is a meta tensor, and has no bytes that could change"
                " — hint: watch a tensor on the host"
            )
        self.what = (
            f"{class_name(type(obj))} of {self.tensor.dtype.name} {tuple(self.tensor.shape)}"
        )
        self.before = _tensorbridge._snapshot(self.tensor)

    def change(self, watcher: _tensorbridge._Watcher) -> Change:
        """What is different now."""
        found = watcher.compare(self.before, self.tensor)
        every, others = found["all"], found["unexplained"]
        first = self.value(every["runs"][0][0]) if every["count"] else None
        return Change(
            name=self.name,
            what=self.what,
            size=self.tensor.numel(),
            where=where(every),
            first=first,
            last=self.value(every["last"]) if every["count"] else None,
            writes=tuple(
                Write(Caller(*said) if said else UNKNOWN, times, elements)
                for said, times, elements in found["writes"]
            ),
            others=where(others if not found["missed"] else {**others, "count": 0, "runs": []}),
            missed=found["missed"],
        )

    def value(self, place: int) -> Value:
        """An element that changed, counted in C order."""
        index = unravelled(place, tuple(self.tensor.shape))
        return Value(index, self.before[index].item(), self.tensor[index].item())


def where(found: Mapping[str, Any]) -> Where:
    """Elements as the engine found them."""
    return Where(
        count=found["count"],
        axes=tuple(tuple(slice(*part) for part in axis) for axis in found["axes"]),
        exact=found["grid"],
        ranges=tuple(found["runs"]),
    )


class Changes(Sequence[Change]):
    """What `watch` found: one `Change` for each object, in their order. Prints as a report."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        self._pairs = pairs
        self._watched: list[Watched] = []
        self._watcher: _tensorbridge._Watcher | None = None
        self._found: list[Change] = []

    def __enter__(self) -> Self:
        if self._watcher is not None:
            raise RuntimeError(
                "a watch can be entered once — hint: make another: `with tb.watch(…):`"
            )
        self._watched = [Watched(name, obj) for name, obj in self._pairs]
        self._watcher = _tensorbridge._Watcher([watched.tensor for watched in self._watched])
        self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._watcher is not None:
            self._watcher.stop()
            self.check()
            # Neither the copies nor the memory itself are needed any longer.
            self._watched, self._pairs = [], ()

    def check(self) -> Self:
        """Compares now, against what was there at the beginning."""
        if self._watcher is not None and self._watched:
            self._found = [watched.change(self._watcher) for watched in self._watched]
        return self

    @property
    def changed(self) -> list[Change]:
        """The objects whose bytes changed."""
        return [change for change in self._found if change]

    def __bool__(self) -> bool:
        return bool(self.changed)

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Change]:
        return iter(self._found)

    @overload
    def __getitem__(self, index: int | str) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> list[Change]: ...
    def __getitem__(self, index: int | slice | str) -> Change | list[Change]:
        if isinstance(index, str):
            for change in self._found:
                if change.name == index:
                    return change
            raise KeyError(index)
        return self._found[index]

    def __str__(self) -> str:
        if not self._found:
            return "nothing compared yet: `check()` does, and the end of the block"
        return "\n".join(map(str, self._found))

    def __repr__(self) -> str:
        return str(self)


def watch(objects: tuple[Any, ...], named: Mapping[str, Any], frame: FrameType | None) -> Changes:
    """A watch over `objects`, called by the names of the caller's variables, and over `named`."""
    pairs = [*zip(names_in(frame, objects), objects, strict=True), *named.items()]
    if not pairs:
        raise ValueError("watch() needs something to watch — hint: `with tb.watch(a) as changes:`")
    return Changes(pairs)
