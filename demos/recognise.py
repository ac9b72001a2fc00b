"""The Recognise tab: what is it, and when did the model know?"""

import base64
import binascii
import html
import re
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import gradio as gr
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demos.pad import Answers, SketchPad, revision
from demos.ui import (
    describe,
    examples,
    figure,
    first_model,
    local_cards_allowed,
    model_choices,
    shelf,
    toast,
    toasted,
    told,
)
from sketchlib.errors import FormatError, SketchlibError
from sketchlib.io import from_pad, from_token, read_sketches, to_pad, to_token
from sketchlib.sketch import Sketch

TITLE = "Recognise"
PAD = "pad-recognise"
GUESSES = 5
MAXIMUM_PREFIXES = 48
LABEL_LENGTH = 14
NOTEWORTHY = 0.1
VANISHED = 0.05
MAXIMUM_UPLOAD_BYTES = 2 * 1024 * 1024
QUESTION = "When did it know?"
QUIET: dict[str, Any] = {"show_progress": "hidden", "concurrency_id": "model", "concurrency_limit": 1}
LOADING: dict[str, Any] = {
    "show_progress": "minimal",
    "concurrency_id": "load",
    "concurrency_limit": 4,
    "api_visibility": "private",
}


@told
def live(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of the pad: {"sketch", "model"} -> {"rev", "top", "note"}; raises nothing, see `told`."""
    value, model = request.get("sketch"), str(request.get("model"))
    sketch = from_pad(value)
    if not sketch.strokes:
        return {"rev": revision(value), "top": []}
    return ranked(shelf.probabilities(model, [sketch])[0], revision(value), model)


def ranked(chances: NDArray[np.float32], number: int, model: str) -> dict[str, Any]:
    """(classes,) probabilities of revision `number` -> the value of `Answers`."""
    recogniser = shelf.get(model)
    best = np.argsort(-chances, kind="stable")[:GUESSES]
    top = [[recogniser.classes[index], round(float(chances[index]), 4)] for index in best]
    return {"rev": number, "top": top, "note": describe(recogniser.card)}


@told
def open_file(request: dict[str, Any]) -> dict[str, Any]:
    """A file the visitor opened, {"name", "data": base64} -> {"sketch": pad value} of its first drawing, fitted."""
    name, data = safe_name(str(request.get("name"))), str(request.get("data"))
    if len(data) * 3 / 4 > MAXIMUM_UPLOAD_BYTES:
        raise FormatError(f"a sketch file has at most 2 MB, got {len(data) * 3 / 4 / 2**20:.1f} MB ({name})")
    try:
        content = base64.b64decode(data, validate=True)
    except binascii.Error:
        raise FormatError(f"a file arrives whole and unchanged, got a damaged transfer ({name})") from None
    return {"sketch": to_pad(first_drawing(name, content))}


def safe_name(name: str) -> str:
    """A file name fit to be written here and to be read in a message: no folders, no odd signs, not endless."""
    return re.sub(r"[^\w. ()-]", "_", PurePosixPath(name.replace("\\", "/")).name)[-80:] or "sketch"


def first_drawing(name: str, content: bytes) -> Sketch:
    """The first sketch of a file's content, read by the suffix of its name; all but pad JSON are fitted to the pad."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        sketch = next(iter(read_sketches(path, limit=1)), None)
    if sketch is None or not sketch.strokes:
        raise FormatError(f"a file holds at least one drawing with a stroke, got none ({name})")
    return sketch if path.suffix == ".json" else sketch.fitted(margin=0.08)


@told
def share(value: dict[str, Any]) -> dict[str, Any]:
    """The token of a share link: ?s=token."""
    return {"token": to_token(from_pad(value))}


def restore(request: gr.Request) -> dict[str, Any] | None:
    """The drawing of a share link, or nothing; a damaged link is one toast."""
    token = request.query_params.get("s")
    if not token:
        return gr.skip()
    try:
        return to_pad(from_token(token))
    except SketchlibError as error:
        raise toast(error) from error


def prefixes(sketch: Sketch) -> tuple[list[int], list[Sketch]]:
    """Stroke counts up to the last, at most MAXIMUM_PREFIXES of them, and the sketch at each."""
    steps = min(len(sketch), MAXIMUM_PREFIXES)
    counts = [round(count) for count in np.linspace(1, len(sketch), steps)]
    return counts, [sketch.prefix(count) for count in counts]


def known_since(chances: NDArray[np.float32]) -> int:
    """Row from which the final winner of (steps, classes) stays in front."""
    leaders = chances.argmax(axis=1)
    elsewhere = np.flatnonzero(leaders != leaders[-1])
    return int(elsewhere[-1]) + 1 if len(elsewhere) else 0


def leading(chances: NDArray[np.float32]) -> list[int]:
    """At most GUESSES classes that reached NOTEWORTHY at some step, the final winner last (it is drawn on top)."""
    winner, peaks = int(chances[-1].argmax()), chances.max(axis=0)
    others = [int(index) for index in np.argsort(-peaks, kind="stable") if index != winner]
    return [*[index for index in others[: GUESSES - 1] if peaks[index] >= NOTEWORTHY][::-1], winner]


def finding(label: str, counts: Sequence[int], since: int) -> str:
    """The answer under the question, in words."""
    last = counts[-1]
    if since == 0:
        return f"{label} led from the first stroke to the last" if last > 1 else f"{label} leads after one stroke"
    if since == len(counts) - 1:
        return f"{label} took the lead with the last of {last} strokes"
    return f"{label} led from stroke {counts[since]} of {last} on"


def spread(heights: Sequence[float], gap: float = 9.0) -> list[float]:
    """The heights, moved up as little as needed so that labels beside them do not overlap (percent)."""
    placed: dict[int, float] = {}
    floor = -np.inf
    for index in np.argsort(heights, kind="stable"):
        floor = max(float(heights[index]), floor + gap)
        placed[int(index)] = floor
    return [placed[index] for index in range(len(heights))]


def shortened(label: str) -> str:
    """At most LABEL_LENGTH characters, to stand beside a chart."""
    return label if len(label) <= LABEL_LENGTH else label[: LABEL_LENGTH - 1] + "…"


def named_at(chances: NDArray[np.float32]) -> dict[int, list[int]]:
    """Where each line of (steps, lines) gets its name, step -> lines: the end, or the peak of one that vanished."""
    last, places = len(chances) - 1, defaultdict(list)
    for column, line in enumerate(chances.T):
        places[last if line[-1] >= VANISHED else int(line.argmax())].append(column)
    return dict(places)


def chart(counts: Sequence[int], chances: NDArray[np.float32], classes: Sequence[str]) -> go.Figure:
    """Probability of the leading classes after every stroke. chances: (steps, classes)."""
    shown, since = leading(chances), known_since(chances)
    drawn = empty_chart(finding(classes[shown[-1]], counts, since), counts)
    names = [html.escape(shortened(classes[index])) for index in shown]
    percent = 100 * chances[:, shown]
    for column, name in enumerate(names):
        line = {"width": 3 if column == len(names) - 1 else 1.5}
        drawn.add_scatter(x=list(counts), y=percent[:, column].tolist(), name=name, line=line, cliponaxis=False)
    drawn.update_traces(mode="lines+markers" if len(counts) < 30 else "lines", marker={"size": 6})
    drawn.update_traces(hovertemplate="%{y:.1f} %")
    for step, columns in named_at(chances[:, shown]).items():
        beside = {"x": 1.02, "xref": "paper"} if step == len(counts) - 1 else {"x": counts[step], "xshift": 7}
        for column, height in zip(columns, spread(percent[step, columns].tolist()), strict=True):
            drawn.add_annotation(**beside, xanchor="left", y=height, text=names[column], showarrow=False)
    return drawn.add_vline(x=counts[since], line={"dash": "dot", "width": 1}) if since else drawn


def empty_chart(found: str, counts: Sequence[int]) -> go.Figure:
    """The axes of `chart`, and a sentence under the question."""
    drawn = figure(QUESTION, found, "strokes drawn", "probability (%)")
    drawn.update_yaxes(range=[0, 100])
    return drawn.update_xaxes(range=[counts[0] - 0.15, max(counts[-1], 2) + 0.15], dtick=max(1, counts[-1] // 8))


def unasked() -> go.Figure:
    """The chart before there is anything to show."""
    return empty_chart("Rest the pen: every stroke gets its own prediction here", range(1, 9))


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
    chances = shelf.probabilities(model, steps)
    return ranked(chances[-1], sketch["rev"], model), chart(counts, chances, shelf.get(model).classes)


def use_model(name: str, current: str) -> tuple[Any, Any]:
    """Load the picked model and let the pad ask it from now on; on failure a toast, and the pad keeps its model."""
    try:
        shelf.get(name)
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
    first = first_model()
    in_use = gr.State(first)
    with gr.Row(equal_height=False):
        with gr.Column(elem_classes="pad-column"):
            pad = SketchPad(name=PAD, model=first, examples=examples(), live=live, open_file=open_file, share=share)
        with gr.Column(min_width=340):
            answers = Answers(pad=PAD, elem_id="answers", elem_classes="answer-card")
            plot = gr.Plot(unasked(), show_label=False, elem_id="when", elem_classes="chart-card", buttons=[])
            picker = gr.Dropdown(
                model_choices(), value=first or None, label="Model", elem_id="model", elem_classes="model-card"
            )
            _local_cards(pad, picker, in_use)
    pad.input(recognise, [pad, in_use], [answers, plot], trigger_mode="always_last", api_name="recognise", **QUIET)
    # A dropdown's `input` comes twice a pick, its `select` once.
    loading = picker.select(use_model, [picker, in_use], [pad, in_use], show_progress_on=picker, **LOADING)
    loading.then(lambda name: name or None, in_use, picker, show_progress="hidden", api_visibility="private")
    page.load(restore, None, pad, api_visibility="private", show_progress="hidden")


def _local_cards(pad: SketchPad, picker: gr.Dropdown, in_use: gr.State) -> None:
    if not local_cards_allowed():
        return
    with gr.Accordion("A model of your own", open=False, elem_id="own-model", elem_classes="model-card"):
        path = gr.Textbox(label="Path of a card (.toml), its weights beside it", elem_id="card-path", max_lines=1)
        button = gr.Button("Use this model", elem_id="use-card")
    triggers = [button.click, path.submit]
    gr.on(triggers, use_card, [path, in_use], [pad, picker, in_use], show_progress_on=button, **LOADING)
