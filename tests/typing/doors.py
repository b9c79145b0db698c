"""The ways in and out, as type checkers see them. Checked by mypy, never run."""

import array
import mmap
from collections.abc import Iterator
from typing import Any, assert_type

import numpy as np
import numpy.typing as npt

import tensorbridge as tb
from tensorbridge import Tensor
from tensorbridge.typing import ArrayLike, DeviceLike, DTypeLike, ShapeLike


class Interface:
    @property
    def __array_interface__(self) -> dict[str, Any]:
        return {}


class Convertible:
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        return np.zeros(2)


def into(a: npt.NDArray[np.float32], mapped: mmap.mmap, numbers: Iterator[float]) -> None:
    assert_type(tb.from_numpy(a), Tensor)
    assert_type(tb.from_numpy(a, writable=False), Tensor)
    assert_type(tb.asarray(a, dtype=np.float64, copy=None), Tensor)
    assert_type(tb.from_dlpack(a), Tensor)
    assert_type(tb.from_dlpack(tb.asarray(a).__dlpack__()), Tensor)
    assert_type(tb.frombuffer(mapped, dtype=tb.uint8, offset=16), Tensor)

    tb.asarray(1)
    tb.asarray(1.5 + 2j)
    tb.asarray(True)
    tb.asarray(np.float32(1))
    tb.asarray([1, 2.5, True])
    tb.asarray([[1, 2], [3, 4]])
    tb.asarray(((1, 2), [3, 4]))
    tb.asarray([[[[1]]], [[[2.5]]]])
    tb.asarray([a, tb.asarray(a), 1.0])
    tb.asarray(range(3))
    tb.asarray(numbers)
    tb.asarray(bytearray(4))
    tb.asarray(memoryview(b"1234"))
    tb.asarray(array.array("d", [1.0]))
    tb.asarray(Interface())
    tb.asarray(Convertible())
    tb.tensor([], dtype="float32")
    tb.as_tensor(tb.zeros(2), device="meta")

    tb.from_numpy([1, 2])  # type: ignore[arg-type]
    tb.from_numpy(tb.zeros(2))  # type: ignore[arg-type]
    tb.asarray("text")  # type: ignore[arg-type]
    tb.asarray(["text"])  # type: ignore[list-item]
    tb.asarray(None)  # type: ignore[arg-type]
    tb.asarray({"a": 1})  # type: ignore[dict-item]
    tb.asarray(object())  # type: ignore[arg-type]
    tb.asarray(a, "float32")  # type: ignore[call-arg]
    tb.tensor(a, requires_grad=True)  # type: ignore[arg-type]
    tb.frombuffer(b"1234")  # type: ignore[call-arg]
    tb.frombuffer("1234", dtype=tb.uint8)  # type: ignore[arg-type]


def dtypes(t: Tensor) -> None:
    for dtype in (
        tb.float32,
        np.dtype("f4"),
        np.float32,
        "float32",
        "<f4",
        float,
        int,
        bool,
        complex,
    ):
        tb.zeros(2, dtype=dtype)
    wanted: list[DTypeLike] = [tb.bfloat16, np.int8, np.dtype(np.int8), "int8", bool]
    devices: list[DeviceLike] = [tb.device("cpu"), "cpu", t.device]
    shapes: list[ShapeLike] = [2, (2, 3), [2, 3], t.shape, np.int64(2), range(2), t]
    for kind, device, shape in zip(wanted, devices, shapes, strict=False):
        tb.empty(shape, dtype=kind, device=device)
    assert_type(tb.float32, tb.dtype)
    assert_type(tb.bool, tb.dtype)
    assert_type(tb.float32 == np.float32, bool)
    assert_type(np.zeros(2, dtype=tb.float32).ndim, int)
    assert_type(tb.finfo(tb.float32).eps, float)
    assert_type(tb.iinfo("int8").max, int)
    assert_type(tb.promote_types(tb.int8, np.float32), tb.dtype)
    tb.zeros(2, dtype=32)  # type: ignore[call-overload]
    tb.zeros(2, dtype=str)  # type: ignore[arg-type]
    tb.zeros(2, device=0)  # type: ignore[call-overload]
    tb.dtype("float32")  # type: ignore[arg-type]
    assert_type(Tensor(2, 3), Tensor)
    assert_type(tb.isclose(tb.ones(2), 1, rtol=1e-3), Tensor)
    assert_type(tb.ones(2).allclose(np.ones(2)), bool)
    assert_type(tb.ones(2).div(2, rounding_mode="trunc"), Tensor)
    tb.ones(2).div(2, rounding_mode="up")  # type: ignore[arg-type]


def out_of(t: Tensor) -> None:
    assert_type(t.numpy(), np.ndarray[Any, Any])
    view: npt.NDArray[np.float64] = np.asarray(t)
    also: npt.NDArray[np.float32] = np.asarray(t, dtype=np.float32)
    np.from_dlpack(t)
    assert_type(memoryview(t), memoryview[int])
    assert_type(bytes(t), bytes)
    bytearray(t)
    t.numpy(force=True)
    print(view, also)


def asked_about(t: Tensor, a: npt.NDArray[np.float32]) -> None:
    assert_type(tb.shares_memory(t, a), bool)
    assert_type(tb.may_share_memory(bytearray(2), a, max_work=-1), bool)
    tb.shares_memory(t, [1, 2])  # type: ignore[arg-type]
    assert_type(t.memory.address, int | None)
    assert_type(t.memory.origin, tuple[str, ...])
    assert_type(tb.aliases(t)[0], Tensor)
    with tb.watch(t, a, other=a) as changes:
        assert_type(changes.check()["a"].count, int)
    assert_type([write.operation for write in changes[0].writes], list[str])


def exported(x: ArrayLike) -> Tensor:
    return tb.asarray(x)


exported(tb.ones(2))
exported(np.ones(2))
exported([1.0, 2.0])
