"""The engine against NumPy and PyTorch on the CPU: `python benches/engine`, or `make bench`.

    --quick             fewer rounds and fewer sizes
    --only CHAPTER,…    these chapters alone
    --threads 1,2       numbers of threads, each in a process of its own
    --seed N            where the drawn sizes come from; printed, so that a run can be repeated
    --plot FILE.svg     draws the ratios
    --json FILE         keeps the figures

Ours and the peers run in turn; each result is compared with NumPy's before it is timed. The ratio
is against the faster peer: above 1, ours is faster. Beside it stands how near the limit of the
machine ours is, which is measured in the same run: the bandwidth of memory, and the rate of the
floating-point units in a large product. A function that is missing is named, and the run fails.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
CHAPTERS = (
    "elementwise",
    "functions",
    "layouts",
    "casts",
    "reductions",
    "products",
    "contractions",
    "order",
    "picking",
    "decompositions",
    "fourier",
    "small",
)


def arguments() -> argparse.Namespace:
    """What was asked."""
    parser = argparse.ArgumentParser(prog="engine", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", help="chapters, separated by commas")
    parser.add_argument("--threads", default="1,2", help="numbers of threads")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--plot", type=Path, help="an SVG file to write")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--worker", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def work(options: argparse.Namespace) -> None:
    """Runs every chapter in this process and prints each row as a line of JSON."""
    import measure
    from limits import Limits

    bench = measure.Bench(threads=options.worker, seed=options.seed, quick=options.quick)
    limits = Limits.measured(options.worker)
    print(json.dumps({"limits": vars(limits)}), flush=True)
    for chapter in options.only.split(",") if options.only else CHAPTERS:
        for case in importlib.import_module(chapter).cases(bench):
            row = bench.run(case, limits)
            print(json.dumps({"chapter": chapter, **row}), flush=True)


def collect(options: argparse.Namespace, threads: int) -> list[dict[str, object]]:
    """Runs a worker with `threads` threads and gives its lines, shown as they come."""
    import report

    environment = dict(os.environ)
    for library in ("OMP", "OPENBLAS", "MKL", "TENSORBRIDGE"):
        environment[f"{library}_NUM_THREADS"] = str(threads)
    # Those would hold NumPy's BLAS to a part of its speed.
    environment.pop("OPENBLAS_CORETYPE", None)
    environment.pop("OPENBLAS_L2_SIZE", None)
    command = [sys.executable, str(HERE), "--worker", str(threads), "--seed", str(options.seed)]
    command += ["--only", options.only] if options.only else []
    command += ["--quick"] if options.quick else []
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as worker:
        for text in worker.stdout or ():
            line = json.loads(text)
            lines.append(line)
            report.show(line, threads)
    if worker.returncode:
        raise SystemExit(f"the worker with {threads} threads ended with {worker.returncode}")
    return lines


def main() -> int:
    """Prints the tables; 1 where a function was missing."""
    sys.path.insert(0, str(HERE))
    options = arguments()
    if options.worker:
        work(options)
        return 0
    import report

    report.begin(options.seed)
    lines = {threads: collect(options, threads) for threads in map(int, options.threads.split(","))}
    rows = [
        {"threads": threads, **line}
        for threads, some in lines.items()
        for line in some
        if "chapter" in line
    ]
    missing = report.summary(rows)
    if options.plot:
        options.plot.write_text(report.plot(rows))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
