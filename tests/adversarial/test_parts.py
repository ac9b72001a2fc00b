"""Strokes and segments as parts: ink, cuts, and runs."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from sketchlib.adversarial import attack
from sketchlib.adversarial.parts import Segments, Strokes, runs, visible_lengths
from sketchlib.attribution import Attribution
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch
from tests.adversarial.toys import CLASSES, shares

BENT = Sketch.from_points([[(0, 0), (0.4, 0), (0.4, 0.3)], [(0.2, 0.8)], [(0.9, 0.9), (0.5, 1.0)]])


def test_ink_of_strokes_and_dots():
    np.testing.assert_allclose(Strokes(BENT).ink, shares(BENT))
    assert visible_lengths(BENT)[1] == pytest.approx(0.025)
    assert visible_lengths(Sketch.from_points([[(0.3, 0.3)]])) == pytest.approx([0.025])


def test_segments_share_the_ink_of_their_stroke():
    parts = Segments(BENT, BENT)
    np.testing.assert_allclose(np.bincount(parts.stroke, parts.ink), shares(BENT))
    assert parts.ink.max() < 0.03  # a dot is not divided
    assert parts.ink[parts.stroke != 1].max() < 0.0115  # a hundredth, and its part of the line's width
    lengths = np.bincount(parts.parent, parts.ink)
    assert len(lengths) == 2 + 1 + 1
    assert lengths[0] / lengths[1] == pytest.approx(4 / 3, rel=0.02)


@given(seed=some.integers(0, 10**6))
def test_what_is_cut_and_what_is_left_are_the_sketch(seed):
    parts = Segments(BENT, BENT)
    mask = np.random.default_rng(seed).random(len(parts.ink)) < 0.5
    left, gone = parts.cut(mask), parts.cut(~mask)
    assert left.ink + gone.ink == pytest.approx(BENT.ink)
    assert sum(len(runs(mask[parts.stroke == stroke])) for stroke in range(3)) == len(left)


def test_whole_strokes_stay_as_drawn_and_pieces_get_new_ids():
    parts = Segments(BENT, BENT)
    assert parts.cut(np.ones(len(parts.ink), dtype=bool)).equals(BENT)
    mask = np.ones(len(parts.ink), dtype=bool)
    mask[5] = False
    cut = parts.cut(mask)
    assert cut.ids == (0, 3, 1, 2)
    assert cut[2] is BENT[1]
    assert cut[3] is BENT[2]
    np.testing.assert_allclose(cut[0].points[-1], parts.cut(~mask)[0].points[0])


class Inky:
    """Sees a cat as long as enough ink lies left of the middle."""

    classes = CLASSES

    def logits(self, sketches):
        left = [sum(stroke.length for stroke in sketch if stroke.points[:, 0].max() < 0.5) for sketch in sketches]
        return np.array([[ink - 0.45, 0.0, -1.0] for ink in left])


def by_length(sketch, category, other):
    values = [-1.0, 5.0, -1.0, -1.0]
    return Attribution(np.array(values), "segments", sketch, "m", "t", 1, 0, True, None, None, 3)


@pytest.mark.parametrize("strategy", ["one_shot", "greedy", "random"])
def test_runs_are_short_lie_in_one_stroke_and_speak_for_the_class(strategy):
    found = attack(Inky(), BENT, strategy=strategy, parts="segments", attribute=by_length)
    ink = [0.0, *(step.ink for step in found.steps)]
    assert max(np.diff(ink)) <= 0.05 + 1e-9
    assert found.flipped
    assert all(len(step.deleted) == 1 for step in found.steps[1:])
    assert found.restored == ()
    assert not found.minimal
    assert not found.impossible
    if strategy != "random":
        for step in found.steps[1:]:
            assert step.deleted[0].points[1:, 0] == pytest.approx(0.4), "where the values are, or up to them"


def test_runs_keep_to_the_budget():
    found = attack(Inky(), BENT, parts="segments", attribute=by_length, budget=0.03)
    assert 0.02 < found.ink <= 0.03 + 1e-9


def test_segments_need_values_of_segments():
    from tests.adversarial.test_attack import valued

    with pytest.raises(InputError, match="needs a value for each, got an attribution of strokes"):
        attack(Inky(), BENT, parts="segments", attribute=valued([1, 2, 3]))
    with pytest.raises(InputError, match="one stroke"):
        attack(Inky(), Sketch.from_points([[(0, 0)]]), parts="segments", attribute=by_length)


def test_random_runs_follow_the_generator():
    places = {
        tuple(
            attack(Inky(), BENT, strategy="random", parts="segments", attribute=by_length, budget=0.05, generator=lot)
            .final.deleted[0]
            .points[0]
        )
        for lot in (torch.Generator().manual_seed(seed) for seed in range(6))
    }
    assert len(places) > 1
