"""How strokes are moved: presets, objectives, and the two rules of descent."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from sketchlib.errors import InputError


@dataclass(frozen=True)
class Optimiser:
    """Settings of a descent; lengths are in the network's own space, where the canvas is [-1, 1].

    objective: "cross_entropy", -log p of the target, or "log_odds", -log p / (1 - p): the same direction, whose length
        does not fade as p nears 1.
    rule: "sgd", or "adam" (0.9, 0.99).
    learning_rate, last_rate: ends of half a cosine over the iterations.
    longest_move: at most this far in one iteration, all strokes together (their whole matrix's length), or each if
        `clip` is "stroke".
    on_canvas: every stroke is held inside the square the network was trained on, [-0.74, 0.74], after each move.
    reshape: strokes also grow, shrink (by up to 3), turn about their first point, and stretch: before it is turned, a
        stroke gets up to twice as wide and half as high, or the other way round.
    reorder: every LOOK_EVERY iterations two strokes' places in the order are swapped, if that helps (`moves.swapped`:
        greedy; no soft permutation) and the target is below ENOUGH.
    leap: as often one stroke is put anywhere, in any shape that `reshape` allows, if that helps (`moves.leapt`).
    """

    objective: Literal["cross_entropy", "log_odds"]
    rule: Literal["sgd", "adam"]
    learning_rate: float
    last_rate: float
    longest_move: float
    clip: Literal["matrix", "stroke"] = "matrix"
    on_canvas: bool = False
    reshape: bool = False
    reorder: bool = False
    leap: bool = False

    def rate(self, iteration: int, iterations: int) -> float:
        """Learning rate of the move that follows step `iteration`."""
        cosine = (1 + math.cos(math.pi * iteration / iterations)) / 2
        return self.last_rate + (self.learning_rate - self.last_rate) * cosine


LOOK_EVERY = 2
"""Iterations between two swaps, and between two leaps."""

ENOUGH = 0.995
"""Probability of the target from which on no swap or leap is looked for."""

LARGEST = math.log(3)
"""Bound of the logarithm of a stroke's size: from a third to three times."""

STRETCH = math.log(2)
"""Bound of the logarithm of a stroke's stretch: one axis up to doubled, the other up to halved."""

PRESETS: Mapping[str, Optimiser] = MappingProxyType(
    {
        "sketchxai": Optimiser("cross_entropy", "sgd", 10.0, 1e-5, 0.5),
        "on_canvas": Optimiser("log_odds", "adam", 0.05, 0.005, 0.1, "stroke", on_canvas=True),
        "free": Optimiser("log_odds", "adam", 0.3, 0.01, 0.8, "stroke", reshape=True, reorder=True, leap=True),
    }
)
"""sketchxai: the paper's own [qu2023sketchxai, code]. on_canvas: ours. free: what it takes, off the canvas too, in
size, angle, stretch and order."""


def chosen(optimiser: str | Optimiser) -> Optimiser:
    """A preset by name, or the settings themselves. Raises InputError for an unknown name."""
    if isinstance(optimiser, Optimiser):
        return optimiser
    if optimiser not in PRESETS:
        raise InputError(f"an optimiser is one of {', '.join(PRESETS)}, got {optimiser!r}")
    return PRESETS[optimiser]


def log_odds(logits: Tensor, target: Tensor) -> Tensor:
    """log p / (1 - p) (n,) of the targets (n,), from logits (n, classes)."""
    own = logits.gather(1, target[:, None])
    return (own - logits.scatter(1, target[:, None], -torch.inf).logsumexp(dim=1, keepdim=True))[:, 0]


def objective_slope(logits: Tensor, target: Tensor, objective: str) -> Tensor:
    """Gradient (n, classes) of each row's objective in its logits (n, classes)."""
    if objective == "log_odds":
        logits = logits.scatter(1, target[:, None], -torch.inf)
    return probabilities(logits).scatter_add(1, target[:, None], -logits.new_ones(len(target), 1))


def probabilities(logits: Tensor) -> Tensor:
    """The softmax (n, classes) of logits (n, classes).

    By numpy: torch deals even so little out to threads, which then wait for more, busily, on the cores that `encoder`'s
    threads need; a batch takes a third less without.
    """
    values = logits.detach().cpu().numpy()
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return torch.from_numpy(powers / powers.sum(axis=1, keepdims=True)).to(logits.device)


class Descent:
    """The moves of a batch of runs; holds Adam's moments."""

    def __init__(self, settings: Optimiser, iterations: int) -> None:
        self.settings, self.iterations = settings, iterations
        self._mean: Tensor | None = None
        self._square: Tensor | None = None

    def move(self, slope: Tensor, iteration: int) -> Tensor:
        """What to add to the variables (runs, strokes, k) after step `iteration`, given their gradient."""
        rate = self.settings.rate(iteration, self.iterations)
        if self.settings.rule == "sgd":
            return -rate * clipped(slope, self.settings.longest_move / (rate + 1e-8), self.settings.clip)
        return clipped(-rate * self._adam(slope, iteration + 1), self.settings.longest_move, self.settings.clip)

    def _adam(self, slope: Tensor, count: int, first: float = 0.9, second: float = 0.99) -> Tensor:
        if self._mean is None or self._square is None:
            self._mean, self._square = torch.zeros_like(slope), torch.zeros_like(slope)
        self._mean = first * self._mean + (1 - first) * slope
        self._square = second * self._square + (1 - second) * slope * slope
        mean: Tensor = self._mean / (1 - first**count)
        square: Tensor = self._square / (1 - second**count)
        return mean / (square.sqrt() + 1e-8)


def clipped(values: Tensor, longest: float, clip: str) -> Tensor:
    """(runs, strokes, k) shortened to at most `longest`, each run's matrix or each stroke's row as a whole.

    The factor is min(1, longest / (length + 1e-6)), as in torch.nn.utils.clip_grad_norm_.
    """
    dims = (1, 2) if clip == "matrix" else (2,)
    length: Tensor = torch.linalg.vector_norm(values, dim=dims, keepdim=True)
    return values * (longest / (length + 1e-6)).clamp(max=1.0)
