import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchlib.data import store as module
from sketchlib.data.collection import collect, take
from sketchlib.data.store import SketchStore, StoreWriter, pack, read_meta
from sketchlib.errors import FormatError
from sketchlib.sketch import Sketch

CLASSES = ("cat", "dog")
SPLITS = ("train", "valid")

coordinates = st.integers(0, 255)
strokes = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=4)
drawings = st.lists(strokes, min_size=1, max_size=4)
labelled = st.tuples(drawings, st.sampled_from(CLASSES), st.sampled_from(SPLITS))


def sketch_of(drawing: list[list[tuple[int, int]]], label: str) -> Sketch:
    return Sketch.from_points([np.array(stroke) / 255 for stroke in drawing], label)


def a_line(label: str = "cat") -> Sketch:
    return sketch_of([[(0, 0), (255, 9)]], label)


@settings(max_examples=20)
@given(st.lists(labelled, min_size=1, max_size=12), st.integers(1, 5))
def test_every_sketch_comes_back_in_its_split_and_in_order(tmp_path_factory, items, together) -> None:
    path = tmp_path_factory.mktemp("data") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PACKED_TOGETHER", together)
        pack([(sketch_of(drawing, label), split) for drawing, label, split in items], path, CLASSES, "made up")
    assert list(read_meta(path)["splits"]) == list(dict.fromkeys(split for _, _, split in items)) or together < len(
        items
    )
    for split in {split for _, _, split in items}:
        expected = [(drawing, label) for drawing, label, where in items if where == split]
        opened = SketchStore(path, split)
        assert len(opened) == len(expected)
        for index, (drawing, label) in enumerate(expected):
            sketch = opened.sketch(index)
            assert sketch.label == label
            assert [np.rint(stroke.points * 255).astype(int).tolist() for stroke in sketch] == [
                [list(point) for point in stroke] for stroke in drawing
            ]


@settings(max_examples=20)
@given(st.lists(st.tuples(drawings, st.sampled_from(CLASSES)), min_size=1, max_size=8), st.data())
def test_a_batch_from_a_store_is_the_batch_from_memory(tmp_path_factory, items, data) -> None:
    path = tmp_path_factory.mktemp("data") / "store"
    sketches = [sketch_of(drawing, label) for drawing, label in items]
    pack([(sketch, "train") for sketch in sketches], path, CLASSES, "made up")
    indices = data.draw(st.lists(st.integers(0, len(sketches) - 1), min_size=1, max_size=6))
    batch = take(SketchStore(path), torch.tensor(indices))
    chosen = [sketches[index] for index in indices]
    assert batch.strokes_per_sketch.tolist() == [len(sketch) for sketch in chosen]
    assert batch.stroke_lengths.tolist() == [len(stroke) for sketch in chosen for stroke in sketch]
    points = np.concatenate([stroke.points for sketch in chosen for stroke in sketch])
    np.testing.assert_allclose(batch.points.numpy(), points, atol=1e-7)


def test_the_arrays_are_mapped_not_read_and_of_the_stated_types(tmp_path: Path) -> None:
    pack([(a_line(), "train")], tmp_path / "store", CLASSES, "made up")
    opened = SketchStore(tmp_path / "store")
    types = {name: str(getattr(opened, name).dtype) for name in ("points", "stroke_ends", "sketch_ends", "labels")}
    assert types == {"points": "uint8", "stroke_ends": "int64", "sketch_ends": "int64", "labels": "int64"}
    assert isinstance(opened.points.base, np.memmap)
    assert not opened.points.flags.writeable
    np.testing.assert_array_equal(np.load(tmp_path / "store" / "train" / "points.npy"), [[0, 0], [255, 9]])


def test_a_store_travels_to_a_worker_as_its_path(tmp_path: Path) -> None:
    pack([(a_line(), "valid")] * 1000, tmp_path / "store", CLASSES, "made up")
    parcel = pickle.dumps(SketchStore(tmp_path / "store", "valid"))
    assert len(parcel) < 500
    assert pickle.loads(parcel).sketch(999).equals(a_line())


@pytest.mark.parametrize("index", [-1, 1])
def test_an_index_outside_is_an_index_error(tmp_path: Path, index: int) -> None:
    pack([(a_line(), "train")], tmp_path / "store", CLASSES, "made up")
    with pytest.raises(IndexError, match=r"0\.\.0"):
        SketchStore(tmp_path / "store").sketch(index)


def test_packing_that_fails_leaves_the_old_store_and_nothing_else(tmp_path: Path) -> None:
    path = pack([(a_line(), "train")], tmp_path / "store", CLASSES, "old")

    def interrupted():
        yield a_line("dog"), "train"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack(interrupted(), path, CLASSES, "new")
    assert read_meta(path)["source"] == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["store"]
    pack([(a_line("dog"), "train")], path, CLASSES, "new")
    assert read_meta(path)["source"] == "new"
    assert SketchStore(path).sketch(0).label == "dog"
    assert [each.name for each in tmp_path.iterdir()] == ["store"]


def test_a_folder_of_something_else_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(FormatError, match="got something else"):
        pack([(a_line(), "train")], tmp_path / "thesis", CLASSES, "made up")
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"


@pytest.mark.parametrize("stranger", [Sketch((), "cat"), a_line("cow"), a_line("")])
def test_a_sketch_that_cannot_be_packed_is_named_by_its_number(tmp_path: Path, stranger: Sketch) -> None:
    with pytest.raises(FormatError, match=r"strokes and a known class, got .*number 2"):
        pack([(a_line(), "train"), (stranger, "train")], tmp_path / "store", CLASSES, "made up")
    with pytest.raises(FormatError, match="at least one sketch, got none"):
        pack([], tmp_path / "store", CLASSES, "made up")
    assert not list(tmp_path.iterdir())


def test_arrays_of_other_classes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="the classes of a store are"):
        StoreWriter(tmp_path, CLASSES).append("train", collect([a_line()], ("cat",)))


def damaged(path: Path, damage: str) -> None:
    points, meta = path / "train" / "points.npy", path / "meta.json"
    if damage == "cut":
        points.write_bytes(points.read_bytes()[:-1])
    elif damage == "shorter":
        np.save(points, np.zeros((1, 2), np.uint8))
    elif damage == "pickled":
        np.save(points, np.array([None, None]), allow_pickle=True)
    elif damage == "gone":
        points.unlink()
    elif damage == "not json":
        meta.write_text("{")
    elif damage == "no meta":
        meta.unlink()
    else:
        meta.write_text(json.dumps({"format": "another"}))


@pytest.mark.parametrize("damage", ["cut", "shorter", "pickled", "gone", "not json", "no meta", "another"])
def test_a_damaged_store_is_one_sentence_with_its_path(tmp_path: Path, damage: str) -> None:
    path = pack([(a_line(), "train")], tmp_path / "store", CLASSES, "made up")
    damaged(path, damage)
    with pytest.raises(FormatError) as raised:
        SketchStore(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_unknown_split_is_refused_by_the_ones_there_are(tmp_path: Path) -> None:
    path = pack([(a_line(), "train"), (a_line(), "valid")], tmp_path / "store", CLASSES, "made up")
    with pytest.raises(FormatError, match="one of train, valid, got 'test'"):
        SketchStore(path, "test")
