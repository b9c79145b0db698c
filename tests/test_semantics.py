"""The law, row by row: who shares, who copies, who refuses. Judged by addresses, not by words."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensorbridge as tb
from sources import WithArray, WithDict, WithInterface, address, layouts

ROOT = Path(__file__).parent.parent

SOURCES = {
    "ndarray": lambda array: array,
    "buffer": memoryview,
    "array_interface": WithInterface,
    "array_method": WithArray,
    "tensor": tb.from_numpy,
}
"""Ways to offer an array's memory. `__dlpack__` has tests of its own."""

DOORS = {
    "asarray": tb.asarray,
    "as_tensor": tb.as_tensor,
}
"""Doors that take `copy=`; `from_numpy` is the column `False`, `tensor` the column `True`."""

LAYOUTS = layouts()
ODD = ("misaligned", "record field")


@pytest.fixture(params=SOURCES)
def offer(request: pytest.FixtureRequest) -> Any:
    return SOURCES[request.param]


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest) -> Any:
    return DOORS[request.param]


def same_memory(tensor: tb.Tensor, array: np.ndarray) -> bool:
    """Same address, shape, strides and dtype: the very same elements.

    NumPy's own buffers name other strides where no element is reached by them.
    """
    reached = [axis for axis, length in enumerate(array.shape) if length != 1 and array.size]
    return (
        tensor.data_ptr() == address(array)
        and tuple(tensor.shape) == array.shape
        and all(tensor.strides[axis] == array.strides[axis] for axis in reached)
        and tensor.dtype == array.dtype
    )


def fresh(tensor: tb.Tensor, array: np.ndarray) -> bool:
    """Equal values in memory of its own, writable."""
    out = tensor.numpy()
    assert out.flags.writeable
    return not np.shares_memory(out, array) and np.array_equal(out, array)


def check_shared(offer: Any, door: Any, array: np.ndarray) -> None:
    assert same_memory(door(offer(array)), array)
    assert same_memory(door(offer(array), copy=False), array)
    assert fresh(door(offer(array), copy=True), array)
    assert fresh(tb.tensor(offer(array)), array)


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name not in ODD])
def test_native_memory_is_shared(offer: Any, door: Any, name: str) -> None:
    check_shared(offer, door, LAYOUTS[name])
    assert same_memory(tb.from_numpy(LAYOUTS[name]), LAYOUTS[name])


@pytest.mark.parametrize("name", ODD)
def test_odd_memory_is_shared(offer: Any, door: Any, name: str) -> None:
    check_shared(offer, door, LAYOUTS[name])
    assert same_memory(tb.from_numpy(LAYOUTS[name]), LAYOUTS[name])


def test_writes_are_seen_on_both_sides(offer: Any, door: Any) -> None:
    array = np.zeros(3, dtype=np.float32)
    tensor = door(offer(array))
    array[0] = 1
    tensor.numpy()[1] = 2
    assert array.tolist() == tensor.numpy().tolist() == [1, 2, 0]


def frozen() -> np.ndarray:
    array = np.arange(3, dtype=np.float32)
    array.flags.writeable = False
    return array


def test_read_only_memory_is_shared_read_only(offer: Any, door: Any) -> None:
    array = frozen()
    for tensor in (door(offer(array)), door(offer(array), copy=False), tb.from_numpy(array)):
        assert same_memory(tensor, array)
        assert tensor.is_readonly
        assert not tensor.numpy().flags.writeable
    assert fresh(door(offer(array), copy=True), array)
    assert fresh(tb.tensor(offer(array)), array)


def test_read_only_memory_asked_writable(offer: Any, door: Any) -> None:
    array = frozen()
    assert fresh(door(offer(array), writable=True), array)
    assert fresh(door(offer(array), writable=True, copy=True), array)
    with pytest.raises(tb.CopyError, match="read-only"):
        door(offer(array), writable=True, copy=False)
    with pytest.raises(tb.CopyError, match="read-only"):
        tb.from_numpy(array, writable=True)


def test_writable_memory_asked_read_only(offer: Any, door: Any) -> None:
    array = np.zeros(3, dtype=np.float32)
    for tensor in (
        door(offer(array), writable=False),
        door(offer(array), writable=False, copy=False),
        tb.from_numpy(array, writable=False),
    ):
        assert same_memory(tensor, array)
        assert tensor.is_readonly
    assert door(offer(array), writable=False, copy=True).is_readonly


@pytest.mark.parametrize("dtype", [">f4", ">i2", ">c8"])
def test_other_byte_order(offer: Any, door: Any, dtype: str) -> None:
    if offer is tb.from_numpy:
        offer = SOURCES["ndarray"]
    if offer is memoryview and dtype == ">c8":
        offer = WithInterface
    array = np.arange(6).reshape(2, 3).T.astype(dtype)
    assert fresh(door(offer(array)), array)
    assert fresh(door(offer(array), copy=True), array)
    assert fresh(tb.tensor(offer(array)), array)
    assert door(offer(array)).dtype == array.dtype.newbyteorder("=")
    with pytest.raises(tb.CopyError, match="byte order"):
        door(offer(array), copy=False)
    with pytest.raises(tb.CopyError, match="byte order"):
        tb.from_numpy(array)


def test_single_bytes_have_no_order(door: Any) -> None:
    array = np.arange(3, dtype=">u1")
    assert door(array).data_ptr() == tb.from_numpy(array).data_ptr() == address(array)


def test_cast(offer: Any, door: Any) -> None:
    array = np.arange(3, dtype=np.float32)
    assert fresh(door(offer(array), dtype=tb.float64), array)
    assert fresh(door(offer(array), dtype=tb.float64, copy=True), array)
    assert door(offer(array), dtype=tb.float64).dtype == tb.float64
    assert fresh(tb.tensor(offer(array), dtype=tb.int16), array)
    assert same_memory(door(offer(array), dtype=tb.float32, copy=False), array)
    with pytest.raises(tb.CopyError, match=r"float32.*float64"):
        door(offer(array), dtype=tb.float64, copy=False)


def test_transfer(offer: Any, door: Any) -> None:
    array = np.zeros((2, 3), dtype=np.float32)
    for copy in (None, True):
        meta = door(offer(array), device="meta", copy=copy)
        assert (meta.device, tuple(meta.shape), meta.dtype) == ("meta", (2, 3), tb.float32)
    assert same_memory(door(offer(array), device="cpu", copy=False), array)
    with pytest.raises(tb.CopyError, match="meta"):
        door(offer(array), device="meta", copy=False)
    with pytest.raises(NotImplementedError, match="Cannot copy out of meta tensor; no data!"):
        door(door(array, device="meta"), device="cpu")


def test_devices_that_cannot_be_used(offer: Any, door: Any) -> None:
    for source in (offer(np.zeros(3)), [1, 2]):
        with pytest.raises(tb.DeviceError, match="NVIDIA"):
            door(source, device="cuda")
        with pytest.raises(tb.DeviceError, match="NVIDIA"):
            tb.tensor(source, device="cuda:0")


def test_self_overlapping_memory(offer: Any, door: Any) -> None:
    array = LAYOUTS["overlapping"]
    check_shared(offer, door, array)
    assert not door(offer(array)).is_readonly


@pytest.mark.parametrize(
    "make",
    [
        lambda: [1.5, 2.5],
        lambda: (1.5, 2.5),
        lambda: 1.5,
        lambda: np.float64(1.5),
        lambda: (x + 0.5 for x in range(2)),
        lambda: [np.arange(2.0), np.arange(2.0)],
        lambda: range(3),
    ],
    ids=["list", "tuple", "float", "numpy scalar", "generator", "list of arrays", "range"],
)
def test_values_are_copied(door: Any, make: Any) -> None:
    expected = np.array(list(made) if hasattr(made := make(), "send") else made)
    for tensor in (door(make()), door(make(), copy=True), tb.tensor(make())):
        assert np.array_equal(tensor.numpy(), expected)
        assert not tensor.is_readonly
    with pytest.raises(tb.CopyError, match="can't alias arbitrary sequence into a tensor"):
        door(make(), copy=False)
    with pytest.raises(TypeError, match=r"expected np.ndarray \(got "):
        tb.from_numpy(make())


UNSUPPORTED = {
    "object": np.array([1, None], dtype=object),
    "text": np.array(["a"]),
    "bytes": np.array([b"a"]),
    "datetime": np.array(["2020-01-01"], dtype="M8[s]"),
    "timedelta": np.array([1], dtype="m8[s]"),
    "longdouble": np.zeros(2, dtype=np.longdouble),
    "clongdouble": np.zeros(2, dtype=np.clongdouble),
    "structured": np.zeros(2, dtype=[("x", "f4")]),
    "void": np.zeros(2, dtype="V4"),
    "recarray": np.rec.array([(1, 2.0)], dtype=[("x", "i4"), ("y", "f4")]),
    "nothing": np.zeros(2, dtype=[]),
}
REMEDIES = {
    "object": "astype",
    "text": "parse",
    "bytes": "parse",
    "datetime": r'a.view\("i8"\)',
    "timedelta": r'a.view\("i8"\)',
    "longdouble": "np.float64",
    "clongdouble": "np.complex128",
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_no_tensor_holds_is_refused(door: Any, name: str) -> None:
    array = UNSUPPORTED[name]
    words = f"can't convert np.ndarray of type .*{REMEDIES.get(name, 'field')}"
    for copy in (None, False, True):
        with pytest.raises(TypeError, match=words):
            door(array, copy=copy)
    for refuse in (tb.from_numpy, tb.tensor):
        with pytest.raises(TypeError, match=words):
            refuse(array)
    with pytest.raises(TypeError, match="can't convert"):
        door(WithInterface(array))
    with pytest.raises(TypeError, match="can't convert"):
        door(WithArray(array))


@pytest.mark.parametrize("mask", [False, [True, False]])
def test_masked_arrays_are_refused(door: Any, mask: Any) -> None:
    array = np.ma.masked_array([1.0, 2.0], mask=mask)
    for copy in (None, False, True):
        with pytest.raises(TypeError, match=r"MaskedArray.*a\.filled\(0\)"):
            door(array, copy=copy)
    with pytest.raises(TypeError, match=r"a\.filled\(0\)"):
        tb.from_numpy(array)
    interface = np.zeros(2).__array_interface__ | {"mask": np.zeros(2, dtype=bool)}
    with pytest.raises(TypeError, match="mask"):
        door(WithDict(interface))


@pytest.mark.parametrize("order", ["C", "F"])
def test_copies_keep_dense_order(door: Any, order: str) -> None:
    array = np.asarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4), order=order)
    for tensor in (tb.tensor(array), door(array, copy=True), door(array, dtype=tb.int64)):
        assert np.array_equal(tensor.numpy(), array)
        assert tensor.numpy().flags.f_contiguous == (order == "F")
    permuted = array.transpose(2, 0, 1)
    assert tb.tensor(permuted).strides == permuted.copy(order="K").strides


@pytest.mark.parametrize("name", ["negative", "sliced", "zero", "record field"])
def test_copies_of_gapped_memory_are_c(name: str) -> None:
    tensor = tb.tensor(LAYOUTS[name])
    assert tensor.is_contiguous()
    assert np.array_equal(tensor.numpy(), LAYOUTS[name])


def test_a_tensor_that_is_already_right_is_returned_itself(door: Any) -> None:
    tensor = tb.from_numpy(np.zeros(3))
    assert door(tensor) is tensor
    assert door(tensor, dtype=tb.float64, device="cpu", copy=False) is tensor
    assert door(tensor, writable=False) is not tensor
    assert tb.tensor(tensor) is not tensor


def test_every_crossing_is_one_event(offer: Any) -> None:
    array = np.zeros((2, 3), dtype=np.float32)
    source = offer(array)
    with tb.trace() as events:
        tb.asarray(source)
        tb.asarray(source, dtype=tb.float64, copy=True)
        with pytest.raises(tb.CopyError):
            tb.asarray(source, dtype=tb.float64, copy=False)
    assert [(e.action, e.operation, e.reasons) for e in events] == [
        ("shared", "asarray", []),
        ("copied", "asarray", ["requested", "cast"]),
        ("refused", "asarray", ["cast"]),
    ]
    assert [e.bytes for e in events] == [24, 48, 0]


def test_a_sequence_of_arrays_is_one_event() -> None:
    with tb.trace() as events:
        tb.asarray([np.zeros(3), tb.from_numpy(np.zeros(3)), memoryview(np.zeros(3))])
    copied = [event for event in events if event.operation == "asarray"]
    assert [(e.action, e.reasons, e.bytes) for e in copied] == [("copied", ["sequence"], 72)]


# SEMANTICS.md is part of the law: every row names a test, and every test exists.


def defined_tests() -> set[str]:
    names = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                names.add(node.name)
    for path in (ROOT / "crates").rglob("*.rs"):
        if "target" not in path.parts:
            names.update(re.findall(r"#\[test\]\s*(?:#\[.*\]\s*)*fn (\w+)", path.read_text()))
    return names


def law_rows() -> list[tuple[str, str]]:
    """The first and the last cell of every row of every table whose last column is "test"."""
    rows = []
    judged = False
    for line in (ROOT / "SEMANTICS.md").read_text().splitlines():
        if not line.startswith("|"):
            judged = False
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if set(cells[0]) <= set("-: ") and cells[0]:
            continue
        if not judged:
            judged = cells[-1] == "test"
            continue
        rows.append((cells[0], cells[-1]))
    return rows


def test_every_row_of_the_law_names_an_existing_test() -> None:
    defined = defined_tests()
    rows = law_rows()
    assert len(rows) > 40
    for subject, cell in rows:
        names = re.findall(r"`(\w+)`", cell)
        assert names, f"no test is named for: {subject}"
        for name in names:
            assert name in defined, f"{name}, named for {subject!r}, does not exist"
