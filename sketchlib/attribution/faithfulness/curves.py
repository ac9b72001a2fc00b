"""Stroke by stroke: what remains of a score as strokes leave a sketch, and what comes of it as they enter."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchlib.attribution.games import Counted, Game
from sketchlib.attribution.result import Array
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

BATCH = 256


def deletion_curve(game: Game, values: ArrayLike) -> Array:
    """Scores (..., players + 1) as players leave, highest value first: everybody, ..., nobody [petsiuk2018rise].

    values: (..., players) in any unit; of equal ones the earlier stroke goes first. Asks players + 1 times a curve,
    fewer where several curves meet in the same subset of players.
    Raises InputError where there is not one finite value per player, ModelError for a score that is no finite number.
    """
    return subset_scores(game, ~_gone(values, game.players))


def insertion_curve(game: Game, values: ArrayLike) -> Array:
    """Scores (..., players + 1) as players enter, highest value first: nobody, ..., everybody; as `deletion_curve`."""
    return subset_scores(game, _gone(values, game.players))


def area(curve: ArrayLike) -> float:
    """Area under a curve (n,) whose steps share a width of 1 (trapezoids), in the unit of its score."""
    heights = np.asarray(curve, dtype=np.float64)
    return float((heights[1:] + heights[:-1]).mean() / 2)


def resampled(curve: ArrayLike, count: int) -> Array:
    """`count` heights of a curve, evenly from its first to its last, so that sketches of any length can be averaged."""
    heights = np.asarray(curve, dtype=np.float64)
    return np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(heights)), heights)


def subset_scores(game: Game, keep: NDArray[np.bool_]) -> Array:
    """Scores (...,) of subsets (..., players), each different one asked for once."""
    return Counted(game, Sketch(), BATCH).subsets(keep.reshape(-1, game.players)).reshape(keep.shape[:-1])


def _gone(values: ArrayLike, players: int) -> NDArray[np.bool_]:
    """(..., players + 1, players) who of the highest values has been taken after 0, 1, ... steps."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape[-1:] != (players,) or not np.isfinite(array).all():
        raise InputError(f"a ranking has one finite value per stroke ({players}), got {array.tolist()}")
    turn = np.argsort(np.argsort(-array, axis=-1, kind="stable"), axis=-1)
    gone: NDArray[np.bool_] = turn[..., None, :] < np.arange(players + 1)[:, None]
    return gone
