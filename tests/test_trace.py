"""`trace()`: every crossing and every copy is an event; off, there are none."""

import threading

import numpy as np
import pytest

import tensorbridge as tb


def test_a_share_is_an_event():
    a = np.zeros((2, 3), np.float32)
    with tb.trace() as events:
        tb.from_numpy(a)
    assert len(events) == 1
    event = events[0]
    assert (event.action, event.operation) == ("shared", "from_numpy")
    assert (event.dtype, event.shape, event.bytes) == (tb.float32, (2, 3), 24)
    assert (event.reasons, event.why, event.origin) == ([], "", "numpy")
    assert event.seconds > 0


@pytest.mark.parametrize(
    ("make", "reasons"),
    [
        (lambda a: tb.tensor(a), ["requested"]),
        (lambda a: tb.asarray(a, dtype=tb.float64), ["cast"]),
        (lambda a: tb.asarray(a.astype(">f4")), ["byte order"]),
        (lambda a: tb.asarray([1, 2]), ["sequence"]),
        (lambda a: tb.tensor(a.astype(">f4"), dtype=tb.int8), ["requested", "byte order", "cast"]),
    ],
)
def test_a_copy_names_its_reasons(make, reasons):
    a = np.zeros(3, np.float32)
    with tb.trace() as events:
        result = make(a)
    copies = [event for event in events if event.action == "copied"]
    assert [event.reasons for event in copies] == [reasons]
    assert copies[0].bytes == result.nbytes
    assert len(copies[0].remedies) == len(reasons)
    assert all(copies[0].remedies)


def test_a_refusal_is_an_event():
    with tb.trace() as events, pytest.raises(tb.CopyError):
        tb.from_numpy(np.zeros(3, ">f4"))
    assert [(e.action, e.reasons) for e in events] == [("refused", ["byte order"])]


def test_a_dropped_subclass_is_named():
    class Tagged(np.ndarray):
        pass

    with tb.trace() as events:
        tb.from_numpy(np.zeros(3).view(Tagged))
    assert "Tagged" in events[0].note


def test_out_and_back():
    t = tb.ones(3)
    with tb.trace() as events:
        t.numpy()
        np.asarray(t)
    assert [e.action for e in events] == ["shared", "shared"]


def test_only_while_entered_and_nested():
    a = np.zeros(3)
    log = tb.trace()
    tb.from_numpy(a)
    with log:
        tb.from_numpy(a)
        with tb.trace() as inner:
            tb.from_numpy(a)
    tb.from_numpy(a)
    assert (len(log), len(inner)) == (2, 1)


def test_leaves_on_an_exception():
    log = tb.trace()
    with pytest.raises(ZeroDivisionError), log:
        raise ZeroDivisionError
    tb.from_numpy(np.zeros(3))
    assert len(log) == 0


def test_hears_other_threads():
    with tb.trace() as events:
        worker = threading.Thread(target=lambda: tb.from_numpy(np.zeros(3)))
        worker.start()
        worker.join()
    assert len(events) == 1


def test_is_a_sequence_that_prints():
    with tb.trace() as events:
        tb.from_numpy(np.zeros(3))
        tb.tensor(np.zeros(3))
    assert events[-1].operation == "tensor"
    assert [e.action for e in events[0:2]] == ["shared", "copied"]
    assert [e.action for e in events] == ["shared", "copied"]
    with pytest.raises(IndexError):
        events[2]
    lines = repr(events).splitlines()
    assert lines[0] == "2 events"
    assert "a copy was asked for" in lines[2]
