"""Scores of a recogniser, against counting by hand; and what the shipped models must reach."""

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sketchlib.errors import InputError
from sketchlib.evaluate import recognition, wilson
from sketchlib.io import read_sketches
from sketchlib.models import available, load
from sketchlib.sketch import Sketch, Stroke

CLASSES = ("ant", "bee", "cat", "dog", "eel", "fox", "gnu")
Z = 1.959964


def sketch(label: str, rank: int = 0) -> Sketch:
    """A sketch whose x says at which rank `ranked` puts its own category."""
    return Sketch.from_points([[[rank, 0.0]]], label)


def ranked(sketches) -> np.ndarray:
    """Logits with as many categories above the true one as the sketch says."""
    rows = []
    for each in sketches:
        own, above = CLASSES.index(each.label), int(each[0].points[0, 0])
        others = [number for number in range(len(CLASSES)) if number != own]
        row = np.zeros(len(CLASSES))
        row[own] = 1.0
        row[others[:above]] = 2.0
        rows.append(row)
    return np.array(rows)


SKETCHES = (
    [sketch("ant", rank) for rank in (0, 0, 0, 4)] + [sketch("bee", rank) for rank in (0, 5)] + [sketch("cat", 1)]
)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (50, 100, 0.4038, 0.5962),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_wilson_gives_the_tabled_intervals(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("hits", "n"), [(3, 7), (120, 123), (1, 50)])
def test_wilson_ends_where_the_share_is_z_deviations_away(hits, n):
    for end in wilson(hits, n):
        assert abs(hits / n - end) == pytest.approx(Z * math.sqrt(end * (1 - end) / n), rel=1e-6)


def test_accuracies_are_counted_by_hand():
    scores = recognition("toy", CLASSES, ranked, SKETCHES)
    assert scores.model == "toy"
    assert scores.n == 7
    assert scores.top1 == pytest.approx(4 / 7)
    assert scores.top5 == pytest.approx(6 / 7)
    assert scores.macro_top1 == pytest.approx((3 / 4 + 1 / 2 + 0) / 3)
    assert {name: (each.n, each.top1, each.top5) for name, each in scores.per_class.items()} == {
        "ant": (4, 0.75, 1.0),
        "bee": (2, 0.5, 0.5),
        "cat": (1, 0.0, 1.0),
    }
    assert scores.top1_ci == wilson(4, 7)
    assert scores.top5_ci == wilson(6, 7)
    assert (scores.unknown_categories, scores.empty) == ({}, 0)


def test_an_undecided_or_broken_answer_is_no_hit():
    for value in (0.0, math.nan):
        scores = recognition("toy", CLASSES, lambda sketches, value=value: np.full((len(sketches), 7), value), SKETCHES)
        assert (scores.top1, scores.top5) == (0.0, 0.0)


def test_unknown_and_empty_sketches_are_reported_and_not_shown_to_the_model():
    extra = [sketch("yeti"), Sketch((), "ant"), sketch("yeti"), sketch("zebu"), Sketch((), "zebu")]
    scores = recognition("toy", CLASSES, ranked, [*extra[:2], *SKETCHES, *extra[2:]])
    assert scores.unknown_categories == {"yeti": 2, "zebu": 1}
    assert scores.empty == 2
    assert (scores.n, scores.top1) == (7, pytest.approx(4 / 7))


@pytest.mark.parametrize("sketches", [[], [sketch("yeti")], [Sketch((), "ant")]])
def test_an_evaluation_without_known_sketches_is_refused(sketches):
    with pytest.raises(InputError, match="needs sketches of the model's categories"):
        recognition("toy", CLASSES, ranked, sketches)


def test_the_interval_of_the_macro_average_is_that_of_resampled_classes():
    many = [sketch("ant", rank) for rank in [0] * 30 + [1] * 10] + [sketch("bee", rank) for rank in [0] * 5 + [2] * 15]
    scores = recognition("toy", CLASSES, ranked, many)
    random, means = np.random.default_rng(7), []
    for _ in range(2000):
        ants = random.choice([1] * 30 + [0] * 10, 40)
        bees = random.choice([1] * 5 + [0] * 15, 20)
        means.append((ants.mean() + bees.mean()) / 2)
    assert scores.macro_top1_ci == pytest.approx(np.percentile(means, [2.5, 97.5]), abs=0.015)
    assert recognition("toy", CLASSES, ranked, many).macro_top1_ci == scores.macro_top1_ci


def test_scores_are_plain_json():
    scores = recognition("toy", CLASSES, ranked, SKETCHES)
    read = json.loads(json.dumps(scores.as_json(), allow_nan=False))
    assert set(read) == {
        "model",
        "top1",
        "top5",
        "macro_top1",
        "n",
        "top1_ci",
        "top5_ci",
        "macro_top1_ci",
        "per_class",
        "unknown_categories",
        "empty",
    }
    assert read["per_class"]["ant"] == {"n": 4, "top1": 0.75, "top5": 1.0}
    assert read["top1_ci"] == list(scores.top1_ci)


# --- the shipped models, on real sketches

SHIPPED = ("sketchxainet66-v4", "sketchcnn66-v2")
EACH = 5


@pytest.fixture(scope="module")
def real_sketches(data_root: Path) -> dict[str, list[Sketch]]:
    """The first few validation sketches of every category, by category."""
    found: dict[str, list[Sketch]] = {}
    for source in ("quickdraw", "sketch_extra"):
        for path in sorted((data_root / source / "val").glob("*.ndjson.gz")):
            sketches = found.setdefault(path.name.split(".")[0], [])
            sketches += read_sketches(path, EACH - len(sketches))
    return found


def shipped(name: str, real_sketches: dict[str, list[Sketch]]):
    """A shipped model and at most five sketches of each of its categories."""
    if name not in available():
        pytest.skip(f"needs the shipped model {name}: checkpoints/ has no such card yet")
    model = load(name)
    return model, [sketch for category in model.classes for sketch in real_sketches.get(category, [])]


def as_drawn(simplified: Sketch, random: np.random.Generator) -> Sketch:
    """A drawing on an 800 px canvas: any size and place, uneven points on the lines, off by parts of a pixel."""
    low, high = simplified.bounds()
    long_side = random.uniform(300, 700)
    scale = long_side / max(float((high - low).max()), 1e-9)
    shift = random.uniform(0, 800 - long_side, 2)
    strokes = []
    for stroke in simplified:
        corners = (stroke.points - low) * scale + shift
        points = [corners[:1]]
        for start, end in pairwise(corners):
            gaps = random.exponential(6.0, 1 + int(np.hypot(*(end - start)) / 6))
            points.append(start + (np.cumsum(gaps) / gaps.sum())[:, None] * (end - start))
        pixels = np.concatenate(points)
        pixels += random.normal(0, 0.3, pixels.shape)
        strokes.append(Stroke(pixels / 800, stroke.id, np.cumsum(random.exponential(0.02, len(pixels)))))
    return Sketch(tuple(strokes), simplified.label)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_recognises_sketches_raw_and_simplified(name, real_sketches):
    model, sketches = shipped(name, real_sketches)
    random = np.random.default_rng(0)
    simplified = recognition(name, model.classes, model.logits, sketches)
    raw = recognition(name, model.classes, model.logits, [as_drawn(sketch, random) for sketch in sketches])
    assert raw.n == simplified.n >= 300
    assert simplified.macro_top1 >= 0.80
    assert raw.macro_top1 >= simplified.macro_top1 - 0.02
