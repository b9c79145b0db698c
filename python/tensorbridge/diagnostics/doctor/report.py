"""The examination: every probe in turn, none of which can stop the others."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Sequence

from . import cuda, installation, numerics, numpy_state, runtimes, selftest
from .findings import Report, Section

PROBES: tuple[Callable[[], Section], ...] = (
    installation.python,
    installation.installs,
    installation.requirements,
    numpy_state.state,
    runtimes.libraries,
    numerics.cross_check,
    cuda.devices,
    selftest.round_trips,
)


def imported(modules: Sequence[str]) -> Section:
    """Imports what the caller wants to be loaded before the process is looked at."""
    section = Section("Imported first")
    for name in modules:
        try:
            module = importlib.import_module(name)
        except Exception as error:
            section.add(
                "error",
                f"{name} cannot be imported",
                evidence=f"{type(error).__name__}: {error}",
                remedy=f"pip install {name}"
                if isinstance(error, ModuleNotFoundError)
                else "see `python -m tensorbridge explain` of this message",
            )
        else:
            section.facts[name] = getattr(module, "__version__", "imported")
    return section


def examine(modules: Sequence[str] = ()) -> Report:
    """Looks at everything. A probe that fails is a finding, and the others go on."""
    report = Report([imported(modules)] if modules else [])
    for probe in PROBES:
        try:
            report.sections.append(probe())
        except Exception as error:
            section = Section(probe.__doc__ or probe.__name__)
            section.add(
                "error",
                "this could not be examined",
                evidence=f"{type(error).__name__}: {error}",
                consequence="nothing is known about it",
            )
            report.sections.append(section)
    return report


def run(*, modules: Sequence[str], as_json: bool, strict: bool) -> int:
    """Prints the report and gives the exit status."""
    report = examine(modules)
    print(json.dumps(report.to_dict(), indent=2, default=str) if as_json else report)
    return report.status(strict=strict)
