"""Runs code in a process of its own, where a crash is a result and not the end of the tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

HERE = Path(__file__).parent


def run_child(
    code: str,
    *,
    timeout: float = 60,
    check: bool = True,
    arguments: tuple[str, ...] = (),
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs ``code`` in a fresh interpreter that can import from this folder.

    ``check`` asserts that it ended by itself with status 0. With ``check=False`` the caller
    looks at ``returncode`` (a negative one is a signal), ``stdout`` and ``stderr``.
    """
    environment = {**os.environ, **(environment or {})}
    # What this interpreter imports, the child imports too.
    environment["PYTHONPATH"] = os.pathsep.join([str(HERE), *filter(None, sys.path)])
    environment["PYTHONFAULTHANDLER"] = "1"
    result = subprocess.run(
        [sys.executable, *arguments, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment,
        check=False,
    )
    if check:
        assert result.returncode == 0, describe(result)
    return result


def describe(result: subprocess.CompletedProcess[str]) -> str:
    """How a child ended, for people."""
    end = f"exit status {result.returncode}"
    if result.returncode < 0:
        end = f"signal {signal.Signals(-result.returncode).name}"
    return f"the child ended with {end}\n--- stdout\n{result.stdout}\n--- stderr\n{result.stderr}"
