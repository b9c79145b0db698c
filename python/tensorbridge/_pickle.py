"""What pickles of tensors name. A function here never changes; a new format gets a new one."""

from __future__ import annotations

from ._tensorbridge import _rebuild_tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ._tensorbridge import Tensor
    from .typing import SupportsBuffer


def rebuild_tensor_v1(
    buffer: SupportsBuffer | None, dtype: str, shape: tuple[int, ...], order: Literal["C", "F"]
) -> Tensor:
    """The tensor whose elements, dense in `order`, are the bytes of `buffer`.

    The memory is shared: a read-only buffer gives a read-only tensor. `None` is the buffer of a
    meta tensor. Raises `ValueError` where the number of bytes is not what the others call for.
    """
    return _rebuild_tensor(buffer, dtype, shape, order)
