"""Suffixes, folders and writing."""

import json
from pathlib import Path

import numpy as np
import pytest

from sketchlib import io
from sketchlib.errors import FormatError, SketchError
from sketchlib.sketch import Sketch, Stroke

SKETCH = Sketch((Stroke([[0.0, 1.0], [0.5, 0.25]], 4), Stroke([[0.75, 0.5]], 9)))


@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz", "a.json", "a.svg", "a.npy"])
def test_what_is_written_is_read_back(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    io.write_sketches(path, [SKETCH])
    (found,) = io.read_sketches(path)
    assert [len(stroke) for stroke in found] == [2, 1]
    for stroke, original in zip(found, SKETCH, strict=True):
        assert np.abs(stroke.points - original.points).max() <= 0.5 / 255.0
    if name.endswith(("json", "svg")) and "nd" not in name:
        assert found.ids == (4, 9)


def test_writing_is_deterministic(tmp_path: Path) -> None:
    for name in ("one.ndjson.gz", "two.ndjson.gz"):
        io.write_sketches(tmp_path / name, [SKETCH, SKETCH])
    assert (tmp_path / "one.ndjson.gz").read_bytes() == (tmp_path / "two.ndjson.gz").read_bytes()


def test_a_folder_is_its_files_by_name(tmp_path: Path) -> None:
    for name in ("b", "A", "c"):
        io.write_sketches(tmp_path / f"{name}.ndjson", [Sketch(SKETCH.strokes, f"{name} {i}") for i in range(2)])
    (tmp_path / "notes.txt").write_text("not a sketch")
    assert [sketch.label for sketch in io.read_sketches(tmp_path)] == ["A 0", "A 1", "b 0", "b 1", "c 0", "c 1"]
    assert [sketch.label for sketch in io.read_sketches(tmp_path, limit=3)] == ["A 0", "A 1", "b 0"]


def test_a_broken_line_in_a_folder_names_file_and_line(tmp_path: Path) -> None:
    io.write_sketches(tmp_path / "good.ndjson", [SKETCH])
    (tmp_path / "later.ndjson").write_text(json.dumps(io.to_quickdraw(SKETCH)) + "\n{oops\n")
    with pytest.raises(FormatError, match=r"^later.ndjson, line 2: not valid JSON"):
        list(io.read_sketches(tmp_path))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"^photo.png: the suffix is one of .ndjson"):
        next(io.read_sketches(tmp_path / "photo.png"))
    for name in ("gone.ndjson", "gone.ndjson.gz", "gone.svg", "gone.json", "gone.npz", "gone.npy"):
        with pytest.raises(FormatError, match=f"^{name}: cannot be read"):
            next(io.read_sketches(tmp_path / name))


def test_writing_what_a_file_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="the suffix is"):
        io.write_sketches(tmp_path / "a.png", [SKETCH])
    for sketches in ([], [SKETCH, SKETCH]):
        with pytest.raises(FormatError, match="holds one sketch"):
            io.write_sketches(tmp_path / "a.svg", sketches)


@pytest.mark.parametrize("suffix", [".json", ".svg", ".npy"])
def test_two_hundred_megabytes_are_refused_unread(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"huge{suffix}"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(FormatError, match=rf"^huge{suffix}: a file of this kind has at most"):
        next(io.read_sketches(path))


def test_repeated_ids_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "twins.json"
    path.write_text('{"strokes": [{"id": 1, "pts": [[1, 1]]}, {"id": 1, "pts": [[2, 2]]}]}')
    with pytest.raises(SketchError, match=r"^twins.json: stroke ids are unique"):
        next(io.read_sketches(path))
