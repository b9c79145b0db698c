"""PyTorch's helpers around tensors, as far as they are about data: `dlpack` and `data`."""

from __future__ import annotations

from . import data, dlpack

__all__ = ["data", "dlpack"]
