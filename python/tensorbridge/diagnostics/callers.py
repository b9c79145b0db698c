"""The expression that a thread's Python is at: which operation, in which line, in whose words."""

from __future__ import annotations

import dis
import linecache
import os
import sys
import threading
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import CodeType

#: The folder of the package: its frames are nobody's caller.
PACKAGE = f"{Path(__file__).parent.parent}{os.sep}"

#: The longest expression that is quoted whole.
LONGEST = 72

Said = tuple[str, int, str, str, str]


@dataclass(frozen=True)
class Caller:
    """Where something was done."""

    #: The file and line; `""` and 0 where they are not known.
    file: str
    line: int
    #: What was called there: `add_`, `+=`, `[] =`; `""` where it is not known.
    operation: str
    #: The expression as it is written; `""` where the source is not at hand.
    code: str
    #: The name of the thread; `""` for the main thread.
    thread: str

    def __str__(self) -> str:
        what = f"`{self.code or self.operation}`" if self.code or self.operation else "a call"
        folder, _, name = self.file.replace("\\", "/").rpartition("/")
        # What a notebook calls a cell's file is a number.
        name = "cell" if "/ipykernel_" in folder else name
        where = f"{name}:{self.line}" if self.file else "a line that is not known"
        return f"{what}, {where}" + (f" on thread {self.thread}" if self.thread else "")


#: Nothing is known of who did it.
UNKNOWN = Caller("", 0, "", "", "")


def here() -> Said | None:
    """The innermost expression outside this package on this thread; called by the engine."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(PACKAGE):
        if frame.f_back is None:
            return None
        frame = frame.f_back
    operation, code = expression(frame.f_code, frame.f_lasti)
    thread = threading.current_thread()
    name = "" if thread is threading.main_thread() else thread.name
    return frame.f_code.co_filename, frame.f_lineno, operation, code, name


@lru_cache(maxsize=512)
def expression(code: CodeType, offset: int) -> tuple[str, str]:
    """The operation and the source text of the instruction at an offset."""
    position = next(islice(code.co_positions(), offset // 2, None), (None,) * 4)
    return operation(code, offset, position), text(code.co_filename, position)


Position = tuple[int | None, int | None, int | None, int | None]


def operation(code: CodeType, offset: int, position: Position) -> str:
    """What an instruction does, in words of the source: the called name, the operator."""
    loaded = ""
    for instruction in dis.get_instructions(code):
        name = instruction.opname
        if instruction.offset == offset:
            if name == "BINARY_OP":
                return instruction.argrepr
            if name in ("STORE_SUBSCR", "STORE_SLICE"):
                return "[] ="
            if name == "BINARY_SUBSCR" or name == "BINARY_SLICE":
                return "[]"
            return loaded if "CALL" in name else ""
        found = instruction.positions
        # A call begins where the name that is called does; the last such name is the called one.
        if (
            name.startswith("LOAD_")
            and isinstance(instruction.argval, str)
            and found is not None
            and (found.lineno, found.col_offset) == (position[0], position[2])
        ):
            loaded = instruction.argval
    return ""


def text(file: str, position: Position) -> str:
    """The source of a position, as one line of bounded length."""
    first, last, start, end = position
    if first is None or last is None or start is None or end is None:
        return ""
    lines = [linecache.getline(file, number).encode() for number in range(first, last + 1)]
    if not all(lines):
        return ""
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    whole = " ".join(b" ".join(lines).decode(errors="replace").split())
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + "…"
