"""Stage 1, SketchyNetV1: a student that keeps its teacher's distances on every canvas [maity2025sketch].

The photos are where the teacher puts them, so only sketches pass through the student, and any drawing teaches it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from sketchlib.data.collection import SketchCollection
from sketchlib.errors import CheckpointError
from sketchlib.io.pairs import Pairs
from sketchlib.models.cards import Card, card_tensors, find_card
from sketchlib.models.mobilenet import FEATURES, MobileNetV2
from sketchlib.retrieval.lines import CANVASES
from sketchlib.retrieval.networks import SketchyNet, Teacher
from sketchlib.retrieval.norms import spread_over_canvases
from sketchlib.retrieval.pretrained import start_from_imagenet
from sketchlib.train.loop import Schedule, Training
from sketchlib.train.retrieval.judge import judging
from sketchlib.train.retrieval.losses import student_loss
from sketchlib.train.retrieval.pools import PairBatch, Pool, wild_drawings, with_drawings
from sketchlib.train.retrieval.teacher import pool_batch


@dataclass(frozen=True)
class StudentRecipe:
    """counts: pairs a step from each pool. alone: drawings without photos a step from each collection of them.

    share: lambda of the loss; pull: its first part, one of `losses.PULLS`. chances: of each canvas to be drawn in a
    step, at least one is; most: sketches of a step that are drawn on it, since each canvas costs four times the one
    before.
    """

    schedule: Schedule
    counts: tuple[int, ...]
    alone: tuple[int, ...] = ()
    share: float = 0.1
    pull: str = "contrastive"
    chances: tuple[float, ...] = (0.35, 1.0, 0.3, 0.15)
    most: tuple[int, ...] = (1024, 1024, 48, 12)
    seed: int = 0


def training(
    pools: Sequence[Pool],
    alone: Sequence[SketchCollection],
    held_out: Pairs,
    teacher: Teacher,
    network: SketchyNet,
    recipe: StudentRecipe,
    folder: Path,
    accelerator: Any,
) -> Training:
    """A run in `folder`, fresh or where it stopped.

    What is learned is to have the distances of what the teacher has learned. Differs from the paper: the loss over the
    four canvases is estimated on those drawn at a step, each weighed by the root of its share of the step's sketches.
    """
    teacher.to(accelerator.device).eval().requires_grad_(False)
    network.selector.requires_grad_(False)

    def loss(trained: nn.Module, batch: PairBatch) -> Tensor:
        batch = batch.to(accelerator.device)
        with torch.no_grad():
            seen = F.interpolate(batch.photos, size=teacher.config.side, mode="area")
            photos = learned(teacher(_last(seen)))
            targets = learned(teacher(_last(batch.sketches[teacher.config.side])))
        total: Tensor = photos.new_zeros(())
        for canvas, chance, most in zip(CANVASES, recipe.chances, recipe.most, strict=True):
            if canvas in batch.sketches and chance:
                chosen = torch.linspace(0, len(targets) - 1, min(most, len(targets))).long()
                ours = learned(trained(_last(batch.sketches[canvas][chosen])))
                theirs = photos[chosen[chosen < len(photos)]]
                here = student_loss(ours, targets[chosen], theirs, recipe.share, recipe.pull)
                total = total + here * math.sqrt(len(chosen) / len(targets))
        return total

    def batches(step: int) -> Iterator[PairBatch]:
        while True:
            generator = Generator().manual_seed(hash((recipe.seed, step)) % 2**63)
            tossed = torch.rand(len(CANVASES), generator=generator).tolist()
            sides = [c for c, toss, chance in zip(CANVASES, tossed, recipe.chances, strict=True) if toss < chance]
            likeliest = CANVASES[recipe.chances.index(max(recipe.chances))]
            wanted = sorted({*(sides or [likeliest]), teacher.config.side})
            key = (recipe.seed, accelerator.process_index, step)
            pairs = pool_batch(pools, recipe.counts, wanted, key)
            some = [(each, n) for each, n in zip(alone, recipe.alone, strict=True) if n and len(each.labels)]
            wild = [wild_drawings(each, n, wanted, generator) for each, n in some]
            yield with_drawings(pairs, wild)
            step += 1

    judged = [canvas for canvas, chance in zip(CANVASES, recipe.chances, strict=True) if chance]
    judge = judging(held_out, teacher.config, judged, teacher)
    return Training(network, loss, batches, judge, recipe.schedule, folder, accelerator)


def learned(embedded: Tensor) -> Tensor:
    """The part of a network's rows that is learned, its length 1 again."""
    return F.normalize(embedded[:, :FEATURES].float(), dim=1)


def _last(images: Tensor) -> Tensor:
    return images.contiguous(memory_format=torch.channels_last)


def start_from_published(network: SketchyNet, name: str | Path) -> Card:
    """Take ImageNet weights that timm publishes; returns their card. Errors as in `start_from_imagenet`."""
    features = MobileNetV2(channels=3)
    card = start_from_imagenet(features, name)
    network.features.load_state_dict(spread_over_canvases(features.state_dict(), network.features))
    return card


def start_from(network: SketchyNet, name: str | Path) -> None:
    """Take the features of a MobileNetV2 recogniser or of another student by its card."""
    card = find_card(name)
    if card.builder not in ("mobilenetv2", "sketchynet"):
        raise CheckpointError(f"a student starts from a card of mobilenetv2 or sketchynet, got {card.builder}: {name}")
    state = card_tensors(card)
    features = {key.removeprefix("features."): state[key] for key in state if key.startswith("features.")}
    network.features.load_state_dict(spread_over_canvases(features, network.features))
