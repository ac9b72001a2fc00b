"""Stage 1, SketchyNetV1: a student that keeps its teacher's distances on every canvas [maity2025sketch]."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from sketchlib.io.pairs import Pairs
from sketchlib.models import load
from sketchlib.models.mobilenet import FEATURES
from sketchlib.retrieval.lines import CANVASES
from sketchlib.retrieval.networks import SketchyNet, Teacher
from sketchlib.train.loop import Schedule, Training
from sketchlib.train.retrieval.judge import judging
from sketchlib.train.retrieval.losses import student_loss
from sketchlib.train.retrieval.pools import PairBatch, Pool
from sketchlib.train.retrieval.teacher import pool_batch


@dataclass(frozen=True)
class StudentRecipe:
    """counts: pairs a step from each pool. share: lambda of the loss; pull: its first part, one of `losses.PULLS`.

    chances: of each canvas to be drawn in a step. few: pairs that are drawn on the largest canvas, which costs four
    times the next.
    """

    schedule: Schedule
    counts: tuple[int, ...]
    share: float = 0.1
    pull: str = "contrastive"
    chances: tuple[float, ...] = (0.5, 1.0, 0.5, 0.25)
    few: int = 8
    seed: int = 0


def training(
    pools: Sequence[Pool],
    held_out: Pairs,
    teacher: Teacher,
    network: SketchyNet,
    recipe: StudentRecipe,
    folder: Path,
    accelerator: Any,
) -> Training:
    """A run in `folder`, fresh or where it stopped.

    What is learned is to have the distances of all that the teacher says. Differs from the paper: the loss over the
    four canvases is estimated on those drawn at a step, each divided by its chance; batch-norm statistics stay as they
    were pre-trained, since one set of them reads every canvas.
    """
    teacher.to(accelerator.device).eval().requires_grad_(False)
    network.selector.requires_grad_(False)
    photo_side = network.config.photo_side

    def loss(trained: nn.Module, batch: PairBatch) -> Tensor:
        _freeze_statistics(trained)
        batch = batch.to(accelerator.device)
        with torch.no_grad():
            seen = F.interpolate(batch.photos, size=teacher.config.side, mode="area")
            targets = teacher(batch.sketches[teacher.config.side]).float(), teacher(seen).float()
        photos = learned(trained(_last(F.interpolate(batch.photos, size=photo_side, mode="area"))))
        total: Tensor = photos.new_zeros(())
        for canvas, chance in zip(CANVASES, recipe.chances, strict=True):
            if canvas in batch.sketches:
                count = recipe.few if canvas == CANVASES[-1] else len(batch)
                ours = learned(trained(_last(batch.sketches[canvas][:count]))), photos[:count]
                wanted = targets[0][:count], targets[1][:count]
                certain = canvas == teacher.config.side  # drawn at every step, for the teacher
                here = student_loss(ours, wanted, recipe.share, recipe.pull)
                total = total + here / ((certain or chance) * len(CANVASES))
        return total

    def batches(step: int) -> Iterator[PairBatch]:
        while True:
            generator = Generator().manual_seed(hash((recipe.seed, step)) % 2**63)
            tossed = torch.rand(len(CANVASES), generator=generator).tolist()
            sides = [c for c, toss, chance in zip(CANVASES, tossed, recipe.chances, strict=True) if toss < chance]
            wanted = sorted({*sides, teacher.config.side})
            yield pool_batch(pools, recipe.counts, wanted, (recipe.seed, accelerator.process_index, step))
            step += 1

    judge = judging(held_out, photo_side, CANVASES)
    return Training(network, loss, batches, judge, recipe.schedule, folder, accelerator)


def learned(embedded: Tensor) -> Tensor:
    """The part of a student's rows that is learned, its length 1 again."""
    return F.normalize(embedded[:, :FEATURES], dim=1)


def _last(images: Tensor) -> Tensor:
    return images.contiguous(memory_format=torch.channels_last)


def _freeze_statistics(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


def start_from_classifier(network: SketchyNet, card: str | Path) -> None:
    """Take the features of a MobileNetV2 recogniser."""
    state = load(card).network.state_dict()
    network.features.load_state_dict(
        {name.removeprefix("features."): state[name] for name in state if name.startswith("features.")}
    )
