"""Pickles: the elements and nothing else, shared where the protocol can share."""

from __future__ import annotations

import multiprocessing
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import tensorbridge as tb
from sources import layouts
from tensorbridge._pickle import rebuild_tensor_v1

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def same(a: tb.Tensor, b: tb.Tensor) -> bool:
    """Same dtype, shape and bytes of every element."""
    bits = lambda t: t.contiguous().reshape(-1).view(tb.uint8).tolist()  # noqa: E731
    return a.dtype == b.dtype and a.shape == b.shape and bits(a) == bits(b)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", layouts())
def test_every_layout_and_protocol(name: str, protocol: int) -> None:
    t = tb.from_numpy(layouts()[name])
    loaded = pickle.loads(pickle.dumps(t, protocol))
    assert same(loaded, t)
    assert not loaded.is_readonly
    frozen = pickle.loads(pickle.dumps(t.readonly(), protocol))
    assert same(frozen, t)
    assert frozen.is_readonly


@given(
    arrays.arrays(
        st.sampled_from(list("?bhiqBHIQefdFD")),
        arrays.array_shapes(min_dims=0, min_side=0),
    )
)
def test_every_dtype(array: np.ndarray) -> None:
    t = tb.from_numpy(array)
    assert same(pickle.loads(pickle.dumps(t)), t)


def test_bfloat16() -> None:
    t = tb.from_numpy(np.arange(5.0)).to(tb.bfloat16)
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(t, 5, buffer_callback=buffers.append)
    assert same(pickle.loads(data, buffers=buffers), t)
    assert same(pickle.loads(pickle.dumps(t, 2)), t)


@pytest.mark.parametrize("order", ["C", "F"])
def test_dense_memory_goes_out_of_band_as_it_is(order: str) -> None:
    array = np.zeros((300, 400), order=order)
    t = tb.from_numpy(array)
    buffers: list[pickle.PickleBuffer] = []
    with tb.trace() as events:
        data = pickle.dumps(t, 5, buffer_callback=buffers.append)
        loaded = pickle.loads(data, buffers=buffers)
    assert len(data) < 200
    assert loaded.data_ptr() == t.data_ptr()
    assert loaded.strides == t.strides
    assert not any(event.action == "copied" for event in events)
    array[0, 0] = 5
    assert loaded.select(0, 0).select(0, 0).item() == 5


def test_other_memory_is_made_dense_and_heard() -> None:
    t = tb.from_numpy(np.zeros((4, 6))[:, ::2])
    with tb.trace() as events:
        pickle.dumps(t)
    copies = [event for event in events if event.action == "copied"]
    assert [(event.operation, event.reasons) for event in copies] == [("pickle", ["layout"])]


def test_a_small_view_pickles_small() -> None:
    big = tb.from_numpy(np.zeros(100_000))
    for protocol in PROTOCOLS:
        assert len(pickle.dumps(big.narrow(0, 5, 3), protocol)) < 400


def test_read_only_buffers_give_read_only_tensors() -> None:
    t = tb.from_numpy(np.arange(3.0))
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(t, 5, buffer_callback=buffers.append)
    raw = bytes(buffers[0].raw())
    frozen = pickle.loads(data, buffers=[raw])
    assert frozen.is_readonly
    assert same(frozen, t)
    thawed = pickle.loads(data, buffers=[bytearray(raw)])
    assert not thawed.is_readonly
    thawed.fill_(7)
    assert t.tolist() == [0, 1, 2]


def test_meta() -> None:
    meta = tb.from_numpy(np.zeros((2, 3), np.int16)).to("meta")
    for protocol in PROTOCOLS:
        loaded = pickle.loads(pickle.dumps(meta, protocol))
        assert (loaded.device, loaded.dtype, loaded.shape) == ("meta", tb.int16, (2, 3))


@pytest.mark.parametrize(
    ("buffer", "dtype", "shape", "order", "error"),
    [
        (b"12345678", "float32", (3,), "C", ValueError),
        (b"12345678", "float32", (1,), "C", ValueError),
        (b"", "float32", (1,), "C", ValueError),
        (b"1234", "float32", (0,), "C", ValueError),
        (b"1234", "float32", (2**62, 2**62), "C", ValueError),
        (b"1234", "float32", (2**61,), "C", ValueError),
        (b"1234", "float32", (-1,), "C", OverflowError),
        (b"1234", "float32", (1,) * 65, "C", ValueError),
        (b"1234", "float32", (1.0,), "C", TypeError),
        (b"1234", "float32", (1,), "K", ValueError),
        (b"1234", "object", (1,), "C", TypeError),
        (b"1234", 7, (1,), "C", TypeError),
        ("1234", "uint8", (4,), "C", TypeError),
        ([1, 2], "uint8", (2,), "C", TypeError),
        (None, "float32", (2**62, 2**62), "C", ValueError),
        (memoryview(b"12345678")[::2], "uint8", (4,), "C", RuntimeError),
    ],
)
def test_hostile_pickles_are_errors(
    buffer: object, dtype: object, shape: object, order: object, error: type[Exception]
) -> None:
    with pytest.raises(error):
        rebuild_tensor_v1(buffer, dtype, shape, order)


def test_missing_buffers_are_an_error() -> None:
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(tb.from_numpy(np.arange(3.0)), 5, buffer_callback=buffers.append)
    with pytest.raises(pickle.UnpicklingError):
        pickle.loads(data)


def test_recorded_pickles_load_for_ever() -> None:
    recorded = (
        b"\x80\x02ctensorbridge._pickle\nrebuild_tensor_v1\n(c__builtin__\nbytearray\n"
        b"X\x06\x00\x00\x00\x01\x02\x03\x04\x05\x06X\x07\x00\x00\x00latin-1\x86R"
        b"X\x05\x00\x00\x00uint8K\x02K\x03\x86X\x01\x00\x00\x00FtR."
    )
    assert pickle.loads(recorded).tolist() == [[1, 3, 5], [2, 4, 6]]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_words_around_tensors(protocol: int) -> None:
    again = lambda thing: pickle.loads(pickle.dumps(thing, protocol))  # noqa: E731
    t = tb.from_numpy(np.zeros((2, 3)))
    for dtype in (tb.float32, tb.bfloat16, tb.bool):
        assert again(dtype) is dtype
    for device in (tb.device("cpu"), tb.device("cuda", 1)):
        assert again(device) == device
    assert again(tb.strided) is tb.strided
    assert again(tb.contiguous_format) is tb.contiguous_format
    assert again(t.shape) == t.shape
    assert type(again(t.shape)) is tb.Size
    assert again(t.size) == 6
    assert same(again({"a": [t, t]})["a"][1], t)


def double(t: tb.Tensor) -> tb.Tensor:
    """Runs in another process."""
    return t + t


def test_another_process() -> None:
    t = tb.from_numpy(np.arange(1000.0).reshape(10, 100)).T
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        [result] = pool.map(double, [t])
    np.testing.assert_array_equal(result.numpy(), t.numpy() * 2)
