"""Ctrl-C in the middle of long work: noticed between blocks, whatever computes.

Each test is a child that sends signals to itself, so that none reaches the tests' own process.
Left alone, the work would take many times the ten seconds that the children allow it.
"""

from __future__ import annotations

import sys

import pytest

from child import run_child

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no signals to send")

#: What the children begin with: `stopped` runs endless work until a signal ends it.
PRELUDE = """
    import os, signal, sys, threading, time
    import numpy as np
    import tensorbridge as tb

    # What a shell runs in the background ignores Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def send(number, after=0.1):
        timer = threading.Timer(after, os.kill, (os.getpid(), number))
        timer.start()
        return timer

    def stopped(work, by=KeyboardInterrupt, number=signal.SIGINT):
        start = time.monotonic()
        timer = send(number)
        try:
            work()
        except by as error:
            assert time.monotonic() - start < 10, "it took too long to stop"
            return error
        finally:
            timer.join()
        raise AssertionError("the work came to its end")

    def notes(error):
        return getattr(error, "__notes__", [])

    endless = tb.ones(1).expand(2**38)
    lines = tb.ones(1, 2**20).expand(2**20, 2**20)
    # Floating-point remainders are found bit by bit: some hundred nanoseconds for these.
    far = tb.full((1,), 1e300, dtype=tb.float64).expand(2**25)
    near = tb.full((1,), 3e-300, dtype=tb.float64).expand(2**25)
"""


def run(code: str) -> None:
    run_child(PRELUDE + code)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    "work",
    [
        "endless.sum()",
        "endless.mean()",
        "lines.sum(0)",
        "lines.max(1)",
        "tb.all(endless)",
        "far % near",
        "far.view(2**12, 2**13).mT % near.view(2**13, 2**12)",
        "tb.ones(1, 1).expand(2**15, 2**17) @ tb.ones(1, 1).expand(2**17, 2**15)",
        "tb.ones(1, 1, dtype=tb.int8).expand(2**14, 2**15) @ tb.ones(2**15, 2**14, dtype=tb.int8)",
    ],
)
def test_fresh_results_are_abandoned(work: str, threads: int) -> None:
    run(f"""
    tb.set_num_threads({threads})
    error = stopped(lambda: {work})
    assert not notes(error), notes(error)
    # Everything works as before.
    assert tb.ones(1000, 1000).sum().item() == 1e6
    assert (tb.ones(64, 64) @ tb.ones(64, 64)).max().item() == 64
    """)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    "work",
    [
        "tb.remainder(far, near, out=out)",
        "out.__imod__(near)",
        "np.remainder(far, near, out=out.numpy())",
    ],
)
def test_memory_that_others_see_is_named_when_it_is_partly_written(work: str, threads: int) -> None:
    run(f"""
    tb.set_num_threads({threads})
    out = tb.full((2**25,), 1e300, dtype=tb.float64)
    # What NumPy's path imports at its first call is there when the signal comes.
    np.remainder(far[:1], near[:1], out=np.empty(1))
    (note,) = notes(stopped(lambda: {work}))
    assert "tensor of shape [33554432] and dtype float64" in note, note
    assert "partly written" in note, note
    rest = 1e300 % 3e-300
    # Old elements and new ones, and nothing else; blocks are whole.
    old, new = (out == 1e300), (out == rest)
    assert tb.any(old) and tb.any(new) and tb.all(old | new)
    assert (old[1:] != old[:-1]).sum().item() < 1000
    """)


def test_memory_that_others_see_is_finished_where_that_takes_no_second() -> None:
    run("""
    rest = 1e300 % 3e-300
    for size in (2**18, 2**20, 2**21):
        out = tb.zeros(size, dtype=tb.float64)
        timer = send(signal.SIGINT, 0.02)
        try:
            while True:
                tb.remainder(far[:size], near[:size], out=out.zero_())
        except KeyboardInterrupt as error:
            complete = tb.all(out == rest).item()
            # Stopped between two calls, it is complete or untouched.
            untouched = not tb.any(out).item()
            assert untouched or complete != bool(notes(error)), (complete, notes(error))
        timer.join()
    """)


def test_whatever_a_handler_raises_comes_out() -> None:
    run("""
    class Enough(Exception):
        pass

    def handle(number, frame):
        # A handler may compute, too.
        assert tb.ones(300, 300).sum().item() == 90000
        raise Enough(number)

    signal.signal(signal.SIGALRM, handle)
    error = stopped(endless.sum, Enough, signal.SIGALRM)
    assert error.args == (signal.SIGALRM,)
    """)


def test_handlers_that_raise_nothing_let_the_work_go_on() -> None:
    run("""
    calls = []

    def handle(number, frame):
        calls.append(time.monotonic())
        if len(calls) == 3:
            raise TimeoutError

    signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.1, 0.2)
    try:
        endless.sum()
    except TimeoutError:
        signal.setitimer(signal.ITIMER_REAL, 0)
    assert len(calls) == 3
    """)


def test_other_threads_compute_on() -> None:
    run("""
    sums = []
    thread = threading.Thread(target=lambda: sums.append((far[:2**20] % near[:2**20]).sum().item()))
    thread.start()
    error = stopped(lambda: time.sleep(30))
    thread.join()
    assert np.allclose(sums, [2**20 * (1e300 % 3e-300)], atol=0), sums
    """)


def test_a_child_forked_by_another_thread_listens() -> None:
    run("""
    import warnings
    warnings.simplefilter("ignore")

    def fork():
        # Known as another thread; in the child it is the only one.
        tb.ones(10**6).sum()
        child = os.fork()
        if child == 0:
            try:
                timer = signal.setitimer(signal.ITIMER_REAL, 0.2)
                endless.sum()
            except TimeoutError:
                os._exit(7)
            os._exit(1)
        status.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

    def handle(number, frame):
        raise TimeoutError

    signal.signal(signal.SIGALRM, handle)
    status = []
    thread = threading.Thread(target=fork)
    thread.start()
    thread.join()
    assert status == [7], status
    """)


def test_nothing_is_lost_to_interruptions() -> None:
    run("""
    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    if not os.path.exists("/proc/self/statm"):
        sys.exit()
    array = np.full(2**23, 1e300)
    shared = tb.from_numpy(array)
    references = sys.getrefcount(array)
    sizes = []
    for _ in range(8):
        stopped(lambda: shared % near[:2**23])
        sizes.append(resident())
    assert sys.getrefcount(array) == references
    assert sizes[-1] < sizes[1] + (32 << 20), sizes
    """)


def test_a_search_for_shared_bytes_ends() -> None:
    run("""
    # The example of NumPy's documentation, with one more axis: hours of searching.
    strided = np.lib.stride_tricks.as_strided
    memory = np.zeros(2 * 192163377, dtype=np.int8)
    a = strided(memory, (1049, 1049, 1049, 1049), (36674, 61119, 85569, 97611))
    b = strided(memory[64023025:], (1049, 1049), (12223, 12224))
    stopped(lambda: tb.shares_memory(a, b))
    assert tb.may_share_memory(a, b)
    """)
