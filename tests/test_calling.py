"""Functions with a quick way in are functions like any other, and tensors objects like any other."""

from __future__ import annotations

import gc
import inspect
import pickle
import sys
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tensorbridge as tb

QUICK = [tb.from_numpy]
"""Functions behind a front (`front.rs`)."""


@pytest.mark.parametrize("function", QUICK)
def test_a_quick_function_is_one_of_the_module(function: Callable[..., Any]) -> None:
    slow = tb.zeros
    name = function.__name__
    assert type(function) is type(slow)
    assert function.__module__ == slow.__module__
    assert function.__self__ is slow.__self__  # type: ignore[attr-defined]
    assert function.__qualname__ == name
    assert repr(function) == f"<built-in function {name}>"
    assert pickle.loads(pickle.dumps(function)) is function
    assert inspect.getdoc(function)
    assert inspect.signature(function).parameters


def test_calls_that_are_not_plain() -> None:
    array = np.arange(3.0)
    for call in (
        lambda: tb.from_numpy(array, writable=None),
        lambda: tb.from_numpy(*[array]),
        lambda: tb.from_numpy(*[array], **{}),
        lambda: tb.from_numpy(array, **{"writable": True}),
    ):
        assert call().data_ptr() == array.ctypes.data
    frozen = tb.from_numpy(array, writable=False)
    with pytest.raises(ValueError, match="read-only"):
        frozen.fill_(0)
    untyped: Any = tb.from_numpy
    for wrong, message in (
        (lambda: untyped(), r"missing 1 required positional argument"),
        (lambda: untyped(array, array), r"takes 1 positional arguments? but 2 were given"),
        (lambda: untyped(a=array), r"positional-only"),
        (lambda: untyped(array, frozen=True), r"unexpected keyword argument 'frozen'"),
        (lambda: untyped([1.0]), r"expected np.ndarray \(got list\)"),
        (lambda: untyped(np.array(["x"])), r"can't convert np.ndarray of type numpy.str_"),
    ):
        with pytest.raises(TypeError, match=message):
            wrong()


def test_the_collector_never_hears_of_tensors() -> None:
    array = np.zeros(3)
    made = [
        tb.from_numpy(array),
        tb.zeros(3),
        tb.asarray([1, 2]),
        tb.ones(3) + 1,
        tb.ones(3)[1:],
        tb.ones(3).T,
        tb.from_dlpack(array),
        *tb.ones(2, 2).unbind(),
    ]
    assert [gc.is_tracked(tensor) for tensor in made] == [False] * len(made)


def test_weak_references_see_tensors_die() -> None:
    dead: list[str] = []
    tensor, other = tb.from_numpy(np.zeros(3)), tb.zeros(3) + 1
    references = [
        weakref.ref(tensor, lambda _: dead.append("crossed")),
        weakref.ref(other, lambda _: dead.append("made")),
    ]
    assert references[0]() is tensor
    assert references[1]() is other
    del tensor
    assert dead == ["crossed"]
    assert references[0]() is None
    del other
    assert dead == ["crossed", "made"]
    assert references[1]() is None


def test_the_class_outlives_its_objects() -> None:
    counts = [sys.getrefcount(tb.Tensor)]
    kept = [tb.from_numpy(np.zeros(1)) for _ in range(100)]
    counts.append(sys.getrefcount(tb.Tensor))
    kept.clear()
    counts.append(sys.getrefcount(tb.Tensor))
    assert counts[2] == counts[0]
    assert counts[1] - counts[0] in (0, 100)  # 0 where each thread counts for itself
