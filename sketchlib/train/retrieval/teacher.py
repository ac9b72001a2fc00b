"""The teacher's recipe: from a recogniser's convolutions, by pairs of sketches and photos."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from sketchlib.io.pairs import Pairs
from sketchlib.models import load
from sketchlib.retrieval.networks import Teacher
from sketchlib.train.loop import Schedule, Training
from sketchlib.train.retrieval.judge import judging
from sketchlib.train.retrieval.losses import contrastive_loss
from sketchlib.train.retrieval.pools import PairBatch, Pool, joined, pair_batch


@dataclass(frozen=True)
class TeacherRecipe:
    """counts: pairs a step from each pool."""

    schedule: Schedule
    counts: tuple[int, ...]
    seed: int = 0


def training(
    pools: Sequence[Pool], held_out: Pairs, network: Teacher, recipe: TeacherRecipe, folder: Path, accelerator: Any
) -> Training:
    """A run in `folder`, fresh or where it stopped. Differs from a triplet loss: every other photo is a negative."""
    side = network.config.side

    def loss(trained: nn.Module, batch: PairBatch) -> Tensor:
        batch = batch.to(accelerator.device)
        images = torch.cat([batch.sketches[side], F.interpolate(batch.photos, size=side, mode="area")])
        sketches, photos = trained(images.contiguous(memory_format=torch.channels_last)).chunk(2)
        return contrastive_loss(sketches, photos)

    def batches(step: int) -> Iterator[PairBatch]:
        while True:
            yield pool_batch(pools, recipe.counts, (side,), (recipe.seed, accelerator.process_index, step))
            step += 1

    judge = judging(held_out, network.config, (side,))
    return Training(network, loss, batches, judge, recipe.schedule, folder, accelerator)


def pool_batch(
    pools: Sequence[Pool], counts: Sequence[int], sides: Sequence[int], key: tuple[int, int, int]
) -> PairBatch:
    """So many pairs of each pool that has any; the same key (seed, process, step) gives the same batch."""
    generator = Generator().manual_seed(hash(key) % 2**63)
    some = zip(pools, counts, strict=True)
    return joined([pair_batch(pool, count, sides, generator) for pool, count in some if count and len(pool)])


def start_from_recogniser(network: Teacher, card: str | Path) -> None:
    """Take the convolutions of a SketchCNN recogniser."""
    state = load(card).network.state_dict()
    network.trunk.load_state_dict({name: state[name] for name in state if name.startswith(("stem", "stages"))})
