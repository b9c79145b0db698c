"""What the namespace says about itself by the Array API standard."""

import pytest

import tensorbridge as tb


def test_the_version_is_the_newest():
    assert tb.__array_api_version__ == "2025.12"


def test_a_tensor_knows_its_namespace():
    t = tb.zeros(2)
    assert t.__array_namespace__() is tb
    for year in range(2021, 2026):
        assert t.__array_namespace__(api_version=f"{year}.12") is tb
    assert t.__array_namespace__(api_version=None) is tb
    with pytest.raises(ValueError, match=r"2020\.12"):
        t.__array_namespace__(api_version="2020.12")
    with pytest.raises(TypeError):
        t.__array_namespace__(api_version=2021.12)


def test_capabilities():
    capabilities = tb.__array_namespace_info__().capabilities()
    assert capabilities["boolean indexing"] is capabilities["data-dependent shapes"] is True
    most = capabilities["max dimensions"]
    assert tb.zeros((1,) * most).ndim == most
    with pytest.raises(ValueError, match="dim"):
        tb.zeros((1,) * (most + 1))


def test_devices_hold_values():
    info = tb.__array_namespace_info__()
    assert info.devices() == (tb.device("cpu"),)
    assert all(tb.ones(2, device=device).tolist() == [1, 1] for device in info.devices())
    assert info.default_device() == "cpu"
    with tb.device("meta"):
        assert info.default_device() == "meta"


def test_default_dtypes_are_those_of_new_tensors():
    info = tb.__array_namespace_info__()
    for dtype in (tb.float64, tb.float32):
        tb.set_default_dtype(dtype)
        defaults = info.default_dtypes(device="cpu")
        assert defaults["real floating"] == tb.asarray(1.0).dtype == dtype
        assert defaults["complex floating"] == tb.asarray(1j).dtype
        assert defaults["integral"] == tb.asarray(1).dtype
        assert defaults["indexing"] == tb.nonzero(tb.ones(2))[0].dtype


def test_dtypes_by_kind():
    info = tb.__array_namespace_info__()
    every = info.dtypes()
    assert len(every) == 13
    assert all(getattr(tb, name) is dtype for name, dtype in every.items())
    assert set(info.dtypes(kind="real floating")) == {"float32", "float64"}
    assert set(info.dtypes(kind=("bool", "complex floating"))) == {
        "bool",
        "complex64",
        "complex128",
    }
    for kind in ("signed integer", "unsigned integer", "integral", "numeric"):
        found = info.dtypes(kind=kind, device="cpu")
        assert found == {n: d for n, d in every.items() if tb.isdtype(d, kind)}
    assert info.dtypes(kind=()) == {}
    with pytest.raises(ValueError, match="unknown kind"):
        info.dtypes(kind="floating")
    with pytest.raises(RuntimeError, match="device"):
        info.dtypes(device="nowhere")
