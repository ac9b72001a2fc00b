"""The Start tab without a browser: what its cards say is true for the model that ships, and where they lead exists."""

import json
import re
from xml.etree import ElementTree

import gradio as gr
import numpy as np
import pytest
import torch

import app
from demos.pad import SketchPad
from demos.pad.courier.component import places_of
from demos.start import words as tab
from demos.start.draw import ITERATIONS, sketch_of
from demos.ui import examples, first_model, shelf
from sketchlib.attribution import game_for, logit
from sketchlib.inversion import Run, invert_batch

FACTS = json.loads((tab.FOLDER / "facts.json").read_text())
PADS = {title: f"pad-{title.lower()}" for title in ("Recognise", "Inversion", "Attack", "Retrieve", "Assist", "Shapes")}


@pytest.fixture(scope="module")
def model():
    if not first_model():
        pytest.skip("needs a shipped model with its weights beside the card in checkpoints/")
    return shelf.get(first_model())


def test_the_facts_are_of_the_model_that_ships_first(model):
    assert FACTS["model"] == model.card.title


def test_bridge_says_more_than_both_lenses(model):
    """Leave-one-out, written out: the logit of all strokes less that of all but one, each left where it was drawn."""
    fact, sketch = FACTS["matter"], sketch_of("eyeglasses")
    game = game_for(sketch, logit(model, fact["seen"]))
    with torch.no_grad():
        whole, *less = game.values(torch.cat([torch.ones(1, len(sketch)), 1 - torch.eye(len(sketch))])).tolist()
    assert fact["values"] == pytest.approx([whole - each for each in less], abs=0.02)
    values, best = fact["values"], fact["best"] - 1
    assert values[best] == max(values) > values[0] + values[1]
    lengths = [np.linalg.norm(np.diff(stroke.points, axis=0), axis=1).sum() for stroke in sketch]
    assert fact["ink"] == pytest.approx(lengths[best] / sum(lengths), abs=1e-3)


def test_scattered_bicycle_comes_back(model):
    fact, sketch = FACTS["needs"], sketch_of("bicycle")
    steps = []
    for (step,) in invert_batch(model, [Run(sketch, "bicycle", "scattered", 0)], "on_canvas", ITERATIONS):
        steps.append(step)
        if len(steps) > fact["iterations"]:
            break
    start, own = fact["start"], model.classes.index("bicycle")
    assert (steps[0].top, steps[-1].top) == (start["top"], "bicycle")
    assert start["chance"] == pytest.approx(steps[0].top_probability, abs=0.02)
    assert fact["chance"] == pytest.approx(steps[-1].target, abs=0.01)
    for step in (steps[0], steps[-1]):
        assert model.probabilities([step.sketch])[0][own] == pytest.approx(step.target, abs=0.05)
    assert fact["strokes"] == len(sketch)


def test_chair_without_one_stroke_is_no_chair(model):
    fact, sketch = FACTS["little"], sketch_of("dining chair 0004a", tab.FOLDER.parent / "retrieve" / "drawings")
    left = [sketch.without({id_}) for id_ in sketch.ids]
    found = {
        (model.classes[int(row.argmax())], round(1 - each.ink / sketch.ink, 2)): float(row.max())
        for each, row in zip(left, model.probabilities(left), strict=True)
    }
    assert fact["strokes"] == 1
    assert fact["after"]["chance"] == pytest.approx(found[fact["after"]["top"], round(fact["ink"], 2)], abs=0.02)
    whole = model.probabilities([sketch])[0]
    assert fact["before"]["chance"] == pytest.approx(whole.max(), abs=0.02)
    assert model.classes[int(whole.argmax())] == fact["before"]["top"] != fact["after"]["top"]


def test_every_number_of_a_fact_is_said():
    said = [card["finding"] for card in tab.cards()[:3]]
    assert [re.findall(r"[+-]?[\d.]+\d%?|\d%?", text) for text in said] == [
        ["5%", "+1.84", "+0.38", "+0.70"],
        ["7", "96%", "99.5%", "5"],
        ["10%", "94%", "63%"],
    ]


def test_pictures_are_svg_without_a_script():
    for card in tab.cards()[:3]:
        root = ElementTree.fromstring(card["svg"])
        assert root.get("role") == "img"
        assert root.get("aria-label")
        assert {node.tag.partition("}")[2] for node in root.iter()} <= {"svg", "g", "path", "rect", "text"}


@pytest.fixture(scope="module")
def page():
    return app.build()


def test_the_courier_knows_every_pad_by_its_tab(page):
    assert dict(places_of(page)) == {"Start": "", **PADS}


def test_errands_go_to_examples_and_buttons_that_exist(page):
    errands = [card["errand"] for card in tab.cards()]
    assert {errand["tab"] for errand in errands} == set(PADS)
    pads = {block.elem_id: block for block in page.blocks.values() if isinstance(block, SketchPad)}
    buttons = {block.elem_id for block in page.blocks.values() if isinstance(block, gr.Button)}
    for errand in errands:
        offered = [each["name"] for each in json.loads(pads[PADS[errand["tab"]]].props["examples"])]
        assert errand["example"] in offered
        assert errand.get("press") in {None, *buttons}


def test_a_link_is_followed_by_a_script_that_asks_no_server(page):
    (opening,) = [each for each in page.fns.values() if "location.search" in str(each.js)]
    assert opening.fn is None
    assert json.dumps(["Attack", "pad-attack"]) in opening.js


def test_cards_show_the_drawing_that_they_begin_with():
    for card in tab.cards()[3:]:
        folder, name = tab.DRAWINGS[card["errand"]["tab"]]
        (own,) = [each for each in examples(folder) if each["name"] == name]
        assert [len(stroke) for stroke in card["strokes"]] == [len(stroke["pts"]) for stroke in own["strokes"]]
