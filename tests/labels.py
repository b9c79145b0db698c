"""Names of parameters: the same in every process, which several share the tests out by."""

from __future__ import annotations

import re


def label(value: object) -> str:
    """What a value is shown as, without addresses."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))[:60]
