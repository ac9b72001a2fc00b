"""The Recognise tab: what is it, which strokes say so, and when did the model know?"""

import html
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demos.pad import Answers, HeatCard, SketchPad, revision
from demos.recognise.about import NUMBERS, SILENCE, WHAT
from demos.recognise.deletion import deletion_chart
from demos.recognise.deletion import unasked as undeleted
from demos.recognise.heat import DEFAULT, LABELS, Choice, coloured, live_heat
from demos.recognise.known import chart, prefixes, unasked
from demos.ui import (
    FILE_CALLS,
    RESTING,
    about_numbers,
    bare_heat,
    charted,
    classes_of,
    describe,
    examples,
    first_model,
    introduction,
    local_cards_allowed,
    model_choices,
    ready,
    shelf,
    toasted,
    told,
    with_claims,
)
from sketchlib.errors import ModelError, SketchlibError
from sketchlib.io import from_pad

FOLDER = Path(__file__).parent
TITLE = "Recognise"
PAD = "pad-recognise"
GUESSES = 5
CHOICE = {"show": "strokes", "method": DEFAULT["strokes"], "target": "", "other": "", "sanity": False}
# One queued event at a time: on two cores the other one stays free for the fast call.
QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "concurrency_id": "model",
    "concurrency_limit": 1,
    "api_visibility": "private",
}
LOADING: dict[str, Any] = {
    "show_progress": "minimal",
    "concurrency_id": "load",
    "concurrency_limit": 4,
    "api_visibility": "private",
}


@told
def live(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of the pad: {"sketch", "model"} -> {"rev", "top", "note"}. Raises nothing, see `told`."""
    value, model = request.get("sketch"), str(request.get("model"))
    sketch, rev = from_pad(value), revision(value)
    if not sketch.strokes:
        return {"rev": rev, "top": []}
    return ranked(shelf.guess(model, sketch), rev, model)


@told
def colours(request: dict[str, Any]) -> dict[str, Any]:
    """The second call about a whole drawing, the same with "options" and "seen", the best guess -> {"heat"}.

    A call of its own, so that no guess waits for colours.
    """
    sketch, rev = from_pad(request.get("sketch")), revision(request.get("sketch"))
    seen = str(request.get("seen"))
    return {"heat": live_heat(str(request.get("model")), sketch, rev, request.get("options"), seen)}


def ranked(chances: NDArray[np.float32], number: int, model: str) -> dict[str, Any]:
    """(classes,) probabilities of revision `number` -> the value of `Answers`."""
    recogniser = shelf.get(model)
    if not np.isfinite(chances).all():
        raise ModelError(
            f"a model's answer is made of finite numbers, got NaN or infinity from {recogniser.card.title}"
        )
    best = np.argsort(-chances, kind="stable")[:GUESSES]
    top = [[recogniser.classes[index], round(float(chances[index]), 4)] for index in best]
    return {"rev": number, "top": top, "note": describe(recogniser.card)}


@toasted
def recognise(sketch: dict[str, Any], model: str) -> tuple[dict[str, Any], go.Figure]:
    """What a drawing looks like to a model: the five best guesses, and the probabilities after every stroke.

    Args:
        sketch: strokes of points [x, y, t_ms, pressure] in a 256 square.
    """
    drawn = from_pad(sketch)
    if not drawn.strokes:
        return {"rev": sketch["rev"], "top": []}, unasked()
    counts, steps = prefixes(drawn)
    chances = shelf.probabilities(model, steps, RESTING)
    return ranked(chances[-1], sketch["rev"], model), chart(counts, chances, shelf.get(model).classes)


@toasted
def explain(sketch: dict[str, Any], model: str, wanted: Any) -> tuple[Any, go.Figure]:
    """When the pen rests: the colours of the slower methods, and the deletion curve of any. Trouble is a sentence."""
    drawn, rev = from_pad(sketch), sketch["rev"]
    if not drawn.strokes:
        return gr.skip(), undeleted()
    try:
        choice = Choice.read(wanted)
        chances = shelf.probabilities(model, [drawn], RESTING)[0]
        seen = ranked(chances, rev, model)["top"][0][0]
        heat, found, game = coloured(model, drawn, rev, choice, seen, RESTING)
    except SketchlibError as error:
        return SketchPad(heat=bare_heat(rev, "", str(error))), undeleted(str(error))
    if found is None or game is None:
        return gr.skip(), undeleted(heat["legend"]["note"])
    plot = deletion_chart(found, game)
    return gr.skip() if choice.is_live(drawn) else SketchPad(heat=heat), plot


def use_model(name: str, current: str) -> tuple[Any, Any]:
    """Load the picked model and let the pad ask it from now on; on failure a toast, and the pad keeps its model."""
    try:
        ready(name)
    except SketchlibError as error:
        gr.Warning(html.escape(str(error)), title="That model is not available")
        return gr.skip(), current
    return SketchPad(model=name), name


def use_card(path: str, current: str) -> tuple[Any, Any, Any]:
    """The same for the path of a card, which joins the list."""
    path = path.strip()
    pad, name = use_model(path, current)
    choices = [*model_choices(), *([(Path(path).stem, path)] if name == path else [])]
    return pad, gr.Dropdown(choices=choices, value=name), name


def build(page: gr.Blocks) -> None:
    """Lay the tab out inside `page` and wire it."""
    introduction(WHAT, "bandyopadhyay2024explainability", "qu2023sketchxai")
    first = first_model()
    in_use = gr.State(first)
    with gr.Row(equal_height=False):
        with gr.Column(elem_classes="pad-column"):
            calls: dict[str, Any] = {"live": live, "colours": colours, **FILE_CALLS}
            pad = SketchPad(name=PAD, model=first, options=CHOICE, examples=with_claims(examples(), FOLDER), **calls)
        with gr.Column(min_width=340):
            answers = Answers(pad=PAD, elem_id="answers", elem_classes="answer-card")
            heat = HeatCard(
                CHOICE, pad=PAD, methods=LABELS, classes=classes_of(first), elem_id="heat", elem_classes="answer-card"
            )
            plot, deletion = (charted(empty, name) for name, empty in (("when", unasked()), ("deletion", undeleted())))
            picker = gr.Dropdown(
                model_choices(), value=first or None, label="Model", elem_id="model", elem_classes="model-card"
            )
            _local_cards(pad, picker, in_use)
    pad.input(recognise, [pad, in_use], [answers, plot], trigger_mode="always_last", **QUIET)
    pad.input(explain, [pad, in_use, heat], [pad, deletion], trigger_mode="always_last", **QUIET)
    # A dropdown's `input` comes twice a pick, its `select` once.
    loading = picker.select(use_model, [picker, in_use], [pad, in_use], show_progress_on=picker, **LOADING)
    loading.then(lambda name: name or None, in_use, picker, show_progress="hidden", api_visibility="private")
    in_use.change(
        lambda name: HeatCard(classes=classes_of(name)), in_use, heat, show_progress="hidden", api_visibility="private"
    )
    about_numbers(NUMBERS, SILENCE)


def _local_cards(pad: SketchPad, picker: gr.Dropdown, in_use: gr.State) -> None:
    if not local_cards_allowed():
        return
    with gr.Accordion("A model of your own", open=False, elem_id="own-model", elem_classes="model-card"):
        path = gr.Textbox(label="Path of a card (.toml), its weights beside it", elem_id="card-path", max_lines=1)
        button = gr.Button("Use this model", elem_id="use-card")
    triggers = [button.click, path.submit]
    gr.on(triggers, use_card, [path, in_use], [pad, picker, in_use], show_progress_on=button, **LOADING)
