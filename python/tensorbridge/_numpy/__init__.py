"""What happens when a NumPy function meets a tensor. Imported when NumPy first calls, not before.

A function that tensorbridge has runs in tensorbridge (`native`), so that `np.add(a, t)`, `a + t`
and `tb.add(a, t)` are one thing. Every other function runs in NumPy, on the memory of its
tensors: `ufunc` and `function` prepare such calls, `convert` takes arguments there and results
back.

The two entries give a pair: the result, and the name of the function where NumPy computed it.
"""

from .convert import array_wrap
from .function import array_function
from .ufunc import array_ufunc

__all__ = ["array_function", "array_ufunc", "array_wrap"]
