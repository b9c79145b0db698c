"""Freed blocks that wait for reuse: whose they are, how many, and what they hold."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest

import tensorbridge as tb
from child import run_child

LARGE = 1 << 20
FLOOR = 64 << 20


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    tb.empty_cache()


def test_a_freed_block_is_the_next_result() -> None:
    first = tb.empty(LARGE)
    address = first.data_ptr()
    del first
    assert tb.memory_stats()["cached"] >= LARGE * 4
    second = tb.full((LARGE - 100,), 3.0)
    assert second.data_ptr() == address
    assert (second == 3).all()


def test_a_block_that_others_see_is_not_reused() -> None:
    tensor = tb.full((LARGE,), 5.0)
    array, address = tensor.numpy(), tensor.data_ptr()
    capsule = tensor.__dlpack__()
    view = memoryview(tensor)
    del tensor
    for last in ("array", "capsule", "view"):
        others = [tb.full((LARGE,), 6.0) for _ in range(3)]
        assert address not in [other.data_ptr() for other in others]
        assert np.asarray(view)[-1] == 5
        if last == "array":
            del array
        elif last == "capsule":
            del capsule
    del view
    assert address == tb.empty(LARGE).data_ptr()


@pytest.mark.parametrize("dtype", [tb.uint8, tb.float32, tb.complex128])
@pytest.mark.parametrize("count", [LARGE // 16, LARGE, 3 * LARGE + 1])
def test_zeros_are_zero_in_used_memory(dtype: tb.dtype, count: int) -> None:
    tb.full((count,), 7, dtype=dtype)
    zeros = tb.zeros(count, dtype=dtype)
    assert not zeros.any()
    tb.full((count,), 7, dtype=dtype)
    assert not tb.zeros_like(zeros).any()
    side = int(count**0.5)
    tb.full((side, side), 7, dtype=dtype)
    assert tb.eye(side, dtype=dtype).to(tb.complex128).sum().item() == side
    tb.full((count,), 7, dtype=dtype)
    assert not tb.Tensor(count).view(tb.uint8).any()


def test_no_more_waits_than_is_alive() -> None:
    def cached() -> int:
        return tb.memory_stats()["cached"]

    start = tb.memory_stats()["live"]
    pieces = [tb.empty(FLOOR // 4, dtype=tb.uint8) for _ in range(24)]
    assert tb.memory_stats()["live"] >= start + 24 * FLOOR // 4
    while pieces:
        pieces.pop()
        assert cached() <= max(FLOOR, tb.memory_stats()["live"])
    assert 0 < cached() <= FLOOR
    huge = tb.empty(2 * FLOOR, dtype=tb.uint8)
    del huge
    assert cached() <= FLOOR
    tb.empty_cache()
    assert cached() == 0
    assert tb.memory_stats()["live"] == start


def test_blocks_that_wait_for_long_go() -> None:
    tb.empty(LARGE)
    for _ in range(300):
        tb.empty(LARGE // 8)
    assert tb.memory_stats()["cached"] < LARGE * 4


def test_threads_share_what_waits() -> None:
    failures: list[str] = []

    def work(seed: int) -> None:
        source = np.random.default_rng(seed)
        for _ in range(200):
            size = int(source.integers(1 << 16, 1 << 19))
            mine = tb.full((size,), seed, dtype=tb.uint8)
            again = mine + 1
            if not ((mine == seed).all() and (again == seed + 1).all()):
                failures.append(f"{seed}: {size}")

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")
def test_a_forked_child_has_its_own() -> None:
    run_child("""
        import os
        import tensorbridge as tb

        kept = tb.full((2**20,), 1)
        del kept
        child = os.fork()
        if child == 0:
            ok = not tb.zeros(2**20).any() and (tb.full((2**20,), 2) == 2).all()
            tb.empty_cache()
            os._exit(0 if ok and tb.memory_stats()["cached"] == 0 else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert (tb.full((2**20,), 3) == 3).all()
    """)


@pytest.mark.skipif(sys.platform != "linux", reason="bounds its address space by /proc")
def test_what_waits_is_given_back_when_memory_runs_out() -> None:
    run_child("""
        import resource
        import tensorbridge as tb

        kept = tb.ones(75 * 2**20)
        freed = tb.ones(75 * 2**20)
        del freed
        assert tb.memory_stats()["cached"] >= 300 * 2**20
        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        # Room for another block of another size, if the one that waits goes.
        bound = used + 200 * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
        other = tb.ones(85 * 2**20)
        assert tb.memory_stats()["cached"] < 100 * 2**20
        try:
            tb.ones(200 * 2**20)
        except MemoryError:
            pass
        else:
            raise AssertionError("more than there is")
        assert (kept.sum() + other.sum()).item() == 160 * 2**20
    """)
