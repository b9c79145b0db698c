"""Tensors that share memory with NumPy: same bytes, in constant time, nothing hidden."""

from . import cuda
from ._diagnose import aliases, doctor, draw, exactness, explain, show_float, watch
from ._grad import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from ._size import Size
from ._tensorbridge import *
from ._tensorbridge import __array_api_version__, __array_namespace_info__, __version__
from ._typed import (
    BFloat16Tensor,
    BoolTensor,
    ByteTensor,
    CharTensor,
    ComplexDoubleTensor,
    ComplexFloatTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
)

# fmt: off
__all__ = [
    # errors
    "AbsentError", "CopyError", "DeviceError", "InexactError", "LinAlgError", "RangeError", "ShapeError",
    "TooHardError",
    # dtypes
    "dtype", "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "bfloat16", "float32", "float64", "complex64", "complex128", "half", "float",
    "double", "short", "int", "long", "cfloat", "cdouble", "bool_", "set_default_dtype",
    "get_default_dtype", "BFloat16Tensor", "BoolTensor", "ByteTensor", "CharTensor",
    "ComplexDoubleTensor", "ComplexFloatTensor", "DoubleTensor", "FloatTensor", "HalfTensor",
    "IntTensor", "LongTensor", "ShortTensor",
    # devices and layouts
    "channels_last", "channels_last_3d", "contiguous_format", "cuda", "device", "layout",
    "get_default_device", "memory_format", "preserve_format", "set_default_device", "strided",
    # the tensor
    "Size", "Tensor",
    # random generators
    "Generator", "default_generator", "get_rng_state", "initial_seed", "manual_seed", "seed",
    "set_rng_state",
    # text
    "get_printoptions", "printoptions", "set_printoptions",
    # the ways in
    "as_tensor", "asarray", "from_dlpack", "from_numpy", "frombuffer", "tensor",
    # views
    "adjoint", "as_strided", "broadcast_arrays", "broadcast_shapes", "broadcast_tensors",
    "broadcast_to", "chunk", "clone", "conj", "diagonal", "expand_dims", "flatten", "flip",
    "fliplr", "flipud", "imag", "matrix_transpose", "moveaxis", "movedim", "narrow", "numel",
    "permute", "permute_dims", "ravel", "real", "reshape", "select", "split", "squeeze", "swapaxes",
    "swapdims", "t", "tensor_split", "transpose", "unbind", "unflatten", "unsqueeze", "unstack",
    "view_as_complex", "view_as_real",
    # constants
    "e", "inf", "nan", "newaxis", "pi",
    # creation
    "arange", "complex", "diag", "empty", "empty_like", "eye", "full", "full_like", "linspace", "meshgrid",
    "ones", "ones_like", "scalar_tensor", "tril", "triu", "zeros", "zeros_like",
    # questions about dtypes
    "astype", "can_cast", "finfo", "iinfo", "isdtype", "promote_types", "result_type",
    # elementwise
    "abs", "absolute", "add", "bitwise_and", "bitwise_invert", "bitwise_left_shift", "bitwise_not",
    "bitwise_or", "bitwise_right_shift", "bitwise_xor", "div", "divide", "eq", "equal",
    "floor_divide", "ge", "greater", "greater_equal", "gt", "invert", "le", "left_shift", "less",
    "less_equal", "lt", "maximum", "minimum", "mul", "multiply", "ne", "neg", "negative",
    "not_equal", "positive", "pow", "power", "remainder", "right_shift", "square", "sub",
    "subtract", "true_divide",
    # the functions of analysis
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "copysign", "cos", "cosh",
    "deg2rad", "erf", "erfc", "erfinv", "exp", "exp2", "expm1", "floor", "hypot", "log", "log10", "log1p",
    "log2", "logaddexp", "nextafter", "rad2deg", "reciprocal", "rsqrt", "sign", "sin", "sinc", "sinh", "sqrt",
    "tan", "tanh", "trunc", "xlogy",
    # those of neural networks
    "gelu", "logsigmoid", "relu", "sigmoid", "silu", "softplus",
    # the same under other names
    "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "degrees", "fix", "radians",
    "sgn",
    # rounding, and questions about single numbers
    "angle", "frac", "frexp", "isfinite", "isinf", "isnan", "isneginf", "isposinf", "isreal", "ldexp",
    "nan_to_num", "round", "signbit",
    # of two and three numbers
    "addcdiv", "addcmul", "float_power", "fmax", "fmin", "fmod", "gcd", "heaviside", "lcm", "lerp",
    # equality of whole tensors, or up to rounding
    "allclose", "array_equal", "isclose",
    # side by side, each with each
    "array_split", "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "cartesian_prod",
    "column_stack", "dstack", "hstack", "rot90", "row_stack", "vstack",
    # repetitions and borders
    "pad", "repeat", "repeat_interleave", "roll", "tile",
    # joining
    "cat", "concat", "concatenate", "stack",
    # products
    "addbmm", "addmm", "addmv", "addr", "baddbmm", "bmm", "chain_matmul", "cross", "dot", "ger",
    "inner", "kron", "matmul", "matrix_exp", "matrix_power", "mm", "mv", "outer", "tensordot",
    "vdot", "vecdot",
    # linear algebra
    "cholesky_inverse", "cholesky_solve", "det", "inverse", "logdet", "norm", "pinverse", "slogdet",
    # truth and choice
    "clamp", "clip", "logical_and", "logical_not", "logical_or", "logical_xor", "where",
    # random numbers
    "normal", "rand", "rand_like", "randint", "randint_like", "randn", "randn_like", "randperm",
    # picking and finding
    "argwhere", "gather", "index_select", "masked_fill", "masked_select", "nonzero", "take",
    "take_along_axis", "take_along_dim",
    "bucketize", "digitize", "flatnonzero", "isin", "searchsorted", "tril_indices", "triu_indices",
    # writing by index
    "index_add", "index_copy", "index_fill", "index_put", "masked_scatter", "put", "put_along_axis",
    "scatter", "scatter_add", "scatter_reduce",
    # sorting
    "argpartition", "argsort", "kthvalue", "lexsort", "msort", "partition", "sort", "topk",
    # sets
    "intersect1d", "setdiff1d", "setxor1d", "union1d", "unique", "unique_all", "unique_consecutive",
    "unique_counts", "unique_inverse", "unique_values",
    # counting
    "bincount", "histc", "histogram", "histogram_bin_edges",
    # what is not NaN
    "nanmax", "nanmean", "nanmin", "nanprod", "nanstd", "nansum", "nanvar",
    # neighbours
    "cumulative_trapezoid", "diff", "trapezoid",
    # scans
    "cummax", "cummin", "cumprod", "cumsum", "cumulative_prod", "cumulative_sum", "logcumsumexp",
    # reductions
    "all", "amax", "amin", "aminmax", "any", "argmax", "argmin", "count_nonzero", "max", "mean", "min",
    "prod", "std", "std_mean", "sum", "var", "var_mean",
    # quantiles, averages and covariances
    "average", "corrcoef", "cov", "median", "nanmedian", "nanpercentile", "nanquantile",
    "percentile", "ptp", "quantile",
    # exponentials and their shares
    "log_softmax", "logsumexp", "softmax",
    # sequences, windows, what slides
    "combinations", "convolve", "correlate", "diag_embed", "geomspace", "gradient", "interp",
    "logspace", "sliding_window_view", "unfold", "vander",
    # Einstein's summation
    "einsum", "einsum_path",
    # questions
    "empty_cache", "get_num_threads", "is_complex", "is_floating_point", "is_tensor",
    "may_share_memory", "memory_stats", "set_num_threads", "shares_memory",
    # diagnostics
    "Event", "aliases", "casting", "doctor", "draw", "exactness", "explain", "no_copies", "show_float", "trace",
    "watch",
    # gradients: there are none
    "enable_grad", "inference_mode", "is_grad_enabled", "no_grad", "set_grad_enabled",
    # the Array API standard
    "__array_api_version__", "__array_namespace_info__",
    # the version
    "__version__",
]
# fmt: on


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> object:
    """Imports a submodule when it is first touched; says of a missing function where it is."""
    if name in ("fft", "linalg", "random", "testing", "utils"):
        import importlib

        return importlib.import_module(f"{__name__}.{name}")
    missing = f"module '{__name__}' has no attribute '{name}'"
    if not name.startswith("_"):
        from ._absent import hint

        if why := hint(name):
            missing += f": {why}"
    raise AttributeError(missing, name=name)
