"""A defence at test time: a model asked about a sketch and about drawings that lack some of its strokes, which vote."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sketchlib.adversarial.result import probabilities
from sketchlib.adversarial.search import Model
from sketchlib.sketch import Sketch

LOTS, KEPT = 12, 0.75
"""Subsets by lot, and the probability with which each keeps a stroke."""

Rule = Callable[[Sketch], list[Sketch]]
"""A sketch -> the drawings that vote, itself first."""


def leave_one_out(sketch: Sketch) -> list[Sketch]:
    """The sketch, and what is left without each stroke."""
    return [sketch, *(sketch.without({id_}) for id_ in sketch.ids if len(sketch) > 1)]


def by_lot(sketch: Sketch) -> list[Sketch]:
    """The sketch and 12 subsets that keep each stroke with probability 0.75, the same ones each time."""
    lot = torch.Generator().manual_seed(len(sketch))
    rows = (torch.rand(LOTS, len(sketch), generator=lot) < KEPT).numpy()
    kept = [{id_ for id_, wanted in zip(sketch.ids, row, strict=True) if wanted} for row in rows]
    return [sketch, *(sketch.keep(ids) for ids in kept if ids)]


RULES: Mapping[str, Rule] = MappingProxyType({each.__name__: each for each in (leave_one_out, by_lot)})


@dataclass(frozen=True, eq=False)
class Voting:
    """A `Model` whose probabilities are the mean of another's over the drawings of a rule; logits are their logs."""

    model: Model
    rule: Rule = leave_one_out

    @property
    def classes(self) -> tuple[str, ...]:
        """Those of the model."""
        return self.model.classes

    def logits(self, sketches: Sequence[Sketch]) -> NDArray[Any]:
        """(n, classes)."""
        ballots = [self.rule(sketch) for sketch in sketches]
        rows = self.model.logits([each for own in ballots for each in own])
        votes = np.stack([probabilities(np.asarray(row, np.float64)) for row in rows])
        ends = np.cumsum([len(own) for own in ballots])
        means = np.stack([own.mean(axis=0) for own in np.split(votes, ends[:-1])])
        found: NDArray[Any] = np.log(np.maximum(means, np.finfo(np.float64).tiny))
        return found
