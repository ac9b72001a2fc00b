"""Each way in which a hand strays, alone, does what its docstring says; none of them, nothing."""

from dataclasses import fields, replace

import numpy as np
import pytest

from sketchlib.data.linedrawing import SPACING, TOLERANCE, Hand, redraw
from sketchlib.simplify import resample
from sketchlib.sketch import Sketch

NONE = Hand().scaled(0.0)
SQUARE = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]
LINE = [[0.1, 0.5], [0.9, 0.5]]
FEET = [[[0.3, 0.8], [0.3, 0.95]], [[0.33, 0.8], [0.33, 0.95]], [[0.7, 0.8], [0.7, 0.9]]]
CHAIR = Sketch.from_points([SQUARE, LINE, *FEET])


def drawn(strokes: list[list[list[float]]], draws: int = 100, **settings: float) -> list[Sketch]:
    random = np.random.default_rng(0)
    hand = replace(NONE, **settings)
    return [redraw(Sketch.from_points(strokes), hand, random) for _ in range(draws)]


def distance(points: np.ndarray, line: np.ndarray) -> float:
    """How far the farthest of the points is from a line, both sampled finely."""
    one, two = resample(points, SPACING / 4), resample(np.array(line), SPACING / 4)
    return float(np.linalg.norm(one[:, None] - two[None], axis=2).min(axis=1).max())


def test_a_hand_that_does_not_stray_traces_the_lines() -> None:
    assert all(getattr(NONE, each.name) == 0 for each in fields(Hand))
    copy = redraw(CHAIR, NONE, np.random.default_rng(0))
    assert len(copy) == len(CHAIR)
    for stroke, original in zip(copy, CHAIR, strict=True):
        assert distance(stroke.points, original.points) <= TOLERANCE + SPACING / 2
        assert stroke.points[[0, -1]] == pytest.approx(original.points[[0, -1]])


def test_the_same_state_draws_the_same_and_the_next_another() -> None:
    random = np.random.default_rng(3)
    first, second = redraw(CHAIR, Hand(), random), redraw(CHAIR, Hand(), random)
    assert first.equals(redraw(CHAIR, Hand(), np.random.default_rng(3)))
    assert not first.equals(second)


def test_the_default_drawing_stays_near_the_lines_and_keeps_most_ink() -> None:
    random = np.random.default_rng(1)
    for _ in range(40):
        copy = redraw(CHAIR, Hand(), random)
        points = np.concatenate([stroke.points for stroke in copy])
        assert 0.5 * CHAIR.ink < copy.ink < 1.4 * CHAIR.ink
        assert np.abs(points - 0.55).max() < 0.75
        assert copy.ids == tuple(range(len(copy)))


def test_label_and_emptiness_are_kept() -> None:
    assert redraw(Sketch(label="chair"), Hand(), np.random.default_rng(0)).equals(Sketch())
    assert redraw(Sketch(CHAIR.strokes, "chair"), Hand(), np.random.default_rng(0)).label == "chair"


def test_a_dot_survives_everything() -> None:
    (dot,) = redraw(Sketch.from_points([[[0.4, 0.6]]]), Hand().scaled(2), np.random.default_rng(0)).strokes
    assert np.abs(dot.points - [0.4, 0.6]).max() < 0.2


def test_forgetting_falls_with_the_square_of_the_length() -> None:
    lengths = (0.8, 0.4, 0.0)
    strokes = [[[0.1, 0.2 * i + 0.2], [0.1 + length, 0.2 * i + 0.2]] for i, length in enumerate(lengths)]
    sketches = drawn(strokes, draws=800, forget=0.6)
    levels = [{round(5 * stroke.points[0, 1]) - 1 for stroke in sketch} for sketch in sketches]
    kept = [np.mean([i in level for level in levels]) for i in range(3)]
    assert kept == pytest.approx([1, 1 - 0.6 / 4, 1 - 0.6], abs=0.05)


def test_of_two_lines_side_by_side_the_longer_is_drawn_when_the_coin_says_so() -> None:
    strokes = [LINE, [[0.15, 0.52], [0.85, 0.52]], [[0.15, 0.6], [0.85, 0.6]], [[0.5, 0.1], [0.5, 0.49]]]
    counts = [len(sketch) for sketch in drawn(strokes, draws=300, single=0.4, beside=0.03)]
    assert sorted(set(counts)) == [3, 4]
    assert np.mean(np.array(counts) == 3) == pytest.approx(0.4, abs=0.09)
    kept = next(sketch for sketch in drawn(strokes, single=1.0, beside=0.03))
    assert [stroke.points[0].tolist() for stroke in kept] == [pytest.approx(strokes[i][0]) for i in (0, 2, 3)]


def test_a_short_line_that_ends_on_a_long_one_is_not_its_double() -> None:
    strokes = [LINE, [[0.5, 0.45], [0.5, 0.5]]]
    assert all(len(sketch) == 2 for sketch in drawn(strokes, single=1.0, beside=0.06))


def test_the_pen_is_lifted_at_corners_only_as_often_as_said() -> None:
    counts = np.array([len(sketch) - 1 for sketch in drawn([SQUARE], draws=300, lift=0.3)])
    assert counts.mean() == pytest.approx(2 * 0.3, abs=0.12)
    ends = np.concatenate([s.points[[0, -1]] for sketch in drawn([SQUARE], lift=1.0) for s in sketch])
    assert np.abs(ends[:, None] - np.array(SQUARE)).max(axis=2).min(axis=1).max() < 2 * SPACING
    assert all(len(sketch) == 1 for sketch in drawn([LINE], lift=1.0))


def test_strokes_that_meet_are_drawn_in_one_as_often_as_said() -> None:
    meeting = [[[0.2, 0.2], [0.6, 0.2]], [[0.6, 0.7], [0.6, 0.21]], [[0.1, 0.9], [0.3, 0.9]]]
    counts = [len(sketch) for sketch in drawn(meeting, draws=300, connect=0.4)]
    assert np.mean(np.array(counts) == 2) == pytest.approx(0.4, abs=0.09)
    joined = drawn(meeting, draws=1, connect=1.0)[0]
    assert joined[0].points[[0, -1]] == pytest.approx(np.array([[0.2, 0.2], [0.6, 0.7]]))


def test_ends_run_on_or_fall_short_by_the_standard_deviation() -> None:
    ends = np.array([sketch[0].points[[0, -1], 0] for sketch in drawn([LINE], draws=400, overshoot=0.03)])
    out = np.concatenate([0.1 - ends[:, 0], ends[:, 1] - 0.9])
    assert out.mean() == pytest.approx(0, abs=0.004)
    assert out.std() == pytest.approx(0.03, abs=0.003)


def test_strokes_drift_and_change_size_about_their_middle() -> None:
    moved = drawn([LINE], draws=400, drift=0.02)
    middles = np.array([sketch[0].points.mean(axis=0) for sketch in moved])
    assert middles.std(axis=0) == pytest.approx([0.02, 0.02], abs=0.003)
    sizes = [np.log(sketch[0].length / 0.8) for sketch in drawn([LINE], draws=400, resize=0.1)]
    assert np.std(sizes) == pytest.approx(0.1, abs=0.015)


def test_a_line_sags_by_a_share_of_its_length() -> None:
    sag = [np.abs(sketch[0].points[:, 1] - 0.5).max() for sketch in drawn([LINE], draws=400, bow=0.05)]
    assert np.sqrt(np.mean(np.square(sag))) == pytest.approx(0.05 * 0.8, rel=0.15)


def test_a_tremor_has_its_standard_deviation_along_the_line() -> None:
    offsets = np.concatenate([resample(sketch[0].points, 0.02)[:, 1] - 0.5 for sketch in drawn([LINE], tremor=0.02)])
    assert offsets.std() == pytest.approx(0.02, rel=0.15)
    assert abs(offsets.mean()) < 0.004


def test_haste_cuts_corners_and_keeps_the_ends() -> None:
    for sketch in drawn([SQUARE], draws=50, haste=0.2):
        assert sketch[0].points[[0, -1]] == pytest.approx(np.array(SQUARE)[[0, -1]], abs=1e-9)
    cut = [resample(sketch[0].points, 0.005) for sketch in drawn([SQUARE], haste=0.2)]
    nearest = [np.linalg.norm(points - [0.8, 0.2], axis=1).min() for points in cut]
    # The mean over 0.1 before and 0.1 after a right angle lies 0.025 off in x and y.
    assert max(nearest) == pytest.approx(0.025 * np.sqrt(2), abs=0.006)
    assert min(nearest) < 0.01


def test_strokes_are_reversed_as_often_as_said() -> None:
    starts = [sketch[0].points[0, 0] > 0.5 for sketch in drawn([LINE], draws=300, reverse=0.3)]
    assert np.mean(starts) == pytest.approx(0.3, abs=0.08)


@pytest.mark.parametrize(("name", "size"), [("aspect", 0.2), ("shear", 0.15), ("rotation", 6.0)])
def test_the_whole_drawing_is_mapped_linearly(name: str, size: float) -> None:
    """The map is found again by least squares, and its one number has the standard deviation asked for."""
    corners = np.array([*SQUARE, SQUARE[0]])
    found = []
    for sketch in drawn([corners.tolist()], draws=200, **{name: size}):
        source, target = corners[:4] - 0.5, sketch[0].points[:4]
        (a, b), (c, d) = np.linalg.lstsq(source, target - target.mean(axis=0), rcond=None)[0].T
        found.append({"aspect": np.log(a / d), "shear": b, "rotation": np.degrees(np.arctan2(c, a))}[name])
    assert np.std(found) == pytest.approx(size, rel=0.15)


def test_warping_moves_neighbours_alike() -> None:
    strokes = [LINE, [[0.1, 0.51], [0.9, 0.51]]]
    gaps, shifts = [], []
    for one, two in (sketch.strokes for sketch in drawn(strokes, warp=0.04)):
        ends = one.points[[0, -1]]
        shifts.append(ends - np.array(LINE))
        gaps.append(two.points[[0, -1]] - ends - [0, 0.01])
    assert np.std(shifts) == pytest.approx(0.04, rel=0.2)
    assert np.std(gaps) < 0.2 * np.std(shifts)
