"""Strokes put into the boxes of others."""

import numpy as np
import pytest

from sketchlib.errors import SketchError
from sketchlib.shapes import Sample, boxed, redrawn
from sketchlib.sketch import Sketch, Stroke

CORNER = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 0.5)])


def test_each_axis_fills_the_box_by_itself():
    into = np.array([(2.0, 3.0), (4.0, 9.0), (3.0, 5.0)])
    np.testing.assert_allclose(boxed(CORNER, into), [(2, 3), (4, 3), (4, 9)])


@pytest.mark.parametrize("height", [0.0, 0.01])
def test_what_has_no_extent_is_centred_not_stretched(height):
    line = np.array([(0.0, 0.0), (1.0, height)])
    np.testing.assert_allclose(boxed(line, np.array([(0, 0), (4, 6)])), [(0, 3), (4, 3)])


def test_dots_go_to_the_middle_and_into_a_dot():
    np.testing.assert_allclose(boxed(np.array([(5.0, 5.0)]), np.array([(0, 0), (4, 6)])), [(2, 3)])
    np.testing.assert_allclose(boxed(CORNER, np.array([(7.0, 8.0)])), [(7, 8)] * 3)


def test_a_redrawn_sketch_keeps_ids_order_and_boxes():
    sketch = Sketch((Stroke([(0, 0), (1, 1)], 7), Stroke([(0.5, 0.2), (0.6, 0.8), (0.9, 0.3)], 3)), "cat")
    new = redrawn(sketch, [Sample("corner", CORNER), Sample("line", CORNER[:2])])
    assert (new.ids, new.label, [len(stroke) for stroke in new]) == ((7, 3), "cat", [3, 2])
    np.testing.assert_allclose(new[0].points, [(0, 0), (1, 0), (1, 1)])
    np.testing.assert_allclose(new[1].points, [(0.5, 0.5), (0.9, 0.5)])


@pytest.mark.parametrize("count", [1, 3])
def test_one_sample_a_stroke(count):
    sketch = Sketch.from_points([[(0, 0), (1, 1)], [(0, 1), (1, 0)]])
    with pytest.raises(SketchError, match="one sample a stroke"):
        redrawn(sketch, [Sample("corner", CORNER)] * count)
