"""The pool of threads: its size, its silence in results, and children that were forked."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

import tensorbridge as tb
from child import run_child

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def test_the_number_of_threads() -> None:
    start = tb.get_num_threads()
    assert start >= 1
    try:
        for count in (1, 3, 8):
            tb.set_num_threads(count)
            assert tb.get_num_threads() == count
        for wrong in (0, -1, 10**6):
            with pytest.raises(ValueError, match="4096"):
                tb.set_num_threads(wrong)
        with pytest.raises(TypeError):
            tb.set_num_threads("2")
        assert tb.get_num_threads() == 8
    finally:
        tb.set_num_threads(start)


def test_the_environment_sets_it() -> None:
    code = """
        import os
        os.environ["TENSORBRIDGE_NUM_THREADS"] = "3"
        import tensorbridge as tb
        assert tb.get_num_threads() == 3
    """
    run_child(code)


def test_results_do_not_depend_on_it() -> None:
    source = np.random.default_rng(0)
    a, b = source.random((2, 1200, 1500)).astype(np.float32)
    start = tb.get_num_threads()
    answers = []
    try:
        for count in (1, 2, 3, 7):
            tb.set_num_threads(count)
            x, y = tb.from_numpy(a), tb.from_numpy(b)
            answers.append(
                [
                    (x * y + x).numpy(),
                    (x.mT + y.mT).numpy(),
                    x.sum().numpy(),
                    x.sum(0).numpy(),
                    x.mean(1).numpy(),
                    x.max(0).numpy(),
                    (x < y).sum().numpy(),
                    tb.arange(1_000_000).numpy(),
                    tb.rand(100_000, generator=tb.Generator().manual_seed(0)).numpy(),
                ]
            )
    finally:
        tb.set_num_threads(start)
    for answer in answers[1:]:
        for one, other in zip(answers[0], answer, strict=True):
            np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(answers[0][0], a * b + a)


def test_large_operations_let_other_threads_run() -> None:
    x = tb.ones(3_000_000, dtype=tb.float64)
    stop = threading.Event()
    turns = 0

    def spin() -> None:
        nonlocal turns
        while not stop.is_set():
            turns += 1

    thread = threading.Thread(target=spin)
    thread.start()
    try:
        for _ in range(20):
            x = x * 1.0 + 0.0
    finally:
        stop.set()
        thread.join()
    assert x.sum().item() == 3_000_000
    assert turns > 0


def test_many_threads_compute_at_once() -> None:
    a = np.random.default_rng(0).random((500, 500))
    answer = (a + a.T).sum()
    sums: list[float] = []

    def work() -> None:
        x = tb.from_numpy(a)
        for _ in range(10):
            sums.append((x + x.mT).sum().item())

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sums) == 60
    assert len(set(sums)) == 1
    assert sums[0] == pytest.approx(answer, rel=1e-12)


@needs_fork
def test_a_forked_child_computes() -> None:
    code = """
        import os, sys, warnings
        import numpy as np
        import tensorbridge as tb

        warnings.simplefilter("ignore")
        tb.set_num_threads(4)
        x = tb.ones(2000, 2000)
        expected = (x + x).sum().item()
        tb.manual_seed(7)
        child = os.fork()
        if child == 0:
            ok = (x + x).sum().item() == expected and (x @ x).max().item() == 2000
            ok = ok and tb.rand(1).item() is not None
            os._exit(0 if ok else 1)
        _, status = os.waitpid(child, 0)
        assert status == 0, status
        assert (x + x).sum().item() == expected
    """
    run_child(code)


@needs_fork
def test_a_child_forked_during_draws_draws() -> None:
    code = """
        import os, signal, threading, warnings
        import tensorbridge as tb

        warnings.simplefilter("ignore")
        stop = threading.Event()

        def draw():
            while not stop.is_set():
                tb.randn(300_000)

        threads = [threading.Thread(target=draw) for _ in range(2)]
        for thread in threads:
            thread.start()
        for _ in range(20):
            child = os.fork()
            if child == 0:
                # A lock that nobody opens would end here, as SIGALRM.
                signal.alarm(20)
                tb.rand(10)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            if status:
                stop.set()
                raise SystemExit(f"the child ended with {status}")
        stop.set()
        for thread in threads:
            thread.join()
    """
    run_child(code)
