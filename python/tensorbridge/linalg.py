"""Linear algebra: the Array API's `linalg` extension."""

from __future__ import annotations

from ._tensorbridge import matmul, matrix_transpose, vecdot

__all__ = ["matmul", "matrix_transpose", "vecdot"]
