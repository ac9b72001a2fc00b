"""QuickDraw records and ndjson files, whole and broken."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchlib import io
from sketchlib.errors import FormatError
from sketchlib.sketch import Sketch

GRID_POINTS = st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=1, max_size=9)
DRAWINGS = st.lists(GRID_POINTS, max_size=6)


def record(strokes: list[list[tuple[int, int]]], word: str = "cat") -> dict[str, object]:
    return {"word": word, "drawing": [[[x for x, _ in stroke], [y for _, y in stroke]] for stroke in strokes]}


@given(DRAWINGS, st.text(max_size=8))
def test_round_trip(strokes: list[list[tuple[int, int]]], word: str) -> None:
    sketch = io.from_quickdraw(record(strokes, word))
    assert [[(round(255 * x), round(255 * y)) for x, y in stroke.points] for stroke in sketch] == strokes
    assert (sketch.label, sketch.ids) == (word, tuple(range(len(strokes))))
    assert io.to_quickdraw(sketch) == record(strokes, word)


def test_a_raw_drawing_is_fitted_and_keeps_its_times() -> None:
    sketch = io.from_quickdraw({"drawing": [[[100, 900], [50, 250], [0, 1500]]]})
    assert sketch[0].points.tolist() == [[0.0, 0.375], [1.0, 0.625]]
    assert sketch[0].seconds is not None
    assert sketch[0].seconds.tolist() == [0.0, 1.5]


def test_a_small_raw_drawing_is_fitted_too() -> None:
    assert io.from_quickdraw({"drawing": [[[10, 20], [10, 10], [0, 5]]]})[0].points.tolist() == [[0.0, 0.5], [1.0, 0.5]]


def test_drawings_off_the_255_square_are_fitted() -> None:
    sketch = io.from_quickdraw({"drawing": [[[-10, 90], [0, 0]]]})
    assert sketch.equals(Sketch.from_points([[[0.0, 0.5], [1.0, 0.5]]]), 1e-12)


def test_an_empty_drawing_is_an_empty_sketch() -> None:
    assert len(io.from_quickdraw({"word": "nothing", "drawing": []})) == 0


@pytest.mark.parametrize(
    ("drawing", "words"),
    [
        ([[[1], [2]], [[], []]], "stroke 2: .*at least one point"),
        ([[[1, 2], [2]]], "stroke 1: .*ragged"),
        ([[[1], [2]], [["1"], [2]]], "stroke 2: .*numbers"),
        ([[[1], [None]]], "stroke 1: .*numbers"),
        ([[[True], [False]]], "stroke 1: .*numbers"),
        ([[[10**400], [1]]], "stroke 1: .*numbers"),
        ([[[float("nan")], [1]]], "stroke 1: .*finite"),
        ([[[float("inf")], [1]]], "stroke 1: .*finite"),
        ([[[1e300], [1]]], "stroke 1: .*finite"),
        ([[[1], [2], [float("nan")]]], "stroke 1: times are finite"),
        ([[[1], [2], [3], [4]]], "stroke 1: a stroke is"),
        ([[1, 2]], "stroke 1: "),
        ([[[[1]], [[2]]]], "stroke 1: "),
        (["strokes"], "stroke 1: a stroke is"),
        ("drawing", "record"),
        (None, "record"),
    ],
)
def test_broken_drawings_name_the_stroke(drawing: object, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        io.from_quickdraw({"word": "x", "drawing": drawing})


def test_broken_records() -> None:
    for value in (None, 3, [], "text", {"word": 4, "drawing": []}):
        with pytest.raises(FormatError):
            io.from_quickdraw(value)


def test_limits_on_strokes_and_points() -> None:
    assert len(io.from_quickdraw({"drawing": [[[1], [2]]] * io.MAXIMUM_STROKES})) == 2_000
    assert io.from_quickdraw({"drawing": [[[1] * 10_000, [2] * 10_000]]}).number_of_points == 10_000
    with pytest.raises(FormatError, match="2,000 strokes, got 2,001"):
        io.from_quickdraw({"drawing": [[[1], [2]]] * 2_001})
    with pytest.raises(FormatError, match="100,000 points, got 100,001"):
        io.from_quickdraw({"drawing": [[[1] * 100_001, [2] * 100_001]]})


@pytest.mark.parametrize("name", ["cats.ndjson", "cats.ndjson.gz", "CATS.NDJSON.GZ"])
def test_files_are_read_line_by_line(tmp_path: Path, name: str) -> None:
    sketches = [Sketch.from_points([[[0.0, 0.2], [1.0, 0.4]]], f"label {i}") for i in range(5)]
    lines = "".join(json.dumps(io.to_quickdraw(sketch)) + "\n\n" for sketch in sketches).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(lines) if name.lower().endswith("gz") else lines)
    assert [sketch.label for sketch in io.read_sketches(path)] == [f"label {i}" for i in range(5)]
    assert [sketch.label for sketch in io.read_quickdraw(path, limit=2)] == ["label 0", "label 1"]
    assert [found["word"] for found in io.read_records(path, limit=1)] == ["label 0"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"drawing": [[[1, 2], [3]]]}', "line 3: stroke 1: "),
        ('{"drawing": [[[1], [NaN]]]}', "line 3: .*NaN"),
        ('{"drawing": [[[1e999], [1]]]}', "line 3: stroke 1: "),
        ('{"drawing": [', "line 3: not valid JSON"),
        ("[1, 2]", "line 3: a line is one JSON object"),
        ("[" * 100_000, "line 3: JSON is nested"),
        ('{"drawing": [[[' + "9" * 5_000 + "], [1]]]}", "line 3: "),
        ("\udcff", "line 3: not valid JSON"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "broken.ndjson"
    good = '{"word": "cat", "drawing": [[[1, 2], [3, 4]]]}\n'
    path.write_bytes((good + "\n" + line + "\n" + good).encode("utf-8", "surrogateescape"))
    found = []
    with pytest.raises(FormatError, match=f"^broken.ndjson, {words}") as error:
        found.extend(io.read_sketches(path))
    assert len(found) == 1
    assert "\n" not in str(error.value)


def test_a_line_without_end_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.ndjson"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(FormatError, match=r"^long\.ndjson, line 1: at most"):
        next(io.read_sketches(path))


def test_a_truncated_gzip_gives_what_it_has_and_then_the_line(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    drawings = [{"drawing": generator.integers(0, 256, (4, 2, 20)).tolist()} for _ in range(200)]
    packed = gzip.compress("".join(json.dumps(drawing) + "\n" for drawing in drawings).encode())
    path = tmp_path / "cut.ndjson.gz"
    path.write_bytes(packed[: len(packed) // 2])
    found = []
    with pytest.raises(FormatError, match=r"^cut.ndjson.gz, line \d+: the gzip data is cut off"):
        found.extend(io.read_sketches(path))
    assert 0 < len(found) < 200
    path.write_bytes(b"not gzip at all")
    with pytest.raises(FormatError, match=r"line 1: the gzip data is cut off or damaged"):
        next(io.read_sketches(path))
    path.write_bytes(packed[:500] + b"\xff" * 500 + packed[1000:])
    with pytest.raises(FormatError, match=r"the gzip data is cut off or damaged|not valid JSON"):
        list(io.read_sketches(path))


def test_real_files_read_back_as_they_are(data_root: Path, tmp_path: Path) -> None:
    source = next(iter(sorted((data_root / "quickdraw" / "val").glob("*.ndjson.gz"))))
    sketches = list(io.read_sketches(source))
    io.write_sketches(tmp_path / "copy.ndjson.gz", sketches)
    for record, again in zip(io.read_records(source), io.read_records(tmp_path / "copy.ndjson.gz"), strict=True):
        assert (record["word"], record["drawing"]) == (again["word"], again["drawing"])
