"""Folders of photos and of sketches of them: read as written, split by photo, refused in one sentence."""

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchlib.errors import FormatError, InputError
from sketchlib.io.pairs import Pairs, joined_pairs, read_pairs, split_pairs
from sketchlib.sketch import Sketch

LINE = [[[0, 255, 255], [0, 0, 51]]]


def record(photo: object, key: int = 0, drawing: object = LINE) -> str:
    return json.dumps({"photo": photo, "key": key, "drawing": drawing})


def write(folder: Path, lines: list[str], photos: list[str], name: str = "sketches.ndjson.gz") -> Path:
    (folder / "photo").mkdir(exist_ok=True)
    for photo in photos:
        (folder / "photo" / photo).write_bytes(b"")
    with gzip.open(folder / name, "wt") as file:
        file.write("".join(f"{line}\n" for line in lines))
    return folder


def toy(photos: int, sketches: int) -> Pairs:
    """Sketch i is of photo i modulo the number of photos and has i + 1 points."""
    drawn = tuple(Sketch.from_points([np.zeros((number + 1, 2))]) for number in range(sketches))
    paths = tuple(Path(f"{number:03}.png") for number in range(photos))
    return Pairs(paths, drawn, tuple(number % photos for number in range(sketches)))


def questions(pairs: Pairs) -> list[tuple[str, int]]:
    """(photo's name, points of the sketch) of each sketch."""
    return [
        (pairs.photos[photo].name, sketch.number_of_points)
        for photo, sketch in zip(pairs.photo_of, pairs.sketches, strict=True)
    ]


def test_photos_come_by_name_and_sketches_in_the_order_of_their_files(tmp_path):
    longer = [[[0, 51, 51, 102], [0, 0, 255, 255]], [[5], [5]]]
    write(tmp_path, [record("b.png"), record("a.png", 1, longer)], ["a.png", "b.png", "unused.png"])
    write(tmp_path, [record("b.png", 2)], [], "more.ndjson.gz")
    pairs = read_pairs(tmp_path)
    assert [photo.name for photo in pairs.photos] == ["a.png", "b.png"]
    assert all(photo.is_file() for photo in pairs.photos)
    assert questions(pairs) == [("b.png", 3), ("b.png", 3), ("a.png", 5)]
    assert pairs.sketches[0][0].points == pytest.approx(np.array([[0, 0], [1, 0], [1, 0.2]]))
    assert pairs.sketches[2][1].points == pytest.approx(np.array([[5 / 255, 5 / 255]]))


def test_what_was_not_drawn_and_blank_lines_are_left_out(tmp_path):
    write(tmp_path, [record("a.png", drawing=[]), "", record("b.png")], ["a.png", "b.png"])
    assert questions(read_pairs(tmp_path)) == [("b.png", 3)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "JSON is nested"),
        ("[1, 2]", "one JSON object"),
        ('{"photo": "a.png"}', 'a list "drawing"'),
        (json.dumps({"drawing": LINE}), "named by its file alone, got None"),
        (record(7), "named by its file alone, got 7"),
        (record("../a.png"), "named by its file alone"),
        (record("/etc/passwd"), "named by its file alone"),
        (record("a.png", drawing=[[[0, 1], [0]]]), "stroke 1"),
        (record("a.png", drawing=[[[0, "x"], [0, 1]]]), "stroke 1"),
        ('{"photo": "a.png", "drawing": [[[NaN], [0]]]}', "NaN"),
    ],
)
def test_a_bad_record_is_refused_by_its_line(tmp_path, line, said):
    write(tmp_path, [record("a.png"), line], ["a.png"])
    with pytest.raises(FormatError, match=r"sketches.ndjson.gz, line 2: ") as caught:
        read_pairs(tmp_path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(record("a.png").encode() * 200, mtime=0)[:-20]])
def test_damaged_files_are_refused(tmp_path, content):
    write(tmp_path, [], ["a.png"])
    (tmp_path / "sketches.ndjson.gz").write_bytes(content)
    with pytest.raises(FormatError, match="cut off or damaged"):
        read_pairs(tmp_path)


def test_a_missing_photo_is_named(tmp_path):
    write(tmp_path, [record("a.png"), record("gone.png"), record("lost.png")], ["a.png"])
    with pytest.raises(InputError, match=r"got 'gone.png', one of 2 missing"):
        read_pairs(tmp_path)


@pytest.mark.parametrize("missing", ["photo", "sketches", "folder"])
def test_a_folder_without_photos_or_sketches_is_refused(tmp_path, missing):
    write(tmp_path, [record("a.png")], ["a.png"])
    if missing == "photo":
        (tmp_path / "photo" / "a.png").unlink()
        (tmp_path / "photo").rmdir()
    if missing == "sketches":
        (tmp_path / "sketches.ndjson.gz").unlink()
    with pytest.raises(InputError, match=r"photo/ and \*.ndjson.gz"):
        read_pairs(tmp_path / "nowhere" if missing == "folder" else tmp_path)


@given(st.integers(2, 12), st.integers(0, 30), st.data())
def test_a_split_keeps_every_sketch_with_its_photo(photos, sketches, data):
    pairs = toy(photos, sketches)
    held_out = data.draw(st.integers(1, photos - 1))
    kept, held = split_pairs(pairs, held_out)
    assert len(held.photos) == held_out
    assert not set(kept.photos) & set(held.photos)
    assert sorted(questions(kept) + questions(held)) == sorted(questions(pairs))
    hashes = {photo: hashlib.sha256(photo.name.encode()).hexdigest() for photo in pairs.photos}
    assert max(hashes[photo] for photo in held.photos) < min(hashes[photo] for photo in kept.photos)
    assert list(held.photos) == sorted(held.photos)


def test_a_photo_falls_on_the_same_side_whatever_else_there_is():
    """Held out of 12 photos, 3 stay held out of any 11 that have them."""
    pairs = toy(12, 24)
    held = set(split_pairs(pairs, 3)[1].photos)
    others = [number for number in range(12) if pairs.photos[number] not in held]
    for left in others:
        fewer = pairs.of([number for number in range(12) if number != left])
        assert set(split_pairs(fewer, 3)[1].photos) == held


@pytest.mark.parametrize("held_out", [-1, 0, 5, 6])
def test_a_split_leaves_something_on_both_sides(held_out):
    with pytest.raises(InputError, match=f"got {held_out} of 5"):
        split_pairs(toy(5, 5), held_out)


def test_some_photos_come_in_the_order_asked_for():
    pairs = toy(4, 8)
    some = pairs.of([3, 1])
    assert [photo.name for photo in some.photos] == ["003.png", "001.png"]
    assert questions(some) == [("001.png", 2), ("003.png", 4), ("001.png", 6), ("003.png", 8)]


def test_joined_pairs_are_one_after_the_other():
    one, other = toy(3, 5), toy(2, 4)
    both = joined_pairs([one, other])
    assert both.photos == one.photos + other.photos
    assert questions(both) == questions(one) + questions(other)
    assert joined_pairs([]).photos == ()


def test_the_chairs_of_the_data_are_read(data_root):
    pairs = read_pairs(data_root / "chairv2")
    assert len(pairs.photos) == 300
    assert set(pairs.photo_of) == set(range(300))
    kept, held = split_pairs(pairs, 60)
    assert len(kept.sketches) + len(held.sketches) == len(pairs.sketches)
