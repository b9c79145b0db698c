"""The notebook of `examples/`: executed again it says the same, and a browser shows its pictures."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from test_pictures import LIGHT, NUMPY, OWN, pixels, screenshot

NOTEBOOK = Path(__file__).parents[2] / "examples" / "bridge.ipynb"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(scope="module")
def committed() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def executed(committed: Any) -> Any:
    """The notebook as it comes out now, in a kernel that imports what this process imports."""
    again = nbformat.from_dict(committed)
    path = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    try:
        NotebookClient(again, timeout=120, kernel_name="python3").execute()
    finally:
        os.environ["PYTHONPATH"] = path
    return again


def said(cell: Any) -> list[str]:
    """What a cell says as text, but for what is another each time: addresses, alignments, times."""
    texts = []
    for output in cell.get("outputs", []):
        text = output.get("text") or output["data"]["text/plain"]
        text = re.sub(r"0x[0-9a-f]+", "0x…", text)
        text = re.sub(r"alignment  \d+ bytes", "alignment", text)
        texts.append(re.sub(r"about [\d.]+ \S+", "about …", text))
    return texts


def test_it_says_the_same_again(committed: Any, executed: Any) -> None:
    for before, now in zip(committed.cells, executed.cells, strict=True):
        assert said(before) == said(now)


def test_every_cell_was_executed(committed: Any) -> None:
    code = [cell for cell in committed.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not [o for cell in code for o in cell.outputs if o.output_type == "error"]
    pictures = [o for cell in code for o in cell.outputs if "image/svg+xml" in o.get("data", {})]
    assert len(pictures) >= 2


def test_a_browser_shows_it(executed: Any, tmp_path: Path) -> None:
    html, _ = HTMLExporter(template_name="lab").from_notebook_node(executed)
    image = screenshot(html, tmp_path, height=6000)
    seen = pixels(image)
    assert seen.get(LIGHT, 0) > 1_000_000
    # Two strips of 12 cells and their half, a row of 4, and 4 cells of our own.
    assert seen.get(NUMPY["light"], 0) > 30 * 500
    assert seen.get(OWN["light"], 0) > 4 * 500
    if folder := os.environ.get("SCREENSHOTS"):
        shutil.copy(tmp_path / "page.png", Path(folder) / "notebook.png")
