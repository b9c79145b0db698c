"""The buffer protocol (PEP 3118), both ways."""

from __future__ import annotations

import ctypes
import gc
import hashlib
import mmap
import re
import struct
import sys
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from child import run_child
from sources import address, layouts

CODES = {
    "?": tb.bool, "b": tb.int8, "B": tb.uint8, "h": tb.int16, "H": tb.uint16, "i": tb.int32,
    "I": tb.uint32, "q": tb.int64, "Q": tb.uint64, "e": tb.float16, "f": tb.float32,
    "d": tb.float64,
}  # fmt: skip


# Coming in.


@pytest.mark.parametrize("code", CODES)
def test_every_native_format(code: str) -> None:
    raw = bytearray(struct.pack(f"3{code}", 1, 0, 1))
    tensor = tb.asarray(np.frombuffer(raw, dtype=np.dtype(code)).data)
    assert tensor.dtype is CODES[code]
    assert tensor.numpy().tolist() == [1, 0, 1]
    cast = tb.asarray(memoryview(raw).cast(code)) if code != "e" else tensor
    assert cast.dtype is CODES[code]


@pytest.mark.parametrize("code", "lLnN")
def test_formats_of_native_width(code: str) -> None:
    width = struct.calcsize(f"@{code}")
    tensor = tb.asarray(memoryview(bytearray(2 * width)).cast(code))
    assert tensor.itemsize == width
    assert str(tensor.dtype).endswith(f"int{8 * width}")


@pytest.mark.parametrize("dtype", [">i4", "<i4", "=i4", ">f8", ">c16", ">u2"])
def test_byte_orders(dtype: str) -> None:
    source = np.arange(4).astype(dtype)
    tensor = tb.asarray(memoryview(source))
    assert tensor.numpy().tolist() == source.tolist()
    native = source.dtype.isnative
    assert (tensor.data_ptr() == address(source)) == native
    if not native:
        with pytest.raises(tb.CopyError, match="byte order"):
            tb.asarray(memoryview(source), copy=False)


def test_ctypes_arrays() -> None:
    matrix = ((ctypes.c_int16 * 3) * 2)((1, 2, 3), (4, 5, 6))
    tensor = tb.asarray(matrix)
    assert (tensor.dtype, tuple(tensor.shape)) == (tb.int16, (2, 3))
    matrix[1][2] = 9
    assert memoryview(tensor).tolist() == [[1, 2, 3], [4, 5, 9]]
    single = tb.asarray(ctypes.c_double(2.5))
    assert (single.dtype, tuple(single.shape)) == (tb.float64, ())

    class Pair(ctypes.Structure):
        _fields_ = (("x", ctypes.c_int), ("y", ctypes.c_float))

    with pytest.raises(TypeError, match="can't convert a buffer of format"):
        tb.asarray((Pair * 2)())


@pytest.mark.parametrize(
    "make",
    [
        lambda: (ctypes.c_wchar * 2)(),
        lambda: (ctypes.c_char * 4)(),
        lambda: (ctypes.c_void_p * 2)(),
        lambda: memoryview(np.array([None])),
        lambda: memoryview(np.zeros(2, np.longdouble)),
        lambda: memoryview(np.zeros(2, "S3")),
        lambda: memoryview(np.zeros(2, [("x", "f4"), ("y", "i4")])),
    ],
    ids=["text", "char", "pointer", "object", "longdouble", "bytes", "record"],
)
def test_formats_that_no_tensor_holds(make: Any) -> None:
    with pytest.raises(TypeError, match="can't convert a buffer of format"):
        tb.asarray(make())


def test_bytes_are_read_only_and_bytearrays_are_not() -> None:
    assert tb.asarray(b"ab").is_readonly
    assert tb.asarray(b"ab").dtype is tb.uint8
    assert not tb.asarray(bytearray(b"ab")).is_readonly
    with pytest.raises(tb.CopyError, match="read-only"):
        tb.asarray(b"ab", writable=True, copy=False)


@pytest.mark.parametrize("name", layouts())
def test_strides_come_through(name: str) -> None:
    source = layouts()[name]
    tensor = tb.asarray(memoryview(source))
    assert np.array_equal(tensor.numpy(), source)
    if source.size:
        assert tensor.data_ptr() == address(source)


@pytest.mark.parametrize("door", [tb.asarray, lambda b: tb.frombuffer(b, dtype=tb.uint8)])
def test_the_export_is_held(door: Any) -> None:
    buffer = bytearray(16)
    tensor = door(buffer)
    with pytest.raises(BufferError):
        buffer.append(1)
    view = tensor.numpy()
    del tensor
    with pytest.raises(BufferError):
        buffer.append(1)
    del view
    buffer.append(1)

    pages = mmap.mmap(-1, 4096)
    tensor = door(pages)
    with pytest.raises(BufferError):
        pages.close()
    del tensor
    pages.close()


def test_copies_hold_nothing() -> None:
    buffer = bytearray(16)
    tensor = tb.tensor(buffer)
    buffer.append(1)
    assert tuple(tensor.shape) == (16,)
    with pytest.raises(tb.CopyError):
        tb.asarray(buffer, dtype=tb.float32, copy=False)
    buffer.append(1)


def test_released_exporters() -> None:
    view = memoryview(bytearray(8))
    view.release()
    with pytest.raises(ValueError, match="released"):
        tb.asarray(view)
    with pytest.raises(RuntimeError, match="could not retrieve buffer"):
        tb.frombuffer(view, dtype=tb.uint8)
    view = memoryview(bytearray(8))
    tensor = tb.asarray(view)
    with pytest.raises(BufferError):
        view.release()
    del tensor
    view.release()


def test_exports_are_released_on_any_thread() -> None:
    buffer = bytearray(16)
    box = [tb.asarray(buffer)]
    thread = threading.Thread(target=box.clear)
    thread.start()
    thread.join()
    buffer.append(1)


def test_exports_outlive_the_interpreter() -> None:
    run_child("""
        import sys, mmap, tensorbridge as tb
        sys.pages = mmap.mmap(-1, 4096)
        sys.t = tb.asarray(sys.pages), tb.frombuffer(bytearray(9), dtype="int8")
        sys.v = memoryview(tb.asarray([1.0, 2.0]))
    """)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 688 is younger")
def test_python_classes_export() -> None:
    class Exporter:
        released = 0

        def __init__(self) -> None:
            self.data = bytearray(b"\x01\x02")

        def __buffer__(self, flags: int) -> memoryview:
            return memoryview(self.data)

        def __release_buffer__(self, view: memoryview) -> None:
            self.released += 1
            view.release()

    exporter = Exporter()
    tensor = tb.asarray(exporter)
    assert memoryview(tensor).tolist() == [1, 2]
    assert exporter.released == 0
    del tensor
    gc.collect()
    assert exporter.released == 1

    class Broken:
        def __buffer__(self, flags: int) -> memoryview:
            raise LookupError("not today")

    with pytest.raises(LookupError, match="not today") as caught:
        tb.asarray(Broken())
    assert "asarray" in caught.value.__notes__[0]


class PyBuffer(ctypes.Structure):
    """`Py_buffer`, to build views that no honest exporter makes."""

    _fields_ = (
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.py_object),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.POINTER(ctypes.c_ssize_t)),
        ("strides", ctypes.POINTER(ctypes.c_ssize_t)),
        ("suboffsets", ctypes.POINTER(ctypes.c_ssize_t)),
        ("internal", ctypes.c_void_p),
    )


def forged(**fields: Any) -> memoryview:
    """A memoryview of a forged view of 16 bytes."""
    memory = (ctypes.c_char * 16)()
    view = PyBuffer()
    view.buf = fields.get("buf", ctypes.addressof(memory))
    view.len = fields.get("len", 16)
    view.itemsize = fields.get("itemsize", 4)
    view.format = fields.get("format", b"f")
    shape = fields.get("shape", (4,))
    view.ndim = len(shape)
    view.shape = (ctypes.c_ssize_t * len(shape))(*shape)
    view.strides = (ctypes.c_ssize_t * len(shape))(*fields.get("strides", (4,) * len(shape)))
    if "suboffsets" in fields:
        view.suboffsets = (ctypes.c_ssize_t * len(shape))(*fields["suboffsets"])
    make = ctypes.pythonapi.PyMemoryView_FromBuffer
    make.restype = ctypes.py_object
    # A view without an owner: `obj` must be null.
    ctypes.cast(ctypes.byref(view, PyBuffer.obj.offset), ctypes.POINTER(ctypes.c_void_p))[0] = None
    result = make(ctypes.byref(view))
    KEPT.append((memory, view))
    return result


KEPT: list[Any] = []


def test_forged_views_are_refused() -> None:
    assert memoryview(tb.asarray(forged())).tolist() == [0, 0, 0, 0]
    for fields, words in [
        ({"itemsize": 8, "shape": (2,), "strides": (8,)}, "items of 8 bytes, and a format of 4"),
        ({"shape": (5,)}, "16 bytes, and a shape of"),
        ({"len": -16}, "contradicts itself"),
        ({"shape": (-4,)}, "axis of length -4"),
        ({"shape": (2**62, 2**62), "strides": (4, 4)}, "16 bytes, and a shape of"),
        ({"strides": (2**62,)}, "address space"),
    ]:
        with pytest.raises(ValueError, match=words):
            tb.asarray(forged(**fields))
    with pytest.raises(BufferError, match="suboffsets"):
        tb.asarray(forged(suboffsets=(0,)))
    assert memoryview(tb.asarray(forged(suboffsets=(-1,)))).tolist() == [0, 0, 0, 0]


# `frombuffer`.


def test_frombuffer_shares_from_any_offset() -> None:
    buffer = bytearray(13)
    tensor = tb.frombuffer(buffer, dtype=tb.float32, offset=1)
    assert tensor.numpy().tolist() == [0, 0, 0]
    struct.pack_into("f", buffer, 5, 2.5)
    assert tensor.numpy().tolist() == [0, 2.5, 0]
    assert tb.frombuffer(bytearray(12), dtype="f4", count=2).numel() == 2
    assert tb.frombuffer(bytearray(12), dtype="f4", count=-2).numel() == 3
    assert tb.frombuffer(np.arange(3, dtype="f4"), dtype=tb.int32).numpy()[1] == 1065353216
    assert tb.frombuffer(bytearray(8), dtype=tb.bfloat16).numel() == 4


@pytest.mark.parametrize(
    ("length", "arguments", "words"),
    [
        (
            9,
            {},
            "buffer length (9 bytes) after offset (0 bytes) must be a multiple of element size (4)",
        ),
        (
            12,
            {"count": 4},
            "requested buffer length (4 * 4 bytes) after offset (0 bytes) must not be greater than actual buffer length (12 bytes)",
        ),
        (12, {"count": 0}, "both buffer length (12) and count (0) must not be 0"),
        (0, {}, "both buffer length (0) and count (-1) must not be 0"),
        (
            12,
            {"offset": 12},
            "offset (12 bytes) must be non-negative and no greater than buffer length (12 bytes) minus 1",
        ),
        (12, {"offset": -1}, "offset (-1 bytes) must be non-negative"),
        (12, {"count": sys.maxsize}, "requested buffer length"),
    ],
)
def test_frombuffer_refuses_in_pytorch_words(
    length: int, arguments: dict[str, int], words: str
) -> None:
    buffer = bytearray(length)
    with pytest.raises(ValueError, match=re.escape(words)):
        tb.frombuffer(buffer, dtype=tb.float32, **arguments)
    buffer.append(1)


def test_frombuffer_needs_a_flat_buffer() -> None:
    for wrong in ([1], "text", None, 3):
        with pytest.raises(ValueError, match="object does not implement Python buffer protocol"):
            tb.frombuffer(wrong, dtype=tb.uint8)
    for strided in (np.zeros((2, 3), order="F"), np.zeros(6)[::2], memoryview(bytes(6))[::2]):
        with pytest.raises(RuntimeError, match="could not retrieve buffer from object") as caught:
            tb.frombuffer(strided, dtype=tb.uint8)
        assert caught.value.__cause__ is not None
    with pytest.raises(TypeError, match="dtype"):
        tb.frombuffer(b"abcd")


def test_frombuffer_permissions() -> None:
    assert tb.frombuffer(b"abcd", dtype=tb.uint8).is_readonly
    assert tb.frombuffer(bytearray(4), dtype=tb.uint8, writable=False).is_readonly
    assert not tb.frombuffer(bytearray(4), dtype=tb.uint8, writable=True).is_readonly
    with pytest.raises(tb.CopyError, match="read-only"):
        tb.frombuffer(b"abcd", dtype=tb.uint8, writable=True)


# Going out.


@given(st.sampled_from(sorted(layouts())), st.booleans())
def test_memoryviews_describe_the_tensor(name: str, writable: bool) -> None:
    source = layouts()[name]
    tensor = tb.from_numpy(source, writable=None if writable else False)
    view = memoryview(tensor)
    assert view.shape == source.shape
    assert view.strides == source.strides
    assert view.readonly == (not writable)
    assert (view.format, view.itemsize, view.nbytes) == ("f", 4, source.nbytes)
    assert np.array_equal(np.asarray(view), source)


@pytest.mark.parametrize("name", layouts())
def test_asarray_shares(name: str) -> None:
    source = layouts()[name]
    out = np.asarray(tb.from_numpy(source))
    assert out.dtype == source.dtype
    assert np.array_equal(out, source)
    assert out.flags.writeable
    if source.size:
        assert address(out) == address(source)
    assert not np.asarray(tb.from_numpy(source, writable=False)).flags.writeable


def test_dtypes_arrive_as_numpys_own() -> None:
    for dtype in map(np.dtype, "?bhilBHILefdFD"):
        out = np.asarray(tb.from_numpy(np.zeros(2, dtype)))
        assert out.dtype.num == dtype.num
        assert memoryview(tb.from_numpy(np.zeros(2, dtype))).itemsize == dtype.itemsize


def test_the_tensor_lives_as_long_as_its_views() -> None:
    tensor = tb.tensor([1.0, 2.0, 3.0])
    view = memoryview(tensor)
    out = np.asarray(tensor)
    before = sys.getrefcount(tensor)
    more = memoryview(tensor)
    assert sys.getrefcount(tensor) == before + 1
    more.release()
    assert sys.getrefcount(tensor) == before
    del tensor
    gc.collect()
    assert view.tolist() == out.tolist() == [1, 2, 3]


FLAGS = {
    "SIMPLE": 0, "WRITABLE": 1, "FORMAT": 4, "ND": 8, "STRIDES": 0x18, "C": 0x38, "F": 0x58,
    "ANY": 0x98, "FULL_RO": 0x11C, "FULL": 0x11D,
}  # fmt: skip


def ask(tensor: tb.Tensor, flags: int) -> PyBuffer:
    view = PyBuffer()
    get = ctypes.pythonapi.PyObject_GetBuffer
    get.argtypes = (ctypes.py_object, ctypes.c_void_p, ctypes.c_int)
    get(tensor, ctypes.byref(view), flags)
    return view


def release(view: PyBuffer) -> None:
    ctypes.pythonapi.PyBuffer_Release(ctypes.byref(view))


def test_flags_are_negotiated() -> None:
    c = np.zeros((2, 3), np.float32)
    f, strided = np.asfortranarray(c), np.zeros((2, 6), np.float32)[:, ::2]
    accepted = {
        "c": (c, {"SIMPLE", "WRITABLE", "FORMAT", "ND", "STRIDES", "C", "ANY", "FULL_RO", "FULL"}),
        "f": (f, {"STRIDES", "F", "ANY", "FULL_RO", "FULL"}),
        "strided": (strided, {"STRIDES", "FULL_RO", "FULL"}),
    }
    for source, names in accepted.values():
        tensor = tb.from_numpy(source)
        for name, flags in FLAGS.items():
            if name in names:
                view = ask(tensor, flags)
                assert bool(view.shape) == bool(flags & 8)
                assert bool(view.strides) == (flags & 0x18 == 0x18)
                assert (view.format is not None) == bool(flags & 4)
                assert view.len == 24
                release(view)
            else:
                with pytest.raises(BufferError, match="dense memory"):
                    ask(tensor, flags)
    frozen = tb.from_numpy(c, writable=False)
    for name in ("WRITABLE", "FULL"):
        with pytest.raises(BufferError, match="read-only"):
            ask(frozen, FLAGS[name])
    release(ask(frozen, FLAGS["FULL_RO"]))


def test_bytes_of_tensors() -> None:
    tensor = tb.tensor([1, 2], dtype=tb.int16)
    assert bytes(tensor) == struct.pack("2h", 1, 2)
    assert hashlib.sha256(tensor).digest() == hashlib.sha256(bytes(tensor)).digest()
    # A digest asks for bytes and not for a format, which bfloat16 has none of.
    half = tb.tensor([1.0], dtype=tb.bfloat16)
    assert hashlib.sha256(half).digest() == hashlib.sha256(b"\x80\x3f").digest()
    assert bytes(half) == b"\x80\x3f"
    assert bytearray(tensor) == bytes(tensor)
    assert bytes(tb.tensor(3)) == struct.pack("q", 3)
    transposed = np.arange(6, dtype=np.int16).reshape(2, 3).T
    assert bytes(tb.from_numpy(transposed)) == transposed.tobytes()
    with pytest.raises(TypeError, match="meta"):
        bytes(tb.tensor([1], device="meta"))


def test_what_the_protocol_cannot_say() -> None:
    with pytest.raises(BufferError, match="bfloat16"):
        memoryview(tb.tensor([1.0], dtype=tb.bfloat16))
    with pytest.raises(BufferError, match="meta"):
        memoryview(tb.tensor([1.0], device="meta"))
