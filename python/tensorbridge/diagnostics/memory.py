"""`t.memory`: where the bytes of a tensor are, whose they are, and who may write them."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from html import escape
from typing import Any, NamedTuple

import tensorbridge as tb

#: Owners that are named one behind the other; chains are short where nobody made a long one.
LONGEST = 16


class Extent(NamedTuple):
    """The bytes that a layout spans, gaps included."""

    #: Address of the lowest byte of any element.
    lowest: int
    #: Bytes from there to the end of the highest element.
    nbytes: int


@dataclass(frozen=True)
class Memory:
    """What is known of a tensor's memory. Prints as a table."""

    #: The tensor in a few words.
    tensor: str
    #: Who owns the bytes: the object that the tensor holds, what that one is a view of, and so on.
    origin: tuple[str, ...]
    #: Address of element `[0, …, 0]`; `None` of a tensor without bytes.
    address: int | None
    #: The bytes spanned, gaps included; `None` of a tensor without bytes.
    extent: Extent | None
    #: Bytes of all elements, gaps not counted, repeated ones each.
    nbytes: int
    #: Bytes from one element to the next along each axis.
    strides: tuple[int, ...]
    #: `"C"`, `"F"`, `"C and F"` or `"strided"`.
    order: str
    #: The largest power of two that divides the address; 0 of a tensor without bytes.
    alignment: int
    #: Whether every element lies at a multiple of its dtype's alignment.
    aligned: bool
    #: Whether this tensor may write.
    writable: bool
    #: Why it may not; empty where it may.
    why_not: str
    #: How many handles tensorbridge has on this storage: this tensor, its views, and DLPack exports
    #: that another library still holds.
    shared_by: int

    def rows(self) -> list[tuple[str, str]]:
        """The table: what, and how it is."""
        if self.address is None or self.extent is None:
            return [("origin", " → ".join(self.origin))]
        low, length = self.extent
        gaps = "" if length == self.nbytes else f" for {self.nbytes:,} bytes of elements"
        handles = f"{self.shared_by} handles: this tensor, its views, DLPack exports that are held"
        return [
            ("origin", " → ".join(self.origin)),
            ("address", f"{self.address:#x}"),
            ("extent", f"{length:,} bytes from {low:#x}{gaps}"),
            ("strides", f"{self.strides} bytes, order {self.order}"),
            ("alignment", f"{self.alignment} bytes" + ("" if self.aligned else ": misaligned")),
            ("writable", "yes" if self.writable else f"no: {self.why_not}"),
            ("shared by", "this tensor alone" if self.shared_by == 1 else handles),
        ]

    def __str__(self) -> str:
        return "\n".join([self.tensor, *(f"  {name:<9}  {what}" for name, what in self.rows())])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        cells = "".join(
            f'<tr><th style="text-align:left">{escape(name)}</th>'
            f'<td style="text-align:left">{escape(what)}</td></tr>'
            for name, what in self.rows()
        )
        return f"<table><caption>{escape(self.tensor)}</caption>{cells}</table>"

    def to_dict(self) -> dict[str, Any]:
        """The attributes as plain Python values, which `json` takes."""
        values = asdict(self)
        values["extent"] = None if self.extent is None else self.extent._asdict()
        return values


def describe(tensor: tb.Tensor, facts: dict[str, Any]) -> Memory:
    """The memory of a tensor, of which only the engine knows `facts`."""
    here = facts["on_host"]
    address = tensor.data_ptr() if here else None
    order = {(True, True): "C and F", (True, False): "C", (False, True): "F"}
    return Memory(
        tensor=f"memory of a tensor of {tensor.dtype.name} {tuple(tensor.shape)}",
        origin=origin(facts),
        address=address,
        extent=Extent(facts["lowest"], facts["spanned"]) if here else None,
        nbytes=tensor.nbytes,
        strides=tuple(tensor.strides),
        order=order.get((facts["c"], facts["f"]), "strided"),
        alignment=address & -address if address else 0,
        aligned=facts["aligned"],
        writable=facts["refusal"] is None,
        why_not=why_not(facts),
        shared_by=facts["references"],
    )


def why_not(facts: dict[str, Any]) -> str:
    """Why a tensor may not write, as far as anybody knows."""
    if facts["refusal"] is None:
        return ""
    if "read-only" not in facts["refusal"]:
        return "more than one of its elements lies at the same place"
    if facts["storage_writable"]:
        return "it is a read-only view; other tensors over the same bytes may write"
    if facts["origin"] == "dlpack":
        return "the producer said read-only, or could not say, or `writable=False` was asked for"
    if is_writable(facts["owner"]):
        return "it was asked for read-only, of memory that others may write"
    return "the memory that it was made of is read-only"


def is_writable(owner: Any) -> bool:
    """Whether an owner of memory lets itself be written."""
    if is_array(owner):
        return bool(owner.flags.writeable)
    try:
        return not memoryview(owner).readonly
    except (TypeError, ValueError, BufferError):
        return False


def origin(facts: dict[str, Any]) -> tuple[str, ...]:
    """The chain of owners."""
    owner, producer = facts["owner"], facts["producer"]
    if owner is not None:
        return owners(owner)
    if producer is not None:
        return (f"DLPack export of a {class_name(producer)}",)
    return {
        "tensorbridge": (f"{facts['storage_bytes']:,} bytes that tensorbridge allocated",),
        "meta": ("nowhere: a meta tensor has a shape and a dtype, and no bytes",),
        "dlpack": ("DLPack capsule of a producer that is not known",),
        "rust": ("an owner in Rust",),
    }.get(facts["origin"], (facts["origin"],))


def owners(owner: Any) -> tuple[str, ...]:
    """An object that owns memory, what it is a view of, and so on."""
    found: list[str] = []
    while owner is not None and len(found) < LONGEST:
        if isinstance(owner, tb.Tensor):
            # Its own chain goes on from here.
            return (*found, words(owner), *owner.memory.origin)
        under = below(owner)
        # A memoryview is a way of looking, and nobody's memory.
        if not isinstance(owner, memoryview):
            found.append(words(owner) + (" that owns its bytes" if owns(owner, under) else ""))
        owner = under
    return (*found, "…") if owner is not None else tuple(found)


def below(owner: Any) -> Any:
    """What an object looks at the memory of, or `None`."""
    if isinstance(owner, memoryview):
        return owner.obj
    return owner.base if is_array(owner) else None


def owns(owner: Any, under: Any) -> bool:
    return under is None and is_array(owner)


def is_array(owner: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(owner, numpy.ndarray)


def words(owner: Any) -> str:
    """An owner in a few words."""
    name = class_name(type(owner))
    if is_array(owner) or isinstance(owner, tb.Tensor):
        dtype = owner.dtype.name
        return f"{name} of {dtype} {tuple(owner.shape)}"
    try:
        length = memoryview(owner).nbytes
    except (TypeError, ValueError, BufferError):
        return name
    return f"{name} of {length:,} bytes"


def class_name(kind: type) -> str:
    """A class as people call it: without the module where that says nothing."""
    module = kind.__module__
    plain = module in ("builtins", "__main__", "numpy", "tensorbridge", kind.__name__)
    return kind.__qualname__ if plain else f"{module}.{kind.__qualname__}"
