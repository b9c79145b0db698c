"""What `import tensorbridge` brings with it: itself, and modules that cost nothing."""

from child import run_child

#: What the package may import besides itself; each is a fraction of a millisecond.
CHEAP = {"__future__", "math"}


def test_import_brings_nothing_expensive():
    child = run_child(
        "import sys; before = set(sys.modules); import tensorbridge; "
        "print(*sorted(set(sys.modules) - before))"
    )
    brought = {name for name in child.stdout.split() if name.split(".")[0] != "tensorbridge"}
    assert brought <= CHEAP


def test_types_for_annotations_are_imported_by_who_wants_them():
    child = run_child(
        "import sys, tensorbridge; assert 'tensorbridge.typing' not in sys.modules; "
        "from tensorbridge.typing import ArrayLike, DTypeLike; assert 'numpy' not in sys.modules; "
        "from tensorbridge import *; print(isinstance(zeros(2), Tensor))"
    )
    assert child.stdout == "True\n"
