"""Functions of PyTorch that tensorbridge leaves to NumPy, and how they are spelled there."""

from __future__ import annotations

#: Names that mean the same in NumPy.
_SAME = frozenset(
    [
        "i0",
        "logaddexp2",
    ]
)

#: Names that NumPy spells differently, with the call that gives PyTorch's answer.
_OTHER = {
    "bernoulli": "tb.rand(t.shape) < t",
    "cdist": "np.linalg.norm(a[:, None] - b, axis=-1)",
    "trapz": "np.trapezoid(t)",
}


def hint(name: str) -> str | None:
    """What to call instead of PyTorch's function `name`, or `None` where NumPy has none."""
    from . import linalg

    if hasattr(linalg, name):
        return f"{name} is in `tensorbridge.linalg` — hint: `tb.linalg.{name}`"
    call = _OTHER.get(name) or (f"np.{name}" if name in _SAME else None)
    if call is None:
        return None
    return f"{name} is left to NumPy — hint: `{call}` computes on the tensor's memory and gives a tensor"
