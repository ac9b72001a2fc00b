"""Methods that remove strokes and ask again: leave-one-out, Shapley values, occlusion."""

import math
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sketchlib.attribution.games import Counted, Found
from sketchlib.attribution.gradients import sampled
from sketchlib.attribution.ink import InkGame
from sketchlib.attribution.result import Array
from sketchlib.errors import InputError

MOST_EXACT = 12
"""Up to this many strokes Shapley values are exact: 2^12 subsets."""


def leave_one_out(ask: Counted, generator: torch.Generator) -> Found:
    """Score of everybody less the score without one; `players` + 2 calls in one batch, blank paper among them."""
    keep = np.concatenate([np.ones((1, ask.players)), 1 - np.eye(ask.players), np.zeros((1, ask.players))]).astype(bool)
    full, *without, _ = ask.subsets(keep)
    return Found(full - np.array(without))


def shapley(ask: Counted, generator: torch.Generator, permutations: int | None = None) -> Found:
    """Mean of what a stroke adds to those before it, over all orders: exact, all 2^players subsets once each.

    permutations: so many random orders instead, half of them the reverse of the other half; 64 above 12 strokes.
    """
    if permutations is None and ask.players <= MOST_EXACT:
        return Found(_all_subsets(ask))
    permutations = 64 if permutations is None else permutations
    if permutations < 4:
        raise InputError(f"Shapley values are sampled from at least 4 permutations, got {permutations}")
    orders = torch.stack([torch.randperm(ask.players, generator=generator) for _ in range(permutations // 2)]).numpy()
    added = _added(ask, np.concatenate([orders, orders[:, ::-1]]))
    return sampled((added[: len(orders)] + added[len(orders) :]) / 2)


def _all_subsets(ask: Counted) -> Array:
    players = ask.players
    numbers = np.arange(2**players)
    keep = (numbers[:, None] >> np.arange(players) & 1).astype(bool)
    scores, sizes = ask.subsets(keep), keep.sum(axis=1)
    weights = np.array([1 / (players * math.comb(players - 1, size)) for size in range(players)])
    values = []
    for player in range(players):
        without = numbers[~keep[:, player]]
        values.append(weights[sizes[without]] @ (scores[without | 1 << player] - scores[without]))
    return np.array(values)


def _added(ask: Counted, orders: NDArray[np.int64]) -> Array:
    """What each player adds (n, players) when they come in the orders (n, players)."""
    turn = np.argsort(orders, axis=1)
    keep = turn[:, None, :] < np.arange(ask.players + 1)[None, :, None]
    scores = ask.subsets(keep.reshape(-1, ask.players)).reshape(keep.shape[:2])
    added: Array = np.take_along_axis(np.diff(scores, axis=1), turn, axis=1)
    return added


def occlusion(ask: Counted, generator: torch.Generator, window: float = 0.125, stride: float = 0.0625) -> Found:
    """Erase the ink in square windows, side and stride in canvas units, and share each drop of the score among strokes.

    A window's drop is spread over its pixels by their ink, a pixel takes the mean of the windows that cover it, and
    each stroke its part of the pixel's ink. Windows without ink are not asked for.
    """
    if not isinstance(ask.game, InkGame):
        raise InputError(f"occlusion erases ink, got a game without any: {type(ask.game).__name__}")
    if not 0 < stride <= window:
        raise InputError(f"occlusion takes a window above 0 and a stride of at most the window, got {window}, {stride}")
    game, side = ask.game, ask.game.canvas.side
    with torch.no_grad():
        ink = game.image(torch.ones(1, ask.players))
        covers = _windows(side, max(round(window * side), 1), max(round(stride * side), 1))
        covers = covers[(covers * ink).flatten(1).sum(dim=1) > 0]
        drops = ask.full() - ask.scores(lambda windows: game.score(ink * ~windows), covers)
        shares = _shared_out(ink, covers, torch.from_numpy(drops))
        parts = game.maps.double() / game.maps.double().sum(dim=0).clamp_min(torch.finfo(torch.double).tiny)
    return Found((parts * shares).sum(dim=(1, 2, 3)).numpy())


def _windows(side: int, window: int, stride: int) -> Tensor:
    """(n, 1, side, side) True in one window each; they begin outside, so that each pixel is covered as often."""
    begins = range(stride - window, side, stride)
    axis = torch.arange(side)
    spans = [(axis >= begin) & (axis < begin + window) for begin in begins]
    return torch.stack([rows[:, None] & columns for rows, columns in product(spans, spans)])[:, None]


def _shared_out(ink: Tensor, covers: Tensor, drops: Tensor) -> Tensor:
    """(1, side, side) each pixel's part of the drops (n,): by ink within a window, the mean over its windows."""
    inside = covers * ink.double()
    density = drops / inside.sum(dim=(1, 2, 3))
    covered = covers.sum(dim=0).clamp_min(1)
    return ink[0] * (density[:, None, None, None] * covers).sum(dim=0) / covered
