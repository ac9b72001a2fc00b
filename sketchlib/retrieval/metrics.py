"""How well a true photo is found: ranks, accuracy at k, with intervals by photo."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int


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
