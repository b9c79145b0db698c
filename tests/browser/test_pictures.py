"""Pictures in a real browser: light, dark, and inside a notebook's page.

Needs Chromium (`apt-get install chromium`); `make test-browser` runs it.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tensorbridge as tb

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]

LIGHT, DARK = (255, 255, 255), (22, 25, 31)
NUMPY = {"light": (207, 227, 251), "dark": (29, 61, 102)}
OWN = {"light": (211, 240, 215), "dark": (29, 74, 40)}


def screenshot(html: str, folder: Path, *, dark: bool = False, height: int = 900) -> Image.Image:
    """What Chromium shows of a page."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    assert browser, "Chromium is not installed: apt-get install chromium"
    page, picture = folder / "page.html", folder / "page.png"
    page.write_text(f'<!doctype html><meta charset="utf-8"><body style="margin:0">{html}')
    subprocess.run(
        [
            browser,
            *QUIET,
            f"--user-data-dir={folder / 'profile'}",
            f"--window-size=1000,{height}",
            *(["--blink-settings=preferredColorScheme=0"] if dark else []),
            f"--screenshot={picture}",
            f"file://{page}",
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return Image.open(picture).convert("RGB")


def pixels(image: Image.Image) -> dict[tuple[int, int, int], int]:
    """How many pixels there are of each colour."""
    counted = image.getcolors(maxcolors=1 << 24)
    assert counted
    return {colour: count for count, colour in counted}  # type: ignore[misc]


@pytest.fixture
def picture():
    a = np.arange(12.0).reshape(3, 4)
    t = tb.from_numpy(a[::-1, ::2])
    frozen = np.broadcast_to(a[1], (2, 4))
    own = tb.arange(6)
    return tb.draw(a, t, frozen, own)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_is_shown(picture, tmp_path, scheme):
    seen = pixels(screenshot(picture._repr_html_(), tmp_path, dark=scheme == "dark"))
    paper = LIGHT if scheme == "light" else DARK
    assert seen.get(paper, 0) > 100_000
    # 12 + 6 cells of NumPy's memory at least, 46 by 24 pixels each, and 6 of our own.
    assert seen.get(NUMPY[scheme], 0) > 18 * 500
    assert seen.get(OWN[scheme], 0) > 6 * 500


def test_a_dark_notebook_on_a_light_desktop(picture, tmp_path):
    page = f'<script>document.body.dataset.jpThemeLight = "false"</script>{picture._repr_html_()}'
    seen = pixels(screenshot(page, tmp_path))
    assert seen.get(NUMPY["dark"], 0) > 18 * 500


def test_read_only_cells_are_hatched(tmp_path):
    plain, frozen = np.arange(6.0), np.arange(6.0)
    frozen.flags.writeable = False
    fills = [
        pixels(screenshot(tb.draw(a)._repr_html_(), tmp_path)).get(NUMPY["light"], 0)
        for a in (plain, frozen)
    ]
    assert fills[1] < 0.9 * fills[0]


def test_nothing_is_cut_off(tmp_path):
    image = screenshot(tb.draw(np.zeros(1000), np.zeros((50, 50)))._repr_html_(), tmp_path)
    right = image.crop((image.width - 8, 0, image.width, image.height))
    assert set(pixels(right)) == {LIGHT}
