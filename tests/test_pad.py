"""`pad` against NumPy, in its form and in PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from sources import layouts

MODES = {
    "constant": "constant",
    "edge": "replicate",
    "reflect": "reflect",
    "symmetric": "symmetric",
    "wrap": "circular",
}
LAYOUTS = layouts()


def expected(array: np.ndarray, widths: list[tuple[int, int]], mode: str) -> np.ndarray:
    """Each axis by the indices that its positions repeat, counted from the first element."""
    for axis, (before, after) in enumerate(widths):
        length = array.shape[axis]
        at = np.arange(-before, length + after)
        if mode == "edge" or (mode == "reflect" and length == 1):
            at = at.clip(0, length - 1)
        elif mode == "wrap":
            at = at % length
        elif mode == "symmetric":
            at = at % (2 * length)
            at = np.minimum(at, 2 * length - 1 - at)
        elif mode == "reflect":
            at = at % (2 * length - 2)
            at = np.minimum(at, 2 * length - 2 - at)
        array = np.take(array, at, axis)
    return array


@given(st.data(), st.sampled_from(list(MODES)), st.sampled_from(["?", "i1", "f2", "f8", "c8"]))
def test_every_mode(data, mode, dtype):
    shape = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    array = array.transpose(data.draw(st.permutations(range(len(shape)))))[..., ::-1]
    width = st.integers(0, 12)
    widths = [data.draw(st.tuples(width, width)) for _ in shape]
    t = tb.from_numpy(array)
    if mode == "constant":
        theirs = np.pad(array, widths, constant_values=1)
        ours = tb.pad(t, widths, value=1)
        torch = tb.pad(t, pad=[n for pair in reversed(widths) for n in pair], value=1)
    else:
        theirs = expected(array, widths, mode)
        ours = tb.pad(t, widths, mode)
        torch = tb.pad(t, pad=[n for pair in reversed(widths) for n in pair], mode=MODES[mode])
    assert ours.numpy().dtype == theirs.dtype
    np.testing.assert_array_equal(ours.numpy(), theirs)
    np.testing.assert_array_equal(torch.numpy(), theirs)


@pytest.mark.parametrize(
    "widths",
    [2, (1,), (1, 2), [[1, 2]], ((1, 2), (0, 3)), ((1,), (2,)), np.array([[1, 0], [2, 2]])],
)
@pytest.mark.parametrize("mode", MODES)
def test_every_form_of_widths(widths, mode):
    array = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(tb.pad(array, widths, mode).numpy(), np.pad(array, widths, mode))


def test_widths_by_axis():
    array = np.arange(6.0).reshape(2, 3)
    theirs = np.pad(array, ((0, 0), (1, 2)))
    np.testing.assert_array_equal(tb.pad(array, {-1: (1, 2)}).numpy(), theirs)
    np.testing.assert_array_equal(tb.pad(array, {0: 1}).numpy(), np.pad(array, ((1, 1), (0, 0))))


@pytest.mark.parametrize("values", [7, (1, 2), ((1, 2), (3, 4)), [[5], [6]], np.int8(3)])
def test_every_form_of_constants(values):
    array = np.zeros((2, 2), np.int8)
    theirs = np.pad(array, 2, constant_values=values)
    np.testing.assert_array_equal(tb.pad(array, 2, constant_values=values).numpy(), theirs)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout(name):
    array = LAYOUTS[name]
    t = tb.from_numpy(array)
    np.testing.assert_array_equal(tb.pad(t, 1).numpy(), np.pad(array, 1))
    if array.size:
        np.testing.assert_array_equal(tb.pad(t, 1, "wrap").numpy(), np.pad(array, 1, "wrap"))


def test_the_result_is_a_copy():
    array = np.ones(3)
    padded = tb.pad(array, 0)
    padded[0] = 5
    assert array[0] == 1


def test_negative_widths_of_pytorch_cut_off():
    array = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(
        tb.pad(array, pad=(-1, 1)).numpy(), np.pad(array[:, 1:], ((0, 0), (0, 1)))
    )
    assert tb.pad(array, pad=(0, 0, -2, -1)).shape == (0, 4)


def test_meta_and_bfloat16():
    assert tb.pad(tb.zeros(2, 3, device="meta"), 1, "reflect").shape == (4, 5)
    t = tb.tensor([1.0, 2.0], dtype=tb.bfloat16)
    assert tb.pad(t, 1, "wrap").tolist() == [2, 1, 2, 1]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda t: tb.pad(t, (1, 2, 3, 4)), ValueError, "PyTorch's list"),
        (lambda t: tb.pad(t, [(1, 2)] * 3), ValueError, "each of the 2 axes"),
        (lambda t: tb.pad(t, -1), ValueError, "cuts off"),
        (lambda t: tb.pad(t, 1.5), TypeError, "float"),
        (lambda t: tb.pad(t, iter([1, 2])), TypeError, "iterator"),
        (lambda t: tb.pad(t, 1, "linear_ramp"), ValueError, "np.pad"),
        (lambda t: tb.pad(t, 1, "edge", 3), ValueError, "has none"),
        (lambda t: tb.pad(t, 1, value=300), tb.RangeError, "300"),
        (lambda t: tb.pad(t, 1, value=2.5), TypeError, "2.5"),
        (lambda t: tb.pad(t, 1, value="a"), TypeError, "number"),
        (lambda t: tb.pad(t, pad=(1, 2, 3)), ValueError, "last axis first"),
        (lambda t: tb.pad(t, pad=(1,) * 6), ValueError, "at most 2 axes"),
        (lambda t: tb.pad(t, pad=(-3, 0)), ValueError, "cuts off more"),
        (lambda t: tb.pad(t), TypeError, "either"),
        (lambda t: tb.pad(t, 1, pad=(1, 1)), TypeError, "either"),
        (lambda t: tb.pad(t, {5: 1}), IndexError, "out of range"),
        (lambda t: tb.pad(t[:0], 1, "edge"), ValueError, "no elements"),
        (lambda t: tb.pad(t, 2**62), ValueError, "too"),
    ],
)
def test_what_cannot_be(call, error, words):
    with pytest.raises(error, match=words):
        call(tb.zeros(2, 2, dtype=tb.int8))
