"""`invert`: strokes moved until a model sees a class."""

import math
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

from pydantic import Field, SkipValidation

from demos.api.endpoint import endpoint, model_named, top_class
from demos.api.values import Drawing, Points, drawn, returned
from demos.inversion import ITERATIONS, MOST_RUNS, in_lanes, runs_of
from demos.ui import shelf
from sketchlib.errors import InputError

if TYPE_CHECKING:
    from sketchlib.inversion import Run, Step

Preset = Literal["on_canvas", "sketchxai", "free"]
SECONDS = 60.0
"""What one inversion may take, from its first step."""


class Look(TypedDict):
    """What the model sees after so many iterations, 0 the start; probabilities are softmax, 0 to 1."""

    iteration: int
    target_probability: float
    origin_probability: float
    seen: str
    seen_probability: float
    gradient_norm: float


class Inverted(TypedDict):
    """A run. reached: whether the target is what is seen in the end."""

    target: str
    start: str
    seed: int
    reached: bool
    iterations: list[Look]
    ids: list[int]
    strokes: list[Points]


class Inversions(TypedDict):
    """What `invert` returns."""

    model: str
    origin: str
    preset: str
    runs: list[Inverted]


@endpoint
def invert(
    sketch: Annotated[Drawing, SkipValidation],
    target: str = "",
    start: Literal["", "scattered", "origin", "subset", "as_drawn"] = "",
    seeds: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 1,
    iterations: Annotated[int, Field(ge=1, le=ITERATIONS)] = ITERATIONS,
    preset: Preset = "on_canvas",
    model: str = "",
) -> Inversions:
    """Moves whole strokes of a sketch, one gradient step at a time, until a model sees a class in them.

    Args:
        sketch: Strokes, each a list of points [x, y] in a square of side 256, (0, 0) top left; or the page's JSON.
        target: Class to reach (transfer); empty for the one that is seen in the sketch (recovery).
        start: Where strokes begin; empty for scattered in a recovery and as_drawn in a transfer.
        seeds: How often to begin anew where the start is random, 1 to 9.
        iterations: Gradient steps, 1 to 100.
        preset: How strokes move: on_canvas, sketchxai (the paper's way), or free (they also turn, grow and swap).
        model: Title of a recogniser that reads strokes; empty for the one the page opens with.

    Returns:
        origin: class that the model sees in the sketch; model, preset: what moved it
        runs: [{target, start, seed, reached, iterations, ids, strokes}], one a seed
        iterations: [{iteration, target_probability, origin_probability, seen, seen_probability, gradient_norm}] from 0
        strokes: points in the 256 square at the end, which every endpoint takes as a sketch; ids: whose they are
    """
    from sketchlib.inversion import invert_batch

    read, name = drawn(sketch), model_named(model)
    origin, recogniser = top_class(name, read), shelf.get(name)
    begin = start or ("as_drawn" if target else "scattered")
    runs = runs_of(read, [target or origin], begin, seeds)
    steps = list(_in_time(in_lanes(invert_batch(recogniser, runs, preset, iterations))))
    told = [_run(run, own) for run, own in zip(runs, zip(*steps, strict=True), strict=True)]
    return Inversions(model=recogniser.card.title, origin=origin, preset=preset, runs=told)


def _in_time(steps: Iterator[tuple["Step", ...]]) -> Iterator[tuple["Step", ...]]:
    end = math.inf
    for step in steps:
        end = min(end, time.monotonic() + SECONDS)
        if time.monotonic() > end:
            raise InputError(
                f"an inversion here takes at most {SECONDS:g} seconds, got to iteration {step[0].iteration}: "
                "ask for fewer iterations or seeds"
            )
        yield step


def _run(run: "Run", steps: Sequence["Step"]) -> Inverted:
    last = steps[-1]
    return Inverted(
        target=run.target,
        start=run.start,
        seed=run.seed,
        reached=last.top == run.target,
        iterations=[_look(step) for step in steps],
        ids=list(last.sketch.ids),
        strokes=[returned(stroke.points) for stroke in last.sketch],
    )


def _look(step: "Step") -> Look:
    return Look(
        iteration=step.iteration,
        target_probability=step.target,
        origin_probability=step.origin,
        seen=step.top,
        seen_probability=step.top_probability,
        gradient_norm=step.gradient_norm,
    )
