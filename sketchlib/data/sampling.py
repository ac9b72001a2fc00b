"""Which sketches a training step sees: drawn by class, then batched with sketches of a similar number of strokes."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Generator, Tensor

from sketchlib.data.collection import SketchArrays

BATCHES_SORTED_TOGETHER = 16


def class_chances(labels: Tensor, classes: int, balance: float) -> Tensor:
    """(classes,) chance of drawing each class: proportional to count ** (1 - balance); 1 draws all classes alike."""
    counts = torch.bincount(labels, minlength=classes).double()
    weight = torch.where(counts > 0, counts.clamp_min(1) ** (1 - balance), torch.zeros_like(counts))
    return weight / weight.sum()


class BalancedBatches:
    """An endless, reproducible stream of index batches that can start at any step.

    Step s depends on (seed, process, s) alone: a resumed run sees what the interrupted one would have seen.
    """

    def __init__(self, arrays: SketchArrays, batch: int, balance: float, seed: int, process: int = 0) -> None:
        labels = torch.from_numpy(np.asarray(arrays.labels, dtype=np.int64))
        self.chances = class_chances(labels, len(arrays.classes), balance)
        self._by_class = torch.argsort(labels, stable=True)
        self._counts = torch.bincount(labels, minlength=len(arrays.classes))
        self._strokes = torch.from_numpy(np.diff(np.asarray(arrays.sketch_ends), prepend=0).astype(np.int64))
        self._batch, self._seed, self._process = batch, seed, process

    def from_step(self, step: int) -> Iterator[Tensor]:
        """Index batches (batch,) from step `step` on."""
        group, skip = divmod(step, BATCHES_SORTED_TOGETHER)
        while True:
            yield from self._group(group)[skip:]
            group, skip = group + 1, 0

    def _group(self, group: int) -> list[Tensor]:
        generator = Generator().manual_seed(hash((self._seed, self._process, group)) % 2**63)
        drawn = self._draw(self._batch * BATCHES_SORTED_TOGETHER, generator)
        bucketed = drawn[torch.argsort(self._strokes[drawn], stable=True)].split(self._batch)
        return [bucketed[i] for i in torch.randperm(len(bucketed), generator=generator).tolist()]

    def _draw(self, count: int, generator: Generator) -> Tensor:
        label = torch.multinomial(self.chances, count, replacement=True, generator=generator)
        within = (torch.rand(count, generator=generator, dtype=torch.float64) * self._counts[label]).long()
        return self._by_class[(torch.cumsum(self._counts, 0) - self._counts)[label] + within]
