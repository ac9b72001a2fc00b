"""The Inversion tab: which places of the strokes bring a label back, or turn it into another?"""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from demos.inversion.about import NUMBERS, SILENCE, WHAT
from demos.inversion.files import KINDS, save
from demos.inversion.film import MOST_RUNS, end, head, line
from demos.inversion.poses import is_free
from demos.pad import SketchPad, StrokePlayer
from demos.ui import (
    FILE_CALLS,
    JOB,
    about_numbers,
    classes_of,
    examples,
    first_model,
    introduction,
    shelf,
    toast,
    with_claims,
)
from demos.ui.links import linked, one_of, picked
from demos.ui.models import TWO_STROKES
from demos.ui.tickets import Tickets
from sketchlib.errors import InputError, SketchError, SketchlibError
from sketchlib.io import from_pad

if TYPE_CHECKING:
    from sketchlib.inversion import Run, Step
    from sketchlib.sketch import Sketch

FOLDER = Path(__file__).parent
TITLE = "Inversion"
PAD = "pad-inversion"
ITERATIONS = 100
SECONDS_BETWEEN = 0.1
"""Between two messages to the browser, at least."""
FIRST_PRESET = "on_canvas"
MODES = [("Recovery", "recovery"), ("Transfer", "transfer")]
STARTS = {
    "recovery": [("scattered", "scattered"), ("all at one point", "origin"), ("half of them scattered", "subset")],
    "transfer": [("as drawn", "as_drawn"), ("scattered", "scattered"), ("half of them scattered", "subset")],
}
WITHOUT_CHANCE = ("origin", "as_drawn")
tickets = Tickets("inversion")
LANE_SECONDS = 0.1
"""An inversion keeps its lane at a time."""
# One inversion at a time; between its iterations it leaves its lane to those who wait.
LANE: dict[str, Any] = {"show_progress": "hidden", "concurrency_id": "inversion", "concurrency_limit": 1}
AT_ONCE: dict[str, Any] = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}


def invert(
    sketch: dict[str, Any],
    mode: str,
    targets: list[str],
    start: str,
    seeds: int,
    preset: str,
    ticket: str,
    request: gr.Request | None = None,
) -> Iterator[str]:
    """Moves whole strokes until a model sees what is wanted; yields the film as it grows.

    Args:
        sketch: strokes of points [x, y, t_ms, pressure] in a 256 square.
        mode: "recovery" of what is seen in the drawing, or "transfer" to the targets.
        targets: classes of the model, for a transfer.
        start: "scattered", "origin", "subset" or "as_drawn".
        seeds: how often to start, where the start is random; at most 9 runs in all.
        preset: how strokes are moved, a name of `sketchlib.inversion.PRESETS`.
        ticket: names the run for `Tickets.stop`; may be empty.
    """
    tickets.begin(ticket, request)
    try:
        yield from _inverted(from_pad(sketch), mode, targets, start, int(seeds or 1), preset, ticket)
    except SketchlibError as error:
        raise toast(error) from error
    finally:
        tickets.forget(ticket)


def _inverted(
    sketch: "Sketch", mode: str, targets: list[str], start: str, seeds: int, preset: str, ticket: str
) -> Iterator[str]:
    from sketchlib.inversion import invert_batch

    if not sketch.strokes:
        raise SketchError("an inversion moves at least two strokes, got an empty pad: draw something")
    name = first_model()
    recogniser = shelf.get(name)
    origin = recogniser.classes[int(shelf.probabilities(name, [sketch], JOB)[0].argmax())]
    runs = runs_of(sketch, [origin] if mode == "recovery" else targets, start, seeds)
    about = {"ticket": ticket, "mode": mode, "preset": preset, "model": recogniser.card.title, "origin": origin}
    steps = in_lanes(invert_batch(recogniser, runs, preset, ITERATIONS))
    yield from paced(about | {"iterations": ITERATIONS}, runs, steps)


def runs_of(sketch: "Sketch", targets: Sequence[str], start: str, seeds: int) -> list["Run"]:
    """Every target with every seed; one seed where the start is not random. Raises InputError."""
    from sketchlib.inversion import Run

    if not targets:
        raise InputError("a transfer goes to at least one class, got none: choose a target")
    numbers = range(1 if start in WITHOUT_CHANCE else seeds)
    if not 0 < len(targets) * len(numbers) <= MOST_RUNS:
        raise InputError(f"at most {MOST_RUNS} runs go on together, got {len(targets)} targets with {seeds} seeds each")
    return [Run(sketch, target, start, seed) for target in targets for seed in numbers]


def paced(about: dict[str, Any], runs: Sequence["Run"], steps: Iterator[tuple["Step", ...]]) -> Iterator[str]:
    """The film with its first iteration, then as it grows, and once more at its end, complete or stopped."""
    text, sent, state, shape = "", -SECONDS_BETWEEN, "done", None
    for step in steps:
        shape = shape or step[0].sketch
        text = (text or head(about, runs, shape)) + line(step, shape if is_free(about["preset"]) else None)
        if about["ticket"] in tickets:
            state = "stopped"
            break
        if time.monotonic() - sent >= SECONDS_BETWEEN:
            sent = time.monotonic()
            yield text
    yield text + end(state)


def in_lanes(steps: Iterator[tuple["Step", ...]]) -> Iterator[tuple["Step", ...]]:
    """The same, made in lanes, for LANE_SECONDS in each: with many visitors the wait for one is the longer part."""
    while made := _some(steps):
        yield from made


def _some(steps: Iterator[tuple["Step", ...]]) -> list[tuple["Step", ...]]:
    made: list[tuple[Step, ...]] = []
    with shelf.lane(JOB):
        until = time.monotonic() + LANE_SECONDS
        while time.monotonic() < until and (step := next(steps, None)) is not None:
            made.append(step)
    return made


def preset_choices() -> list[tuple[str, str]]:
    """(what the visitor reads, name) of every preset, the one to begin with first."""
    from sketchlib.inversion import PRESETS

    return [(name.replace("_", " "), name) for name in sorted(PRESETS, key=lambda name: name != FIRST_PRESET)]


def options_of(mode: str) -> tuple[Any, Any]:
    """Whether a target is asked for, and from where a mode starts."""
    starts = STARTS[mode]
    return gr.Dropdown(visible=mode == "transfer"), gr.Dropdown(choices=starts, value=starts[0][1])


def restored(asked: Mapping[str, Any]) -> tuple[Any, ...]:
    """Mode, targets, start, preset and seeds as a link has them; what it has wrong or not at all stays as it is."""
    known, wanted, mode = classes_of(first_model()), asked.get("targets"), one_of(asked.get("mode"), STARTS)
    starts = STARTS[mode or "recovery"]
    targets, start = options_of(mode) if mode else (gr.skip(), gr.skip())
    if isinstance(wanted, list) and 0 < len(wanted) <= MOST_RUNS and all(each in known for each in wanted):
        targets = gr.Dropdown(visible=mode == "transfer", value=wanted)
    if (begun := one_of(asked.get("start"), [name for _, name in starts])) is not None:
        start = gr.Dropdown(choices=starts, value=begun)
    preset = one_of(asked.get("preset"), [name for _, name in preset_choices()])
    seeds = one_of(asked.get("seeds"), range(1, MOST_RUNS + 1))
    return picked(mode), targets, start, picked(preset), picked(seeds)


def warm_up() -> None:
    """One step: its code is compiled when it first runs on a machine, and no job shall wait for that."""
    from sketchlib.inversion import Run, invert_batch

    if name := first_model():
        recogniser = shelf.get(name)
        next(invert_batch(recogniser, [Run(TWO_STROKES, recogniser.classes[0])], FIRST_PRESET, 1))


def build(page: gr.Blocks) -> None:
    """Lay the tab out inside `page` and wire it."""
    introduction(WHAT, "qu2023sketchxai")
    with gr.Row(equal_height=False):
        with gr.Column(elem_classes="pad-column"):
            pad = SketchPad(name=PAD, examples=with_claims(examples(), FOLDER), **FILE_CALLS)
        with gr.Column(min_width=340):
            mode, targets, start, preset, seeds, run = _options()
            player = StrokePlayer(
                stop=tickets.stop, save=save, kinds=KINDS, elem_id="player", elem_classes="answer-card"
            )
    ticket = gr.Textbox(visible=False)
    mode.input(options_of, mode, [targets, start], **AT_ONCE)
    inputs = [pad, mode, targets, start, seeds, preset, ticket]
    running = run.click(invert, inputs, player, js=tickets.ask, api_visibility="private", **LANE)
    running.failure(None, None, None, js=tickets.end, api_visibility="private")
    parts = {"mode": mode, "targets": targets, "start": start, "preset": preset, "seeds": seeds}
    linked(page, PAD, parts, restored, list(parts.values()))
    about_numbers(NUMBERS, SILENCE)


def _options() -> tuple[gr.Radio, gr.Dropdown, gr.Dropdown, gr.Dropdown, gr.Slider, gr.Button]:
    classes = classes_of(first_model())
    with gr.Column(elem_classes="options-card"):
        with gr.Row():
            mode = gr.Radio(
                MODES, value="recovery", label="What", container=False, min_width=220, elem_id="inversion-mode"
            )
            run = gr.Button("Run", variant="primary", min_width=110, elem_id="inversion-run")
        into: dict[str, Any] = {"multiselect": True, "max_choices": MOST_RUNS, "visible": False}
        targets = gr.Dropdown(classes, value=classes[:1], label="Into", elem_id="inversion-targets", **into)
        with gr.Row():
            narrow: dict[str, Any] = {"min_width": 130}
            start = gr.Dropdown(STARTS["recovery"], label="Start", elem_id="inversion-start", **narrow)
            preset = gr.Dropdown(preset_choices(), label="Optimiser", elem_id="inversion-preset", **narrow)
            seeds = gr.Slider(1, MOST_RUNS, 1, step=1, label="Seeds", buttons=[], elem_id="inversion-seeds", **narrow)
    return mode, targets, start, preset, seeds, run
