"""Flat arrays of labelled sketches, against slicing one sketch at a time."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sketchlib.data.collection import SketchCollection, collect, take
from sketchlib.errors import FormatError
from sketchlib.sketch import Sketch

CLASSES = ("cat", "dog", "yoga")
coordinates = st.integers(0, 255)
strokes = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=4)
drawings = st.lists(strokes, min_size=1, max_size=4)
labelled = st.lists(st.tuples(drawings, st.sampled_from(CLASSES)), min_size=1, max_size=6)


def collection(items) -> SketchCollection:
    sketches = (Sketch.from_points([np.array(stroke) / 255 for stroke in drawing], label) for drawing, label in items)
    return collect(sketches, CLASSES)


@given(labelled)
def test_every_sketch_is_in_the_arrays_in_order(items):
    arrays = collection(items)
    strokes_in_order = [stroke for drawing, _ in items for stroke in drawing]
    assert arrays.points.tolist() == [list(point) for stroke in strokes_in_order for point in stroke]
    assert arrays.points.dtype == np.uint8
    assert np.diff(arrays.stroke_ends, prepend=0).tolist() == [len(stroke) for stroke in strokes_in_order]
    assert np.diff(arrays.sketch_ends, prepend=0).tolist() == [len(drawing) for drawing, _ in items]
    assert [CLASSES[label] for label in arrays.labels] == [label for _, label in items]
    assert arrays.classes == CLASSES


@given(labelled, st.data())
def test_taken_sketches_are_those_at_the_indices(items, data):
    indices = data.draw(st.lists(st.integers(0, len(items) - 1), min_size=1, max_size=8))
    taken = take(collection(items), torch.tensor(indices))
    chosen = [items[index][0] for index in indices]
    points = np.array([point for drawing in chosen for stroke in drawing for point in stroke]) / 255
    assert taken.points.dtype == torch.float32
    assert taken.points.numpy() == pytest.approx(points, abs=1e-7)
    assert taken.stroke_lengths.tolist() == [len(stroke) for drawing in chosen for stroke in drawing]
    assert taken.strokes_per_sketch.tolist() == [len(drawing) for drawing in chosen]


def test_coordinates_are_rounded_and_kept_on_the_grid():
    arrays = collect([Sketch.from_points([[[0.4, 1.2], [100.4 / 255, 100.6 / 255], [-0.1, 1.0]]], "cat")], CLASSES)
    assert arrays.points.tolist() == [[102, 255], [100, 101], [0, 255]]


def test_nothing_to_collect_is_an_error():
    with pytest.raises(FormatError, match="cat, dog, yoga"):
        collect([], CLASSES)
