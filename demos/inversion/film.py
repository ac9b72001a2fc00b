"""Steps of an inversion as the player's film, and back.

A film is lines of JSON: a head with all that stays the same, the strokes' shapes among it; then one line an iteration,
a row of every run; at the end {"state": "done" | "stopped"}. Such text only grows, so only what is new travels.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from demos.inversion.poses import PLACED, POSED, is_free, posed, poses
from sketchlib.errors import FormatError
from sketchlib.io import from_pad
from sketchlib.io.json_text import parse_json
from sketchlib.io.limits import numbers
from sketchlib.sketch import Sketch
from sketchlib.viz.order import order_colours

if TYPE_CHECKING:
    from sketchlib.inversion import Run, Step

T = TypeVar("T")

MOST_RUNS, MOST_ITERATIONS, MOST_STROKES, MOST_POINTS = 9, 100, 200, 20_000
MOST_LETTERS, MOST_FILM_LETTERS = 200, 4_000_000
FIXED, TOP = 5, 2
"""Entries of a row before its poses: target, origin, name of the current top-1, its probability, gradient norm."""


def head(about: Mapping[str, Any], runs: Sequence["Run"], sketch: Sketch) -> str:
    """The first line. about: ticket, mode, preset, model, origin, iterations. sketch: the strokes at any place."""
    shown = [{"target": run.target, "seed": run.seed, "start": run.start} for run in runs]
    entries = POSED if is_free(about["preset"]) else PLACED
    return json.dumps({**about, "entries": entries, "runs": shown, "strokes": _shapes(sketch)}) + "\n"


def _shapes(sketch: Sketch) -> list[dict[str, Any]]:
    colours = zip(order_colours(len(sketch)), order_colours(len(sketch), "dark"), strict=True)
    return [
        {"id": stroke.id, "pts": np.round(stroke.points - stroke.points[0], 4).tolist(), "colours": pair}
        for stroke, pair in zip(sketch, colours, strict=True)
    ]


def line(steps: Sequence["Step"], shape: Sketch | None = None) -> str:
    """One iteration: a row of every run. shape: the strokes of the head, where they are free to do more than move."""
    return json.dumps([_row(step, shape) for step in steps]) + "\n"


def _row(step: "Step", shape: Sketch | None) -> list[Any]:
    stand = step.locations if shape is None else poses(step.sketch, shape)
    target, origin, chance, norm = np.round(
        [step.target, step.origin, step.top_probability, step.gradient_norm], 6
    ).tolist()
    return [target, origin, step.top, chance, norm, *np.round(stand.ravel(), 4).tolist()]


def end(state: str) -> str:
    """The last line. state: "done" or "stopped"."""
    return json.dumps({"state": state}) + "\n"


@dataclass(frozen=True, eq=False)
class Saved:
    """A film that came back: its runs, and per iteration one step of each. about: mode, preset, model, origin."""

    about: Mapping[str, str]
    runs: Sequence["Run"]
    steps: Sequence[tuple["Step", ...]]

    @property
    def targets(self) -> list[str]:
        """Class each run is pulled towards."""
        return [run.target for run in self.runs]

    @property
    def by_run(self) -> list[tuple["Step", ...]]:
        """The steps of each run."""
        return list(zip(*self.steps, strict=True))


def read_film(text: object) -> Saved:
    """A film that the browser sends back. Raises FormatError or SketchError, one sentence, where it is not one."""
    from sketchlib.inversion import Run

    if not isinstance(text, str) or len(text) > MOST_FILM_LETTERS:
        raise FormatError(f"a run that is saved is text of at most {MOST_FILM_LETTERS:,} letters, got something else")
    first, *lines = [parse_json(each.encode()) for each in text.splitlines()] or [None]
    told = _of_kind(first, dict, "the head of a run is an object")
    shape = from_pad({"size": 1, "strokes": told.get("strokes")})
    if not 0 < len(shape) <= MOST_STROKES or shape.number_of_points > MOST_POINTS:
        rule = f"a run that is saved has 1 to {MOST_STROKES} strokes and at most {MOST_POINTS:,} points"
        raise FormatError(f"{rule}, got {len(shape)} and {shape.number_of_points:,}")
    shown = [_of_kind(run, dict, "a run is an object") for run in _of_kind(told.get("runs"), list, "runs are a list")]
    if not 0 < len(shown) <= MOST_RUNS:
        raise FormatError(f"1 to {MOST_RUNS} runs are saved together, got {len(shown)}")
    iterations = [each for each in lines if isinstance(each, list)]
    if not 0 < len(iterations) <= MOST_ITERATIONS + 1:
        raise FormatError(f"a run that is saved has 1 to {MOST_ITERATIONS + 1} iterations, got {len(iterations)}")
    entries = told.get("entries")
    if entries not in (PLACED, POSED):
        raise FormatError(f"a stroke stands by {PLACED} or {POSED} numbers, got {str(entries)[:40]}")
    runs = [Run(shape, _name(run.get("target")), _name(run.get("start")), _seed(run)) for run in shown]
    steps = [tuple(_steps(number, rows, shape, (len(runs), entries))) for number, rows in enumerate(iterations)]
    return Saved({key: _name(told.get(key)) for key in ("mode", "preset", "model", "origin")}, runs, steps)


def _seed(run: dict[str, Any]) -> int:
    return _of_kind(run.get("seed"), int, "a seed is a whole number")


def _name(value: object) -> str:
    return str(value)[:MOST_LETTERS]


def _of_kind(value: Any, kind: type[T], rule: str) -> T:
    if not isinstance(value, kind):
        raise FormatError(f"{rule}, got {type(value).__name__}")
    return value


def _steps(iteration: int, rows: list[Any], shape: Sketch, size: tuple[int, int]) -> Iterator["Step"]:
    from sketchlib.inversion import Step

    runs, entries = size
    wanted = FIXED + entries * len(shape)
    if [len(row) if isinstance(row, list) else 0 for row in rows] != [wanted] * runs:
        raise FormatError(
            f"an iteration is {runs} rows of {wanted} entries, got something else (iteration {iteration})"
        )
    for row in rows:
        values = numbers([*row[:TOP], *row[TOP + 1 :]], "the numbers of a row", maximum=1e6)
        stand = values[FIXED - 1 :].reshape(-1, entries)
        target, origin, chance, norm = values[: FIXED - 1].tolist()
        yield Step(iteration, stand[:, :2], posed(shape, stand), target, origin, _name(row[TOP]), chance, norm)
