"""`casting=` and `tb.casting`: which casts may be made, and that nothing is written when one may not."""

from __future__ import annotations

import warnings
from array import array
from decimal import Decimal
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb

SHARED = [*tb.__array_namespace_info__().dtypes().values(), tb.float16]
DTYPES = [*SHARED, tb.bfloat16]
RULES = ["exact", "safe", "same_kind", "unsafe"]

#: Bits of the significand, the exponent of the least normal number and that above the greatest.
FORMATS = {
    "float16": (11, -14, 16),
    "bfloat16": (8, -126, 128),
    "float32": (24, -126, 128),
    "float64": (53, -1022, 1024),
}


def representable(value, dtype):
    """Whether a dtype has this number among its values: by fractions, without a cast."""
    if isinstance(value, complex):
        if not dtype.is_complex:
            return value.imag == 0 and representable(value.real, dtype)
        return representable(value.real, dtype) and representable(value.imag, dtype)
    special = isinstance(value, float) and value - value != 0
    real = dtype.to_real()
    if real.is_floating_point:
        if special or value == 0:
            return True
        bits, least, beyond = FORMATS[real.name]
        f = abs(Fraction(value))
        # The number as an odd integer times a power of two.
        down = (f.numerator & -f.numerator).bit_length() - 1
        odd, exponent = f.numerator >> down, down - (f.denominator.bit_length() - 1)
        return odd.bit_length() <= bits and exponent > least - bits and f < Fraction(2) ** beyond
    if special or value != int(value):
        return False
    if dtype == tb.bool:
        return value in (0, 1)
    return tb.iinfo(dtype).min <= value <= tb.iinfo(dtype).max


def of_bytes(data, dtype):
    count = len(data) // dtype.itemsize
    data = bytearray(data[: count * dtype.itemsize])
    return tb.frombuffer(data, dtype=dtype) if data else tb.zeros(0, dtype=dtype)


#: Numbers at the edges of dtypes.
EDGES = [0.0, -0.0, 0.1, 0.5, 2.5, -1.0, 65504.0, 65520.0, 3.5e38, 1e300, 1e-40, 6e-8, 1e-320]
EDGES += [float("nan"), float("inf"), -float("inf"), 128.0, 255.0, 2.0**31, 2.0**53, 2.0**63]
WHOLE = [0, 1, 2, -1, 127, 255, 257, 2049, -(2**31), 2**24 + 1, 2**53 + 1, 2**63 - 1]


def edges(dtype):
    """The edges that a dtype has, rounded to it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        floats = tb.tensor(EDGES, dtype=tb.float64).to(dtype)
        whole = tb.tensor(WHOLE, dtype=tb.int64).to(dtype)
    return tb.cat([floats, whole])


def judge(source, target):
    """The cast under the rule `exact`, checked against the model."""
    values = source.flatten().tolist()
    changed = [i for i, value in enumerate(values) if not representable(value, target)]
    if changed:
        with pytest.raises(tb.InexactError) as caught:
            source.to(target, casting="exact")
        index = [int(i) for i in np.unravel_index(changed[0], tuple(source.shape))]
        place = f" at {index} would become" if index else " would become"
        assert place in str(caught.value), (str(caught.value), index)
        assert f"{source.dtype.name} to {target.name}" in str(caught.value)
    else:
        cast = source.to(target, casting="exact")
        for value, becomes in zip(values, cast.flatten().tolist(), strict=True):
            assert value == becomes or value != value


@pytest.mark.parametrize("target", DTYPES, ids=str)
@pytest.mark.parametrize("source", DTYPES, ids=str)
def test_exact_means_every_value(source, target):
    values = edges(source)
    judge(values, target)
    for i in range(len(values)):
        judge(values[i : i + 1], target)
    # Many that survive before one that may not.
    line = tb.ones(70_000, dtype=source)
    line[69_999] = values[2]
    judge(line, target)


@pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.4.0", reason="this NumPy has no casting='same_value'"
)
@pytest.mark.parametrize("source", SHARED, ids=str)
def test_exact_is_numpys_same_value(source):
    values = edges(source).numpy()
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # NumPy lets anything become a bool.
        for target in (target for target in SHARED if target != tb.bool):
            for value in values:
                # NumPy 2.4 takes float16's greatest number for none of it, and its -0.0 for no 0.
                if target == tb.float16 and value == 65504:
                    continue
                if source == tb.float16 and value == 0 and np.signbit(value):
                    continue
                try:
                    expected = np.array([value]).astype(np.dtype(target), casting="same_value")
                except ValueError:
                    expected = None
                try:
                    found = tb.asarray(np.array([value]), dtype=target, casting="same_value")
                except tb.InexactError:
                    found = None
                assert (found is None) == (expected is None), (value, target)
                if found is not None:
                    np.testing.assert_array_equal(found.numpy(), expected)


@given(
    st.binary(max_size=400),
    st.sampled_from(DTYPES),
    st.sampled_from(DTYPES),
    st.sampled_from([1, -1, 2, -3]),
)
def test_any_bytes_are_judged_exactly(data, source, target, step):
    # Of a NaN whose part is lost, Python's comparisons say nothing.
    judge(of_bytes(data, source)[::step], target)


@pytest.mark.parametrize("rule", ["safe", "same_kind", "unsafe"])
@pytest.mark.parametrize("target", SHARED, ids=str)
@pytest.mark.parametrize("source", SHARED, ids=str)
def test_rules_by_dtype_are_numpys(source, target, rule):
    allowed = np.can_cast(np.dtype(source), np.dtype(target), rule)
    assert tb.can_cast(source, target, casting=rule) == allowed
    values = tb.ones(2, dtype=source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        casts = [
            lambda: tb.asarray(values, dtype=target, casting=rule),
            lambda: tb.as_tensor(values, dtype=target, casting=rule),
            lambda: tb.tensor(values, dtype=target, casting=rule),
            lambda: tb.asarray(values.numpy(), dtype=target, casting=rule),
            lambda: tb.tensor(list(values.numpy()), dtype=target, casting=rule),
            lambda: values.to(target, casting=rule),
            lambda: values.astype(target, casting=rule),
            lambda: tb.astype(values, target, casting=rule),
            lambda: tb.zeros(2, dtype=target).copy_(values, casting=rule),
            lambda: tb.zeros(2, dtype=target).copy_(values.numpy(), casting=rule),
        ]
        if source.is_complex and not target.is_complex:
            # Of single numbers a complex one is never a real one.
            del casts[4]
        for cast in casts:
            if allowed:
                assert cast().tolist() == [1, 1]
                assert cast().dtype == target
            else:
                with pytest.raises(TypeError, match=f"{source.name} to {target.name}.*'{rule}'"):
                    cast()


def test_bfloat16_by_analogy():
    # A float of 8 bits of precision in float32's range.
    safe = {d.name for d in DTYPES if tb.can_cast(d, tb.bfloat16, casting="safe")}
    assert safe == {"bool", "int8", "uint8", "bfloat16"}
    safe = {d.name for d in DTYPES if tb.can_cast(tb.bfloat16, d, casting="safe")}
    assert safe == {"bfloat16", "float32", "float64", "complex64", "complex128"}
    for d in SHARED:
        if d.name in ("float32", "float64", "bool", "uint8", "int8"):
            kind = (np.dtype(d), np.dtype(ml_dtypes.bfloat16))
            kind = kind if d.name in ("bool", "uint8", "int8") else kind[::-1]
            assert np.can_cast(*kind, "safe")
        assert tb.can_cast(d, tb.bfloat16, casting="same_kind") == (not d.is_complex)
        assert tb.can_cast(tb.bfloat16, d, casting="same_kind") == (
            d.is_floating_point or d.is_complex
        )


def test_what_is_no_rule():
    t = tb.ones(2)
    for cast in (
        lambda rule: t.to(tb.float64, casting=rule),
        lambda rule: tb.asarray(t, casting=rule),
        lambda rule: t.copy_(t, casting=rule),
        lambda rule: tb.casting(rule),
        lambda rule: tb.can_cast(tb.int8, tb.int8, casting=rule),
    ):
        with pytest.raises(
            ValueError, match="must be one of 'exact', 'safe', 'same_kind', 'unsafe'"
        ):
            cast("equiv")
        with pytest.raises(TypeError, match="casting must be one of"):
            cast(3)


def test_the_error_tells_what_where_and_what_to_do():
    a = np.array([[1.0, 0.5], [0.1, 1e300]])
    with pytest.raises(tb.InexactError) as caught:
        tb.asarray(a, dtype=tb.float32, casting="exact")
    text = str(caught.value)
    assert "casting float64 to float32 would change a value" in text
    assert "0.1 at [1, 0] would become 0.10000000149011612 — hint: " in text
    assert isinstance(caught.value, (ValueError, RuntimeError))
    with pytest.raises(tb.InexactError, match=r"2\.5 would become 2 "):
        tb.asarray(np.float64(2.5), dtype=tb.int8, casting="exact")
    with pytest.raises(tb.InexactError, match=r"\(1\.0\+2\.0j\) at \[0\] would become 1\.0 "):
        tb.asarray(np.array([1 + 2j]), dtype=tb.float64, casting="exact")
    with pytest.raises(tb.InexactError, match=r"nan at .* would become"):
        tb.asarray(np.array([np.nan]), dtype=tb.int64, casting="exact")


@pytest.mark.parametrize(
    "make",
    [
        lambda a: a,
        lambda a: np.asfortranarray(a),
        lambda a: a[::-1, ::-1],
        lambda a: a[:, ::2],
        lambda a: a.T,
        lambda a: a.astype(">f8"),
        lambda a: np.broadcast_to(a[:1], (3, *a.shape[1:])),
        lambda a: a.reshape(a.shape)[:, 1:2],
    ],
)
def test_read_only_and_strided_sources(make):
    a = np.arange(1.0, 61.0).reshape(5, 12)
    for place in (None, (0, 1), (4, 10)):
        values = a.copy()
        if place:
            values[place] = 0.1
        source = make(values)
        source = source.view()
        source.flags.writeable = False
        expected = np.argwhere(source == 0.1)
        target = tb.full(source.shape, 7.0)
        for cast in (
            lambda source=source: tb.asarray(source, dtype=tb.float32, casting="exact"),
            lambda source=source: tb.tensor(source, dtype=tb.float32, casting="exact"),
            lambda source=source, target=target: target.copy_(source, casting="exact"),
        ):
            if len(expected):
                with pytest.raises(tb.InexactError) as caught:
                    cast()
                assert f"0.1 at {expected[0].tolist()} " in str(caught.value)
                assert (target == 7).all()
            else:
                assert cast().numpy().tolist() == source.tolist()


def test_nothing_was_written():
    source = tb.arange(300_000, dtype=tb.float64)
    source[299_999] = 0.1
    target = tb.full((300_000,), -1.0)
    before = target.clone()
    with pytest.raises(tb.InexactError, match=r"\[299999\]"):
        target.copy_(source, casting="exact")
    with tb.casting("exact"):
        for index in (..., slice(None), tb.arange(300_000), tb.ones(300_000, dtype=tb.bool)):
            with pytest.raises(tb.InexactError):
                target[index] = source
    assert tb.equal(target, before).all()
    source[299_999] = 0.5
    assert target.copy_(source, casting="exact").sum().item() > 0


def test_empty_and_one():
    for shape in ((0,), (3, 0), (0, 3)):
        empty = tb.zeros(shape, dtype=tb.float64)
        assert empty.to(tb.int8, casting="exact").shape == shape
        assert tb.zeros(shape, dtype=tb.bool).copy_(empty, casting="exact").shape == shape
    assert tb.tensor([], dtype=tb.int8, casting="exact").shape == (0,)
    one = tb.asarray(np.array(2.0))
    assert one.to(tb.int8, casting="exact").item() == 2
    with pytest.raises(tb.InexactError, match=r"0\.1 would become"):
        tb.asarray(np.array(0.1)).to(tb.float32, casting="exact")
    with pytest.raises(TypeError, match="according to the rule 'safe'"):
        tb.zeros(0, dtype=tb.float64).to(tb.int8, casting="safe")


def test_meta_has_no_values_that_could_change():
    meta = tb.zeros(3, dtype=tb.float64, device="meta")
    assert meta.to(tb.int8, casting="exact").dtype == tb.int8
    with pytest.raises(TypeError):
        meta.to(tb.int8, casting="same_kind")
    for source in (np.array([0.1]), np.array([0.1], ">f8"), [0.1]):
        with pytest.raises(tb.InexactError):
            tb.asarray(source, dtype=tb.float32, device="meta", casting="exact")


def test_python_values():
    assert tb.tensor([0.5, 1], dtype=tb.float16, casting="exact").tolist() == [0.5, 1]
    with pytest.raises(
        tb.InexactError, match=r"casting float to float32 .* 0\.1 at \[1, 0\] would become"
    ):
        tb.tensor([[0.5], [0.1]], dtype=tb.float32, casting="exact")
    with pytest.raises(tb.InexactError, match=r"0\.1 would become"):
        tb.tensor(0.1, dtype=tb.float32, casting="exact")
    # The default dtype is float32: what is not asked for can change, too.
    with pytest.raises(tb.InexactError):
        tb.tensor([0.1], casting="exact")
    assert tb.tensor([0.1], dtype=tb.float64, casting="exact").item() == 0.1
    assert tb.tensor([2.0, -0.0], dtype=tb.uint8, casting="exact").tolist() == [2, 0]
    with pytest.raises(tb.InexactError, match=r"2\.5"):
        tb.tensor([2.5], dtype=tb.uint8, casting="exact")
    with pytest.raises(tb.InexactError, match="16777217"):
        tb.tensor([2**24 + 1], dtype=tb.float32, casting="exact")
    # Out of range is an error of its own, whatever the rule.
    for rule in RULES:
        with pytest.raises(tb.RangeError):
            tb.tensor([300], dtype=tb.uint8, casting=rule)
        with pytest.raises(ValueError, match="Overflow"):
            tb.tensor([2**80], dtype=tb.int64, casting=rule)
    assert tb.tensor([2**80], dtype=tb.float64, casting="exact").item() == 2**80
    with pytest.raises(tb.InexactError, match=str(2**80 + 1)):
        tb.tensor([2**80 + 1], dtype=tb.float64, casting="exact")
    assert (
        tb.tensor([Decimal("0.5"), Fraction(1, 4)], dtype=tb.float32, casting="exact").sum() == 0.75
    )
    for number in (Decimal("0.1"), Fraction(1, 3)):
        with pytest.raises(tb.InexactError):
            tb.tensor([number], dtype=tb.float64, casting="exact")
    assert np.isnan(
        tb.tensor([Decimal("nan"), float("nan")], dtype=tb.float16, casting="exact").numpy()
    ).all()


def test_python_numbers_are_weak_and_numpys_are_not():
    for rule in ("safe", "same_kind"):
        assert tb.tensor([1, 2], dtype=tb.int8, casting=rule).tolist() == [1, 2]
        assert tb.tensor([0.1], dtype=tb.float16, casting=rule).dtype == tb.float16
        assert tb.zeros(2, dtype=tb.int8).copy_(3, casting=rule).tolist() == [3, 3]
        with pytest.raises(TypeError, match=f"Cannot cast float to int8 .*'{rule}'"):
            tb.tensor([1.0], dtype=tb.int8, casting=rule)
        with pytest.raises(TypeError, match=f"Cannot cast float to int8 .*'{rule}'"):
            tb.zeros(2, dtype=tb.int8).copy_(1.0, casting=rule)
        # NumPy's own answer for numbers beside arrays.
        np.copyto(np.zeros(2, "i1"), 3, casting=rule)
    for number in (np.float64(0.5), [np.float64(0.5)]):
        with pytest.raises(TypeError, match="float64 to float32 according to the rule 'safe'"):
            tb.tensor(number, dtype=tb.float32, casting="safe")
        assert tb.tensor(number, dtype=tb.float32, casting="same_kind").numpy().item() == 0.5
        with pytest.raises(TypeError, match="float64 to float32 according to the rule 'safe'"):
            tb.zeros(1).copy_(number, casting="safe")
        assert tb.zeros(1).copy_(number, casting="exact").item() == 0.5
        with pytest.raises(tb.InexactError):
            tb.zeros(1, dtype=tb.int8).copy_(number, casting="exact")
    with pytest.raises(tb.InexactError, match=r"float64 to float32|0\.1"):
        tb.tensor(np.float64(0.1), dtype=tb.float32, casting="exact")


def test_sequences_of_arrays_name_the_place_in_the_whole():
    rows = [np.array([1.0, 2.0]), tb.tensor([3.0, 4.0]), array("d", [5.0, 0.1])]
    with pytest.raises(tb.InexactError, match=r"0\.1 at \[2, 1\] would become"):
        tb.tensor(rows, dtype=tb.float32, casting="exact")
    assert tb.tensor(rows[:2], dtype=tb.int8, casting="exact").tolist() == [[1, 2], [3, 4]]
    with pytest.raises(TypeError, match="float64 to float32"):
        tb.tensor(rows, dtype=tb.float32, casting="safe")


class Exporter:
    """An array that speaks DLPack alone."""

    def __init__(self, a):
        self.a = a

    def __dlpack__(self, **options):
        return self.a.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.a.__dlpack_device__()


class Method:
    """An array that speaks `__array__` alone."""

    def __init__(self, a):
        self.a = a

    def __array__(self, dtype=None, copy=None):
        return self.a


@pytest.mark.parametrize("wrap", [Exporter, Method, memoryview, tb.asarray])
def test_every_protocol(wrap):
    exact, inexact = np.array([1.0, 2.0]), np.array([1.0, 0.1])
    assert tb.asarray(wrap(exact), dtype=tb.int16, casting="exact").tolist() == [1, 2]
    for door in (tb.asarray, tb.as_tensor, tb.tensor):
        with pytest.raises(tb.InexactError, match=r"0\.1 at \[1\]"):
            door(wrap(inexact), dtype=tb.float32, casting="exact")
        with tb.casting("exact"), pytest.raises(tb.InexactError):
            door(wrap(inexact), dtype=tb.float32)
        with pytest.raises(TypeError, match="'same_kind'"):
            door(wrap(inexact), dtype=tb.int8, casting="same_kind")
    target = tb.zeros(2)
    with pytest.raises(tb.InexactError):
        target.copy_(wrap(inexact), casting="exact")
    assert target.tolist() == [0, 0]


def test_what_is_repeated_is_named_where_it_is_first():
    a = np.broadcast_to(np.array([[1.0], [0.1]])[:, None, :], (2, 1 << 40, 3))
    with pytest.raises(tb.InexactError, match=r"0\.1 at \[1, 0, 0\] would become"):
        tb.from_numpy(a).to("meta", tb.float32, casting="exact")
    rows = [tb.from_numpy(a[0, :2]), tb.from_numpy(a[1, :2])]
    with pytest.raises(tb.InexactError, match=r"0\.1 at \[1, 0, 0\] would become"):
        tb.tensor(rows, dtype=tb.float32, casting="exact")


def test_a_share_is_no_cast():
    a = np.array([0.1, 0.2])
    for rule in RULES:
        t = tb.asarray(a, casting=rule)
        assert np.shares_memory(t.numpy(), a)
        assert t.to(tb.float64, casting=rule) is t


def test_unsafe_is_c_and_the_default_of_copy_is_kinds():
    target = tb.zeros(2, dtype=tb.int32)
    with pytest.raises(TypeError, match="can't be cast"):
        target.copy_(tb.tensor([1.5, -2.5]))
    assert target.copy_(tb.tensor([1.5, -2.5]), casting="unsafe").tolist() == [1, -2]
    assert target.copy_(3.0, casting="exact").tolist() == [3, 3]
    assert target.copy_(3.7, casting="unsafe").tolist() == [3, 3]
    with pytest.raises(tb.InexactError):
        target.copy_(3.7, casting="exact")
    with pytest.raises(tb.RangeError):
        target.copy_(2**40, casting="unsafe")
    with tb.casting("unsafe"):
        target[0] = 1.5
        target[tb.tensor([1])] = tb.tensor([2.5])
    assert target.tolist() == [1, 2]


def test_complex_to_real_warns_only_where_something_is_lost():
    z = tb.tensor([1 + 0j, 2 + 0j])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert z.to(tb.float32, casting="exact").tolist() == [1, 2]
    with pytest.warns(UserWarning, match="discards the imaginary part"):
        z.to(tb.float32, casting="unsafe")


def test_overlapping_memory():
    t = tb.arange(5, dtype=tb.float32)
    assert t.copy_(t.flip(0), casting="exact").tolist() == [4, 3, 2, 1, 0]
    raw = np.zeros(6)
    wide, narrow = tb.from_numpy(raw), tb.from_numpy(raw.view("f4")[6:])
    wide[...] = tb.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert narrow.copy_(wide, casting="exact").tolist() == [1, 2, 3, 4, 5, 6]
    wide[...] = tb.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    wide[5] = 0.1
    before = raw.tobytes()
    with pytest.raises(tb.InexactError):
        narrow.copy_(wide, casting="exact")
    assert raw.tobytes() == before


def test_read_only_targets_and_shapes_are_refused_first():
    a = np.zeros(2, "f4")
    a.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        tb.from_numpy(a).copy_(tb.tensor([0.5, 1.0], dtype=tb.float64), casting="exact")
    with pytest.raises(tb.ShapeError):
        tb.zeros(2).copy_(tb.zeros(3, dtype=tb.float64), casting="exact")
