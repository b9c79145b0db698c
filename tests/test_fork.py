"""Forked children compute, and tensors travel between processes."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable

import numpy as np
import pytest

import tensorbridge as tb
from child import run_child

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")


def test_a_forked_child_computes() -> None:
    run_child("""
        import os
        import numpy as np
        import tensorbridge as tb

        tb.set_num_threads(4)
        array = np.ones(2_000_000)
        x = tb.from_numpy(array)

        def computes():
            made = tb.from_numpy(np.arange(5)) + 1
            y = x + x
            return y.sum().item() == 4e6 and (x @ x).item() == 2e6 and made.sum().item() == 15

        def child(work):
            pid = os.fork()
            if pid == 0:
                os._exit(0 if work() else 1)
            assert os.waitpid(pid, 0)[1] == 0

        # Before the threads exist, after, and in a child's child.
        child(computes)
        assert computes()
        child(computes)
        child(lambda: computes() and child(computes) is None)
        # A child's writes are its own.
        child(lambda: x.zero_().sum().item() == 0)
        assert computes() and array.sum() == 2e6
    """)


def test_forks_while_threads_compute() -> None:
    run_child("""
        import faulthandler, os, threading, warnings
        import tensorbridge as tb

        # CPython 3.12 and later warn about what is tested here.
        warnings.simplefilter("ignore", DeprecationWarning)
        x = tb.ones(1_000_000)
        go_on = True

        def work():
            while go_on:
                (x + x).sum()
                tb.rand(100)
                repr(x)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(15):
            pid = os.fork()
            if pid == 0:
                # A lock that another thread held at the fork would be held for ever.
                faulthandler.dump_traceback_later(10, exit=True)
                tb.manual_seed(3)
                tb.rand(3)
                tb.set_printoptions(precision=4)
                repr(x)
                with tb.trace() as log:
                    tb.asarray([1])
                os._exit(0 if (x + x).sum().item() == 2e6 and len(log) == 1 else 1)
            assert os.waitpid(pid, 0)[1] == 0
        go_on = False
        for thread in threads:
            thread.join()
    """)


def total(tensor: tb.Tensor) -> tuple[float, tb.Tensor]:
    """What the workers do."""
    return (tensor + tensor).sum().item(), tensor * 2


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_tensors_travel_to_workers(method: str) -> None:
    tensors = [
        tb.ones(300_000),
        tb.from_numpy(np.arange(10.0)[::-2]),
        tb.ones(3, dtype=tb.bfloat16),
        tb.zeros(0),
    ]
    compute: Callable[[tb.Tensor], tuple[float, tb.Tensor]] = total
    with multiprocessing.get_context(method).Pool(2) as pool:
        results = pool.map(compute, tensors)
    for tensor, (sum_of_both, twice) in zip(tensors, results, strict=True):
        assert sum_of_both == (tensor + tensor).sum().item()
        assert twice.dtype == tensor.dtype
        assert twice.tolist() == (tensor * 2).tolist()
