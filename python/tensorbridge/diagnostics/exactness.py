"""How a cast would change values: `exactness`, measured on every one of them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import tensorbridge as tb
from tensorbridge import _tensorbridge

#: What can become of a value, in the order in which it is told.
FATES = {
    "exact": "stay the same",
    "rounded": "are rounded to a neighbour",
    "underflowed": "are too small: rounded below the least normal number, or to 0",
    "truncated": "lose their fraction, imaginary part, or all but their truth",
    "sign_lost": "are negative, and the dtype is unsigned",
    "overflowed": "are beyond the range of the dtype",
    "invalid": "are NaN, and an integer cannot be",
}


@dataclass(frozen=True)
class Change:
    """One value, and what a cast would make of it."""

    index: tuple[int, ...]
    #: The value, and what it becomes: Python numbers.
    value: Any
    becomes: Any
    #: The error this was picked for; `None` for the first change.
    error: float | None = None

    def __str__(self) -> str:
        place = ", ".join(map(str, self.index))
        size = "" if self.error is None else f"{self.error:.4g}: "
        return f"{size}{self.value!r} becomes {self.becomes!r} at [{place}]"


@dataclass(frozen=True)
class Exactness:
    """What a cast would do to the values of an array. Prints as a table; `bool` is `lossless`."""

    source: tb.dtype
    target: tb.dtype
    count: int
    exact: int
    rounded: int
    underflowed: int
    truncated: int
    sign_lost: int
    overflowed: int
    invalid: int
    #: The first value that would change, in C order; `None` when none would.
    first: Change | None
    #: The largest absolute, relative and ulp error of results that are finite numbers. An ulp is
    #: the spacing of the target dtype at the value.
    largest_absolute: Change | None
    largest_relative: Change | None
    largest_ulp: Change | None

    @property
    def lossless(self) -> bool:
        """Whether every value stays the same."""
        return self.exact == self.count

    def __bool__(self) -> bool:
        return self.lossless

    def __str__(self) -> str:
        verdict = "every value stays the same" if self.lossless else "not every value survives"
        lines = [f"{self.source.name} to {self.target.name}: {verdict}", ""]
        width = len(f"{self.count:,}")
        for fate, meaning in FATES.items():
            if number := getattr(self, fate):
                share = 100 * number / self.count
                lines.append(f"  {number:>{width},}  {share:6.2f} %  {fate:<11}  {meaning}")
        if self.first:
            lines += ["", f"  first change      {self.first}"]
        for name in ("absolute", "relative", "ulp"):
            if change := getattr(self, f"largest_{name}"):
                lines.append(f"  largest {name:<8}  {change}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def exactness(obj: Any, dtype: Any) -> Exactness:
    """What casting `obj` to `dtype` would do to each of its values."""
    tensor = tb.asarray(obj)
    target = tb.empty(0, dtype=dtype).dtype
    facts = _tensorbridge._exactness(tensor, target)

    def change(place: int, error: float | None = None) -> Change:
        index = unravelled(place, tuple(tensor.shape))
        value = tensor[index]
        with warnings.catch_warnings():
            # That the imaginary part is lost is what is being said.
            warnings.simplefilter("ignore")
            return Change(index, value.item(), value.to(target, casting="unsafe").item(), error)

    def worst(name: str) -> Change | None:
        return None if facts[name] is None else change(facts[name][1], facts[name][0])

    return Exactness(
        source=tensor.dtype,
        target=target,
        count=tensor.numel(),
        **{fate: facts[fate] for fate in FATES},
        first=None if facts["first"] is None else change(facts["first"]),
        largest_absolute=worst("absolute"),
        largest_relative=worst("relative"),
        largest_ulp=worst("ulps"),
    )


def unravelled(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The index of an element that is counted in C order."""
    index: list[int] = []
    for length in reversed(shape):
        place, last = divmod(place, length)
        index.insert(0, last)
    return tuple(index)
