"""Python, and every NumPy that it could import: which one comes first, and what is in the way."""

from __future__ import annotations

import json
import platform
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

from .findings import Section

#: Libraries whose arrays cross the bridge, or whose extensions use NumPy's C interface.
ARRAY_LIBRARIES = (
    "torch", "jax", "jaxlib", "cupy", "tensorflow", "scipy", "scikit-learn", "pandas", "pyarrow",
    "polars", "numba", "ml_dtypes", "opencv-python", "mkl",
)  # fmt: skip


def folders() -> list[Path]:
    """The folders of `sys.path`, in order, each once."""
    found: list[Path] = []
    for entry in sys.path:
        folder = Path(entry or ".").absolute()
        if folder.is_dir() and folder not in found:
            found.append(folder)
    return found


def packages_named(name: str) -> list[Path]:
    """Everything on `sys.path` that `import name` could find, first come first."""
    candidates = (
        candidate
        for folder in folders()
        for candidate in (folder / name / "__init__.py", folder / f"{name}.py")
    )
    return [candidate for candidate in candidates if candidate.is_file()]


def version_beside(init: Path) -> str:
    """The version that a NumPy's files say they are."""
    for name in ("version.py", "_version.py"):
        file = init.parent / name
        if init.name == "__init__.py" and file.is_file():
            for line in file.read_text(errors="replace").splitlines():
                if line.startswith(("version = ", "short_version = ", "full_version = ")):
                    return line.split("=")[1].strip().strip("\"'")
    return "?"


def is_numpy(init: Path) -> bool:
    """Whether a file belongs to NumPy itself, and not to something of the same name."""
    return init.name == "__init__.py" and (
        (init.parent / "_core").is_dir() or (init.parent / "core").is_dir()
    )


def python() -> Section:
    """The interpreter."""
    section = Section("Python")
    section.facts = {
        "version": f"{platform.python_implementation()} {platform.python_version()}",
        "executable": sys.executable,
        "platform": platform.platform(),
        "environment": "conda"
        if in_conda()
        else "virtual"
        if sys.prefix != sys.base_prefix
        else "system",
        "free-threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    }
    libraries = {}
    for name in ARRAY_LIBRARIES:
        try:
            libraries[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    section.facts["array libraries"] = [f"{name} {version}" for name, version in libraries.items()]
    return section


def in_conda() -> bool:
    """Whether the environment is conda's."""
    return (Path(sys.prefix) / "conda-meta").is_dir()


def conda_numpy() -> str | None:
    """The version that conda believes it installed."""
    for record in (Path(sys.prefix) / "conda-meta").glob("numpy-*.json"):
        described = json.loads(record.read_text())
        if described.get("name") == "numpy":
            return str(described.get("version"))
    return None


def installs() -> Section:
    """The NumPys that are installed, and what stands in front of them."""
    section = Section("Installed NumPy")
    found = packages_named("numpy")
    real = [init for init in found if is_numpy(init)]
    section.facts["found"] = [f"{version_beside(init)} in {init.parent}" for init in real] or "none"
    if found and not is_numpy(found[0]):
        section.add(
            "error",
            f"{found[0].name} hides NumPy"
            if found[0].name == "numpy.py"
            else "a folder `numpy` hides NumPy",
            evidence=f"`import numpy` finds {found[0]} first, and that is not NumPy",
            consequence="everything that needs NumPy fails with strange AttributeErrors",
            remedy=f"rename it, and delete its `__pycache__`: `mv {found[0]} {found[0].with_name('my_' + found[0].name)}`",
        )
    if len(real) > 1:
        versions = {version_beside(init) for init in real}
        section.add(
            "warning" if len(versions) > 1 else "note",
            f"{len(real)} NumPys are on sys.path",
            evidence="; ".join(f"{version_beside(init)}: {init.parent}" for init in real),
            consequence="the first one is imported; extensions built for another one warn or fail, and which is first depends on how Python was started",
            remedy=f"keep one: remove the folder of the other from PYTHONPATH, or `pip uninstall numpy` where it is installed ({real[1].parent.parent})",
        )
    residues = [d for d in metadata.distributions(name="numpy") if d.metadata["Name"]]
    if len(residues) > len(real) and real:
        section.add(
            "warning",
            "NumPy was installed over another version",
            evidence="versions recorded side by side: "
            + ", ".join(sorted(d.version for d in residues)),
            consequence="files of both can be mixed in one folder",
            remedy="pip install --force-reinstall --no-cache-dir numpy",
        )
    recorded = conda_numpy() if in_conda() else None
    if recorded and real and version_beside(real[0]) not in (recorded, "?"):
        section.add(
            "warning",
            "pip installed NumPy over conda's",
            evidence=f"conda recorded {recorded}, and the files are {version_beside(real[0])}",
            consequence="conda packages were built for its NumPy, and its next update mixes both",
            remedy="conda install --force-reinstall numpy",
        )
    for name in ("torch", "tensorbridge", "jax", "scipy"):
        shadows = packages_named(name)
        if len(shadows) > 1 and shadows[0].name == f"{name}.py":
            section.add(
                "error",
                f"{shadows[0].name} hides the package {name}",
                evidence=f"{shadows[0]} comes before {shadows[1].parent}",
                consequence=f"`import {name}` runs that file",
                remedy=f"rename {shadows[0]}",
            )
    if not section.findings:
        section.ok("one NumPy, and nothing in front of it" if real else "no NumPy is installed")
    return section


def requirements() -> Section:
    """Installed packages that say they do not work with the NumPy that is installed."""
    section = Section("Packages and NumPy's version")
    try:
        version = metadata.version("numpy")
    except metadata.PackageNotFoundError:
        section.add(
            "note", "NumPy is not installed as a package", consequence="nothing can be compared"
        )
        return section
    try:
        from packaging.requirements import Requirement
    except ImportError:
        section.add("note", "the package `packaging` is not installed", remedy="pip check")
        return section
    compared = 0
    for distribution in metadata.distributions():
        for text in distribution.requires or ():
            try:
                requirement = Requirement(text)
            except ValueError:
                continue
            if requirement.name.lower() != "numpy" or (
                requirement.marker and not requirement.marker.evaluate({"extra": ""})
            ):
                continue
            compared += 1
            if not requirement.specifier.contains(version, prereleases=True):
                name = distribution.metadata["Name"]
                section.add(
                    "warning",
                    f"{name} {distribution.version} was not made for NumPy {version}",
                    evidence=f"its metadata asks for numpy{requirement.specifier}",
                    consequence="its compiled parts may refuse to load (`_ARRAY_API not found`) or misread NumPy's structures",
                    remedy=f"pip install -U {name}, or pip install 'numpy{requirement.specifier}'",
                )
    if not section.findings:
        section.ok(f"{compared} installed packages name NumPy {version} as one they work with")
    return section
