"""The end of the interpreter: tensors, threads and callbacks that are still there.

A daemon thread is stopped wherever it is when the interpreter ends; `Slow` holds the end up for
long enough for each to get there.
"""

from __future__ import annotations

import textwrap

import pytest

from child import run_child

PRELUDE = """
    import os, sys, threading, time, types
    import numpy as np
    import tensorbridge as tb

    class Slow:
        def __del__(self, sleep=time.sleep, write=os.write):
            sleep(0.3)
            write(1, b"the end")

    # Its globals are not those of the threads, which keep theirs alive.
    sys.modules["slow"] = types.ModuleType("slow")
    sys.modules["slow"].it = Slow()

    def in_daemons(work, count=3):
        started = threading.Semaphore(0)

        def loop():
            started.release()
            while True:
                work()

        for _ in range(count):
            threading.Thread(target=loop, daemon=True).start()
        for _ in range(count):
            started.acquire()
        time.sleep(0.1)
"""


@pytest.mark.parametrize(
    "code",
    [
        # In a kernel, without the interpreter.
        """
        x = tb.ones(3_000_000)
        in_daemons(lambda: (x + x).sum())
        """,
        # Copying another's memory.
        """
        a = np.ones((300, 300))[:, ::-1]
        in_daemons(lambda: tb.asarray(a).contiguous())
        """,
        # In one crossing after the other.
        """
        a = np.ones(3)

        def cross():
            t = tb.from_numpy(a)
            t.numpy(), np.from_dlpack(t), tb.from_dlpack(a), memoryview(t), t + t

        in_daemons(cross)
        """,
        # In a generator that never ends, called from Rust.
        """
        def forever():
            while True:
                yield 1

        in_daemons(lambda: tb.tensor(forever()))
        """,
        # In the method of an array, called from Rust. (`__len__` and `__index__` are a named limit.)
        """
        class Array:
            def __array__(self, dtype=None, copy=None):
                for _ in range(10_000):
                    pass
                return np.ones(3)

        in_daemons(lambda: tb.asarray(Array()))
        """,
        # In NumPy's functions, which call us, who call NumPy.
        """
        x = tb.ones(300, 300)
        in_daemons(lambda: np.linalg.svd(x), count=2)
        """,
        # In a module of ours that NumPy's first call imports.
        """
        class Slowly:
            def find_spec(self, name, path=None, target=None):
                while name == "tensorbridge._numpy":
                    time.sleep(0.01)

        sys.meta_path.insert(0, Slowly())
        x = tb.ones(3)
        in_daemons(lambda: np.linalg.norm(x))
        """,
    ],
    ids=["kernel", "copy", "crossings", "generator", "method", "functions", "import"],
)
def test_daemon_threads_are_left_where_they_are(code: str) -> None:
    result = run_child(textwrap.dedent(PRELUDE) + textwrap.dedent(code))
    assert result.stdout == "the end"
    assert not result.stderr


def test_threads_that_are_waited_for() -> None:
    run_child("""
        import threading
        import tensorbridge as tb

        x = tb.ones(1_000_000)

        def work():
            for _ in range(30):
                assert (x + x).sum().item() == 2e6

        for _ in range(3):
            threading.Thread(target=work).start()
    """)


def test_work_at_exit() -> None:
    result = run_child("""
        import atexit, sys
        import numpy as np
        import tensorbridge as tb

        x = tb.ones(1_000_000)

        class Last:
            def __del__(self, tb=tb, x=x, write=__import__("os").write):
                write(1, f"del {(x + 1).sum().item()}\\n".encode())

        last = Last()
        held = [tb.from_numpy(np.arange(5)), x.numpy(), memoryview(x), np.from_dlpack(x)]
        held.append(held)
        sys.modules["kept"] = tb.frombuffer(bytearray(8), dtype=tb.float32)

        @atexit.register
        def work():
            print("atexit", (x + 1).sum().item(), tb.from_numpy(np.arange(3)).tolist(), flush=True)
    """)
    assert result.stdout.splitlines() == ["atexit 2000000.0 [0, 1, 2]", "del 2000000.0"]
    assert not result.stderr


@pytest.mark.parametrize("order", ["forwards", "backwards"])
def test_modules_that_go_first(order: str) -> None:
    # The names of `sys.modules` are cleared in both orders.
    run_child(f"""
        import sys
        import numpy as np
        import tensorbridge as tb

        array = np.arange(10.0)
        pieces = [tb.from_numpy(array), tb.from_dlpack(array), tb.asarray(memoryview(array))]
        pieces += [pieces[0].numpy(), np.from_dlpack(pieces[1]), memoryview(pieces[2])]
        names = ["tensorbridge", "tensorbridge._tensorbridge", "numpy"]
        for name in names if {order!r} == "forwards" else reversed(names):
            del sys.modules[name]
        del tb, np, array
        while pieces:
            pieces.pop({0 if order == "forwards" else -1})
    """)
