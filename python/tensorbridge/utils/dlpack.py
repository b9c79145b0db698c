"""DLPack capsules by hand. `tb.from_dlpack(x)` and `x.__dlpack__()` do the same, and say more."""

from __future__ import annotations

from .._tensorbridge import Tensor, from_dlpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import CapsuleType

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Tensor) -> CapsuleType:
    """A capsule over the memory of `tensor`, of the version that every consumer reads.

    It can be consumed once. Raises `BufferError` for a read-only tensor, which such a capsule
    cannot say.
    """
    return tensor.__dlpack__()
