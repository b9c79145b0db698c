"""DLPack with JAX, whose arrays never change and whose memory is aligned to 64 bytes."""

from __future__ import annotations

import gc
import weakref

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import tensorbridge as tb
from partners import address

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "bfloat16", "float32", "float64", "complex64", "complex128",
]  # fmt: skip


def aligned(shape: tuple[int, ...], dtype: str = "f4", offset: int = 0) -> np.ndarray:
    """An array whose address is ``offset`` past a multiple of 64."""
    count = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.zeros(count + 128, "u1")
    start = -address(raw) % 64 + offset
    array = raw[start : start + count].view(dtype).reshape(shape)
    array[...] = np.arange(array.size).reshape(shape)
    return array


@pytest.mark.parametrize("dtype", DTYPES)
def test_in(dtype: str) -> None:
    theirs = jnp.ones((2, 3), dtype)
    for ours in (tb.from_dlpack(theirs), tb.asarray(theirs)):
        assert ours.data_ptr() == theirs.unsafe_buffer_pointer()
        assert ours.dtype == getattr(tb, dtype)
        assert ours.shape == (2, 3)
        # JAX hands out capsules that cannot say it, and its arrays must not be written.
        assert ours.is_readonly


def test_copies_may_be_written() -> None:
    theirs = jnp.arange(3.0)
    ours = tb.from_dlpack(theirs, copy=True)
    assert not ours.is_readonly
    ours.numpy()[0] = 9
    assert theirs.tolist() == [0, 1, 2]


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1, 1)])
def test_edges(shape: tuple[int, ...]) -> None:
    theirs = jnp.ones(shape)
    assert tb.from_dlpack(theirs).shape == shape
    assert jnp.from_dlpack(tb.from_numpy(np.ones(shape))).shape == shape


def test_dtypes_that_no_tensor_has() -> None:
    with pytest.raises(BufferError, match="Unsupported dtype"):
        tb.from_dlpack(jnp.ones(2, "float8_e4m3fn"))
    with pytest.raises(TypeError, match="float8_e4m3fn"):
        tb.asarray(jnp.ones(2, "float8_e4m3fn"))


def test_tracers_have_no_memory() -> None:
    def function(x):
        with pytest.raises(Exception, match=r"(?i)trace"):
            tb.from_dlpack(x)
        return x

    jax.jit(function)(jnp.ones(2))


def test_out_shares_aligned_memory() -> None:
    array = aligned((2, 3))
    theirs = jnp.from_dlpack(tb.from_numpy(array))
    assert theirs.unsafe_buffer_pointer() == address(array)
    assert theirs.tolist() == array.tolist()
    # Memory of our own is always aligned.
    ours = tb.from_dlpack(array, copy=True)
    assert jnp.from_dlpack(ours).unsafe_buffer_pointer() == ours.data_ptr()
    transposed = jnp.from_dlpack(tb.from_numpy(array.T))
    assert transposed.tolist() == array.T.tolist()


def test_out_copies_other_memory() -> None:
    array = aligned((2, 3), offset=4)
    theirs = jnp.from_dlpack(tb.from_numpy(array))
    assert theirs.unsafe_buffer_pointer() != address(array)
    assert theirs.tolist() == array.tolist()
    with pytest.raises(ValueError, match="not aligned to 64 bytes"):
        jnp.from_dlpack(tb.from_numpy(array), copy=False)


@pytest.mark.parametrize("view", [np.s_[:, ::2], np.s_[:, ::-1]], ids=str)
def test_jax_takes_no_gaps(view) -> None:
    ours = tb.from_numpy(aligned((2, 3))[view])
    with pytest.raises(Exception, match="trivial"):
        jnp.from_dlpack(ours)
    dense = tb.from_dlpack(ours, copy=True)
    assert jnp.from_dlpack(dense).tolist() == ours.numpy().tolist()


def test_jax_asks_for_capsules_that_cannot_say_read_only() -> None:
    # The same refusal as NumPy's for its own read-only arrays.
    array = aligned((2, 3))
    array.flags.writeable = False
    with pytest.raises(BufferError, match="readonly"):
        jnp.from_dlpack(array)
    with pytest.raises(BufferError, match=r"readonly.*copy=True"):
        jnp.from_dlpack(tb.from_numpy(array))
    copied = tb.from_dlpack(array, copy=True)
    assert jnp.from_dlpack(copied).tolist() == array.tolist()


def test_lifetimes() -> None:
    class Watched(np.ndarray):
        pass

    array = aligned((2, 3)).view(Watched)
    alive = weakref.ref(array)
    theirs = jnp.from_dlpack(tb.from_numpy(array))
    del array
    gc.collect()
    assert alive() is not None
    assert theirs.tolist() == [[0, 1, 2], [3, 4, 5]]
    del theirs
    gc.collect()
    assert alive() is None

    ours = tb.from_dlpack(jnp.arange(3.0))
    gc.collect()
    assert ours.numpy().tolist() == [0, 1, 2]
