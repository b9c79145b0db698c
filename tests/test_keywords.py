"""PyTorch's keywords for the operands of functions, which the Array API takes by place."""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import Any

import pytest

import tensorbridge as tb

X = tb.tensor([[1.0, 2.0], [3.0, 5.0]])
Y = tb.tensor([[2.0, 2.0], [1.0, 4.0]])


@pytest.mark.parametrize(
    ("name", "places", "keywords"),
    [
        ("exp", (X,), {"input": X}),
        ("sum", (X, 1), {"input": X, "dim": 1}),
        ("add", (X, Y), {"input": X, "other": Y}),
        ("mul", (X, 3), {"input": X, "other": 3}),
        ("pow", (X, 2), {"input": X, "exponent": 2}),
        ("matmul", (X, Y), {"input": X, "other": Y}),
        ("mm", (X, Y), {"input": X, "mat2": Y}),
        ("outer", (X[0], Y[0]), {"input": X[0], "vec2": Y[0]}),
        ("where", (X > 2, X, Y), {"condition": X > 2, "input": X, "other": Y}),
        ("reshape", (X, (4,)), {"input": X, "shape": (4,)}),
        ("permute_dims", (X, (1, 0)), {"input": X, "axes": (1, 0)}),
        ("zeros_like", (X,), {"input": X}),
        ("full_like", (X, 7), {"input": X, "fill_value": 7}),
        ("quantile", (X, 0.5), {"input": X, "q": 0.5}),
        ("softmax", (X, 1), {"input": X, "dim": 1}),
        ("concat", ([X, Y],), {"tensors": [X, Y]}),
        ("stack", ([X, Y],), {"tensors": [X, Y]}),
        ("isin", (X, Y), {"elements": X, "test_elements": Y}),
        ("searchsorted", (Y[1], X), {"sorted_sequence": Y[1], "input": X}),
        ("unsqueeze", (X, 0), {"input": X, "dim": 0}),
        ("tril", (X,), {"input": X}),
    ],
)
def test_operands_by_name(name: str, places: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    function = getattr(tb, name)
    answer = function(*places)
    found = function(**keywords)
    assert (found.dtype, found.tolist()) == (answer.dtype, answer.tolist())
    # In any order, and the first by place.
    backwards = dict(reversed(keywords.items()))
    assert function(**backwards).tolist() == answer.tolist()
    first, *rest = keywords
    assert function(keywords[first], **{key: keywords[key] for key in rest}).tolist() == (
        answer.tolist()
    )


@pytest.mark.parametrize(
    ("name", "places", "keywords"),
    [
        ("det", (X,), {"A": X}),
        ("inv", (X,), {"A": X}),
        ("inv", (X,), {"input": X}),
        ("solve", (X, Y), {"A": X, "B": Y}),
        ("solve_triangular", (X, Y), {"A": X, "B": Y, "upper": True}),
        ("lu_solve", (*tb.linalg.lu_factor(X), Y), None),
        ("matrix_power", (X, 3), {"A": X, "n": 3}),
        ("matrix_exp", (X,), {"A": X}),
        ("matrix_norm", (X,), {"A": X}),
        ("vector_norm", (X,), {"x": X}),
        ("norm", (X,), {"A": X}),
        ("svdvals", (X,), {"A": X}),
        ("vecdot", (X, Y), {"x": X, "y": Y}),
        ("cross", (tb.arange(3), tb.ones(3)), None),
        ("multi_dot", ([X, Y],), {"tensors": [X, Y]}),
        ("matmul", (X, Y), {"input": X, "other": Y}),
    ],
)
def test_operands_of_linear_algebra_by_name(
    name: str, places: tuple[Any, ...], keywords: dict[str, Any] | None
) -> None:
    function = getattr(tb.linalg, name)
    if keywords is None:
        names = {"lu_solve": ["LU", "pivots", "B"], "cross": ["input", "other"]}[name]
        keywords = dict(zip(names, places, strict=True))
    given = {key: value for key, value in keywords.items() if key == "upper"}
    answer = function(*places, **given).tolist()
    assert function(**keywords).tolist() == answer
    assert function(**dict(reversed(keywords.items()))).tolist() == answer
    with pytest.raises(TypeError):
        function(*places, **keywords)


def test_other_keywords_stay() -> None:
    out = tb.zeros(2, 2)
    assert tb.add(input=X, other=Y, out=out) is out
    assert out.tolist() == (X + Y).tolist()
    assert tb.sum(X, keepdim=True, axis=0).shape == (1, 2)


def test_what_is_missing_or_twice_is_said() -> None:
    for wrong in (
        lambda: tb.add(other=Y),
        lambda: tb.add(X, Y, other=Y),
        lambda: tb.add(X, input=Y),
        lambda: tb.exp(),
        lambda: tb.exp(output=X),
        lambda: tb.zeros_like(input=X, other=Y),
    ):
        with pytest.raises(TypeError):
            wrong()


def test_functions_stay_what_they_are() -> None:
    assert tb.add.__name__ == "add"
    assert str(inspect.signature(tb.exp)) == "(x, /, *, out=None)"
    assert pickle.loads(pickle.dumps(tb.exp)) is tb.exp
    assert copy.deepcopy(tb.zeros_like) is tb.zeros_like
    assert tb.linalg.outer is tb.outer
    assert tb.absolute is tb.abs
