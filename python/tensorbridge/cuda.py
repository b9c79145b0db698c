"""Whether this process can use a GPU. It cannot yet: tensorbridge computes on the host."""

from __future__ import annotations

__all__ = ["device_count", "is_available"]


def is_available() -> bool:
    """Whether tensors can be made on a `cuda` device."""
    return False


def device_count() -> int:
    """How many `cuda` devices tensors can be made on."""
    return 0
