"""More than there is: a MemoryError, or a ValueError for what no computer could have.

The children run under a bound on their memory, so that "too large" is the same everywhere.
"""

from __future__ import annotations

import pytest

import tensorbridge as tb
from child import run_child

#: What the children begin with. A kernel that ran over all of these would not end, either.
PRELUDE = """
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    import itertools
    import numpy as np
    import pytest
    import tensorbridge as tb

    huge = tb.zeros(1).expand(2**40)
    largest = tb.zeros(1, dtype=tb.uint8).expand(2**63 - 1)
    nowhere = tb.empty((2**31, 2**30), device="meta", dtype=tb.uint8)

    def refused(*calls, by=MemoryError):
        for call in calls:
            with pytest.raises(by):
                call()
"""


def run(code: str) -> None:
    run_child(PRELUDE + code)


def test_allocations() -> None:
    run("""
    refused(
        lambda: tb.zeros(2**40),
        lambda: tb.ones(2**33),
        lambda: tb.empty(2**60, dtype=tb.uint8),
        lambda: tb.empty(2**63 - 1, dtype=tb.uint8),
        lambda: tb.full((2**40,), 3),
        lambda: tb.arange(2**40),
        lambda: tb.linspace(0, 1, 2**40),
        lambda: tb.eye(2**20),
        lambda: tb.rand(2**40),
        lambda: tb.randn(2**40),
        lambda: tb.randint(0, 2, (2**40,)),
        lambda: tb.randperm(2**40),
        lambda: tb.empty_like(huge),
        lambda: np.tile(tb.zeros(3), 2**40),
        lambda: tb.zeros(2**25, 1) @ tb.zeros(1, 2**25),
    )
    # Room for one, and not for two.
    kept = tb.zeros(2**28)
    refused(lambda: [kept.clone() for _ in range(4)])
    assert (kept[:5] + 1).sum().item() == 5
    """)


def test_results_of_repeated_elements() -> None:
    run("""
    refused(
        lambda: huge.clone(),
        lambda: huge.contiguous(),
        lambda: huge.to(tb.float64),
        lambda: huge + huge,
        lambda: -largest,
        lambda: huge == huge,
        lambda: huge.T.flip(0).reshape(2**20, 2**20).contiguous(),
        lambda: tb.cat([huge, huge]),
        lambda: tb.stack([huge, huge]),
        lambda: np.add(huge, huge),
        lambda: huge[huge.view(tb.int32)],
        lambda: bytes(huge),
        lambda: __import__("pickle").dumps(huge),
        lambda: __import__("copy").deepcopy(huge),
    )
    """)


def test_lists_and_tuples_of_repeated_elements() -> None:
    run("""
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    refused(
        lambda: huge.tolist(),
        lambda: largest.tolist(),
        lambda: tb.zeros(1).expand(2**20, 2**20).tolist(),
        lambda: list(huge),
        lambda: huge.unbind(),
        lambda: nowhere.unbind(),
        lambda: huge.split(1),
        lambda: huge.chunk(2**40),
        lambda: tb.zeros(3).tensor_split(2**40),
        lambda: tb.cat(huge),
        lambda: tb.stack(nowhere),
        lambda: tb.zeros(range(10**10)),
        lambda: tb.zeros(3).view(range(10**11)),
        lambda: tb.zeros(3).split(range(10**11)),
        lambda: tb.tensor(range(2**40)),
    )
    with tb.printoptions(threshold=float("inf")):
        refused(lambda: repr(huge), lambda: str(largest))
    assert "..." in repr(huge) + repr(largest)
    """)


def test_iterators_without_end() -> None:
    run("""
    forever = itertools.repeat
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    # The bound on memory ends them; the items cost little time.
    refused(
        lambda: tb.cat(forever(tb.zeros(1))),
        lambda: tb.tensor(forever(1.5)),
    )
    # Shapes and axes are sequences.
    refused(
        lambda: tb.zeros(forever(1)),
        lambda: tb.zeros({1, 2}),
        lambda: tb.zeros(3).permute(forever(0)),
        lambda: tb.zeros(3).split(forever(1)),
        lambda: tb.sum(tb.zeros(3), forever(0)),
        by=TypeError,
    )
    """)


def test_meta_tensors_of_any_size_cost_nothing() -> None:
    run("""
    assert nowhere.nbytes == 2**61
    assert nowhere.sum(0).shape == (2**30,)
    assert (nowhere[:, :1] + nowhere).shape == nowhere.shape
    assert (nowhere.T == 0).dtype == tb.bool
    assert (nowhere[:4].T @ nowhere[:4, :9]).shape == (2**30, 9)
    assert tb.cat([nowhere, nowhere], 1).shape == (2**31, 2**31)
    assert nowhere[::-1, 5:7].shape == (2**31, 2)
    too_large = (MemoryError, ValueError)
    refused(lambda: nowhere.to(tb.float64), lambda: tb.cat([nowhere] * 4), by=too_large)
    """)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: tb.zeros(2**62, 2**62), ValueError),
        (lambda: tb.zeros(2**32, 2**32), ValueError),
        (lambda: tb.zeros(2**62), MemoryError),
        (lambda: tb.zeros(0, 2**62, 2**62), ValueError),
        (lambda: tb.zeros(10**30), (OverflowError, ValueError)),
        (lambda: tb.zeros((1,) * 65), ValueError),
        (lambda: tb.empty((2**31, 2**31), device="meta"), (MemoryError, ValueError)),
        (lambda: tb.zeros(1).expand(2**62), ValueError),
        (lambda: tb.zeros(1, dtype=tb.complex128).expand(2**60), ValueError),
        (lambda: tb.zeros(1).expand(2**31, 2**31), ValueError),
        (lambda: tb.zeros(1).as_strided((2**62,), (0,)), (ValueError, RuntimeError)),
        (lambda: tb.zeros(3).as_strided((2**62, 2**62), (0, 0)), (ValueError, RuntimeError)),
        (lambda: tb.zeros(3).as_strided((2,), (2**62,)), (ValueError, RuntimeError)),
        (lambda: tb.zeros(3).as_strided((2,), (1,), 2**62), (ValueError, RuntimeError)),
        (lambda: tb.zeros(3).as_strided((2,), (1,), -1), (ValueError, RuntimeError)),
        (lambda: tb.zeros(3).reshape(2**62, 2**62), (ValueError, RuntimeError)),
        (lambda: tb.zeros(3).view(2**62, -1), (ValueError, RuntimeError)),
        (lambda: tb.arange(2**63), (OverflowError, ValueError, TypeError, MemoryError)),
        (lambda: tb.arange(0, float("inf")), (ValueError, RuntimeError, OverflowError)),
        (lambda: tb.arange(0, float("nan")), (ValueError, RuntimeError, OverflowError)),
        (lambda: tb.arange(0, 1e308, 1e-308), (ValueError, RuntimeError, MemoryError)),
        (lambda: tb.zeros(5).narrow(0, 2**63 - 1, 2**63 - 1), (IndexError, RuntimeError)),
        (lambda: tb.frombuffer(bytearray(8), dtype=tb.float32, count=2**62), ValueError),
        (lambda: tb.frombuffer(bytearray(8), dtype=tb.float32, offset=2**63 - 1), ValueError),
        (lambda: tb.set_num_threads(0), ValueError),
        (lambda: tb.set_num_threads(2**62), ValueError),
        (lambda: tb.manual_seed(2**64), (OverflowError, ValueError)),
    ],
)
def test_shapes_and_numbers_beyond_the_address_space(
    make: object, error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    with pytest.raises(error):
        make()  # type: ignore[operator]


def test_the_largest_that_can_be_described() -> None:
    assert tb.zeros(0, 2**63 - 1).shape == (0, 2**63 - 1)
    largest = tb.zeros(1, dtype=tb.uint8).expand(2**63 - 1)
    assert largest.nbytes == 2**63 - 1
    assert memoryview(largest).nbytes == 2**63 - 1
    assert largest[-1].item() == largest[2**62].item() == 0
    assert largest[:: -(2**62)].shape == (2,)
    assert tb.arange(2**63 - 3, 2**63 - 1).tolist() == [2**63 - 3, 2**63 - 2]
    assert tb.arange(-(2**63), 2**63 - 1, 2**62).tolist() == [-(2**63), -(2**62), 0, 2**62]
    assert tb.eye(2, k=2**63 - 1).tolist() == tb.eye(2, k=-(2**63)).tolist() == [[0, 0], [0, 0]]
