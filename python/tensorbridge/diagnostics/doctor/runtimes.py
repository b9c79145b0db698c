"""Every BLAS, LAPACK and OpenMP mapped into the process, who brought it, and which do not get along."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import tensorbridge as tb

from .findings import Section

#: File names of runtimes and what they are, for when threadpoolctl does not know them.
KNOWN = (
    (re.compile(r"lib\w*openblas\w*[-_.]"), "blas", "openblas"),
    (re.compile(r"libmkl_rt|libmkl_core|mkl_rt"), "blas", "mkl"),
    (re.compile(r"libblis"), "blas", "blis"),
    (re.compile(r"libcblas|libblas\.so|libatlas"), "blas", "reference or atlas"),
    (re.compile(r"libgomp"), "openmp", "libgomp (GNU)"),
    (re.compile(r"libiomp5"), "openmp", "libiomp5 (Intel)"),
    (re.compile(r"libomp[.-]"), "openmp", "libomp (LLVM)"),
    (re.compile(r"vcomp\d+"), "openmp", "vcomp (Microsoft)"),
)

#: Variables that runtimes read once, when they are loaded.
VARIABLES = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS", "MKL_THREADING_LAYER", "KMP_DUPLICATE_LIB_OK",
    "OPENBLAS_CORETYPE", "TENSORBRIDGE_NUM_THREADS",
)  # fmt: skip


@dataclass(frozen=True)
class Runtime:
    """One library with threads of its own."""

    kind: str
    vendor: str
    path: str
    version: str | None = None
    threads: int | None = None
    layer: str | None = None
    architecture: str | None = None

    @property
    def brought_by(self) -> str:
        """The installed package whose folder the file is in."""
        parts = Path(self.path).parts
        for place in ("site-packages", "dist-packages"):
            if place in parts:
                folder = parts[parts.index(place) + 1]
                return re.sub(r"\.libs$", "", folder)
        return (
            "the system" if self.path.startswith(("/usr", "/lib")) else str(Path(self.path).parent)
        )

    def __str__(self) -> str:
        details = [
            f"version {self.version}" if self.version else "",
            f"{self.threads} threads" if self.threads else "",
            f"layer {self.layer}" if self.layer else "",
            f"for {self.architecture}" if self.architecture else "",
        ]
        described = ", ".join(filter(None, details))
        return f"{self.vendor} of {self.brought_by}" + (f" ({described})" if described else "")


def mapped_files() -> list[str]:
    """The files mapped into this process; empty where the system does not tell."""
    try:
        maps = Path("/proc/self/maps").read_text()
    except OSError:
        return []
    return sorted(
        {line.split(maxsplit=5)[5] for line in maps.splitlines() if ".so" in line and "/" in line}
    )


def by_name() -> list[Runtime]:
    """The runtimes among the mapped files, told by their names."""
    found = []
    for path in mapped_files():
        for pattern, kind, vendor in KNOWN:
            if pattern.search(Path(path).name):
                found.append(Runtime(kind, vendor, path))
                break
    return found


def runtimes() -> tuple[list[Runtime], bool]:
    """The runtimes, and whether threadpoolctl was there to ask them."""
    named = by_name()
    try:
        # Optional, and without types.
        threadpoolctl = import_module("threadpoolctl")
    except ImportError:
        return named, False
    asked = [
        Runtime(
            kind=info["user_api"],
            vendor=vendor_of(info),
            path=info["filepath"],
            version=info.get("version"),
            threads=info.get("num_threads"),
            layer=info.get("threading_layer"),
            architecture=info.get("architecture"),
        )
        for info in threadpoolctl.threadpool_info()
    ]
    known = {os.path.realpath(runtime.path) for runtime in asked}
    return asked + [r for r in named if os.path.realpath(r.path) not in known], True


def vendor_of(info: dict[str, Any]) -> str:
    """threadpoolctl's answer in the words of `KNOWN`."""
    if info["user_api"] != "openmp":
        return str(info["internal_api"])
    for pattern, _, vendor in KNOWN:
        if pattern.search(Path(info["filepath"]).name):
            return vendor
    return str(info["prefix"])


def available_cores() -> int:
    """Processors that this process may use: affinity and control group."""
    count = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    for quota, period in (
        ("/sys/fs/cgroup/cpu.max", None),
        ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us"),
    ):
        try:
            words = Path(quota).read_text().split()
            if period:
                words.append(Path(period).read_text().strip())
            if words[0] not in ("max", "-1"):
                count = min(count, max(1, -(-int(words[0]) // int(words[1]))))
        except (OSError, ValueError, IndexError):
            continue
    return count


def set_after_start(name: str) -> bool:
    """Whether a variable has another value than when the process started."""
    try:
        started = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    prefix = f"{name}=".encode()
    before = next(
        (item[len(prefix) :].decode() for item in started if item.startswith(prefix)), None
    )
    return os.environ.get(name) is not None and before != os.environ.get(name)


def libraries() -> Section:
    """What is loaded, which pairs are dangerous, and how many threads there are for how many cores."""
    section = Section("BLAS, LAPACK and OpenMP in this process")
    # Before threadpoolctl is imported, which sets one of them.
    variables = [f"{name}={os.environ[name]}" for name in VARIABLES if name in os.environ]
    found, asked = runtimes()
    cores = available_cores()
    section.facts = {
        "cores": cores,
        "tensorbridge": f"{tb.get_num_threads()} threads of its own; it loads no BLAS and no OpenMP",
        "BLAS": [str(runtime) for runtime in found if runtime.kind != "openmp"] or "none",
        "OpenMP": [str(runtime) for runtime in found if runtime.kind == "openmp"] or "none",
        "files": [runtime.path for runtime in found],
        "variables": variables,
    }
    if static := static_blas():
        section.facts["linked in"] = static
    if not asked and found:
        section.add(
            "note",
            "versions and threads of the runtimes are unknown",
            evidence="the package threadpoolctl is not installed",
            remedy="pip install threadpoolctl",
        )
    openmp_pairs(section, [runtime for runtime in found if runtime.kind == "openmp"])
    blas_pairs(section, [runtime for runtime in found if runtime.kind != "openmp"])
    threads(section, found, cores)
    late_variables(section, found)
    if not section.findings:
        section.ok("no two of them are in each other's way")
    return section


def static_blas() -> list[str]:
    """BLAS libraries linked into others, which no loader can see."""
    torch = sys.modules.get("torch")
    if torch is None:
        return []
    try:
        text = torch.__config__.show()
    except Exception:
        return []
    match = re.search(r"BLAS_INFO=(\w+)", text)
    return [f"torch {torch.__version__}: {match[1]}"] if match else []


def openmp_pairs(section: Section, found: list[Runtime]) -> None:
    """Two OpenMP runtimes in one process."""
    vendors = {runtime.vendor for runtime in found}
    evidence = "; ".join(
        f"{runtime.vendor} of {runtime.brought_by}: {runtime.path}" for runtime in found
    )
    llvm = {v for v in vendors if v.startswith(("libiomp5", "libomp"))}
    copies = [r for r in found if r.vendor.startswith(("libiomp5", "libomp"))]
    if len(llvm) > 1 or len(copies) > 1:
        section.add(
            "error",
            "two copies of the Intel/LLVM OpenMP runtime",
            evidence=evidence,
            consequence='the second one ends the process with "OMP: Error #15", or, with KMP_DUPLICATE_LIB_OK=TRUE, both run with pools of their own and can deadlock',
            remedy=f"install {' and '.join(sorted({r.brought_by for r in copies}))} from one source (all conda-forge, or all pip)",
        )
    elif llvm and any(v.startswith("libgomp") for v in vendors):
        section.add(
            "warning",
            "GNU's and Intel's or LLVM's OpenMP together",
            evidence=evidence,
            consequence="two pools of threads compete for the cores; after a fork the GNU one can hang where the other was used",
            remedy="install the packages that brought them from one source, or set OMP_NUM_THREADS=1 for the one that matters less",
        )
    elif len(found) > 1:
        section.add(
            "note",
            f"{len(found)} copies of one OpenMP runtime",
            evidence=evidence,
            consequence="each keeps threads of its own: slower when both are busy, not wrong",
            remedy="threadpoolctl.threadpool_limits(1, 'openmp') around the inner one",
        )


def blas_pairs(section: Section, found: list[Runtime]) -> None:
    """Two BLAS libraries in one process."""
    if len(found) < 2:
        return
    counts = {runtime.threads for runtime in found}
    evidence = "; ".join(map(str, found))
    if len({runtime.vendor for runtime in found}) > 1 and len(counts) > 1:
        section.add(
            "warning",
            "two BLAS libraries with different numbers of threads",
            evidence=evidence,
            consequence="the same product takes different time, and may round differently, depending on who computes it",
            remedy="set both: threadpoolctl.threadpool_limits(n, 'blas')",
        )
    else:
        section.add(
            "note",
            f"{len(found)} BLAS libraries",
            evidence=evidence,
            consequence="each package computes with its own; last digits can differ between them; nothing is in conflict",
        )


def threads(section: Section, found: list[Runtime], cores: int) -> None:
    """More threads than cores."""
    greedy = [runtime for runtime in found if (runtime.threads or 0) > cores]
    if greedy:
        section.add(
            "warning",
            "more threads than cores",
            evidence=f"{cores} cores may be used; " + "; ".join(map(str, greedy)),
            consequence="threads wait for each other: matrix products can take several times as long",
            remedy=f"export OMP_NUM_THREADS={cores} OPENBLAS_NUM_THREADS={cores} MKL_NUM_THREADS={cores} before Python starts",
        )
    if tb.get_num_threads() > cores:
        section.add(
            "warning",
            "tensorbridge was given more threads than there are cores",
            evidence=f"{tb.get_num_threads()} threads, {cores} cores",
            consequence="they wait for each other",
            remedy=f"tb.set_num_threads({cores})",
        )


def late_variables(section: Section, found: list[Runtime]) -> None:
    """Variables that were set after the library had read them."""
    late = [name for name in VARIABLES if set_after_start(name) and name.endswith("_NUM_THREADS")]
    late = [name for name in late if any(reads(name, runtime) for runtime in found)]
    if late:
        section.add(
            "warning",
            f"{', '.join(late)} set too late",
            evidence="the value differs from the one that the process started with, and the library is loaded",
            consequence="the library read it when it was loaded, and may not see the new value",
            remedy=f"export {late[0]}={os.environ[late[0]]} before Python starts, or threadpoolctl.threadpool_limits at run time",
        )


def reads(variable: str, runtime: Runtime) -> bool:
    """Whether a runtime takes its number of threads from a variable."""
    if runtime.kind == "openmp":
        return variable == "OMP_NUM_THREADS"
    return variable.startswith(runtime.vendor.upper()[:3]) or variable == "OMP_NUM_THREADS"
