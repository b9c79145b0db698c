"""`aliases`: the live tensors over the same bytes, while somebody keeps track."""

from __future__ import annotations

import gc
import inspect
import threading
import weakref

import numpy as np
import pytest

import tensorbridge as tb
from child import run_child


def same(found, expected) -> bool:
    return len(found) == len(expected) and all(
        any(one is other for other in expected) for one in found
    )


def test_off_it_says_that_it_cannot_list() -> None:
    t = tb.zeros(3)
    views = [t[0], t[1:]]
    with pytest.raises(
        RuntimeError, match=r"cannot be listed; 3 handles.*hint.*TENSORBRIDGE_TRACK=1"
    ):
        tb.aliases(t)
    with pytest.raises(RuntimeError, match="cannot be listed — hint"):
        tb.aliases(views[0].numpy())


def test_the_tensors_over_the_same_bytes() -> None:
    a = np.zeros((4, 6))
    with tb.trace():
        t = tb.from_numpy(a)
        row, other = t[1], t[2]
        twin = tb.from_numpy(a)
        packed = tb.from_dlpack(a)
        copied = t.clone()
        found = tb.aliases(row)
        assert same(found, [t, twin, packed])
        assert same(tb.aliases(a), [t, row, other, twin, packed])
        assert same(tb.aliases(other), [t, twin, packed])
        assert same(tb.aliases(copied), [])
        assert same(tb.aliases(a[:, 0]), [t, row, other, twin, packed])
        assert isinstance(found[0], tb.Tensor)
        assert len(found[:2]) == 2


def test_overlap_is_exact() -> None:
    with tb.trace():
        t = tb.zeros(10)
        even, odd = t[::2], t[1::2]
        assert same(tb.aliases(even), [t])
        assert same(tb.aliases(odd), [t])
        assert same(tb.aliases(t), [even, odd])


def test_lines() -> None:
    with tb.trace():
        t = tb.zeros(4)
        line = inspect.currentframe().f_lineno + 1
        part = t[1:]
        found = tb.aliases(t)
        (made,) = found.made
        assert (made.line, made.file, made.code) == (line, __file__, "t[1:]")
        assert f"float32 (3,), made by `t[1:]`, test_aliases.py:{line}" in str(found)
        assert part.shape == (3,)


def test_names() -> None:
    names = {"tb": tb}
    exec("with tb.trace():\n  t = tb.zeros(4)\n  part = t[1:]\n  text = str(tb.aliases(t))", names)
    assert names["text"].startswith("other tensors over the bytes of t: 1\n")
    assert "  part      float32 (3,), made by `[]`, <string>:3" in names["text"]


def test_none_is_kept_alive() -> None:
    with tb.trace():
        t = tb.zeros(4)
        view = t[1:]
        gone = weakref.ref(view)
        found = tb.aliases(t)
        assert len(found) == 1
        del view
        gc.collect()
        assert gone() is None
        assert (len(found), list(found), found.made) == (0, [], [])
        assert str(found).endswith("Tensor: none")


def test_what_was_made_before_is_counted() -> None:
    t = tb.zeros(4)
    early = [t[0], t[1]]
    with tb.watch(t):
        late = t[2:]
        found = tb.aliases(t)
        assert same(found, [late])
        assert found.unlisted == 2
        assert "and 2 handles more on the same storage" in str(found)
        assert len(early) == 2
    with pytest.raises(RuntimeError):
        tb.aliases(t)


def test_an_end_without_a_beginning() -> None:
    stray = tb.trace()
    stray.__exit__()
    with tb.trace():
        t = tb.zeros(4)
        stray.__exit__()
        assert len(tb.aliases(t)) == 0
    with pytest.raises(RuntimeError):
        tb.aliases(t)


def test_scopes_nest_and_forget() -> None:
    with tb.trace():
        t = tb.zeros(4)
        view = t[1:]
        with tb.trace():
            inner = t[2:]
        assert same(tb.aliases(t), [view, inner])
    with tb.trace():
        assert same(tb.aliases(t), [])


def test_tensors_of_every_making() -> None:
    with tb.trace():
        t = tb.Tensor([1.0, 2.0])
        made = [t.detach(), t.view(2), *t.split(1), t.readonly(), tb.asarray(t.numpy())]
        made += [tb.from_numpy(t.numpy()), tb.frombuffer(memoryview(t), dtype=tb.float32)]
        assert same(tb.aliases(t), made)
        assert t.data_ptr() == made[0].data_ptr()


def test_threads_make_tensors() -> None:
    t = tb.zeros(100)
    kept: list[tb.Tensor] = []

    def work() -> None:
        for _ in range(500):
            t[1:]
        kept.append(t[2:])

    with tb.trace():
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert same(tb.aliases(t), kept)


def test_what_has_no_memory() -> None:
    with tb.trace(), pytest.raises(TypeError, match="no memory"):
        tb.aliases([1, 2])


def test_many_that_died_are_forgotten() -> None:
    t = tb.zeros(4)
    with tb.trace():
        kept = [t[1:] for _ in range(10)]
        for _ in range(5000):
            t[0]
        assert same(tb.aliases(t), kept)


def test_the_environment_turns_it_on() -> None:
    run_child(
        """
        import numpy as np
        import tensorbridge as tb

        a = np.zeros(4)
        t, u = tb.from_numpy(a), tb.from_numpy(a[1:])
        found = tb.aliases(a)
        assert len(found) == 2
        assert len(tb.aliases(t)) == 1
        with tb.trace():
            pass
        assert len(tb.aliases(a)) == 2
        """,
        environment={"TENSORBRIDGE_TRACK": "1"},
    )


def test_tensors_that_are_made_as_ever_afterwards() -> None:
    with tb.trace():
        t = tb.zeros(4)
    u = tb.zeros(4)
    assert type(t) is type(u)
    gc.collect()
    assert (t + u).tolist() == [0, 0, 0, 0]
