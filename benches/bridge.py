"""The bridge against torch and NumPy, as ratios of medians taken in one run.

    make bench

Each row times ours and the peers in turn, so that a change in the machine's speed hits all of
them alike, and checks the result before timing it. A ratio above 1 means that ours is faster.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import time
import timeit
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

import tensorbridge as tb

ROUNDS = 15


@dataclass(frozen=True)
class Row:
    """One line of the table: ours against each peer."""

    work: str
    ours: float
    peers: dict[str, float]
    target: str


Call = tuple[Callable[..., object], object] | Callable[[], object]
"""A function with its one argument, or a function of none: no lambda is timed along."""


def timer(call: Call) -> timeit.Timer:
    """A timer of the bare call."""
    if isinstance(call, tuple):
        return timeit.Timer("f(x)", globals={"f": call[0], "x": call[1]})
    return timeit.Timer("f()", globals={"f": call})


def calls_for(timed: timeit.Timer, seconds: float = 0.01) -> int:
    """How many calls take about `seconds`."""
    calls = 1
    while timed.timeit(calls) < seconds and calls < 1 << 20:
        calls *= 4
    return calls


def compare(work: str, target: str, ours: Call, **peers: Call) -> Row:
    """Times ours and the peers in turn, `ROUNDS` times, and takes medians."""
    timers = {name: timer(call) for name, call in {"ours": ours, **peers}.items()}
    calls = {name: calls_for(timed) for name, timed in timers.items()}
    times: dict[str, list[float]] = {name: [] for name in timers}
    for _ in range(ROUNDS):
        for name, timed in timers.items():
            times[name].append(timed.timeit(calls[name]) / calls[name])
    medians = {name: statistics.median(values) for name, values in times.items()}
    return Row(work, medians.pop("ours"), medians, target)


def show(row: Row) -> None:
    """Prints one row of the Markdown table."""
    ratios = ", ".join(f"{row_time / row.ours:.2f}× {name}" for name, row_time in row.peers.items())
    peers = ", ".join(f"{name} {human(value)}" for name, value in row.peers.items())
    print(f"| {row.work} | {human(row.ours)} | {peers} | {ratios} | {row.target} |", flush=True)


def human(seconds: float) -> str:
    """Seconds in a readable unit."""
    for unit, scale in (("ns", 1e9), ("µs", 1e6), ("ms", 1e3)):
        if seconds * scale < 1000:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds:.3g} s"


def crossings() -> None:
    """The doors, on a small array: what a crossing costs apart from any bytes."""
    array = np.arange(12.0).reshape(3, 4)
    ours, theirs = tb.from_numpy(array), torch.from_numpy(array)
    born, torch_born = tb.ones(3, 4), torch.ones(3, 4)
    assert ours.data_ptr() == theirs.data_ptr() == array.ctypes.data
    assert ours.numpy().ctypes.data == array.ctypes.data
    show(compare("`from_numpy(a)`", "≥ 6", (tb.from_numpy, array), torch=(torch.from_numpy, array)))
    show(compare("`t.numpy()`, born in NumPy", "≥ 8", ours.numpy, torch=theirs.numpy))
    show(compare("`t.numpy()`, born here", "≥ 8", born.numpy, torch=torch_born.numpy))
    show(compare("`np.asarray(t)`", "≥ 4", (np.asarray, ours), torch=(np.asarray, theirs)))
    show(
        compare(
            "`from_dlpack(a)`", "≥ 4", (tb.from_dlpack, array), torch=(torch.from_dlpack, array)
        )
    )
    show(
        compare(
            "`np.from_dlpack(t)`", "≥ 5", (np.from_dlpack, ours), torch=(np.from_dlpack, theirs)
        )
    )


def rows() -> None:
    """A list of arrays, the way every data loader builds its batches."""
    pieces = [np.random.default_rng(seed).random(1000, dtype=np.float32) for seed in range(100)]
    assert np.array_equal(tb.asarray(pieces).numpy(), np.stack(pieces))
    show(
        compare(
            "`asarray` of 100 rows of 1000 float32",
            "≥ 50 torch, ≥ 1 np.stack",
            (tb.asarray, pieces),
            torch=(torch.tensor, pieces),
            **{"np.stack": (np.stack, pieces)},
        )
    )


def constant_time() -> None:
    """A share of 1 KB against one of 4 GB: the same time and no memory."""
    small, large = np.zeros(256, np.float32), np.zeros(1 << 30, np.float32)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    row = compare(
        "share of 1 KB against 4 GB",
        "0.9 … 1.1",
        (tb.from_numpy, large),
        small=(tb.from_numpy, small),
    )
    added = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    show(row)
    print(f"| memory added by sharing 4 GB | {added} KiB | | | 0 |")


def bulk() -> None:
    """Copies that move real bytes."""
    square = np.random.default_rng(0).random((2000, 2000))
    ours, theirs = tb.from_numpy(square).T, torch.from_numpy(square).T
    assert np.array_equal(ours.contiguous().numpy(), square.T)
    show(
        compare(
            "copy of a 2000×2000 float64 transpose",
            "≥ 1.6 the faster",
            ours.contiguous,
            torch=theirs.contiguous,
            numpy=(np.ascontiguousarray, square.T),
        )
    )
    wide = np.random.default_rng(1).random(4_000_000)
    ours, theirs = tb.from_numpy(wide), torch.from_numpy(wide)
    assert np.array_equal(ours.float().numpy(), wide.astype(np.float32))
    show(
        compare(
            "cast of 4M float64 to float32",
            "≥ 1 the faster",
            ours.float,
            torch=theirs.float,
            numpy=(wide.astype, np.float32),
        )
    )


def rss() -> int:
    """Resident memory of this process in KiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def leaks() -> None:
    """A million crossings of each kind leave no memory and no reference behind."""
    array = np.arange(12.0).reshape(3, 4)
    tensor = tb.from_numpy(array)
    doors: dict[str, Callable[[], object]] = {
        "from_numpy": lambda: tb.from_numpy(array),
        "numpy": tensor.numpy,
        "np.asarray": lambda: np.asarray(tensor),
        "from_dlpack": lambda: tb.from_dlpack(array),
        "np.from_dlpack": lambda: np.from_dlpack(tensor),
        "tensor": lambda: tb.tensor(array),
        "memoryview": lambda: memoryview(tensor),
    }
    for name, door in doors.items():
        for _ in range(10_000):
            door()
        before = rss(), sys.getrefcount(array), sys.getrefcount(tensor)
        for _ in range(1_000_000):
            door()
        after = rss(), sys.getrefcount(array), sys.getrefcount(tensor)
        grown = [late - early for early, late in zip(before, after, strict=True)]
        print(
            f"| 1,000,000 × `{name}`: growth of RSS, references | {grown[0]} KiB, {grown[1]}, {grown[2]} | | | 0 |",
            flush=True,
        )


def imports() -> None:
    """What `import tensorbridge` adds to a bare interpreter, in new processes."""

    def start(code: str) -> float:
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - begin

    bare, ours, numpy = [], [], []
    for _ in range(11):
        bare.append(start("pass"))
        ours.append(start("import tensorbridge, sys; assert 'numpy' not in sys.modules"))
        numpy.append(start("import numpy"))
    base = statistics.median(bare)
    show(
        Row(
            "`import tensorbridge`, over bare Python",
            statistics.median(ours) - base,
            {"numpy": statistics.median(numpy) - base},
            "≤ 20 ms",
        )
    )


def main() -> None:
    """Prints the whole table."""
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
    )
    print(f"NumPy {np.__version__}, torch {torch.__version__}, tensorbridge {tb.__version__}\n")
    print("| work | ours | peers | ratio | reach |\n|---|---|---|---|---|")
    crossings()
    rows()
    constant_time()
    bulk()
    imports()
    leaks()


if __name__ == "__main__":
    main()
