"""A gallery's folder: what is written is read again, the same bytes for the same content."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from gallery.collection import Collection
from gallery.designs import Design, sibling_designs
from sketchlib import io

SETTINGS = {"seed": 4, "twins": 1, "side": 64}
DRAWING = [np.array([[0.0, 0.5], [1.0, 0.25]]), np.array([[0.1, 1.001], [0.2, 0.9]])]


def siblings(number: int = 0) -> list[Design]:
    return sibling_designs(4, number, 1, lambda design, twin: True)


def filled(folder: Path, designs: list[Design]) -> Collection:
    collection = Collection(folder, SETTINGS)
    for design in designs:
        collection.add(design, DRAWING, b"photo of " + design.key.encode())
    collection.save()
    return collection


def test_what_is_saved_is_known_again(tmp_path: Path) -> None:
    designs = siblings(7)
    filled(tmp_path, designs)
    again = Collection(tmp_path, SETTINGS)
    assert len(again) == 2
    assert [again.has_group(number) for number in (0, 7)] == [False, True]


def test_an_item_says_what_its_photo_shows(tmp_path: Path) -> None:
    original, twin = siblings()
    filled(tmp_path, [original, twin])
    table = json.loads((tmp_path / "items.json").read_text())
    assert (table["licence"], table["settings"]) == ("CC0-1.0", SETTINGS)
    for design, item in zip((original, twin), table["items"], strict=True):
        assert (tmp_path / "photo" / item["photo"]).read_bytes() == b"photo of " + design.key.encode()
        assert item["parameters"] == design.parameters
        assert (item["key"], item["family"], item["kind"]) == (design.key, "kitchen chair", "chair")
        assert (item["twin_of"], item["changed"]) == (design.twin_of, design.changed)


def test_lines_are_records_that_the_library_reads(tmp_path: Path) -> None:
    filled(tmp_path, siblings())
    with gzip.open(tmp_path / "lines.ndjson.gz", "rt") as stream:
        record = json.loads(next(stream))
    assert record["photo"] == f"{record['key']}.jpg"
    sketch = io.from_quickdraw(record)
    assert sketch[0].points == pytest.approx(DRAWING[0], abs=0.5 / 255)
    assert sketch[1].points == pytest.approx(np.clip(DRAWING[1], 0, 1), abs=0.5 / 255)


def test_the_same_content_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        filled(tmp_path / name, siblings())
    for table in ("items.json", "lines.ndjson.gz"):
        assert (tmp_path / "one" / table).read_bytes() == (tmp_path / "two" / table).read_bytes()
        assert not (tmp_path / "one" / f"{table}.part").exists()


def test_a_folder_made_otherwise_is_refused(tmp_path: Path) -> None:
    filled(tmp_path, siblings())
    with pytest.raises(SystemExit, match="one gallery"):
        Collection(tmp_path, SETTINGS | {"seed": 5})
