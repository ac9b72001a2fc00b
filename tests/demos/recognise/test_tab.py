"""The Recognise tab without a browser: the fast call, the queued events, and what happens to hostile text."""

import gradio as gr
import pytest

from demos import recognise
from demos.recognise import CHOICE, colours, live
from demos.ui import classes_of, first_model
from sketchlib.models.cards import find_card
from tests.demos.toys import BARS, CLASSES, HOSTILE, SQUARE, Toy, on_shelf


@pytest.fixture
def model(monkeypatch):
    return on_shelf(monkeypatch, Toy())


def test_live_ranks_the_classes_and_keeps_the_revision(model):
    answer = live({"sketch": SQUARE, "model": "toy-v2"})
    assert answer["rev"] == 7
    assert [label for label, _ in answer["top"]] == ["two", HOSTILE, "one"]
    assert [chance for _, chance in answer["top"]] == pytest.approx([0.5, 0.3, 0.2])
    assert answer["note"] == "Softmax over 3 classes by toy-v2, one drawing."


@pytest.mark.parametrize(
    ("request_", "wanted"),
    [
        ({"sketch": SQUARE, "model": HOSTILE}, HOSTILE),
        ({"sketch": {"strokes": [{"pts": "x"}]}, "model": "toy-v2"}, "stroke 1"),
        ({"sketch": 5, "model": "toy-v2"}, "strokes"),
    ],
)
def test_live_answers_trouble_with_one_sentence(model, request_, wanted):
    answer = live(request_)
    assert list(answer) == ["error"]
    assert wanted in answer["error"]
    assert "\n" not in answer["error"]


def test_live_about_nothing_asks_no_model(model):
    assert live({"sketch": None, "model": "toy-v2"}) == {"rev": 0, "top": []}
    assert model.calls == []


def test_recognise_runs_all_prefixes_in_one_batch(model):
    answer, drawn = recognise.recognise(SQUARE, "toy-v2")
    assert model.calls == [2]
    assert answer["top"][0][0] == "two"
    assert [list(trace.x) for trace in drawn.data] == [[1, 2]] * 3
    winner = drawn.data[-1]
    assert list(winner.y) == pytest.approx([20, 50])


def test_handler_errors_become_escaped_toasts(model):
    with pytest.raises(gr.Error) as caught:
        recognise.recognise(SQUARE, HOSTILE)
    assert "&lt;img" in caught.value.message
    assert "<" not in caught.value.message


def test_a_model_that_fails_to_load_leaves_the_old_one(model, monkeypatch):
    toasts = []
    monkeypatch.setattr(gr, "Warning", lambda text, **_: toasts.append(text))
    assert recognise.use_model("<b>", "toy-v2") == (gr.skip(), "toy-v2")
    assert len(toasts) == 1
    assert "<" not in toasts[0]


def asked(**changes):
    return {"sketch": BARS, "model": "toy-v2", "options": CHOICE, "drawing": False, "seen": "two"} | changes


def test_colours_are_a_second_call_that_predicts_nothing_again(model):
    answer = live(asked())
    assert (answer["top"][0][0], list(answer)) == ("two", ["rev", "top", "note"])
    heat = colours(asked(seen=answer["top"][0][0]))["heat"]
    assert heat["rev"] == answer["rev"] == BARS["rev"]
    assert [mark["id"] for mark in heat["strokes"]] == [11, 12, 13]
    assert model.calls == [1]


@pytest.mark.parametrize(
    ("request_", "wanted"),
    [
        ({}, "a model is"),
        (asked(sketch={"strokes": 3}), "strokes"),
        (asked(model=HOSTILE), HOSTILE),
        (asked(seen=3), "3"),
    ],
)
def test_colours_that_cannot_be_had_are_a_sentence(model, request_, wanted):
    answer = colours(request_)
    said = answer["heat"]["legend"]["note"] if "heat" in answer else answer["error"]
    assert wanted in said
    assert "\n" not in said


def test_a_model_that_answers_with_nan_is_one_sentence(monkeypatch):
    on_shelf(monkeypatch, Toy(scale=float("nan")))
    answer = live(asked())
    assert list(answer) == ["error"]
    assert "finite numbers, got NaN or infinity from toy-v2" in answer["error"]


@pytest.mark.parametrize(("method", "late"), [("leave_one_out", False), ("shapley", True), ("occlusion", True)])
def test_when_the_pen_rests_slow_methods_bring_their_colours(model, method, late):
    wanted = CHOICE | {"method": method}
    assert bool(colours(asked(options=wanted))["heat"]["strokes"]) != late
    pad, plot = recognise.explain(BARS, "toy-v2", wanted)
    assert plot.layout.title.text == "<b>Does it really need these strokes?</b>"
    assert len(plot.data) == 4
    if not late:
        assert pad == gr.skip()
        return
    assert pad.props["heat"]["rev"] == BARS["rev"]
    assert [mark["id"] for mark in pad.props["heat"]["strokes"]] == [11, 12, 13]


@pytest.mark.parametrize(
    ("wanted", "sketch", "said"),
    [
        ({"target": "unicorn"}, BARS, "unicorn"),
        ({"method": "nonsense"}, BARS, "nonsense"),
        ({"show": "everything"}, BARS, "everything"),
        ({"show": "off"}, BARS, "off"),
        ({}, SQUARE | {"strokes": SQUARE["strokes"][:1]}, "one stroke has nothing to rank"),
        ({}, {"rev": 1, "strokes": []}, "Rest the pen"),
        ({}, {"rev": 1, "strokes": [{"id": n, "pts": [[n, n], [n, 9]]} for n in range(65)]}, "at most 64, got 65"),
    ],
)
def test_what_cannot_be_explained_is_a_sentence_in_the_chart(model, wanted, sketch, said):
    _, plot = recognise.explain(sketch, "toy-v2", CHOICE | wanted)
    assert said in plot.layout.title.subtitle.text
    assert len(plot.data) == 0


def test_the_card_offers_the_classes_of_the_model():
    assert classes_of("") == []
    if first_model():
        assert classes_of(first_model()) == list(find_card(first_model()).classes)


def test_a_hostile_class_name_stays_text(model):
    pad, plot = recognise.explain(BARS, "toy-v2", CHOICE | {"target": HOSTILE, "method": "shapley"})
    assert pad.props["heat"]["legend"]["question"] == f"Which strokes speak for {HOSTILE}?"
    assert "<img" not in plot.layout.yaxis.title.text
    assert CLASSES[2] == HOSTILE
