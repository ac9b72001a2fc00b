"""`invert` and `invert_batch`: one step an iteration, for one run or for many as one batch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from sketchlib.errors import InputError, TargetError
from sketchlib.inversion.layouts import Layouts, Pose
from sketchlib.inversion.moves import leapt, swapped
from sketchlib.inversion.optimisers import (
    ENOUGH,
    LARGEST,
    LOOK_EVERY,
    STRETCH,
    Descent,
    Optimiser,
    chosen,
    objective_slope,
    probabilities,
)
from sketchlib.models import Recogniser
from sketchlib.models.strokes import SPAN
from sketchlib.sketch import Array, Sketch

Start = Literal["scattered", "origin", "subset", "as_drawn"]
"""Where the strokes of a `Run` begin."""

SCATTER = 0.1
"""Standard deviation of scattered locations in network space, where the canvas is [-1, 1] [qu2023sketchxai, code]."""

JITTER = 0.02
"""Standard deviation of the shifts of a start as drawn with a seed above 0, network space."""


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
        self.random = [Generator().manual_seed(run.seed) for run in runs]
        self.target = torch.tensor([self.classes.index(run.target) for run in runs], device=device)
        order = torch.arange(layouts.present.shape[1], device=device).expand(layouts.present.shape)
        self.origin = layouts.logits(Pose(layouts.drawn, order))[0].argmax(dim=1)
        for run, origin in zip(runs, self.origin.tolist(), strict=True):
            if run.start == "as_drawn" and run.target == self.classes[origin]:
                raise InputError(f"a transfer goes to another class than what is seen already, got {run.target!r}")
        starts = torch.stack([_start(run, layouts.drawn[i], layouts.present[i]) for i, run in enumerate(runs)])
        if settings.reshape:
            starts = F.pad(starts, (0, 3))
        self.pose = self._held(Pose(starts, order))

    def steps(self) -> Iterator[tuple[Step, ...]]:
        """A tuple an iteration, one step a run."""
        descent = Descent(self.settings, self.iterations)
        wanting = torch.ones_like(self.target, dtype=torch.bool)
        for iteration in range(self.iterations + 1):
            self._look_around(iteration, wanting)
            logits, seen = self.layouts.logits(self.pose)
            slope = self.layouts.slope(objective_slope(logits, self.target, self.settings.objective), seen)
            yield self.said(iteration, logits, slope)
            wanting = probabilities(logits).gather(1, self.target[:, None])[:, 0] < ENOUGH
            moved = self.pose.variables + descent.move(slope, iteration)
            self.pose = self._held(Pose(moved, self.pose.order))

    def _held(self, pose: Pose) -> Pose:
        """The pose with sizes and stretches in their bounds and, where the settings ask for it, on the canvas."""
        place, shape = pose.variables[..., :2], pose.variables[..., 2:]
        if self.settings.reshape:
            size, angle, stretch = shape.split(1, dim=2)
            size, stretch = size.clamp(-LARGEST, LARGEST), stretch.clamp(-STRETCH, STRETCH)
            shape = torch.cat([size, angle, stretch], dim=2)
        if self.settings.on_canvas:
            low, high = self.layouts.boxes(torch.cat([place, shape], dim=2))
            if self.settings.reshape:
                excess = ((high - low).amax(dim=2, keepdim=True) / SPAN).clamp(min=1.0)
                low, high = low / excess, high / excess
                shape = torch.cat([shape[..., :1] - excess.log(), shape[..., 1:]], dim=2)
            place = torch.minimum(torch.maximum(place, -SPAN / 2 - low), SPAN / 2 - high)
        return Pose(torch.cat([place, shape], dim=2), pose.order)

    def _look_around(self, iteration: int, wanting: Tensor) -> None:
        """The moves that no gradient finds, where the settings ask for them and it is time, of runs that want them."""
        if iteration % LOOK_EVERY != LOOK_EVERY - 1:
            return
        if self.settings.leap:
            self.pose = self._held(leapt(self.layouts, self.pose, self.target, self.random, wanting))
        if self.settings.reorder:
            self.pose = swapped(self.layouts, self.pose, self.target, wanting)

    def said(self, iteration: int, logits: Tensor, slope: Tensor) -> tuple[Step, ...]:
        """What the recogniser says of the pose, from logits (runs, classes) and the gradient in the variables."""
        shares = probabilities(logits.double()).cpu().numpy()
        every, top = range(len(shares)), shares.argmax(axis=1)
        chosen = (shares[every, classes] for classes in (self.target.cpu(), self.origin.cpu(), top))
        columns = (*chosen, torch.linalg.vector_norm(slope[..., :2], dim=(1, 2)), top)
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
