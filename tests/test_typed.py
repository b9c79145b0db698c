"""PyTorch's types of one dtype, whole storages, and what is left out on purpose."""

import numpy as np
import pytest

import tensorbridge as tb

TYPES = {
    tb.BoolTensor: tb.bool,
    tb.ByteTensor: tb.uint8,
    tb.CharTensor: tb.int8,
    tb.ShortTensor: tb.int16,
    tb.IntTensor: tb.int32,
    tb.LongTensor: tb.int64,
    tb.HalfTensor: tb.float16,
    tb.BFloat16Tensor: tb.bfloat16,
    tb.FloatTensor: tb.float32,
    tb.DoubleTensor: tb.float64,
    tb.ComplexFloatTensor: tb.complex64,
    tb.ComplexDoubleTensor: tb.complex128,
}


@pytest.mark.parametrize(("kind", "dtype"), TYPES.items(), ids=lambda x: getattr(x, "__name__", ""))
def test_a_typed_tensor_is_a_tensor_of_that_dtype(kind, dtype):
    made = kind([1, 0, 1])
    assert type(made) is tb.Tensor
    assert made.dtype == dtype
    assert isinstance(made, kind)
    assert tb.ones(2, dtype=tb.uint8).type(kind).dtype == dtype
    assert [t for t in TYPES if isinstance(made, t)] == [kind]
    assert kind(2, 3).shape == (2, 3)
    assert kind().shape == (0,)
    assert not isinstance(np.zeros(2), kind)


def test_the_whole_storage_is_shared():
    a = np.arange(6.0)
    view = tb.from_numpy(a)[1:3]
    storage = view.storage()
    assert storage.numpy().ctypes.data == a.ctypes.data
    assert storage.shape == (6,)
    assert view.untyped_storage().shape == (48,)
    storage[1] = 40.0
    assert a[1] == 40.0
    assert tb.from_numpy(np.broadcast_to(np.float32(3), (2, 2))).storage().is_readonly


@pytest.mark.parametrize("name", ["resize_", "set_", "share_memory_", "pin_memory"])
def test_what_would_move_memory_is_absent_and_says_why(name):
    t = tb.ones(2)
    assert not hasattr(t, name)
    with pytest.raises(AttributeError, match="never moves"):
        getattr(t, name)
    with pytest.raises(RuntimeError, match="hint:"):
        getattr(t, name)()
