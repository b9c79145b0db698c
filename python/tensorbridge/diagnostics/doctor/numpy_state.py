"""The NumPy of this process: what it is, whether its C interface answers, whether it was reloaded."""

from __future__ import annotations

import sys
from types import ModuleType

from tensorbridge import _reloads

from ..messages import explain_exception
from .findings import Section


def state() -> Section:
    """What `import numpy` gives here."""
    section = Section("NumPy in this process")
    section.facts["imported before"] = "numpy" in sys.modules
    try:
        import numpy
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        known = explain_exception(error)
        missing = isinstance(error, ModuleNotFoundError) and error.name == "numpy"
        section.add(
            "note" if missing else "error",
            "NumPy is not installed" if missing else "NumPy cannot be imported",
            evidence=f"{type(error).__name__}: {error}",
            consequence="tensors work; conversions to arrays raise ImportError",
            remedy=known.remedies[0] if known.known and not missing else "pip install numpy",
        )
        return section
    version, path = getattr(numpy, "__version__", None), getattr(numpy, "__file__", None)
    section.facts |= {"version": version, "path": path}
    if version is None or not hasattr(numpy, "ndarray"):
        section.add(
            "error",
            "the module `numpy` is not NumPy",
            evidence=f"{path} has no `__version__` or no `ndarray`",
            consequence="conversions to arrays raise ImportError",
            remedy=f"rename {path}, and delete its `__pycache__`",
        )
        return section
    interface(section, numpy)
    reloads(section, numpy)
    return section


def interface(section: Section, numpy: ModuleType) -> None:
    """Asks NumPy's C interface for an array, through the bridge."""
    core = getattr(numpy, "_core", None) or getattr(numpy, "core", None)
    version = getattr(getattr(core, "_multiarray_umath", None), "_get_ndarray_c_version", None)
    section.facts["C ABI"] = hex(version()) if version else "unknown"
    try:
        dependencies = numpy.show_config(mode="dicts")["Build Dependencies"]
        section.facts["built with"] = [
            f"{use}: {entry['name']} {entry['version']}" for use, entry in dependencies.items()
        ]
    except (KeyError, TypeError, AttributeError):
        section.facts["built with"] = "unknown"
    import tensorbridge as tb

    try:
        tensor = tb.arange(3)
        array = tensor.numpy()
        shared = array.ctypes.data == tensor.data_ptr() and array.tolist() == [0, 1, 2]
    except Exception as error:
        known = explain_exception(error)
        section.add(
            "error",
            "NumPy's C interface does not answer",
            evidence=f"{type(error).__name__}: {error}",
            consequence="no array can be made of a tensor",
            remedy=known.remedies[0] if known.remedies else "pip install --force-reinstall numpy",
        )
        return
    if shared:
        section.ok("its C interface answers, and an array shares a tensor's memory")
    else:
        section.add(
            "error",
            "an array does not show its tensor's memory",
            evidence=f"address {array.ctypes.data:#x} instead of {tensor.data_ptr():#x}",
            consequence="nothing that crosses the bridge can be trusted",
            remedy="pip install --force-reinstall tensorbridge numpy",
        )


def reloads(section: Section, numpy: ModuleType) -> None:
    """Whether NumPy's module was executed more than once in this process."""
    seen = _reloads.count()
    # The import system marks the spec of a module that it imports, and `reload` makes a spec
    # without that mark. Seen in CPython 3.11 to 3.13.
    in_place = seen > 0 or not hasattr(numpy.__spec__, "_initializing")
    lost = [
        name
        for name in ("linalg", "random", "fft", "ma")
        if sys.modules.get(f"numpy.{name}") not in (None, vars(numpy).get(name))
    ]
    section.facts["executed again"] = (
        "yes, as another module" if lost else f"{max(seen, 1)} times" if in_place else "no"
    )
    if lost:
        section.add(
            "error",
            "`numpy` was removed from sys.modules and imported again",
            evidence=f"`sys.modules` has numpy.{lost[0]}, and the module `numpy` does not",
            consequence="`np.linalg`, `np.random`, `np.fft`, `np.ma` and others end in a RecursionError; arrays and tensors made before go on working",
            remedy="restart the process, and leave `sys.modules` alone",
        )
    elif in_place:
        section.add(
            "note",
            "NumPy was reloaded in this process",
            evidence=f"its module was executed again {max(seen, 1)} times or more",
            consequence="none for results: functions, classes and settings are the same objects as before, and no library was loaded again. NumPy warns on every second execution of its module, whatever else is loaded; BLAS has nothing to do with it",
            remedy="leave NumPy out of `importlib.reload` and autoreload (`%aimport -numpy`)",
        )
    else:
        section.ok("it was not reloaded")
