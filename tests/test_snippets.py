"""Every Python snippet of the documents runs, in the order in which a reader meets it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def snippets(document: Path) -> list[tuple[int, str]]:
    """The Python blocks of a document with the lines they start on."""
    text = document.read_text()
    return [(text.count("\n", 0, m.start()) + 1, m[1]) for m in FENCE.finditer(text)]


@pytest.mark.parametrize(
    "document", [d for d in DOCUMENTS if snippets(d)], ids=lambda d: str(d.relative_to(ROOT))
)
def test_snippets_run(document: Path) -> None:
    namespace: dict[str, object] = {}
    for line, code in snippets(document):
        # Padding makes a traceback name the document's own line.
        exec(compile("\n" * line + code, str(document), "exec"), namespace)


def test_readme_has_snippets() -> None:
    assert len(snippets(ROOT / "README.md")) >= 5
