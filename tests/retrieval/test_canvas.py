"""The selector's rows written point by point, and what choosing costs."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sketchlib.retrieval.canvas import MOST_POINTS, padded, selector_flops, selector_points, student_flops
from sketchlib.retrieval.gradients import gradients_flops
from sketchlib.retrieval.lines import CANVASES, SPAN
from sketchlib.retrieval.networks import CanvasSelector
from sketchlib.sketch import Sketch
from tests.network_oracle import random_drawing

DOWN, LIFTED, DONE = (1, 0, 0), (0, 1, 0), (0, 0, 1)


def states(rows: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(row) for row in rows[:, 2:].astype(int)]


def test_rows_say_where_the_pen_is_and_what_it_does_next():
    """A box 2 x 1: its long side spans SPAN, upright and not mirrored."""
    sketch = Sketch.from_points([[(0, 0), (2, 0), (2, 1)], [(1, 1)], [(0, 1), (0, 0.5)]])
    rows = selector_points(sketch)
    low, scale = 0.5 - SPAN / 2, SPAN / 2
    top = 0.5 - scale / 2
    places = [(0, 0), (2, 0), (2, 1), (1, 1), (0, 1), (0, 0.5)]
    assert rows.dtype == np.float32
    assert rows[:, :2] == pytest.approx(np.array([(low + scale * x, top + scale * y) for x, y in places]), abs=1e-6)
    assert states(rows) == [DOWN, DOWN, LIFTED, LIFTED, DOWN, DONE]


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 12))
def test_strokes_keep_their_ends_and_rows_stay_few(seed, strokes, longest):
    drawing = random_drawing(np.random.default_rng(seed), strokes, longest)
    sketch = Sketch.from_points(drawing)
    rows = selector_points(sketch)
    assert len(rows) <= max(MOST_POINTS, 2 * strokes)
    said = states(rows)
    assert set(said[:-1]) <= {DOWN, LIFTED}
    assert said[-1] == DONE
    ends = [number for number, state in enumerate(said) if state != DOWN]
    assert len(ends) == strokes
    placed = sketch.fitted((1 - SPAN) / 2)
    starts = [0, *(end + 1 for end in ends[:-1])]
    for stroke, start, end in zip(placed, starts, ends, strict=True):
        assert rows[start, :2] == pytest.approx(stroke.points[0], abs=1e-6)
        assert rows[end, :2] == pytest.approx(stroke.points[-1], abs=1e-6)
        kept = {tuple(point) for point in stroke.points.astype(np.float32)}
        assert {tuple(point) for point in rows[start : end + 1, :2]} <= kept


def test_a_straight_line_of_many_points_is_two_rows():
    assert len(selector_points(Sketch.from_points([np.linspace([0, 0], [1, 0.3], 500)]))) == 2


def test_a_drawing_of_many_corners_is_simplified_until_it_is_short():
    turns = np.linspace(0, 60 * math.pi, 4000)
    spiral = np.stack([turns * np.cos(turns), turns * np.sin(turns)], axis=1)
    assert 2 < len(selector_points(Sketch.from_points([spiral]))) <= MOST_POINTS


def test_place_and_size_on_the_pad_do_not_matter():
    drawing = random_drawing(np.random.default_rng(0), 5, 8)
    moved = Sketch.from_points(drawing).transformed(0.2, (0.3, 0.7))
    assert selector_points(moved) == pytest.approx(selector_points(Sketch.from_points(drawing)), abs=1e-5)


def test_a_dot_is_one_row_in_the_middle():
    assert selector_points(Sketch.from_points([[(0.1, 0.9)]])).tolist() == [[0.5, 0.5, 0, 0, 1]]


def test_padding_keeps_each_sketchs_rows_and_their_number():
    rows = [np.random.default_rng(length).random((length, 5), dtype=np.float32) for length in (2, 5, 1)]
    points, lengths = padded(rows)
    assert points.shape == (3, 5, 5)
    assert lengths.tolist() == [2, 5, 1]
    for one, each in zip(points, rows, strict=True):
        assert torch.equal(one[: len(each)], torch.from_numpy(each))
        assert not one[len(each) :].any()


def test_costs_of_the_canvases_grow_about_four_times_a_step():
    costs = student_flops()
    papers = [cost - gradients_flops(canvas) for cost, canvas in zip(costs, CANVASES, strict=True)]
    assert [f"{cost / 1e9:.4f}" for cost in papers] == ["0.0130", "0.0521", "0.2083", "0.8332"]
    assert len(costs) == len(CANVASES)
    assert [larger / smaller for smaller, larger in pairwise(costs)] == pytest.approx([4] * 3, rel=0.01)


def test_choosing_costs_each_row_once():
    selector = CanvasSelector(4, 8)
    one, two, ten = (selector_flops(selector, rows) for rows in (1, 2, 10))
    assert two - one == 2 * 3 * 8 * (5 + 8)
    assert ten - one == 9 * (two - one)
    assert one - (two - one) == 2 * 8 * 4


def test_a_hundred_points_cost_nearly_what_the_smallest_canvas_does():
    assert selector_flops(CanvasSelector(4, 128), 100) / 1e6 == pytest.approx(10.2, abs=0.1)
