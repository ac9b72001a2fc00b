"""Training recipe of the recognisers: `python -m sketchlib train recognise`.

Class-balanced draws, augmentation, and a loss that corrects for what imbalance is left (logit adjustment): the logits
plus the log of each class's chance of being drawn are trained, so that the plain logits treat all classes alike.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from sketchlib.data.augment import Augmentation, augment
from sketchlib.data.collection import SketchArrays, take
from sketchlib.data.sampling import BalancedBatches
from sketchlib.errors import CheckpointError
from sketchlib.models import build, load
from sketchlib.models.cards import Preprocessing
from sketchlib.models.inputs import Inputs, network_inputs
from sketchlib.train.fading import Faded, faded, straightness_loss
from sketchlib.train.loop import Schedule, Training


@dataclass(frozen=True)
class Recipe:
    """How a recogniser is trained.

    model, config: builder's name and arguments (the number of classes comes from the data).
    batch: sketches a step and process. balance: 0 draws sketches alike, 1 draws classes alike.
    smoothing: label smoothing. width_jitter: largest relative change of the line width, for a raster network.
    straightness: weight of the loss that keeps logits straight in a stroke's gate, see `fading`; 0 leaves it out.
    """

    model: str
    config: dict[str, Any]
    preprocessing: Preprocessing
    schedule: Schedule
    augmentation: Augmentation
    batch: int = 256
    balance: float = 0.5
    smoothing: float = 0.1
    width_jitter: float = 0.3
    straightness: float = 0.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Batch:
    """inputs: what the network reads, or three versions of it. labels: (batch,)."""

    inputs: Inputs | Faded
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


def training(
    data: SketchArrays,
    validation: SketchArrays,
    recipe: Recipe,
    folder: Path,
    accelerator: Any,
    start: str | Path | None = None,
) -> Training:
    """A run in `folder`, fresh or where it stopped; its judge scores the averaged weights on `validation`.

    start: a card of the same network and classes, whose weights a fresh run begins with.
    """
    torch.manual_seed(recipe.seed + accelerator.process_index)
    network = build(recipe.model, {"classes": len(data.classes)} | recipe.config)
    if start is not None:
        _start_from(start, network, data.classes)
    source = BalancedBatches(data, recipe.batch, recipe.balance, recipe.seed, accelerator.process_index)
    device = accelerator.device
    prior = torch.log(source.chances.clamp_min(1e-12)).float().to(device)

    def loss(trained: nn.Module, batch: Batch) -> Tensor:
        inputs, labels = batch.inputs.to(device), batch.labels.to(device)
        logits = (trained(*inputs.inputs) if isinstance(inputs, Faded) else trained(inputs)).float()
        adjusted = logits[: len(labels)] + prior
        entropy = F.cross_entropy(adjusted, labels, label_smoothing=recipe.smoothing)
        if not isinstance(inputs, Faded):
            return entropy
        return entropy + recipe.straightness * straightness_loss(logits, inputs.share)

    def batches(step: int) -> Iterator[Batch]:
        for number, indices in enumerate(source.from_step(step), step):
            yield _batch(data, indices, recipe, (recipe.seed, accelerator.process_index, number))

    return Training(
        network, loss, batches, judging(validation, recipe.preprocessing), recipe.schedule, folder, accelerator
    )


def _batch(data: SketchArrays, indices: Tensor, recipe: Recipe, key: tuple[int, int, int]) -> Batch:
    generator = Generator().manual_seed(hash(key) % 2**63)
    sketches = augment(take(data, indices), recipe.augmentation, generator)
    labels = torch.from_numpy(np.asarray(data.labels[indices.numpy()], dtype=np.int64))
    jitter = 1 + recipe.width_jitter * (2 * torch.rand(len(labels), generator=generator) - 1)
    if recipe.straightness > 0:
        return Batch(faded(sketches, recipe.preprocessing, jitter, generator), labels)
    return Batch(network_inputs(sketches, recipe.preprocessing, jitter), labels)


def _start_from(card: str | Path, network: nn.Module, classes: Sequence[str]) -> None:
    recogniser = load(card)
    if recogniser.classes != tuple(classes):
        raise CheckpointError(f"a run starts from weights for its {len(classes)} classes, got others: {card}")
    try:
        network.load_state_dict(recogniser.network.state_dict())
    except RuntimeError:
        raise CheckpointError(f"a run starts from weights of its own network, got another shape: {card}") from None


def judging(
    data: SketchArrays, preprocessing: Preprocessing, batch: int = 256
) -> Callable[[nn.Module], dict[str, float]]:
    """Top-1, top-5 and macro top-1 over `data`, sketches of a similar number of strokes together."""
    counts = np.diff(np.asarray(data.sketch_ends), prepend=0)
    order = torch.from_numpy(np.argsort(counts, kind="stable"))
    labels = torch.from_numpy(np.asarray(data.labels, dtype=np.int64))

    def scores(network: nn.Module) -> dict[str, float]:
        device = next(network.parameters()).device
        ranks = []
        for indices in order.split(batch):
            inputs = network_inputs(take(data, indices), preprocessing)
            logits = network(inputs.to(device)).float().cpu()
            own = logits.gather(1, labels[indices, None])
            ranks.append((~(logits < own)).sum(dim=1) - 1)  # a tie, or NaN, counts against the network
        return summary(torch.cat(ranks), labels[order])

    return scores


def summary(ranks: Tensor, labels: Tensor) -> dict[str, float]:
    """ranks: (n,) number of classes scored above the true one."""
    hit = (ranks == 0).double()
    macro = torch.stack([hit[labels == label].mean() for label in labels.unique()]).mean()
    return {"top1": float(hit.mean()), "top5": float((ranks < 5).double().mean()), "macro_top1": float(macro)}
