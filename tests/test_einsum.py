"""Einstein's summation with NumPy as the oracle."""

from __future__ import annotations

import string
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from samples import DTYPES, make, views

LENGTHS = dict(zip("abcdefXY", (2, 3, 1, 4, 2, 5, 3, 2), strict=True))


@st.composite
def calls(draw: st.DrawFn, most: int = 4) -> tuple[str, list[tuple[int, ...]]]:
    """Subscripts, and shapes for them."""
    terms, shapes = [], []
    rest = draw(st.sampled_from([(), (), (), (2,), (3, 2)]), label="axes under ellipses")
    empty = draw(st.sampled_from(["", "", "", *LENGTHS]), label="an axis without elements")
    lengths = LENGTHS | {empty: 0}
    for _ in range(draw(st.integers(1, most))):
        labels = draw(st.lists(st.sampled_from(list(LENGTHS)), max_size=4))
        shape = [lengths[label] for label in labels]
        term = list(labels)
        # A factor of length 1 among longer ones is the same for all.
        for place, label in enumerate(labels):
            if labels.count(label) == 1 and draw(st.integers(0, 9)) == 0:
                shape[place] = 1
        if rest and draw(st.booleans()):
            at = draw(st.integers(0, len(labels)))
            own = rest[draw(st.integers(0, len(rest))) :]
            shape[at:at] = own
            term.insert(at, "...")
        terms.append("".join(term))
        shapes.append(tuple(shape))
    subscripts = ",".join(terms)
    if draw(st.booleans()):
        known = sorted({letter for term in terms for letter in term if letter != "."})
        output = draw(st.lists(st.sampled_from(known), unique=True)) if known else []
        if "..." in subscripts:
            output.insert(draw(st.integers(0, len(output))), "...")
        subscripts += "->" + "".join(output)
    return subscripts, shapes


def agree(found: Any, answer: np.ndarray, dtype: str) -> None:
    got = found.numpy()
    assert (got.shape, got.dtype) == (np.shape(answer), np.dtype(dtype))
    if got.dtype.kind in "biu":
        np.testing.assert_array_equal(got, answer)
    else:
        limit = {"e": 5e-2, "f": 1e-4, "F": 1e-4}.get(got.dtype.char, 1e-10)
        np.testing.assert_allclose(got, answer, rtol=limit, atol=limit)


@given(call=calls(), dtype=st.sampled_from(DTYPES), data=st.data())
def test_every_call(
    call: tuple[str, list[tuple[int, ...]]], dtype: str, data: st.DataObject
) -> None:
    subscripts, shapes = call
    arrays = [make(dtype, shape, seed) for seed, shape in enumerate(shapes)]
    wide = [array.astype("complex128") if array.dtype.kind == "c" else array for array in arrays]
    if dtype in ("float16", "float32"):
        wide = [array.astype("float64") for array in arrays]
    try:
        answer = np.einsum(subscripts, *wide)
    except ValueError:
        with pytest.raises(ValueError, match="einsum"):
            tb.einsum(subscripts, *arrays)
        return
    optimize = data.draw(st.sampled_from([True, False, "greedy", "optimal", "auto"]))
    looks = data.draw(st.sampled_from(["c", "fortran", "gaps", "misaligned", "backwards"]))
    operands = [array if array.ndim == 0 else views(array)[looks] for array in arrays]
    agree(tb.einsum(subscripts, *operands, optimize=optimize), answer, dtype)


@given(call=calls(3))
def test_lists_are_the_same_as_letters(call: tuple[str, list[tuple[int, ...]]]) -> None:
    subscripts, shapes = call
    arrays = [make("float64", shape, seed) for seed, shape in enumerate(shapes)]

    def numbers(term: str) -> list[Any]:
        letters = term.replace("...", ".")
        return [... if letter == "." else string.ascii_letters.index(letter) for letter in letters]

    terms, arrow, output = subscripts.partition("->")
    # Without a result, letters are in the order of letters and numbers in that of numbers.
    if not arrow:
        return
    listed: list[Any] = []
    for array, term in zip(arrays, terms.split(","), strict=True):
        listed += [array, numbers(term)]
    try:
        answer = np.einsum(*listed, numbers(output))
    except ValueError:
        with pytest.raises(ValueError, match="einsum"):
            tb.einsum(*listed, numbers(output))
        return
    np.testing.assert_allclose(tb.einsum(*listed, numbers(output)).numpy(), answer)


@pytest.mark.parametrize("optimize", [True, False, "greedy", "optimal", ("greedy", 1e6)])
def test_many_operands(optimize: Any) -> None:
    source = np.random.default_rng(9)
    letters = string.ascii_letters
    for count in (5, 9, 14):
        arrays = [source.standard_normal((3, 3)) for _ in range(count)]
        chain = ",".join(letters[n : n + 2] for n in range(count)) + f"->a{letters[count]}"
        found = tb.einsum(chain, *arrays, optimize=optimize).numpy()
        np.testing.assert_allclose(found, np.linalg.multi_dot(arrays), rtol=1e-9)


def test_paths_lead_there() -> None:
    source = np.random.default_rng(10)
    subscripts = "ea,fb,abcd,gc,hd->efgh"
    arrays = [source.standard_normal((3,) * len(term)) for term in subscripts[:-6].split(",")]
    answer = np.einsum(subscripts, *arrays)
    for optimize in ("greedy", "optimal", True, False):
        path, report = tb.einsum_path(subscripts, *arrays, optimize=optimize)
        assert path[0] == "einsum_path"
        assert "Complete contraction:  ea,fb,abcd,gc,hd->efgh" in report
        for same in (path, path[1:]):
            np.testing.assert_allclose(
                tb.einsum(subscripts, *arrays, optimize=same).numpy(), answer
            )
        # NumPy takes it, too.
        np.testing.assert_allclose(np.einsum(subscripts, *arrays, optimize=path), answer)
    theirs, _ = np.einsum_path(subscripts, *arrays, optimize="optimal")
    np.testing.assert_allclose(tb.einsum(subscripts, *arrays, optimize=theirs).numpy(), answer)
    all_at_once = ["einsum_path", (0, 1, 2, 3, 4)]
    np.testing.assert_allclose(tb.einsum(subscripts, *arrays, optimize=all_at_once).numpy(), answer)
    for wrong in ([(0, 0)], [(0, 7)], [(0, 1)], [()]):
        with pytest.raises(ValueError, match="path"):
            tb.einsum(subscripts, *arrays, optimize=wrong)


def test_the_report_is_numpy_s() -> None:
    shapes = [(10, 10), (10, 10), (10, 10, 10, 10), (10, 10), (10, 10)]
    arrays = [np.zeros(shape) for shape in shapes]
    _, ours = tb.einsum_path("ea,fb,abcd,gc,hd->efgh", *arrays, optimize="optimal")
    _, theirs = np.einsum_path("ea,fb,abcd,gc,hd->efgh", *arrays, optimize="optimal")

    def figures(text: str) -> list[str]:
        lines = [" ".join(line.split()) for line in text.splitlines()[:7]]
        # NumPy counts one more operation for this line alone.
        return [line for line in lines if "speedup" not in line]

    assert figures(ours) == figures(theirs)


def test_views_share_memory() -> None:
    array = np.arange(9.0).reshape(3, 3)
    x = tb.from_numpy(array)
    for subscripts in ("ii->i", "ij->ji", "ij", "...->...", "i...->...i"):
        view = tb.einsum(subscripts, x)
        assert np.shares_memory(view.numpy(), array)
    tb.einsum("ii->i", x).zero_()
    assert array.trace() == 0
    fresh = tb.einsum("ij->i", x)
    assert not np.shares_memory(fresh.numpy(), array)
    read_only = tb.from_numpy(array, writable=False)
    with pytest.raises(ValueError, match="read-only"):
        tb.einsum("ii->i", read_only).zero_()


def test_dtypes_and_outputs() -> None:
    a, b = np.full((2, 2), 100, np.int8), np.ones((2, 2), np.float32)
    assert tb.einsum("ij,jk", a, b).dtype == tb.float32
    np.testing.assert_array_equal(tb.einsum("ij->i", a).numpy(), np.einsum("ij->i", a))
    assert tb.einsum("ij->i", a, dtype=tb.int64).tolist() == [200, 200]
    out = np.zeros((2, 2))
    assert tb.einsum("ij,jk->ik", a, b, out=out) is out
    np.testing.assert_array_equal(out, [[200, 200], [200, 200]])
    wrong = tb.zeros(3)
    with pytest.raises(ValueError, match="shape"):
        tb.einsum("ij,jk->ik", a, b, out=wrong)
    with pytest.raises(TypeError):
        tb.einsum("ij->i", b, dtype=tb.int8)
    # Into an operand.
    c = np.arange(4.0).reshape(2, 2)
    product = c @ c
    tb.einsum("ij,jk->ik", c, c, out=c)
    np.testing.assert_array_equal(c, product)
    assert tb.einsum("ij,jk", [b, b]).tolist() == [[2, 2], [2, 2]]
    assert tb.einsum(
        "ij,jk->ik", tb.zeros(2, 3, device="meta"), tb.zeros(3, 4, device="meta")
    ).shape == (2, 4)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ij,jk", np.ones((2, 3)), np.ones((4, 2))), r"\[2, 3\], \[4, 2\]"),
        (("ij", np.ones(2)), r"einsum\(ij\).*\[2\]"),
        (("ij,jk", np.ones((2, 3))), "2 operands, and 1"),
        (("i->j", np.ones(2)), "no operand"),
        (("i->ii", np.ones(2)), "twice"),
        (("i?", np.ones(2)), "'\\?'"),
        (("...i->i", np.ones((2, 2))), "ellipsis"),
        (("ii", np.ones((2, 3))), "diagonal|label"),
    ],
)
def test_mistakes_are_named(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        tb.einsum(*arguments)


def test_what_is_no_call_at_all() -> None:
    for arguments in ((), (np.ones(2),), (np.ones(2), ["i"])):
        with pytest.raises(TypeError, match="einsum"):
            tb.einsum(*arguments)
    with pytest.raises(ValueError, match="order of contraction"):
        tb.einsum("i,i", np.ones(2), np.ones(2), optimize="best")
