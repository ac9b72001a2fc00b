"""Moments, drawings between iterations, the view that holds all, and trails."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sketchlib.errors import InputError
from sketchlib.sketch import Sketch
from sketchlib.viz.motion import checked, drawing_at, moments, trails, view_of
from tests.viz.moves import IDS, history


def test_moments_are_evenly_spaced_in_the_logarithm_of_the_iteration():
    shown = moments(100, 5)
    assert shown == pytest.approx([math.exp(math.log(101) * part / 4) - 1 for part in range(5)])
    assert moments(0, 3) == pytest.approx([0, 0, 0])


def test_between_two_iterations_points_are_on_the_line_between_their_places():
    _, steps = history(iterations=4)
    drawn = drawing_at(steps, 0, 1.25)
    for before, here, after in zip(steps[1][0].sketch, drawn, steps[2][0].sketch, strict=True):
        assert here.points == pytest.approx(0.75 * before.points + 0.25 * after.points)
    assert drawn.ids == IDS
    assert drawing_at(steps, 0, 4.0).equals(steps[4][0].sketch)


def test_strokes_that_change_places_in_the_order_move_on():
    _, steps = history(iterations=2)
    second = replace(steps[1][0], sketch=Sketch(steps[1][0].sketch.strokes[::-1]))
    drawn, straight = (drawing_at([steps[0], (after,)], 0, 0.5) for after in (second, steps[1][0]))
    assert drawn.ids == IDS
    assert drawn.equals(straight)


def test_the_view_is_a_square_around_the_canvas_and_every_point():
    _, steps = history(iterations=30, runs=3)
    view = view_of(steps)
    points = np.concatenate([stroke.points for each in steps for step in each for stroke in step.sketch])
    placed = view.place(np.concatenate([points, [[0, 0], [1, 1]]]), 100)
    assert placed.min() > 0
    assert placed.max() < 100
    assert np.ptp(placed, axis=0).max() == pytest.approx(88)


def test_trails_follow_each_stroke_by_its_id():
    _, steps = history(iterations=3, runs=2)
    found = trails(steps, 1)
    assert set(found) == set(IDS)
    assert found[3] == pytest.approx(np.array([[0.3 + 0.05 * n, 0.3] for n in range(4)]))


@pytest.mark.parametrize("nothing", [[], [()]])
def test_nothing_to_show_is_an_error(nothing):
    with pytest.raises(InputError, match="at least one iteration"):
        checked(nothing)
