"""The pool of threads: its size, its silence in results, and children that were forked."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


RANDOM = np.random.default_rng(0)
X, Y = (tb.from_numpy(array) for array in RANDOM.random((2, 1200, 1500)).astype(np.float32))
SQUARE = X[:500, :500].double()
#: Every way in which work is shared out.
WORK: dict[str, Callable[[], Any]] = {
    "elementwise": lambda: X * Y + X,
    "transposed": lambda: X.mT + Y.mT,
    "compare": lambda: X < Y,
    "function": lambda: tb.exp(X),
    "where": lambda: tb.where(X < Y, X, Y),
    "cast": lambda: X.half(),
    "sum": lambda: X.sum(),
    "sum of columns": lambda: X.sum(0),
    "sum of a flat view": lambda: X.mT.flatten().sum(),
    "mean of rows": lambda: X.mean(1),
    "variance": lambda: tb.var(X),
    "deviations of rows": lambda: tb.std(X, axis=1),
    "product of rows": lambda: tb.prod(X + 0.5, axis=1),
    "max": lambda: X.max(0),
    "argmax": lambda: tb.argmax(tb.floor(X * 100)),
    "norm": lambda: tb.linalg.vector_norm(X),
    "logsumexp": lambda: tb.logsumexp(X, axis=None),
    "softmax": lambda: tb.softmax(X, -1),
    "scan": lambda: tb.cumulative_sum(X.flatten()),
    "scan of columns": lambda: tb.cumulative_sum(X, axis=0),
    "sort": lambda: tb.sort(X.flatten()),
    "argsort": lambda: tb.argsort(tb.floor(X.flatten() * 100)),
    "unique": lambda: tuple(tb.unique_all(tb.floor(X * 1000))),
    "searchsorted": lambda: tb.searchsorted(tb.sort(X[0]), Y.flatten()),
    "median": lambda: tb.median(X),
    "histogram": lambda: tb.histogram(X.flatten(), bins=100)[0],
    "bincount": lambda: tb.bincount((X.flatten() * 100).long(), weights=Y.flatten()),
    "mask": lambda: X[Y > 0.5],
    "take": lambda: X.flatten()[(Y * 1000).long().flatten()],
    "product": lambda: X @ Y.mT,
    "product of float64": lambda: X.double() @ Y.double().mT,
    "product of complex": lambda: (X[:301, :401] + 1j * Y[:301, :401]) @ X[:401, :67],
    "complex vector by matrix": lambda: (X[0, :900] + 1j) @ (Y[:900, :1001] + 1j),
    "product of narrow": lambda: X[:, :33] @ Y[:33, :25],
    "product of deep": lambda: X.reshape(40, -1) @ Y.reshape(-1, 40),
    "product of integers": lambda: (X * 100).int() @ (Y * 100).int().mT,
    "matrix by vector": lambda: X @ Y[0],
    "vector by matrix": lambda: Y[:, 0] @ X,
    "inner": lambda: X.flatten() @ Y.flatten(),
    "batches": lambda: X.reshape(-1, 10, 10) @ Y.reshape(-1, 10, 10),
    "einsum": lambda: tb.einsum("ij,kj,kl->il", X, Y, X),
    "covariance": lambda: tb.cov(X[:300]),
    "convolve": lambda: tb.convolve(X.flatten(), Y[0, :50]),
    "fft": lambda: tb.fft.fft(X.flatten()[: 1 << 20]),
    "fft of planes": lambda: tb.fft.fft2(X),
    "fft of columns": lambda: tb.fft.rfft(X, axis=0),
    "solve": lambda: tb.linalg.solve(SQUARE + 10 * tb.eye(500), SQUARE),
    "solve of one": lambda: tb.linalg.solve(SQUARE + 10 * tb.eye(500), SQUARE[:, 0]),
    "solve of five": lambda: tb.linalg.solve(SQUARE + 10 * tb.eye(500), SQUARE[:, :5]),
    "solve_triangular": lambda: tb.linalg.solve_triangular(
        SQUARE + 10 * tb.eye(500), SQUARE[:, :9], upper=True
    ),
    "lu_factor": lambda: tuple(tb.linalg.lu_factor(X.double()[:900, :700])),
    "det": lambda: tb.linalg.det(SQUARE),
    "inv": lambda: tb.linalg.inv(SQUARE + 10 * tb.eye(500)),
    "cholesky": lambda: tb.linalg.cholesky(SQUARE @ SQUARE.mT + tb.eye(500)),
    "qr": lambda: tuple(tb.linalg.qr(SQUARE)),
    "qr of a wide one": lambda: tuple(tb.linalg.qr(X.double()[:600, :1100])),
    "qr of three": lambda: tuple(tb.linalg.qr(X.double()[:900, :1200].reshape(3, 300, 1200))),
    "svd": lambda: tuple(tb.linalg.svd(SQUARE)),
    "svd of a tall matrix": lambda: tuple(tb.linalg.svd(X.double()[:, :400])),
    "svdvals": lambda: tb.linalg.svdvals(SQUARE),
    "svdvals of a tall matrix": lambda: tb.linalg.svdvals(X.double()[:, :400]),
    "eigh": lambda: tuple(tb.linalg.eigh(SQUARE + SQUARE.mT)),
    "eigvalsh": lambda: tb.linalg.eigvalsh(X[:700, :700]),
    "eigh of complex": lambda: tuple(tb.linalg.eigh((SQUARE + 1j * SQUARE)[:300, :300])),
    "eig": lambda: tuple(tb.linalg.eig(SQUARE[:200, :200])),
    "arange": lambda: tb.arange(1_000_000),
    "rand": lambda: tb.rand(100_000, generator=tb.Generator().manual_seed(0)),
    "randn": lambda: tb.randn(100_000, generator=tb.Generator().manual_seed(0)),
}


@pytest.mark.parametrize("name", WORK)
def test_results_do_not_depend_on_it(name: str) -> None:
    start = tb.get_num_threads()
    answers: list[tuple[np.ndarray, ...]] = []
    try:
        for count in (1, 2, 3, 7):
            tb.set_num_threads(count)
            answer = WORK[name]()
            parts = (answer,) if isinstance(answer, tb.Tensor) else answer
            answers.append(tuple(part.numpy() for part in parts))
    finally:
        tb.set_num_threads(start)
    for other in answers[1:]:
        for expected, found in zip(answers[0], other, strict=True):
            np.testing.assert_array_equal(expected, found)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no affinity")
def test_the_processors_that_a_process_may_use_are_counted() -> None:
    code = """
        import os
        os.environ.pop("TENSORBRIDGE_NUM_THREADS", None)
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        import tensorbridge as tb
        assert tb.get_num_threads() == 1, tb.get_num_threads()
    """
    run_child(code)


@contextlib.contextmanager
def half_a_processor() -> Iterator[Path]:
    """A control group whose processes get half a processor: the file that takes their numbers."""
    version1 = Path("/sys/fs/cgroup/cpu")
    folder = (version1 if version1.is_dir() else Path("/sys/fs/cgroup")) / f"half-{os.getpid()}"
    try:
        folder.mkdir()
        if version1.is_dir():
            (folder / "cpu.cfs_period_us").write_text("100000")
            (folder / "cpu.cfs_quota_us").write_text("50000")
        else:
            (folder / "cpu.max").write_text("50000 100000")
    except OSError as error:
        with contextlib.suppress(OSError):
            folder.rmdir()
        pytest.skip(f"control groups cannot be made here: {error}")
    try:
        yield folder / "cgroup.procs"
    finally:
        folder.rmdir()


@pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")
def test_the_share_of_a_control_group_is_counted() -> None:
    with half_a_processor() as members:
        code = f"""
            import os
            os.environ.pop("TENSORBRIDGE_NUM_THREADS", None)
            open({str(members)!r}, "w").write(str(os.getpid()))
            import tensorbridge as tb
            assert tb.get_num_threads() == 1, tb.get_num_threads()
        """
        run_child(code)


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
