"""Events for Python's own logging: the logger `tensorbridge`."""

from __future__ import annotations

import logging

from . import _tensorbridge as tb

LOGGER = logging.getLogger("tensorbridge")

#: What a reader should see of each action: copies and refusals before shares.
LEVELS = {
    "shared": logging.DEBUG,
    "copied": logging.INFO,
    "refused": logging.INFO,
    "computed": logging.DEBUG,
}


def tell(event: tb.Event) -> None:
    """Logs one event. Where nobody set logging up, everything goes to stderr."""
    if not LOGGER.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
        LOGGER.addHandler(handler)
        LOGGER.setLevel(logging.DEBUG)
    LOGGER.log(LEVELS[event.action], "%r", event, extra={"event": event})
