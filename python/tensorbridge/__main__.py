"""The command line: `python -m tensorbridge explain "…"` and `python -m tensorbridge doctor`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m tensorbridge", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    explain = commands.add_parser(
        "explain", help="what a message of NumPy, PyTorch, DLPack, BLAS or OpenMP means"
    )
    explain.add_argument(
        "message", nargs="*", help="the message; without one it is read from standard input"
    )
    doctor = commands.add_parser("doctor", help="what is wrong with this environment, if anything")
    doctor.add_argument("--json", action="store_true", help="findings and facts as JSON")
    doctor.add_argument(
        "--strict", action="store_true", help="warnings fail, too: exit status 1 from them on"
    )
    doctor.add_argument(
        "--import",
        dest="modules",
        default="",
        metavar="A,B",
        help="import these first, so that what they load is seen",
    )
    return top


def explain(message: Sequence[str]) -> int:
    """Prints what is known of a message; 1 when nothing is."""
    from .diagnostics.messages import explain_text

    found = explain_text(" ".join(message) if message else sys.stdin.read())
    print(found)
    return 0 if found.known else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status."""
    options = parser().parse_args(arguments)
    if options.command == "explain":
        return explain(options.message)
    from .diagnostics.doctor.report import run

    return run(
        modules=[name for name in options.modules.split(",") if name],
        as_json=options.json,
        strict=options.strict,
    )


if __name__ == "__main__":
    raise SystemExit(main())
