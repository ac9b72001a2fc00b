"""How well values say what happens when strokes are taken away: rank correlation, sensitivity-n, infidelity."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchlib.attribution.faithfulness.curves import subset_scores
from sketchlib.attribution.games import Game
from sketchlib.attribution.removal import MOST_EXACT
from sketchlib.attribution.result import Array
from sketchlib.errors import InputError


class Removals(NamedTuple):
    """What was taken away, gone (n, players) True, and what that cost: drop (n,) = f(everybody) - f(the others)."""

    gone: NDArray[np.bool_]
    drop: Array


def all_removals(game: Game) -> Removals:
    """Every subset of the players taken away: 2^players calls. Raises InputError above 12 players."""
    if game.players > MOST_EXACT:
        raise InputError(f"all subsets are taken of at most {MOST_EXACT} strokes, got {game.players}")
    gone = (np.arange(2**game.players)[:, None] >> np.arange(game.players) & 1).astype(bool)
    scores = subset_scores(game, ~gone)
    return Removals(gone, scores[0] - scores)


def sensitivity_n(removals: Removals, values: ArrayLike) -> Array:
    """(players - 1,) for n = 1, 2, ...: correlation, over removals of n strokes, of their summed values with the drop.

    [ancona2018towards], over all subsets of a size where they draw some. n = players is one subset: no correlation.
    """
    summed, sizes = removals.gone @ np.asarray(values, dtype=np.float64), removals.gone.sum(axis=1)
    return np.array(
        [correlation(summed[sizes == size], removals.drop[sizes == size]) for size in range(1, sizes.max())]
    )


def infidelity(removals: Removals, values: ArrayLike) -> float:
    """Mean squared difference between summed values and drop over the removals, in units of the score squared.

    values: (strokes,). [yeh2019fidelity], the perturbation being the removal of strokes.
    """
    return float(np.square(removals.gone @ np.asarray(values, dtype=np.float64) - removals.drop).mean())


def infidelity_normalised(removals: Removals, values: ArrayLike) -> float:
    """`infidelity` of the values times their best factor of 0 or more, as a share of that of saying 0: in [0, 1].

    values: (strokes,). Units do not matter: 0 says every drop up to a factor, 1 is no better than saying nothing.
    1 where nothing drops.
    """
    summed = removals.gone.astype(np.float64) @ np.asarray(values, dtype=np.float64)
    both, own, drop = (float(product.mean()) for product in _products(summed, removals.drop))
    return 1 - max(both, 0.0) ** 2 / (own * drop) if own * drop > 0 else 1.0


def spearman(first: ArrayLike, second: ArrayLike) -> float:
    """Correlation of the ranks of (n,) and (n,), ties sharing their mean; 0 where either ranks nothing."""
    return correlation(_ranks(first), _ranks(second))


def correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Pearson's; 0 where either is constant."""
    a, b = (np.asarray(values, dtype=np.float64) for values in (first, second))
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    both, own, other = (float(product.sum()) for product in _products(a - a.mean(), b - b.mean()))
    return both / float(np.sqrt(own) * np.sqrt(other))


def _products(a: Array, b: Array) -> tuple[Array, Array, Array]:
    return a * b, a * a, b * b


def _ranks(values: ArrayLike) -> Array:
    _, place, counts = np.unique(np.asarray(values, dtype=np.float64), return_inverse=True, return_counts=True)
    mean: Array = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return mean
