"""Calls everything the package offers with hostile arguments; run by ``test_hostile``.

``python hostile_fuzz.py SEED CALLS`` prints each finding on a line of its own, and ``done`` at the
end. Any exception that a caller can handle is a good answer. Findings are panics, SystemErrors and
calls that take longer than ``PATIENCE``; a crash is the end of the process, and the last line of
standard error says what was called.
"""

from __future__ import annotations

import array
import os
import random
import signal
import sys
import time
import types
import warnings
from typing import Any

import numpy as np

import tensorbridge as tb

PATIENCE = 5.0

#: Changes how the rest of the run behaves, not what a call answers.
LEFT_OUT = {"set_num_threads"}

INTS = [0, 1, -1, 2, 3, 7, 63, 64, 65, 255, 2**31, 2**32, 2**62, -(2**62)]
INTS += [2**63 - 1, -(2**63), 2**63, 2**64, 10**30, -(10**30)]
FLOATS = [0.0, -0.0, 1.5, float("nan"), float("inf"), -float("inf"), 1e308, 5e-324]
SHAPES = [(), (0,), (2, 3), (2**62,), (2**62, 2**62), (0, 2**63 - 1), (2**32, 2**32), (-1, -1)]
SHAPES += [(1,) * 64, (1,) * 65, (10**30,)]
TEXTS = ["", "float32", "cpu", "meta", "cuda:99999999999", "x" * 1000, "\0", "\ud800", "C", "left"]


class Explodes:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"asked for {name}")


class Index:
    def __index__(self) -> int:
        return 2


class RaisingIndex:
    def __index__(self) -> int:
        raise KeyError("no index")


class LyingLength:
    def __len__(self) -> int:
        return 2**62

    def __getitem__(self, index: int) -> int:
        if index > 5:
            raise IndexError
        return index


class LongInt(int):
    def __index__(self) -> int:
        return 3


class ShortList(list):  # type: ignore[type-arg]
    def __len__(self) -> int:
        return 7


INSIDE_ITSELF: list[Any] = []
INSIDE_ITSELF.append(INSIDE_ITSELF)


def tensors() -> list[tb.Tensor]:
    """One of each kind; made anew now and then, for many calls write."""
    whole = tb.arange(24)
    return [
        tb.tensor(3.5),
        tb.tensor(True),
        tb.tensor([]),
        tb.arange(6),
        whole.reshape(2, 3, 4),
        whole.reshape(2, 3, 4).permute(2, 0, 1),
        tb.zeros((3, 0, 2)),
        tb.zeros(1).expand(3, 4),
        tb.zeros(1).expand(2**10),
        tb.asarray(np.arange(10.0)[::-1]),
        tb.asarray(np.arange(10, dtype="i2")[::2]),
        tb.ones((3, 3), dtype=tb.complex64),
        tb.ones((2, 2), dtype=tb.bfloat16),
        tb.ones(4, dtype=tb.float16),
        tb.asarray(np.array([1, 2, 255], "u1")).view(tb.bool),
        tb.asarray(np.array([2**64 - 1, 0], "u8")),
        tb.tensor([float("nan"), float("inf"), -0.0]),
        tb.frombuffer(b"abcdefgh", dtype=tb.int16),
        tb.frombuffer(bytearray(17), dtype=tb.float32, offset=1),
        tb.empty((2**20, 2**20, 2**20), device="meta"),
        tb.empty((2**62,), dtype=tb.uint8, device="meta"),
        tb.zeros((1,) * 64),
        tb.zeros((2,) * 12),
    ]


ARRAYS: list[Any] = [
    np.arange(5),
    np.zeros((2, 3)),
    np.array(3),
    np.array([]),
    np.array([None, 1]),
    np.array("text"),
    np.zeros(3, "M8[s]"),
    np.zeros(3, ">f4"),
    np.broadcast_to(np.arange(3), (4, 3)),
    np.ma.masked_array([1, 2], [0, 1]),
    np.zeros(2, [("a", "i4")]),
    np.zeros(2, np.longdouble),
    np.array([True, False, True]),
    np.float32(1),
    np.int64(-5),
    np.uint64(2**64 - 1),
    np.bool_(True),
    np.complex64(1j),
    np.datetime64(0, "s"),
]
OBJECTS: list[Any] = [None, True, False, ..., NotImplemented, b"", b"abc", bytearray(8), range(5)]
OBJECTS += [slice(None), slice(None, None, -1), slice(0, 10**30, 10**20), slice(None, None, 0)]
OBJECTS += [slice(2**63, -(2**63), -(2**63)), memoryview(b"abcd"), array.array("H", [1, 2]), 1j]
OBJECTS += [Explodes(), Index(), RaisingIndex(), LyingLength(), LongInt(5), ShortList([1, 2])]
OBJECTS += [INSIDE_ITSELF, object(), type, Explodes, {}, {1: 2}, set(), len, tb, tb.Tensor]
DTYPES: list[Any] = [tb.float32, tb.int8, tb.bool, tb.bfloat16, tb.complex128, tb.uint64]
DTYPES += [np.dtype(">i4"), np.float64, float, int, object, tb.device("cpu"), tb.device("meta")]
KEYWORDS = ["dim", "axis", "dtype", "out", "keepdim", "keepdims", "copy", "device", "generator"]
KEYWORDS += ["writable", "size", "shape", "correction", "other", "count", "offset", "stable"]


class Fuzzer:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.tensors = tensors()

    def likely(self, depth: int = 0) -> Any:
        """What a function may well take."""
        choose = self.random.choice
        match self.random.randrange(10):
            case 0 | 1 | 2 | 3:
                return choose(self.tensors)
            case 4 | 5:
                return choose([0, 1, -1, 2, -2, 3])
            case 6:
                return tuple(choose([0, 1, -1, 2, 3, 4]) for _ in range(choose([1, 2, 3])))
            case 7:
                return choose(DTYPES[:6])
            case 8:
                return [choose(self.tensors) for _ in range(choose([1, 2]))]
            case _:
                return choose(ARRAYS)

    def hostile(self, depth: int = 0) -> Any:
        """What nobody would pass on purpose."""
        choose = self.random.choice
        match self.random.randrange(12 if depth < 3 else 9):
            case 0 | 1:
                return choose(self.tensors)
            case 2:
                return choose(INTS)
            case 3:
                return choose(FLOATS)
            case 4:
                return choose(SHAPES)
            case 5:
                return choose(TEXTS)
            case 6:
                return choose(OBJECTS)
            case 7:
                return choose(DTYPES)
            case 8:
                return choose(ARRAYS)
            case 9:
                return tuple(self.hostile(depth + 1) for _ in range(choose([0, 1, 2, 3])))
            case 10:
                return [self.hostile(depth + 1) for _ in range(choose([0, 1, 2, 3]))]
            case _:
                return iter([self.hostile(depth + 1)])

    def target(self) -> tuple[str, Any]:
        """Something to call, by name."""
        name, holder = self.random.choice(TARGETS)
        if holder is tb.Tensor:
            tensor = self.random.choice(self.tensors)
            return f"{describe(tensor)}.{name}", lambda *a, **k: getattr(tensor, name)(*a, **k)
        return name, getattr(holder, name)

    def call(self) -> tuple[str, Any, list[Any], dict[str, Any]]:
        name, function = self.target()
        value = self.likely if self.random.random() < 0.7 else self.hostile
        arguments = [value() for _ in range(self.random.choice([0, 1, 1, 1, 2, 2, 3]))]
        number = self.random.choice([0, 0, 0, 0, 1, 2])
        keywords = {self.random.choice(KEYWORDS): value() for _ in range(number)}
        return name, function, arguments, keywords


def callables(holder: Any) -> list[str]:
    """Public names and operators of ``holder``; attributes that cannot be read are tried too."""
    skipped = {"__class__", "__new__", "__init_subclass__", "__subclasshook__", *LEFT_OUT}
    return [name for name in dir(holder) if name not in skipped]


TARGETS: list[tuple[str, Any]] = [
    *((name, tb) for name in callables(tb) if not name.startswith("__")),
    *((name, tb.Tensor) for name in callables(tb.Tensor)),
    *((name, tb.Tensor) for name in callables(tb.Tensor) if not name.startswith("__")),
    *((name, tb.Generator()) for name in callables(tb.Generator)),
    *((name, tb.float32) for name in callables(tb.float32)),
    *((name, tb.zeros(2, 3).shape) for name in callables(tb.Size)),
]
TARGETS = [
    (name, holder)
    for name, holder in TARGETS
    if holder is tb.Tensor
    or (callable(found := getattr(holder, name, None)) and not isinstance(found, types.ModuleType))
]


def describe(value: Any) -> str:
    """A short text of any value, hostile ones included."""
    if isinstance(value, tb.Tensor):
        return f"<{value.dtype} {tuple(value.shape)} on {value.device}>"
    try:
        return repr(value)[:80]
    except Exception:
        return f"<{type(value).__name__}>"


def run(seed: int, calls: int) -> None:
    warnings.simplefilter("ignore")
    fuzzer = Fuzzer(seed)
    answers = 0
    sys.setrecursionlimit(500)
    # Some callables print.
    report, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115

    def late(*_: object) -> None:
        raise TimeoutError("took too long")

    signal.signal(signal.SIGALRM, late)
    for number in range(calls):
        name, function, arguments, keywords = fuzzer.call()
        line = f"{name}({', '.join(map(describe, arguments))}, **{describe(keywords)})"
        os.ftruncate(2, 0)
        os.pwrite(2, line.encode("utf-8", "replace"), 0)
        start = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        try:
            result = function(*arguments, **keywords)
            if isinstance(result, tb.Tensor):
                repr(result)
            answers += 1
        except SystemError as error:
            print("SystemError:", error, "in", line, file=report)
        except Exception:
            pass
        except BaseException as error:
            print(f"{type(error).__name__}: {error} in {line}", file=report)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if time.monotonic() - start > PATIENCE:
            print("slow:", line, file=report)
        if number % 200 == 199:
            fuzzer.tensors = tensors()
            tb.set_printoptions(profile="default")
            tb.set_default_dtype(tb.float32)
    print("done:", answers, "of", calls, "calls had an answer", file=report)


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]))
