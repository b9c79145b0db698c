"""`with tb.casting(rule)`: which assignments and casts obey it, and where it ends."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import tensorbridge as tb

ASSIGNMENTS = [
    lambda t, v: t.__setitem__(..., v),
    lambda t, v: t.__setitem__(0, v[0]),
    lambda t, v: t.__setitem__(slice(0, 2), v),
    lambda t, v: t.__setitem__(tb.tensor([0, 1]), v),
    lambda t, v: t.__setitem__(tb.tensor([True, True]), v),
    lambda t, v: t.__setitem__(0, v.tolist()[0]),
    lambda t, v: t.__setitem__(..., v.tolist()),
    lambda t, v: t.__setitem__(..., tuple(v.tolist())),
    lambda t, v: t.__setitem__(..., v.numpy()),
    lambda t, v: t.__setitem__(..., iter(v.tolist())),
    lambda t, v: t.copy_(v),
    lambda t, v: t.fill_(v[0]),
    lambda t, v: t.fill_(v[0].item()),
    lambda t, v: t.masked_fill_(tb.tensor([True, False]), v[0]),
    lambda t, v: t.masked_fill_(tb.tensor([True, False]), v[0].item()),
    lambda t, v: t.index_fill_(0, tb.tensor([0]), v[0].item()),
    lambda t, v: t.index_copy_(0, tb.tensor([0, 1]), v),
    lambda t, v: t.index_put_((tb.tensor([0, 1]),), v),
    lambda t, v: t.masked_scatter_(tb.tensor([True, True]), v),
]

CASTS = [
    lambda v: v.to(tb.float32),
    lambda v: v.float(),
    lambda v: v.type(tb.float32),
    lambda v: v.astype(tb.float32),
    lambda v: tb.astype(v, tb.float32),
    lambda v: tb.asarray(v, dtype=tb.float32),
    lambda v: tb.as_tensor(v, dtype=tb.float32),
    lambda v: tb.tensor(v, dtype=tb.float32),
    lambda v: tb.tensor(v.tolist(), dtype=tb.float32),
    lambda v: tb.tensor(v.tolist()),
]

inexact = tb.tensor([0.1, 1.0], dtype=tb.float64)
exact = tb.tensor([0.5, 1.0], dtype=tb.float64)


@pytest.mark.parametrize("assign", ASSIGNMENTS)
def test_a_scope_rules_assignments(assign):
    target = tb.full((2,), 9.0)
    with tb.casting("exact"):
        with pytest.raises(tb.InexactError):
            assign(target, inexact)
        assert target.tolist() == [9, 9]
        assign(target, exact)
        assert target[0] == 0.5
    assign(target, inexact)
    assert target[0] == tb.tensor(0.1)


@pytest.mark.parametrize("cast", CASTS)
def test_a_scope_rules_casts(cast):
    with tb.casting("exact"):
        with pytest.raises(tb.InexactError):
            cast(inexact)
        assert cast(exact).tolist() == [0.5, 1]
    assert cast(inexact).dtype == tb.float32


def test_the_keyword_wins():
    with tb.casting("exact"):
        assert inexact.to(tb.float32, casting="unsafe").dtype == tb.float32
        assert tb.asarray(inexact, dtype=tb.float32, casting="same_kind").dtype == tb.float32
        assert tb.tensor([0.1], casting="unsafe").dtype == tb.float32
        assert tb.zeros(2).copy_(inexact, casting="same_kind")[0] == tb.tensor(
            0.1, casting="unsafe"
        )
        with pytest.raises(tb.InexactError):
            tb.zeros(2).copy_(inexact, casting=None)
    with tb.casting("unsafe"), pytest.raises(tb.InexactError):
        inexact.to(tb.float32, casting="exact")


def test_arithmetic_and_out_have_rules_of_their_own():
    with tb.casting("exact"):
        assert (inexact + tb.ones(2)).dtype == tb.float64
        assert tb.add(inexact, 1, out=tb.zeros(2)).dtype == tb.float32
        t = tb.ones(2)
        t += inexact
        assert tb.zeros(3).tolist() == [0, 0, 0]
        assert tb.full((2,), 0.1).dtype == tb.float32
        assert tb.linspace(0, 1, 7).dtype == tb.float32
        assert np.add(tb.ones(2, dtype=tb.bfloat16), 0.1).dtype == tb.bfloat16
        assert np.cumsum(tb.tensor([1, 2**60 + 1]), dtype=tb.float64)[1] == 2.0**60
        # What tells of casts makes them.
        assert (
            tb.exactness(inexact, tb.float32).first.becomes
            == tb.tensor(0.1, casting="unsafe").item()
        )
        assert tb.show_float(0.1, tb.float16).exact.startswith("0.09997")


def test_scopes_nest_and_end_with_exceptions():
    def refuses():
        try:
            inexact.float()
        except tb.InexactError:
            return True
        return False

    scope = tb.casting("exact")
    assert not refuses()
    with scope as entered:
        assert entered is scope
        assert refuses()
        with tb.casting("unsafe"):
            assert not refuses()
            with scope:
                assert refuses()
            assert not refuses()
            with pytest.raises(KeyError), tb.casting("exact"):
                raise KeyError
            assert not refuses()
        assert refuses()
    assert not refuses()
    assert repr(scope) == "casting('exact')"


def test_a_scope_is_of_its_thread():
    seen = []

    def elsewhere():
        seen.append(inexact.float().dtype)
        with tb.casting("safe"):
            try:
                inexact.float()
            except TypeError:
                seen.append("refused")
            inside.set()
            done.wait(10)

    inside, done = threading.Event(), threading.Event()
    with tb.casting("exact"):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        assert inside.wait(10)
        with pytest.raises(tb.InexactError):
            inexact.float()
        done.set()
        thread.join()
    assert seen == [tb.float32, "refused"]
    assert inexact.float().dtype == tb.float32
