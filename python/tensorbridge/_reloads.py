"""Counts how often NumPy's module is executed again while tensorbridge watches.

A second execution binds the module's own functions anew; a weak reference to one of them hears
that the old one died. Nothing of NumPy is changed, and nothing is paid while nothing happens.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from weakref import ReferenceType

_seen = 0
_watched: ReferenceType[object] | None = None


def watch(numpy: ModuleType) -> None:
    """Watches a NumPy module from now on; watching it twice is watching it once."""
    global _watched
    marker = vars(numpy).get("__getattr__")
    if marker is None or (_watched is not None and _watched() is marker):
        return
    import weakref

    def died(_: ReferenceType[object]) -> None:
        global _seen
        # At the end of the process the module is emptied: that is no execution.
        if vars(numpy).get("__getattr__") is not None:
            _seen += 1
            watch(numpy)

    _watched = weakref.ref(marker, died)


def count() -> int:
    """How many executions were seen."""
    return _seen
