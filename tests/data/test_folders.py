"""Training data from folders of ndjson and from stores."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from sketchlib.data.folders import count_categories, simplified, training_data
from sketchlib.data.store import SketchStore, pack
from sketchlib.errors import FormatError
from sketchlib.simplify import canonical
from sketchlib.sketch import Sketch

DRAWING = [[[0, 255, 128], [0, 20, 200]], [[10, 200], [255, 100]]]


def write(folder: Path, split: str, word: str, count: int, packed: bool = True) -> None:
    lines = "".join(json.dumps({"word": word, "drawing": DRAWING}) + "\n" for _ in range(count)).encode()
    path = folder / split / f"{word}.ndjson{'.gz' if packed else ''}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(lines) if packed else lines)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Two folders: 4 + 2 cats, 3 Dogs, 1 zebra; every validation file once."""
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, word, count in ((one, "cat", 4), (one, "Dog", 3), (two, "cat", 2), (two, "zebra", 1)):
        write(folder, "train", word, count, packed=folder == one)
        write(folder, "val", word, 1)
    return [one, two]


def labels(arrays) -> list[str]:
    return [arrays.classes[label] for label in arrays.labels]


def test_folders_are_taken_together_and_classes_sorted_without_regard_to_case(folders):
    train, validation = training_data(folders)
    assert train.classes == validation.classes == ("cat", "Dog", "zebra")
    assert sorted(labels(train)) == ["Dog"] * 3 + ["cat"] * 6 + ["zebra"]
    assert sorted(labels(validation)) == ["Dog", "cat", "cat", "zebra"]
    assert np.diff(train.sketch_ends, prepend=0).tolist() == [2] * 10


def test_points_are_those_of_the_canonical_simplification(folders):
    train, _ = training_data(folders)
    sketch = Sketch.from_points([np.transpose(stroke) / 255 for stroke in DRAWING])
    expected = np.concatenate([np.rint(stroke.points * 255) for stroke in canonical(sketch)])
    assert train.points[: len(expected)].tolist() == expected.tolist()


def test_small_categories_are_left_out(folders):
    train, validation = training_data(folders, at_least=3)
    assert train.classes == validation.classes == ("cat", "Dog")
    assert set(labels(validation)) == {"cat", "Dog"}
    assert training_data(folders, at_least=4)[0].classes == ("cat",)


def test_chosen_categories_are_taken_alone(folders):
    train, _ = training_data(folders, at_least=3, categories=["zebra", "cat"])
    assert train.classes == ("cat", "zebra")
    assert len(train.labels) == 7


def test_a_category_that_is_not_there_is_named(folders):
    with pytest.raises(FormatError, match="none of unicorn"):
        training_data(folders, categories=["cat", "unicorn"])


def test_categories_are_counted_over_all_folders(folders):
    assert count_categories(folders) == {"cat": 6, "Dog": 3, "zebra": 1}
    assert count_categories(folders, "val") == {"cat": 2, "Dog": 1, "zebra": 1}


@pytest.mark.parametrize("missing", ["train", "val"])
def test_a_missing_split_is_an_error_that_says_what_is_wanted(folders, missing):
    for folder in folders:
        (folder / missing).rename(folder / "elsewhere")
    with pytest.raises(FormatError, match=f"{missing}/<category>.ndjson.gz"):
        training_data(folders)


def test_a_broken_line_is_named_by_file_and_line(folders):
    with (folders[1] / "train" / "cat.ndjson.gz").open("wb") as file:
        file.write(gzip.compress(b'{"word": "cat", "drawing": []}\n{"word"'))
    with pytest.raises(FormatError, match=r"cat\.ndjson\.gz, line 2"):
        training_data(folders)


def test_empty_sketches_are_left_out():
    drawn = Sketch.from_points([[[0, 0], [1, 1]]])
    assert len(list(simplified([Sketch(), drawn, Sketch()]))) == 1


def test_a_store_is_read_as_it_is(tmp_path):
    drawn = Sketch.from_points([[[0, 0], [1, 1]]], "dog")
    pack([(drawn, "train"), (drawn, "valid"), (drawn, "train")], tmp_path / "store", ("cat", "dog"), "made up")
    train, validation = training_data([tmp_path / "store"])
    assert isinstance(train, SketchStore)
    assert (train.split, validation.split) == ("train", "valid")
    assert labels(train) == ["dog", "dog"]
    assert labels(validation) == ["dog"]
