"""Random streams: equal to what PyTorch was recorded to draw, and honest about what they take."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tensorbridge as tb
from child import run_child

RECORDED = json.loads((Path(__file__).parent / "data" / "recorded_random.json").read_text())
MASK = 2**64 - 1


def bits(tensor: tb.Tensor) -> np.ndarray:
    """The elements' bit patterns."""
    return tensor.view(getattr(tb, f"uint{8 * tensor.itemsize}")).numpy()


def checksum(patterns: np.ndarray) -> int:
    places = np.arange(1, patterns.size + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        return int((places * patterns.astype(np.uint64)).sum(dtype=np.uint64))


def run(call: str, generator: tb.Generator) -> tb.Tensor | None:
    """One recorded call, in the words of this library."""
    words = call.split()
    name = words[0]
    if name == "seed":
        generator.manual_seed(int(words[1]))
        return None
    if name == "state":
        return generator.get_state()
    dtype, count = getattr(tb, words[1]), int(words[2])
    keywords: dict[str, Any] = {"dtype": dtype, "generator": generator}
    if name == "rand":
        low, high = map(float, words[3:])
        if (low, high) == (0, 1):
            return tb.rand(count, **keywords)
        return tb.empty(count, dtype=dtype).uniform_(low, high, generator=generator)
    if name == "randn":
        mean, std = map(float, words[3:])
        if (mean, std) == (0, 1):
            return tb.randn(count, **keywords)
        return tb.normal(mean, std, (count,), **keywords)
    if name == "randint":
        return tb.randint(int(words[3]), int(words[4]), (count,), **keywords)
    if name == "randperm":
        return tb.randperm(count, **keywords)
    empty = tb.empty(count, dtype=dtype)
    if name == "random":
        return empty.random_(generator=generator)
    assert name == "random_from"
    return empty.random_(int(words[3]), None, generator=generator)


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case[0]["call"])
def test_streams_equal_the_recordings(case: list[dict[str, Any]]) -> None:
    generator = tb.Generator()
    for record in case:
        tensor = run(record["call"], generator)
        if tensor is None:
            continue
        assert f"{checksum(bits(tensor)):#018x}" == record["checksum"], record["call"]
        if "first" in record:
            values = tensor.float().numpy() if tensor.dtype == tb.bfloat16 else tensor.numpy()
            count = len(record["first"])
            np.testing.assert_array_equal(values[:count].astype(np.float64), record["first"])


def test_the_recordings_are_of_every_kind() -> None:
    calls = [record["call"].split() for case in RECORDED["cases"] for record in case]
    assert {"rand", "randn", "randint", "randperm", "random", "state"} <= {c[0] for c in calls}
    assert {"float16", "bfloat16", "float32", "float64", "int64", "int32"} <= {
        c[1] for c in calls if len(c) > 1
    }


def test_the_default_generator() -> None:
    assert tb.manual_seed(0) is not None
    first = tb.rand(3).numpy()
    np.testing.assert_array_equal(
        first, np.array([0.4962565899, 0.7682217956, 0.0884774327], np.float32)
    )
    assert tb.initial_seed() == 0
    state = tb.get_rng_state()
    assert (state.dtype, state.shape) == (tb.uint8, (5056,))
    a, b = tb.randn(5).numpy(), tb.randn(5).numpy()
    assert not np.array_equal(a, b)
    tb.set_rng_state(state)
    np.testing.assert_array_equal(tb.randn(5).numpy(), a)
    tb.default_generator.manual_seed(0)
    np.testing.assert_array_equal(tb.rand(3).numpy(), first)
    np.testing.assert_array_equal(
        tb.rand(3, generator=tb.Generator().manual_seed(0)).numpy(), first
    )
    seed = tb.seed()
    assert 0 <= seed < 2**53
    assert tb.initial_seed() == seed
    assert tb.default_generator.initial_seed() == seed


def test_a_fresh_process_has_a_seed_that_nobody_chose() -> None:
    code = "import tensorbridge as tb; print(tb.initial_seed(), tb.rand(1).item())"
    assert run_child(code).stdout != run_child(code).stdout


def test_seeds() -> None:
    generator = tb.Generator()
    for seed, stored in [
        (0, 0),
        (-1, 2**64 - 1),
        (-(2**63), 2**63),
        (2**64 - 1, 2**64 - 1),
        (np.int64(3), 3),
        (np.uint8(3), 3),
        (3.0, 3),
        (True, 1),
    ]:
        assert generator.manual_seed(seed) is generator
        assert generator.initial_seed() == stored
    for wrong, error in [
        (2**64, OverflowError),
        (-(2**63) - 1, OverflowError),
        ("3", TypeError),
        (None, TypeError),
        (float("nan"), ValueError),
    ]:
        with pytest.raises(error):
            generator.manual_seed(wrong)
    assert generator.initial_seed() == 1


def test_generators() -> None:
    generator = tb.Generator("cpu").manual_seed(5)
    assert generator.device == "cpu"
    for twin in (
        generator.clone_state(),
        pickle.loads(pickle.dumps(generator)),
        copy.deepcopy(generator),
        tb.Generator().set_state(generator.get_state()),
        tb.Generator().set_state(generator.get_state().numpy()),
        tb.Generator(device=tb.device("cpu")).manual_seed(5),
    ):
        np.testing.assert_array_equal(
            tb.rand(4, generator=twin).numpy(),
            tb.rand(4, generator=generator.clone_state()).numpy(),
        )
    # One that is drawn from does not disturb the default one.
    tb.manual_seed(1)
    a = tb.rand(2).numpy()
    tb.manual_seed(1)
    tb.rand(100, generator=generator)
    np.testing.assert_array_equal(tb.rand(2).numpy(), a)
    for device in ("cuda", "meta"):
        with pytest.raises(TypeError, match="host"):
            tb.Generator(device)
    state = generator.get_state()
    for wrong, error in [
        (tb.zeros(5056, dtype=tb.uint8), ValueError),
        (state.numpy()[:-1], ValueError),
        (tb.zeros(5056), TypeError),
        (b"state", TypeError),
    ]:
        with pytest.raises(error):
            generator.set_state(wrong)
    np.testing.assert_array_equal(generator.get_state().numpy(), state.numpy())
    with pytest.raises(TypeError):
        tb.rand(2, generator=3)


def test_shapes_and_dtypes() -> None:
    for make, dtype in [(tb.rand, tb.float32), (tb.randn, tb.float32)]:
        for arguments, shape in [((), ()), ((3,), (3,)), ((2, 3), (2, 3)), (((0, 2),), (0, 2))]:
            if arguments or shape:
                assert make(*arguments).shape == shape
        assert make(()).shape == ()
        assert make(2).dtype == dtype
        for other in ("float16", "bfloat16", "float64", "complex64", "complex128"):
            assert make(3, dtype=other).dtype == getattr(tb, other)
        for other in (tb.int64, tb.bool):
            with pytest.raises(TypeError, match="floating"):
                make(3, dtype=other)
        assert make(2, device="meta").device == "meta"
    x = tb.zeros(2, 3, dtype=tb.float64)
    for like in (
        tb.rand_like(x),
        tb.randn_like(x),
        tb.randint_like(x, 5),
        tb.randint_like(x, 1, 5),
    ):
        assert (like.shape, like.dtype) == ((2, 3), tb.float64)


def test_complex_streams_are_real_ones_of_twice_the_length() -> None:
    for complex_, real in [("complex64", "float32"), ("complex128", "float64")]:
        pairs = tb.rand(5, dtype=complex_, generator=tb.Generator().manual_seed(1))
        flat = tb.rand(10, dtype=real, generator=tb.Generator().manual_seed(1))
        np.testing.assert_array_equal(pairs.numpy().view(real), flat.numpy())
        pairs = tb.randn(20, dtype=complex_, generator=tb.Generator().manual_seed(1))
        flat = tb.randn(40, dtype=real, generator=tb.Generator().manual_seed(1))
        np.testing.assert_allclose(
            pairs.numpy().view(real), flat.numpy() / np.sqrt(2), rtol=1e-6, atol=1e-6
        )


def test_bounds_are_kept() -> None:
    tb.manual_seed(3)
    draws = tb.randint(-3, 4, (10_000,)).numpy()
    assert set(draws) == set(range(-3, 4))
    assert draws.dtype == np.int64
    for arguments in [(7, (5,)), (0, 7, (5,)), (0, 7, 5)]:
        assert tb.randint(*arguments).shape == (5,)
    assert tb.randint(high=7, size=(5,)).shape == (5,)
    assert tb.randint(low=2, high=3, size=(2,)).tolist() == [2, 2]
    assert set(tb.randint(2, (100,), dtype=tb.bool).tolist()) == {True, False}
    wide = tb.empty(1000, dtype=tb.uint64).random_().numpy()
    assert wide.max() > 2**63
    floats = tb.rand(100_000).numpy()
    assert floats.min() >= 0
    assert floats.max() < 1
    assert abs(floats.mean() - 0.5) < 0.01
    normal = tb.randn(100_000, dtype=tb.float64).numpy()
    assert abs(normal.mean()) < 0.02
    assert abs(normal.std() - 1) < 0.02
    for count in (0, 1, 17, 1000):
        assert sorted(tb.randperm(count).tolist()) == list(range(count))
    uniform = tb.empty(1000).uniform_(-2, 3).numpy()
    assert -2 <= uniform.min() < -1.5
    assert 2.5 < uniform.max() < 3


@pytest.mark.parametrize(
    "draw",
    [
        lambda: tb.randint(3, 3, (2,)),
        lambda: tb.randint(0, 300, (2,), dtype=tb.uint8),
        lambda: tb.randint(-1, 3, (2,), dtype=tb.uint64),
        lambda: tb.randint(0, 3, (2,), dtype=tb.bool),
        lambda: tb.randint(0, 3, (-2,)),
        lambda: tb.randperm(-1),
        lambda: tb.randperm(300, dtype=tb.uint8),
        lambda: tb.empty(2).uniform_(1, 0),
        lambda: tb.empty(2).uniform_(0, float("inf")),
        lambda: tb.empty(2).normal_(0, -1),
        lambda: tb.normal(0, float("nan"), (2,)),
        lambda: tb.from_numpy(np.zeros(3), writable=False).normal_(),
    ],
)
def test_values_that_cannot_be(draw: Any) -> None:
    tb.manual_seed(0)
    before = tb.get_rng_state().numpy()
    with pytest.raises(ValueError, match=r"\S"):
        draw()
    np.testing.assert_array_equal(tb.get_rng_state().numpy(), before)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: tb.randint(3),
        lambda: tb.randint(),
        lambda: tb.randint(0, 1, 2, 3, (2,)),
        lambda: tb.randint(1.5, (2,)),
        lambda: tb.randint(0, 3, (2,), dtype=tb.complex64),
        lambda: tb.randperm(2.5),
        lambda: tb.randperm(3, dtype=tb.bool),
        lambda: tb.rand("2"),
        lambda: tb.rand(2, seed=3),
        lambda: tb.empty(2).random_(1, 2, 3),
        lambda: tb.empty(2, dtype=tb.int8).normal_(),
        lambda: tb.normal("0", 1, (2,)),
    ],
)
def test_types_that_cannot_be(draw: Any) -> None:
    with pytest.raises(TypeError):
        draw()


def test_in_place_draws_fill_shared_memory() -> None:
    memory = np.zeros((4, 6))
    view = tb.from_numpy(memory[::2, ::3])
    assert view.uniform_(1, 2, generator=tb.Generator().manual_seed(0)) is view
    assert (memory[::2, ::3] >= 1).all()
    assert np.count_nonzero(memory) == 4
    fresh = tb.empty(2, 2, dtype=tb.float64).uniform_(1, 2, generator=tb.Generator().manual_seed(0))
    np.testing.assert_array_equal(memory[::2, ::3], fresh.numpy())
    out = tb.empty(3)
    assert tb.rand(3, out=out) is out
    target = np.zeros(3, np.float32)
    assert tb.randn(3, out=target, generator=tb.Generator().manual_seed(0)) is target
    np.testing.assert_array_equal(
        target, tb.randn(3, generator=tb.Generator().manual_seed(0)).numpy()
    )
    tensor = tb.empty(2, 3, device="meta")
    assert tensor.normal_() is tensor


def test_in_place_draws_follow_indices() -> None:
    memory = np.zeros((3, 4))
    tb.from_numpy(memory.T).uniform_(generator=tb.Generator().manual_seed(0))
    rows = tb.rand(4, 3, dtype=tb.float64, generator=tb.Generator().manual_seed(0))
    np.testing.assert_array_equal(memory.T, rows.numpy())


def test_threads_share_one_stream() -> None:
    import threading

    generator = tb.Generator().manual_seed(0)
    drawn: list[np.ndarray] = []

    def work() -> None:
        for _ in range(20):
            drawn.append(tb.rand(1000, generator=generator, dtype=tb.float64).numpy())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = tb.rand(80_000, generator=tb.Generator().manual_seed(0), dtype=tb.float64).numpy()
    # Every draw is a piece of the stream, and each piece was drawn once.
    assert sorted(map(bytes, drawn)) == sorted(map(bytes, whole.reshape(80, 1000)))
