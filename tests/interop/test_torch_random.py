"""Random streams beside a living PyTorch: the same seed, the same calls, the same bits."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np
import pytest
import torch

import tensorbridge as tb

FLOATS = ["float16", "bfloat16", "float32", "float64"]
INTEGERS = ["uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"]
SIZES = [0, 1, 2, 7, 14, 15, 16, 17, 31, 32, 33, 100, 623, 624, 625, 1000, 4097]
WIDTHS = [1, 2, 10, 1000, 2**28 - 1, 2**28, 2**31, 2**32, 2**40, 2**62]
SEEDS = [0, 1, 42, 2**32 - 1, 2**32 + 5, 2**63, 2**64 - 1, -1, -12345, -(2**63)]


def bits_of(tensor: Any) -> bytes:
    """The bytes of a tensor of either library."""
    if isinstance(tensor, tb.Tensor):
        return tensor.contiguous().view(tb.uint8).numpy().tobytes() if tensor.numel() else b""
    return tensor.contiguous().view(torch.uint8).numpy().tobytes() if tensor.numel() else b""


def equal(ours: tb.Tensor, theirs: Any, ulps: int = 0) -> None:
    assert tuple(ours.shape) == tuple(theirs.shape)
    assert str(ours.dtype).split(".")[1] == str(theirs.dtype).split(".")[1]
    if ulps == 0 or ours.dtype not in (tb.float32, tb.float64):
        assert bits_of(ours) == bits_of(theirs)
    else:
        np.testing.assert_array_max_ulp(ours.numpy(), theirs.numpy(), ulps)


def limits(dtype: str) -> tuple[int, int]:
    if dtype in INTEGERS:
        info = np.iinfo(dtype)
        return max(int(info.min), -(2**63)), min(int(info.max), 2**63 - 2)
    top = {"float16": 65503, "bfloat16": 2**60}.get(dtype, 2**62)
    return -top, top


def step(choose: random.Random, ours: tb.Generator, theirs: Any) -> None:
    """One call of a random kind, made on both sides."""
    count = choose.choice(SIZES)
    kind = choose.choice(["rand", "randn", "randint", "randperm", "uniform_", "normal_", "complex"])
    name = choose.choice(FLOATS)
    mine, yours = getattr(tb, name), getattr(torch, name)
    if kind in ("rand", "randn"):
        equal(
            getattr(tb, kind)(count, dtype=mine, generator=ours),
            getattr(torch, kind)(count, dtype=yours, generator=theirs),
        )
    elif kind == "complex":
        for draw in ("rand", "randn"):
            a = getattr(tb, draw)(count, dtype=tb.complex64, generator=ours)
            b = getattr(torch, draw)(count, dtype=torch.complex64, generator=theirs)
            assert a.numpy().tobytes() == b.numpy().tobytes()
    elif kind == "uniform_":
        low, high = choose.choice([(0, 1), (-3, 7.7), (1, 1.0000003), (2.5, 2.5)])
        equal(
            tb.empty(count, dtype=mine).uniform_(low, high, generator=ours),
            torch.empty(count, dtype=yours).uniform_(low, high, generator=theirs),
        )
    elif kind == "normal_":
        mean, std = choose.choice([(0, 1), (1.7, 2.3), (-100, 1e-3), (3, 0)])
        equal(
            tb.empty(count, dtype=mine).normal_(mean, std, generator=ours),
            torch.empty(count, dtype=yours).normal_(mean, std, generator=theirs),
        )
    elif kind == "randint":
        name = choose.choice(INTEGERS + FLOATS)
        least, most = limits(name)
        width = min(choose.choice(WIDTHS), most - least + 1)
        low = choose.randint(least, most - width + 1)
        high, mine, yours = low + width, getattr(tb, name), getattr(torch, name)
        try:
            drawn = torch.randint(low, high, (count,), dtype=yours, generator=theirs)
        except RuntimeError:
            # Between two neighbours of a narrow float dtype there is nothing to draw.
            with pytest.raises(ValueError, match="random_ expects"):
                tb.randint(low, high, (count,), dtype=mine, generator=ours)
        else:
            equal(tb.randint(low, high, (count,), dtype=mine, generator=ours), drawn)
    else:
        name = choose.choice(["int64", "int32"])
        equal(
            tb.randperm(count, dtype=getattr(tb, name), generator=ours),
            torch.randperm(count, dtype=getattr(torch, name), generator=theirs),
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_seed_and_calls_give_the_same_bits(seed: int) -> None:
    choose = random.Random(seed)
    ours = tb.Generator().manual_seed(seed)
    theirs = torch.Generator().manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(60):
            step(choose, ours, theirs)
    assert bytes(ours.get_state().numpy()) == bytes(theirs.get_state().numpy())
    assert ours.initial_seed() == theirs.initial_seed() % 2**64


def test_states_cross_both_ways() -> None:
    theirs = torch.Generator().manual_seed(3)
    torch.randn(5, generator=theirs)
    ours = tb.Generator().set_state(theirs.get_state().numpy())
    equal(tb.randn(5, generator=ours), torch.randn(5, generator=theirs))
    theirs.set_state(torch.from_numpy(ours.get_state().numpy()))
    equal(tb.rand(5, generator=ours), torch.rand(5, generator=theirs))


def test_the_default_generators_agree() -> None:
    for seed in (0, 7, -1):
        tb.manual_seed(seed)
        torch.manual_seed(seed)
        for count in (1, 15, 16, 17, 10**6):
            for dtype in ("float32", "float64"):
                mine, yours = getattr(tb, dtype), getattr(torch, dtype)
                for draw in ("rand", "randn", "randn"):
                    a = getattr(tb, draw)(count, dtype=mine)
                    b = getattr(torch, draw)(count, dtype=yours)
                    equal(a, b, ulps=4 if draw == "randn" else 0)
        equal(tb.randint(0, 10, (1000,)), torch.randint(0, 10, (1000,)))
        equal(tb.randperm(1000), torch.randperm(1000))


def test_random_without_bounds() -> None:
    for dtype in ["uint8", "int8", "int16", "int32", "int64", *FLOATS]:
        ours = tb.empty(100, dtype=getattr(tb, dtype))
        theirs = torch.empty(100, dtype=getattr(torch, dtype))
        ours.random_(generator=tb.Generator().manual_seed(1))
        theirs.random_(generator=torch.Generator().manual_seed(1))
        equal(ours, theirs)
        ours.random_(17, generator=tb.Generator().manual_seed(1))
        theirs.random_(17, generator=torch.Generator().manual_seed(1))
        equal(ours, theirs)


def test_creation_agrees() -> None:
    for arguments in [(5,), (2, 9), (1, 10, 3), (0.5, 4), (0, 1, 0.1), (9, 2, -2), (3.0,)]:
        equal(tb.arange(*arguments), torch.arange(*arguments), ulps=1)
    for count in (0, 1, 2, 5, 100):
        np.testing.assert_allclose(
            tb.linspace(-1.5, 7.25, count, dtype=tb.float64).numpy(),
            torch.linspace(-1.5, 7.25, count, dtype=torch.float64).numpy(),
            rtol=0,
            atol=2e-15,
        )
    equal(tb.eye(3, 4), torch.eye(3, 4))
    equal(tb.full((2,), True), torch.full((2,), True))
    equal(tb.full((2,), 3), torch.full((2,), 3))


@pytest.mark.parametrize("op", ["add", "sub", "mul", "div", "floor_divide", "remainder", "pow"])
@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32", "int64", "uint8"])
def test_arithmetic_agrees(op: str, dtype: str) -> None:
    source = np.random.default_rng(0)
    values = source.integers(1, 6, (2, 50)).astype(np.float32)
    a, b = tb.from_numpy(values[0]), tb.from_numpy(values[1])
    ours = getattr(tb, op)(a.to(getattr(tb, dtype)), b.to(getattr(tb, dtype)))
    kind = getattr(torch, dtype)
    left, right = (torch.from_numpy(row).to(kind) for row in values)
    theirs = getattr(torch, op)(left, right)
    equal(ours, theirs, ulps=2)
