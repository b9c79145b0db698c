from typing import Any, Literal, SupportsIndex, TypeAlias, TypeVar, overload

import numpy as np

from ._tensorbridge import Tensor
from .typing import ArrayLike, DeviceLike, DTypeLike, ShapeLike

__all__ = [
    "fft",
    "fft2",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftfreq",
    "rfftn",
]

_Array = TypeVar("_Array", bound=np.ndarray[Any, Any])
_Norm: TypeAlias = Literal["backward", "ortho", "forward"] | None

@overload
def fft(
    x: ArrayLike,
    /,
    n: SupportsIndex | None = None,
    axis: SupportsIndex | None = -1,
    norm: _Norm = "backward",
    *,
    dim: SupportsIndex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def fft(
    x: ArrayLike,
    /,
    n: SupportsIndex | None = None,
    axis: SupportsIndex | None = -1,
    norm: _Norm = "backward",
    *,
    dim: SupportsIndex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def ifft(
    x: ArrayLike,
    /,
    n: SupportsIndex | None = None,
    axis: SupportsIndex | None = -1,
    norm: _Norm = "backward",
    *,
    dim: SupportsIndex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def ifft(
    x: ArrayLike,
    /,
    n: SupportsIndex | None = None,
    axis: SupportsIndex | None = -1,
    norm: _Norm = "backward",
    *,
    dim: SupportsIndex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def rfft(
    x: ArrayLike,
    /,
    n: SupportsIndex | None = None,
    axis: SupportsIndex | None = -1,
    norm: _Norm = "backward",
    *,
    dim: SupportsIndex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def rfft(
    x: ArrayLike,
    /,
    n: SupportsIndex | None = None,
    axis: SupportsIndex | None = -1,
    norm: _Norm = "backward",
    *,
    dim: SupportsIndex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def irfft(
    x: ArrayLike,
    /,
    n: SupportsIndex | None = None,
    axis: SupportsIndex | None = -1,
    norm: _Norm = "backward",
    *,
    dim: SupportsIndex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def irfft(
    x: ArrayLike,
    /,
    n: SupportsIndex | None = None,
    axis: SupportsIndex | None = -1,
    norm: _Norm = "backward",
    *,
    dim: SupportsIndex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def hfft(
    x: ArrayLike,
    /,
    n: SupportsIndex | None = None,
    axis: SupportsIndex | None = -1,
    norm: _Norm = "backward",
    *,
    dim: SupportsIndex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def hfft(
    x: ArrayLike,
    /,
    n: SupportsIndex | None = None,
    axis: SupportsIndex | None = -1,
    norm: _Norm = "backward",
    *,
    dim: SupportsIndex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def ihfft(
    x: ArrayLike,
    /,
    n: SupportsIndex | None = None,
    axis: SupportsIndex | None = -1,
    norm: _Norm = "backward",
    *,
    dim: SupportsIndex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def ihfft(
    x: ArrayLike,
    /,
    n: SupportsIndex | None = None,
    axis: SupportsIndex | None = -1,
    norm: _Norm = "backward",
    *,
    dim: SupportsIndex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def fftn(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = None,
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def fftn(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = None,
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def ifftn(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = None,
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def ifftn(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = None,
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def rfftn(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = None,
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def rfftn(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = None,
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def irfftn(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = None,
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def irfftn(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = None,
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def fft2(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = (-2, -1),
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def fft2(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = (-2, -1),
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def ifft2(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = (-2, -1),
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def ifft2(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = (-2, -1),
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def rfft2(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = (-2, -1),
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def rfft2(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = (-2, -1),
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def irfft2(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = (-2, -1),
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def irfft2(
    x: ArrayLike,
    /,
    s: ShapeLike | None = None,
    axes: ShapeLike | None = (-2, -1),
    norm: _Norm = "backward",
    *,
    dim: ShapeLike | None = None,
    out: _Array,
) -> _Array: ...
def fftfreq(
    n: SupportsIndex,
    /,
    d: float = 1.0,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Any,
) -> Tensor: ...
def rfftfreq(
    n: SupportsIndex,
    /,
    d: float = 1.0,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Any,
) -> Tensor: ...
def fftshift(
    x: ArrayLike, /, axes: ShapeLike | None = None, *, dim: ShapeLike | None = None
) -> Tensor: ...
def ifftshift(
    x: ArrayLike, /, axes: ShapeLike | None = None, *, dim: ShapeLike | None = None
) -> Tensor: ...
