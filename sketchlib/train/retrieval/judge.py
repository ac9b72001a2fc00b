"""Accuracy on held-out photos, as the training log wants it."""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sketchlib.io.pairs import Pairs
from sketchlib.retrieval.lines import sketch_lines
from sketchlib.retrieval.metrics import accuracy, ranks
from sketchlib.retrieval.networks import TeacherConfig, distances
from sketchlib.train.retrieval.pools import pool_of


def judging(
    held_out: Pairs, reader: TeacherConfig, sides: Sequence[int], teacher: nn.Module | None = None
) -> Callable[[nn.Module], dict[str, float]]:
    """acc1, acc5, acc10 of the held-out photos among themselves, averaged over the canvases `sides`.

    teacher: what embeds the photos, None where the network that is judged does; reader: how their lines are read.
    """
    kept = pool_of(held_out.photos, reader.photos_at or reader.side).lines[:, :1].float() / 255
    photos = F.interpolate(kept, size=reader.side, mode="area")
    sketches = [sketch_lines(held_out.sketches, side) for side in sides]

    def scores(network: nn.Module) -> dict[str, float]:
        device = next(network.parameters()).device
        gallery = (teacher or network)(photos.to(device))
        found = [_ranks(network, drawn.to(device), gallery, held_out) for drawn in sketches]
        each = {f"acc{k}": [accuracy(rank, k) for rank in found] for k in (1, 5, 10)}
        return {name: sum(values) / len(values) for name, values in each.items()}

    return scores


def _ranks(network: nn.Module, drawn: Tensor, gallery: Tensor, held_out: Pairs):  # type: ignore[no-untyped-def]
    queries = torch.cat([network(part) for part in drawn.split(64)])
    return ranks(distances(queries, gallery).cpu().numpy(), held_out.photo_of)
