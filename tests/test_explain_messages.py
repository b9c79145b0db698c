"""Messages that people get, provoked where NumPy can be made to say them, and what is said of each."""

from __future__ import annotations

import mmap
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import tensorbridge as tb
from child import run_child
from tensorbridge.diagnostics.messages import HINT, catalogue, explain_exception, explain_text

NUMPY = tuple(int(part) for part in np.__version__.split(".")[:2])

frozen = np.ones(2)
frozen.flags.writeable = False


class OldArray:
    def __array__(self, dtype=None):
        return np.ones(2)


def grow_exported():
    data = bytearray(4)
    view = memoryview(data)
    data.extend(view)


def close_exported():
    with memoryview(mapping := mmap.mmap(-1, 8)):
        mapping.close()


def resize_shared():
    a = np.ones(3)
    view = a[:]
    a.resize(5)
    return view


def broadcast_into():
    np.ones(3)[:] = np.ones(4)


#: An entry and a call that makes NumPy, Python or tensorbridge say its message.
PROVOKED = [
    ("copy-false", lambda: tb.asarray([1], copy=False)),
    ("copy-false", lambda: tb.asarray(np.ones(2), dtype=tb.float32, copy=False)),
    ("byte-order", lambda: tb.from_numpy(np.ones(2, ">f8"))),
    ("byte-order", lambda: np.ones(2, ">f8").__dlpack__()),
    ("object-array", lambda: tb.from_numpy(np.array([None]))),
    ("unsupported-dtype", lambda: tb.from_numpy(np.array(["a"]))),
    ("unsupported-dtype", lambda: tb.from_numpy(np.zeros(1, "M8[s]"))),
    ("unsupported-dtype", lambda: np.array([None]).__dlpack__()),
    ("unsupported-dtype", lambda: np.zeros(1, "g").__dlpack__()),
    ("odd-strides", lambda: np.zeros(3, [("a", "f8"), ("b", "f4")])["a"].__dlpack__()),
    ("odd-strides", lambda: tb.from_numpy(np.zeros(3, "f8,f4")["f0"]).__dlpack__()),
    ("read-only-write", lambda: frozen.__setitem__(0, 1)),
    ("read-only-write", lambda: np.add(frozen, 1, out=frozen)),
    ("read-only-write", lambda: tb.from_numpy(frozen).add_(1)),
    ("broadcast-shapes", lambda: np.ones(3) + np.ones(4)),
    ("broadcast-shapes", broadcast_into),
    ("broadcast-shapes", lambda: tb.ones(3) + tb.ones(4)),
    ("matmul-shapes", lambda: np.ones((2, 3)) @ np.ones((2, 3))),
    ("matmul-shapes", lambda: tb.ones(2, 3) @ tb.ones(2, 3)),
    ("ambiguous-truth", lambda: bool(np.ones(2))),
    ("ambiguous-truth", lambda: bool(tb.ones(2))),
    ("to-scalar", lambda: float(np.ones(2))),
    ("to-scalar", lambda: [1][np.ones(2)]),
    ("to-scalar", lambda: np.ones(2).item()),
    ("inexact-cast", lambda: tb.tensor([0.1], dtype=tb.float32, casting="exact")),
    ("same-kind", lambda: tb.zeros(1).to(tb.int8, casting="safe")),
    ("same-kind", lambda: np.add(np.ones(2), 1.5, out=np.ones(2, int))),
    ("same-kind", lambda: tb.ones(2, dtype=tb.int64).add_(1.5)),
    ("cast-overflow", lambda: np.array([1e300]).astype("f4")),
    ("cast-overflow", lambda: np.array([np.nan]).astype("i4")),
    ("complex-to-real", lambda: np.ones(1, complex).astype(float)),
    ("buffer-size", lambda: np.frombuffer(b"abc", "f4")),
    ("buffer-size", lambda: np.frombuffer(b"abcd", "f4", count=2)),
    ("buffer-size", lambda: tb.frombuffer(b"abc", dtype=tb.float32)),
    ("exports", grow_exported),
    ("exports", close_exported),
    ("resize-referenced", resize_shared),
    ("axis-bounds", lambda: np.ones(2).sum(axis=3)),
    ("axis-bounds", lambda: tb.ones(2).sum(3)),
    ("inhomogeneous", lambda: np.array([[1, 2], [3]])),
    ("inhomogeneous", lambda: tb.tensor([[1, 2], [3]])),
    ("infer-dtype", lambda: tb.tensor([None])),
    ("numpy-removed-name", lambda: np.float),
    ("meta-to-numpy", lambda: tb.ones(1, device="meta").numpy()),
    ("view-not-compatible", lambda: tb.ones(3, 4).T.view(12)),
    ("self-overlap", lambda: tb.ones(1).expand(3).add_(1)),
    ("no-cuda", lambda: tb.ones(1).cuda()),
    ("array-method-copy", lambda: OldArray().__array__(copy=None)),
]
if NUMPY >= (2, 0):
    PROVOKED += [
        ("copy-false", lambda: np.array([1], copy=False)),
        ("array-method-copy", lambda: np.array(OldArray(), copy=False)),
        ("out-of-bounds", lambda: np.uint8(300)),
        ("out-of-bounds", lambda: np.ones(2, np.uint8) + 300),
        ("numpy-removed-name", lambda: np.float_),
        ("dlpack-readonly", lambda: frozen.__dlpack__()),
    ]
if NUMPY >= (2, 1):
    PROVOKED += [
        ("dlpack-device", lambda: np.ones(2).__dlpack__(dl_device=(2, 0))),
        ("dlpack-device", lambda: np.from_dlpack(np.ones(2), device="cuda")),
    ]


@pytest.mark.parametrize(("name", "provoke"), PROVOKED, ids=[row[0] for row in PROVOKED])
def test_provoked_messages(name, provoke):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            provoke()
        except (Exception, Warning) as error:
            caught = error
        else:
            pytest.fail("nothing was raised")
    found = tb.explain(caught)
    assert found.name == name, f"{caught}\n{found}"
    assert tb.explain(str(caught)).name == name


def test_numpy_reloaded():
    result = run_child(
        """
        import importlib, numpy
        importlib.reload(numpy)
        """
    )
    found = tb.explain(result.stderr)
    assert found.name == "numpy-reloaded"
    assert "BLAS" in found.meaning
    assert "nothing is different" in found.harm


def test_what_a_reload_does():
    """The catalogue's claims about a reload, seen."""
    run_child(
        """
        import importlib, sys, warnings
        import numpy as np
        import tensorbridge as tb
        warnings.simplefilter("ignore")
        names = [name for name in np.__all__ if name not in ("test", "__array_api_version__")]
        before = {name: getattr(np, name) for name in names}
        np.set_printoptions(precision=3)
        a = np.ones(3)
        t = tb.from_numpy(a)
        importlib.reload(np)
        assert all(getattr(np, name) is value for name, value in before.items())
        assert np.get_printoptions()["precision"] == 3
        t += 1
        assert a.tolist() == [2, 2, 2] and np.shares_memory(a, t.numpy())
        """
    )


#: The same messages in other words: other numbers, paths, versions and names.
CHANGED = [
    (
        "numpy-reloaded",
        "C:\\x\\frozen importlib:241: UserWarning: The NumPy module was reloaded\n(imported a second time). This can in some cases",
    ),
    ("module-loaded-twice", "ImportError: cannot load module more than once per process"),
    (
        "numpy-subinterpreter",
        "UserWarning: NumPy was imported from a Python sub-interpreter but NumPy does not properly support sub-interpreters.",
    ),
    (
        "compiled-for-numpy-1",
        "A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.9.3 as it may crash.",
    ),
    (
        "array-api-not-found",
        "UserWarning: Failed to initialize NumPy: _ARRAY_API not found (Triggered internally at ../foo.cpp:12.)",
    ),
    (
        "numpy-abi-version",
        "RuntimeError: module compiled against API version 0x10 but this version of numpy is 0xe",
    ),
    (
        "numpy-abi-version",
        "RuntimeError: module was compiled against NumPy C-API version 0x13 (NumPy 2.3) but the running NumPy has C-API version 0x10.",
    ),
    (
        "dtype-size-changed",
        "ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject",
    ),
    ("multiarray-failed", "ImportError: numpy.core.multiarray failed to import"),
    (
        "multiarray-failed",
        "ImportError: numpy._core.multiarray failed to import (auto-generated because you didn't call 'numpy.import_array()')",
    ),
    ("numpy-not-available", "RuntimeError: Numpy is not available"),
    (
        "numpy-not-available",
        "UserWarning: Failed to initialize NumPy: No module named 'numpy' (Triggered internally at /x/y.cpp:84.)",
    ),
    (
        "numpy-source-directory",
        "ImportError: Error importing numpy: you should not try to import numpy from\n        its source directory; please exit the numpy source tree",
    ),
    (
        "numpy-shadowed",
        "AttributeError: partially initialized module 'numpy' has no attribute 'array' (most likely due to a circular import)",
    ),
    ("numpy-removed-name", "AttributeError: module 'numpy' has no attribute 'object'."),
    (
        "numpy-removed-name",
        "AttributeError: `np.unicode_` was removed in the NumPy 2.0 release. Use `np.str_` instead.",
    ),
    (
        "cuda-to-numpy",
        "TypeError: can't convert cuda:3 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.",
    ),
    ("cuda-to-numpy", "can't convert mps device type tensor to numpy"),
    (
        "negative-strides",
        "ValueError: At least one stride in the given numpy array is negative, and tensors with negative strides are not currently supported.",
    ),
    (
        "not-writable",
        "a.py:9: UserWarning: The given buffer is not writable, and PyTorch does not support non-writable tensors.",
    ),
    ("dtype-mismatch", "RuntimeError: expected Double but got Float"),
    ("dtype-mismatch", "expected scalar type Half but found Float"),
    (
        "dtype-mismatch",
        "RuntimeError: mat1 and mat2 must have the same dtype, but got Float and BFloat16",
    ),
    ("matmul-shapes", "mat1 and mat2 shapes cannot be multiplied (1000x1000 and 500x500)"),
    ("matmul-shapes", "ValueError: shapes (3,4) and (3,) not aligned: 4 (dim 1) != 3 (dim 0)"),
    (
        "openmp-15",
        "OMP: Error #15: Initializing libiomp5md.dll, but found libiomp5md.dll already initialized.",
    ),
    (
        "openmp-15",
        "OMP: Error #15: Initializing libomp.dylib, but found libiomp5.dylib already initialized.",
    ),
    (
        "mkl-threading-layer",
        "Error: mkl-service + Intel(R) MKL: MKL_THREADING_LAYER=INTEL is incompatible with libgomp-a34b3233.so.1 library.",
    ),
    ("libgomp-threads", "libgomp: Thread creation failed: Resource temporarily unavailable"),
    (
        "openblas-threads",
        "OpenBLAS blas_thread_init: pthread_create failed for thread 31 of 64: Resource temporarily unavailable",
    ),
    (
        "static-tls",
        "ImportError: /x/libgomp-d22c30c5.so.1: cannot allocate memory in static TLS block",
    ),
    ("mkl-not-loaded", "Intel MKL FATAL ERROR: Cannot load libmkl_avx512.so or libmkl_def.so."),
    (
        "devices-differ",
        "Expected all tensors to be on the same device, but found at least two devices, cpu and cuda:1!",
    ),
    (
        "cuda-memory",
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 79.10 GiB",
    ),
    (
        "cupy-implicit",
        "TypeError: Implicit conversion to a NumPy array is not allowed. Please use `.get()` to construct a NumPy array explicitly.",
    ),
    (
        "dlpack-version",
        "TypeError: Foo.__dlpack__() got an unexpected keyword argument 'max_version'",
    ),
    ("out-of-bounds", "OverflowError: Python integer -7 out of bounds for uint64"),
    (
        "copy-false",
        "ValueError: Unable to avoid copy while creating an array as requested.\nIf using `np.array(obj, copy=False)`",
    ),
    (
        "requires-grad",
        "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
    ),
    ("conj-bit", "RuntimeError: Can't call numpy() on Tensor that has conjugate bit set."),
    (
        "neg-bit",
        "Can't call numpy() on Tensor that has negative bit set. Use tensor.resolve_neg().numpy()",
    ),
]


@pytest.mark.parametrize(("name", "text"), CHANGED, ids=[row[0] for row in CHANGED])
def test_changed_wordings(name, text):
    assert explain_text(text).name == name
    assert explain_text("  Traceback …\n\n" + text.replace(" ", "\n  ") + "\n").name == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "NumPy",
        "KeyError: 'numpy'",
        "FileNotFoundError: [Errno 2] No such file or directory: 'data.npy'",
        "ModuleNotFoundError: No module named 'scipy'",
        "ZeroDivisionError: division by zero",
        "RecursionError: maximum recursion depth exceeded",
        "DeprecationWarning: invalid escape sequence",
        "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
        "ValueError: could not convert string to float: 'abc'",
        "AttributeError: 'Tensor' object has no attribute 'foo'",
        "UserWarning: Glyph 128512 missing from font(s) DejaVu Sans.",
        "reload the page to see the new version of the module",
    ],
)
def test_unrelated_messages(text):
    found = tb.explain(text)
    assert not found.known
    assert "I do not know this message" in str(found)


def test_a_chained_exception_is_explained_by_its_cause():
    failed = RuntimeError("training failed")
    try:
        np.ones(3) + np.ones(4)
    except ValueError as error:
        failed.__cause__ = error
    assert explain_exception(failed).name == "broadcast-shapes"


def test_errors_of_our_own_bring_their_remedy():
    found = tb.explain(ValueError(f"some new refusal{HINT}do this instead"))
    assert found.known
    assert found.remedies == ("do this instead",)
    assert not tb.explain(ValueError("some new refusal")).known


@pytest.mark.parametrize("name", catalogue())
def test_every_entry_is_whole(name):
    message, patterns = catalogue()[name]
    assert all([patterns, message.remedies, message.check])
    assert message.harmful in ("no", "yes", "it depends")
    assert message.meaning.endswith((".", '"'))
    assert message.harm.endswith((".", ")"))
    text = str(message)
    for part in (message.title, "Harmful: ", "What to do", "How to check"):
        assert part in text
    assert max(map(len, text.splitlines())) <= 140


def test_every_entry_is_tested():
    seen = {name for name, _ in PROVOKED} | {name for name, _ in CHANGED}
    torch_tests = Path(__file__).with_name("interop") / "test_explain_torch.py"
    elsewhere = re.findall(r'\(\s*"([a-z0-9-]+)",', torch_tests.read_text())
    assert set(catalogue()) - seen - set(elsewhere) == {"numpy-reloaded"} - seen
    assert len(catalogue()) >= 30
