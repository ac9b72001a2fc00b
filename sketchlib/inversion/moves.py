"""Moves that no gradient finds: swaps of two places in the order, and leaps of single strokes; made only where they
help."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from sketchlib.inversion.layouts import Layouts, Pose, Seen
from sketchlib.inversion.optimisers import LARGEST, STRETCH, log_odds, objective_slope
from sketchlib.models.strokes import SPAN

SWAPS = 16
"""Swaps of two places in the order that are tried at a time."""

LEAPS, MOST_LEAPS = 6, 64
"""Random places, sizes, angles and stretches of every stroke that are tried at a time: at least, and at most."""

READ = 800
"""Tokens that the leaps of a run are read as, about: a drawing of few strokes tries more leaps of each in the time."""

BATCH = 64
"""Rows that are tried at once."""


class Tried(NamedTuple):
    """Poses that runs may take, a run's own first: run (n,), variables (n, strokes, 2 or 5), order (n, strokes),
    shape embeddings (n, strokes, width)."""

    run: Tensor
    variables: Tensor
    order: Tensor
    shape: Tensor


def swapped(layouts: Layouts, pose: Pose, target: Tensor, wanting: Tensor) -> Pose:
    """In each run that is `wanting` (runs,), of the swaps of two places that the gradient promises most of, the one
    that raises the log odds of the target (runs,) most, if any does."""
    if not wanting.any():
        return pose
    logits, seen = layouts.logits(pose)
    change = _promised(layouts, pose, objective_slope(logits, target, "log_odds"), seen)
    order, real = _orders(pose.order, change)
    real[:, 1:] &= wanting[:, None]
    run, place = real.nonzero(as_tuple=True)
    return _best(layouts, Tried(run, pose.variables[run], order[run, place], seen.shape.detach()[run]), target)


def leapt(layouts: Layouts, pose: Pose, target: Tensor, random: Sequence[Generator], wanting: Tensor) -> Pose:
    """In each run that is `wanting` (runs,), of random places of single strokes (sizes, angles and stretches too, where
    these are free), the one that raises the log odds most, if any does: `leaps` of each stroke. random: one a run."""
    if not wanting.any():
        return pose
    with torch.no_grad():
        shape = layouts.shapes(pose.variables)
        run, stroke, drawn = _drawn(layouts, pose.variables, random, wanting)
        embedded = layouts.shapes_of(run, stroke, drawn)
    every = torch.cat([torch.arange(len(target), device=run.device), run])
    variables, shape = pose.variables[every], shape[every]
    leaps = torch.arange(len(target), len(every), device=run.device)
    variables[leaps, stroke], shape[leaps, stroke] = drawn, embedded
    return _best(layouts, Tried(every, variables, pose.order[every], shape), target)


def leaps(strokes: int) -> int:
    """How many leaps of each of so many strokes are tried at a time."""
    return min(MOST_LEAPS, max(LEAPS, READ // max(1, strokes * (strokes + 1))))


def _best(layouts: Layouts, tried: Tried, target: Tensor) -> Pose:
    found = []
    for rows in torch.arange(len(tried.run), device=target.device).split(BATCH):
        run, variables, order, shape = (part[rows] for part in tried)
        logits, _ = layouts.encoded(Pose(variables, order), shape, layouts.present[run])
        found.append(log_odds(logits, target[run]))
    own = tried.run == torch.arange(len(target), device=target.device)[:, None]
    best = torch.where(own, torch.cat(found), -torch.inf).argmax(dim=1)
    return Pose(tried.variables[best], tried.order[best])


def _promised(layouts: Layouts, pose: Pose, slope: Tensor, seen: Seen) -> Tensor:
    """(runs, strokes, strokes) first-order change of the objective by a swap; infinite for what is none."""
    weight = layouts.network.order.weight[pose.order].detach()
    moved = layouts.token_slope(slope, seen) @ weight.transpose(1, 2)
    stays = moved.diagonal(dim1=1, dim2=2)
    change = moved + moved.transpose(1, 2) - stays[:, :, None] - stays[:, None]
    real = layouts.present[:, :, None] & layouts.present[:, None]
    return change.masked_fill(~real.triu(1), torch.inf)


def _orders(order: Tensor, change: Tensor) -> tuple[Tensor, Tensor]:
    """(runs, 1 + swaps, strokes) the orders as they are and after the best swaps by `change`, and which are real."""
    runs, strokes = order.shape
    values, pairs = change.flatten(1).topk(min(SWAPS, strokes * strokes), dim=1, largest=False)
    first, second = (each[..., None] for each in (pairs // strokes, pairs % strokes))
    place = torch.arange(strokes, device=pairs.device).expand(runs, pairs.shape[1], strokes)
    source = torch.where(place == first, second, torch.where(place == second, first, place))
    swaps = order[:, None].expand_as(source).gather(2, source)
    real = torch.cat([values.new_ones(runs, 1, dtype=torch.bool), values.isfinite()], dim=1)
    return torch.cat([order[:, None], swaps], dim=1), real


def _drawn(
    layouts: Layouts, variables: Tensor, random: Sequence[Generator], wanting: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Runs (n,), strokes (n,) and variables (n, 2 or 5): each stroke at random places of the square, or of random
    shapes, or both."""
    counts = (layouts.present.sum(dim=1) * wanting).tolist()
    lots = torch.cat(
        [
            torch.rand(leaps(strokes) * strokes, 6, generator=generator, dtype=torch.float64)
            for strokes, generator in zip(counts, random, strict=True)
        ]
    ).to(variables)
    run = torch.repeat_interleave(torch.tensor([leaps(strokes) * strokes for strokes in counts])).to(variables.device)
    stroke = torch.cat([torch.arange(strokes).repeat(leaps(strokes)) for strokes in counts]).to(variables.device)
    which, centred = 3 * lots[:, :1], 2 * lots[:, 1:] - 1
    place = centred[:, :2] * SPAN / 2
    if variables.shape[2] == 2:
        return run, stroke, place
    shape = centred[:, 2:] * variables.new_tensor([LARGEST, math.pi, STRETCH])
    before = variables[run, stroke]
    drawn = [torch.where(which < 2, place, before[:, :2]), torch.where(which > 1, shape, before[:, 2:])]
    return run, stroke, torch.cat(drawn, dim=1)
