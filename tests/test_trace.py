"""`trace()`: every crossing and every copy is an event; off, there are none."""

import inspect
import json
import logging
import threading
from pathlib import Path

import numpy as np
import pytest

import tensorbridge as tb
from child import run_child


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
    # Columns stand under one another.
    assert len({line.index("float64") for line in lines[1:]}) == 1


def here():
    return inspect.currentframe().f_back.f_lineno


def test_events_name_the_line_that_caused_them():
    with tb.trace() as events:
        line = here() + 1
        tb.from_numpy(np.zeros(3))
        np.unwrap(tb.arange(3.0))
    assert (events[0].file, events[0].line) == (__file__, line)
    assert {event.line for event in events[1:]} == {line + 1}
    assert Path(__file__).name + f":{line}" in repr(events)


def test_totals():
    with tb.trace() as events:
        tb.from_numpy(np.zeros(3))
        tb.from_numpy(np.zeros(2))
        tb.tensor(np.zeros(4))
    totals = events.totals()
    assert set(totals) == {"shared", "copied"}
    assert (totals["shared"]["count"], totals["shared"]["bytes"]) == (2, 40)
    assert (totals["copied"]["count"], totals["copied"]["bytes"]) == (1, 32)
    assert totals["copied"]["seconds"] > 0
    assert tb.trace().totals() == {}


def test_exports():
    with tb.trace() as events:
        tb.tensor(np.zeros((2, 3)))
        with pytest.raises(tb.CopyError):
            tb.from_numpy(np.zeros(3, ">f4"))
    copied, refused = json.loads(events.to_json())
    assert (copied["action"], copied["dtype"], copied["shape"]) == ("copied", "float64", [2, 3])
    assert (copied["bytes"], copied["reasons"], copied["file"]) == (48, ["requested"], __file__)
    assert (refused["action"], refused["dtype"]) == ("refused", None)
    slices = json.loads(events.to_chrome())["traceEvents"]
    assert [(s["name"], s["ph"], s["cat"]) for s in slices] == [
        ("tensor", "X", "copied"),
        ("from_numpy", "X", "refused"),
    ]
    assert slices[0]["ts"] <= slices[1]["ts"]
    assert slices[0]["dur"] > 0


def test_the_logger_is_told(caplog):
    with caplog.at_level(logging.DEBUG, logger="tensorbridge"), tb.trace(log=True) as events:
        tb.from_numpy(np.zeros(3))
        tb.tensor(np.zeros(3))
    tb.from_numpy(np.zeros(3))
    assert [(r.name, r.levelname) for r in caplog.records] == [
        ("tensorbridge", "DEBUG"),
        ("tensorbridge", "INFO"),
    ]
    assert "a copy was asked for" in caplog.messages[1]
    assert caplog.records[0].event.action == "shared"
    assert len(events) == 2


def test_a_process_can_be_traced_from_its_start():
    code = "import numpy as np; import tensorbridge as tb; tb.from_numpy(np.zeros(3))"
    for value, expected in (("1", 1), ("0", 0)):
        environment = {"TENSORBRIDGE_TRACE": value}
        lines = run_child(code, environment=environment).stderr.splitlines()
        heard = [line for line in lines if line.startswith("tensorbridge: shared")]
        assert len(heard) == expected
        assert not expected or "<string>:1" in heard[0]


def test_threads_are_told_without_a_deadlock():
    run_child(
        """
        import threading, numpy as np, tensorbridge as tb
        def work():
            for _ in range(300):
                tb.tensor(np.zeros(30_000))
        with tb.trace(log=True) as events:
            threads = [threading.Thread(target=work) for _ in range(4)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
        assert len(events) == 1200
        """
    )
