"""Fourier transforms: powers of two, primes, and more than one axis."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from measure import Bench, Case, ours

import tensorbridge as tb

PRIMES = [1021, 10007, 100003]


def cases(bench: Bench) -> Iterator[Case]:
    """Transforms of real and complex numbers."""
    sizes = [1 << bits for bits in bench.some([10, 12, 14, 16, 18, 20])]
    for size in [*sizes, *bench.some(PRIMES), bench.size(1000, 500_000)]:
        for dtype in ("complex64", "complex128"):
            yield transform("fft", bench.array(size, dtype))
        yield transform("rfft", bench.array(size))
        yield transform("ifft", bench.array(size, "complex64"))
    yield transform("fft", bench.array((1000, 256), "complex64"))
    yield transform("fft2" if ours("fft.fft2") else "fftn", bench.array((512, 512), "complex64"))


def transform(name: str, a: np.ndarray) -> Case:
    """One transform of one array."""
    function = ours(f"fft.{name}")
    t, x = tb.from_numpy(a), torch.from_numpy(a)
    size = a.size if name in ("fft2", "fftn") else a.shape[-1]
    flops = 5 * a.size * math.log2(size) * (0.5 if name == "rfft" else 1)
    shape = "×".join(f"{length:,}" for length in a.shape)
    return Case(
        f"{name} {shape} {a.dtype}",
        None if function is None else lambda: function(t),
        lambda: getattr(np.fft, name)(a),
        lambda: getattr(torch.fft, name)(x),
        2 * a.nbytes,
        flops,
        "float64" if a.dtype.itemsize == 16 else "float32",
        tolerance=(1e-4, 1e-5),
        function=f"fft.{name}",
    )
