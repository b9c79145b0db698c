"""Tensors that share memory with NumPy: same bytes, in constant time, nothing hidden."""

from ._size import Size
from ._tensorbridge import *  # noqa: F403
from ._tensorbridge import __version__

__all__ = ["Size", "__version__"]
