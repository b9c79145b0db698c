"""The doctor in whole and in broken environments, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tensorbridge as tb
from child import describe, run_child
from tensorbridge.diagnostics.doctor import installation, numerics, runtimes
from tensorbridge.diagnostics.doctor.findings import Finding, Report, Section
from tensorbridge.diagnostics.doctor.runtimes import Runtime


def command(*arguments: str, before: str = "", folder: Path | None = None):
    """`python -m tensorbridge …`, after a line of Python, in a folder that comes first."""
    environment = dict(os.environ)
    paths = [str(folder)] if folder else []
    environment["PYTHONPATH"] = os.pathsep.join([*paths, *filter(None, sys.path)])
    code = f"{before}\nfrom tensorbridge.__main__ import main\nraise SystemExit(main({[*arguments]!r}))"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=120
    )


def findings(result, *severities):
    """The findings of a `--json` run."""
    report = json.loads(result.stdout)
    every = [finding for section in report["sections"] for finding in section["findings"]]
    return [f for f in every if not severities or f["severity"] in severities]


def titles(result, *severities):
    return [finding["title"] for finding in findings(result, *severities)]


def test_a_whole_environment():
    result = command("doctor", "--json")
    assert result.returncode == 0, describe(result)
    assert titles(result, "error") == []
    for title in ("it was not reloaded", "all libraries agree, and with themselves"):
        assert title in titles(result, "ok")
    facts = {s["title"]: s["facts"] for s in json.loads(result.stdout)["sections"]}
    assert facts["NumPy in this process"]["version"] == np.__version__
    assert facts["NumPy in this process"]["path"] == np.__file__
    assert facts["Self-test"]["round trips"] >= 56


def test_the_report_is_an_object_and_a_text():
    report = tb.doctor()
    assert report.to_dict()["sections"][0]["title"] == "Python"
    assert str(report).splitlines()[-1] == (
        "Nothing is wrong."
        if report.healthy
        else f"{len(report.of('error'))} errors, {len(report.of('warning'))} warnings."
    )
    assert all(isinstance(finding, Finding) for finding in report)
    for finding in report.of("warning", "error", "note"):
        assert finding.title in str(report)


def test_no_numpy():
    result = command("doctor", "--json", before="import sys; sys.modules['numpy'] = None")
    assert result.returncode == 0, describe(result)
    assert "NumPy is not installed" in titles(result, "note")
    assert titles(result, "error") == []

    absent = """
    import sys
    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] == "numpy":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    sys.meta_path.insert(0, Absent())
    import tensorbridge as tb
    report = tb.doctor()
    assert "NumPy is not installed" in [f.title for f in report.of("note")], report
    assert not [f for f in report.of("error") if "examined" in f.title], report
    """
    run_child(absent)


def test_a_fake_numpy_in_the_way(tmp_path):
    (tmp_path / "numpy.py").write_text("array = list\n")
    result = command("doctor", "--json", folder=tmp_path)
    assert result.returncode == 1, describe(result)
    errors = findings(result, "error")
    hidden = next(f for f in errors if f["title"] == "numpy.py hides NumPy")
    assert str(tmp_path / "numpy.py") in hidden["evidence"]
    assert "rename" in hidden["remedy"]
    assert "the module `numpy` is not NumPy" in [f["title"] for f in errors]


def test_a_numpy_that_breaks_while_it_is_imported(tmp_path):
    folder = tmp_path / "numpy"
    (folder / "_core").mkdir(parents=True)
    (folder / "__init__.py").write_text(
        "raise ImportError('numpy.core.multiarray failed to import')\n"
    )
    (folder / "version.py").write_text('version = "1.0"\n')
    result = command("doctor", "--json", folder=tmp_path)
    assert result.returncode == 1, describe(result)
    broken = next(f for f in findings(result, "error") if f["title"] == "NumPy cannot be imported")
    assert "multiarray failed to import" in broken["evidence"]
    assert "reinstall" in broken["remedy"]
    assert any("NumPys are on sys.path" in title for title in titles(result, "warning"))


def test_numpy_reloaded():
    run_child(
        """
        import importlib, warnings
        warnings.simplefilter("ignore")
        import numpy as np
        import tensorbridge as tb
        tb.from_numpy(np.ones(2))
        for _ in range(3):
            importlib.reload(np)
        section = next(s for s in tb.doctor().sections if s.title == "NumPy in this process")
        assert section.facts["executed again"] == "3 times", section
        found = next(f for f in section.findings if "reloaded" in f.title)
        assert found.severity == "note" and "BLAS has nothing to do with it" in found.consequence
        """
    )


def test_numpy_reloaded_before_tensorbridge_was_there():
    run_child(
        """
        import importlib, warnings
        warnings.simplefilter("ignore")
        import numpy as np
        importlib.reload(np)
        import tensorbridge as tb
        assert [f for f in tb.doctor().of("note") if f.title == "NumPy was reloaded in this process"]
        """
    )


def test_numpy_removed_and_imported_again():
    run_child(
        """
        import sys, warnings
        warnings.simplefilter("ignore")
        import numpy as np
        import numpy.linalg, numpy.random
        import tensorbridge as tb
        del sys.modules["numpy"]
        import numpy
        try:
            numpy.linalg
        except (RecursionError, AttributeError):
            broken = True
        else:
            broken = False
        found = [f for f in tb.doctor().of("error") if "removed from sys.modules" in f.title]
        assert bool(found) == broken, (found, broken)
        """
    )


def test_modules_are_imported_first():
    result = command("doctor", "--json", "--import", "json,no_such_module_anywhere")
    assert result.returncode == 1
    assert titles(result, "error") == ["no_such_module_anywhere cannot be imported"]


def test_strict_makes_warnings_fail():
    report = Report([Section("x", {}, [Finding("warning", "odd")])])
    assert (report.status(), report.status(strict=True), report.healthy) == (0, 1, False)
    report = Report([Section("x", {}, [Finding("note", "odd")])])
    assert (report.status(), report.status(strict=True), report.healthy) == (0, 0, True)


def openmp(*names: str) -> list[Runtime]:
    return [
        Runtime("openmp", name, f"/x/site-packages/{place}/{name.split()[0]}.so", threads=2)
        for place, name in enumerate(names)
    ]


@pytest.mark.parametrize(
    ("pair", "severity"),
    [
        (openmp("libgomp (GNU)"), None),
        (openmp("libgomp (GNU)", "libgomp (GNU)"), "note"),
        (openmp("libgomp (GNU)", "libiomp5 (Intel)"), "warning"),
        (openmp("libgomp (GNU)", "libomp (LLVM)"), "warning"),
        (openmp("libiomp5 (Intel)", "libomp (LLVM)"), "error"),
        (openmp("libiomp5 (Intel)", "libiomp5 (Intel)"), "error"),
    ],
)
def test_openmp_pairs(pair, severity):
    section = Section("x")
    runtimes.openmp_pairs(section, pair)
    assert [f.severity for f in section.findings] == ([severity] if severity else [])
    assert all(runtime.path in f.evidence for f in section.findings for runtime in pair)


@pytest.mark.parametrize(
    ("pair", "severity"),
    [
        ([("openblas", 2)], None),
        ([("openblas", 2), ("openblas", 2)], "note"),
        ([("openblas", 2), ("mkl", 2)], "note"),
        ([("openblas", 2), ("mkl", 8)], "warning"),
    ],
)
def test_blas_pairs(pair, severity):
    section = Section("x")
    found = [
        Runtime("blas", vendor, f"/x/{vendor}.so", threads=threads) for vendor, threads in pair
    ]
    runtimes.blas_pairs(section, found)
    assert [f.severity for f in section.findings] == ([severity] if severity else [])


def test_more_threads_than_cores():
    section = Section("x")
    runtimes.threads(section, [Runtime("blas", "openblas", "/x/o.so", threads=64)], cores=2)
    assert [f.severity for f in section.findings] == ["warning"]
    assert "OPENBLAS_NUM_THREADS=2" in section.findings[0].remedy


def test_variables_set_too_late():
    result = command(
        "doctor",
        "--json",
        before="import numpy, os; os.environ['OPENBLAS_NUM_THREADS'] = '1'",
    )
    loaded = any(r.vendor == "openblas" for r in runtimes.by_name())
    late = [title for title in titles(result, "warning") if title.endswith("set too late")]
    assert late == (["OPENBLAS_NUM_THREADS set too late"] if loaded else [])


def test_who_brought_a_library():
    for path, package in [
        ("/v/lib/python3.11/site-packages/numpy.libs/libscipy_openblas64_.so", "numpy"),
        ("/v/lib/python3.11/site-packages/torch/lib/libgomp.so.1", "torch"),
        ("/usr/lib/x86_64-linux-gnu/libgomp.so.1", "the system"),
    ]:
        assert Runtime("blas", "x", path).brought_by == package


def test_the_numpy_that_is_imported_is_the_first_that_is_found():
    assert str(installation.packages_named("numpy")[0]) == np.__file__
    assert installation.version_beside(Path(np.__file__)) == np.__version__


def test_a_wrong_product_is_found(monkeypatch):
    wrong = {"tensorbridge": lambda: tb.ones(2, 2), "other": lambda: tb.ones(2, 2) * 1.5}
    monkeypatch.setattr(numerics, "products", lambda a, b: wrong)
    section = numerics.cross_check()
    assert [f.title for f in section.findings] == ["other and tensorbridge disagree"]


def test_a_probe_that_fails_stops_nothing(monkeypatch):
    from tensorbridge.diagnostics.doctor import report

    def broken():
        """A broken probe."""
        raise RuntimeError("boom")

    monkeypatch.setattr(report, "PROBES", (broken, installation.python))
    found = report.examine()
    assert [s.title for s in found.sections] == ["A broken probe.", "Python"]
    assert "boom" in found.of("error")[0].evidence


def test_the_command_explains():
    result = command("explain", "OMP:", "Error", "#15: Initializing libiomp5.so")
    assert (result.returncode, result.stdout.splitlines()[0]) == (
        0,
        "Two copies of Intel's or LLVM's OpenMP runtime in one process",
    )
    result = command("explain", "nonsense")
    assert (result.returncode, result.stdout.splitlines()[0]) == (1, "I do not know this message")
    assert command("nothing").returncode == 2
