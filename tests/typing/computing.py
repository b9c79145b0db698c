"""Operators and functions, as type checkers see them. Checked by mypy, never run."""

from typing import Any, assert_type

import numpy as np
import numpy.typing as npt

import tensorbridge as tb
from tensorbridge import Tensor


def operators(t: Tensor, a: npt.NDArray[np.float32], number: np.float32) -> None:
    for result in (
        t + t,
        t - 1,
        2.5 * t,
        1j / t,
        t**2,
        2**t,
        t @ t,
        -t,
        abs(t),
        ~t,
        t // True,
        t % number,
    ):
        assert_type(result, Tensor)
    assert_type(t + a, Tensor)
    assert_type(t @ a, Tensor)
    assert_type(t == t, Tensor)
    assert_type(t != 1, Tensor)
    assert_type(t < a, Tensor)
    assert_type(0 < t, Tensor)
    assert_type(divmod(t, 2), tuple[Tensor, Tensor])
    # What NumPy's own stubs say of its operators and functions beside a tensor is not ours.
    a + t
    np.add(a, t)
    np.sin(t)
    np.concatenate([a, t])
    t + "text"  # type: ignore[operator]
    t + [1, 2]  # type: ignore[operator]
    t @ None  # type: ignore[operator]


def functions(t: Tensor, a: npt.NDArray[np.float32]) -> None:
    assert_type(tb.add(t, a), Tensor)
    assert_type(tb.add(t, 1, alpha=2, out=t), Tensor)
    assert_type(tb.add(t, 1, out=a), npt.NDArray[np.float32])
    assert_type(tb.sub(t, 1), Tensor)
    assert_type(t.sub(1), Tensor)
    assert_type(t.sub_(1), Tensor)
    assert_type(tb.abs(t, out=None), Tensor)
    assert_type(tb.sum(t), Tensor)
    assert_type(tb.sum(t, dim=0, keepdim=True, dtype=tb.float64), Tensor)
    assert_type(tb.sum(t, axis=(0, 1), out=a), npt.NDArray[np.float32])
    assert_type(t.sum(0, keepdim=True), Tensor)
    assert_type(t.max(), Tensor)
    assert_type(tb.where(t > 0, t, 0), Tensor)
    assert_type(tb.where(t > 0, t, 0, out=a), npt.NDArray[np.float32])
    assert_type(tb.where(t > 0), tuple[Tensor, ...])
    assert_type(tb.nonzero(t), tuple[Tensor, ...])
    assert_type(tb.nonzero(t, as_tuple=False), Tensor)
    assert_type(tb.cat([t, t], dim=0), Tensor)
    assert_type(tb.stack((t, t), axis=-1), Tensor)
    assert_type(tb.clamp(t, 0, 1), Tensor)
    assert_type(tb.result_type(t, 1, tb.int8), tb.dtype)
    assert_type(tb.isdtype(tb.int8, ("integral", tb.float32)), bool)
    tb.where(t > 0, t)  # type: ignore[call-overload]
    tb.add(t)  # type: ignore[call-overload]
    tb.add(t, "text")  # type: ignore[call-overload]
    tb.sum(t, axis="rows")  # type: ignore[arg-type]
    wrong: npt.NDArray[Any] = tb.add(t, 1)  # type: ignore[assignment]
    print(wrong)


def creation(t: Tensor) -> None:
    for made in (
        tb.zeros(2, 3),
        tb.zeros((2, 3), dtype=tb.float64, device="cpu", requires_grad=False),
        tb.zeros(size=(2, 3)),
        tb.ones_like(t),
        tb.full((2,), 1.5),
        tb.arange(10),
        tb.arange(0, 1, 0.1),
        tb.arange(0, end=10, dtype=int),
        tb.linspace(0, 1, 5),
        tb.linspace(0, 1, steps=5),
        tb.eye(3, k=1),
        tb.rand(2, 3),
        tb.rand((2, 3), generator=tb.Generator()),
        tb.randint(10, (2,)),
        tb.randint(0, 10, (2,), dtype=tb.int8),
        tb.randperm(5),
        tb.normal(0.0, 1.0, (2,)),
        t.new_zeros(2, 3),
    ):
        assert_type(made, Tensor)
    assert_type(tb.manual_seed(0), tb.Generator)
    tb.zeros(2, requires_grad=True)  # type: ignore[call-overload]
    tb.zeros(2.5)  # type: ignore[call-overload]
    tb.zeros(2, dytpe=tb.int8)  # type: ignore[call-overload]


def narrowing(x: Tensor | npt.NDArray[Any]) -> Tensor:
    if tb.is_tensor(x):
        return x
    return tb.from_numpy(x)


@tb.no_grad()
def decorated(x: int) -> int:
    return x


@tb.inference_mode
def decorated_bare(x: int) -> int:
    return x


def modes(t: Tensor) -> None:
    assert_type(decorated(1), int)
    assert_type(decorated_bare(1), int)
    with tb.no_grad(), tb.set_grad_enabled(False), tb.printoptions(precision=2):
        print(t)
    with tb.trace() as events:
        tb.asarray(t)
    assert_type(events[0], "tb.Event")
    assert_type(events[1:], list["tb.Event"])
    for event in events:
        assert_type(event.why, str)
    tb.set_printoptions(**tb.get_printoptions())
    try:
        tb.asarray([1], copy=False)
    except (tb.CopyError, tb.ShapeError, tb.DeviceError) as error:
        assert_type(error, tb.CopyError | tb.ShapeError | tb.DeviceError)
    tb.printoptions(profile="long")  # type: ignore[arg-type]
