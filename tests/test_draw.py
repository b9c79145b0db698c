"""Pictures of memory: what each shows is what the strides say."""

from __future__ import annotations

import itertools
import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from sources import layouts
from tensorbridge.diagnostics.pictures.views import View, view_of

SVG = "{http://www.w3.org/2000/svg}"


def shapes(picture) -> list[str]:
    """The texts of a picture, in order."""
    return [element.text for element in ET.fromstring(picture._repr_svg_()).iter(f"{SVG}text")]


def test_a_view_beside_its_array():
    a = np.arange(6.0).reshape(2, 3)
    t = tb.from_numpy(a[::-1, ::2])
    lines = str(tb.draw(a, t)).splitlines()
    assert lines[0].startswith("48 bytes of memory, owned by numpy, at 0x")
    assert lines[1].split() == ["0", "8", "16", "24", "32", "40"]
    assert lines[2].replace(" ", "") == "a│0,0│0,1│0,2│1,0│1,1│1,2│"
    assert lines[3].strip() == (
        "ndarray of float64 (2, 3), strides (+24, +8) bytes, starts at byte 0"
    )
    assert [cell.strip() for cell in lines[4].split("│")] == (
        ["t", "1,0", "", "1,1", "0,0", "", "0,1", ""]
    )
    assert "starts at byte 24, runs backwards" in lines[5]


def test_names_are_the_callers():
    first, second = np.zeros(2), np.zeros(3)
    picture = tb.draw(first, second, np.zeros(4), named=first)
    assert [view.name for view in picture.views] == ["first", "second", "#2", "named"]
    assert len(picture.blocks) == 3
    with pytest.raises(ValueError, match="something to draw"):
        tb.draw()


def test_what_is_unusual_is_said():
    a = np.arange(4.0)
    frozen = np.broadcast_to(a, (3, 4))
    windows = tb.arange(6).as_strided((4, 3), (1, 1))
    odd = np.zeros(9, np.uint8)[1:].view("f4")
    text = str(tb.draw(frozen, windows, odd, empty=np.zeros((0, 3))))
    for remark in ("repeats elements, read-only", "overlaps itself", "misaligned", "no elements"):
        assert remark in text
    assert "0,0×3" in text
    assert "0,1×2" in text


def test_what_cannot_be_shared_is_refused():
    with pytest.raises(tb.CopyError):
        tb.draw([1, 2, 3])


def test_large_strips_are_shown_by_their_ends():
    a = np.zeros((1000, 1000))
    reversed_rows = tb.from_numpy(a)[::-1]
    picture = tb.draw(a, reversed_rows, everything=np.broadcast_to(a, (10**9, 1000, 1000)))
    text = str(picture)
    assert max(map(len, text.splitlines())) <= 140
    assert "999,999" in text
    assert "…" in text
    assert "0,0,0×1e+09" in text
    assert len(picture._repr_svg_()) < 60_000


strided = st.tuples(
    st.lists(st.tuples(st.integers(0, 4), st.integers(-40, 40)), max_size=4),
    st.sampled_from([1, 4, 8]),
)


@pytest.mark.parametrize("name", layouts())
def test_every_layout_is_drawn(name):
    array = layouts()[name]
    view = view_of(name, array)
    assert (view.shape, view.address) == (array.shape, array.__array_interface__["data"][0])
    found = list(view.elements(view.low, view.high))
    assert sum(element.times for element in found) == array.size
    assert name in str(tb.draw(**{name: array}))


@given(strided, st.data())
def test_elements_are_found_where_they_are(layout, data):
    axes, itemsize = layout
    shape, strides = (tuple(axis[part] for axis in axes) for part in (0, 1))
    view = View("x", "ndarray", "numpy", "uint8", itemsize, shape, strides, 10_000, True)
    every = {
        index: view.address + sum(map(int.__mul__, index, view.strides))
        for index in itertools.product(*map(range, view.shape))
    }
    if not every:
        assert list(view.elements(view.low - 99, view.high + 99)) == []
        return
    assert (view.low, view.high) == (
        min(every.values()),
        max(every.values()) + view.itemsize,
    )
    low = data.draw(st.integers(view.low - 3, view.high + 3))
    high = data.draw(st.integers(low, view.high + 3))
    found = list(view.elements(low, high))
    assert all(every[element.index] == element.address for element in found)
    inside = [address for address in every.values() if low <= address < high]
    assert sum(element.times for element in found) == len(inside)
    assert sorted({element.address for element in found}) == sorted(set(inside))


def test_svg_is_well_formed_and_scoped():
    a = np.arange(12.0).reshape(3, 4)
    t = tb.from_numpy(a)
    first, second = tb.draw(a, t)._repr_svg_(), tb.draw(a, t)._repr_svg_()
    ids = [ET.fromstring(svg).attrib["id"] for svg in (first, second)]
    assert ids[0] != ids[1]
    assert f"#{ids[0]} text" in first
    root = ET.fromstring(first)
    assert len([r for r in root.iter(f"{SVG}rect") if r.get("class") == "own-numpy"]) == 24
    assert "prefers-color-scheme:dark" in first
    assert "data-jp-theme-light=false" in first
    assert tb.draw(a)._repr_html_().startswith("<div")


def test_svg_says_in_words_what_it_shows():
    a = np.arange(6.0)
    a.flags.writeable = False
    back = tb.from_numpy(a)[::-2]
    texts = shapes(tb.draw(a, back))
    assert "48 bytes of memory, owned by numpy" in texts[0]
    joined = " ".join(texts)
    for words in (
        "shape (6,)",
        "strides (-16,) bytes",
        "runs backwards",
        "read-only",
        "-16 B",
        "+8 B",
    ):
        assert words in joined
    svg = tb.draw(back)._repr_svg_()
    assert svg.count("-hatch)") == 3


def test_text_in_names_is_escaped():
    picture = tb.draw(**{"<b>&": np.zeros(2)})
    assert "&lt;b&gt;&amp;" in picture._repr_svg_()


def test_a_picture_is_saved(tmp_path):
    path = tmp_path / "memory.svg"
    tb.draw(tb.zeros(3)).save(str(path))
    assert ET.fromstring(path.read_text()).tag == f"{SVG}svg"


def test_cells_are_as_small_as_they_must_be():
    record = np.zeros(2, "u1,f4")
    picture = tb.draw(record["f1"], record["f0"], whole=record.view(np.uint8))
    assert picture.blocks[0].unit == 1
    numbers = np.zeros(4, np.float32)
    assert tb.draw(numbers, numbers.view(np.float64)).blocks[0].unit == 4


def test_overlapping_blocks_are_one():
    a = np.zeros(10)
    picture = tb.draw(a[:4], a[3:7], a[6:], a[:1])
    assert len(picture.blocks) == 1
    assert len(tb.draw(a[:4], a[4:]).blocks) == 2


def test_a_view_knows_its_reach():
    view = View("x", "Tensor", "numpy", "float64", 8, (3, 2), (-32, 16), 1064, True)
    assert (view.low, view.high, view.count) == (1000, 1088, 6)
    assert math.prod(view.shape) == 6
