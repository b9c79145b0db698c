"""`no_copies()`: a copy becomes an error at the line that would make it, before it is made."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import tensorbridge as tb

a = np.arange(6.0).reshape(2, 3)
t = tb.from_numpy(a)
places = tb.tensor([0, 1])

#: Copies that nobody asked for, by their reason.
IMPLICIT = {
    "the operation needs dense memory": lambda: t.T.reshape(-1),
    "the bytes are in the other byte order": lambda: tb.asarray(a.astype(">f8")),
    "float64 was asked for as float32": lambda: tb.asarray(a, dtype=tb.float32),
    "a sequence has no memory": lambda: tb.asarray([1.0, 2.0]),
    "an index array picks": lambda: t[places],
    "overlap in memory": lambda: tb.add(t[:, :2], 1, out=t[:, 1:]),
    "writable tensor was asked for": lambda: tb.asarray(
        np.broadcast_to(a, (2, 2, 3)), writable=True
    ),
}

#: Copies that were asked for.
EXPLICIT = [
    lambda: tb.tensor(a),
    lambda: t.clone(),
    lambda: tb.asarray(a, copy=True),
    lambda: t.to(tb.float32),
    lambda: t.float(),
    lambda: tb.zeros(2, 3).copy_(t.float()),
    lambda: tb.zeros(2, 3).__setitem__(0, tb.ones(3)),
]

#: What shares, or computes.
FREE = [
    lambda: tb.from_numpy(a[::-1, ::2]),
    lambda: tb.asarray(a),
    lambda: t.T.numpy(),
    lambda: t.reshape(3, 2),
    lambda: t + t,
    lambda: t.sum(),
    lambda: t[1:, ::2],
]


@pytest.mark.parametrize("why", IMPLICIT)
def test_a_copy_that_nobody_asked_for_is_an_error(why):
    before = a.copy()
    with tb.no_copies(), pytest.raises(tb.CopyError, match=why) as caught:
        IMPLICIT[why]()
    assert "inside `no_copies()`" in str(caught.value)
    assert (a == before).all()
    a[...] = before
    IMPLICIT[why]()
    a[...] = before


@pytest.mark.parametrize("call", EXPLICIT)
def test_a_copy_that_was_asked_for(call):
    with tb.no_copies():
        call()
    with tb.no_copies(explicit=True), pytest.raises(tb.CopyError):
        call()


@pytest.mark.parametrize("call", FREE)
def test_what_copies_nothing(call):
    with tb.no_copies(explicit=True):
        call()


def test_promotion_is_a_copy():
    with (
        tb.no_copies(),
        pytest.raises(tb.CopyError, match="the operation computes int32 as float64"),
    ):
        t + tb.ones(2, 3, dtype=tb.int32)


def test_scopes_nest_and_end_with_an_exception():
    guard = tb.no_copies()
    with pytest.raises(ZeroDivisionError), guard, guard, tb.no_copies(explicit=True):
        raise ZeroDivisionError
    t.T.reshape(-1)
    t.clone()
    guard.__exit__()  # One too many changes nothing.
    t.T.reshape(-1)


def test_other_threads_copy():
    done = []
    with tb.no_copies():
        worker = threading.Thread(target=lambda: done.append(t.T.reshape(-1)))
        worker.start()
        worker.join()
    assert len(done) == 1


def test_a_write_that_was_forbidden_wrote_nothing():
    target = tb.zeros(3)
    with tb.no_copies(explicit=True):
        for write in (
            lambda: target.copy_(tb.ones(3)),
            lambda: target.__setitem__(slice(None), tb.ones(3)),
            lambda: target.__setitem__([0, 1], tb.ones(2)),
        ):
            with pytest.raises(tb.CopyError):
                write()
    assert target.tolist() == [0, 0, 0]
