"""Copies and casts: what changes nothing is the tensor itself, what copies says so."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import tensorbridge as tb

NAMES = {
    "float": "float32", "double": "float64", "half": "float16", "bfloat16": "bfloat16",
    "int": "int32", "long": "int64", "short": "int16", "char": "int8", "byte": "uint8",
    "bool": "bool", "cfloat": "complex64", "cdouble": "complex128",
}  # fmt: skip


@pytest.mark.parametrize("method", NAMES)
def test_casts_by_name(method: str) -> None:
    t = tb.from_numpy(np.array([0.0, 1.0, 2.0]))
    cast = getattr(t, method)()
    assert cast.dtype == getattr(tb, NAMES[method])
    assert cast.cdouble().tolist() == ([0, 1, 1] if method == "bool" else [0, 1, 2])
    assert getattr(cast, method)() is cast


def test_to_reads_every_spelling() -> None:
    t = tb.from_numpy(np.arange(3.0))
    other = tb.from_numpy(np.arange(2, dtype=np.int16))
    for same in (
        t.to(tb.float64), t.to("cpu"), t.to(tb.device("cpu")), t.to(t), t.to(None), t.to(),
        t.to("cpu", tb.float64), t.to(dtype=tb.float64, device="cpu"), t.to(np.float64),
        t.to("float64"), t.to("cpu", non_blocking=True), t.cpu(), t.type_as(t),
        t.to_device("cpu"), t.to(tb.float64, True), t.astype(tb.float64, copy=False),
    ):  # fmt: skip
        assert same is t
    for cast in (
        t.to(tb.int16), t.to(other), t.to("cpu", tb.int16), t.to(np.dtype("int16")), t.to("int16"),
        t.to(other=other), t.type_as(other), t.type(tb.int16), t.type("torch.ShortTensor"),
        t.astype("int16"), t.to(tb.device("cpu"), np.int16, False, False),
    ):  # fmt: skip
        assert cast.dtype == tb.int16
        assert cast.tolist() == [0, 1, 2]
    for copied in (t.to(tb.float64, copy=True), t.to("cpu", tb.float64, False, True), t.copy()):
        assert copied is not t
        assert copied.data_ptr() != t.data_ptr()
    assert t.astype(tb.float64).data_ptr() != t.data_ptr()
    assert t.type() == "tensorbridge.DoubleTensor"
    assert t.to(float).dtype == tb.float32


def test_to_refuses_what_it_cannot_read() -> None:
    t = tb.from_numpy(np.arange(3.0))
    with pytest.raises(RuntimeError, match=r"^Expected one of cpu, .* device string: nosuch"):
        t.to("nosuch")
    with pytest.raises(TypeError, match=r"to\(\) received an invalid combination of arguments"):
        t.to(tb.float64, tb.float64)
    with pytest.raises(TypeError):
        t.to([])
    with pytest.raises(TypeError):
        t.to(tb.float64, memory_format="C")
    with pytest.raises(NotImplementedError, match=r"channels_last"):
        t.clone(memory_format=tb.channels_last)
    with pytest.raises(ValueError, match=r"stream"):
        t.to_device("cpu", stream=1)


@pytest.mark.parametrize("move", [lambda t: t.cuda(), lambda t: t.to("cuda"), lambda t: t.to(0)])
def test_a_missing_gpu_is_a_device_error(move) -> None:
    cuda = getattr(tb, "cuda", None)
    if cuda is not None and cuda.is_available():
        assert move(tb.from_numpy(np.zeros(1))).is_cuda
        return
    with pytest.raises(tb.DeviceError, match=r"^Found no NVIDIA driver"):
        move(tb.from_numpy(np.zeros(1)))


def test_complex_to_real_warns() -> None:
    t = tb.from_numpy(np.array([1 + 2j]))
    with pytest.warns(UserWarning, match=r"discards the imaginary part"):
        assert t.to(tb.float32).tolist() == [1.0]
    assert t.bool().tolist() == [True]
    assert t.cfloat().tolist() == [1 + 2j]


def test_copies_keep_the_order_of_dense_memory() -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    transposed = tb.from_numpy(array.T)
    for fresh in (transposed.clone(), transposed.double().float(), transposed.to("cpu", copy=True)):
        assert fresh.strides == (4, 12)
        assert fresh.data_ptr() != transposed.data_ptr()
        assert not fresh.is_readonly
    assert transposed.clone(memory_format=tb.contiguous_format).strides == (8, 4)
    assert transposed.clone(memory_format=tb.preserve_format).strides == (4, 12)
    assert transposed.to(tb.float64, memory_format=tb.contiguous_format).strides == (16, 8)
    assert tb.from_numpy(array[:, ::-1]).clone().strides == (12, 4)
    assert tb.from_numpy(np.broadcast_to(array[0], (4, 3))).clone().strides == (12, 4)
    assert tb.from_numpy(array[:, ::2]).clone().strides == (8, 4)


def test_contiguous() -> None:
    array = np.arange(6.0).reshape(2, 3)
    t = tb.from_numpy(array)
    assert t.contiguous() is t
    assert t.contiguous(memory_format=tb.contiguous_format) is t
    assert t.is_contiguous(memory_format=tb.contiguous_format)
    with tb.trace() as events:
        dense = t.T.contiguous()
    assert dense.is_contiguous()
    assert not t.T.is_contiguous()
    assert dense.tolist() == array.T.tolist()
    assert [(event.operation, event.reasons) for event in events] == [("contiguous", ["layout"])]


def test_every_copy_is_heard() -> None:
    t = tb.from_numpy(np.arange(3.0))
    with tb.trace() as events:
        t.to(tb.float64)
        t.cpu()
        t.float()
        t.clone()
        t.to(tb.float64, copy=True)
        t.to("meta")
        copy.deepcopy(t)
        t.flip(0)
    assert [(event.operation, event.reasons[0]) for event in events] == [
        ("float", "cast"),
        ("clone", "requested"),
        ("to", "requested"),
        ("to", "transfer"),
        ("deepcopy", "requested"),
    ]


def test_readonly_is_the_same_memory_without_permission() -> None:
    array = np.arange(3.0)
    t = tb.from_numpy(array)
    frozen = t.readonly()
    assert frozen.is_readonly
    assert not t.is_readonly
    assert frozen.data_ptr() == t.data_ptr()
    assert not frozen.numpy().flags.writeable
    with pytest.raises(ValueError, match=r"read-only"):
        frozen.fill_(1)
    t.fill_(5)
    assert frozen.tolist() == [5, 5, 5]
    assert not frozen.clone().is_readonly


def test_copy_module() -> None:
    array = np.arange(6.0).reshape(2, 3)
    t = tb.from_numpy(array.T)
    assert copy.copy(t).data_ptr() == t.data_ptr()
    first, second = copy.deepcopy([t, t])
    assert first is second
    assert first.data_ptr() != t.data_ptr()
    assert first.strides == t.strides
    assert first.tolist() == t.tolist()
    holder = {"t": t, "same": t}
    deep = copy.deepcopy(holder)
    assert deep["t"] is deep["same"]


def test_conjugates_are_never_pending() -> None:
    t = tb.from_numpy(np.array([1 + 2j]))
    assert t.resolve_conj() is t
    assert t.resolve_neg() is t
    assert not t.conj().is_conj()
    assert t.conj().tolist() == [1 - 2j]
    assert tb.conj(t).tolist() == [1 - 2j]


def test_meta_has_shape_and_no_values() -> None:
    meta = tb.from_numpy(np.zeros((2, 3))).to("meta")
    assert meta.is_meta
    assert meta.T.float().clone().contiguous().shape == (3, 2)
    with pytest.raises(NotImplementedError, match=r"Cannot copy out of meta tensor; no data!"):
        meta.cpu()
