"""The CUDA driver and the libraries of packages, as far as they can be seen without a GPU."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import tensorbridge as tb

from .findings import Section
from .runtimes import mapped_files


def driver() -> tuple[str | None, str]:
    """The version of the driver's interface, and what was found where there is none."""
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        library = ctypes.CDLL(name)
    except OSError as error:
        return None, str(error)
    version = ctypes.c_int()
    status = library.cuDriverGetVersion(ctypes.byref(version))
    if status != 0:
        return None, f"cuDriverGetVersion: error {status}"
    return f"{version.value // 1000}.{version.value % 1000 // 10}", name


def devices() -> Section:
    """What of CUDA is there."""
    section = Section("CUDA")
    version, found = driver()
    section.facts = {
        "driver": f"supports CUDA {version}" if version else f"none ({found})",
        "usable by tensorbridge": tb.cuda.is_available(),
        "libraries in this process": sorted(
            {Path(path).name for path in mapped_files() if "libcu" in path or "libnv" in path}
        )
        or "none",
    }
    torch = sys.modules.get("torch")
    if torch is not None and getattr(torch.version, "cuda", None):
        section.facts["torch was built for"] = f"CUDA {torch.version.cuda}"
        if version and float(version) < float(torch.version.cuda):
            section.add(
                "warning",
                "the driver is older than PyTorch's CUDA",
                evidence=f"the driver supports {version}, PyTorch was built for {torch.version.cuda}",
                consequence='torch.cuda may refuse to start ("driver version is insufficient")',
                remedy="update the NVIDIA driver, or install a PyTorch built for an older CUDA",
            )
    if not section.findings:
        section.ok("no driver: everything runs on the CPU" if not version else "a driver is there")
    return section
