"""What `help()` shows: every public name is documented, with its parameters, and has a signature."""

import inspect
import re
import types

import pytest

import tensorbridge as tb

#: Parameters that a docstring need not name: what a function is about, and what never matters.
UNNAMED = {"self", "x", "x1", "x2", "other", "more", "options", "input", "obj", "memory_format"}

CLASSES = [value for name in tb.__all__ if isinstance(value := getattr(tb, name), type)]
FUNCTIONS = {name: value for name in tb.__all__ if inspect.isroutine(value := getattr(tb, name))}
FUNCTIONS |= {f"fft.{name}": getattr(tb.fft, name) for name in tb.fft.__all__}
METHODS = {
    f"{owner.__name__}.{name}": value
    for owner in CLASSES
    for name, value in vars(owner).items()
    # What is there to say that it is not.
    if hasattr(owner, name) and inspect.isroutine(value) and not name.startswith("_")
}
ATTRIBUTES = {
    f"{owner.__name__}.{name}": value
    for owner in CLASSES
    for name, value in vars(owner).items()
    if inspect.isdatadescriptor(value) and not name.startswith("_")
}
CALLABLES = FUNCTIONS | METHODS


def documentation(name: str) -> str:
    """The docstring of a callable, with those that it refers to: "As `tensorbridge.take`"."""
    text = CALLABLES[name].__doc__ or ""
    referred = re.findall(r"[Aa]s (?:the (?:method|function) )?`(?:tensorbridge\.)?([\w.]+)`", text)
    for other in referred:
        if other != name and other in CALLABLES:
            text += CALLABLES[other].__doc__ or ""
    return text


def test_everything_public_is_in_all():
    public = {
        name
        for name, value in vars(tb).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert public <= set(tb.__all__)
    assert len(tb.__all__) == len(set(tb.__all__))
    assert all(hasattr(tb, name) for name in tb.__all__)


def test_dir_shows_what_is_public_and_nothing_else():
    assert dir(tb) == sorted(tb.__all__)


@pytest.mark.parametrize("name", [owner.__name__ for owner in CLASSES])
def test_classes_are_documented(name):
    assert len((vars(getattr(tb, name))["__doc__"] or "").split()) > 3


@pytest.mark.parametrize("name", sorted(CALLABLES | ATTRIBUTES))
def test_functions_methods_and_attributes_are_documented(name):
    text = (CALLABLES | ATTRIBUTES)[name].__doc__ or ""
    assert len(text.split()) > 1 or re.fullmatch(r"`.+`", text), text
    assert text.endswith((".", "`")), text


@pytest.mark.parametrize("name", sorted(CALLABLES))
def test_signatures_can_be_inspected(name):
    signature = inspect.signature(CALLABLES[name])
    assert Ellipsis not in [parameter.default for parameter in signature.parameters.values()]


@pytest.mark.parametrize("name", sorted(CALLABLES))
def test_parameters_are_explained(name):
    words = set(re.findall(r"\w+", documentation(name)))
    parameters = set(inspect.signature(CALLABLES[name]).parameters)
    assert parameters - words - UNNAMED == set()


def test_modules_are_documented():
    modules = [value for value in vars(tb).values() if isinstance(value, types.ModuleType)]
    assert all(module.__doc__ for module in [tb, *modules])
