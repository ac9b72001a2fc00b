"""The photos that ship: how many, how heavy, what they show, and that their tables agree with them."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gallery.designs import Design
from gallery.families import FAMILIES
from gallery.lines import line_drawing
from sketchlib import io

GALLERY = Path(__file__).resolve().parents[2] / "gallery"
TABLE = json.loads((GALLERY / "items.json").read_text())
ITEMS: dict[str, dict[str, Any]] = {item["key"]: item for item in TABLE["items"]}
TWINS = [item for item in ITEMS.values() if item["twin_of"]]


@pytest.fixture(scope="module")
def lines() -> dict[str, dict[str, Any]]:
    with gzip.open(GALLERY / "lines.ndjson.gz", "rt") as stream:
        return {record["key"]: record for record in map(json.loads, stream)}


def design_of(item: dict[str, Any]) -> Design:
    return Design(**{name: value for name, value in item.items() if name not in ("photo", "kind")})


def test_there_are_enough_of_every_kind_under_six_megabytes() -> None:
    assert len(ITEMS) == len(TABLE["items"]) >= 400
    kinds = Counter(item["kind"] for item in ITEMS.values())
    assert set(kinds) == {"chair", "stool", "sofa", "table"}
    assert min(kinds.values()) >= 15
    assert set(Counter(item["family"] for item in ITEMS.values())) == set(FAMILIES)
    assert (
        sum(path.stat().st_size for path in GALLERY.rglob("*") if path.suffix in (".jpg", ".gz", ".json")) < 6_000_000
    )
    assert TABLE["licence"] == "CC0-1.0"


def test_every_item_has_its_photo_and_every_photo_its_item() -> None:
    assert {path.name for path in (GALLERY / "photo").iterdir()} == {item["photo"] for item in ITEMS.values()}
    for item in ITEMS.values():
        with Image.open(GALLERY / "photo" / item["photo"]) as photo:
            assert (photo.size, photo.mode, photo.format) == ((256, 256), "RGB", "JPEG")


def test_photos_show_one_thing_on_white_that_fills_them() -> None:
    for item in ITEMS.values():
        with Image.open(GALLERY / "photo" / item["photo"]) as photo:
            grey = np.asarray(photo.convert("L"))
        border = np.concatenate([grey[:8].ravel(), grey[-8:].ravel(), grey[:, :8].ravel(), grey[:, -8:].ravel()])
        assert border.min() > 240, item["key"]
        rows, columns = np.nonzero(grey < 235)
        assert max(np.ptp(rows), np.ptp(columns)) > 200, item["key"]


def test_twins_differ_in_the_one_parameter_they_name() -> None:
    assert len(TWINS) >= 0.6 * len(ITEMS)
    for twin in TWINS:
        original = ITEMS[twin["twin_of"]]
        names = {name for name in original["parameters"] if original["parameters"][name] != twin["parameters"][name]}
        assert names == {twin["changed"]}
        for same in ("family", "finishes", "azimuth", "elevation", "distance"):
            assert twin[same] == original[same]


def test_no_two_photos_are_the_same() -> None:
    assert len({(GALLERY / "photo" / item["photo"]).read_bytes() for item in ITEMS.values()}) == len(ITEMS)


def test_every_photo_has_lines_that_lie_on_it(lines: dict[str, dict[str, Any]]) -> None:
    assert list(lines) == list(ITEMS)
    for key, record in lines.items():
        sketch = io.from_quickdraw(record)
        assert record["photo"] == ITEMS[key]["photo"]
        assert sketch.strokes, key
        low, high = sketch.bounds()
        with Image.open(GALLERY / "photo" / record["photo"]) as photo:
            rows, columns = np.nonzero(np.asarray(photo.convert("L")) < 248)
        box = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) / 256
        assert np.concatenate([low, high]) == pytest.approx(box, abs=10 / 256), key  # JPEG spreads edges over 8 pixels


def test_the_script_still_makes_these_lines(lines: dict[str, dict[str, Any]]) -> None:
    for item in list(ITEMS.values())[::97]:
        design = design_of(item)
        parts = design.parts()
        strokes = line_drawing(parts, design.view(parts))
        drawing = [np.rint(np.clip(stroke, 0, 1).T * 255).astype(int).tolist() for stroke in strokes]
        assert drawing == lines[item["key"]]["drawing"], item["key"]
