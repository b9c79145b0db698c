"""Hostile arguments and objects: an exception each time, never a crash or a panic.

Everything that could crash runs in a child process.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

import tensorbridge as tb
from child import run_child
from labels import label

FOLDER = Path(__file__).parent


@pytest.mark.parametrize("seed", [1, 2])
def test_everything_is_called_with_anything(seed: int) -> None:
    code = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
import hostile_fuzz
hostile_fuzz.run({seed}, 1500)
"""
    with tempfile.TemporaryFile("w+") as last_call:
        result = subprocess.run(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=last_call,
            text=True,
            timeout=120,
            cwd=FOLDER,
            check=False,
        )
        last_call.seek(0)
        called = last_call.read()
    assert result.returncode == 0, f"ended with {result.returncode} in {called}"
    *findings, end = result.stdout.splitlines()
    assert end.startswith("done"), called
    assert not findings, "\n".join(findings)


def test_a_read_only_mapping_is_never_written() -> None:
    # A write would be a SIGSEGV.
    run_child("""
        import pickle, tempfile
        import numpy as np
        import tensorbridge as tb
        import pytest

        with tempfile.NamedTemporaryFile() as file:
            file.write(b"x" * 4096)
            file.flush()
            t = tb.from_numpy(np.memmap(file.name, mode="r"))
            one = tb.ones(4096, dtype=tb.uint8)
            writers = [
                lambda: t.__setitem__(0, 1),
                lambda: t.__setitem__(t > 0, 1),
                lambda: t.__setitem__([0, 1], 1),
                lambda: t.__iadd__(1),
                lambda: t[1:].__iadd__(1),
                lambda: t.add_(1),
                lambda: t.zero_(),
                lambda: t.fill_(3),
                lambda: t.copy_(one),
                lambda: t.clamp_(0, 1),
                lambda: t.random_(),
                lambda: t.masked_fill_(t > 0, 1),
                lambda: t.view(tb.float32).normal_(),
                lambda: t.view(tb.int32).__setitem__(0, 1),
                lambda: t.reshape(64, 64).T.__setitem__(0, 1),
                lambda: t.detach().__setitem__(0, 1),
                lambda: t.cpu().__setitem__(0, 1),
                lambda: tb.add(t, t, out=t),
                lambda: tb.cat([one], out=t),
                lambda: np.add(t, t, out=t),
                lambda: np.add.at(t, [0], 1),
                lambda: np.add.at(t.numpy(), [0], one[:1]),
                lambda: np.put(t, [0], [1]),
                lambda: np.copyto(t, one),
                lambda: np.place(t, t > 0, [1]),
                lambda: np.fill_diagonal(t.reshape(64, 64), 1),
                lambda: np.random.shuffle(t.numpy()),
                lambda: t.numpy().__setitem__(0, 1),
                lambda: t.numpy().setflags(write=True),
                lambda: np.asarray(t).setflags(write=True),
                lambda: np.from_dlpack(t).__setitem__(0, 1),
                lambda: memoryview(t).__setitem__(0, 1),
                lambda: tb.asarray(t).__setitem__(0, 1),
                lambda: tb.from_dlpack(t).__setitem__(0, 1),
                lambda: tb.frombuffer(t, dtype=tb.uint8).__setitem__(0, 1),
            ]
            for writer in writers:
                with pytest.raises((ValueError, TypeError, RuntimeError)):
                    writer()
            assert bytes(t) == b"x" * 4096
    """)


def test_ufunc_at_looks_at_the_permission() -> None:
    frozen = np.arange(3.0)
    frozen.setflags(write=False)
    for target in (tb.from_numpy(frozen), frozen):
        with pytest.raises(ValueError, match="read-only"):
            np.add.at(target, [0], tb.ones(1, dtype=tb.float64))
    assert frozen.tolist() == [0, 1, 2]


def test_subclasses_that_lie_about_their_fields() -> None:
    class Liar(np.ndarray):
        dtype = property(lambda self: 1 / 0)  # type: ignore[assignment]
        shape = (10**9,)  # type: ignore[assignment]
        strides = (10**9,)  # type: ignore[assignment]

        def __dlpack__(self, **keywords: object) -> object:
            raise RuntimeError("never asked")

        def __len__(self) -> int:
            return 10**9

        def __getitem__(self, index: object) -> object:
            raise RuntimeError("never asked")

    liar = np.arange(3.0).view(Liar)
    for door in (tb.from_numpy, tb.asarray, tb.tensor, tb.from_dlpack):
        assert door(liar).tolist() == [0, 1, 2]
    assert tb.tensor([liar, liar]).shape == (2, 3)
    assert (tb.zeros(3) + liar).tolist() == [0, 1, 2]


def test_arrays_whose_fields_change_after_they_were_shared() -> None:
    array = np.arange(12.0)
    tensor = tb.from_numpy(array)
    array.shape = (3, 4)
    assert (tensor.shape, tensor.tolist()) == ((12,), list(range(12)))


def test_owners_that_vanish_in_the_middle_of_a_call() -> None:
    run_child("""
        import gc
        import numpy as np
        import tensorbridge as tb

        held = {}

        class Index:
            def __index__(self):
                held.clear()
                gc.collect()
                return 1

        def lend():
            held["t"] = tb.from_numpy(np.arange(100_000.0))
            return held["t"]

        assert lend()[Index()].item() == 1
        assert lend().reshape(Index(), 100_000).shape == (1, 100_000)
        assert lend().sum(tb.zeros(1, dtype=tb.int64)[0]).item() > 0
        assert lend().split(Index())[7].item() == 7

        class Row:
            def __len__(self):
                return 3

            def __getitem__(self, index):
                held.clear()
                gc.collect()
                if index > 2:
                    raise IndexError
                return index

        t = lend()[:3]
        t[:] = Row()
        assert t.tolist() == [0, 1, 2]
    """)


def test_resurrection_and_callbacks() -> None:
    run_child("""
        import gc, weakref
        import numpy as np
        import tensorbridge as tb

        class Lazarus(np.ndarray):
            def __del__(self):
                global kept
                kept = tb.from_numpy(self)

        array = np.arange(10.0).view(Lazarus)
        tensor = tb.from_numpy(array)
        del array, tensor
        gc.collect()
        assert kept.tolist() == list(range(10))

        seen = []
        tensor = tb.zeros(3)
        watch = weakref.ref(tensor, lambda _: seen.append((tb.zeros(3) + 1).sum().item()))
        del tensor
        assert seen == [3]
    """)


def test_recursion_ends() -> None:
    run_child("""
        import sys
        import numpy as np
        import pytest
        import tensorbridge as tb

        sys.setrecursionlimit(150)

        class Array:
            def __array__(self, dtype=None, copy=None):
                return tb.asarray(self).numpy()

        class Capsule:
            def __dlpack__(self, **keywords):
                return tb.from_dlpack(self).__dlpack__()

        class Interface:
            @property
            def __array_interface__(self):
                return tb.asarray(self).__array_interface__

        class Index:
            def __index__(self):
                return tb.zeros(3)[Index()]

        for call in (
            lambda: tb.asarray(Array()),
            lambda: tb.from_dlpack(Capsule()),
            lambda: tb.asarray(Interface()),
            lambda: tb.zeros(3)[Index()],
        ):
            with pytest.raises(RecursionError):
                call()

        class Endless:
            def __len__(self):
                return 1

            def __getitem__(self, index):
                return self

        with pytest.raises(ValueError, match="too many dimensions"):
            tb.tensor(Endless())
    """)


def test_garbage_collection_at_every_step() -> None:
    run_child("""
        import gc, pickle
        import numpy as np
        import tensorbridge as tb

        gc.set_threshold(1, 1, 1)
        for _ in range(100):
            array = np.arange(100.0)
            cycle = [array]
            cycle.append(cycle)
            t = tb.from_numpy(array)
            tb.tensor([[1, 2], [3, 4]])
            tb.asarray([array, array])
            t.tolist(), repr(t), t.unbind(), t.numpy(), memoryview(t)
            np.from_dlpack(t), tb.from_dlpack(array), np.add(t, array)
            assert pickle.loads(pickle.dumps(t)).tolist() == array.tolist()
    """)


def test_damaged_pickles() -> None:
    # Under a bound on memory: a damaged length can ask for any amount. CPython itself complains
    # on stderr about the bytearrays that it could not make.
    run_child("""
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        import pickle, random
        import tensorbridge as tb

        good = pickle.dumps(tb.arange(20).reshape(4, 5), 5)
        choose = random.Random(0)

        def read(data):
            try:
                found = pickle.loads(data)
            except (SystemError, KeyboardInterrupt):
                raise
            except Exception:
                return
            if isinstance(found, tb.Tensor):
                repr(found)

        for length in range(len(good)):
            read(good[:length])
        for _ in range(1500):
            damaged = bytearray(good)
            for _ in range(choose.choice([1, 2])):
                damaged[choose.randrange(len(damaged))] = choose.randrange(256)
            read(bytes(damaged))
    """)


@pytest.mark.parametrize(
    "change",
    [
        (1, "x"),
        (1, None),
        (2, (2**62, 2**62)),
        (2, (-1,)),
        (2, (2**63,)),
        (2, (0, 2**62, 2**62)),
        (2, (1,) * 65),
        (2, None),
        (2, (21,)),
        (3, "x"),
        (3, None),
        (0, b"x" * 7),
        (0, 3),
        (0, memoryview(bytearray(320))[::2]),
    ],
    ids=label,
)
def test_forged_arguments_of_a_pickle(change: tuple[int, object]) -> None:
    function, arguments = tb.arange(20).__reduce_ex__(5)
    forged = list(arguments)
    forged[change[0]] = change[1]
    with pytest.raises((TypeError, ValueError, OverflowError, RuntimeError)):
        function(*forged)


@pytest.mark.parametrize(
    "options",
    [
        {"precision": -1},
        {"precision": "x"},
        {"threshold": -1},
        {"threshold": float("nan")},
        {"edgeitems": -1},
        {"linewidth": 2**64},
        {"profile": "x"},
        {"sci_mode": 3},
    ],
    ids=label,
)
def test_print_options_that_make_no_sense(options: dict[str, object]) -> None:
    before = tb.get_printoptions()
    with pytest.raises((TypeError, ValueError, OverflowError)):
        tb.set_printoptions(**options)  # type: ignore[arg-type]
    assert tb.get_printoptions() == before


@pytest.mark.parametrize(
    "options",
    [
        {"precision": 2**62},
        {"precision": 1000, "sci_mode": True},
        {"precision": 0, "sci_mode": False},
        {"linewidth": 0},
        {"linewidth": 2**62},
        {"edgeitems": 0, "threshold": 0},
        {"edgeitems": 2**62, "threshold": 0},
    ],
    ids=label,
)
def test_print_options_at_their_ends(options: dict[str, int]) -> None:
    with tb.printoptions(**options):
        for tensor in (
            tb.tensor([1e300, float("nan"), 5e-324, -0.0, 1 / 3], dtype=tb.float64),
            tb.zeros(3, 4) + 1j,
            tb.zeros(1).expand(2**40),
            tb.zeros((1,) * 64),
            tb.zeros((0,) * 64),
            tb.zeros((1,) * 60).expand((2,) * 60),
        ):
            text = repr(tensor)
            assert text.startswith("tensor(")
            assert text.endswith(")")
