"""Tables, means and a drawing of the ratios."""

from __future__ import annotations

import math
import os
import platform
import statistics
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

import tensorbridge as tb

Row = dict[str, Any]
_shown: set[tuple[int, str]] = set()


def begin(seed: int) -> None:
    """Says what runs where."""
    print(f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"NumPy {np.__version__}, torch {torch.__version__}, tensorbridge {tb.__version__}")
    print(f"sizes drawn from --seed {seed}")


def processor() -> str:
    """The processor's name."""
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or platform.machine()


def human(seconds: float) -> str:
    """Seconds in a readable unit."""
    for unit, scale in (("ns", 1e9), ("µs", 1e6), ("ms", 1e3)):
        if seconds * scale < 1000:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds:.3g} s"


def ratio(row: Row) -> float | None:
    """The faster peer's time over ours."""
    times = row.get("times", {})
    peers = [value for name, value in times.items() if name != "ours"]
    return min(peers) / times["ours"] if peers else None


def show(line: Row, threads: int) -> None:
    """Prints a line of a worker as it comes."""
    if "limits" in line:
        limits = line["limits"]
        print(
            f"\n{threads} thread{'s' * (threads > 1)}: memory {limits['bandwidth'] / 1e9:.1f} GB/s, "
            f"float32 {limits['float32'] / 1e9:.0f} GFLOP/s, float64 {limits['float64'] / 1e9:.0f} GFLOP/s"
        )
        return
    if (threads, line["chapter"]) not in _shown:
        _shown.add((threads, line["chapter"]))
        print(f"\n{line['chapter']}, {threads} thread{'s' * (threads > 1)}\n")
        print("| work | ours | NumPy | torch | ratio | of the limit |\n|---|---|---|---|---|---|")
    if "missing" in line:
        print(f"| {line['name']} | **`{line['missing']}` is not there yet** | | | | |", flush=True)
        return
    times, found = line["times"], ratio(line)
    cells = [human(times[name]) if name in times else "–" for name in ("ours", "numpy", "torch")]
    cells.append(f"{found:.2f}×" if found else "–")
    cells.append(f"{line['limit'] / times['ours']:.0%}" if line["limit"] else "–")
    print(f"| {line['name']} | {' | '.join(cells)} |", flush=True)


def summary(rows: Iterable[Row]) -> list[str]:
    """Prints the means of each chapter, and gives the functions that are missing."""
    rows = list(rows)
    print("\n| chapter | threads | geometric mean | least | rows below 1 |\n|---|---|---|---|---|")
    for threads in sorted({row["threads"] for row in rows}):
        for chapter in dict.fromkeys(row["chapter"] for row in rows):
            some = [row for row in rows if (row["threads"], row["chapter"]) == (threads, chapter)]
            ratios = {row["name"]: found for row in some if (found := ratio(row))}
            if not ratios:
                continue
            mean = statistics.geometric_mean(ratios.values())
            least = min(ratios, key=ratios.__getitem__)
            below = sum(found < 1 for found in ratios.values())
            print(
                f"| {chapter} | {threads} | {mean:.2f}× | {ratios[least]:.2f}× {least} | {below} of {len(ratios)} |"
            )
    missing = sorted({row["missing"] for row in rows if "missing" in row})
    if missing:
        print("\nNot there yet: " + ", ".join(missing))
    return missing


#: Of the drawing, in pixels.
WIDTH, LINE, LEFT, TOP = 760, 17, 270, 48


def plot(rows: Iterable[Row]) -> str:
    """An SVG of the ratios on a logarithmic scale, a bar for each row, chapters below one another."""
    bars = [(row, found) for row in rows if (found := ratio(row))]
    low, high = -2.0, 4.0

    def x(value: float) -> float:
        at = min(max(math.log2(value), low), high)
        return LEFT + (at - low) / (high - low) * (WIDTH - LEFT - 60)

    body: list[str] = []
    y, chapter = TOP, ""
    for row, value in bars:
        title = f"{row['chapter']}, {row['threads']} thread{'s' * (row['threads'] > 1)}"
        if title != chapter:
            chapter, y = title, y + LINE // 2
            body.append(f'<text x="{LEFT}" y="{y + 12}" class="chapter">{title}</text>')
            y += LINE + 2
        left, right = sorted((x(1), x(value)))
        kind = "more" if value >= 1 else "less"
        body.append(
            f'<text x="{LEFT - 8}" y="{y + 12}" class="name">{escaped(row["name"])}</text>'
            f'<rect x="{left:.1f}" y="{y + 3}" width="{max(right - left, 1):.1f}" height="{LINE - 5}" class="{kind}"/>'
            f'<text x="{x(value) + (4 if value >= 1 else -4):.1f}" y="{y + 12}" class="value {kind}">{value:.2f}</text>'
        )
        y += LINE
    marks = [
        f'<line x1="{x(mark):.1f}" x2="{x(mark):.1f}" y1="{TOP - 6}" y2="{y}" class="mark"/>'
        f'<text x="{x(mark):.1f}" y="{TOP - 10}" class="scale">{mark:g}×</text>'
        for mark in (0.25, 0.5, 1, 2, 4, 8, 16)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 16}" width="{WIDTH}" height="{y + 16}">\n'
        f"<style>{STYLE}</style>\n"
        f'<text x="8" y="18" class="chapter">Speed against the faster of NumPy and PyTorch</text>\n'
        + "\n".join(marks + body)
        + "\n</svg>\n"
    )


STYLE = (
    "text{font:11px system-ui,sans-serif;fill:#555}.chapter{font-weight:600;font-size:12px}"
    ".name{text-anchor:end}.scale{text-anchor:middle;font-size:10px}.value.less{text-anchor:end}"
    ".mark{stroke:#8886;stroke-dasharray:2 3}rect.more{fill:#3a7d6e}rect.less{fill:#c2703d}"
)


def escaped(text: str) -> str:
    """Text for XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
