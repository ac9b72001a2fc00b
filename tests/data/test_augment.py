"""Augmentation: each change alone does what its docstring says, as often as it says; none does nothing."""

import math
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Generator

from sketchlib.data.augment import Augmentation, augment
from sketchlib.models.inputs import flat
from sketchlib.models.strokes import FlatSketches
from sketchlib.sketch import Sketch
from tests.network_oracle import random_drawing

NONE = Augmentation.none()


def many(count: int, strokes: int = 6, longest: int = 6, seed: int = 0) -> FlatSketches:
    random = np.random.default_rng(seed)
    return flat([Sketch.from_points(random_drawing(random, strokes, longest)) for _ in range(count)])


def changed(sketches: FlatSketches, seed: int = 0, **settings: float) -> FlatSketches:
    return augment(sketches, replace(NONE, **settings), Generator().manual_seed(seed))


def equal(one: FlatSketches, other: FlatSketches) -> bool:
    return (
        torch.equal(one.stroke_ends, other.stroke_ends)
        and torch.equal(one.sketch_ends, other.sketch_ends)
        and torch.equal(one.points, other.points)
    )


def centred(sketches: FlatSketches) -> torch.Tensor:
    """Points about the centre of their sketch's box."""
    low, high = sketches.boxes()
    return sketches.points - ((low + high) / 2)[sketches.sketch_of_stroke[sketches.stroke_of_point]]


def matrices(before: FlatSketches, after: FlatSketches) -> np.ndarray:
    """(batch, 2, 2) the least-squares linear map of each sketch, points about the centre of the original's box."""
    owner = before.sketch_of_stroke[before.stroke_of_point].numpy()
    source, target = centred(before).double().numpy(), after.points.double().numpy() - 0.5
    found = []
    for number in range(len(before)):
        solution, *_ = np.linalg.lstsq(source[owner == number], target[owner == number], rcond=None)
        assert source[owner == number] @ solution == pytest.approx(target[owner == number], abs=1e-5)
        found.append(solution.T)
    return np.stack(found)


def test_none_sets_everything_to_zero_and_only_centres():
    assert all(getattr(NONE, each.name) == 0 for each in fields(Augmentation))
    before = many(20)
    after = changed(before)
    assert torch.equal(after.stroke_ends, before.stroke_ends)
    assert torch.equal(after.sketch_ends, before.sketch_ends)
    assert (after.points - 0.5 - centred(before)).abs().max() < 1e-6


def test_strength_scales_everything_but_the_mirror():
    usual = Augmentation()
    for strength in (0.5, 2.0):
        scaled = usual.scaled(strength)
        for each in fields(Augmentation):
            factor = 1.0 if each.name == "flip" else strength
            assert getattr(scaled, each.name) == pytest.approx(factor * getattr(usual, each.name))
    assert usual.scaled(0.0) == NONE


def test_the_same_seed_gives_the_same_sketches():
    before = many(20)
    runs = [augment(before, Augmentation(), Generator().manual_seed(seed)) for seed in (1, 1, 2)]
    assert equal(runs[0], runs[1])
    assert not equal(runs[0], runs[2])


def test_the_argument_is_left_as_it_was():
    before, copy = many(10), many(10)
    augment(before, Augmentation(), Generator().manual_seed(0))
    assert equal(before, copy)


@given(st.integers(0, 1000), st.integers(1, 4), st.integers(1, 4))
def test_every_sketch_keeps_a_stroke_and_every_stroke_a_point(seed, strokes, longest):
    before = many(8, strokes, longest, seed)
    harsh = Augmentation(stroke_drop=0.9, point_drop=0.9, crop=0.9)
    after = augment(before, harsh, Generator().manual_seed(seed))
    assert len(after) == len(before)
    assert after.strokes_per_sketch.min() >= 1
    assert after.stroke_lengths.min() >= 1
    assert after.points.isfinite().all()
    assert int(after.stroke_ends[-1]) == len(after.points)
    assert int(after.sketch_ends[-1]) == len(after.stroke_ends)


def share_about(found: float, chance: float, trials: int) -> bool:
    """Within five standard deviations of a binomial share."""
    return abs(found - chance) < 5 * math.sqrt(chance * (1 - chance) / trials)


def test_strokes_go_as_often_as_said():
    before = many(400, strokes=10)
    after = changed(before, stroke_drop=0.3)
    assert share_about(len(after.stroke_ends) / 4000, 0.7, 4000)
    assert len(set(after.strokes_per_sketch.tolist())) > 3


def test_a_sketch_that_would_lose_all_keeps_all():
    after = changed(many(30, strokes=3), stroke_drop=1.0)
    assert after.strokes_per_sketch.tolist() == [3] * 30


def test_inner_points_go_as_often_as_said_and_ends_stay():
    line = [np.linspace([0, 0], [1, 1], 12)]
    before = flat([Sketch.from_points(line)] * 400)
    after = changed(before, point_drop=0.3)
    assert share_about((len(after.points) - 800) / 4000, 0.7, 4000)
    ends = after.stroke_ends
    assert after.points[ends - 1] == pytest.approx(np.full((400, 2), 1.0), abs=1e-6)
    assert after.points[ends - after.stroke_lengths] == pytest.approx(np.zeros((400, 2)), abs=1e-6)


def test_crops_keep_a_run_from_the_start():
    strokes = 10
    before = flat([Sketch.from_points([[[0, 0], [number / 10, 1]] for number in range(1, strokes + 1)])] * 600)
    after = changed(before, crop=0.4)
    counts = after.strokes_per_sketch.numpy()
    assert counts.min() == 6
    # A crop keeps ceil(10 u) strokes, u uniform in [0.5, 1): 6 to 10 alike, so that a fifth of the crops keep all.
    assert share_about((counts < strokes).mean(), 0.4 * 0.8, 600)
    for kept in range(6, 10):
        assert share_about((counts == kept).mean(), 0.4 / 5, 600)
    for first, last in zip(
        (after.sketch_ends - after.strokes_per_sketch).tolist(), after.sketch_ends.tolist(), strict=True
    ):
        widths = after.points[after.stroke_ends[first:last] - 1, 0] - after.points[after.stroke_ends[first:last] - 2, 0]
        assert widths.numpy() == pytest.approx(np.arange(1, last - first + 1) / 10, abs=1e-6)


def test_strokes_are_reversed_as_often_as_said():
    before = many(300, strokes=4, longest=5)
    after = changed(before, reverse=0.25)
    reversed_strokes = long_strokes = 0
    expected = centred(before) + 0.5
    for last, length in zip(before.stroke_ends.tolist(), before.stroke_lengths.tolist(), strict=True):
        old, new = expected[last - length : last], after.points[last - length : last]
        same, turned = (torch.allclose(new, way, atol=1e-6) for way in (old, old.flip(0)))
        assert same or turned
        if length > 1:
            long_strokes += 1
            reversed_strokes += turned
    assert share_about(reversed_strokes / long_strokes, 0.25, long_strokes)


def test_rotations_are_uniform_up_to_the_angle():
    found = matrices(many(300), changed(many(300), rotation=30.0))
    angles = np.degrees(np.arctan2(found[:, 1, 0], found[:, 0, 0]))
    assert found @ found.transpose(0, 2, 1) == pytest.approx(np.broadcast_to(np.eye(2), found.shape), abs=1e-4)
    assert np.abs(angles).max() <= 30.001
    assert angles.std() == pytest.approx(30 / math.sqrt(3), rel=0.15)


def test_scales_are_uniform_in_the_logarithm_and_apart_in_width_and_height():
    found = matrices(many(300), changed(many(300), scale=0.5))
    assert np.abs(found[:, [0, 1], [1, 0]]).max() < 1e-4
    logarithms = np.log(found[:, [0, 1], [0, 1]])
    assert np.abs(logarithms).max() <= 0.5001
    assert logarithms.std(axis=0) == pytest.approx(np.full(2, 0.5 / math.sqrt(3)), rel=0.15)
    assert abs(np.corrcoef(logarithms.T)[0, 1]) < 0.3


def test_shears_move_x_by_a_share_of_y():
    found = matrices(many(300), changed(many(300), shear=0.4))
    assert found[:, [0, 1, 1], [0, 1, 0]] == pytest.approx(np.broadcast_to([1.0, 1.0, 0.0], (300, 3)), abs=1e-4)
    assert np.abs(found[:, 0, 1]).max() <= 0.4001
    assert found[:, 0, 1].std() == pytest.approx(0.4 / math.sqrt(3), rel=0.15)


def test_flips_mirror_left_and_right_as_often_as_said():
    found = matrices(many(500), changed(many(500), flip=0.3))
    assert found[:, 1, 1] == pytest.approx(np.ones(500), abs=1e-4)
    assert np.abs(found[:, 0, 0]) == pytest.approx(np.ones(500), abs=1e-4)
    assert share_about((found[:, 0, 0] < 0).mean(), 0.3, 500)


def test_stroke_shifts_move_a_stroke_as_a_whole():
    before = many(300, strokes=5)
    moves = changed(before, stroke_shift=0.05).points - 0.5 - centred(before)
    stroke = before.stroke_of_point
    first = moves[before.stroke_ends - 1]
    assert (moves - first[stroke]).abs().max() < 1e-5
    assert float(first.std()) == pytest.approx(0.05, rel=0.1)
    assert abs(np.corrcoef(first.numpy().T)[0, 1]) < 0.15


def test_point_jitter_moves_every_point():
    before = many(300, strokes=5)
    moves = changed(before, point_jitter=0.02).points - 0.5 - centred(before)
    assert float(moves.std()) == pytest.approx(0.02, rel=0.1)
    assert abs(np.corrcoef(moves[:-1, 0].numpy(), moves[1:, 0].numpy())[0, 1]) < 0.15


def test_warps_are_small_and_smooth_and_differ_between_sketches():
    line = np.linspace([0.0, 0.3], [1.0, 0.7], 200)
    before = flat([Sketch.from_points([line])] * 20)
    moves = (changed(before, warp=0.03).points - 0.5 - centred(before)).reshape(20, 200, 2)
    # Two waves of at most 2 pi a canvas in each direction.
    assert moves.abs().max() <= 2 * 0.03 + 1e-6
    assert moves.std(dim=0).min() > 0.01
    slopes = torch.diff(moves, dim=1).norm(dim=2) * 199
    assert slopes.max() <= 2 * math.sqrt(2) * 0.03 * 2 * math.pi * (1 + 0.4)


def strokes_of(sketches: FlatSketches) -> list[list[np.ndarray]]:
    """Points of each stroke of each sketch."""
    strokes = np.split(sketches.points.numpy(), sketches.stroke_ends[:-1].tolist())
    ends = sketches.sketch_ends.tolist()
    return [strokes[first:last] for first, last in zip([0, *ends], ends, strict=False)]


def same_shape(one: np.ndarray, other: np.ndarray) -> bool:
    """The same from their first points on."""
    return len(one) == len(other) and np.abs((one - one[0]) - (other - other[0])).max() < 1e-5


@given(st.integers(0, 200), st.integers(2, 6))
def test_borrowed_shapes_come_from_one_other_sketch_and_begin_where_their_own_strokes_began(seed, count):
    random = np.random.default_rng(seed)
    drawings = [random_drawing(random, int(random.integers(1, 6)), 5) for _ in range(count)]
    before = flat([Sketch.from_points(drawing) for drawing in drawings])
    unborrowed, after = strokes_of(changed(before, seed)), strokes_of(changed(before, seed, borrow=1.0))
    assert len(after) == count
    for number, (old, new) in enumerate(zip(unborrowed, after, strict=True)):
        assert len(new) == len(old)
        for stroke, own in zip(new, old, strict=True):
            assert stroke[0] == pytest.approx(own[0], abs=1e-5)
        others = unborrowed[:number] + unborrowed[number + 1 :]
        assert any(
            all(
                same_shape(stroke, own) or same_shape(stroke, other[place % len(other)])
                for place, (stroke, own) in enumerate(zip(new, old, strict=True))
            )
            for other in others
        )


def test_shapes_are_borrowed_by_as_many_sketches_and_strokes_as_said():
    before = many(1000, strokes=8, longest=6)
    old, new = strokes_of(changed(before)), strokes_of(changed(before, borrow=0.4))
    taken = np.array([
        [not same_shape(one, other) for one, other in zip(*strokes, strict=True)]
        for strokes in zip(old, new, strict=True)
    ])  # fmt: skip
    # A borrower takes each stroke with a chance u of its own, uniform; a single point has the shape of any other.
    differing = (1 - 1 / 36) * 0.5
    assert taken.mean() == pytest.approx(0.4 * differing, abs=0.03)
    shares = taken.mean(axis=1)
    assert (shares > 0.85).mean() == pytest.approx(0.4 * 0.15, abs=0.04)
    assert taken.any(axis=1).mean() == pytest.approx(0.4 * 8 / 9, abs=0.06)


def test_a_sketch_alone_has_nobody_to_borrow_from():
    before = many(1)
    assert equal(changed(before, borrow=1.0), changed(before))
