"""The Attack tab: which strokes, once deleted, make a model see something else; and a game about it."""

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from demos.attack.about import NUMBERS, SILENCE, WHAT
from demos.attack.answer import Wish, shown
from demos.attack.game import play as played
from demos.attack.models import StoppedError, tickets
from demos.pad import Deletion, SketchPad, revision
from demos.ui import (
    FILE_CALLS,
    about_numbers,
    choices_here,
    classes_of,
    examples,
    first_model,
    introduction,
    ready,
    shelf,
    toasted,
    told,
    with_claims,
)
from demos.ui.links import linked, one_of, picked
from sketchlib.errors import SketchlibError
from sketchlib.io import from_pad

TITLE = "Attack"
PAD = "pad-attack"
GUESSES = 3
SURPRISING = (
    "dining chair 0004a", "bicycle half done", "office chair 0008a", "sofa 0012a", "guitar", "face in a hurry",
)  # fmt: skip
"""Examples that one stroke turns into something else, for one of the recognisers that ship."""
FOLDER = Path(__file__).resolve().parent
OF_PHOTOS = FOLDER.parent / "retrieve" / "drawings"
STRATEGIES = {
    "greedy": "greedy",
    "one_shot": "one-shot attribution",
    "beam": "beam",
    "exhaustive": "exhaustive, 14 strokes",
    "random": "random",
    "shortest": "shortest first",
}
PARTS = {"strokes": "strokes", "pieces": "segments"}
BUDGETS = {"no limit": 1.0, "20 % of the ink": 0.2, "10 %": 0.1, "5 %": 0.05, "2 %": 0.02, "1 %": 0.01}
ANY = "anything else"
# One attack at a time; between its questions it leaves its lane to those who draw.
LANE: dict[str, Any] = {"show_progress": "hidden", "concurrency_id": "attack", "concurrency_limit": 1}
LOADING: dict[str, Any] = {"concurrency_id": "load", "concurrency_limit": 4, "api_visibility": "private"}


@told
def live(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of the pad: {"sketch", "model"} -> {"rev", "top", "strokes": as drawn, in canvas units}."""
    value, model = request.get("sketch"), str(request.get("model"))
    sketch, rev = from_pad(value), revision(value)
    if not sketch.strokes:
        return {"rev": rev, "top": []}
    chances = shelf.guess(model, sketch)
    classes = shelf.get(model).classes
    top = [[classes[i], round(float(chances[i]), 4)] for i in np.argsort(-chances, kind="stable")[:GUESSES]]
    strokes = [{"id": stroke.id, "pts": np.round(stroke.points, 4).tolist()} for stroke in sketch]
    return {"rev": rev, "top": top, "strokes": strokes}


@told
def play(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of the game: {"sketch", "model"} -> what `singles` says of every single deletion."""
    return played(from_pad(request.get("sketch")), str(request.get("model")))


@toasted
def attack(
    sketch: dict[str, Any],
    model: str,
    strategy: str,
    parts: str,
    budget: float,
    target: str,
    ticket: str = "",
    request: gr.Request | None = None,
) -> str:
    """Deletes as little of a drawing as a strategy can find until a model sees something else.

    Args:
        sketch: strokes of points [x, y, t_ms, pressure] in a 256 square.
        model: title of a recogniser that ships.
        strategy: "greedy", "one_shot", "beam", "exhaustive", "random" or "shortest".
        parts: "strokes", or "segments" for runs of them.
        budget: share of the ink that may go, above 0 and up to 1.
        target: the class to reach, or "anything else".
        ticket: names the attack for `Tickets.stop`; may be empty.
    """
    wish = Wish(model, strategy, parts, float(budget), "" if target == ANY else target or "", ticket)
    tickets.begin(ticket, request)
    try:
        return json.dumps(shown(from_pad(sketch), revision(sketch), wish), ensure_ascii=False)
    except StoppedError:
        return json.dumps({"ticket": ticket, "stopped": True})
    finally:
        tickets.forget(ticket)


def use_model(name: str, current: str) -> tuple[Any, Any, Any, str]:
    """Load the picked model, which the pad and the game ask from now on; on failure a toast, and nothing changes."""
    try:
        ready(name)
    except SketchlibError as error:
        gr.Warning(html.escape(str(error)), title="That model is not available")
        return gr.skip(), gr.skip(), gr.skip(), current
    return SketchPad(model=name), Deletion(model=name), gr.Dropdown(choices=[ANY, *classes_of(name)], value=ANY), name


def restored(asked: Mapping[str, Any]) -> tuple[Any, ...]:
    """Strategy, parts, budget and target as a link has them; what it has wrong or not at all stays as it is."""
    known = {
        "strategy": STRATEGIES,
        "parts": PARTS.values(),
        "budget": BUDGETS.values(),
        "target": classes_of(first_model()),
    }
    return tuple(picked(one_of(asked.get(name), values)) for name, values in known.items())


def drawings() -> list[dict[str, Any]]:
    """The examples, those that surprise first."""
    every = [*examples(), *(each for each in examples(OF_PHOTOS) if each["name"] in SURPRISING)]
    every = with_claims(every, FOLDER)
    return sorted(every, key=lambda each: SURPRISING.index(each["name"]) if each["name"] in SURPRISING else 99)


def build(page: gr.Blocks) -> None:
    """Lay the tab out inside `page` and wire it."""
    introduction(WHAT, "bandyopadhyay2024explainability")
    first = first_model()
    in_use = gr.State(first)
    with gr.Row(equal_height=False):
        with gr.Column(elem_classes="pad-column"):
            pad = SketchPad(name=PAD, model=first, examples=drawings(), live=live, **FILE_CALLS)
            model = gr.Dropdown(
                choices_here(), value=first or None, label="Model", elem_id="attack-model", elem_classes="model-card"
            )
        with gr.Column(min_width=340):
            strategy, parts, budget, target, run = _options(first)
            stage = Deletion(
                pad=PAD, model=first, stop=tickets.stop, play=play, elem_id="deletion-stage", elem_classes="answer-card"
            )
    ticket = gr.Textbox(visible=False)
    inputs = [pad, in_use, strategy, parts, budget, target, ticket]
    running = run.click(attack, inputs, stage, js=tickets.ask, api_visibility="private", **LANE)
    running.failure(None, None, None, js=tickets.end, api_visibility="private")
    model.select(use_model, [model, in_use], [pad, stage, target, in_use], show_progress_on=model, **LOADING)
    picks = {"strategy": strategy, "parts": parts, "budget": budget, "target": target}
    linked(page, PAD, picks, restored, list(picks.values()))
    about_numbers(NUMBERS, SILENCE)


def _options(first: str) -> tuple[gr.Dropdown, gr.Radio, gr.Dropdown, gr.Dropdown, gr.Button]:
    narrow: dict[str, Any] = {"min_width": 130}
    with gr.Column(elem_classes="options-card"):
        with gr.Row():
            parts = gr.Radio(
                list(PARTS.items()),
                value="strokes", label="Delete", container=False, min_width=220, elem_id="attack-parts",
            )  # fmt: skip
            run = gr.Button("Attack", variant="primary", min_width=110, elem_id="attack-run")
        with gr.Row():
            choices = [(label, name) for name, label in STRATEGIES.items()]
            strategy = gr.Dropdown(choices, value="greedy", label="Strategy", elem_id="attack-strategy", **narrow)
            budget = gr.Dropdown(list(BUDGETS.items()), value=1.0, label="Budget", elem_id="attack-budget", **narrow)
            target = gr.Dropdown([ANY, *classes_of(first)], value=ANY, label="Into", elem_id="attack-target", **narrow)
    return strategy, parts, budget, target, run
