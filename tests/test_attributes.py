"""What a tensor says about itself, and what code written for PyTorch asks about gradients."""

from __future__ import annotations

import sys
import weakref

import numpy as np
import pytest

import tensorbridge as tb


@pytest.fixture
def t() -> tb.Tensor:
    return tb.from_numpy(np.zeros((2, 3), dtype=np.float32))


def test_sizes(t: tb.Tensor) -> None:
    assert t.shape == (2, 3)
    assert isinstance(t.shape, tb.Size)
    assert t.shape.numel() == t.size == t.numel() == t.nelement() == 6
    assert t.size() == (2, 3)
    assert (t.size(0), t.size(-1), t.size(dim=1)) == (2, 3, 3)
    assert t.ndim == t.dim() == t.ndimension() == 2
    assert (t.itemsize, t.element_size(), t.nbytes) == (4, 4, 24)
    assert len(t) == 2
    with pytest.raises(IndexError, match=r"expected to be in range of \[-2, 1\], but got 5"):
        t.size(5)
    with pytest.raises(TypeError, match=r"len\(\) of a 0-d tensor"):
        len(tb.from_numpy(np.array(1)))


def test_strides_in_bytes_and_in_elements(t: tb.Tensor) -> None:
    assert t.strides == (12, 4)
    assert t.stride() == (3, 1)
    assert (t.stride(0), t.stride(-1)) == (3, 1)
    assert t.T.stride() == (1, 3)
    assert t.flip(1).stride() == (3, -1)
    assert t.narrow(0, 1, 1).storage_offset() == 3
    records = np.zeros(3, dtype=[("a", "i1"), ("b", "f4")])["b"]
    odd = tb.from_numpy(records)
    assert odd.strides == (5,)
    with pytest.raises(ValueError, match=r"strides"):
        odd.stride()


def test_kinds_of_memory(t: tb.Tensor) -> None:
    assert t.device == "cpu"
    assert t.is_cpu
    assert not t.is_cuda
    assert not t.is_meta
    assert t.to("meta").is_meta
    assert t.layout is tb.strided
    assert repr(t.layout) == "tensorbridge.strided"
    assert repr(tb.contiguous_format) == "tensorbridge.contiguous_format"
    assert not t.is_sparse
    assert not t.is_quantized
    assert not t.is_neg()


def test_kinds_of_number() -> None:
    for dtype, floating, complex_, signed in [
        ("bool", False, False, False),
        ("uint8", False, False, False),
        ("int8", False, False, True),
        ("float32", True, False, True),
        ("complex64", False, True, True),
    ]:
        t = tb.from_numpy(np.zeros(1, dtype))
        answers = (t.is_floating_point(), t.is_complex(), t.is_signed())
        assert answers == (floating, complex_, signed)
        assert t.dtype.kind == np.dtype(dtype).kind
    assert tb.bfloat16.kind == "f"


def test_identity(t: tb.Tensor) -> None:
    other = t.detach()
    assert hash(t) == hash(t)
    assert hash(t) != hash(other)
    assert len({t, other}) == 2
    reference = weakref.ref(t)
    assert reference() is t
    assert sys.getsizeof(t.clone()) - sys.getsizeof(t) >= 24


def test_there_are_no_gradients(t: tb.Tensor) -> None:
    assert t.requires_grad is False
    t.requires_grad = False
    assert t.requires_grad_(False) is t
    assert t.is_leaf
    assert t.grad is None
    assert t.grad_fn is None
    t.grad = None
    assert t.detach_() is t
    for ask in (t.requires_grad_, lambda: setattr(t, "requires_grad", True)):
        with pytest.raises(NotImplementedError, match=r"gradients"):
            ask()


def test_gradient_modes_are_accepted() -> None:
    with tb.no_grad(), tb.enable_grad(), tb.inference_mode(), tb.set_grad_enabled(False):
        assert not tb.is_grad_enabled()

    @tb.no_grad()
    def called(x: int) -> int:
        return x + 1

    @tb.no_grad
    def bare(x: int) -> int:
        return x + 1

    @tb.inference_mode
    def inferred(x: int) -> int:
        return x + 1

    assert called(1) == bare(1) == inferred(1) == 2
    assert called.__name__ == "called"
    with pytest.raises(ZeroDivisionError), tb.no_grad():
        raise ZeroDivisionError


@pytest.mark.parametrize("name", ["resize_", "set_", "share_memory_", "pin_memory", "resize_as_"])
def test_what_would_move_memory_is_absent_and_says_why(t: tb.Tensor, name: str) -> None:
    assert not hasattr(t, name)
    with pytest.raises(AttributeError, match=rf"has no attribute '{name}': memory .* never moves"):
        getattr(t, name)


def test_methods_are_called_without_an_object_between() -> None:
    # The interpreter does so where it is left to itself to find attributes.
    assert tb.Tensor.__getattribute__ is object.__getattribute__
    assert not any("__getattr__" in vars(owner) for owner in tb.Tensor.__mro__)


def test_unknown_names(t: tb.Tensor) -> None:
    with pytest.raises(
        AttributeError, match=r"^'tensorbridge.Tensor' object has no attribute 'reshap'$"
    ) as info:
        _ = t.reshap
    assert info.value.name == "reshap"
    assert info.value.obj is t
    with pytest.raises(AttributeError):
        t.anything = 1
