"""How well a true photo is found: ranks, accuracy at k, with intervals by photo."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

Interval = tuple[float, float]
REPETITIONS = 1000


def ranks(distances: Float[np.ndarray, "sketches photos"], photo_of: Sequence[int]) -> Int[np.ndarray, " sketches"]:
    """Rank of each sketch's photo, 1 the best: how many photos are as near as it or nearer, itself included.

    A tie, or a distance that is not a number, counts against the network.
    """
    own = distances[np.arange(len(distances)), np.asarray(photo_of)]
    farther: Int[np.ndarray, " sketches"] = (distances > own[:, None]).sum(axis=1)
    counted: Int[np.ndarray, " sketches"] = distances.shape[1] - farther
    return counted


def accuracy(rank: Int[np.ndarray, " sketches"], k: int) -> float:
    """acc@k: share of sketches whose photo is among the k nearest."""
    return float((rank <= k).mean())


def bootstrap(values: NDArray[Any], groups: Int[np.ndarray, " sketches"], statistic: Any = np.mean) -> Interval:
    """95%, percentile bootstrap of a statistic of values (sketches, ...): whole groups are drawn again."""
    random = np.random.default_rng(0)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    drawn = random.integers(len(members), size=(REPETITIONS, len(members)))
    found = [statistic(values[np.concatenate([members[i] for i in row])]) for row in drawn]
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)
