"""Views: NumPy's shapes, strides and values over the same memory, PyTorch's words when refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from sources import address


def shares(view: tb.Tensor, array: np.ndarray) -> None:
    """The view is exactly that NumPy view: same address, shape, strides, values."""
    ours = view.numpy()
    assert ours.shape == array.shape
    assert ours.dtype == array.dtype
    if array.size:
        assert address(ours) == address(array)
        for length, a, b in zip(array.shape, ours.strides, array.strides, strict=True):
            assert length == 1 or a == b
    np.testing.assert_array_equal(ours, array)


def row(t: tb.Tensor) -> tb.Tensor:
    return t.select(0, 0).select(0, 0)


def point(t: tb.Tensor) -> tb.Tensor:
    return row(t).select(0, 0)


@pytest.fixture
def array() -> np.ndarray:
    return np.arange(24, dtype=np.float32).reshape(2, 3, 4)


VIEWS = {
    "permute": (lambda t: t.permute(2, 0, 1), lambda a: a.transpose(2, 0, 1)),
    "permute tuple": (lambda t: t.permute((2, 0, -2)), lambda a: a.transpose(2, 0, 1)),
    "permute dims=": (lambda t: t.permute(dims=[2, 0, 1]), lambda a: a.transpose(2, 0, 1)),
    "transpose": (lambda t: t.transpose(0, -1), lambda a: a.swapaxes(0, 2)),
    "transpose of a list": (lambda t: t.transpose([2, 0, 1]), lambda a: a.transpose(2, 0, 1)),
    "transpose axes=": (lambda t: t.transpose(axes=(2, 0, 1)), lambda a: a.transpose(2, 0, 1)),
    "transpose of all": (lambda t: tb.transpose(t), lambda a: a.T),
    "swapaxes": (lambda t: t.swapaxes(np.int64(1), np.uint8(2)), lambda a: a.swapaxes(1, 2)),
    "T": (lambda t: t.T, lambda a: a.T),
    "mT": (lambda t: t.mT, lambda a: a.swapaxes(1, 2)),
    "mH": (lambda t: t.mH, lambda a: a.swapaxes(1, 2)),
    "adjoint": (lambda t: t.adjoint(), lambda a: a.swapaxes(1, 2)),
    "movedim": (lambda t: t.movedim((0, 1), (-1, 0)), lambda a: np.moveaxis(a, (0, 1), (-1, 0))),
    "moveaxis": (lambda t: t.moveaxis(0, 1), lambda a: np.moveaxis(a, 0, 1)),
    "flip": (lambda t: t.flip(0, 2), lambda a: np.flip(a, (0, 2))),
    "flip all": (lambda t: t.flip(), np.flip),
    "flip axis=": (lambda t: t.flip(axis=1), lambda a: np.flip(a, 1)),
    "fliplr": (lambda t: t.fliplr(), np.fliplr),
    "flipud": (lambda t: t.flipud(), np.flipud),
    "unsqueeze": (lambda t: t.unsqueeze(-1), lambda a: a[..., None]),
    "squeeze": (lambda t: t.unsqueeze(0).squeeze(), lambda a: a),
    "expand": (lambda t: t.expand(5, -1, 3, 4), lambda a: np.broadcast_to(a, (5, 2, 3, 4))),
    "expand_as": (
        lambda t: t.narrow(0, 0, 1).expand_as(t),
        lambda a: np.broadcast_to(a[:1], (2, 3, 4)),
    ),
    "broadcast_to": (
        lambda t: t.broadcast_to((2, 2, 3, 4)),
        lambda a: np.broadcast_to(a, (2, 2, 3, 4)),
    ),
    "view": (lambda t: t.view(6, -1), lambda a: a.reshape(6, 4)),
    "view size=": (lambda t: t.view(size=(24,)), lambda a: a.reshape(24)),
    "view of a flip": (lambda t: t.flip(0, 1, 2).view(4, 6), lambda a: np.flip(a).reshape(4, 6)),
    "view_as": (lambda t: t.view_as(tb.asarray(np.zeros((4, 6)))), lambda a: a.reshape(4, 6)),
    "view dtype": (lambda t: t.view(tb.int32), lambda a: a.view(np.int32)),
    "view numpy dtype": (lambda t: t.view(np.float64), lambda a: a.view(np.float64)),
    "view dtype=": (lambda t: t.view(dtype=tb.uint8), lambda a: a.view(np.uint8)),
    "reshape": (lambda t: t.reshape([3, 8]), lambda a: a.reshape(3, 8)),
    "reshape shape=": (lambda t: t.reshape(shape=-1), lambda a: a.reshape(-1)),
    "flatten": (lambda t: t.flatten(1), lambda a: a.reshape(2, 12)),
    "ravel": (lambda t: t.ravel(), lambda a: a.ravel()),
    "unflatten": (lambda t: t.unflatten(-1, (2, -1)), lambda a: a.reshape(2, 3, 2, 2)),
    "select": (lambda t: t.select(1, -1), lambda a: a[:, -1]),
    "narrow": (lambda t: t.narrow(2, -3, 2), lambda a: a[:, :, 1:3]),
    "diagonal": (lambda t: t.diagonal(1, 0, 2), lambda a: a.diagonal(1, 0, 2)),
    "diagonal axis1=": (
        lambda t: t.diagonal(offset=-1, axis1=1, axis2=2),
        lambda a: a.diagonal(-1, 1, 2),
    ),
    "unfold": (
        lambda t: t.unfold(2, 3, 1),
        lambda a: np.lib.stride_tricks.sliding_window_view(a, 3, 2),
    ),
    "as_strided": (
        lambda t: t.as_strided((3, 2), (-2, 1), 9),
        lambda a: np.lib.stride_tricks.as_strided(a.reshape(-1)[9:], (3, 2), (-8, 4)),
    ),
    "real": (lambda t: t.real, lambda a: a),
    "detach": (lambda t: t.detach(), lambda a: a),
    "data": (lambda t: t.data, lambda a: a),
}


@pytest.mark.parametrize("name", VIEWS)
def test_views_are_numpys(name: str, array: np.ndarray) -> None:
    ours, theirs = VIEWS[name]
    shares(ours(tb.from_numpy(array)), theirs(array))


@pytest.mark.parametrize("name", VIEWS)
def test_views_keep_the_permission(name: str, array: np.ndarray) -> None:
    assert VIEWS[name][0](tb.from_numpy(array, writable=False)).is_readonly


FUNCTIONS = {
    "permute_dims": (lambda t: tb.permute_dims(t, (2, 0, 1)), lambda a: a.transpose(2, 0, 1)),
    "permute": (lambda t: tb.permute(t, dims=(2, 0, 1)), lambda a: a.transpose(2, 0, 1)),
    "matrix_transpose": (tb.matrix_transpose, lambda a: a.swapaxes(1, 2)),
    "transpose": (lambda t: tb.transpose(t, 0, 1), lambda a: a.swapaxes(0, 1)),
    "moveaxis": (lambda t: tb.moveaxis(t, 0, -1), lambda a: np.moveaxis(a, 0, -1)),
    "movedim": (
        lambda t: tb.movedim(t, source=(0,), destination=(1,)),
        lambda a: np.moveaxis(a, 0, 1),
    ),
    "expand_dims": (lambda t: tb.expand_dims(t, axis=1), lambda a: np.expand_dims(a, 1)),
    "expand_dims tuple": (
        lambda t: tb.expand_dims(t, axis=(0, -1)),
        lambda a: np.expand_dims(a, (0, -1)),
    ),
    "unsqueeze": (lambda t: tb.unsqueeze(t, dim=0), lambda a: a[None]),
    "squeeze": (lambda t: tb.squeeze(tb.narrow(t, 0, 0, 1), axis=0), lambda a: a[0]),
    "squeeze dim=": (lambda t: tb.squeeze(tb.narrow(t, 0, 0, 1), dim=(0, 1)), lambda a: a[0]),
    "flip": (lambda t: tb.flip(t, axis=(0, 1)), lambda a: np.flip(a, (0, 1))),
    "flip dims": (lambda t: tb.flip(t, [0]), lambda a: np.flip(a, 0)),
    "flip all": (tb.flip, np.flip),
    "reshape": (lambda t: tb.reshape(t, (4, 6)), lambda a: a.reshape(4, 6)),
    "broadcast_to": (
        lambda t: tb.broadcast_to(t, (3, 2, 3, 4)),
        lambda a: np.broadcast_to(a, (3, 2, 3, 4)),
    ),
    "diagonal": (lambda t: tb.diagonal(t), lambda a: a.diagonal()),
    "flatten": (lambda t: tb.flatten(t, end_dim=1), lambda a: a.reshape(6, 4)),
    "narrow": (lambda t: tb.narrow(t, 0, 1, 1), lambda a: a[1:]),
    "select": (lambda t: tb.select(t, 0, 1), lambda a: a[1]),
    "as_strided": (
        lambda t: tb.as_strided(t, (2, 2), (1, 1)),
        lambda a: np.lib.stride_tricks.as_strided(a, (2, 2), (4, 4)),
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_numpys(name: str, array: np.ndarray) -> None:
    ours, theirs = FUNCTIONS[name]
    shares(ours(tb.from_numpy(array)), theirs(array))
    # Anything that can share its memory may stand there.
    shares(ours(array), theirs(array))


def test_pieces_are_views(array: np.ndarray) -> None:
    t = tb.from_numpy(array)
    for ours, theirs in [
        (t.unbind(1), [array[:, i] for i in range(3)]),
        (tb.unstack(t, axis=2), [array[:, :, i] for i in range(4)]),
        (t.split(3, dim=2), [array[:, :, :3], array[:, :, 3:]]),
        (t.split([1, 0, 2], 1), [array[:, :1], array[:, 1:1], array[:, 1:]]),
        (tb.split(t, 2, axis=2), [array[:, :, :2], array[:, :, 2:]]),
        (t.chunk(2, 1), [array[:, :2], array[:, 2:]]),
        (t.tensor_split(3, 2), np.array_split(array, 3, 2)),
        (t.tensor_split((1, -1), 2), np.array_split(array, (1, -1), 2)),
    ]:
        assert isinstance(ours, tuple)
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            shares(a, b)


def test_complex_parts_are_views() -> None:
    array = np.array([[1 + 2j, 3 - 4j], [5j, -6]], dtype=np.complex64)
    t = tb.from_numpy(array)
    shares(t.real, array.real)
    shares(t.imag, array.imag)
    shares(tb.real(t), array.real)
    shares(tb.imag(t), array.imag)
    shares(tb.view_as_real(t), array.view(np.float32).reshape(2, 2, 2))
    shares(tb.view_as_complex(tb.view_as_real(t)), array)
    assert t.H.tolist() == array.conj().T.tolist()
    assert t.mH.tolist() == array.conj().T.tolist()
    assert t.conj().tolist() == array.conj().tolist()
    assert t.H.data_ptr() != t.data_ptr()
    t.imag.fill_(7)
    assert array.imag.tolist() == [[7, 7], [7, 7]]
    real = tb.from_numpy(array.real)
    assert real.real is real
    with pytest.raises(RuntimeError, match="imag is not implemented for tensors with non-complex"):
        _ = real.imag
    with pytest.raises(RuntimeError, match="view_as_real is only supported for complex"):
        tb.view_as_real(real)
    with pytest.raises(RuntimeError, match="must have a last dimension with stride 1"):
        tb.view_as_complex(real)
    with pytest.raises(RuntimeError, match="must have a last dimension of size 2"):
        tb.view_as_complex(np.zeros(3))
    with pytest.raises(RuntimeError, match="view_as_complex is only supported for"):
        tb.view_as_complex(np.zeros(2, dtype=np.int64))


def test_a_reshape_copies_only_where_no_strides_can_say_it(array: np.ndarray) -> None:
    transposed = tb.from_numpy(array).T
    with tb.trace() as events:
        copied = transposed.reshape(-1)
        transposed.reshape(4, 3, 2)
        transposed.flatten()
        transposed.ravel()
    assert [event.action for event in events] == ["copied"] * 3
    assert [event.operation for event in events] == ["reshape", "flatten", "ravel"]
    assert all(event.reasons == ["layout"] for event in events)
    np.testing.assert_array_equal(copied.numpy(), array.T.reshape(-1))
    with pytest.raises(tb.CopyError):
        transposed.reshape(-1, copy=False)
    t = tb.from_numpy(array)
    assert t.reshape(-1, copy=False).data_ptr() == t.data_ptr()
    fresh = tb.reshape(t, (6, 4), copy=True)
    assert fresh.data_ptr() != t.data_ptr()
    np.testing.assert_array_equal(fresh.numpy(), array.reshape(6, 4))
    np.testing.assert_array_equal(
        tb.reshape(transposed, (-1,), copy=True).numpy(), array.T.reshape(-1)
    )


REFUSALS = [
    (lambda t: t.view(5), RuntimeError, r"shape '\[5\]' is invalid for input of size 24"),
    (lambda t: t.view(-1, -1), RuntimeError, "only one dimension can be inferred"),
    (lambda t: t.view(-2, 12), RuntimeError, "invalid shape dimension -2 at index 0"),
    (
        lambda t: t.narrow(0, 0, 0).view(0, -1),
        RuntimeError,
        "cannot reshape tensor of 0 elements into shape",
    ),
    (lambda t: t.reshape(5), ValueError, "is invalid for input of size 24"),
    (lambda t: t.T.view(-1), RuntimeError, "^view size is not compatible with input tensor's size"),
    (lambda t: t.view(), TypeError, "view"),
    (lambda t: t.view(2.0, 3), TypeError, "argument 'size'"),
    (lambda t: t.view("nonsense"), TypeError, "view"),
    (lambda t: t.T.view(tb.uint8), RuntimeError, r"self.stride\(-1\) must be 1"),
    (
        lambda t: t.narrow(2, 0, 3).view(tb.float64),
        RuntimeError,
        r"self.size\(-1\) must be divisible by 2",
    ),
    (lambda t: point(t).view(tb.uint8), RuntimeError, r"self.dim\(\) cannot be 0"),
    (lambda t: t.flatten(1, 0), RuntimeError, r"flatten\(\) has invalid args"),
    (lambda t: t.unflatten(2, (3, -1)), RuntimeError, "unflatten: Provided sizes"),
    (lambda t: t.unflatten(2, ()), RuntimeError, "unflatten: sizes must be non-empty"),
    (lambda t: t.permute(), TypeError, 'missing 1 required positional arguments: "dims"'),
    (lambda t: t.permute(0, 1), ValueError, "number of dimensions in the tensor input does not"),
    (lambda t: t.permute(0, 1, 1), ValueError, "permute"),
    (lambda t: t.transpose(0, 3), IndexError, r"expected to be in range of \[-3, 2\], but got 3"),
    (lambda t: t.t(), RuntimeError, r"t\(\) expects a tensor with <= 2 dimensions"),
    (lambda t: row(t).mT, RuntimeError, "tensor.mT is only supported on matrices"),
    (lambda t: t.H, RuntimeError, r"tensor.H is only supported on matrices \(2-D tensors\)"),
    (lambda t: t.movedim((0, 1), (0,)), ValueError, "movedim: Invalid source or destination dims"),
    (lambda t: t.movedim((0, 0), (0, 1)), ValueError, "movedim: repeated dim in `source`"),
    (lambda t: t.expand(3, 4), RuntimeError, "the number of sizes provided"),
    (lambda t: t.expand(5, 3, 4), RuntimeError, "The expanded size of the tensor"),
    (lambda t: t.expand(-1, 2, 3, 4), RuntimeError, "isn't allowed in a leading, non-existing"),
    (lambda t: t.broadcast_to((2, 3, 5)), ValueError, "The expanded size of the tensor"),
    (lambda t: t.unsqueeze(5), IndexError, r"expected to be in range of \[-4, 3\], but got 5"),
    (lambda t: t.unsqueeze(), TypeError, "missing"),
    (lambda t: tb.expand_dims(t, axis=4), IndexError, "Dimension out of range"),
    (lambda t: tb.squeeze(t, axis=0), ValueError, "cannot squeeze axis 0"),
    (lambda t: t.squeeze(0, axis=0), TypeError, "both `dim` and `axis`"),
    (lambda t: t.flip(0, -3), ValueError, "appears multiple times in the list of dims"),
    (lambda t: t.flip(3), IndexError, "Dimension out of range"),
    (lambda t: row(t).fliplr(), RuntimeError, "Input must be >= 2-d"),
    (lambda t: t.as_strided((25,), (1,)), RuntimeError, "are out of bounds for storage of size 96"),
    (lambda t: t.as_strided((2,), (-1,)), RuntimeError, "are out of bounds"),
    (lambda t: t.as_strided((2,), (2**62,)), RuntimeError, "are out of bounds"),
    (lambda t: t.as_strided((1,), (1,), -1), RuntimeError, "are out of bounds"),
    (lambda t: t.as_strided((2,), (1, 1)), RuntimeError, "mismatch in length of strides and shape"),
    (lambda t: t.as_strided((-2,), (1,)), RuntimeError, "negative dimension"),
    (lambda t: point(t).unbind(), IndexError, "tensor has no dimensions"),
    (lambda t: t.split(-1), RuntimeError, "split expects split_size be non-negative"),
    (lambda t: t.split(0), RuntimeError, "split_size can only be 0 if dimension size is 0"),
    (
        lambda t: t.split([1, 2]),
        RuntimeError,
        "split_with_sizes expects split_sizes to sum exactly",
    ),
    (lambda t: t.chunk(0), RuntimeError, "chunk expects `chunks` to be greater than 0, got: 0"),
    (lambda t: t.tensor_split(0), RuntimeError, "number of sections must be larger than 0, got 0"),
    (lambda t: t.select(0, 2), IndexError, r"select\(\): index 2 out of range for tensor of size"),
    (lambda t: point(t).select(0, 0), IndexError, r"select\(\) cannot be applied to a 0-dim"),
    (lambda t: t.narrow(0, 1, 2), RuntimeError, r"start \(1\) \+ length \(2\) exceeds dimension"),
    (lambda t: t.narrow(0, 3, 0), IndexError, "start out of range"),
    (lambda t: t.narrow(0, 0, -1), RuntimeError, r"narrow\(\): length must be non-negative"),
    (lambda t: t.diagonal(0, 1, 1), RuntimeError, "diagonal dimensions cannot be identical 1, 1"),
    (lambda t: t.unfold(2, 5, 1), RuntimeError, "maximum size for tensor at dimension 2 is 4"),
    (lambda t: t.view([0] * 65), ValueError, "number of dimensions"),
    (lambda t: t.view(2**70), OverflowError, "large"),
    (lambda t: t.reshape(2**62, 2**62), ValueError, "too many elements"),
]


@pytest.mark.parametrize("number", range(len(REFUSALS)))
def test_refusals_say_why(number: int, array: np.ndarray) -> None:
    call, error, words = REFUSALS[number]
    with pytest.raises(error, match=words):
        call(tb.from_numpy(array))


def test_0d_tensors_have_one_axis_where_pytorch_says_so() -> None:
    t = tb.from_numpy(np.array(3.0))
    for view in (t.transpose(0, -1), t.flip(0), t.squeeze(0), t.permute(()), t.view(()), t.T):
        assert tuple(view.shape) == ()
    assert tuple(t.flatten().shape) == (1,)
    assert tuple(t.view(1, 1).shape) == (1, 1)
    with pytest.raises(IndexError):
        t.transpose(0, 1)


def test_broadcasting_together() -> None:
    a, b = np.zeros((3, 1)), np.zeros(4)
    for pair in (tb.broadcast_arrays(a, b), tb.broadcast_tensors(tb.asarray(a), tb.asarray(b))):
        assert [tuple(part.shape) for part in pair] == [(3, 4), (3, 4)]
        assert pair[1].strides == (0, 8)
        with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
            pair[1].fill_(1)
    assert isinstance(tb.broadcast_arrays(a, b), tuple)
    assert tuple(tb.broadcast_shapes((3, 1), (4,), ())) == (3, 4)
    assert tuple(tb.broadcast_shapes()) == ()
    with pytest.raises(tb.ShapeError, match=r"\[2\].*\[3\]"):
        tb.broadcast_shapes((2,), (3,))
    with pytest.raises(RuntimeError, match="negative"):
        tb.broadcast_shapes((-1,))


@given(st.data())
def test_chains_of_views_are_numpys(data: st.DataObject) -> None:
    shape = tuple(data.draw(st.lists(st.integers(0, 4), max_size=4)))
    array = np.arange(int(np.prod(shape)), dtype=np.int16).reshape(shape)
    t = tb.from_numpy(array)
    for _ in range(data.draw(st.integers(0, 5))):
        ndim = array.ndim
        step = data.draw(st.sampled_from(["flip", "permute", "new", "squeeze", "diag", "reshape"]))
        if step == "flip" and ndim:
            axis = data.draw(st.integers(-ndim, ndim - 1))
            t, array = t.flip(axis), np.flip(array, axis)
        elif step == "permute":
            order = data.draw(st.permutations(range(ndim)))
            t, array = t.permute(*order) if order else t.permute(()), array.transpose(order)
        elif step == "new":
            axis = data.draw(st.integers(-ndim - 1, ndim))
            t, array = t.unsqueeze(axis), np.expand_dims(array, axis)
        elif step == "squeeze":
            t, array = t.squeeze(), np.squeeze(array)
        elif step == "diag" and ndim >= 2:
            offset = data.draw(st.integers(-3, 3))
            t, array = t.diagonal(offset, 0, -1), array.diagonal(offset, 0, -1)
        elif step == "reshape" and array.size:
            # As PyTorch, a copy only where there must be one; the values are NumPy's either way.
            t, array = t.reshape(-1, 1), array.reshape(-1, 1)
        assert tuple(t.shape) == array.shape
        np.testing.assert_array_equal(t.numpy(), array)
