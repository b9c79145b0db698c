"""The compiled module, in the order of its sources. Docstrings are where the functions are."""

from builtins import bool as _bool
from builtins import complex as _complex
from builtins import float as _float
from builtins import int as _int
from builtins import type as _type
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import EllipsisType, ModuleType, TracebackType
from typing import (
    Any,
    ClassVar,
    Literal,
    Never,
    Self,
    SupportsIndex,
    TypeAlias,
    TypedDict,
    TypeVar,
    Unpack,
    final,
    overload,
    type_check_only,
)

import numpy as np
from typing_extensions import CapsuleType, TypeIs

from ._results import Histogram, KthValue, TopK, UniqueAll, UniqueCounts, UniqueInverse
from ._size import Count, Size
from .diagnostics.memory import Memory
from .linalg import SlogdetResult
from .typing import (
    ArrayLike,
    DeviceLike,
    DTypeLike,
    NestedSequence,
    ShapeLike,
    SupportsBuffer,
    SupportsDLPack,
)

__version__: str

# What stands beside a tensor in an operation. Python's numbers all count as `complex` here.
_Operand: TypeAlias = Tensor | np.ndarray[Any, Any] | np.generic | _complex
# `out=`: given as an array, it is returned as that array.
_Array = TypeVar("_Array", bound=np.ndarray[Any, Any])
# Axes, pairs of axes that are summed over, and orders of norms.
_Axes: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
_Contracted: TypeAlias = SupportsIndex | Sequence[_Axes]
_Norm: TypeAlias = _float | Literal["fro"]
# What has memory that can be looked at; `__array_interface__` has no type of its own.
_Memory: TypeAlias = Tensor | np.ndarray[Any, Any] | SupportsBuffer | SupportsDLPack
# What goes into `t[...]`, alone or several in a tuple.
_Place: TypeAlias = (
    SupportsIndex
    | slice[Any, Any, Any]
    | EllipsisType
    | Tensor
    | np.ndarray[Any, Any]
    | SupportsDLPack
    | NestedSequence[SupportsIndex]
    | None
)
# Within classes these names are attributes.
_dtype: TypeAlias = dtype
_device: TypeAlias = device
_layout: TypeAlias = layout
_memory_format: TypeAlias = memory_format

# Keywords of functions that make tensors, accepted as PyTorch has them.
@type_check_only
class _Options(TypedDict, total=False):
    out: Tensor | None
    layout: _layout | None
    memory_format: _memory_format | None
    requires_grad: Literal[False]
    pin_memory: Literal[False]

_Capabilities = TypedDict(
    "_Capabilities",
    {"boolean indexing": _bool, "data-dependent shapes": _bool, "max dimensions": _int},
)

@type_check_only
class _PrintOptions(TypedDict):
    precision: _int
    threshold: _float
    edgeitems: _int
    linewidth: _int
    sci_mode: _bool | None

# --- errors -----------------------------------------------------------------------------

class CopyError(ValueError, BufferError): ...
class ShapeError(ValueError, RuntimeError): ...
class AbsentError(AttributeError, RuntimeError): ...
class LinAlgError(ValueError, RuntimeError): ...
class RangeError(OverflowError, ValueError, RuntimeError): ...
class DeviceError(RuntimeError): ...
class InexactError(ValueError, RuntimeError): ...
class TooHardError(RuntimeError): ...

# --- dtypes -----------------------------------------------------------------------------

@final
class dtype:
    def __new__(cls, never: Never, /) -> Self: ...
    @property
    def name(self) -> str: ...
    @property
    def itemsize(self) -> _int: ...
    @property
    def kind(self) -> str: ...
    @property
    def is_floating_point(self) -> _bool: ...
    @property
    def is_complex(self) -> _bool: ...
    @property
    def is_signed(self) -> _bool: ...
    def to_real(self) -> Self: ...
    def to_complex(self) -> Self: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    def __eq__(self, other: object, /) -> _bool: ...
    def __ne__(self, other: object, /) -> _bool: ...
    def __hash__(self) -> _int: ...
    def __reduce__(self) -> str: ...

bool: dtype
int8: dtype
int16: dtype
int32: dtype
int64: dtype
uint8: dtype
uint16: dtype
uint32: dtype
uint64: dtype
float16: dtype
bfloat16: dtype
float32: dtype
float64: dtype
complex64: dtype
complex128: dtype
half: dtype
float: dtype
double: dtype
short: dtype
int: dtype
long: dtype
cfloat: dtype
cdouble: dtype
bool_: dtype

def set_default_dtype(dtype: DTypeLike) -> None: ...
def get_default_dtype() -> dtype: ...

# --- devices and layouts ----------------------------------------------------------------

@final
class device:
    def __new__(cls, type: DeviceLike, index: SupportsIndex | None = None) -> Self: ...
    @property
    def type(self) -> Literal["cpu", "meta", "cuda"]: ...
    @property
    def index(self) -> _int | None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        _kind: _type[BaseException] | None = None,
        _value: BaseException | None = None,
        _traceback: TracebackType | None = None,
    ) -> None: ...
    def __eq__(self, other: object, /) -> _bool: ...
    def __ne__(self, other: object, /) -> _bool: ...
    def __hash__(self) -> _int: ...
    def __reduce__(self) -> tuple[_type[Self], tuple[str]]: ...

def get_default_device() -> device: ...
def set_default_device(device: DeviceLike | None, /) -> None: ...

@final
class layout:
    def __new__(cls, never: Never, /) -> Self: ...
    def __reduce__(self) -> str: ...

@final
class memory_format:
    def __new__(cls, never: Never, /) -> Self: ...
    def __eq__(self, other: object, /) -> _bool: ...
    def __ne__(self, other: object, /) -> _bool: ...
    def __hash__(self) -> _int: ...
    def __reduce__(self) -> str: ...

strided: layout
preserve_format: memory_format
contiguous_format: memory_format
channels_last: memory_format
channels_last_3d: memory_format

# --- the tensor -------------------------------------------------------------------------

@final
class Tensor:
    def __new__(cls, *args: Any) -> Self: ...

    # NumPy's array protocols
    def __array__(self, dtype: Any = None, copy: _bool | None = None) -> np.ndarray[Any, Any]: ...
    @property
    def __array_interface__(self) -> dict[str, Any]: ...
    __array_priority__: ClassVar[_int]

    # the Array API standard
    def __array_namespace__(self, *, api_version: str | None = None) -> ModuleType: ...

    # attributes
    @property
    def shape(self) -> Size: ...
    @property
    def ndim(self) -> _int: ...
    def dim(self) -> _int: ...
    @property
    def size(self) -> Count: ...
    def numel(self) -> _int: ...
    def nelement(self) -> _int: ...
    @property
    def dtype(self) -> _dtype: ...
    @property
    def device(self) -> _device: ...
    @property
    def itemsize(self) -> _int: ...
    def element_size(self) -> _int: ...
    @property
    def nbytes(self) -> _int: ...
    @property
    def strides(self) -> tuple[_int, ...]: ...
    @overload
    def stride(self, dim: None = None) -> tuple[_int, ...]: ...
    @overload
    def stride(self, dim: SupportsIndex) -> _int: ...
    def storage_offset(self) -> _int: ...
    def data_ptr(self) -> _int: ...
    def is_contiguous(self, memory_format: _memory_format | None = None) -> _bool: ...
    @property
    def layout(self) -> _layout: ...
    def ndimension(self) -> _int: ...
    @property
    def is_cuda(self) -> _bool: ...
    @property
    def is_cpu(self) -> _bool: ...
    @property
    def is_meta(self) -> _bool: ...
    @property
    def is_sparse(self) -> Literal[False]: ...
    @property
    def is_quantized(self) -> Literal[False]: ...
    def is_conj(self) -> Literal[False]: ...
    def is_neg(self) -> Literal[False]: ...
    def is_pinned(self) -> Literal[False]: ...
    def is_shared(self) -> Literal[False]: ...
    def is_signed(self) -> _bool: ...
    @property
    def _version(self) -> _int: ...
    @property
    def memory(self) -> Memory: ...
    @property
    def is_readonly(self) -> _bool: ...
    def is_floating_point(self) -> _bool: ...
    def is_complex(self) -> _bool: ...
    def untyped_storage(self) -> Tensor: ...
    def storage(self) -> Tensor: ...
    def __len__(self) -> _int: ...
    def __sizeof__(self) -> _int: ...
    def __hash__(self) -> _int: ...

    # the buffer protocol
    def __bytes__(self) -> bytes: ...
    def tobytes(self) -> bytes: ...
    def __buffer__(self, flags: _int, /) -> memoryview: ...

    # copies and casts
    def float(self) -> Tensor: ...
    def double(self) -> Tensor: ...
    def half(self) -> Tensor: ...
    def bfloat16(self) -> Tensor: ...
    def int(self) -> Tensor: ...
    def long(self) -> Tensor: ...
    def short(self) -> Tensor: ...
    def char(self) -> Tensor: ...
    def byte(self) -> Tensor: ...
    def bool(self) -> Tensor: ...
    def cfloat(self) -> Tensor: ...
    def cdouble(self) -> Tensor: ...
    @overload
    def to(
        self,
        dtype: DTypeLike,
        non_blocking: _bool = False,
        copy: _bool = False,
        *,
        memory_format: _memory_format | None = None,
        casting: _Casting | None = None,
    ) -> Tensor: ...
    @overload
    def to(
        self,
        device: DeviceLike | _int | None = None,
        dtype: DTypeLike | None = None,
        non_blocking: _bool = False,
        copy: _bool = False,
        *,
        memory_format: _memory_format | None = None,
        casting: _Casting | None = None,
    ) -> Tensor: ...
    @overload
    def to(
        self,
        other: Tensor,
        non_blocking: _bool = False,
        copy: _bool = False,
        *,
        memory_format: _memory_format | None = None,
        casting: _Casting | None = None,
    ) -> Tensor: ...
    def to_device(self, device: DeviceLike | _int, /, *, stream: None = None) -> Tensor: ...
    def astype(
        self,
        dtype: DTypeLike,
        /,
        *,
        copy: _bool = True,
        device: DeviceLike | None = None,
        casting: _Casting | None = None,
    ) -> Tensor: ...
    def type_as(self, other: Tensor) -> Tensor: ...
    @overload
    def type(self, dtype: None = None, non_blocking: _bool = False) -> str: ...
    @overload
    def type(self, dtype: DTypeLike, non_blocking: _bool = False) -> Tensor: ...
    def contiguous(self, memory_format: _memory_format | None = None) -> Tensor: ...
    def clone(self, *, memory_format: _memory_format | None = None) -> Tensor: ...
    def copy(self) -> Tensor: ...
    def cpu(self, memory_format: _memory_format | None = None) -> Tensor: ...
    def cuda(
        self,
        device: DeviceLike | _int | None = None,
        non_blocking: _bool = False,
        memory_format: _memory_format | None = None,
    ) -> Tensor: ...
    def resolve_conj(self) -> Self: ...
    def resolve_neg(self) -> Self: ...
    def __copy__(self) -> Tensor: ...
    def __deepcopy__(self, memo: dict[_int, Any]) -> Tensor: ...

    # conversion
    def numpy(self, *, force: _bool = False) -> np.ndarray[Any, Any]: ...

    # DLPack
    def __dlpack__(
        self,
        *,
        stream: _int | None = None,
        max_version: tuple[_int, _int] | None = None,
        dl_device: tuple[_int, _int] | None = None,
        copy: _bool | None = None,
    ) -> CapsuleType: ...
    def __dlpack_device__(self) -> tuple[_int, _int]: ...
    __dlpack_c_exchange_api__: ClassVar[CapsuleType]

    # gradients: there are none
    requires_grad: Literal[False]
    def requires_grad_(self, requires_grad: Literal[False]) -> Self: ...
    @property
    def is_leaf(self) -> Literal[True]: ...
    grad: None
    @property
    def grad_fn(self) -> None: ...
    def detach_(self) -> Self: ...

    # indexing
    def __getitem__(self, index: _Place | tuple[_Place, ...], /) -> Tensor: ...
    def __setitem__(self, index: _Place | tuple[_Place, ...], value: ArrayLike, /) -> None: ...
    def __delitem__(self, index: Never, /) -> Never: ...

    # views
    @overload
    def view(self, *shape: SupportsIndex) -> Tensor: ...
    @overload
    def view(self, shape: Iterable[SupportsIndex] | DTypeLike, /) -> Tensor: ...
    @overload
    def view(self, *, size: ShapeLike, dtype: None = None) -> Tensor: ...
    @overload
    def view(self, *, size: None = None, dtype: DTypeLike) -> Tensor: ...
    def view_as(self, other: Tensor) -> Tensor: ...
    @overload
    def reshape(
        self, *lengths: SupportsIndex, shape: None = None, copy: _bool | None = None
    ) -> Tensor: ...
    @overload
    def reshape(
        self, lengths: Iterable[SupportsIndex], /, *, copy: _bool | None = None
    ) -> Tensor: ...
    @overload
    def reshape(self, *, shape: ShapeLike, copy: _bool | None = None) -> Tensor: ...
    def reshape_as(self, other: Tensor) -> Tensor: ...
    def flatten(self, start_dim: SupportsIndex = 0, end_dim: SupportsIndex = -1) -> Tensor: ...
    def ravel(self) -> Tensor: ...
    def unflatten(self, dim: SupportsIndex, sizes: ShapeLike) -> Tensor: ...
    @overload
    def permute(self, *axes: SupportsIndex, dims: None = None) -> Tensor: ...
    @overload
    def permute(self, axes: Iterable[SupportsIndex], /) -> Tensor: ...
    @overload
    def permute(self, *, dims: ShapeLike) -> Tensor: ...
    @overload
    def transpose(self, dim0: SupportsIndex, dim1: SupportsIndex) -> Tensor: ...
    @overload
    def transpose(self, dim0: Iterable[SupportsIndex]) -> Tensor: ...
    @overload
    def transpose(self, *, axes: Iterable[SupportsIndex] | None = None) -> Tensor: ...
    def swapaxes(self, axis0: SupportsIndex, axis1: SupportsIndex) -> Tensor: ...
    def swapdims(self, dim0: SupportsIndex, dim1: SupportsIndex) -> Tensor: ...
    def movedim(self, source: ShapeLike, destination: ShapeLike) -> Tensor: ...
    def moveaxis(self, source: ShapeLike, destination: ShapeLike) -> Tensor: ...
    @property
    def T(self) -> Tensor: ...
    @property
    def mT(self) -> Tensor: ...
    @property
    def H(self) -> Tensor: ...
    @property
    def mH(self) -> Tensor: ...
    def adjoint(self) -> Tensor: ...
    def conj(self) -> Tensor: ...
    def t(self) -> Tensor: ...
    def squeeze(self, dim: ShapeLike | None = None, *, axis: ShapeLike | None = None) -> Tensor: ...
    @overload
    def unsqueeze(self, dim: SupportsIndex, *, axis: None = None) -> Tensor: ...
    @overload
    def unsqueeze(self, dim: None = None, *, axis: SupportsIndex) -> Tensor: ...
    @overload
    def expand(self, *lengths: SupportsIndex, size: None = None) -> Tensor: ...
    @overload
    def expand(self, lengths: Iterable[SupportsIndex], /) -> Tensor: ...
    @overload
    def expand(self, *, size: ShapeLike) -> Tensor: ...
    def expand_as(self, other: Tensor) -> Tensor: ...
    def broadcast_to(self, shape: ShapeLike) -> Tensor: ...
    @overload
    def flip(self, *axes: SupportsIndex) -> Tensor: ...
    @overload
    def flip(self, axes: Iterable[SupportsIndex], /) -> Tensor: ...
    @overload
    def flip(self, *, dims: ShapeLike | None) -> Tensor: ...
    @overload
    def flip(self, *, axis: ShapeLike | None) -> Tensor: ...
    def fliplr(self) -> Tensor: ...
    def flipud(self) -> Tensor: ...
    def as_strided(
        self, size: ShapeLike, stride: ShapeLike, storage_offset: SupportsIndex | None = None
    ) -> Tensor: ...
    def unbind(self, dim: SupportsIndex = 0) -> tuple[Tensor, ...]: ...
    def split(self, split_size: ShapeLike, dim: SupportsIndex = 0) -> tuple[Tensor, ...]: ...
    def split_with_sizes(
        self, split_sizes: ShapeLike, dim: SupportsIndex = 0
    ) -> tuple[Tensor, ...]: ...
    def chunk(self, chunks: SupportsIndex, dim: SupportsIndex = 0) -> tuple[Tensor, ...]: ...
    def tensor_split(
        self, indices_or_sections: ShapeLike, dim: SupportsIndex = 0
    ) -> tuple[Tensor, ...]: ...
    def select(self, dim: SupportsIndex, index: SupportsIndex) -> Tensor: ...
    def narrow(self, dim: SupportsIndex, start: SupportsIndex, length: SupportsIndex) -> Tensor: ...
    def diag_embed(
        self,
        offset: SupportsIndex = 0,
        dim1: SupportsIndex = -2,
        dim2: SupportsIndex = -1,
    ) -> Tensor: ...
    def diag(self, diagonal: SupportsIndex = 0) -> Tensor: ...
    def diagonal(
        self,
        offset: SupportsIndex = 0,
        dim1: SupportsIndex | None = None,
        dim2: SupportsIndex | None = None,
        *,
        axis1: SupportsIndex | None = None,
        axis2: SupportsIndex | None = None,
    ) -> Tensor: ...
    def unfold(
        self, dimension: SupportsIndex, size: SupportsIndex, step: SupportsIndex
    ) -> Tensor: ...
    @overload
    def repeat(self, *sizes: SupportsIndex) -> Tensor: ...
    @overload
    def repeat(self, sizes: ShapeLike, /) -> Tensor: ...
    @overload
    def repeat(self, *, repeats: ShapeLike) -> Tensor: ...
    def repeat_interleave(
        self,
        repeats: ArrayLike,
        dim: SupportsIndex | None = None,
        *,
        output_size: SupportsIndex | None = None,
    ) -> Tensor: ...
    @overload
    def tile(self, *repetitions: SupportsIndex) -> Tensor: ...
    @overload
    def tile(self, repetitions: ShapeLike, /) -> Tensor: ...
    @overload
    def tile(self, *, dims: ShapeLike) -> Tensor: ...
    def roll(
        self,
        shifts: ShapeLike,
        dims: ShapeLike | None = None,
        *,
        axis: ShapeLike | None = None,
    ) -> Tensor: ...
    @property
    def real(self) -> Tensor: ...
    @property
    def imag(self) -> Tensor: ...
    def detach(self) -> Tensor: ...
    @property
    def data(self) -> Tensor: ...
    def readonly(self) -> Tensor: ...

    # NumPy's functions
    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any: ...
    def __array_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[_type[Any]],
        args: Iterable[Any],
        kwargs: Mapping[str, Any],
    ) -> Any: ...
    def __array_wrap__(
        self,
        array: np.ndarray[Any, Any],
        context: tuple[np.ufunc, tuple[Any, ...], _int] | None = None,
        return_scalar: _bool = False,
    ) -> Any: ...

    # operators
    def __add__(self, other: _Operand, /) -> Tensor: ...
    def __sub__(self, other: _Operand, /) -> Tensor: ...
    def __mul__(self, other: _Operand, /) -> Tensor: ...
    def __truediv__(self, other: _Operand, /) -> Tensor: ...
    def __floordiv__(self, other: _Operand, /) -> Tensor: ...
    def __mod__(self, other: _Operand, /) -> Tensor: ...
    def __and__(self, other: _Operand, /) -> Tensor: ...
    def __or__(self, other: _Operand, /) -> Tensor: ...
    def __xor__(self, other: _Operand, /) -> Tensor: ...
    def __lshift__(self, other: _Operand, /) -> Tensor: ...
    def __rshift__(self, other: _Operand, /) -> Tensor: ...
    def __pow__(self, other: _Operand, mod: None = None, /) -> Tensor: ...
    def __matmul__(self, other: _Operand, /) -> Tensor: ...
    def __radd__(self, other: _Operand, /) -> Tensor: ...
    def __rsub__(self, other: _Operand, /) -> Tensor: ...
    def __rmul__(self, other: _Operand, /) -> Tensor: ...
    def __rtruediv__(self, other: _Operand, /) -> Tensor: ...
    def __rfloordiv__(self, other: _Operand, /) -> Tensor: ...
    def __rmod__(self, other: _Operand, /) -> Tensor: ...
    def __rand__(self, other: _Operand, /) -> Tensor: ...
    def __ror__(self, other: _Operand, /) -> Tensor: ...
    def __rxor__(self, other: _Operand, /) -> Tensor: ...
    def __rlshift__(self, other: _Operand, /) -> Tensor: ...
    def __rrshift__(self, other: _Operand, /) -> Tensor: ...
    def __rpow__(self, other: _Operand, mod: None = None, /) -> Tensor: ...
    def __rmatmul__(self, other: _Operand, /) -> Tensor: ...
    def __iadd__(self, other: _Operand, /) -> Self: ...
    def __isub__(self, other: _Operand, /) -> Self: ...
    def __imul__(self, other: _Operand, /) -> Self: ...
    def __itruediv__(self, other: _Operand, /) -> Self: ...
    def __ifloordiv__(self, other: _Operand, /) -> Self: ...
    def __imod__(self, other: _Operand, /) -> Self: ...
    def __iand__(self, other: _Operand, /) -> Self: ...
    def __ior__(self, other: _Operand, /) -> Self: ...
    def __ixor__(self, other: _Operand, /) -> Self: ...
    def __ilshift__(self, other: _Operand, /) -> Self: ...
    def __irshift__(self, other: _Operand, /) -> Self: ...
    def __ipow__(self, other: _Operand, /) -> Self: ...  # type: ignore[misc]
    def __imatmul__(self, other: _Operand, /) -> Self: ...
    def __divmod__(self, other: _Operand, /) -> tuple[Tensor, Tensor]: ...
    def __rdivmod__(self, other: _Operand, /) -> tuple[Tensor, Tensor]: ...
    def __neg__(self) -> Tensor: ...
    def __pos__(self) -> Tensor: ...
    def __abs__(self) -> Tensor: ...
    def __invert__(self) -> Tensor: ...
    def __eq__(self, other: _Operand, /) -> Tensor: ...  # type: ignore[override]
    def __ne__(self, other: _Operand, /) -> Tensor: ...  # type: ignore[override]
    def __lt__(self, other: _Operand, /) -> Tensor: ...
    def __le__(self, other: _Operand, /) -> Tensor: ...
    def __gt__(self, other: _Operand, /) -> Tensor: ...
    def __ge__(self, other: _Operand, /) -> Tensor: ...

    # pickles
    def __reduce_ex__(
        self, protocol: SupportsIndex
    ) -> tuple[Callable[..., Tensor], tuple[Any, ...]]: ...

    # values
    def item(self) -> Any: ...
    def tolist(self) -> Any: ...
    def __bool__(self) -> _bool: ...
    def __int__(self) -> _int: ...
    def __float__(self) -> _float: ...
    def __complex__(self) -> _complex: ...
    def __index__(self) -> _int: ...
    def __format__(self, spec: str) -> str: ...
    def __iter__(self) -> Iterator[Tensor]: ...
    def __contains__(self, element: _Operand, /) -> _bool: ...
    def __reversed__(self) -> Iterator[Tensor]: ...

    # writing in place
    def copy_(
        self, src: ArrayLike, non_blocking: _bool = False, *, casting: _Casting | None = None
    ) -> Self: ...
    def fill_(self, value: _Operand) -> Self: ...
    def zero_(self) -> Self: ...
    def masked_fill_(self, mask: ArrayLike, value: _Operand) -> Self: ...
    def masked_fill(self, mask: ArrayLike, value: _Operand) -> Tensor: ...

    # creation
    @overload
    def new_empty(
        self,
        shape: ShapeLike,
        *,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        **options: Unpack[_Options],
    ) -> Tensor: ...
    @overload
    def new_empty(
        self,
        shape: SupportsIndex,
        *more: SupportsIndex,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        **options: Unpack[_Options],
    ) -> Tensor: ...
    @overload
    def new_zeros(
        self,
        shape: ShapeLike,
        *,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        **options: Unpack[_Options],
    ) -> Tensor: ...
    @overload
    def new_zeros(
        self,
        shape: SupportsIndex,
        *more: SupportsIndex,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        **options: Unpack[_Options],
    ) -> Tensor: ...
    @overload
    def new_ones(
        self,
        shape: ShapeLike,
        *,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        **options: Unpack[_Options],
    ) -> Tensor: ...
    @overload
    def new_ones(
        self,
        shape: SupportsIndex,
        *more: SupportsIndex,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        **options: Unpack[_Options],
    ) -> Tensor: ...
    def new_full(
        self,
        size: ShapeLike,
        fill_value: _Operand,
        *,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        **options: Unpack[_Options],
    ) -> Tensor: ...
    def new_tensor(
        self,
        data: ArrayLike,
        *,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
    ) -> Tensor: ...

    # elementwise
    def multiply(self, other: _Operand) -> Tensor: ...
    def multiply_(self, other: _Operand) -> Self: ...
    def divide(
        self, other: _Operand, *, rounding_mode: Literal["trunc", "floor"] | None = None
    ) -> Tensor: ...
    def divide_(
        self, other: _Operand, *, rounding_mode: Literal["trunc", "floor"] | None = None
    ) -> Self: ...
    def floor_divide(self, other: _Operand) -> Tensor: ...
    def floor_divide_(self, other: _Operand) -> Self: ...
    def remainder(self, other: _Operand) -> Tensor: ...
    def remainder_(self, other: _Operand) -> Self: ...
    def pow(self, other: _Operand) -> Tensor: ...
    def pow_(self, other: _Operand) -> Self: ...
    def bitwise_and(self, other: _Operand) -> Tensor: ...
    def bitwise_and_(self, other: _Operand) -> Self: ...
    def bitwise_or(self, other: _Operand) -> Tensor: ...
    def bitwise_or_(self, other: _Operand) -> Self: ...
    def bitwise_xor(self, other: _Operand) -> Tensor: ...
    def bitwise_xor_(self, other: _Operand) -> Self: ...
    def bitwise_left_shift(self, other: _Operand) -> Tensor: ...
    def bitwise_left_shift_(self, other: _Operand) -> Self: ...
    def bitwise_right_shift(self, other: _Operand) -> Tensor: ...
    def bitwise_right_shift_(self, other: _Operand) -> Self: ...
    def maximum(self, other: _Operand) -> Tensor: ...
    def maximum_(self, other: _Operand) -> Self: ...
    def minimum(self, other: _Operand) -> Tensor: ...
    def minimum_(self, other: _Operand) -> Self: ...
    def fmax(self, other: _Operand) -> Tensor: ...
    def fmax_(self, other: _Operand) -> Self: ...
    def fmin(self, other: _Operand) -> Tensor: ...
    def fmin_(self, other: _Operand) -> Self: ...
    def fmod(self, other: _Operand) -> Tensor: ...
    def fmod_(self, other: _Operand) -> Self: ...
    def gcd(self, other: _Operand) -> Tensor: ...
    def gcd_(self, other: _Operand) -> Self: ...
    def lcm(self, other: _Operand) -> Tensor: ...
    def lcm_(self, other: _Operand) -> Self: ...
    def heaviside(self, other: _Operand) -> Tensor: ...
    def heaviside_(self, other: _Operand) -> Self: ...
    def eq(self, other: _Operand) -> Tensor: ...
    def ne(self, other: _Operand) -> Tensor: ...
    def lt(self, other: _Operand) -> Tensor: ...
    def le(self, other: _Operand) -> Tensor: ...
    def gt(self, other: _Operand) -> Tensor: ...
    def ge(self, other: _Operand) -> Tensor: ...
    def negative(self) -> Tensor: ...
    def negative_(self) -> Self: ...
    def abs(self) -> Tensor: ...
    def abs_(self) -> Self: ...
    def bitwise_invert(self) -> Tensor: ...
    def bitwise_invert_(self) -> Self: ...
    def exp(self) -> Tensor: ...
    def exp_(self) -> Self: ...
    def exp2(self) -> Tensor: ...
    def exp2_(self) -> Self: ...
    def expm1(self) -> Tensor: ...
    def expm1_(self) -> Self: ...
    def log(self) -> Tensor: ...
    def log_(self) -> Self: ...
    def log2(self) -> Tensor: ...
    def log2_(self) -> Self: ...
    def log10(self) -> Tensor: ...
    def log10_(self) -> Self: ...
    def log1p(self) -> Tensor: ...
    def log1p_(self) -> Self: ...
    def sqrt(self) -> Tensor: ...
    def sqrt_(self) -> Self: ...
    def rsqrt(self) -> Tensor: ...
    def rsqrt_(self) -> Self: ...
    def cbrt(self) -> Tensor: ...
    def cbrt_(self) -> Self: ...
    def reciprocal(self) -> Tensor: ...
    def reciprocal_(self) -> Self: ...
    def sin(self) -> Tensor: ...
    def sin_(self) -> Self: ...
    def cos(self) -> Tensor: ...
    def cos_(self) -> Self: ...
    def tan(self) -> Tensor: ...
    def tan_(self) -> Self: ...
    def deg2rad(self) -> Tensor: ...
    def deg2rad_(self) -> Self: ...
    def rad2deg(self) -> Tensor: ...
    def rad2deg_(self) -> Self: ...
    def sinc(self) -> Tensor: ...
    def sinc_(self) -> Self: ...
    def asin(self) -> Tensor: ...
    def asin_(self) -> Self: ...
    def acos(self) -> Tensor: ...
    def acos_(self) -> Self: ...
    def atan(self) -> Tensor: ...
    def atan_(self) -> Self: ...
    def sinh(self) -> Tensor: ...
    def sinh_(self) -> Self: ...
    def cosh(self) -> Tensor: ...
    def cosh_(self) -> Self: ...
    def tanh(self) -> Tensor: ...
    def tanh_(self) -> Self: ...
    def asinh(self) -> Tensor: ...
    def asinh_(self) -> Self: ...
    def acosh(self) -> Tensor: ...
    def acosh_(self) -> Self: ...
    def atanh(self) -> Tensor: ...
    def atanh_(self) -> Self: ...
    def erf(self) -> Tensor: ...
    def erf_(self) -> Self: ...
    def erfc(self) -> Tensor: ...
    def erfc_(self) -> Self: ...
    def erfinv(self) -> Tensor: ...
    def erfinv_(self) -> Self: ...
    def sigmoid(self) -> Tensor: ...
    def sigmoid_(self) -> Self: ...
    def logsigmoid(self) -> Tensor: ...
    def logsigmoid_(self) -> Self: ...
    def softplus(
        self, beta: _Operand | None = None, threshold: _Operand | None = None
    ) -> Tensor: ...
    def softplus_(
        self, beta: _Operand | None = None, threshold: _Operand | None = None
    ) -> Self: ...
    def silu(self) -> Tensor: ...
    def silu_(self) -> Self: ...
    def gelu(self, approximate: Literal["none", "tanh"] = "none") -> Tensor: ...
    def gelu_(self, approximate: Literal["none", "tanh"] = "none") -> Self: ...
    def relu(self) -> Tensor: ...
    def relu_(self) -> Self: ...
    def floor(self) -> Tensor: ...
    def floor_(self) -> Self: ...
    def ceil(self) -> Tensor: ...
    def ceil_(self) -> Self: ...
    def trunc(self) -> Tensor: ...
    def trunc_(self) -> Self: ...
    def frac(self) -> Tensor: ...
    def frac_(self) -> Self: ...
    def sign(self) -> Tensor: ...
    def sign_(self) -> Self: ...
    def round(self, decimals: SupportsIndex = 0) -> Tensor: ...
    def round_(self, decimals: SupportsIndex = 0) -> Self: ...
    def signbit(self) -> Tensor: ...
    def isnan(self) -> Tensor: ...
    def isinf(self) -> Tensor: ...
    def isfinite(self) -> Tensor: ...
    def atan2(self, other: _Operand) -> Tensor: ...
    def atan2_(self, other: _Operand) -> Self: ...
    def hypot(self, other: _Operand) -> Tensor: ...
    def hypot_(self, other: _Operand) -> Self: ...
    def copysign(self, other: _Operand) -> Tensor: ...
    def copysign_(self, other: _Operand) -> Self: ...
    def nextafter(self, other: _Operand) -> Tensor: ...
    def nextafter_(self, other: _Operand) -> Self: ...
    def ldexp(self, other: _Operand) -> Tensor: ...
    def ldexp_(self, other: _Operand) -> Self: ...
    def logaddexp(self, other: _Operand) -> Tensor: ...
    def logaddexp_(self, other: _Operand) -> Self: ...
    def xlogy(self, other: _Operand) -> Tensor: ...
    def xlogy_(self, other: _Operand) -> Self: ...
    arccos = acos
    arccos_ = acos_
    arccosh = acosh
    arccosh_ = acosh_
    arcsin = asin
    arcsin_ = asin_
    arcsinh = asinh
    arcsinh_ = asinh_
    arctan = atan
    arctan_ = atan_
    arctan2 = atan2
    arctan2_ = atan2_
    arctanh = atanh
    arctanh_ = atanh_
    degrees = rad2deg
    degrees_ = rad2deg_
    fix = trunc
    fix_ = trunc_
    radians = deg2rad
    radians_ = deg2rad_
    sgn = sign
    sgn_ = sign_
    def angle(self) -> Tensor: ...
    def isreal(self) -> Tensor: ...
    def isposinf(self) -> Tensor: ...
    def isneginf(self) -> Tensor: ...
    def nan_to_num(
        self,
        nan: _Operand | None = None,
        posinf: _Operand | None = None,
        neginf: _Operand | None = None,
    ) -> Tensor: ...
    def nan_to_num_(
        self,
        nan: _Operand | None = None,
        posinf: _Operand | None = None,
        neginf: _Operand | None = None,
    ) -> Self: ...
    def frexp(self) -> tuple[Tensor, Tensor]: ...
    def float_power(self, other: _Operand) -> Tensor: ...
    def addcmul(
        self, tensor1: _Operand, tensor2: _Operand, *, value: _Operand | None = None
    ) -> Tensor: ...
    def addcmul_(
        self, tensor1: _Operand, tensor2: _Operand, *, value: _Operand | None = None
    ) -> Self: ...
    def addcdiv(
        self, tensor1: _Operand, tensor2: _Operand, *, value: _Operand | None = None
    ) -> Tensor: ...
    def addcdiv_(
        self, tensor1: _Operand, tensor2: _Operand, *, value: _Operand | None = None
    ) -> Self: ...
    def lerp(self, end: _Operand, weight: _Operand) -> Tensor: ...
    def lerp_(self, end: _Operand, weight: _Operand) -> Self: ...
    def square(self) -> Tensor: ...
    def square_(self) -> Self: ...
    def add(self, other: _Operand, *, alpha: _Operand | None = None) -> Tensor: ...
    def add_(self, other: _Operand, *, alpha: _Operand | None = None) -> Self: ...
    def subtract(self, other: _Operand, *, alpha: _Operand | None = None) -> Tensor: ...
    def subtract_(self, other: _Operand, *, alpha: _Operand | None = None) -> Self: ...
    def positive(self) -> Tensor: ...
    sub = subtract
    sub_ = subtract_
    mul = multiply
    mul_ = multiply_
    div = divide
    div_ = divide_
    true_divide = divide
    true_divide_ = divide_
    power = pow
    power_ = pow_
    neg = negative
    neg_ = negative_
    absolute = abs
    absolute_ = abs_
    bitwise_not = bitwise_invert
    bitwise_not_ = bitwise_invert_
    invert = bitwise_invert
    invert_ = bitwise_invert_
    left_shift = bitwise_left_shift
    left_shift_ = bitwise_left_shift_
    right_shift = bitwise_right_shift
    right_shift_ = bitwise_right_shift_

    # products
    def mm(self, other: _Operand) -> Tensor: ...
    def bmm(self, other: _Operand) -> Tensor: ...
    def mv(self, other: _Operand) -> Tensor: ...
    def dot(self, other: _Operand) -> Tensor: ...
    def matmul(self, other: _Operand) -> Tensor: ...

    # linear algebra
    def outer(self, other: _Operand) -> Tensor: ...
    def inner(self, other: _Operand) -> Tensor: ...
    def vdot(self, other: _Operand) -> Tensor: ...
    def kron(self, other: _Operand) -> Tensor: ...
    ger = outer
    def inverse(self) -> Tensor: ...
    def det(self) -> Tensor: ...
    def logdet(self) -> Tensor: ...
    def matrix_exp(self) -> Tensor: ...
    def trace(self) -> Tensor: ...
    def slogdet(self) -> SlogdetResult: ...
    def cholesky(self, upper: _bool = False) -> Tensor: ...
    def pinverse(self, rcond: _Operand | None = None) -> Tensor: ...
    def matrix_power(self, n: SupportsIndex) -> Tensor: ...
    def norm(
        self,
        p: _Norm = 2,
        dim: _Axes | None = None,
        keepdim: _bool = False,
        dtype: DTypeLike | None = None,
    ) -> Tensor: ...
    def addmm(
        self,
        mat1: _Operand,
        mat2: _Operand,
        *,
        beta: _complex | None = None,
        alpha: _complex | None = None,
    ) -> Tensor: ...
    def addmm_(
        self,
        mat1: _Operand,
        mat2: _Operand,
        *,
        beta: _complex | None = None,
        alpha: _complex | None = None,
    ) -> Self: ...
    def addmv(
        self,
        mat: _Operand,
        vec: _Operand,
        *,
        beta: _complex | None = None,
        alpha: _complex | None = None,
    ) -> Tensor: ...
    def addmv_(
        self,
        mat: _Operand,
        vec: _Operand,
        *,
        beta: _complex | None = None,
        alpha: _complex | None = None,
    ) -> Self: ...
    def baddbmm(
        self,
        batch1: _Operand,
        batch2: _Operand,
        *,
        beta: _complex | None = None,
        alpha: _complex | None = None,
    ) -> Tensor: ...
    def baddbmm_(
        self,
        batch1: _Operand,
        batch2: _Operand,
        *,
        beta: _complex | None = None,
        alpha: _complex | None = None,
    ) -> Self: ...
    def addbmm(
        self,
        batch1: _Operand,
        batch2: _Operand,
        *,
        beta: _complex | None = None,
        alpha: _complex | None = None,
    ) -> Tensor: ...
    def addbmm_(
        self,
        batch1: _Operand,
        batch2: _Operand,
        *,
        beta: _complex | None = None,
        alpha: _complex | None = None,
    ) -> Self: ...
    def addr(
        self,
        vec1: _Operand,
        vec2: _Operand,
        *,
        beta: _complex | None = None,
        alpha: _complex | None = None,
    ) -> Tensor: ...
    def addr_(
        self,
        vec1: _Operand,
        vec2: _Operand,
        *,
        beta: _complex | None = None,
        alpha: _complex | None = None,
    ) -> Self: ...

    # truth and choice
    def logical_and(self, other: _Operand) -> Tensor: ...
    def logical_and_(self, other: _Operand) -> Self: ...
    def logical_or(self, other: _Operand) -> Tensor: ...
    def logical_or_(self, other: _Operand) -> Self: ...
    def logical_xor(self, other: _Operand) -> Tensor: ...
    def logical_xor_(self, other: _Operand) -> Self: ...
    def logical_not(self) -> Tensor: ...
    def logical_not_(self) -> Self: ...
    def where(self, condition: _Operand, other: _Operand) -> Tensor: ...
    def equal(self, other: _Operand) -> _bool: ...
    def isclose(
        self,
        other: _Operand,
        rtol: _Operand | None = 1e-05,
        atol: _Operand | None = 1e-08,
        equal_nan: _bool = False,
    ) -> Tensor: ...
    def allclose(
        self,
        other: _Operand,
        rtol: _Operand | None = 1e-05,
        atol: _Operand | None = 1e-08,
        equal_nan: _bool = False,
    ) -> _bool: ...
    def clip(self, min: _Operand | None = None, max: _Operand | None = None) -> Tensor: ...
    def clip_(self, min: _Operand | None = None, max: _Operand | None = None) -> Self: ...
    clamp = clip
    clamp_ = clip_

    # random numbers
    def uniform_(
        self, low: _Operand = 0.0, /, to: _Operand = 1.0, *, generator: Generator | None = None
    ) -> Self: ...
    def normal_(
        self, mean: _Operand = 0.0, std: _Operand = 1.0, *, generator: Generator | None = None
    ) -> Self: ...
    @overload
    def random_(self, *, generator: Generator | None = None) -> Self: ...
    @overload
    def random_(self, to: SupportsIndex, /, *, generator: Generator | None = None) -> Self: ...
    @overload
    def random_(
        self, low: SupportsIndex, to: SupportsIndex | None, /, *, generator: Generator | None = None
    ) -> Self: ...

    # picking and finding
    def take(self, indices: ArrayLike, /, axis: SupportsIndex | None = None) -> Tensor: ...
    def take_along_dim(self, indices: ArrayLike, dim: SupportsIndex | None = None) -> Tensor: ...
    def index_select(self, dim: SupportsIndex, index: ArrayLike) -> Tensor: ...
    def gather(self, dim: SupportsIndex, index: ArrayLike) -> Tensor: ...
    def masked_select(self, mask: ArrayLike) -> Tensor: ...
    @overload
    def nonzero(self, *, as_tuple: Literal[True] = True) -> tuple[Tensor, ...]: ...
    @overload
    def nonzero(self, *, as_tuple: Literal[False]) -> Tensor: ...
    def argwhere(self) -> Tensor: ...

    # sorting
    def sort(
        self,
        dim: SupportsIndex | None = None,
        descending: _bool = False,
        *,
        axis: SupportsIndex | None = None,
        stable: _bool = True,
    ) -> Tensor: ...
    def sort_(
        self,
        dim: SupportsIndex | None = None,
        descending: _bool = False,
        *,
        axis: SupportsIndex | None = None,
        stable: _bool = True,
    ) -> Self: ...
    def argsort(
        self,
        dim: SupportsIndex | None = None,
        descending: _bool = False,
        *,
        axis: SupportsIndex | None = None,
        stable: _bool = True,
    ) -> Tensor: ...
    def msort(self) -> Tensor: ...
    def topk(
        self,
        k: SupportsIndex,
        dim: SupportsIndex | None = None,
        largest: _bool = True,
        sorted: _bool = True,
        *,
        axis: SupportsIndex | None = None,
    ) -> TopK: ...
    def kthvalue(
        self,
        k: SupportsIndex,
        dim: SupportsIndex | None = None,
        keepdim: _bool = False,
        *,
        axis: SupportsIndex | None = None,
        keepdims: _bool | None = None,
    ) -> KthValue: ...
    def searchsorted(
        self,
        values: ArrayLike | _Operand,
        *,
        side: Literal["left", "right"] | None = None,
        sorter: ArrayLike | None = None,
        right: _bool | None = None,
    ) -> Tensor: ...
    @overload
    def unique(
        self,
        sorted: _bool = True,
        return_inverse: Literal[False] = False,
        return_counts: Literal[False] = False,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
        return_index: Literal[False] = False,
        equal_nan: _bool = False,
    ) -> Tensor: ...
    @overload
    def unique(
        self,
        sorted: _bool = True,
        return_inverse: _bool = False,
        return_counts: _bool = False,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
        return_index: _bool = False,
        equal_nan: _bool = False,
    ) -> tuple[Tensor, ...]: ...
    @overload
    def unique_consecutive(
        self,
        return_inverse: Literal[False] = False,
        return_counts: Literal[False] = False,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
    ) -> Tensor: ...
    @overload
    def unique_consecutive(
        self,
        return_inverse: _bool = False,
        return_counts: _bool = False,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
    ) -> tuple[Tensor, ...]: ...
    def bincount(
        self, weights: ArrayLike | None = None, minlength: SupportsIndex = 0
    ) -> Tensor: ...
    def histc(self, bins: SupportsIndex = 100, min: _float = 0.0, max: _float = 0.0) -> Tensor: ...

    # writing by index
    def scatter(
        self,
        dim: SupportsIndex,
        index: ArrayLike,
        src: ArrayLike | _Operand | None = None,
        value: _Operand | None = None,
        reduce: str | None = None,
    ) -> Tensor: ...
    def scatter_(
        self,
        dim: SupportsIndex,
        index: ArrayLike,
        src: ArrayLike | _Operand | None = None,
        value: _Operand | None = None,
        reduce: str | None = None,
    ) -> Self: ...
    def scatter_add(
        self,
        dim: SupportsIndex,
        index: ArrayLike,
        src: ArrayLike | _Operand,
    ) -> Tensor: ...
    def scatter_add_(
        self,
        dim: SupportsIndex,
        index: ArrayLike,
        src: ArrayLike | _Operand,
    ) -> Self: ...
    def scatter_reduce(
        self,
        dim: SupportsIndex,
        index: ArrayLike,
        src: ArrayLike | _Operand,
        reduce: str,
        include_self: _bool = True,
    ) -> Tensor: ...
    def scatter_reduce_(
        self,
        dim: SupportsIndex,
        index: ArrayLike,
        src: ArrayLike | _Operand,
        reduce: str,
        include_self: _bool = True,
    ) -> Self: ...
    def index_add(
        self,
        dim: SupportsIndex,
        index: ArrayLike,
        source: ArrayLike | _Operand,
        alpha: _Operand | None = None,
    ) -> Tensor: ...
    def index_add_(
        self,
        dim: SupportsIndex,
        index: ArrayLike,
        source: ArrayLike | _Operand,
        alpha: _Operand | None = None,
    ) -> Self: ...
    def index_copy(
        self,
        dim: SupportsIndex,
        index: ArrayLike,
        source: ArrayLike | _Operand,
    ) -> Tensor: ...
    def index_copy_(
        self,
        dim: SupportsIndex,
        index: ArrayLike,
        source: ArrayLike | _Operand,
    ) -> Self: ...
    def index_fill(
        self,
        dim: SupportsIndex,
        index: ArrayLike,
        value: _Operand,
    ) -> Tensor: ...
    def index_fill_(
        self,
        dim: SupportsIndex,
        index: ArrayLike,
        value: _Operand,
    ) -> Self: ...
    def index_put(
        self,
        indices: Any,
        values: ArrayLike | _Operand,
        accumulate: _bool = False,
    ) -> Tensor: ...
    def index_put_(
        self,
        indices: Any,
        values: ArrayLike | _Operand,
        accumulate: _bool = False,
    ) -> Self: ...
    def masked_scatter(
        self,
        mask: ArrayLike,
        source: ArrayLike,
    ) -> Tensor: ...
    def masked_scatter_(
        self,
        mask: ArrayLike,
        source: ArrayLike,
    ) -> Self: ...
    def put(
        self,
        index: ArrayLike,
        source: ArrayLike | _Operand,
        accumulate: _bool = False,
    ) -> Tensor: ...
    def put_(
        self,
        index: ArrayLike,
        source: ArrayLike | _Operand,
        accumulate: _bool = False,
    ) -> Self: ...

    # reductions
    @overload
    def sum(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def sum(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        dtype: DTypeLike | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def prod(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def prod(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        dtype: DTypeLike | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def mean(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def mean(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        dtype: DTypeLike | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def max(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def max(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def min(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def min(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def amax(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def amax(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def amin(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def amin(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def all(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def all(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def any(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def any(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def count_nonzero(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def count_nonzero(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def argmax(
        self,
        dim: SupportsIndex | None = None,
        keepdim: _bool = False,
        *,
        axis: SupportsIndex | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def argmax(
        self,
        dim: SupportsIndex | None = None,
        keepdim: _bool = False,
        *,
        axis: SupportsIndex | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def argmin(
        self,
        dim: SupportsIndex | None = None,
        keepdim: _bool = False,
        *,
        axis: SupportsIndex | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def argmin(
        self,
        dim: SupportsIndex | None = None,
        keepdim: _bool = False,
        *,
        axis: SupportsIndex | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def var(
        self,
        dim: ShapeLike | _bool | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        correction: _float | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def var(
        self,
        dim: ShapeLike | _bool | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        correction: _float | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def std(
        self,
        dim: ShapeLike | _bool | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        correction: _float | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def std(
        self,
        dim: ShapeLike | _bool | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        correction: _float | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def median(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def median(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def nanmedian(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def nanmedian(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def quantile(
        self,
        q: ArrayLike,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        method: _Quantile = "linear",
        interpolation: _Quantile | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def quantile(
        self,
        q: ArrayLike,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        method: _Quantile = "linear",
        interpolation: _Quantile | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def nanquantile(
        self,
        q: ArrayLike,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        method: _Quantile = "linear",
        interpolation: _Quantile | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def nanquantile(
        self,
        q: ArrayLike,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        method: _Quantile = "linear",
        interpolation: _Quantile | None = None,
        out: _Array,
    ) -> _Array: ...
    def cov(
        self,
        *,
        correction: _float | None = None,
        fweights: ArrayLike | None = None,
        aweights: ArrayLike | None = None,
    ) -> Tensor: ...
    def corrcoef(self) -> Tensor: ...
    @overload
    def softmax(
        self,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def softmax(
        self,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
        dtype: DTypeLike | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def log_softmax(
        self,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def log_softmax(
        self,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
        dtype: DTypeLike | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def logsumexp(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def logsumexp(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    def aminmax(
        self,
        *,
        dim: SupportsIndex | None = None,
        keepdim: _bool = False,
    ) -> tuple[Tensor, Tensor]: ...
    @overload
    def nansum(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def nansum(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        dtype: DTypeLike | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def nanprod(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def nanprod(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        dtype: DTypeLike | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def nanmean(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def nanmean(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        dtype: DTypeLike | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def nanmax(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def nanmax(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def nanmin(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def nanmin(
        self,
        dim: ShapeLike | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def nanvar(
        self,
        dim: ShapeLike | _bool | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        correction: _float | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def nanvar(
        self,
        dim: ShapeLike | _bool | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        correction: _float | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    @overload
    def nanstd(
        self,
        dim: ShapeLike | _bool | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        correction: _float | None = None,
        keepdims: _bool | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def nanstd(
        self,
        dim: ShapeLike | _bool | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        axis: ShapeLike | None = None,
        correction: _float | None = None,
        keepdims: _bool | None = None,
        out: _Array,
    ) -> _Array: ...
    def diff(
        self,
        n: SupportsIndex = 1,
        dim: SupportsIndex | None = None,
        prepend: _Operand | None = None,
        append: _Operand | None = None,
        *,
        axis: SupportsIndex | None = None,
    ) -> Tensor: ...
    @overload
    def cumsum(
        self,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def cumsum(
        self,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
        dtype: DTypeLike | None = None,
        out: _Array,
    ) -> _Array: ...
    def cumsum_(
        self,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
        dtype: DTypeLike | None = None,
    ) -> Self: ...
    @overload
    def cumprod(
        self,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
        dtype: DTypeLike | None = None,
        out: Tensor | None = None,
    ) -> Tensor: ...
    @overload
    def cumprod(
        self,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
        dtype: DTypeLike | None = None,
        out: _Array,
    ) -> _Array: ...
    def cumprod_(
        self,
        dim: SupportsIndex | None = None,
        *,
        axis: SupportsIndex | None = None,
        dtype: DTypeLike | None = None,
    ) -> Self: ...
    def cummax(self, dim: SupportsIndex) -> tuple[Tensor, Tensor]: ...
    def cummin(self, dim: SupportsIndex) -> tuple[Tensor, Tensor]: ...
    @overload
    def logcumsumexp(self, dim: SupportsIndex, *, out: Tensor | None = None) -> Tensor: ...
    @overload
    def logcumsumexp(self, dim: SupportsIndex, *, out: _Array) -> _Array: ...

# --- random generators ------------------------------------------------------------------

@final
class Generator:
    def __new__(cls, device: DeviceLike | None = None) -> Self: ...
    @property
    def device(self) -> _device: ...
    def manual_seed(self, seed: SupportsIndex | _float) -> Self: ...
    def seed(self) -> _int: ...
    def initial_seed(self) -> _int: ...
    def get_state(self) -> Tensor: ...
    def set_state(self, new_state: _Operand) -> Self: ...
    def clone_state(self) -> Generator: ...
    def __reduce__(self) -> tuple[Callable[[bytes], Generator], tuple[bytes]]: ...

default_generator: Generator

def manual_seed(seed: SupportsIndex | _float) -> Generator: ...
def seed() -> _int: ...
def initial_seed() -> _int: ...
def get_rng_state() -> Tensor: ...
def set_rng_state(new_state: _Operand) -> None: ...
def _rebuild_generator(state: bytes) -> Generator: ...
def _rebuild_tensor(
    buffer: SupportsBuffer | None,
    dtype: str,
    shape: tuple[_int, ...],
    order: Literal["C", "F"],
) -> Tensor: ...

# --- text -------------------------------------------------------------------------------

@final
class printoptions:
    def __new__(
        cls,
        *,
        precision: SupportsIndex | None = None,
        threshold: _float | None = None,
        edgeitems: SupportsIndex | None = None,
        linewidth: SupportsIndex | None = None,
        profile: Literal["default", "short", "full"] | None = None,
        sci_mode: _bool | None = None,
    ) -> Self: ...
    def __enter__(self) -> None: ...
    def __exit__(self, *exception: object) -> None: ...

def set_printoptions(
    precision: SupportsIndex | None = None,
    threshold: _float | None = None,
    edgeitems: SupportsIndex | None = None,
    linewidth: SupportsIndex | None = None,
    profile: Literal["default", "short", "full"] | None = None,
    sci_mode: _bool | None = None,
) -> None: ...
def get_printoptions() -> _PrintOptions: ...

# --- the ways in ------------------------------------------------------------------------

def from_numpy(a: np.ndarray[Any, Any], /, *, writable: _bool | None = None) -> Tensor: ...
def asarray(
    obj: ArrayLike,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    copy: _bool | None = None,
    writable: _bool | None = None,
    requires_grad: Literal[False] = False,
    casting: _Casting | None = None,
) -> Tensor: ...
def as_tensor(
    data: ArrayLike,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    copy: _bool | None = None,
    writable: _bool | None = None,
    requires_grad: Literal[False] = False,
    casting: _Casting | None = None,
) -> Tensor: ...
def from_dlpack(
    x: SupportsDLPack | CapsuleType,
    /,
    *,
    device: DeviceLike | None = None,
    copy: _bool | None = None,
    writable: _bool | None = None,
) -> Tensor: ...
def frombuffer(
    buffer: SupportsBuffer,
    *,
    dtype: DTypeLike,
    count: SupportsIndex = -1,
    offset: SupportsIndex = 0,
    writable: _bool | None = None,
    requires_grad: Literal[False] = False,
) -> Tensor: ...
def tensor(
    data: ArrayLike,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: Literal[False] = False,
    pin_memory: Literal[False] = False,
    casting: _Casting | None = None,
) -> Tensor: ...

# --- views ------------------------------------------------------------------------------

def adjoint(x: ArrayLike) -> Tensor: ...
def conj(x: ArrayLike) -> Tensor: ...
def flatten(x: ArrayLike, start_dim: SupportsIndex = 0, end_dim: SupportsIndex = -1) -> Tensor: ...
def fliplr(x: ArrayLike) -> Tensor: ...
def flipud(x: ArrayLike) -> Tensor: ...
def movedim(x: ArrayLike, source: ShapeLike, destination: ShapeLike) -> Tensor: ...
def moveaxis(x: ArrayLike, source: ShapeLike, destination: ShapeLike) -> Tensor: ...
def narrow(
    x: ArrayLike, dim: SupportsIndex, start: SupportsIndex, length: SupportsIndex
) -> Tensor: ...
def ravel(x: ArrayLike) -> Tensor: ...
def select(x: ArrayLike, dim: SupportsIndex, index: SupportsIndex) -> Tensor: ...
def swapaxes(x: ArrayLike, axis0: SupportsIndex, axis1: SupportsIndex) -> Tensor: ...
def swapdims(x: ArrayLike, dim0: SupportsIndex, dim1: SupportsIndex) -> Tensor: ...
def t(x: ArrayLike) -> Tensor: ...
@overload
def transpose(x: ArrayLike, dim0: SupportsIndex, dim1: SupportsIndex) -> Tensor: ...
@overload
def transpose(x: ArrayLike, dim0: Iterable[SupportsIndex]) -> Tensor: ...
@overload
def transpose(x: ArrayLike, *, axes: Iterable[SupportsIndex] | None = None) -> Tensor: ...
def unflatten(x: ArrayLike, dim: SupportsIndex, sizes: ShapeLike) -> Tensor: ...
def as_strided(
    x: ArrayLike,
    size: ShapeLike,
    stride: ShapeLike,
    storage_offset: SupportsIndex | None = None,
) -> Tensor: ...
def broadcast_arrays(*arrays: ArrayLike) -> tuple[Tensor, ...]: ...
def broadcast_tensors(*tensors: ArrayLike) -> tuple[Tensor, ...]: ...
def broadcast_shapes(*shapes: ShapeLike) -> Size: ...
def broadcast_to(x: ArrayLike, /, shape: ShapeLike) -> Tensor: ...
def reshape(x: ArrayLike, /, shape: ShapeLike, *, copy: _bool | None = None) -> Tensor: ...
def permute(x: ArrayLike, dims: ShapeLike) -> Tensor: ...
def permute_dims(x: ArrayLike, /, axes: ShapeLike) -> Tensor: ...
def matrix_transpose(x: ArrayLike, /) -> Tensor: ...
def expand_dims(x: ArrayLike, /, axis: ShapeLike | None = None) -> Tensor: ...
def unsqueeze(x: ArrayLike, dim: SupportsIndex) -> Tensor: ...
def squeeze(
    x: ArrayLike, /, axis: ShapeLike | None = None, *, dim: ShapeLike | None = None
) -> Tensor: ...
def flip(
    x: ArrayLike, /, dims: ShapeLike | None = None, *, axis: ShapeLike | None = None
) -> Tensor: ...
def diag(x: ArrayLike, diagonal: SupportsIndex = 0) -> Tensor: ...
def diagonal(
    x: ArrayLike,
    offset: SupportsIndex = 0,
    dim1: SupportsIndex | None = None,
    dim2: SupportsIndex | None = None,
    *,
    axis1: SupportsIndex | None = None,
    axis2: SupportsIndex | None = None,
) -> Tensor: ...
def unbind(
    x: ArrayLike, dim: SupportsIndex | None = None, *, axis: SupportsIndex | None = None
) -> tuple[Tensor, ...]: ...
def unstack(x: ArrayLike, /, *, axis: SupportsIndex = 0) -> tuple[Tensor, ...]: ...
def split(
    x: ArrayLike,
    split_size_or_sections: ShapeLike,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
) -> tuple[Tensor, ...]: ...
def chunk(
    x: ArrayLike,
    chunks: SupportsIndex,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
) -> tuple[Tensor, ...]: ...
@overload
def tensor_split(
    x: ArrayLike,
    indices_or_sections: ShapeLike,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    sections: None = None,
    indices: None = None,
) -> tuple[Tensor, ...]: ...
@overload
def tensor_split(
    x: ArrayLike,
    indices_or_sections: None = None,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    sections: SupportsIndex,
    indices: None = None,
) -> tuple[Tensor, ...]: ...
@overload
def tensor_split(
    x: ArrayLike,
    indices_or_sections: None = None,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    sections: None = None,
    indices: ShapeLike,
) -> tuple[Tensor, ...]: ...
def real(x: ArrayLike, /) -> Tensor: ...
def imag(x: ArrayLike, /) -> Tensor: ...
def view_as_real(x: ArrayLike) -> Tensor: ...
def view_as_complex(x: ArrayLike) -> Tensor: ...
def clone(x: ArrayLike, *, memory_format: _memory_format | None = None) -> Tensor: ...
def numel(x: ArrayLike) -> _int: ...

# --- constants --------------------------------------------------------------------------

e: _float
pi: _float
inf: _float
nan: _float
newaxis: None

# --- creation ---------------------------------------------------------------------------

@overload
def empty(
    shape: ShapeLike,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def empty(
    shape: SupportsIndex,
    *more: SupportsIndex,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def empty(
    *,
    size: ShapeLike,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def empty_like(
    x: ArrayLike,
    /,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def zeros(
    shape: ShapeLike,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def zeros(
    shape: SupportsIndex,
    *more: SupportsIndex,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def zeros(
    *,
    size: ShapeLike,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def zeros_like(
    x: ArrayLike,
    /,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def ones(
    shape: ShapeLike,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def ones(
    shape: SupportsIndex,
    *more: SupportsIndex,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def ones(
    *,
    size: ShapeLike,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def ones_like(
    x: ArrayLike,
    /,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def full(
    shape: ShapeLike,
    fill_value: _Operand,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def full_like(
    x: ArrayLike,
    /,
    fill_value: _Operand,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def scalar_tensor(
    value: _Operand,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def arange(
    start: _Operand,
    /,
    stop: _Operand | None = None,
    step: _Operand = 1,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def arange(
    start: _Operand,
    /,
    *,
    end: _Operand,
    step: _Operand = 1,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def linspace(
    start: _Operand,
    stop: _Operand,
    /,
    num: SupportsIndex,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    endpoint: _bool = True,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def linspace(
    start: _Operand,
    stop: _Operand,
    /,
    *,
    steps: SupportsIndex,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def linspace(
    start: _Operand,
    /,
    *,
    end: _Operand,
    steps: SupportsIndex,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def eye(
    n_rows: SupportsIndex,
    n_cols: SupportsIndex | None = None,
    /,
    *,
    k: SupportsIndex = 0,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def tril(
    x: _Operand, /, diagonal: SupportsIndex = 0, *, k: SupportsIndex | None = None
) -> Tensor: ...
def triu(
    x: _Operand, /, diagonal: SupportsIndex = 0, *, k: SupportsIndex | None = None
) -> Tensor: ...
@overload
def meshgrid(*arrays: _Operand, indexing: Literal["xy", "ij"] = "xy") -> tuple[Tensor, ...]: ...
@overload
def meshgrid(
    arrays: Iterable[_Operand], /, *, indexing: Literal["xy", "ij"] = "xy"
) -> tuple[Tensor, ...]: ...
def complex(real: _Operand, imag: _Operand) -> Tensor: ...

# --- questions about dtypes -------------------------------------------------------------

@final
class finfo:
    def __new__(cls, type: DTypeLike | _Operand | None = None, /) -> Self: ...
    @property
    def dtype(self) -> _dtype: ...
    @property
    def bits(self) -> _int: ...
    @property
    def eps(self) -> _float: ...
    @property
    def max(self) -> _float: ...
    @property
    def min(self) -> _float: ...
    @property
    def smallest_normal(self) -> _float: ...
    @property
    def tiny(self) -> _float: ...
    @property
    def resolution(self) -> _float: ...

@final
class iinfo:
    def __new__(cls, type: DTypeLike | _Operand, /) -> Self: ...
    @property
    def dtype(self) -> _dtype: ...
    @property
    def bits(self) -> _int: ...
    @property
    def max(self) -> _int: ...
    @property
    def min(self) -> _int: ...

_Casting: TypeAlias = Literal["exact", "same_value", "safe", "same_kind", "unsafe"]
_Kind: TypeAlias = Literal[
    "bool",
    "signed integer",
    "unsigned integer",
    "integral",
    "real floating",
    "complex floating",
    "numeric",
]

def result_type(*arrays_and_dtypes: DTypeLike | _Operand) -> dtype: ...
def promote_types(type1: DTypeLike, type2: DTypeLike, /) -> dtype: ...
def can_cast(
    from_: DTypeLike | _Operand, to: DTypeLike, /, casting: _Casting | None = None
) -> _bool: ...
def isdtype(dtype: DTypeLike, kind: DTypeLike | _Kind | tuple[DTypeLike | _Kind, ...]) -> _bool: ...
def astype(
    x: _Operand,
    dtype: DTypeLike,
    /,
    *,
    copy: _bool = True,
    device: DeviceLike | None = None,
    casting: _Casting | None = None,
) -> Tensor: ...

# --- the Array API standard -------------------------------------------------------------

__array_api_version__: str

@final
class __array_namespace_info__:
    def __new__(cls) -> Self: ...
    def capabilities(self) -> _Capabilities: ...
    def default_device(self) -> device: ...
    def default_dtypes(self, *, device: DeviceLike | None = None) -> dict[str, dtype]: ...
    def devices(self) -> tuple[device, ...]: ...
    def dtypes(
        self,
        *,
        device: DeviceLike | None = None,
        kind: _Kind | tuple[_Kind, ...] | None = None,
    ) -> dict[str, dtype]: ...

# --- elementwise ------------------------------------------------------------------------

@overload
def multiply(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def multiply(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def divide(
    x1: _Operand,
    x2: _Operand,
    /,
    *,
    rounding_mode: Literal["trunc", "floor"] | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def divide(
    x1: _Operand,
    x2: _Operand,
    /,
    *,
    rounding_mode: Literal["trunc", "floor"] | None = None,
    out: _Array,
) -> _Array: ...
@overload
def floor_divide(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def floor_divide(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def remainder(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def remainder(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def pow(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def pow(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def bitwise_and(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def bitwise_and(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def bitwise_or(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def bitwise_or(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def bitwise_xor(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def bitwise_xor(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def bitwise_left_shift(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def bitwise_left_shift(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def bitwise_right_shift(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def bitwise_right_shift(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def maximum(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def maximum(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def minimum(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def minimum(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def fmax(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def fmax(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def fmin(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def fmin(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def fmod(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def fmod(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def gcd(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def gcd(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def lcm(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def lcm(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def heaviside(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def heaviside(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def exp(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def exp(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def exp2(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def exp2(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def expm1(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def expm1(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def log(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def log(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def log2(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def log2(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def log10(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def log10(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def log1p(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def log1p(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def sqrt(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def sqrt(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def rsqrt(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def rsqrt(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def cbrt(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def cbrt(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def reciprocal(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def reciprocal(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def sin(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def sin(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def cos(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def cos(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def tan(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def tan(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def deg2rad(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def deg2rad(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def rad2deg(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def rad2deg(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def sinc(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def sinc(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def asin(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def asin(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def acos(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def acos(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def atan(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def atan(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def sinh(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def sinh(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def cosh(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def cosh(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def tanh(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def tanh(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def asinh(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def asinh(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def acosh(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def acosh(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def atanh(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def atanh(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def erf(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def erf(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def erfc(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def erfc(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def erfinv(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def erfinv(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def sigmoid(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def sigmoid(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def logsigmoid(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def logsigmoid(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def softplus(
    x: _Operand,
    /,
    beta: _Operand | None = None,
    threshold: _Operand | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def softplus(
    x: _Operand, /, beta: _Operand | None = None, threshold: _Operand | None = None, *, out: _Array
) -> _Array: ...
@overload
def silu(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def silu(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def gelu(
    x: _Operand, /, approximate: Literal["none", "tanh"] = "none", *, out: Tensor | None = None
) -> Tensor: ...
@overload
def gelu(
    x: _Operand, /, approximate: Literal["none", "tanh"] = "none", *, out: _Array
) -> _Array: ...
@overload
def relu(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def relu(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def floor(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def floor(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def ceil(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def ceil(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def trunc(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def trunc(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def frac(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def frac(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def sign(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def sign(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def round(x: _Operand, /, decimals: SupportsIndex = 0, *, out: Tensor | None = None) -> Tensor: ...
@overload
def round(x: _Operand, /, decimals: SupportsIndex = 0, *, out: _Array) -> _Array: ...
@overload
def signbit(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def signbit(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def isnan(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def isnan(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def isinf(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def isinf(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def isfinite(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def isfinite(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def atan2(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def atan2(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def hypot(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def hypot(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def copysign(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def copysign(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def nextafter(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def nextafter(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def ldexp(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def ldexp(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def logaddexp(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def logaddexp(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def xlogy(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def xlogy(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def angle(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def angle(x: _Operand, /, *, out: _Array) -> _Array: ...
def isreal(x: _Operand, /) -> Tensor: ...
@overload
def isposinf(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def isposinf(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def isneginf(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def isneginf(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def nan_to_num(
    x: _Operand,
    /,
    nan: _Operand | None = None,
    posinf: _Operand | None = None,
    neginf: _Operand | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def nan_to_num(
    x: _Operand,
    /,
    nan: _Operand | None = None,
    posinf: _Operand | None = None,
    neginf: _Operand | None = None,
    *,
    out: _Array,
) -> _Array: ...
def frexp(x: _Operand, /) -> tuple[Tensor, Tensor]: ...
@overload
def float_power(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def float_power(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def addcmul(
    input: _Operand,
    tensor1: _Operand,
    tensor2: _Operand,
    *,
    value: _Operand | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def addcmul(
    input: _Operand,
    tensor1: _Operand,
    tensor2: _Operand,
    *,
    value: _Operand | None = None,
    out: _Array,
) -> _Array: ...
@overload
def addcdiv(
    input: _Operand,
    tensor1: _Operand,
    tensor2: _Operand,
    *,
    value: _Operand | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def addcdiv(
    input: _Operand,
    tensor1: _Operand,
    tensor2: _Operand,
    *,
    value: _Operand | None = None,
    out: _Array,
) -> _Array: ...
@overload
def lerp(
    input: _Operand, end: _Operand, weight: _Operand, *, out: Tensor | None = None
) -> Tensor: ...
@overload
def lerp(input: _Operand, end: _Operand, weight: _Operand, *, out: _Array) -> _Array: ...

arccos = acos
arccosh = acosh
arcsin = asin
arcsinh = asinh
arctan = atan
arctan2 = atan2
arctanh = atanh
degrees = rad2deg
fix = trunc
radians = deg2rad
sgn = sign

@overload
def negative(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def negative(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def abs(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def abs(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def bitwise_invert(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def bitwise_invert(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def equal(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def equal(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def not_equal(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def not_equal(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def less(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def less(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def less_equal(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def less_equal(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def greater(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def greater(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def greater_equal(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def greater_equal(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...

eq = equal
ne = not_equal
lt = less
le = less_equal
gt = greater
ge = greater_equal

@overload
def add(
    x1: _Operand, x2: _Operand, /, *, alpha: _Operand | None = None, out: Tensor | None = None
) -> Tensor: ...
@overload
def add(x1: _Operand, x2: _Operand, /, *, alpha: _Operand | None = None, out: _Array) -> _Array: ...
@overload
def subtract(
    x1: _Operand, x2: _Operand, /, *, alpha: _Operand | None = None, out: Tensor | None = None
) -> Tensor: ...
@overload
def subtract(
    x1: _Operand, x2: _Operand, /, *, alpha: _Operand | None = None, out: _Array
) -> _Array: ...
@overload
def positive(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def positive(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def square(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def square(x: _Operand, /, *, out: _Array) -> _Array: ...

sub = subtract
mul = multiply
div = divide
true_divide = divide
power = pow
neg = negative
absolute = abs
bitwise_not = bitwise_invert
invert = bitwise_invert
left_shift = bitwise_left_shift
right_shift = bitwise_right_shift

# --- side by side, each with each -------------------------------------------------------

def hstack(tensors: Iterable[ArrayLike], /) -> Tensor: ...
def vstack(tensors: Iterable[ArrayLike], /) -> Tensor: ...
def dstack(tensors: Iterable[ArrayLike], /) -> Tensor: ...
def column_stack(tensors: Iterable[ArrayLike], /) -> Tensor: ...
def atleast_1d(*tensors: Any) -> Any: ...
def atleast_2d(*tensors: Any) -> Any: ...
def atleast_3d(*tensors: Any) -> Any: ...
def rot90(
    x: ArrayLike, k: SupportsIndex = 1, dims: ShapeLike = (0, 1), *, axes: ShapeLike | None = None
) -> Tensor: ...
def array_split(
    x: ArrayLike, indices_or_sections: ShapeLike, axis: SupportsIndex = 0
) -> tuple[Tensor, ...]: ...
def cartesian_prod(*tensors: ArrayLike) -> Tensor: ...
def block_diag(*tensors: ArrayLike) -> Tensor: ...

row_stack = vstack

# --- repetitions and borders ------------------------------------------------------------

_OneOrTwo: TypeAlias = SupportsIndex | Iterable[SupportsIndex]
_Pairs: TypeAlias = _OneOrTwo | Iterable[_OneOrTwo] | Mapping[_int, _OneOrTwo]
_Border: TypeAlias = Literal[
    "constant", "edge", "replicate", "reflect", "symmetric", "wrap", "circular"
]

def repeat(x: ArrayLike, repeats: ArrayLike, /, axis: SupportsIndex | None = None) -> Tensor: ...
def repeat_interleave(
    x: ArrayLike,
    repeats: ArrayLike | None = None,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    output_size: SupportsIndex | None = None,
) -> Tensor: ...
@overload
def tile(x: ArrayLike, repetitions: ShapeLike, /) -> Tensor: ...
@overload
def tile(x: ArrayLike, /, *, dims: ShapeLike) -> Tensor: ...
@overload
def tile(x: ArrayLike, /, *, reps: ShapeLike) -> Tensor: ...
@overload
def roll(
    x: ArrayLike,
    /,
    shift: ShapeLike,
    dims: ShapeLike | None = None,
    *,
    axis: ShapeLike | None = None,
) -> Tensor: ...
@overload
def roll(
    x: ArrayLike,
    /,
    *,
    shifts: ShapeLike,
    dims: ShapeLike | None = None,
    axis: ShapeLike | None = None,
) -> Tensor: ...
@overload
def pad(
    x: ArrayLike,
    pad_width: _Pairs,
    mode: _Border = "constant",
    value: Any = None,
    *,
    constant_values: Any = None,
) -> Tensor: ...
@overload
def pad(
    x: ArrayLike,
    *,
    pad: ShapeLike,
    mode: _Border = "constant",
    value: _Operand | None = None,
) -> Tensor: ...

# --- joining ----------------------------------------------------------------------------

@overload
def concat(
    arrays: Iterable[_Operand],
    /,
    dim: SupportsIndex | None = 0,
    *,
    axis: SupportsIndex | None = 0,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def concat(
    arrays: Iterable[_Operand],
    /,
    dim: SupportsIndex | None = 0,
    *,
    axis: SupportsIndex | None = 0,
    out: _Array,
) -> _Array: ...
@overload
def stack(
    arrays: Iterable[_Operand],
    /,
    dim: SupportsIndex = 0,
    *,
    axis: SupportsIndex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def stack(
    arrays: Iterable[_Operand],
    /,
    dim: SupportsIndex = 0,
    *,
    axis: SupportsIndex | None = None,
    out: _Array,
) -> _Array: ...

cat = concat
concatenate = concat

# --- products ---------------------------------------------------------------------------

@overload
def mm(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def mm(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def bmm(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def bmm(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def mv(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def mv(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def dot(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def dot(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def matmul(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def matmul(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...

# --- linear algebra -----------------------------------------------------------------------

_linalg: ModuleType

@overload
def vecdot(
    x1: _Operand,
    x2: _Operand,
    /,
    *,
    axis: SupportsIndex = -1,
    dim: SupportsIndex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def vecdot(
    x1: _Operand,
    x2: _Operand,
    /,
    *,
    axis: SupportsIndex = -1,
    dim: SupportsIndex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def tensordot(
    x1: _Operand,
    x2: _Operand,
    /,
    axes: _Contracted = 2,
    *,
    dims: _Contracted | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def tensordot(
    x1: _Operand,
    x2: _Operand,
    /,
    axes: _Contracted = 2,
    *,
    dims: _Contracted | None = None,
    out: _Array,
) -> _Array: ...
@overload
def cross(
    x1: _Operand,
    x2: _Operand,
    /,
    *,
    axis: SupportsIndex = -1,
    dim: SupportsIndex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def cross(
    x1: _Operand,
    x2: _Operand,
    /,
    *,
    axis: SupportsIndex = -1,
    dim: SupportsIndex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def outer(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def outer(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def inner(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def inner(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def vdot(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def vdot(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def kron(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def kron(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...

ger = outer

@overload
def matrix_power(x: _Operand, n: SupportsIndex, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def matrix_power(x: _Operand, n: SupportsIndex, /, *, out: _Array) -> _Array: ...
def matrix_exp(x: _Operand, /) -> Tensor: ...
def chain_matmul(*matrices: _Operand) -> Tensor: ...
@overload
def inverse(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def inverse(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def det(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def det(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def logdet(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def logdet(x: _Operand, /, *, out: _Array) -> _Array: ...
def slogdet(x: _Operand, /) -> SlogdetResult: ...
@overload
def cholesky_solve(
    B: _Operand, L: _Operand, /, upper: _bool = False, *, out: Tensor | None = None
) -> Tensor: ...
@overload
def cholesky_solve(B: _Operand, L: _Operand, /, upper: _bool = False, *, out: _Array) -> _Array: ...
@overload
def cholesky_inverse(
    L: _Operand, /, upper: _bool = False, *, out: Tensor | None = None
) -> Tensor: ...
@overload
def cholesky_inverse(L: _Operand, /, upper: _bool = False, *, out: _Array) -> _Array: ...
@overload
def pinverse(
    x: _Operand,
    /,
    rcond: _Operand | None = None,
    hermitian: _bool = False,
    *,
    rtol: _Operand | None = None,
    atol: _Operand | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def pinverse(
    x: _Operand,
    /,
    rcond: _Operand | None = None,
    hermitian: _bool = False,
    *,
    rtol: _Operand | None = None,
    atol: _Operand | None = None,
    out: _Array,
) -> _Array: ...
@overload
def addmm(
    input: _Operand,
    mat1: _Operand,
    mat2: _Operand,
    *,
    beta: _complex | None = None,
    alpha: _complex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def addmm(
    input: _Operand,
    mat1: _Operand,
    mat2: _Operand,
    *,
    beta: _complex | None = None,
    alpha: _complex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def addmv(
    input: _Operand,
    mat: _Operand,
    vec: _Operand,
    *,
    beta: _complex | None = None,
    alpha: _complex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def addmv(
    input: _Operand,
    mat: _Operand,
    vec: _Operand,
    *,
    beta: _complex | None = None,
    alpha: _complex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def baddbmm(
    input: _Operand,
    batch1: _Operand,
    batch2: _Operand,
    *,
    beta: _complex | None = None,
    alpha: _complex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def baddbmm(
    input: _Operand,
    batch1: _Operand,
    batch2: _Operand,
    *,
    beta: _complex | None = None,
    alpha: _complex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def addbmm(
    input: _Operand,
    batch1: _Operand,
    batch2: _Operand,
    *,
    beta: _complex | None = None,
    alpha: _complex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def addbmm(
    input: _Operand,
    batch1: _Operand,
    batch2: _Operand,
    *,
    beta: _complex | None = None,
    alpha: _complex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def addr(
    input: _Operand,
    vec1: _Operand,
    vec2: _Operand,
    *,
    beta: _complex | None = None,
    alpha: _complex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def addr(
    input: _Operand,
    vec1: _Operand,
    vec2: _Operand,
    *,
    beta: _complex | None = None,
    alpha: _complex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def norm(
    input: _Operand,
    p: _Norm = 2,
    dim: _Axes | None = None,
    keepdim: _bool = False,
    out: Tensor | None = None,
    dtype: DTypeLike | None = None,
) -> Tensor: ...
@overload
def norm(
    input: _Operand,
    p: _Norm = 2,
    dim: _Axes | None = None,
    keepdim: _bool = False,
    *,
    out: _Array,
    dtype: DTypeLike | None = None,
) -> _Array: ...

# --- truth and choice -------------------------------------------------------------------

@overload
def logical_and(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def logical_and(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def logical_or(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def logical_or(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def logical_xor(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def logical_xor(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def logical_not(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def logical_not(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def where(
    condition: _Operand, x1: None = None, x2: None = None, /, *, out: None = None
) -> tuple[Tensor, ...]: ...
@overload
def where(
    condition: _Operand, x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None
) -> Tensor: ...
@overload
def where(condition: _Operand, x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def clip(
    x: _Operand,
    /,
    min: _Operand | None = None,
    max: _Operand | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def clip(
    x: _Operand, /, min: _Operand | None = None, max: _Operand | None = None, *, out: _Array
) -> _Array: ...

clamp = clip

# --- equality of whole tensors, or up to rounding -----------------------------------------

def isclose(
    x1: _Operand,
    x2: _Operand,
    /,
    rtol: _Operand | None = 1e-05,
    atol: _Operand | None = 1e-08,
    equal_nan: _bool = False,
) -> Tensor: ...
def allclose(
    x1: _Operand,
    x2: _Operand,
    /,
    rtol: _Operand | None = 1e-05,
    atol: _Operand | None = 1e-08,
    equal_nan: _bool = False,
) -> _bool: ...
def array_equal(x1: _Operand, x2: _Operand, /) -> _bool: ...

# --- random numbers ---------------------------------------------------------------------

@overload
def rand(
    *size: SupportsIndex,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def rand(
    size: ShapeLike,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def rand_like(
    x: _Operand,
    /,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def randn(
    *size: SupportsIndex,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def randn(
    size: ShapeLike,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def randn_like(
    x: _Operand,
    /,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def randint(
    high: SupportsIndex,
    size: ShapeLike,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def randint(
    low: SupportsIndex,
    high: SupportsIndex,
    size: ShapeLike,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def randint_like(
    x: _Operand,
    /,
    high: SupportsIndex,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
@overload
def randint_like(
    x: _Operand,
    /,
    low: SupportsIndex,
    high: SupportsIndex,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def randperm(
    n: SupportsIndex,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def normal(
    mean: _Operand = 0.0,
    std: _Operand = 1.0,
    size: ShapeLike = (),
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...

# --- picking and finding ----------------------------------------------------------------

def take(x: ArrayLike, indices: ArrayLike, /, *, axis: SupportsIndex | None = None) -> Tensor: ...
def take_along_axis(x: ArrayLike, indices: ArrayLike, /, *, axis: SupportsIndex = -1) -> Tensor: ...
def take_along_dim(
    input: ArrayLike, indices: ArrayLike, dim: SupportsIndex | None = None
) -> Tensor: ...
def index_select(input: ArrayLike, dim: SupportsIndex, index: ArrayLike) -> Tensor: ...
def gather(input: ArrayLike, dim: SupportsIndex, index: ArrayLike) -> Tensor: ...
def masked_select(input: ArrayLike, mask: ArrayLike) -> Tensor: ...
def masked_fill(input: ArrayLike, mask: ArrayLike, value: _Operand) -> Tensor: ...
@overload
def nonzero(x: ArrayLike, /, *, as_tuple: Literal[True] = True) -> tuple[Tensor, ...]: ...
@overload
def nonzero(x: ArrayLike, /, *, as_tuple: Literal[False]) -> Tensor: ...
def argwhere(input: ArrayLike, /) -> Tensor: ...

# --- sorting ------------------------------------------------------------------------------

@overload
def sort(
    x: ArrayLike,
    /,
    dim: SupportsIndex | None = None,
    descending: _bool = False,
    *,
    axis: SupportsIndex | None = None,
    stable: _bool = True,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def sort(
    x: ArrayLike,
    /,
    dim: SupportsIndex | None = None,
    descending: _bool = False,
    *,
    axis: SupportsIndex | None = None,
    stable: _bool = True,
    out: _Array,
) -> _Array: ...
@overload
def argsort(
    x: ArrayLike,
    /,
    dim: SupportsIndex | None = None,
    descending: _bool = False,
    *,
    axis: SupportsIndex | None = None,
    stable: _bool = True,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def argsort(
    x: ArrayLike,
    /,
    dim: SupportsIndex | None = None,
    descending: _bool = False,
    *,
    axis: SupportsIndex | None = None,
    stable: _bool = True,
    out: _Array,
) -> _Array: ...
@overload
def msort(x: ArrayLike, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def msort(x: ArrayLike, /, *, out: _Array) -> _Array: ...
def topk(
    x: ArrayLike,
    k: SupportsIndex,
    dim: SupportsIndex | None = None,
    largest: _bool = True,
    sorted: _bool = True,
    *,
    axis: SupportsIndex | None = None,
) -> TopK: ...
def kthvalue(
    x: ArrayLike,
    k: SupportsIndex,
    dim: SupportsIndex | None = None,
    keepdim: _bool = False,
    *,
    axis: SupportsIndex | None = None,
    keepdims: _bool | None = None,
) -> KthValue: ...
def partition(
    x: ArrayLike,
    kth: ShapeLike,
    axis: SupportsIndex | None = None,
    *,
    dim: SupportsIndex | None = None,
) -> Tensor: ...
def argpartition(
    x: ArrayLike,
    kth: ShapeLike,
    axis: SupportsIndex | None = None,
    *,
    dim: SupportsIndex | None = None,
) -> Tensor: ...
def lexsort(keys: Iterable[ArrayLike] | ArrayLike, axis: SupportsIndex = -1) -> Tensor: ...

# --- searching --------------------------------------------------------------------------

@overload
def searchsorted(
    x1: ArrayLike,
    x2: ArrayLike | _Operand,
    /,
    *,
    side: Literal["left", "right"] | None = None,
    sorter: ArrayLike | None = None,
    right: _bool | None = None,
    out_int32: _bool = False,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def searchsorted(
    x1: ArrayLike,
    x2: ArrayLike | _Operand,
    /,
    *,
    side: Literal["left", "right"] | None = None,
    sorter: ArrayLike | None = None,
    right: _bool | None = None,
    out_int32: _bool = False,
    out: _Array,
) -> _Array: ...
@overload
def bucketize(
    input: ArrayLike | _Operand,
    boundaries: ArrayLike,
    *,
    out_int32: _bool = False,
    right: _bool = False,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def bucketize(
    input: ArrayLike | _Operand,
    boundaries: ArrayLike,
    *,
    out_int32: _bool = False,
    right: _bool = False,
    out: _Array,
) -> _Array: ...
def digitize(x: ArrayLike | _Operand, bins: ArrayLike, right: _bool = False) -> Tensor: ...
def isin(
    x1: ArrayLike | _Operand,
    x2: ArrayLike | _Operand,
    /,
    *,
    invert: _bool = False,
    assume_unique: _bool = False,
) -> Tensor: ...
def flatnonzero(x: ArrayLike, /) -> Tensor: ...
def tril_indices(
    row: SupportsIndex,
    col: SupportsIndex | None = None,
    offset: SupportsIndex = 0,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def triu_indices(
    row: SupportsIndex,
    col: SupportsIndex | None = None,
    offset: SupportsIndex = 0,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...

# --- writing by index -------------------------------------------------------------------

def put_along_axis(
    x: ArrayLike, indices: ArrayLike, values: ArrayLike | _Operand, axis: SupportsIndex = -1
) -> None: ...
def scatter(
    x: ArrayLike,
    dim: SupportsIndex,
    index: ArrayLike,
    src: ArrayLike | _Operand | None = None,
    value: _Operand | None = None,
    reduce: str | None = None,
) -> Tensor: ...
def scatter_add(
    x: ArrayLike,
    dim: SupportsIndex,
    index: ArrayLike,
    src: ArrayLike | _Operand,
) -> Tensor: ...
def scatter_reduce(
    x: ArrayLike,
    dim: SupportsIndex,
    index: ArrayLike,
    src: ArrayLike | _Operand,
    reduce: str,
    include_self: _bool = True,
) -> Tensor: ...
def index_add(
    x: ArrayLike,
    dim: SupportsIndex,
    index: ArrayLike,
    source: ArrayLike | _Operand,
    alpha: _Operand | None = None,
) -> Tensor: ...
def index_copy(
    x: ArrayLike,
    dim: SupportsIndex,
    index: ArrayLike,
    source: ArrayLike | _Operand,
) -> Tensor: ...
def index_fill(
    x: ArrayLike,
    dim: SupportsIndex,
    index: ArrayLike,
    value: _Operand,
) -> Tensor: ...
def index_put(
    x: ArrayLike,
    indices: Any,
    values: ArrayLike | _Operand,
    accumulate: _bool = False,
) -> Tensor: ...
def masked_scatter(
    x: ArrayLike,
    mask: ArrayLike,
    source: ArrayLike,
) -> Tensor: ...
def put(
    x: ArrayLike,
    index: ArrayLike,
    source: ArrayLike | _Operand,
    accumulate: _bool = False,
) -> Tensor: ...

# --- sets -------------------------------------------------------------------------------

def unique_values(x: ArrayLike, /) -> Tensor: ...
def unique_counts(x: ArrayLike, /) -> UniqueCounts: ...
def unique_inverse(x: ArrayLike, /) -> UniqueInverse: ...
def unique_all(x: ArrayLike, /) -> UniqueAll: ...
@overload
def unique(
    x: ArrayLike,
    /,
    sorted: _bool = True,
    return_inverse: Literal[False] = False,
    return_counts: Literal[False] = False,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    return_index: Literal[False] = False,
    equal_nan: _bool = False,
) -> Tensor: ...
@overload
def unique(
    x: ArrayLike,
    /,
    sorted: _bool = True,
    return_inverse: _bool = False,
    return_counts: _bool = False,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    return_index: _bool = False,
    equal_nan: _bool = False,
) -> tuple[Tensor, ...]: ...
@overload
def unique_consecutive(
    x: ArrayLike,
    /,
    return_inverse: Literal[False] = False,
    return_counts: Literal[False] = False,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
) -> Tensor: ...
@overload
def unique_consecutive(
    x: ArrayLike,
    /,
    return_inverse: _bool = False,
    return_counts: _bool = False,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
) -> tuple[Tensor, ...]: ...
def intersect1d(x1: ArrayLike, x2: ArrayLike, /, assume_unique: _bool = False) -> Tensor: ...
def setdiff1d(x1: ArrayLike, x2: ArrayLike, /, assume_unique: _bool = False) -> Tensor: ...
def setxor1d(x1: ArrayLike, x2: ArrayLike, /, assume_unique: _bool = False) -> Tensor: ...
def union1d(x1: ArrayLike, x2: ArrayLike, /) -> Tensor: ...

# --- counting ---------------------------------------------------------------------------

def bincount(
    x: ArrayLike, weights: ArrayLike | None = None, minlength: SupportsIndex = 0
) -> Tensor: ...
def histogram(
    x: ArrayLike,
    bins: SupportsIndex | str | ArrayLike | None = None,
    range: tuple[_float, _float] | None = None,
    density: _bool | None = None,
    weights: ArrayLike | None = None,
    *,
    weight: ArrayLike | None = None,
) -> Histogram: ...
def histogram_bin_edges(
    x: ArrayLike,
    bins: SupportsIndex | str | ArrayLike | None = None,
    range: tuple[_float, _float] | None = None,
    weights: ArrayLike | None = None,
) -> Tensor: ...
def histc(
    x: ArrayLike, bins: SupportsIndex = 100, min: _float = 0.0, max: _float = 0.0
) -> Tensor: ...

# --- reductions -------------------------------------------------------------------------

@overload
def sum(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def sum(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def prod(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def prod(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def mean(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def mean(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def max(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def max(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def min(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def min(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def amax(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def amax(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def amin(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def amin(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def all(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def all(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def any(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def any(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def count_nonzero(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def count_nonzero(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def argmax(
    x: _Operand,
    /,
    dim: SupportsIndex | None = None,
    keepdim: _bool = False,
    *,
    axis: SupportsIndex | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def argmax(
    x: _Operand,
    /,
    dim: SupportsIndex | None = None,
    keepdim: _bool = False,
    *,
    axis: SupportsIndex | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def argmin(
    x: _Operand,
    /,
    dim: SupportsIndex | None = None,
    keepdim: _bool = False,
    *,
    axis: SupportsIndex | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def argmin(
    x: _Operand,
    /,
    dim: SupportsIndex | None = None,
    keepdim: _bool = False,
    *,
    axis: SupportsIndex | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def var(
    x: _Operand,
    /,
    dim: ShapeLike | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    correction: _float | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def var(
    x: _Operand,
    /,
    dim: ShapeLike | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    correction: _float | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def std(
    x: _Operand,
    /,
    dim: ShapeLike | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    correction: _float | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def std(
    x: _Operand,
    /,
    dim: ShapeLike | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    correction: _float | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
def var_mean(
    x: _Operand,
    /,
    dim: ShapeLike | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    correction: _float | None = None,
    keepdims: _bool | None = None,
) -> tuple[Tensor, Tensor]: ...
def std_mean(
    x: _Operand,
    /,
    dim: ShapeLike | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    correction: _float | None = None,
    keepdims: _bool | None = None,
) -> tuple[Tensor, Tensor]: ...
def aminmax(
    x: _Operand,
    /,
    *,
    dim: SupportsIndex | None = None,
    keepdim: _bool = False,
) -> tuple[Tensor, Tensor]: ...
@overload
def nansum(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def nansum(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def nanprod(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def nanprod(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def nanmean(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def nanmean(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def nanmax(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def nanmax(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def nanmin(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def nanmin(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def nanvar(
    x: _Operand,
    /,
    dim: ShapeLike | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    correction: _float | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def nanvar(
    x: _Operand,
    /,
    dim: ShapeLike | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    correction: _float | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def nanstd(
    x: _Operand,
    /,
    dim: ShapeLike | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    correction: _float | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def nanstd(
    x: _Operand,
    /,
    dim: ShapeLike | _bool | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    correction: _float | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def diff(
    x: _Operand,
    /,
    n: SupportsIndex = 1,
    dim: SupportsIndex | None = None,
    prepend: _Operand | None = None,
    append: _Operand | None = None,
    *,
    axis: SupportsIndex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def diff(
    x: _Operand,
    /,
    n: SupportsIndex = 1,
    dim: SupportsIndex | None = None,
    prepend: _Operand | None = None,
    append: _Operand | None = None,
    *,
    axis: SupportsIndex | None = None,
    out: _Array,
) -> _Array: ...
def trapezoid(
    y: _Operand,
    x: _Operand | None = None,
    *,
    dx: _complex | None = None,
    dim: SupportsIndex | None = None,
    axis: SupportsIndex | None = None,
) -> Tensor: ...
def cumulative_trapezoid(
    y: _Operand,
    x: _Operand | None = None,
    *,
    dx: _complex | None = None,
    dim: SupportsIndex | None = None,
    axis: SupportsIndex | None = None,
) -> Tensor: ...
@overload
def cumulative_sum(
    x: _Operand,
    /,
    *,
    axis: SupportsIndex | None = None,
    dtype: DTypeLike | None = None,
    include_initial: _bool = False,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def cumulative_sum(
    x: _Operand,
    /,
    *,
    axis: SupportsIndex | None = None,
    dtype: DTypeLike | None = None,
    include_initial: _bool = False,
    out: _Array,
) -> _Array: ...
@overload
def cumsum(
    x: _Operand,
    /,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def cumsum(
    x: _Operand,
    /,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def cumulative_prod(
    x: _Operand,
    /,
    *,
    axis: SupportsIndex | None = None,
    dtype: DTypeLike | None = None,
    include_initial: _bool = False,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def cumulative_prod(
    x: _Operand,
    /,
    *,
    axis: SupportsIndex | None = None,
    dtype: DTypeLike | None = None,
    include_initial: _bool = False,
    out: _Array,
) -> _Array: ...
@overload
def cumprod(
    x: _Operand,
    /,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def cumprod(
    x: _Operand,
    /,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
def cummax(x: _Operand, /, dim: SupportsIndex) -> tuple[Tensor, Tensor]: ...
def cummin(x: _Operand, /, dim: SupportsIndex) -> tuple[Tensor, Tensor]: ...
@overload
def logcumsumexp(x: _Operand, /, dim: SupportsIndex, *, out: Tensor | None = None) -> Tensor: ...
@overload
def logcumsumexp(x: _Operand, /, dim: SupportsIndex, *, out: _Array) -> _Array: ...

# --- quantiles, averages and covariances -------------------------------------------------

_Quantile: TypeAlias = Literal[
    "linear",
    "lower",
    "higher",
    "nearest",
    "midpoint",
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "median_unbiased",
    "normal_unbiased",
]

@overload
def median(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def median(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def nanmedian(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def nanmedian(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def quantile(
    x: _Operand,
    q: ArrayLike,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    method: _Quantile = "linear",
    interpolation: _Quantile | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def quantile(
    x: _Operand,
    q: ArrayLike,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    method: _Quantile = "linear",
    interpolation: _Quantile | None = None,
    out: _Array,
) -> _Array: ...
@overload
def nanquantile(
    x: _Operand,
    q: ArrayLike,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    method: _Quantile = "linear",
    interpolation: _Quantile | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def nanquantile(
    x: _Operand,
    q: ArrayLike,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    method: _Quantile = "linear",
    interpolation: _Quantile | None = None,
    out: _Array,
) -> _Array: ...
@overload
def percentile(
    x: _Operand,
    q: ArrayLike,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    method: _Quantile = "linear",
    interpolation: _Quantile | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def percentile(
    x: _Operand,
    q: ArrayLike,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    method: _Quantile = "linear",
    interpolation: _Quantile | None = None,
    out: _Array,
) -> _Array: ...
@overload
def nanpercentile(
    x: _Operand,
    q: ArrayLike,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    method: _Quantile = "linear",
    interpolation: _Quantile | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def nanpercentile(
    x: _Operand,
    q: ArrayLike,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    method: _Quantile = "linear",
    interpolation: _Quantile | None = None,
    out: _Array,
) -> _Array: ...
def cov(
    m: ArrayLike,
    /,
    y: ArrayLike | None = None,
    rowvar: _bool = True,
    bias: _bool = False,
    ddof: _float | None = None,
    fweights: ArrayLike | None = None,
    aweights: ArrayLike | None = None,
    *,
    dtype: DTypeLike | None = None,
    correction: _float | None = None,
) -> Tensor: ...
def corrcoef(
    x: ArrayLike,
    /,
    y: ArrayLike | None = None,
    rowvar: _bool = True,
    *,
    dtype: DTypeLike | None = None,
) -> Tensor: ...
@overload
def average(
    a: ArrayLike,
    /,
    axis: ShapeLike | None = None,
    weights: ArrayLike | None = None,
    returned: Literal[False] = False,
    *,
    keepdims: _bool = False,
    dim: ShapeLike | None = None,
) -> Tensor: ...
@overload
def average(
    a: ArrayLike,
    /,
    axis: ShapeLike | None = None,
    weights: ArrayLike | None = None,
    *,
    returned: Literal[True],
    keepdims: _bool = False,
    dim: ShapeLike | None = None,
) -> tuple[Tensor, Tensor]: ...
@overload
def ptp(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def ptp(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...
@overload
def softmax(
    x: _Operand,
    /,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def softmax(
    x: _Operand,
    /,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def log_softmax(
    x: _Operand,
    /,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def log_softmax(
    x: _Operand,
    /,
    dim: SupportsIndex | None = None,
    *,
    axis: SupportsIndex | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def logsumexp(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def logsumexp(
    x: _Operand,
    /,
    dim: ShapeLike | None = None,
    keepdim: _bool = False,
    *,
    axis: ShapeLike | None = None,
    keepdims: _bool | None = None,
    out: _Array,
) -> _Array: ...

# --- sequences, windows, what slides ----------------------------------------------------

def logspace(
    start: _Operand,
    stop: _Operand,
    num: SupportsIndex = 50,
    endpoint: _bool = True,
    base: _float = 10.0,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def geomspace(
    start: _Operand,
    stop: _Operand,
    num: SupportsIndex = 50,
    endpoint: _bool = True,
    *,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    **options: Unpack[_Options],
) -> Tensor: ...
def vander(
    x: ArrayLike, /, N: SupportsIndex | None = None, increasing: _bool = False
) -> Tensor: ...
def combinations(
    x: ArrayLike, /, r: SupportsIndex = 2, with_replacement: _bool = False
) -> Tensor: ...
def diag_embed(
    x: ArrayLike,
    /,
    offset: SupportsIndex = 0,
    dim1: SupportsIndex = -2,
    dim2: SupportsIndex = -1,
) -> Tensor: ...
def sliding_window_view(
    x: ArrayLike,
    /,
    window_shape: ShapeLike,
    axis: ShapeLike | None = None,
    *,
    writeable: _bool = False,
) -> Tensor: ...
def unfold(
    x: ArrayLike, /, dimension: SupportsIndex, size: SupportsIndex, step: SupportsIndex
) -> Tensor: ...

_Overlap: TypeAlias = Literal["full", "same", "valid"]

def convolve(a: ArrayLike, v: ArrayLike, /, mode: _Overlap = "full") -> Tensor: ...
def correlate(a: ArrayLike, v: ArrayLike, /, mode: _Overlap = "valid") -> Tensor: ...
def interp(
    x: _Operand,
    xp: ArrayLike,
    fp: ArrayLike,
    /,
    left: _Operand | None = None,
    right: _Operand | None = None,
) -> Tensor: ...
def gradient(
    f: ArrayLike,
    /,
    *spacings: ArrayLike,
    axis: ShapeLike | None = None,
    edge_order: SupportsIndex = 1,
    dim: ShapeLike | None = None,
    spacing: ArrayLike | Sequence[ArrayLike] | None = None,
) -> Any: ...

# --- Einstein's summation ---------------------------------------------------------------

@overload
def einsum(
    *operands: Any,
    optimize: _bool | str | Sequence[Any] = True,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def einsum(
    *operands: Any,
    optimize: _bool | str | Sequence[Any] = True,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
def einsum_path(
    *operands: Any, optimize: _bool | str | Sequence[Any] = "greedy"
) -> tuple[list[Any], str]: ...

# --- questions --------------------------------------------------------------------------

def is_tensor(obj: object, /) -> TypeIs[Tensor]: ...
def is_floating_point(x: _Operand, /) -> _bool: ...
def is_complex(x: _Operand, /) -> _bool: ...
def get_num_threads() -> _int: ...
def empty_cache() -> None: ...
def memory_stats() -> dict[str, _int]: ...
def shares_memory(a: _Memory, b: _Memory, /, max_work: SupportsIndex | None = None) -> _bool: ...
def may_share_memory(a: _Memory, b: _Memory, /, max_work: SupportsIndex | None = None) -> _bool: ...
def set_num_threads(count: SupportsIndex, /) -> None: ...

# --- diagnostics ------------------------------------------------------------------------

@final
class Event:
    def __new__(cls, never: Never, /) -> Self: ...
    @property
    def action(self) -> Literal["shared", "copied", "refused", "computed"]: ...
    @property
    def operation(self) -> str: ...
    @property
    def reasons(self) -> list[str]: ...
    @property
    def why(self) -> str: ...
    @property
    def remedies(self) -> list[str]: ...
    @property
    def origin(self) -> str | None: ...
    @property
    def dtype(self) -> _dtype | None: ...
    @property
    def shape(self) -> tuple[_int, ...]: ...
    @property
    def bytes(self) -> _int: ...
    @property
    def at(self) -> _float: ...
    @property
    def seconds(self) -> _float: ...
    @property
    def file(self) -> str | None: ...
    @property
    def line(self) -> _int | None: ...
    @property
    def note(self) -> str | None: ...

@final
class casting:
    def __new__(cls, rule: _Casting, /) -> Self: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: _type[BaseException] | None = None,
        value: BaseException | None = None,
        traceback: TracebackType | None = None,
        /,
    ) -> None: ...

@final
class no_copies:
    def __new__(cls, *, explicit: _bool = False) -> Self: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: _type[BaseException] | None = None,
        value: BaseException | None = None,
        traceback: TracebackType | None = None,
        /,
    ) -> None: ...

@final
class trace:
    def __new__(cls, *, log: _bool = False) -> Self: ...
    def totals(self) -> dict[str, dict[str, _float]]: ...
    def to_json(self) -> str: ...
    def to_chrome(self) -> str: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: _type[BaseException] | None = None,
        value: BaseException | None = None,
        traceback: TracebackType | None = None,
        /,
    ) -> None: ...
    def __len__(self) -> _int: ...
    def __iter__(self) -> Iterator[Event]: ...
    @overload
    def __getitem__(self, index: SupportsIndex, /) -> Event: ...
    @overload
    def __getitem__(self, index: slice[Any, Any, Any], /) -> list[Event]: ...

# For `tensorbridge.diagnostics`.
_Caller: TypeAlias = tuple[str, _int, str, str, str]

def _snapshot(tensor: Tensor) -> Tensor: ...
def _same_storage(a: Tensor, b: Tensor) -> _bool: ...
def _aliases(target: Any) -> list[tuple[Tensor, _Caller | None]] | None: ...

@final
class _Watcher:
    def __new__(cls, tensors: Sequence[Tensor]) -> Self: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def compare(self, before: Tensor, now: Tensor) -> dict[str, Any]: ...

def _plan(
    source: dtype,
    *,
    swapped: _bool,
    permission: _bool | None,
    on: object,
    memory: _bool,
    dtype: object,
    device: object,
    copy: _bool | None,
    writable: _bool | None,
) -> tuple[Literal["share", "copy", "refuse"], list[tuple[str, str, str]], _bool]: ...
def _exactness(tensor: Tensor, dtype: DTypeLike) -> dict[str, Any]: ...
