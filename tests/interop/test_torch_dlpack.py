"""DLPack with PyTorch: memory in both directions, and what PyTorch does with what it is told."""

from __future__ import annotations

import gc
import signal
import sys
import weakref

import numpy as np
import pytest
import torch

import tensorbridge as tb
from capsules import POINTER, Table, exported, imported
from child import run_child
from partners import address

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "bfloat16", "float32", "float64", "complex64", "complex128",
]  # fmt: skip


def table(kind: type) -> Table:
    return Table.from_address(POINTER(kind.__dlpack_c_exchange_api__, b"dlpack_exchange_api"))


# --- in ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "offer",
    [
        lambda t: t,
        lambda t: t.__dlpack__(max_version=(1, 0)),
        lambda t: torch.utils.dlpack.to_dlpack(t),
    ],
    ids=["tensor", "versioned", "legacy"],
)
def test_in(dtype: str, offer) -> None:
    theirs = torch.zeros(2, 3, dtype=getattr(torch, dtype)).T
    ours = tb.from_dlpack(offer(theirs))
    assert ours.data_ptr() == theirs.data_ptr()
    assert ours.shape == tuple(theirs.shape)
    assert ours.stride() == theirs.stride()
    assert ours.dtype == getattr(tb, dtype)


def test_asarray_shares() -> None:
    theirs = torch.arange(3.0)
    assert tb.asarray(theirs).data_ptr() == theirs.data_ptr()
    assert tb.tensor(theirs).data_ptr() != theirs.data_ptr()


def test_writes_are_seen() -> None:
    theirs = torch.zeros(3)
    ours = tb.from_dlpack(theirs)
    ours.numpy()[1] = 5
    theirs[2] = 7
    assert theirs.tolist() == [0, 5, 7]
    assert ours.numpy().tolist() == [0, 5, 7]


def test_copies_are_single_and_ours() -> None:
    theirs = torch.arange(3.0)
    with tb.trace() as events:
        ours = tb.from_dlpack(theirs, copy=True)
    assert ours.data_ptr() != theirs.data_ptr()
    assert [(event.action, event.bytes) for event in events] == [("copied", 12)]


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1, 1)])
def test_edges_in(shape: tuple[int, ...]) -> None:
    theirs = torch.ones(shape)
    assert tb.from_dlpack(theirs).shape == shape
    assert tb.from_dlpack(theirs.__dlpack__()).shape == shape


def test_what_pytorch_refuses_to_forget() -> None:
    # Its exchange table forgets the first two, and `__dlpack__` the third.
    graph = torch.ones(2, requires_grad=True)
    conjugate = torch.tensor([1 + 2j]).conj()
    for theirs, word in [
        (graph, "require gradient"),
        (torch.nn.Parameter(torch.ones(2)), "require gradient"),
        (graph * 2, "require gradient"),
        (conjugate, "conjugate bit"),
        (conjugate.imag, "negative bit"),
        (torch.eye(2).to_sparse(), "strided"),
    ]:
        with pytest.raises(BufferError, match=word):
            tb.from_dlpack(theirs)
        with pytest.raises(BufferError, match=word):
            tb.asarray(theirs)
    assert tb.from_dlpack(graph.detach()).data_ptr() == graph.data_ptr()
    assert tb.from_dlpack(conjugate.resolve_conj()).numpy().tolist() == [1 - 2j]
    assert tb.from_dlpack(conjugate.imag.resolve_neg()).numpy().tolist() == [-2]


@pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
@pytest.mark.parametrize("dtype", ["float8_e4m3fn", "float8_e5m2", "complex32"])
def test_dtypes_that_no_tensor_has(dtype: str) -> None:
    theirs = torch.zeros(2, dtype=getattr(torch, dtype))
    with pytest.raises(BufferError, match="Unsupported dtype"):
        tb.from_dlpack(theirs)
    with pytest.raises((TypeError, BufferError)):
        tb.asarray(theirs)


def test_no_memory_no_tensor() -> None:
    with pytest.raises((BufferError, ValueError), match="meta"):
        tb.from_dlpack(torch.empty(2, device="meta"))
    with pytest.raises(BufferError, match="no data"):
        tb.from_dlpack(torch._efficientzerotensor(3))


@pytest.mark.filterwarnings("ignore:Accessing the data pointer of FakeTensor")
def test_fake_tensors_have_no_memory() -> None:
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():
        fake = torch.empty(4)
    with pytest.raises(BufferError, match="no data"):
        tb.from_dlpack(fake)


def test_subclasses_speak_for_themselves() -> None:
    class Other(torch.Tensor):
        def __dlpack__(self, **_: object) -> object:
            raise BufferError("ask me differently")

    with pytest.raises(BufferError, match="ask me differently"):
        tb.from_dlpack(torch.ones(2).as_subclass(Other))


# --- out -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
def test_out(dtype: str) -> None:
    theirs = torch.ones(2, 3, dtype=getattr(torch, dtype))
    ours = tb.from_dlpack(theirs)
    for offer in (ours, ours.__dlpack__(), ours.__dlpack__(max_version=(1, 0))):
        back = torch.from_dlpack(offer)
        assert back.data_ptr() == theirs.data_ptr()
        assert back.dtype == theirs.dtype
        assert torch.equal(back, theirs)


def test_out_keywords() -> None:
    array = np.arange(6.0).reshape(2, 3)
    ours = tb.from_numpy(array.T)
    assert torch.from_dlpack(ours, device="cpu").data_ptr() == address(array)
    assert torch.from_dlpack(ours, copy=False).stride() == (1, 3)
    copied = torch.from_dlpack(ours, copy=True)
    assert copied.data_ptr() != address(array)
    assert copied.tolist() == array.T.tolist()
    assert (
        torch.from_dlpack(tb.from_numpy(array[:, ::-1]), copy=True).tolist()
        == array[:, ::-1].tolist()
    )


def test_as_tensor_and_tensor() -> None:
    array = np.arange(6.0).reshape(2, 3)
    ours = tb.from_numpy(array)
    assert torch.as_tensor(ours).data_ptr() == address(array)
    assert torch.tensor(ours).tolist() == array.tolist()


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1, 1), (1,) * 64])
def test_edges_out(shape: tuple[int, ...]) -> None:
    back = torch.from_dlpack(tb.from_numpy(np.ones(shape)))
    assert tuple(back.shape) == shape


def test_strides_that_reach_nothing() -> None:
    assert torch.from_dlpack(tb.from_numpy(np.zeros((1, 3))[::-1])).shape == (1, 3)
    assert torch.from_dlpack(tb.from_numpy(np.zeros((4, 3))[0:0, ::-1])).shape == (0, 3)


def test_what_dlpack_cannot_say() -> None:
    packed = tb.from_numpy(np.zeros(4, "f8,f4")["f0"])
    with pytest.raises(BufferError, match="multiple of itemsize"):
        torch.from_dlpack(packed)
    assert torch.from_dlpack(packed, copy=True).tolist() == [0] * 4


def test_nested_deleters() -> None:
    # PyTorch frees its tensors detached from the interpreter, here below calls of ours that are
    # attached: every deleter has to find out for itself.
    class Watched(np.ndarray):
        pass

    for depth in range(2, 8):
        array = np.arange(3.0).view(Watched)
        alive = weakref.ref(array)
        buffer = bytearray(24)
        chain, other = tb.from_numpy(array), tb.frombuffer(buffer, dtype=tb.float64)
        for _ in range(depth):
            chain = tb.from_dlpack(torch.from_dlpack(chain))
            other = tb.from_dlpack(torch.from_dlpack(other))
        del array
        theirs = torch.from_dlpack(chain)
        del chain
        assert alive() is not None
        del theirs
        assert alive() is None
        with pytest.raises(BufferError):
            buffer.append(1)
        del other
        buffer.append(1)


def test_deleters_below_a_call_of_ours() -> None:
    array = np.arange(3.0)
    before = sys.getrefcount(array)
    # A copy releases its source inside the call.
    copied = tb.from_dlpack(torch.from_dlpack(tb.from_numpy(array)), copy=True)
    assert copied.numpy().tolist() == [0, 1, 2]
    assert sys.getrefcount(array) == before
    # So does a refusal.
    theirs = torch.from_dlpack(tb.from_numpy(array))
    capsule = theirs.view(torch.float8_e4m3fn).__dlpack__(max_version=(1, 0))
    del theirs
    with pytest.raises(BufferError, match="Unsupported dtype"):
        tb.from_dlpack(capsule)
    assert sys.getrefcount(array) == before


def test_lifetimes() -> None:
    class Watched(np.ndarray):
        pass

    array = np.arange(3.0).view(Watched)
    alive = weakref.ref(array)
    theirs = torch.from_dlpack(tb.from_dlpack(torch.from_dlpack(tb.from_numpy(array))))
    del array
    gc.collect()
    assert alive() is not None
    assert theirs.tolist() == [0, 1, 2]
    del theirs
    assert alive() is None

    theirs = torch.arange(3.0)
    alive = weakref.ref(theirs.untyped_storage())
    ours = tb.from_dlpack(theirs)
    back = ours.numpy()
    del theirs, ours
    assert back.tolist() == [0, 1, 2]


# --- the exchange API ----------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
def test_tables_meet(dtype: str) -> None:
    theirs = torch.zeros(2, 3, dtype=getattr(torch, dtype)).T
    ours = imported(table(tb.Tensor), exported(table(torch.Tensor), theirs))
    assert ours.data_ptr() == theirs.data_ptr()
    assert ours.stride() == theirs.stride()
    back = imported(table(torch.Tensor), exported(table(tb.Tensor), ours))
    assert back.data_ptr() == theirs.data_ptr()
    assert back.stride() == theirs.stride()


def test_tables_release() -> None:
    array = np.arange(3.0)
    ours = tb.from_numpy(array)
    before = sys.getrefcount(array)
    for _ in range(1_000):
        theirs = imported(table(torch.Tensor), exported(table(tb.Tensor), ours))
        tb.from_dlpack(theirs)
    del theirs
    assert sys.getrefcount(array) == before


# --- what PyTorch does, so that a change is noticed ------------------------------------------


def test_pytorch_ignores_the_read_only_flag() -> None:
    result = run_child(
        """
        import numpy as np, tensorbridge as tb, torch
        array = np.arange(3.0)
        theirs = torch.from_dlpack(tb.from_numpy(array, writable=False))
        theirs[0] = 9
        print(array.tolist())
        """
    )
    assert result.stdout == "[9.0, 1.0, 2.0]\n"


def test_pytorch_aborts_on_negative_strides() -> None:
    result = run_child(
        """
        import numpy as np, tensorbridge as tb, torch
        torch.from_dlpack(tb.from_numpy(np.arange(3.0)[::-1]))
        """,
        check=False,
    )
    assert result.returncode == -signal.SIGABRT
    assert "c10::Error" in result.stderr
    # NumPy's own export of such an array ends the same way.
    result = run_child(
        "import numpy as np, torch; torch.from_dlpack(np.arange(3.0)[::-1])", check=False
    )
    assert result.returncode == -signal.SIGABRT


def test_exit_with_everything_alive() -> None:
    result = run_child(
        """
        import numpy as np, tensorbridge as tb, torch
        theirs = torch.from_dlpack(tb.from_numpy(np.arange(3.0)))
        ours = tb.from_dlpack(torch.arange(3.0))
        capsules = ours.__dlpack__(), theirs.__dlpack__()
        both = torch.from_dlpack(ours), tb.from_dlpack(theirs)
        """
    )
    assert result.stderr == ""


def test_backward_in_another_thread_releases_ours() -> None:
    # The autograd engine drops saved tensors on threads of its own.
    array = np.arange(4.0)
    weight = torch.ones(4, dtype=torch.float64, requires_grad=True)
    before = sys.getrefcount(array)
    for _ in range(50):
        data = torch.from_dlpack(tb.from_numpy(array))
        (weight * data).sum().backward()
    del data
    gc.collect()
    assert sys.getrefcount(array) == before
    assert weight.grad is not None
    assert weight.grad.tolist() == (array * 50).tolist()
