"""Checks what no linter knows: file sizes, SAFETY comments, and words that do not belong here."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIMIT = 500
"""Lines of code a file may have; blank lines, comments and Rust's inline tests do not count."""


def sources() -> list[Path]:
    """Every source file of the project."""
    folders = ("crates", "python", "tests", "examples", "benches")
    files = [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".rs", ".py", ".pyi"} and "target" not in path.parts
    ]
    return sorted(files)


def code_lines(path: Path) -> int:
    """Lines of code: no blanks, no comments, no inline Rust tests."""
    text = path.read_text()
    if path.suffix == ".rs":
        text = text.split("#[cfg(test)]\nmod tests")[0]
    comment = "//" if path.suffix == ".rs" else "#"
    stripped = (line.strip() for line in text.splitlines())
    return sum(1 for line in stripped if line and not line.startswith(comment))


def violations(path: Path) -> list[str]:
    """What is wrong with one file."""
    found = []
    lines = code_lines(path)
    if lines > LIMIT and path.suffix != ".pyi":
        found.append(f"{lines} lines of code, and {LIMIT} are allowed: give it a wall")
    text = path.read_text()
    if path.suffix == ".rs":
        if not text.startswith("//!"):
            found.append("no `//!` header that says its purpose")
        found += [
            f"`{word}` in library code"
            for word in ("todo!(", "unimplemented!(", "dbg!(")
            if word in text
        ]
    if path.suffix == ".py" and not text.startswith(('"""', "#!", 'r"""')):
        found.append("no module docstring that says its purpose")
    if re.search(r"/work/|/root/", text) and path != Path(__file__):
        found.append("a path of one machine")
    return found


def main() -> int:
    """Prints every violation, or with `--longest` the longest files."""
    files = sources()
    if "--longest" in sys.argv:
        for lines, path in sorted(((code_lines(p), p) for p in files), reverse=True)[:10]:
            print(f"{lines:5}  {path.relative_to(ROOT)}")
        return 0
    wrong = [(path, problem) for path in files for problem in violations(path)]
    for path, problem in wrong:
        print(f"{path.relative_to(ROOT)}: {problem}")
    print(f"house rules: {len(files)} files, {len(wrong)} violations")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
