"""Types of the diagnostic functions: what comes out depends on what goes in."""

from typing import Any, overload

from .diagnostics.aliases import Aliases
from .diagnostics.doctor.findings import Report
from .diagnostics.exactness import Exactness
from .diagnostics.floats import Stored
from .diagnostics.messages import Message
from .diagnostics.pictures.picture import Picture
from .diagnostics.plans import Plan
from .diagnostics.watching import Changes

@overload
def explain(obj: str | BaseException, /) -> Message: ...
@overload
def explain(
    obj: Any,
    /,
    *,
    dtype: Any = None,
    device: Any = None,
    copy: bool | None = None,
    writable: bool | None = None,
) -> Plan: ...
def doctor(*modules: str) -> Report: ...
def draw(*objects: Any, **named: Any) -> Picture: ...
def aliases(obj: Any, /) -> Aliases: ...
def watch(*objects: Any, **named: Any) -> Changes: ...
def exactness(obj: Any, dtype: Any) -> Exactness: ...
def show_float(value: Any, dtype: Any = None) -> Stored: ...
