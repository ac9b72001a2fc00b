"""The endpoints as functions: the numbers of `sketchlib`, all documented, and one sentence where something is off."""

import json
import re
import time
from importlib import import_module
from typing import get_args, get_type_hints

import gradio as gr
import numpy as np
import pytest
from gradio.utils import get_function_description

import app
from demos import api
from demos.ui import JOB, Shelf, choices_here, examples, first_model
from demos.ui.lanes import LIVE
from sketchlib import adversarial, assist, attribution, inversion
from sketchlib.assist import Aim, reading
from sketchlib.io import from_pad
from sketchlib.models import load
from tests.demos.retrieve.furniture import CHAIR, NAMES, gallery, network, shop

__all__ = ["gallery", "network", "shop"]

FISH = {"strokes": next(each["strokes"] for each in examples() if each["name"] == "fish")}
STROKES = [[point[:2] for point in stroke["pts"]] for stroke in FISH["strokes"]]
CHAIR_STROKES = [[point[:2] for point in stroke["pts"]] for stroke in CHAIR["strokes"]]
MODELS = [name for _, name in choices_here()]
HOSTILE = "<img src=x onerror=alert(1)>"


CAT = next(each["strokes"] for each in examples() if each["name"] == "cat")
NAMED = [call.__name__ for call in api.LANES]


def numbered(strokes):
    """The pad's JSON of strokes without ids."""
    return {"strokes": [{"id": place, "pts": points} for place, points in enumerate(strokes)]}


def module(name):
    """The module of an endpoint, which has the endpoint's name."""
    return import_module(f"demos.api.{name}")


@pytest.fixture(scope="module")
def sketch():
    return from_pad(numbered(STROKES))


@pytest.fixture(scope="module")
def recognisers():
    return {name: load(name) for name in MODELS}


@pytest.mark.parametrize("name", MODELS)
def test_guesses_are_those_of_the_library(name, sketch, recognisers):
    found = api.recognise(STROKES, name, 3)
    wanted = recognisers[name].predict(sketch, 3)
    assert {each["category"]: each["probability"] for each in found["guesses"]} == pytest.approx(dict(wanted))
    assert (found["model"], found["strokes"]) == (name, len(sketch))
    assert found["guesses"][0]["category"] == "fish"


def test_the_smallest_call_is_a_sketch_alone_in_either_form():
    found = api.recognise(STROKES)
    assert found == api.recognise(FISH)
    assert (found["model"], len(found["guesses"])) == (first_model(), 5)
    json.dumps(found)


@pytest.mark.parametrize("method", [name for name in attribution.METHODS if name != "shapley"])
def test_relevance_is_that_of_the_library(method, sketch, recognisers):
    name = "sketchcnn66-v2"
    found = api.explain(STROKES, method, model=name)
    wanted = attribution.explain(sketch, attribution.logit(recognisers[name], "fish"), method)
    relevance = [stroke["relevance"] for stroke in found["strokes"]]
    np.testing.assert_allclose(relevance, wanted.per_stroke(), atol=1e-4)
    assert [stroke["id"] for stroke in found["strokes"]] == list(range(len(sketch)))
    assert (found["target"], found["model_calls"], found["signed"]) == (
        "logit of fish",
        wanted.model_calls,
        wanted.signed,
    )
    if found["gap"] is not None:
        assert found["gap"] == pytest.approx(found["score"] - found["blank_score"] - sum(relevance))


def test_parts_of_strokes_lie_between_their_points():
    found = api.explain(STROKES, "p_sla", "fish", "sun")
    assert found["target"] == "logit of fish less sun"
    for stroke in found["strokes"]:
        assert len(stroke["parts"]) == max(1, len(stroke["points"]) - 1)
        assert sum(stroke["parts"]) == pytest.approx(stroke["relevance"])
        assert 0 <= np.min(stroke["points"]) <= np.max(stroke["points"]) <= 256


def test_what_is_sampled_comes_with_its_standard_error(recognisers):
    found = api.explain({"strokes": CAT}, "shapley", model="sketchcnn66-v2")
    score = attribution.logit(recognisers["sketchcnn66-v2"], "cat")
    wanted = attribution.explain(from_pad({"strokes": CAT}), score, "shapley")
    doubts = [stroke["standard_error"] for stroke in found["strokes"]]
    assert max(doubts) > 0
    assert doubts == pytest.approx(wanted.standard_error.tolist(), abs=1e-4)


@pytest.mark.parametrize(
    ("target", "start", "begun"), [("", "", "scattered"), ("sun", "", "as_drawn"), ("sun", "origin", "origin")]
)
def test_an_inversion_is_that_of_the_library(target, start, begun, sketch, recognisers):
    found = api.invert(STROKES, target, start, iterations=4)
    run = inversion.Run(sketch, target or "fish", begun)
    steps = list(inversion.invert_batch(recognisers[first_model()], [run], "on_canvas", 4))
    (told,) = found["runs"]
    assert (found["origin"], told["target"], told["start"], told["seed"]) == ("fish", target or "fish", begun, 0)
    assert [look["target_probability"] for look in told["iterations"]] == pytest.approx(
        [step.target for (step,) in steps], abs=1e-4
    )
    ((last,),) = steps[-1:]
    assert told["reached"] == (last.top == run.target)
    assert told["ids"] == list(last.sketch.ids)
    for points, stroke in zip(told["strokes"], last.sketch, strict=True):
        np.testing.assert_allclose(np.array(points) / 256, stroke.points, atol=1e-3)
    assert api.recognise(told["strokes"])["strokes"] == len(sketch)


def test_every_seed_is_a_run_where_the_start_is_random():
    found = api.invert(STROKES, seeds=3, iterations=1)
    assert [run["seed"] for run in found["runs"]] == [0, 1, 2]
    assert [len(run["iterations"]) for run in found["runs"]] == [2, 2, 2]


def test_a_deletion_is_that_of_the_library_and_holds(sketch, recognisers):
    found = api.attack(STROKES)
    wanted = adversarial.attack(recognisers[first_model()], sketch)
    assert (found["category"], found["deleted"]) == ("fish", list(wanted.deleted))
    assert (found["model_calls"], found["proof_calls"]) == (wanted.calls, wanted.proof_calls)
    assert (found["verified"], found["ink"]) == (wanted.flipped, pytest.approx(wanted.ink))
    rest = [points for place, points in enumerate(STROKES) if place not in found["deleted"]]
    ((seen,),) = [api.recognise(rest, top=1)["guesses"]]
    last = found["steps"][-1]
    assert (seen["category"] != "fish") == found["verified"]
    assert last["probabilities"][last["seen"]] == pytest.approx(seen["probability"], abs=1e-4)
    assert found["before"]["fish"] == pytest.approx(
        api.recognise(STROKES, top=1)["guesses"][0]["probability"], abs=1e-4
    )


def test_a_deletion_that_fools_nobody_is_not_verified(sketch, recognisers):
    found = api.attack(STROKES, budget=0.1)
    assert not adversarial.attack(recognisers[first_model()], sketch, budget=0.1).flipped
    assert (found["verified"], found["minimal"], found["restored"]) == (False, False, [])


def test_a_deletion_stays_within_its_budget_and_says_which_parts_went():
    found = api.attack(STROKES, strategy="random", parts="segments", budget=0.3)
    assert found["ink"] <= 0.3 + 1e-9
    assert all(points for step in found["steps"] for points in step["points"])


@pytest.mark.parametrize("canvas", [0, 32])
def test_photos_are_those_of_the_library(shop, network, canvas):
    found = api.retrieve(CHAIR_STROKES, NAMES[2], canvas, 4)
    query = network.query(from_pad(CHAIR), canvas or None, shop)
    wanted = shop.search(query.vector, 4)
    assert [each["photo"] for each in found["photos"]] == list(wanted.names[0])
    assert [each["distance"] for each in found["photos"]] == pytest.approx(wanted.distances[0].tolist())
    assert (found["searched"], found["canvas"], tuple(found["looks"])) == (len(shop), query.canvas, query.looks)
    assert found["gflops"] == pytest.approx(query.flops / 1e9)
    assert list(found["canvas_probabilities"].values()) == pytest.approx(query.probabilities)
    assert list(found["canvas_probabilities"]) == ["32", "64", "128", "256"]
    assert found["ranks"][-1] == {"strokes": 3, "rank": shop.rank(query.vector, NAMES[2])}
    assert api.retrieve(CHAIR_STROKES, canvas=canvas)["ranks"] == []


@pytest.mark.parametrize("method", ["fast", "gates"])
def test_strokes_that_do_not_match_are_those_of_the_library(shop, network, method):
    found = api.assist(CHAIR_STROKES, NAMES[0], method)
    aim = Aim(shop.vectors, shop.index(NAMES[0]))
    wanted = assist.assist(from_pad(CHAIR), reading(network.photos), aim, method)
    assert [stroke["score"] for stroke in found["strokes"]] == pytest.approx(wanted.scores.tolist(), abs=1e-4)
    assert [stroke["id"] for stroke in found["strokes"]] == [0, 1, 2]
    assert (found["rank_before"], found["rank_after"]) == (wanted.rank_before, wanted.rank_after)
    assert found["photo"] == NAMES[0]


def test_ids_of_the_pages_own_json_are_kept(shop):
    assert [stroke["id"] for stroke in api.assist(CHAIR, NAMES[0])["strokes"]] == [3, 7, 9]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: api.recognise("a cat"), "a sketch is a list of strokes, or the JSON that the page saves, got str"),
        (lambda: api.recognise([]), "a sketch has at least one stroke, got an empty one"),
        (lambda: api.recognise([[]]), "a stroke is a list of points [x, y], got [] (stroke 1)"),
        (lambda: api.recognise([[[1, 2]], [[3]]]), "stroke 2: a point is [x, y]"),
        (lambda: api.recognise([[[1, float("nan")]]]), "coordinates are finite"),
        (lambda: api.recognise([[[1, 2]]] * 2001), "at most 2,000 strokes"),
        (lambda: api.recognise({"strokes": [{"id": 1, "pts": [[1, 2]]}] * 2}), "stroke ids are unique"),
        (lambda: api.recognise(STROKES, HOSTILE), f"a model is one of {', '.join(MODELS)}, got '{HOSTILE}'"),
        (lambda: api.recognise(STROKES, "checkpoints/sketchcnn66-v2.toml"), "a model is one of"),
        (lambda: api.recognise(STROKES, top=0), "top: input should be greater than or equal to 1, got 0"),
        (lambda: api.recognise(STROKES, "", "many"), "top: input should be a valid integer"),
        (lambda: api.recognise(), "sketch: missing required argument, got none"),
        (lambda: api.explain(STROKES, HOSTILE), "method: input should be"),
        (lambda: api.explain(STROKES, target=HOSTILE), "a target is one of the 66 classes"),
        (lambda: api.explain(STROKES, other="fish"), "a margin is between two different classes"),
        (lambda: api.explain([[[i, 1], [i, 9]] for i in range(65)]), "at most 64, got 65"),
        (lambda: api.invert(STROKES[:1]), "draw at least two"),
        (lambda: api.invert(STROKES, seeds=10), "seeds: input should be less than or equal to 9"),
        (lambda: api.invert(STROKES, iterations=101), "iterations: input should be less than or equal to 100"),
        (lambda: api.invert(STROKES, model="sketchcnn66-v2"), "a network that reads strokes"),
        (lambda: api.attack(STROKES, budget=0), "budget: input should be greater than 0"),
        (lambda: api.attack(STROKES, "fish"), "another class than the one the model sees"),
        (lambda: api.attack([[[i, 1], [i, 9]] for i in range(65)]), "at most 64 strokes"),
        (lambda: api.retrieve(STROKES, canvas=48), "canvas: input should be 0, 32, 64, 128 or 256, got 48"),
        (lambda: api.retrieve(STROKES, HOSTILE), f"got '{HOSTILE}'"),
        (lambda: api.assist(STROKES, "../../secret"), "a photo is one of the 483 that ship"),
        (lambda: api.assist(STROKES[:1], "sofa-0012a.jpg"), "stroke"),
    ],
)  # fmt: skip
def test_trouble_is_one_sentence(call, said):
    with pytest.raises(gr.Error) as caught:
        call()
    assert said in caught.value.message
    assert "\n" not in caught.value.message
    assert "Traceback" not in caught.value.message
    assert not caught.value.print_exception


def test_an_inversion_ends_in_time(monkeypatch):
    monkeypatch.setattr(module("invert"), "SECONDS", 0.0)
    with pytest.raises(gr.Error, match="an inversion here takes at most 0 seconds, got to iteration 0"):
        api.invert(STROKES, iterations=3)


def test_an_attack_ends_in_time(monkeypatch):
    attacked = module("attack").attacked
    monkeypatch.setattr(module("attack"), "SECONDS", 0.0)
    monkeypatch.setattr(module("attack"), "attacked", lambda *given: (time.sleep(0.2), attacked(*given))[1])
    with pytest.raises(gr.Error, match="an attack here takes at most 0 seconds"):
        api.attack(STROKES)
    assert not module("attack").tickets._stopped


@pytest.mark.parametrize(
    "call",
    [
        lambda: api.recognise(STROKES),
        lambda: api.explain(STROKES, "ink_length"),
        lambda: api.invert(STROKES, iterations=1),
        lambda: api.attack(STROKES, "", "shortest", "strokes", 0.1),
        lambda: api.retrieve(CHAIR_STROKES),
        lambda: api.assist(CHAIR_STROKES, NAMES[0]),
    ],
    ids=NAMED,
)
def test_programs_let_those_who_draw_go_first(shop, monkeypatch, call):
    taken, lane = [], Shelf.lane
    monkeypatch.setattr(Shelf, "lane", lambda shelf, patience=LIVE: (taken.append(patience), lane(shelf, patience))[1])
    call()
    assert taken
    assert set(taken) == {JOB}


@pytest.mark.parametrize(
    ("call", "name", "known"),
    [
        ("explain", "Method", attribution.METHODS),
        ("invert", "Preset", inversion.PRESETS),
        ("attack", "Strategy", adversarial.STRATEGIES),
    ],
)
def test_choices_are_those_of_the_library(call, name, known):
    assert set(get_args(getattr(module(call), name))) == set(known)


@pytest.mark.parametrize("call", api.LANES, ids=NAMED)
def test_every_parameter_and_every_number_is_documented(call):
    sentence, parameters, returns = get_function_description(call)
    assert sentence.endswith(".")
    assert all(parameters.values()), parameters
    hints = get_type_hints(call)
    assert set(hints) == {*parameters, "return"}
    told = set(re.findall(r"\w+", " ".join(returns)))
    assert set(get_type_hints(hints["return"])) <= told


def test_the_page_offers_programs_six_endpoints_and_nothing_else():
    page = app.build()
    info = page.get_api_info(all_endpoints=True)
    assert set(info["named_endpoints"]) == {f"/{name}" for name in NAMED}
    assert info["unnamed_endpoints"] == {}
    own = {each.api_name: each for each in page.fns.values() if each.api_name in NAMED}
    assert {name: each.concurrency_id for name, each in own.items()} == {
        "recognise": "model",
        "explain": "model",
        "invert": "inversion",
        "retrieve": "retrieve",
        "attack": "attack",
        "assist": "retrieve",
    }
    visitors = {each.concurrency_id for each in page.fns.values() if each.api_visibility == "private"}
    assert visitors >= set(api.LANES.values())
    limits = {}
    for each in page.fns.values():
        limits.setdefault(each.concurrency_id, set()).add(each.concurrency_limit)
    assert all(limits[lane] == {1} for lane in api.LANES.values())
    schema = info["named_endpoints"]["/recognise"]["parameters"][0]["type"]
    strokes = {"type": "array", "items": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}}
    assert strokes in schema["anyOf"]
