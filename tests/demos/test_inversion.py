"""The Inversion tab without a browser: films there and back, what is refused, stopping, and what can be saved."""

import base64
import io
import json
import threading
import time
from itertools import pairwise

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from demos import inversion
from demos.inversion import invert, options_of, paced, preset_choices, runs_of, tickets
from demos.inversion.files import KINDS, save
from demos.inversion.film import MOST_RUNS, end, head, line, read_film
from demos.inversion.poses import poses
from demos.ui import examples, first_model, shelf
from sketchlib.errors import InputError
from sketchlib.inversion import PRESETS, Step, invert_batch
from sketchlib.io import from_pad
from sketchlib.sketch import Sketch
from tests.viz.moves import IDS, history, sketch_at

ABOUT = {"ticket": "7", "mode": "transfer", "preset": "sketchxai", "model": "toy-v1", "origin": "dog", "iterations": 10}


def film(iterations=10, runs=2, state="done"):
    made, steps = history(iterations, runs)
    return head(ABOUT, made, steps[0][0].sketch) + "".join(map(line, steps)) + end(state)


def test_a_film_comes_back_as_the_steps_it_was_made_of():
    made, steps = history(10, 2)
    saved = read_film(film())
    assert [(run.target, run.seed, run.start) for run in saved.runs] == [
        (run.target, run.seed, run.start) for run in made
    ]
    assert saved.about == {key: ABOUT[key] for key in ("mode", "preset", "model", "origin")}
    assert len(saved.steps) == len(steps)
    for ours, theirs in zip(sum(saved.steps, ()), sum(steps, ()), strict=True):
        assert ours.iteration == theirs.iteration
        assert ours.sketch.equals(theirs.sketch, tolerance=2e-4)
        assert (ours.top, ours.sketch.ids) == (theirs.top, IDS)
        for name in ("target", "origin", "top_probability", "gradient_norm"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-6)


def test_shapes_travel_once_and_a_row_is_short():
    lines = film(runs=1).splitlines()
    assert len(lines) == 1 + 11 + 1
    strokes = json.loads(lines[0])["strokes"]
    assert [stroke["pts"][0] for stroke in strokes] == [[0.0, 0.0]] * 3
    assert strokes[1]["pts"] == [[0.0, 0.0], [0.0, 0.3], [0.1, 0.3]]
    (row,) = json.loads(lines[3])
    assert row == [0.2, 0.8, "<dog>", 0.8, 1.8, 0.2, 0.1, 0.4, 0.2, 0.3, 0.5]


def matrix(number):
    angle = np.radians(70 * number)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([1.2**number, 1])


def turned(number, seed=0):
    """A step whose strokes get a fifth wider and turn by 70 degrees an iteration, the last now drawn first."""
    turn = matrix(number)
    places = np.array([[0.1, 0.1], [0.3, 0.2], [0.2, 0.5]]) + 0.05 * number + 0.1 * seed
    plain = sketch_at(np.zeros((3, 2)))
    moved = plain.with_points([stroke.points @ turn.T + place for stroke, place in zip(plain, places, strict=True)])
    return Step(number, places, Sketch(moved.strokes[::-1] if number else moved.strokes), 0.5, 0.5, "cat", 0.5, 1.0)


FREE = [(turned(number), turned(number, 1)) for number in range(6)]


def free_film():
    made, _ = history(5, 2)
    shape = FREE[0][0].sketch
    return head(ABOUT | {"preset": "free"}, made, shape) + "".join(line(step, shape) for step in FREE) + end("done")


def test_strokes_that_grow_turn_and_change_their_order_come_back():
    saved = read_film(free_film())
    for ours, theirs in zip(sum(saved.steps, ()), sum(FREE, ()), strict=True):
        assert ours.sketch.equals(theirs.sketch, tolerance=3e-4)
        assert ours.sketch.ids == theirs.sketch.ids
        np.testing.assert_allclose(ours.locations, theirs.locations, atol=1e-4)


def test_a_pose_is_place_matrix_and_order():
    """The second stroke has a corner; the first is straight and the third a dot: many matrices are right for them."""
    shape, after = turned(0).sketch, turned(2).sketch
    found = poses(after, shape)
    np.testing.assert_allclose(found[:, :2], turned(2).locations)
    np.testing.assert_allclose(found[1, 2:6], matrix(2).ravel())
    for stroke, row, points in zip(shape, found, [after[2].points, after[1].points, after[0].points], strict=True):
        offsets = (stroke.points - stroke.points[0]) @ row[2:6].reshape(2, 2).T
        np.testing.assert_allclose(offsets, points - points[0], atol=1e-12)
        assert np.linalg.norm(row[2:6]) <= np.linalg.norm(matrix(2)) + 1e-9
    assert found[:, 6].tolist() == [2, 1, 0]


def test_every_preset_of_the_library_is_offered():
    labels, names = zip(*preset_choices(), strict=True)
    assert names[0] == "on_canvas"
    assert sorted(names) == sorted(PRESETS)
    assert "on canvas" in labels


def changed(place, value):
    lines = film().splitlines()
    lines[place] = value
    return "\n".join(lines)


HEAD = json.loads(film().splitlines()[0])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, "text"),
        ("", "object"),
        ("x" * 5_000_000, "letters"),
        ("[" * 50_000, "nested"),
        (film().splitlines()[0], "1 to 101 iterations, got 0"),
        (film(iterations=200), "1 to 101 iterations, got 201"),
        (changed(0, json.dumps(HEAD | {"strokes": []})), "1 to 200 strokes"),
        (changed(0, json.dumps(HEAD | {"strokes": [{"pts": "x"}]})), "stroke 1"),
        (changed(0, json.dumps(HEAD | {"runs": HEAD["runs"] * MOST_RUNS})), "1 to 9 runs"),
        (changed(0, json.dumps(HEAD | {"runs": [3]})), "object, got int"),
        (changed(0, json.dumps(HEAD | {"runs": [{"seed": "<b>"}]})), "whole number, got str"),
        (changed(3, "[[1, 2], [3, 4]]"), "2 rows of 11 entries"),
        (changed(3, "[5]"), "2 rows of 11 entries"),
        (changed(3, json.dumps([["a"] * 11] * 2)), "numbers"),
        (changed(0, json.dumps(HEAD | {"entries": 3})), "2 or 7 numbers, got 3"),
        (changed(0, json.dumps(HEAD | {"entries": [5]})), "2 or 7 numbers"),
        (free_film().replace(", 2.0]", ", 1.0]"), "every place from 0 once"),
        (changed(3, "[[NaN]]"), "JSON"),
    ],
)
def test_a_film_that_is_none_is_one_sentence(text, wanted):
    answer = save({"kind": "csv", "film": text})
    assert list(answer) == ["error"]
    assert wanted in answer["error"]
    assert "\n" not in answer["error"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_file_of_its_kind(kind):
    if kind == "mp4":
        pytest.importorskip("av")
    answer = save({"kind": kind, "film": film()})
    content = base64.b64decode(answer["data"])
    assert answer["name"] == f"inversion.{kind}"
    checks = {
        "mp4": lambda: content[4:8] == b"ftyp",
        "webp": lambda: Image.open(io.BytesIO(content)).n_frames > 50,
        "svg": lambda: content.startswith(b"<svg"),
        "json": lambda: [len(run["steps"]) for run in json.loads(content)["runs"]] == [11, 11],
        "csv": lambda: len(content.decode().splitlines()) == 1 + 2 * 11,
    }
    assert checks[kind]()


def test_another_kind_is_refused():
    assert "mp4, webp, svg, json, csv, got '<b>'" in save({"kind": "<b>"})["error"]


def test_runs_are_every_target_with_every_seed_unless_the_start_is_not_random():
    sketch = sketch_at(np.zeros((3, 2)))
    assert [(run.target, run.seed) for run in runs_of(sketch, ["a", "b"], "scattered", 2)] == [
        ("a", 0),
        ("a", 1),
        ("b", 0),
        ("b", 1),
    ]
    assert [(run.target, run.seed) for run in runs_of(sketch, ["a", "b"], "as_drawn", 5)] == [("a", 0), ("b", 0)]
    with pytest.raises(InputError, match="9 runs go on together, got 2 targets with 5 seeds"):
        runs_of(sketch, ["a", "b"], "scattered", 5)
    with pytest.raises(InputError, match="choose a target"):
        runs_of(sketch, [], "scattered", 1)


def endless(made):
    """Steps that count how often they were asked for."""
    _, steps = history(10, 1)
    for number in range(1000):
        made.append(number)
        yield steps[number % 11]


def test_the_first_iteration_is_shown_at_once_and_text_only_grows(monkeypatch):
    monkeypatch.setattr(inversion, "SECONDS_BETWEEN", 0.0)
    made, steps = history(10, 1)
    shown = list(paced(ABOUT, made, iter(steps)))
    assert [len(text.splitlines()) for text in shown] == [*range(2, 13), 13]
    assert all(after.startswith(before) for before, after in pairwise(shown))
    assert shown[-1] == film(runs=1)


def test_what_comes_fast_is_sent_together():
    made, steps = history(10, 1)
    begun = time.monotonic()
    shown = list(paced(ABOUT, made, iter(steps)))
    assert len(shown) <= 2 + (time.monotonic() - begun) / inversion.SECONDS_BETWEEN
    assert shown[-1] == film(runs=1)


def test_stopping_keeps_what_is_done_and_asks_for_no_more():
    asked, shown = [], []
    for text in paced(ABOUT | {"ticket": "mine"}, history(10, 1)[0], endless(asked)):
        shown.append(text)
        if len(shown) == 1:
            tickets.stop({"ticket": "mine"})
    assert len(asked) == 2
    assert shown[-1].endswith(end("stopped"))
    assert len(read_film(shown[-1]).steps) == 2


def test_leaving_the_stream_ends_the_work():
    asked = []
    stream = paced(ABOUT, history(10, 1)[0], endless(asked))
    next(stream)
    stream.close()
    assert asked == [0]


def test_a_target_is_asked_for_in_a_transfer_only():
    into, start = options_of("transfer")
    assert into.visible
    assert start.value == "as_drawn"
    into, start = options_of("recovery")
    assert not into.visible
    assert start.value == "scattered"


@pytest.fixture(scope="module")
def model():
    if not first_model():
        pytest.skip("needs a shipped model with its weights beside the card in checkpoints/")
    return first_model()


def pad(count):
    return {"strokes": [{"id": n, "pts": [[10 + n, 10], [10 + n, 200]]} for n in range(count)]}


def bicycle():
    return {"strokes": examples()[0]["strokes"]}


@pytest.mark.parametrize(
    ("sketch", "mode", "targets", "preset", "wanted"),
    [
        (pad(0), "recovery", [], "on_canvas", "empty pad"),
        (pad(1), "recovery", [], "on_canvas", "single stroke"),
        (pad(100), "recovery", [], "on_canvas", "32 strokes, got 100"),
        (bicycle(), "transfer", ["<b>"], "on_canvas", "66 classes"),
        (bicycle(), "transfer", ["bicycle"], "on_canvas", "another class"),
        (bicycle(), "transfer", [], "on_canvas", "choose a target"),
        (bicycle(), "recovery", [], "<b>", "on_canvas"),
    ],
)
def test_bad_input_is_one_sentence(model, sketch, mode, targets, preset, wanted):
    start = "scattered" if mode == "recovery" else "as_drawn"
    with pytest.raises(gr.Error) as caught:
        list(invert(sketch, mode, targets, start, 1, preset, ""))
    assert wanted in caught.value.message
    assert "\n" not in caught.value.message
    assert "<" not in caught.value.message


def test_the_shipped_model_is_inverted_towards_what_it_saw(model, monkeypatch):
    monkeypatch.setattr(inversion, "ITERATIONS", 20)
    *_, last = invert(bicycle(), "recovery", [], "scattered", 2, "on_canvas", "")
    saved = read_film(last)
    assert saved.targets == ["bicycle", "bicycle"]
    assert [run.seed for run in saved.runs] == [0, 1]
    assert len(saved.steps) == 21
    assert all(after.target > before.target for before, after in zip(saved.steps[0], saved.steps[-1], strict=True))


@pytest.mark.parametrize("preset", [name for name in PRESETS if PRESETS[name].reshape])
def test_a_free_inversion_comes_back_from_its_film(model, monkeypatch, preset):
    monkeypatch.setattr(inversion, "ITERATIONS", 12)
    shown, said = [], inversion.line
    monkeypatch.setattr(inversion, "line", lambda step, shape: shown.append(step) or said(step, shape))
    *_, last = invert(bicycle(), "recovery", [], "scattered", 2, preset, "")
    for ours, theirs in zip(sum(read_film(last).steps, ()), sum(shown, ()), strict=True):
        assert ours.sketch.ids == theirs.sketch.ids
        assert ours.sketch.equals(theirs.sketch, tolerance=1e-3)


def test_live_recognition_answers_while_an_inversion_runs(model):
    sketch = from_pad(bicycle())
    shelf.probabilities(model, [sketch])
    running = threading.Thread(
        target=lambda: list(invert(bicycle(), "recovery", [], "scattered", 4, "on_canvas", "live"))
    )
    running.start()
    answered = 0
    while running.is_alive() and answered < 5:
        assert shelf.probabilities(model, [sketch]).shape == (1, 66)
        answered += 1
    still = running.is_alive()
    tickets.stop({"ticket": "live"})
    running.join(30)
    assert still
    assert answered == 5
    assert "live" not in tickets


def test_warming_up_is_one_step_of_a_model_that_is_here(model, monkeypatch):
    steps = []

    def counted(*arguments):
        for step in invert_batch(*arguments):
            steps.append(step)
            yield step

    monkeypatch.setattr("sketchlib.inversion.invert_batch", counted)
    inversion.warm_up()
    assert len(steps) == 1
    monkeypatch.setattr(inversion, "first_model", lambda: "")
    inversion.warm_up()
    assert len(steps) == 1
