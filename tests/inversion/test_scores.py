"""Evaluation against its definitions, on a tiny recogniser with random weights."""

import json
import math

import numpy as np
import pytest

from sketchlib.errors import InputError
from sketchlib.inversion import Run, invert, iterations_to, original_locations, recovery_error, strokes_back
from sketchlib.inversion.record import as_csv, as_json, key_steps, percentages
from sketchlib.inversion.report import page, paper_row
from sketchlib.inversion.scores import METHODS, Question, inversion_scores, recognised, runs_of
from sketchlib.inversion.search import random_search
from sketchlib.models.strokes import SPAN
from sketchlib.sketch import Sketch
from tests.attribution.oracle import CLASSES, recogniser
from tests.inversion.toys import FOUR, TWO, model

PROMISED = ("success_rate", "iterations_to_50", "iterations_to_90", "iterations_to_99", "location_error",
            "strokes_back", "raster_agreement")  # fmt: skip


def labelled(made):
    """Sketches with the label that the recogniser gives them."""
    return [Sketch(sketch.strokes, made.predict(sketch, 1)[0][0]) for sketch in (FOUR, TWO)]


def question(mode, seeds=2):
    return Question(model(), recogniser("sketchcnn"), mode, seeds, iterations=6)


@pytest.mark.parametrize("mode", ["recovery", "transfer"])
def test_scores_are_means_over_plain_runs(mode):
    asked = question(mode)
    sketches = labelled(asked.recogniser)
    scores = inversion_scores(asked, sketches, "sketchxai")
    runs = runs_of(asked, sketches)
    last, counts = [], []
    for run in runs:
        steps = list(invert(asked.recogniser, run.sketch, run.target, run.start, run.seed, iterations=6))
        last.append(steps[-1])
        counts.append(iterations_to(steps, 0.5))
    places = [original_locations(run.sketch, run.sketch.ids) for run in runs]
    assert scores.n == len(sketches)
    assert scores.success_rate == np.mean([step.target >= 0.99 for step in last])
    assert scores.seen_rate == np.mean([step.top == run.target for step, run in zip(last, runs, strict=True)])
    assert scores.final_probability == pytest.approx(np.median([step.target for step in last]), abs=1e-4)
    middle = np.median([math.inf if count is None else count for count in counts])
    assert scores.iterations_to_50 == (middle if math.isfinite(middle) else None)
    for name, measure in (("location_error", recovery_error), ("strokes_back", strokes_back)):
        expected = np.mean([measure(step.locations, place) for step, place in zip(last, places, strict=True)])
        assert getattr(scores, name) == pytest.approx(expected, abs=1e-4)
    named = [asked.judge.predict(step.sketch, 1)[0][0] == run.target for step, run in zip(last, runs, strict=True)]
    assert scores.raster_agreement == np.mean(named)
    assert scores.seconds_per_run > 0
    few = [step.target >= 0.99 for step, run in zip(last, runs, strict=True) if len(run.sketch) <= 3]
    some = [step.target >= 0.99 for step, run in zip(last, runs, strict=True) if 4 <= len(run.sketch) <= 6]
    assert scores.by_strokes == {
        "2 or 3": {"success_rate": np.mean(few), "n": 2},
        "4 to 6": {"success_rate": np.mean(some), "n": 2},
    }


def test_json_has_the_promised_keys_with_intervals_around_them():
    found = json.loads(json.dumps(inversion_scores(question("recovery"), labelled(model()), "sketchxai").as_json()))
    assert {"n", "seconds_per_run", "mode", "method", "model"} <= set(found)
    for name in PROMISED:
        low, high = found[f"{name}_ci"]
        assert found[name] is None or low <= found[name]
        assert found[name] is None or high is None or found[name] <= high


def test_a_transfer_goes_to_other_classes_and_a_recovery_back():
    sketches = labelled(model())
    there, back = (runs_of(question(mode), sketches) for mode in ("transfer", "recovery"))
    assert {(run.start, run.seed) for run in there} == {("as_drawn", 0)}
    assert all(run.target != run.sketch.label for run in there)
    assert all(len({run.target for run in there[2 * i : 2 * i + 2]}) == 2 for i in range(2))
    assert [(run.target, run.start, run.seed) for run in back[:2]] == [
        (sketches[0].label, "scattered", s) for s in (0, 1)
    ]


def test_recognised_sketches_are_rightly_named_and_can_be_inverted():
    made = model()
    right = labelled(made)
    wrong = Sketch(FOUR.strokes, next(name for name in CLASSES if name != right[0].label))
    single = Sketch(FOUR.strokes[:1], made.predict(FOUR.prefix(1), 1)[0][0])
    assert set(recognised(made, [wrong, single, *right], 10)) == set(right)
    assert len(recognised(made, right, 1)) == 1
    with pytest.raises(InputError, match="got none"):
        recognised(made, [wrong, single], 10)


def test_random_search_keeps_the_best_of_layouts_on_the_canvas():
    made = model()
    target = next(name for name in CLASSES if name != made.predict(FOUR, 1)[0][0])
    steps = [step for (step,) in random_search(made, [Run(FOUR, target, "as_drawn")], 15)]
    shares = [step.target for step in steps]
    assert len(steps) == 16
    assert shares == sorted(shares)
    assert shares[-1] > shares[0]
    low, high = FOUR.bounds()
    points = np.concatenate([stroke.points for stroke in steps[-1].sketch])
    assert np.abs(points - (low + high) / 2).max() * SPAN / (high - low).max() <= SPAN / 2 + 1e-6


def test_records_hold_every_step():
    made = model()
    runs = [Run(FOUR, "cow", "scattered", 0), Run(FOUR, "cow", "scattered", 1)]
    steps = [list(invert(made, run.sketch, run.target, run.start, run.seed, iterations=7)) for run in runs]
    saved = json.loads(json.dumps(as_json("toy", "sketchxai", runs, steps)))
    assert [run["seed"] for run in saved["runs"]] == [0, 1]
    assert saved["runs"][1]["steps"][7]["target"] == steps[1][7].target
    np.testing.assert_allclose(saved["runs"][0]["steps"][3]["locations"], steps[0][3].locations, atol=1e-6)
    header, *rows = as_csv(runs, steps).splitlines()
    assert header.endswith("x1,y1,x2,y2,x3,y3,x4,y4")
    assert len(rows) == 16
    assert rows[9].split(",")[:3] == ["1", "cow", "1"]
    assert [step.iteration for step in key_steps(steps[0])] == [0, 1, 2, 3, 4, 5, 7]


def test_cells_of_the_papers_table_name_what_is_seen_instead():
    steps = list(invert(model(), FOUR, "cow", iterations=2))
    for cell, step in zip(percentages(steps), steps, strict=True):
        assert cell == f"{100 * step.target:.2f}" + ("" if step.top == "cow" else f" ({step.top})")


def test_the_page_shows_every_preset_and_both_papers_rows():
    scores = [inversion_scores(question(mode), labelled(model()), name) for mode in ("recovery", "transfer")
              for name in METHODS]  # fmt: skip
    row = paper_row("cow, ours", list(invert(model(), FOUR, "cow", iterations=2)))
    text = page(scores, row, row, "the command")
    assert all(text.count(f"`{name}`") >= 4 for name in METHODS)
    assert text.count("| p >= 99% | 2 or 3 strokes, 2 runs | 4 to 6 strokes, 2 runs |") == 2
    assert text.count("cow, ours") == 2
    assert "the command" in text
    assert text.count(", paper |") == 10
