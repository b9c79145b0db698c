"""The pages that are made of what the project already has: documents, docstrings, the catalogue."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent

#: Pages that are documents of the repository.
DOCUMENTS = {
    "semantics.md": "SEMANTICS.md",
    "architecture.md": "ARCHITECTURE.md",
    "changelog.md": "CHANGELOG.md",
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are made."""
    for page, document in DOCUMENTS.items():
        files.append(
            File.generated(config, page, content=standing_alone((ROOT / document).read_text()))
        )
    files.append(File.generated(config, "messages.md", content=messages()))
    files.append(File.generated(config, "api.md", content=reference()))
    return files


def standing_alone(text: str) -> str:
    """A document without links to files that are no pages."""
    return re.sub(r"\[([^\]]+)\]\((?!http)[^)]*\)", r"\1", text)


def messages() -> str:
    """The catalogue of messages, entry by entry."""
    from tensorbridge.diagnostics.messages import catalogue

    lines = [
        "# What does this message mean?",
        "",
        '`tb.explain(message)` and `python -m tensorbridge explain "…"` know these.',
    ]
    for message, _ in catalogue().values():
        lines += [
            "",
            f"## {message.title}",
            "",
            f"*Said by {message.said_by}.*",
            "",
            message.meaning,
        ]
        lines += ["", f"**Harmful: {message.harmful}.** {message.harm}", "", "What to do:", ""]
        lines += [f"* {remedy}" for remedy in message.remedies]
        lines += ["", "How to check:", "", "```text", *message.check, "```"]
    return "\n".join(lines)


def reference() -> str:
    """Every public name with its signature and docstring, chapter by chapter of `__all__`."""
    import tensorbridge as tb

    source = inspect.getsource(tb)
    listed = source[source.index("__all__ = [") : source.index("# fmt: on")]
    lines = ["# API", "", "Docstrings as `help()` shows them, in the order of the package."]
    for line in listed.splitlines():
        if chapter := re.fullmatch(r"\s*# (.*)", line):
            lines += ["", f"## {chapter[1][0].upper()}{chapter[1][1:]}"]
        for name in re.findall(r'"(\w+)"', line):
            lines += entry(name, getattr(tb, name))
    lines += ["", "## Methods and attributes of `Tensor`"]
    for name, value in sorted(vars(tb.Tensor).items()):
        if not name.startswith("_") and hasattr(tb.Tensor, name):
            lines += entry(f"Tensor.{name}", value)
    return "\n".join(lines)


def entry(name: str, value: object) -> list[str]:
    """One name: its signature and what it says of itself."""
    try:
        signature = str(inspect.signature(value)) if callable(value) else ""  # type: ignore[arg-type]
    except ValueError:
        signature = ""
    text = inspect.getdoc(value) or ""
    if not callable(value) and not inspect.isdatadescriptor(value):
        text = f"`{value!r}`"
    shown = signature.replace("|", "\\|")
    return ["", f"### `{name}{shown}`", "", text]
