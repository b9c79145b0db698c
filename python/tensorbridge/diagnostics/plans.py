"""What `asarray` would do with an object, without doing it.

Facts are gathered by sharing, which takes constant time and moves no values; the decision is the
law's own (`_tensorbridge._plan`), so that a prediction cannot differ from what happens.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from time import perf_counter
from typing import Any, Literal

import tensorbridge as tb
from tensorbridge import _tensorbridge

from .paragraphs import section, wrapped

#: The rules of `casting=` that judge by dtype alone, and may refuse.
RULES: tuple[Literal["safe", "same_kind"], ...] = ("safe", "same_kind")

#: Seconds that a crossing takes whatever its size; docs/performance.md has the measurements.
CROSSING = 1e-7


@dataclass(frozen=True)
class Plan:
    """What would be done with an object."""

    #: `"share"`, `"copy"` or `"refuse"`.
    action: str
    #: The names of the reasons; empty for a share.
    reasons: tuple[str, ...]
    #: The reasons as sentences.
    why: tuple[str, ...]
    #: What would make it share, or make it possible.
    remedies: tuple[str, ...]
    #: Bytes that would be copied; 0 for a share and a refusal, `None` where only reading the
    #: values tells.
    bytes: int | None
    #: Dtype of the result; `None` where only reading the values tells, or nothing is made.
    dtype: tb.dtype | None
    #: Shape of the result, likewise.
    shape: tuple[int, ...] | None
    #: Whether the result could be written.
    writable: bool
    #: Whether values can differ from the source's: a cast that not every value survives.
    values_can_change: bool
    #: The rules of `casting=` that would refuse whatever the values are; of `"exact"` they decide.
    refused_by: tuple[str, ...]
    #: Expected seconds, from the speed of this machine's memory; `None` where that is open.
    seconds: float | None

    @property
    def harmful(self) -> str:
        """`"yes"` where values can change, `"it depends"` for a share that can be written."""
        if self.action == "refuse":
            return "no"
        if self.values_can_change:
            return "yes"
        return "it depends" if self.action == "share" and self.writable else "no"

    @property
    def harm(self) -> str:
        """Which harm, or why there is none."""
        always = " and ".join(f'`"{rule}"`' for rule in self.refused_by)
        return {
            ("no", "refuse"): "Nothing would be made or changed.",
            ("no", "share"): "The tensor is read-only: nobody writes through it.",
            ("no", "copy"): "The values stay the same, in memory of their own.",
            ("yes", "copy"): "The cast can round or lose values: `tb.exactness` counts them, "
            '`casting="exact"` refuses if there is one'
            + (f", {always} in any case." if always else "."),
            ("it depends", "share"): "Whoever writes to the tensor writes to the source, and the "
            "other way round: that is what sharing is for.",
        }[self.harmful, self.action]

    def __str__(self) -> str:
        what = {"share": "would share", "copy": "would copy", "refuse": "would be refused"}
        head = what[self.action]
        if self.dtype is not None and self.shape is not None:
            head += f": {self.dtype.name} {self.shape}"
        facts = []
        if self.action == "copy":
            facts.append("bytes unknown" if self.bytes is None else f"{self.bytes:,} bytes")
        if self.action != "refuse":
            facts.append("writable" if self.writable else "read-only")
            if self.seconds is not None:
                facts.append(f"about {duration(self.seconds)}")
        lines = [head, *([wrapped(", ".join(facts))] if facts else [])]
        lines += section("Why", self.why)
        lines += section(f"Harmful: {self.harmful}", [self.harm])
        lines += section(
            "To share instead" if self.action == "copy" else "What to do", self.remedies
        )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def duration(seconds: float) -> str:
    """Seconds for people."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


@cache
def copying_speed() -> float:
    """Bytes a second that a copy moves here, measured once on 16 MB."""
    source = tb.zeros(1 << 24, dtype=tb.uint8)
    best = 0.0
    for _ in range(3):
        start = perf_counter()
        source.clone()
        best = max(best, source.nbytes / (perf_counter() - start))
    return best


@dataclass(frozen=True)
class Facts:
    """What is known of an object before anything is done with it."""

    dtype: tb.dtype | None
    shape: tuple[int, ...] | None
    swapped: bool
    permission: bool | None
    device: str
    memory: bool


def explain_object(
    obj: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    copy: bool | None = None,
    writable: bool | None = None,
) -> Plan:
    """What `asarray(obj, dtype=…, device=…, copy=…, writable=…)` would do."""
    with tb.trace() as events:
        try:
            facts = look(obj)
            if facts.shape == () and not facts.memory and copy is not False:
                # One number: whether it fits is found by making it.
                tb.tensor(obj, dtype=dtype)
        except Exception as error:
            refused = [event for event in events if event.action == "refused"]
            return refusal(error, refused[-1] if refused else None)
    wanted = None if dtype is None else tb.zeros(0, dtype=dtype, device="cpu").dtype
    action, said, can_write = _tensorbridge._plan(
        # Values are written as the wanted dtype at once: no cast comes after.
        (facts.dtype if facts.memory else wanted or facts.dtype) or tb.get_default_dtype(),
        swapped=facts.swapped,
        permission=facts.permission,
        on=facts.device,
        memory=facts.memory,
        dtype=wanted,
        device=device,
        copy=copy,
        writable=writable,
    )
    result = None if action == "refuse" else wanted or facts.dtype
    size = copied_bytes(action, result, facts.shape)
    return Plan(
        action=action,
        reasons=tuple(name for name, _, _ in said),
        why=tuple(sentence for _, sentence, _ in said),
        remedies=tuple(remedy for _, _, remedy in said),
        bytes=size,
        dtype=result,
        shape=None if action == "refuse" else facts.shape,
        writable=can_write,
        values_can_change=action == "copy" and lossy(facts.dtype, wanted),
        refused_by=refusing(facts.dtype, wanted) if action == "copy" else (),
        seconds=None if size is None else CROSSING + size / copying_speed() if size else CROSSING,
    )


def refusal(error: Exception, event: tb.Event | None) -> Plan:
    """The plan of an object that no door takes: its own error."""
    what, _, hint = str(error).partition(" — hint: ")
    return Plan(
        action="refuse",
        reasons=tuple(event.reasons) if event else (type(error).__name__,),
        why=(what,),
        remedies=(hint,) if hint else (),
        bytes=0,
        dtype=None,
        shape=None,
        writable=False,
        values_can_change=False,
        refused_by=(),
        seconds=CROSSING,
    )


def look(obj: Any) -> Facts:
    """The facts about an object; raises what `asarray` would raise for one that it never takes."""
    if isinstance(obj, (bool, int, float, complex)) and type(obj).__module__ == "builtins":
        return values(tb.asarray(obj).dtype, ())
    if isinstance(obj, (list, tuple)):
        return values(None, lengths(obj))
    if hasattr(obj, "__next__"):
        return values(None, None)
    try:
        shared = tb.asarray(obj, copy=False)
    except tb.CopyError:
        return unshared(obj)
    return Facts(
        dtype=shared.dtype,
        shape=tuple(shared.shape),
        swapped=False,
        permission=not shared.is_readonly,
        device=str(shared.device),
        memory=True,
    )


def values(dtype: tb.dtype | None, shape: tuple[int, ...] | None) -> Facts:
    """The facts about Python values, which have no memory to share."""
    return Facts(dtype, shape, swapped=False, permission=True, device="cpu", memory=False)


def unshared(obj: Any) -> Facts:
    """The facts about an object that refuses to be shared as it is."""
    numpy = sys.modules.get("numpy")
    described = getattr(obj, "dtype", None)
    if numpy is None or not isinstance(described, numpy.dtype):
        return values(None, lengths(obj) if isinstance(obj, Sequence) else None)
    native = described.newbyteorder("=")
    dtype = tb.asarray(numpy.zeros(0, native)).dtype
    if isinstance(obj, numpy.generic):
        return values(dtype, ())
    return Facts(
        dtype=dtype,
        shape=tuple(obj.shape),
        swapped=not described.isnative,
        permission=bool(obj.flags.writeable) if isinstance(obj, numpy.ndarray) else None,
        device="cpu",
        memory=True,
    )


def lengths(rows: Sequence[Any]) -> tuple[int, ...]:
    """The shape of nested sequences, as far as their first items tell."""
    shape: list[int] = []
    item: Any = rows
    while isinstance(item, (list, tuple, range)):
        shape.append(len(item))
        if not item or len(shape) > 64:
            return tuple(shape)
        item = item[0]
    return (*shape, *getattr(item, "shape", ()))


def copied_bytes(action: str, dtype: tb.dtype | None, shape: tuple[int, ...] | None) -> int | None:
    """How many bytes a plan copies."""
    if action != "copy":
        return 0
    if dtype is None or shape is None:
        return None
    return dtype.itemsize * prod(shape)


def lossy(source: tb.dtype | None, target: tb.dtype | None) -> bool:
    """Whether a cast changes some values of the source's dtype."""
    if target is None:
        return False
    return source is None or not tb.can_cast(source, target, casting="exact")


def refusing(source: tb.dtype | None, target: tb.dtype | None) -> tuple[str, ...]:
    """The rules by which dtypes alone forbid a cast; Python values are judged one by one."""
    if source is None or target is None:
        return ()
    return tuple(rule for rule in RULES if not tb.can_cast(source, target, casting=rule))
