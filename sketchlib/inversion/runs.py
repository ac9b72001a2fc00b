"""`invert` and `invert_batch`: one step an iteration, for one run or for many as one batch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Generator, Tensor

from sketchlib.errors import InputError, TargetError
from sketchlib.inversion.layouts import Layouts, Pose, Seen
from sketchlib.inversion.optimisers import (
    REORDER_EVERY,
    Descent,
    Optimiser,
    chosen,
    log_odds,
    objective_slope,
)
from sketchlib.models import Recogniser
from sketchlib.models.strokes import SPAN
from sketchlib.sketch import Array, Sketch

Start = Literal["scattered", "origin", "subset", "as_drawn"]

SCATTER = 0.1
"""Standard deviation of scattered locations in network space, where the canvas is [-1, 1] [qu2023sketchxai, code]."""

JITTER = 0.02
"""Standard deviation of the shifts of a start as drawn with a seed above 0, network space."""

LARGEST = 0.6931471805599453
"""Bound of the logarithm of a stroke's size: it may double or halve."""

SWAPS = 16
"""Swaps of two places in the order that are tried at a time."""

BATCH = 64
"""Rows whose order is tried at once."""


@dataclass(frozen=True, eq=False)
class Run:
    """One thing to invert.

    start: where the strokes begin: "scattered" around the centre, all at the "origin", a random "subset" of half of
        them scattered and the others in place, or "as_drawn", exactly so for seed 0 and with each stroke a little off
        (JITTER) for others.
    seed: of what is random in the start.
    """

    sketch: Sketch
    target: str
    start: Start = "scattered"
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Step:
    """Where the strokes are and what the recogniser says of it; step 0 is the start, before any move.

    locations: (strokes, 2) first point of each stroke as drawn, canvas units.
    sketch: the strokes at these places, their ids kept; in the order found, where the order moves too.
    target, origin: probability of the target class, and of the class that was seen in the sketch as drawn.
    top, top_probability: the most probable class.
    gradient_norm: length of the objective's gradient in all locations, per unit of network space.
    """

    iteration: int
    locations: Array
    sketch: Sketch
    target: float
    origin: float
    top: str
    top_probability: float
    gradient_norm: float


def invert(
    recogniser: Recogniser,
    sketch: Sketch,
    target: str,
    start: Start = "scattered",
    seed: int = 0,
    optimiser: str | Optimiser = "sketchxai",
    iterations: int = 100,
) -> Iterator[Step]:
    """Moves whole strokes until the recogniser sees `target`: iterations + 1 steps, one gradient each.

    Stop iterating to cancel. `start`, `seed` and errors as in `Run` and `invert_batch`.
    """
    steps = invert_batch(recogniser, [Run(sketch, target, start, seed)], optimiser, iterations)
    return (step for (step,) in steps)


def invert_batch(
    recogniser: Recogniser, runs: Sequence[Run], optimiser: str | Optimiser = "sketchxai", iterations: int = 100
) -> Iterator[tuple[Step, ...]]:
    """The steps of several runs, one gradient an iteration for all; a run is the same in any batch, to rounding.

    Raises, before the first step, SketchError for a sketch of no stroke, one stroke, or more than the model reads;
    TargetError for an unknown class; InputError for no runs, an unknown start or optimiser, iterations below 1, and a
    sketch as drawn whose target is what is already seen in it; ModelError for a network that reads no locations.
    """
    settings = chosen(optimiser)
    _check(recogniser, runs, iterations)
    layouts = Layouts(recogniser, [run.sketch for run in runs])
    descent = Inversion(recogniser, runs, layouts, settings, iterations)
    return descent.steps()


def _check(recogniser: Recogniser, runs: Sequence[Run], iterations: int) -> None:
    if not runs:
        raise InputError("an inversion needs at least one run, got none")
    if iterations < 1:
        raise InputError(f"an inversion takes at least 1 iteration, got {iterations}")
    for run in runs:
        if run.target not in recogniser.classes:
            raise TargetError(f"a target is one of the {len(recogniser.classes)} classes, got {run.target!r}")
        if run.start not in get_args(Start):
            raise InputError(f"a start is one of {', '.join(get_args(Start))}, got {run.start!r}")


class Inversion:
    """The state of a batch of runs: `pose` is where their strokes are."""

    def __init__(
        self, recogniser: Recogniser, runs: Sequence[Run], layouts: Layouts, settings: Optimiser, iterations: int
    ) -> None:
        self.classes, self.layouts, self.settings, self.iterations = recogniser.classes, layouts, settings, iterations
        device = layouts.drawn.device
        self.target = torch.tensor([self.classes.index(run.target) for run in runs], device=device)
        order = torch.arange(layouts.present.shape[1], device=device).expand(layouts.present.shape)
        self.origin = layouts.logits(Pose(layouts.drawn, order))[0].argmax(dim=1)
        for run, origin in zip(runs, self.origin.tolist(), strict=True):
            if run.start == "as_drawn" and run.target == self.classes[origin]:
                raise InputError(f"a transfer goes to another class than what is seen already, got {run.target!r}")
        starts = torch.stack([_start(run, layouts.drawn[i], layouts.present[i]) for i, run in enumerate(runs)])
        if settings.reshape:
            starts = torch.cat([starts, torch.zeros_like(starts)], dim=2)
        self.pose = self._held(Pose(starts, order))

    def steps(self) -> Iterator[tuple[Step, ...]]:
        """A tuple an iteration, one step a run."""
        descent = Descent(self.settings, self.iterations)
        for iteration in range(self.iterations + 1):
            if self.settings.reorder and iteration % REORDER_EVERY == REORDER_EVERY - 1:
                self._reorder()
            logits, seen = self.layouts.logits(self.pose)
            slope = self.layouts.slope(objective_slope(logits, self.target, self.settings.objective), seen)
            yield self.said(iteration, logits, slope)
            moved = self.pose.variables + descent.move(slope, iteration)
            self.pose = self._held(Pose(moved, self.pose.order))

    def _held(self, pose: Pose) -> Pose:
        """The pose with sizes in their bounds and, where the settings ask for it, on the canvas."""
        place, shape = pose.variables[..., :2], pose.variables[..., 2:]
        if self.settings.reshape:
            shape = torch.cat([shape[..., :1].clamp(-LARGEST, LARGEST), shape[..., 1:]], dim=2)
        if self.settings.on_canvas:
            low, high = self.layouts.boxes(torch.cat([place, shape], dim=2))
            if self.settings.reshape:
                excess = ((high - low).amax(dim=2, keepdim=True) / SPAN).clamp(min=1.0)
                low, high = low / excess, high / excess
                shape = torch.cat([shape[..., :1] - excess.log(), shape[..., 1:]], dim=2)
            place = torch.minimum(torch.maximum(place, -SPAN / 2 - low), SPAN / 2 - high)
        return Pose(torch.cat([place, shape], dim=2), pose.order)

    def _reorder(self) -> None:
        """In each run, of the swaps of two places that the gradient promises most of, makes the one that raises the
        log odds most, if any does."""
        logits, seen = self.layouts.logits(self.pose)
        orders = self._swapped(self._promised(logits, seen))
        runs, tried, strokes = orders.shape
        parts = (self.pose.variables, seen.shape.detach(), self.layouts.present)
        variables, shape, present = (part.repeat_interleave(tried, dim=0) for part in parts)
        rows = zip(*(each.split(BATCH) for each in (variables, orders.flatten(0, 1), shape, present)), strict=True)
        found = torch.cat([self.layouts.encoded(Pose(*row[:2]), *row[2:])[0] for row in rows])
        best = log_odds(found, self.target.repeat_interleave(tried)).view(runs, tried).argmax(dim=1)
        order = orders.gather(1, best[:, None, None].expand(runs, 1, strokes))[:, 0]
        self.pose = Pose(self.pose.variables, order)

    def _promised(self, logits: Tensor, seen: Seen) -> Tensor:
        """(runs, strokes, strokes) first-order change of the objective by a swap; infinite for what is none."""
        slope = self.layouts.token_slope(objective_slope(logits, self.target, "log_odds"), seen)
        moved = slope @ self.layouts.network.order.weight[self.pose.order].detach().transpose(1, 2)
        stays = moved.diagonal(dim1=1, dim2=2)
        change = moved + moved.transpose(1, 2) - stays[:, :, None] - stays[:, None]
        real = self.layouts.present[:, :, None] & self.layouts.present[:, None]
        return change.masked_fill(~real.triu(1), torch.inf)

    def _swapped(self, change: Tensor) -> Tensor:
        """(runs, 1 + swaps, strokes) the orders as they are and after the best swaps by `change`, SWAPS at most."""
        runs, strokes = self.pose.order.shape
        values, pairs = change.flatten(1).topk(min(SWAPS, strokes * strokes), dim=1, largest=False)
        pairs = pairs.masked_fill(values.isinf(), 0)
        first, second = (each[..., None] for each in (pairs // strokes, pairs % strokes))
        place = torch.arange(strokes, device=pairs.device).expand(runs, pairs.shape[1], strokes)
        source = torch.where(place == first, second, torch.where(place == second, first, place))
        swapped = self.pose.order[:, None].expand_as(source).gather(2, source)
        return torch.cat([self.pose.order[:, None], swapped], dim=1)

    def said(self, iteration: int, logits: Tensor, slope: Tensor) -> tuple[Step, ...]:
        """What the recogniser says of the pose, from logits (runs, classes) and the gradient in the variables."""
        shares = logits.double().softmax(dim=1)
        best, top = shares.max(dim=1)
        columns = (
            shares.gather(1, self.target[:, None])[:, 0],
            shares.gather(1, self.origin[:, None])[:, 0],
            best,
            torch.linalg.vector_norm(slope[..., :2], dim=(1, 2)),
            top,
        )
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return tuple(self._step(iteration, run, *row) for run, row in enumerate(rows))

    def _step(self, iteration: int, run: int, target: float, origin: float, best: float, norm: float, top: int) -> Step:
        locations = self.layouts.locations(self.pose, run)
        locations.flags.writeable = False
        sketch = self.layouts.sketch(self.pose, run)
        return Step(iteration, locations, sketch, target, origin, self.classes[top], best, norm)


def _start(run: Run, drawn: Tensor, present: Tensor) -> Tensor:
    """(strokes, 2) locations to begin with, in network space; 0 in empty slots."""
    strokes, random = int(present.sum()), Generator().manual_seed(run.seed)
    scattered = SCATTER * torch.randn(strokes, 2, generator=random, dtype=torch.float64)
    start = drawn.clone()
    if run.start == "scattered":
        start[:strokes] = scattered.to(start)
    elif run.start == "as_drawn" and run.seed != 0:
        start[:strokes] += JITTER / SCATTER * scattered.to(start)
    elif run.start == "origin":
        start[:] = 0
    elif run.start == "subset":
        some = torch.randperm(strokes, generator=random)[: strokes // 2]
        start[some.to(start.device)] = scattered[some].to(start)
    return start
