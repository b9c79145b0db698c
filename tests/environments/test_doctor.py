"""The doctor in real environments, built for the purpose from the wheel in `dist/`.

`make test-environments` runs it; it downloads NumPy twice, scikit-learn and Intel's OpenMP.
"""

from __future__ import annotations

import json
import os
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


class Environment:
    """A virtual environment with tensorbridge in it."""

    def __init__(self, folder: Path, *packages: str) -> None:
        venv.create(folder, with_pip=True)
        self.python = folder / "bin" / "python"
        (wheel,) = (ROOT / "dist").glob("*.whl")
        self.pip("install", str(wheel), *packages)

    def pip(self, *arguments: str) -> None:
        """Runs pip."""
        command = [self.python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
        subprocess.run(command, check=True, timeout=900)

    def run(self, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Runs Python."""
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        if path:
            environment["PYTHONPATH"] = str(path)
        return subprocess.run(
            [self.python, *arguments],
            capture_output=True,
            text=True,
            env=environment,
            timeout=300,
            cwd=self.python.parent,
        )

    def doctor(
        self, *arguments: str, path: Path | None = None
    ) -> tuple[int, dict[str, list[dict]]]:
        """The exit status of the doctor, and its findings by severity."""
        result = self.run("-m", "tensorbridge", "doctor", "--json", *arguments, path=path)
        assert result.stdout, result.stderr
        found: dict[str, list[dict]] = {"ok": [], "note": [], "warning": [], "error": []}
        for section in json.loads(result.stdout)["sections"]:
            for finding in section["findings"]:
                found[finding["severity"]].append(finding)
        return result.returncode, found


def titles(findings: list[dict]) -> list[str]:
    return [finding["title"] for finding in findings]


@pytest.fixture(scope="module")
def newest(tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("newest"), "numpy>=2", "threadpoolctl", "packaging")


def test_no_numpy(tmp_path):
    bare = Environment(tmp_path)
    status, found = bare.doctor()
    assert (status, found["error"]) == (0, [])
    assert "NumPy is not installed" in titles(found["note"])
    status, _ = bare.doctor("--strict")
    assert status == 0
    result = bare.run("-m", "tensorbridge", "explain", "Numpy is not available")
    assert (result.returncode, "PyTorch runs without" in result.stdout) == (0, True)


def test_numpy_1(tmp_path):
    old = Environment(tmp_path, "numpy==1.26.*")
    status, found = old.doctor("--strict")
    assert (status, found["error"], found["warning"]) == (0, [], [])
    assert "it was not reloaded" in titles(found["ok"])


def test_the_newest_numpy(newest):
    status, found = newest.doctor("--strict")
    assert (status, found["error"], found["warning"]) == (0, [], [])


def test_two_numpys(newest, tmp_path):
    newest.pip("install", "--target", str(tmp_path), "--no-deps", "numpy==2.1.*")
    status, found = newest.doctor(path=tmp_path)
    assert status == 0
    two = next(f for f in found["warning"] if f["title"] == "2 NumPys are on sys.path")
    assert str(tmp_path) in two["evidence"]
    assert "2.1" in two["evidence"]
    assert newest.doctor("--strict", path=tmp_path)[0] == 1


def test_a_fake_numpy_in_the_way(newest, tmp_path):
    (tmp_path / "numpy.py").write_text("")
    status, found = newest.doctor(path=tmp_path)
    assert status == 1
    assert "numpy.py hides NumPy" in titles(found["error"])


def test_numpy_reloaded(newest):
    code = (
        "import importlib, warnings; warnings.simplefilter('ignore'); import numpy; "
        "import tensorbridge as tb; importlib.reload(numpy); print(tb.doctor())"
    )
    result = newest.run("-c", code)
    assert "NumPy was reloaded in this process" in result.stdout
    assert "BLAS has nothing to do with it" in " ".join(result.stdout.split())


def test_two_openmp_runtimes(tmp_path):
    both = Environment(tmp_path, "numpy>=2", "scikit-learn", "intel-openmp", "threadpoolctl")
    loads = tmp_path / "modules"
    loads.mkdir()
    (loads / "load_intel_openmp.py").write_text(
        "import ctypes, glob, sys\n"
        "(library,) = glob.glob(sys.prefix + '/lib/**/libiomp5.so', recursive=True)\n"
        "ctypes.CDLL(library)\n"
    )
    status, found = both.doctor("--import", "sklearn,load_intel_openmp", path=loads)
    assert status == 0
    pair = next(f for f in found["warning"] if "OpenMP together" in f["title"])
    assert "libgomp" in pair["evidence"]
    assert "libiomp5" in pair["evidence"]
    assert both.doctor("--strict", "--import", "sklearn,load_intel_openmp", path=loads)[0] == 1


def test_a_package_for_another_numpy(newest, tmp_path):
    metadata = tmp_path / "elderly-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: elderly\nVersion: 1.0\nRequires-Dist: numpy<2\n"
    )
    status, found = newest.doctor(path=tmp_path)
    assert status == 0
    (elderly,) = (f for f in found["warning"] if f["title"].startswith("elderly 1.0"))
    assert "numpy<2" in elderly["evidence"]
