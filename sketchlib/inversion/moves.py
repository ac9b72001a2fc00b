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

LEAPS = 6
"""Random places, sizes, angles and stretches of every stroke that are tried at a time."""

BATCH = 64
"""Rows that are tried at once."""


class Tried(NamedTuple):
    """Poses that a run may take, the first as it is: variables (runs, tried, strokes, 2 or 5), order (runs, tried,
    strokes), shape embeddings (runs, tried, strokes, width), and whether they are real (runs, tried)."""

    variables: Tensor
    order: Tensor
    shape: Tensor
    real: Tensor


def swapped(layouts: Layouts, pose: Pose, target: Tensor) -> Pose:
    """In each run, of the swaps of two places that the gradient promises most of, the one that raises the log odds of
    the target (runs,) most, if any does."""
    logits, seen = layouts.logits(pose)
    change = _promised(layouts, pose, objective_slope(logits, target, "log_odds"), seen)
    order, real = _orders(pose.order, change)
    variables, shape = (part[:, None].expand(-1, order.shape[1], -1, -1) for part in (pose.variables, seen.shape))
    return _best(layouts, Tried(variables, order, shape.detach(), real), target)


def leapt(layouts: Layouts, pose: Pose, target: Tensor, random: Sequence[Generator]) -> Pose:
    """In each run, of random places of single strokes (sizes, angles and stretches too, where these are free), LEAPS of
    each stroke, the one that raises the log odds most, if any does. random: one a run."""
    with torch.no_grad():
        drawn = [_drawn(layouts, pose.variables, random) for _ in range(LEAPS)]
        shapes = [layouts.shapes(variables) for variables in (pose.variables, *drawn)]
    alone = torch.eye(pose.order.shape[1], dtype=torch.bool, device=pose.order.device)[..., None]
    columns = []
    for before, after in ((pose.variables, drawn), (shapes[0], shapes[1:])):
        leaps = [torch.where(alone, each[:, None], before[:, None]) for each in after]
        columns.append(torch.cat([before[:, None], *leaps], dim=1))
    variables, shape = columns
    order = pose.order[:, None].expand(-1, variables.shape[1], -1)
    real = torch.cat([layouts.present[:, :1], layouts.present.repeat(1, LEAPS)], dim=1)
    return _best(layouts, Tried(variables, order, shape, real), target)


def _best(layouts: Layouts, tried: Tried, target: Tensor) -> Pose:
    run, _ = where = tried.real.nonzero(as_tuple=True)
    found = []
    for rows in torch.arange(len(run), device=run.device).split(BATCH):
        variables, order, shape = (part[where[0][rows], where[1][rows]] for part in tried[:3])
        logits, _ = layouts.encoded(Pose(variables, order), shape, layouts.present[run[rows]])
        found.append(log_odds(logits, target[run[rows]]))
    odds = torch.cat(found).new_full(tried.real.shape, -torch.inf)
    odds[where] = torch.cat(found)
    every, best = torch.arange(len(target), device=run.device), odds.argmax(dim=1)
    return Pose(tried.variables[every, best], tried.order[every, best])


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


def _drawn(layouts: Layouts, variables: Tensor, random: Sequence[Generator]) -> Tensor:
    """(runs, strokes, 2 or 5) each stroke at a random place of the square, or of a random shape, or both."""
    lots = torch.zeros(*variables.shape[:2], 6, dtype=torch.float64)
    for run, (strokes, generator) in enumerate(zip(layouts.present.sum(dim=1).tolist(), random, strict=True)):
        lots[run, :strokes] = torch.rand(strokes, 6, generator=generator, dtype=torch.float64)
    which, centred = 3 * lots[..., :1].to(variables), 2 * lots[..., 1:].to(variables) - 1
    place = centred[..., :2] * SPAN / 2
    if variables.shape[2] == 2:
        return place
    shape = centred[..., 2:] * variables.new_tensor([LARGEST, math.pi, STRETCH])
    return torch.cat(
        [torch.where(which < 2, place, variables[..., :2]), torch.where(which > 1, shape, variables[..., 2:])], dim=2
    )
