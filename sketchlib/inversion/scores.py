"""How well inversions work: success, speed, how near the drawing comes back, and whether another model sees it too."""

import math
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from sketchlib.errors import InputError
from sketchlib.inversion.optimisers import PRESETS
from sketchlib.inversion.recovery import iterations_to, original_locations, recovery_error, strokes_back
from sketchlib.inversion.runs import Run, Step, invert_batch
from sketchlib.inversion.search import random_search
from sketchlib.models import Recogniser
from sketchlib.sketch import Array, Sketch

Mode = Literal["recovery", "transfer"]
Interval = tuple[float | None, float | None]

SUCCESS = 0.99
BATCH = 32
"""Runs inverted as one batch."""

METHODS = (*PRESETS, "random_search")

GROUPS: Mapping[str, tuple[int, float]] = {"2 or 3": (2, 3), "4 to 6": (4, 6), "7 and more": (7, math.inf)}
"""Sketches by the number of their strokes, ends included: what a few strokes can become is little."""


@dataclass(frozen=True)
class InversionScores:
    """One preset on n sketches, each inverted from `seeds` starts (a transfer: to as many targets).

    success_rate: share of runs whose final probability of the target is at least 0.99. seen_rate: share in which the
        target is the final top-1. final_probability: median.
    iterations_to_50, _90, _99: median first iteration from which on the target keeps that probability; None where half
        of the runs never do.
    location_error: mean over runs of `recovery_error` against the drawing, canvas units. strokes_back: share of strokes
        within a tenth of the canvas of their place, after the best common shift.
    raster_agreement: share of final drawings that an independent recogniser of ink names as the target;
        raster_on_drawings: the same of the drawings they came from, for a recovery.
    stability: share of sketches whose runs all succeed or all fail; None with one run each.
    seconds_per_run: wall time, in batches of 32 runs. by_strokes: "success_rate" and "n", the number of runs, in
        each of GROUPS that has any. `*_ci`: 95%, percentile bootstrap over sketches.
    """

    model: str
    judge: str
    mode: Mode
    method: str
    seeds: int
    iterations: int
    n: int
    success_rate: float
    success_rate_ci: Interval
    seen_rate: float
    seen_rate_ci: Interval
    final_probability: float
    final_probability_ci: Interval
    iterations_to_50: float | None
    iterations_to_50_ci: Interval
    iterations_to_90: float | None
    iterations_to_90_ci: Interval
    iterations_to_99: float | None
    iterations_to_99_ci: Interval
    location_error: float
    location_error_ci: Interval
    strokes_back: float
    strokes_back_ci: Interval
    raster_agreement: float
    raster_agreement_ci: Interval
    raster_on_drawings: float
    stability: float | None
    seconds_per_run: float
    by_strokes: dict[str, dict[str, float]]

    def as_json(self) -> dict[str, Any]:
        """Plain values for json.dumps."""
        return asdict(self)

    def as_text(self) -> str:
        """One line for people."""
        low, high = self.success_rate_ci
        return (
            f"{self.mode:<9} {self.method:<13} p >= 99%: {self.success_rate:.1%} [{low:.1%}, {high:.1%}]  "
            f"top-1: {self.seen_rate:.1%}  raster model agrees: {self.raster_agreement:.1%}  "
            f"strokes back: {self.strokes_back:.1%}  n {self.n}"
        )


@dataclass(frozen=True)
class Question:
    """What is evaluated: both models, the mode, how many starts or targets a sketch, and how long."""

    recogniser: Recogniser
    judge: Recogniser
    mode: Mode
    seeds: int = 1
    iterations: int = 100


def recognised(recogniser: Recogniser, sketches: Iterable[Sketch], limit: int, seed: int = 0) -> list[Sketch]:
    """Up to `limit` sketches that the recogniser names as they are labelled and that can be inverted, categories alike.

    Raises InputError when there is none.
    """
    slots = recogniser.card.preprocessing.most_strokes
    pools: dict[str, list[Sketch]] = {}
    for sketch in sketches:
        if sketch.label in recogniser.classes and 2 <= len(sketch) <= slots:
            pools.setdefault(sketch.label, []).append(sketch)
    lot = random.Random(seed)
    for name in sorted(pools):
        lot.shuffle(pools[name])
    kept: list[Sketch] = []
    while pools and len(kept) < limit:
        names = sorted(pools)
        drawn = [pools[name].pop() for name in lot.sample(names, len(names))]
        labels = [recogniser.classes[i] for i in recogniser.logits(drawn).argmax(axis=1)]
        kept += [sketch for sketch, label in zip(drawn, labels, strict=True) if label == sketch.label]
        pools = {name: pool for name, pool in pools.items() if pool}
    if not kept:
        raise InputError("an evaluation needs recognised sketches of two strokes or more, got none")
    return kept[:limit]


def runs_of(question: Question, sketches: Sequence[Sketch]) -> list[Run]:
    """The runs of all sketches, a sketch's own side by side; a transfer's targets are drawn at random."""
    if question.mode == "recovery":
        return [Run(sketch, sketch.label, "scattered", seed) for sketch in sketches for seed in range(question.seeds)]
    runs = []
    for number, sketch in enumerate(sketches):
        others = [name for name in question.recogniser.classes if name != sketch.label]
        targets = random.Random(number).sample(others, question.seeds)
        runs += [Run(sketch, target, "as_drawn") for target in targets]
    return runs


def inversion_scores(question: Question, sketches: Sequence[Sketch], method: str) -> InversionScores:
    """Scores of a preset, or of "random_search", on sketches that the recogniser names as they are labelled."""
    runs, rows, begun = runs_of(question, sketches), [], time.perf_counter()
    done: list[list[Step]] = []
    for first in range(0, len(runs), BATCH):
        done += finished(question, runs[first : first + BATCH], method)
    seconds = (time.perf_counter() - begun) / len(runs)
    agreed = _named(question.judge, [steps[-1].sketch for steps in done], [run.target for run in runs])
    for run, steps, agrees in zip(runs, done, agreed, strict=True):
        rows.append(_row(run, steps, agrees))
    drawings = _named(question.judge, sketches, [sketch.label for sketch in sketches])
    table = np.array(rows).reshape(len(sketches), question.seeds, -1)
    stable = float(np.isin(table[..., 0].mean(axis=1), (0, 1)).mean()) if question.seeds > 1 else None
    fixed = (question.recogniser.name, question.judge.name, question.mode, method, question.seeds, question.iterations)
    beside = (float(np.mean(drawings)), stable, seconds, _by_strokes(runs, table[..., 0].ravel()))
    values: tuple[Any, ...] = (*fixed, len(sketches), *_summaries(table), *beside)
    return InversionScores(*values)


def _by_strokes(runs: Sequence[Run], succeeded: Array) -> dict[str, dict[str, float]]:
    counts = np.array([len(run.sketch) for run in runs])
    inside = {name: (low <= counts) & (counts <= high) for name, (low, high) in GROUPS.items()}
    return {
        name: {"success_rate": float(succeeded[each].mean()), "n": int(each.sum())}
        for name, each in inside.items()
        if each.any()
    }


def finished(question: Question, runs: Sequence[Run], method: str) -> list[list[Step]]:
    """All steps of each run, their drawings kept of the last step alone. Errors as in `invert_batch`."""
    return [list(steps) for steps in zip(*_lean(question, runs, method), strict=True)]


def _lean(question: Question, runs: Sequence[Run], method: str) -> Iterator[tuple[Step, ...]]:
    steps: Callable[..., Iterator[tuple[Step, ...]]] = random_search if method == "random_search" else invert_batch
    extra = () if method == "random_search" else (method,)
    nothing = Sketch()
    for each in steps(question.recogniser, runs, *extra, iterations=question.iterations):
        last = each[0].iteration == question.iterations
        yield each if last else tuple(replace(step, sketch=nothing) for step in each)


def _row(run: Run, steps: list[Step], agrees: bool) -> list[float]:
    last, original = steps[-1], original_locations(run.sketch, tuple(run.sketch.ids))
    reached = [iterations_to(steps, share) for share in (0.5, 0.9, 0.99)]
    return [
        last.target >= SUCCESS,
        last.top == run.target,
        last.target,
        *(math.inf if count is None else count for count in reached),
        recovery_error(last.locations, original),
        strokes_back(last.locations, original),
        agrees,
    ]


def _named(judge: Recogniser, sketches: Sequence[Sketch], names: Sequence[str]) -> list[bool]:
    best = judge.logits(sketches).argmax(axis=1)
    return [judge.classes[i] == name for i, name in zip(best, names, strict=True)]


def _summaries(table: Array, draws: int = 1000) -> list[Any]:
    """Value and interval of each column of (sketches, seeds, columns): medians of columns 2 to 5, means of the rest."""
    chance = np.random.default_rng(0)
    lots = chance.integers(0, len(table), (draws, len(table)))
    found: list[Any] = []
    for column in range(table.shape[2]):
        average = np.median if 2 <= column <= 5 else np.mean
        values = table[..., column]
        middles = np.sort([average(values[lot]) for lot in lots])
        ends = middles[[round(0.025 * (draws - 1)), round(0.975 * (draws - 1))]]
        found += [_finite(float(average(values))), tuple(_finite(float(end)) for end in ends)]
    return found


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
