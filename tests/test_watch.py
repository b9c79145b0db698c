"""`watch`: whether bytes changed, where, and by whom."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from sources import layouts

LAYOUTS = layouts()


def operations(change: Any) -> list[str]:
    return [write.operation for write in change.writes]


def test_nothing_changed() -> None:
    a = np.arange(6.0)
    t = tb.from_numpy(a)
    with tb.watch(a, t) as changes:
        t + a
        t.sum()
        np.sin(t)
    assert not changes
    assert [change.name for change in changes] == ["a", "t"]
    assert all(not change and change.writes == () for change in changes)
    assert "a: unchanged" in str(changes)


def test_an_operation_of_tensorbridge() -> None:
    a = np.zeros((3, 4))
    t = tb.from_numpy(a)
    with tb.watch(a) as changes:
        t[1] = 5.0
    (change,) = changes
    assert changes
    assert change
    assert (change.count, change.size, str(change.where)) == (4, 12, "[1, 0:4]")
    assert change.where.ranges == ((4, 8),)
    assert change.where.exact
    assert (change.first.index, change.first.old, change.first.new) == ((1, 0), 0.0, 5.0)
    assert change.last.index == (1, 3)
    assert not change.by_others
    (write,) = change.writes
    assert (write.operation, write.times, write.elements) == ("[] =", 1, 4)
    assert write.caller.code == "t[1]"
    assert write.caller.file == __file__
    assert f"by tensorbridge: `t[1]`, test_watch.py:{write.caller.line}" in str(changes)


def test_something_else() -> None:
    a = np.zeros(6)
    t = tb.from_numpy(a)
    with tb.watch(t) as changes:
        a[2:4] = 1
    (change,) = changes
    assert change.by_others
    assert (change.others.count, str(change.others)) == (2, "[2:4]")
    assert change.writes == ()
    assert "by something other than tensorbridge: 2 elements" in str(change)


def test_both() -> None:
    a = np.zeros((4, 6))
    t = tb.from_numpy(a)
    with tb.watch(a) as changes:
        t[:, 0].add_(1)
        a[2, 3] = 7
        t[0].sub_(1)
    (change,) = changes
    assert operations(change) == ["add_", "sub_"]
    assert [write.elements for write in change.writes] == [3, 5]
    assert (change.others.count, str(change.others)) == (1, "[2, 3]")
    assert (change.count, str(change.where)) == (9, "within [0:4, 0:6]")


@pytest.mark.parametrize(
    ("write", "operation"),
    [
        (lambda t, a: t.add_(1), "add_"),
        (lambda t, a: t.fill_(3), "fill_"),
        (lambda t, a: t.copy_(tb.ones(4)), "copy_"),
        (lambda t, a: t.zero_(), "zero_"),
        (lambda t, a: t.masked_fill_(t > 0, 9), "masked_fill_"),
        (lambda t, a: t.uniform_(), "uniform_"),
        (lambda t, a: t.sort_(), "sort_"),
        (lambda t, a: t.index_add_(0, tb.asarray([0]), tb.ones(1)), "index_add_"),
        (lambda t, a: t.put_(tb.asarray([0]), tb.ones(1)), "put_"),
        (lambda t, a: tb.add(t, 1, out=t), "add"),
        (lambda t, a: tb.add(t, 1, out=a), "add"),
        (lambda t, a: tb.sum(t.unsqueeze(0), axis=0, out=t * 0), ""),
        (lambda t, a: np.add(t, 1, out=t), "add"),
        (lambda t, a: np.add(a, tb.ones(4), out=a), "add"),
        (lambda t, a: np.copyto(t, tb.ones(4)), "copyto"),
        (lambda t, a: tb.cumulative_sum(t, out=t), "cumulative_sum"),
    ],
)
def test_operations_are_named(write: Any, operation: str) -> None:
    if operation == "cumulative_sum" and not hasattr(tb, "cumulative_sum"):
        pytest.skip("not built yet")
    a = np.array([4, 3, 2, 1], np.float32)
    t = tb.from_numpy(a)
    with tb.watch(a) as changes:
        write(t, a)
    assert operations(changes[0])[:1] == ([operation] if operation else [])
    assert not changes[0].by_others
    if operation:
        assert changes[0].writes[0].caller.file == __file__


def test_operators_are_named() -> None:
    a = np.ones(4)
    t = tb.from_numpy(a)
    with tb.watch(a) as changes:
        t += 1
        t *= 2
        a -= tb.ones(4, dtype=tb.float64)
        t[::2] = 3
        t[[1]] = 4
    assert operations(changes[0]) == ["+=", "*=", "-=", "[] =", "[] ="]
    codes = [write.caller.code for write in changes[0].writes]
    assert codes[:2] == ["t += 1", "t *= 2"]


def test_writes_through_every_alias() -> None:
    a = np.zeros(10)
    with tb.watch(a, parts=a[::2]) as changes:
        tb.from_numpy(a[3:5]).fill_(1)
        tb.from_dlpack(tb.from_numpy(a))[9] = 1
        tb.frombuffer(memoryview(a), dtype=tb.float64)[0] = 1
    whole, parts = changes
    assert [write.elements for write in whole.writes] == [2, 1, 1]
    assert not whole.by_others
    assert str(whole.where) == "[0 and 3:5 and 9]"
    assert (parts.count, str(parts.where)) == (2, "[0 and 2]")


def test_writes_of_what_was_there() -> None:
    t = tb.ones(4)
    with tb.watch(t) as changes:
        t.fill_(1)
    assert not changes
    assert operations(changes[0]) == ["fill_"]
    assert "written with what was there: `t.fill_(1)`" in str(changes)


def test_bits_are_what_counts() -> None:
    a = np.array([0.0, np.nan])
    with tb.watch(a) as changes:
        a[0] = -0.0
    assert changes[0].count == 1
    with tb.watch(a) as changes:
        a[1] = np.nan
    assert not changes
    truth = np.array([1, 1], np.uint8).view(bool)
    with tb.watch(truth) as changes:
        truth.view(np.uint8)[0] = 2
    assert changes[0].count == 1


@given(st.sampled_from(sorted(LAYOUTS)), st.data())
def test_every_layout(name: str, data: st.DataObject) -> None:
    array = layouts()[name]
    if not array.size or not array.flags.writeable:
        return
    with np.errstate(all="ignore"):
        places = data.draw(
            st.lists(st.tuples(*[st.integers(0, n - 1) for n in array.shape]), max_size=4)
        )
        before = array.copy()
        with tb.watch(array) as changes:
            for place in places:
                array[place] = 1 if array[place] != 1 else 0
    raw = [x.tobytes() for x in before.reshape(-1)]
    now = [x.tobytes() for x in array.copy().reshape(-1)]
    different = [i for i, (x, y) in enumerate(zip(raw, now, strict=True)) if x != y]
    (change,) = changes
    assert change.count == change.others.count == len(different)
    assert [i for start, end in change.where.ranges for i in range(start, end)] == different
    if different:
        assert change.first.index == np.unravel_index(different[0], array.shape)
        assert change.last.index == np.unravel_index(different[-1], array.shape)
        assert change.first.old == before[change.first.index]
        assert change.first.new == array[change.first.index]
        for axis, parts in enumerate(change.where.axes):
            listed = sorted(i for part in parts for i in range(part.start, part.stop, part.step))
            hit = {int(np.unravel_index(i, array.shape)[axis]) for i in different}
            assert listed == sorted(hit)


def test_rhythms() -> None:
    a = np.zeros((10, 10))
    with tb.watch(a) as changes:
        a[1:9:2, ::3] = 1
    assert str(changes[0].where) == "[1:8:2, 0:10:3]"
    assert changes[0].where.axes == ((slice(1, 8, 2),), (slice(0, 10, 3),))


def test_checks_inside() -> None:
    a = np.zeros(3)
    with tb.watch(a) as changes:
        assert len(changes) == 0
        assert "nothing compared yet" in str(changes)
        assert not changes.check()
        a[0] = 1
        assert changes.check()["a"].count == 1
        a[0] = 0
        assert not changes.check()
        a[1] = 1
    assert changes[0].count == 1
    a[2] = 1
    assert changes.check()[0].count == 1
    with pytest.raises(KeyError):
        changes["b"]
    with pytest.raises(RuntimeError, match="entered once"), changes:
        pass


def test_an_exception_inside() -> None:
    a = np.zeros(3)
    changes = tb.watch(a)

    def work() -> None:
        with changes:
            a[0] = 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert changes[0].count == 1


def test_watches_nest() -> None:
    a, t = np.zeros(3), tb.zeros(3)
    with tb.watch(a, t) as outer:
        a[0] = 1
        with tb.watch(a, t) as inner:
            t[1] = 1
        t[2] = 1
    assert [change.count for change in outer] == [1, 2]
    assert [change.count for change in inner] == [0, 1]
    assert [len(change.writes) for change in (inner[1], outer[1])] == [1, 2]


def test_threads_are_heard() -> None:
    t = tb.zeros(1 << 16)

    def work() -> None:
        t[:10].fill_(1)
        t.add_(1)

    with tb.watch(t) as changes:
        thread = threading.Thread(target=work, name="painter")
        thread.start()
        thread.join()
    assert [write.caller.thread for write in changes[0].writes] == ["painter", "painter"]
    assert operations(changes[0]) == ["fill_", "add_"]
    assert "on thread painter" in str(changes)


def test_many_writes_are_counted() -> None:
    t = tb.zeros(4)
    with tb.watch(t) as changes:
        for _ in range(1000):
            t.add_(1)
    (write,) = changes[0].writes
    assert (write.times, write.elements) == (1000, 4)
    assert "1,000 times" in str(write)
    wide = tb.zeros(10_000)
    with tb.watch(wide) as changes:
        for place in range(10_000):
            wide[place] = 1
    assert changes[0].count == 10_000
    assert changes[0].missed > 0
    assert not changes[0].by_others
    assert "more than could be kept" in str(changes)


def test_read_only_objects_change_through_others() -> None:
    a = np.zeros(3)
    guarded = tb.from_numpy(a).readonly()
    with tb.watch(guarded) as changes:
        a[0] = 1
    assert changes[0].count == 1
    assert changes[0].by_others


def test_what_has_no_bytes() -> None:
    with tb.watch(np.zeros((0, 3)), tb.zeros(())) as changes:
        pass
    assert [change.size for change in changes] == [0, 1]
    assert not changes
    with (
        pytest.raises(tb.DeviceError, match=r"no bytes.*hint"),
        tb.watch(tb.ones(3, device="meta")),
    ):
        pass
    with pytest.raises(ValueError, match="something to watch"):
        tb.watch()
    with pytest.raises((TypeError, tb.CopyError)), tb.watch([1, 2]):
        pass


def test_a_single_element() -> None:
    a = np.zeros(())
    with tb.watch(a) as changes:
        a[...] = 2
    assert str(changes[0].where) == "the element"
    assert "first []: 0.0 became 2.0" in str(changes)


def test_every_dtype() -> None:
    for dtype in (
        tb.bool,
        tb.int8,
        tb.uint64,
        tb.float16,
        tb.bfloat16,
        tb.complex64,
        tb.complex128,
    ):
        t = tb.zeros(3, dtype=dtype)
        with tb.watch(t) as changes:
            t[1] = 1
        assert (changes[0].count, changes[0].last.new) == (1, 1)


def test_overlapping_elements_are_counted_each() -> None:
    a = np.zeros(3)
    windows = np.lib.stride_tricks.sliding_window_view(a, 2)
    with tb.watch(windows) as changes:
        a[1] = 1
    assert changes[0].count == 2


def test_source_that_is_not_at_hand() -> None:
    t = tb.zeros(3)
    with tb.watch(t) as changes:
        exec(compile("t.add_(1)", "<nowhere>", "exec"), {"t": t})
    (write,) = changes[0].writes
    assert (write.operation, write.caller.code, write.caller.file) == ("add_", "", "<nowhere>")
    assert "`add_`, <nowhere>:1" in str(changes)


def test_watching_is_no_copy_that_anybody_hears() -> None:
    a = np.zeros((3, 4))[:, ::2]
    with tb.no_copies(explicit=True), tb.trace() as events, tb.watch(a) as changes:
        a[0] = 1
    assert changes[0].count == 2
    assert [event.action for event in events if event.action != "shared"] == []


def test_memory_is_let_go() -> None:
    raw = bytearray(16)
    with tb.watch(raw) as changes:
        raw[3] = 1
        with pytest.raises(BufferError):
            raw.append(0)
    raw.append(0)
    assert changes[0].count == 1
