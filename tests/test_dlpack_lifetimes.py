"""How long memory that crosses by DLPack lives, and who releases it: once, on any thread."""

from __future__ import annotations

import gc
import sys
import threading
import weakref

import numpy as np
import pytest

import tensorbridge as tb
from capsules import Managed
from child import run_child
from partners import Foreign, address, array_from, versioned_capsule


class Watched(np.ndarray):
    """An array that weak references can watch."""


def watched(count: int = 3) -> tuple[np.ndarray, weakref.ref]:
    array = np.arange(count, dtype="f8").view(Watched)
    return array, weakref.ref(array)


@pytest.mark.parametrize("versioned", [False, True])
def test_an_unconsumed_capsule_holds_and_frees(versioned: bool) -> None:
    array, alive = watched()
    capsule = tb.from_numpy(array).__dlpack__(max_version=(1, 0) if versioned else None)
    del array
    assert alive() is not None
    del capsule
    assert alive() is None


def test_every_order_of_deletion() -> None:
    from itertools import permutations

    for order in permutations(range(4)):
        array, alive = watched()
        tensor = tb.from_dlpack(Foreign(array))
        back = array_from(tensor)
        things = [array, tensor, back, tb.from_dlpack(back)]
        del array, tensor, back
        for index in order:
            assert alive() is not None
            things[index] = None
        del things
        assert alive() is None


def test_a_chain_of_crossings_unwinds() -> None:
    array, alive = watched()
    tensor = tb.from_dlpack(Foreign(array))
    for _ in range(200):
        tensor = tb.from_dlpack(Foreign(array_from(tensor)))
    assert tensor.data_ptr() == address(array)
    del array
    assert alive() is not None
    del tensor
    assert alive() is None


def test_reference_counts_return() -> None:
    array = np.arange(3.0)
    foreign = Foreign(array)
    tensor = tb.from_numpy(array)
    before = (sys.getrefcount(array), sys.getrefcount(foreign), sys.getrefcount(tensor))
    for _ in range(10_000):
        tb.from_dlpack(array)
        tb.from_dlpack(array.__dlpack__())
        array_from(tensor)
        tensor.__dlpack__()
        with pytest.raises(BufferError):
            tensor.__dlpack__(dl_device=(99, 0))
    for _ in range(100):
        tb.from_dlpack(foreign)
    foreign.asked.clear()
    gc.collect()
    assert (sys.getrefcount(array), sys.getrefcount(foreign), sys.getrefcount(tensor)) == before


def test_a_hundred_thousand_crossings_leak_nothing() -> None:
    run_child(
        """
        import gc, numpy as np, tensorbridge as tb
        from partners import array_from, versioned_capsule

        def resident():
            with open("/proc/self/statm") as file:
                return int(file.read().split()[1]) * 4096

        array = np.zeros((2, 3, 4))
        tensor = tb.from_numpy(array)

        def cross(count):
            for _ in range(count):
                tb.from_dlpack(versioned_capsule(array))
                array_from(tensor)
                tensor.__dlpack__()

        cross(10_000)
        gc.collect()
        before = resident()
        cross(100_000)
        gc.collect()
        grown = resident() - before
        assert grown < 1 << 20, grown
        """
    )


def test_threads() -> None:
    array = np.arange(1000.0)
    tensor = tb.from_numpy(array)
    before = sys.getrefcount(array)
    errors: list[BaseException] = []
    start = threading.Barrier(8)

    def work() -> None:
        try:
            start.wait()
            for _ in range(2_000):
                back = tb.from_dlpack(versioned_capsule(array_from(tensor)))
                assert back.data_ptr() == tensor.data_ptr()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert sys.getrefcount(array) == before


def test_one_capsule_and_many_threads() -> None:
    for _ in range(50):
        managed = Managed()
        capsule = managed.capsule()
        start = threading.Barrier(4)
        won: list[object] = []

        def work(capsule=capsule, start=start, won=won) -> None:
            start.wait()
            try:
                won.append(tb.from_dlpack(capsule))
            except RuntimeError:
                won.append(None)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(tensor is not None for tensor in won) == 1
        won.clear()
        assert managed.released == 1


def test_release_on_another_thread() -> None:
    managed = Managed()
    holder = [tb.from_dlpack(managed.capsule())]
    thread = threading.Thread(target=holder.clear)
    thread.start()
    thread.join()
    assert managed.released == 1


def test_deleter_called_by_a_thread_that_python_does_not_know() -> None:
    # A consumer in another language releases without holding the interpreter.
    run_child(
        """
        import ctypes, weakref
        import numpy as np, tensorbridge as tb
        from capsules import opened, DELETER
        from test_dlpack_lifetimes import watched

        array, alive = watched()
        capsule = tb.from_numpy(array).__dlpack__(max_version=(1, 0))
        managed = opened(capsule)
        address, deleter = ctypes.addressof(managed), managed.deleter
        assert ctypes.pythonapi.PyCapsule_SetName(ctypes.py_object(capsule), b"used_dltensor_versioned") == 0
        del capsule, array
        assert alive() is not None

        library = ctypes.CDLL(None)
        thread = ctypes.c_ulong()
        # A native thread runs the deleter while this one waits without the interpreter.
        assert library.pthread_create(ctypes.byref(thread), None, ctypes.c_void_p(deleter), ctypes.c_void_p(address)) == 0
        assert library.pthread_join(thread, None) == 0
        assert alive() is None
        """
    )


def test_interpreter_exit() -> None:
    # Everything still alive when the interpreter goes: tensors, capsules, arrays over tensors,
    # cycles, and a capsule whose consumer releases after the end.
    result = run_child(
        """
        import atexit, ctypes, sys
        import numpy as np, tensorbridge as tb
        from capsules import Managed, opened
        from partners import Foreign, array_from

        array = np.arange(3.0)
        tensor = tb.from_dlpack(Foreign(array))
        capsule = tensor.__dlpack__()
        newer = tensor.__dlpack__(max_version=(1, 0))
        back = array_from(tensor)
        managed = Managed()
        held = tb.from_dlpack(managed.capsule())

        class Cycle:
            pass

        cycle = Cycle()
        cycle.self, cycle.tensor, cycle.back = cycle, tensor, back
        sys.kept = [tb.from_dlpack(Foreign(np.arange(4.0)))]

        late = tb.from_numpy(np.arange(5.0)).__dlpack__(max_version=(1, 0))
        raw = opened(late)
        ctypes.pythonapi.PyCapsule_SetName(ctypes.py_object(late), b"used_dltensor_versioned")
        # libc calls the deleter after Python has been finalised.
        ctypes.CDLL(None).__cxa_atexit(ctypes.c_void_p(raw.deleter), ctypes.c_void_p(ctypes.addressof(raw)), None)
        atexit.register(lambda: print("exit", managed.released))
        """
    )
    assert result.stdout == "exit 0\n"
    assert result.stderr == ""


def test_fork() -> None:
    run_child(
        """
        import os, numpy as np, tensorbridge as tb
        from capsules import Managed

        array = np.arange(3.0)
        tensor = tb.from_numpy(array)
        managed = Managed()
        held = tb.from_dlpack(managed.capsule())
        capsule = tensor.__dlpack__(max_version=(1, 0))
        child = os.fork()
        if child == 0:
            ours = tb.from_dlpack(capsule)
            ours.numpy()[0] = 9
            ok = ours.numpy().tolist() == [9, 1, 2] and held.numpy().tolist() == [0, 1, 2]
            del held
            os._exit(0 if ok and managed.released == 1 else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert array.tolist() == [0, 1, 2]
        assert tb.from_dlpack(capsule).data_ptr() == tensor.data_ptr()
        assert managed.released == 0
        """
    )


def test_no_numpy_is_needed() -> None:
    run_child(
        """
        import sys
        sys.modules["numpy"] = None
        import tensorbridge as tb
        from capsules import Managed
        tensor = tb.from_dlpack(Managed([2, 2]).capsule())
        assert tb.from_dlpack(tensor.__dlpack__(max_version=(1, 0))).data_ptr() == tensor.data_ptr()
        copied = tb.from_dlpack(tensor, copy=True)
        assert copied.shape == (2, 2) and copied.data_ptr() != tensor.data_ptr()
        """
    )
