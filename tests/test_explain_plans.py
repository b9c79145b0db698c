"""`explain(obj, …)` predicts what `asarray(obj, …)` then does, over facts and wishes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb

frozen = np.arange(6.0).reshape(2, 3)
frozen.flags.writeable = False

SOURCES = {
    "ndarray": lambda: np.arange(6.0).reshape(2, 3)[::-1],
    "read-only": lambda: frozen,
    "swapped": lambda: np.arange(6, dtype=">i4"),
    "record field": lambda: np.zeros(3, "f8,f4")["f0"],
    "memoryview": lambda: memoryview(bytearray(8)),
    "bytes": lambda: b"abcd",
    "tensor": lambda: tb.arange(6, dtype=tb.int16),
    "read-only tensor": lambda: tb.from_numpy(frozen),
    "meta": lambda: tb.empty(3, device="meta"),
    "list": lambda: [[1, 2], [3, 4]],
    "tuple": lambda: (1.5, 2.5),
    "number": lambda: 3,
    "complex": lambda: 1j,
    "numpy number": lambda: np.float16(2.5),
    "range": lambda: range(5),
    "text": lambda: np.array(["a"]),
    "objects": lambda: np.array([None]),
    "dates": lambda: np.zeros(2, "M8[s]"),
    "masked": lambda: np.ma.masked_array([1, 2], [True, False]),
    "structured": lambda: np.zeros(2, "i4,f4"),
}
WISHES = [
    {"dtype": dtype, "copy": copy, "writable": writable}
    for dtype, copy, writable in itertools.product(
        (None, tb.float32, tb.int64), (None, True, False), (None, True, False)
    )
]


def attempt(function, source, wishes):
    """The result of a call, or the exception that it raised."""
    try:
        return function(source, **wishes)
    except (ValueError, TypeError, RuntimeError) as error:
        return error


@pytest.mark.parametrize("name", SOURCES)
def test_predictions_come_true(name):
    make = SOURCES[name]
    for wishes in WISHES:
        plan = tb.explain(make(), **wishes)
        source = make()
        with tb.trace() as events:
            result = attempt(tb.asarray, source, wishes)
        if isinstance(result, Exception):
            refused = [event for event in events if event.action == "refused"]
            said = refused[-1].reasons if refused else [type(result).__name__]
            assert (plan.action, list(plan.reasons)) == ("refuse", said), (wishes, plan)
            continue
        made = [event for event in events if event.action in ("shared", "copied")][-1]
        expected = {"shared": "share", "copied": "copy"}[made.action]
        assert plan.action == expected, (wishes, plan)
        assert list(plan.reasons) == made.reasons, (wishes, plan)
        assert plan.writable == (not result.is_readonly)
        if plan.dtype is not None:
            assert plan.dtype == result.dtype
        if plan.shape is not None:
            assert plan.shape == tuple(result.shape)
        if plan.action == "copy":
            assert plan.bytes in (None, result.nbytes)
            assert plan.bytes is not None or name in ("list", "tuple", "range")
        else:
            assert plan.bytes == 0


def test_nothing_is_done():
    with tb.trace() as events:
        tb.explain(np.ones(1000), copy=True)
        tb.explain(np.ones(1000, ">f8"))
        tb.explain([1, 2, 3])
    assert not [event for event in events if event.action == "copied" and event.bytes > 8]


def test_iterators_are_not_consumed():
    items = iter([1, 2])
    plan = tb.explain(items)
    assert (plan.action, plan.bytes, plan.shape) == ("copy", None, None)
    assert list(items) == [1, 2]


DTYPES = [*tb.__array_namespace_info__().dtypes().values(), tb.float16]


@pytest.mark.parametrize("source", DTYPES, ids=str)
@pytest.mark.parametrize("target", DTYPES, ids=str)
def test_which_casts_keep_every_value(source, target):
    # NumPy's "safe" is the same question, but for integers beyond a float's significand.
    ours = tb.can_cast(source, target, casting="exact")
    theirs = np.can_cast(np.dtype(source), np.dtype(target), "safe")
    beyond = source.name in ("int64", "uint64") and (target.is_floating_point or target.is_complex)
    assert ours == (theirs and not beyond)


@given(st.sampled_from(DTYPES), st.sampled_from(DTYPES))
def test_values_can_change(source, target):
    plan = tb.explain(tb.zeros(3, dtype=source), dtype=target)
    assert plan.values_can_change == (not tb.can_cast(source, target, casting="exact"))
    for rule in ("safe", "same_kind"):
        refused = not tb.can_cast(source, target, casting=rule)
        assert (rule in plan.refused_by) == refused
        if refused:
            with pytest.raises(TypeError):
                tb.asarray(tb.zeros(3, dtype=source), dtype=target, casting=rule)
    assert (plan.harmful == "yes") == plan.values_can_change


def test_it_prints_well():
    text = str(tb.explain(np.zeros((1000, 1000)), dtype=tb.float32))
    assert text.splitlines()[0] == "would copy: float32 (1000, 1000)"
    for part in (
        "4,000,000 bytes",
        "float64 was asked for as float32",
        "Harmful: yes",
        "leave out `dtype=` to share",
    ):
        assert part in text
    assert repr(tb.explain(np.zeros(3))).startswith("would share: float64 (3,)")
    assert "would be refused" in str(tb.explain(np.array([None])))


def test_expected_time_grows_with_the_bytes():
    small, large = (tb.explain(np.zeros(n), copy=True) for n in (10, 10_000_000))
    assert small.seconds < large.seconds
    assert tb.explain(np.zeros(10)).seconds < 1e-5


def test_wishes_that_make_no_sense_are_errors():
    with pytest.raises(TypeError):
        tb.explain(np.zeros(3), dtype="no such dtype")
    with pytest.raises(RuntimeError):
        tb.explain(np.zeros(3), device="no such device")
