"""`Clusters` of stroke shapes: directions in a network's shape embedding space, each with a stroke to stand for it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import CheckpointError
from sketchlib.models.cards import Card
from sketchlib.shapes.embedding import cosines
from sketchlib.shapes.primitives import Sample

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Count:
    """What was measured of one number of clusters.

    clusters: k. silhouettes: mean silhouette of each seed, in [-1, 1]. agreement: mean adjusted Rand index between the
    clusterings of two seeds, 1 where they are the same. top1: see `Kept.centroids`, of the first seed.
    """

    clusters: int
    silhouettes: tuple[float, ...]
    agreement: float
    top1: float

    @property
    def silhouette(self) -> float:
        """Mean over the seeds."""
        return float(np.mean(self.silhouettes))


@dataclass(frozen=True)
class Kept:
    """Share of n held-out sketches that the model names right.

    whole: as drawn. centroids: with every stroke's shape embedding turned to its cluster's direction, its length kept.
    redrawn: with every stroke replaced by its cluster's representative, scaled to its box.
    """

    n: int
    whole: float
    centroids: float
    redrawn: float


@dataclass(frozen=True, eq=False)
class Clusters:
    """Clusters of the directions of shape embeddings, as k-means found them.

    model, sha256: title of the card, and `fingerprint` of the weights they were made with. data: what strokes, n: how
    many. centroids: (k, width) of length 1. shares: (k,) of the strokes, sum 1. tightness: (k,) mean cosine of a
    cluster's strokes with its centroid. samples: strokes that may be shown, sample_clusters: (samples,) the cluster of
    each. representatives: (k,) the sample nearest to each centroid, cosine: (k,) how near. counts: the numbers of
    clusters that were tried. kept: what is left of the drawings. order: (rows, rows) see `order_similarity`.
    """

    model: str
    sha256: str
    data: str
    n: int
    centroids: Array
    shares: Array
    tightness: Array
    samples: tuple[Sample, ...]
    sample_clusters: Indices
    representatives: Indices
    cosine: Array
    counts: tuple[Count, ...]
    kept: Kept
    order: Array

    def __len__(self) -> int:
        return len(self.centroids)

    def nearest(self, vectors: Array) -> Indices:
        """(n,) the cluster of each of (n, width) shape embeddings of any length."""
        nearest: Indices = cosines(vectors, self.centroids).argmax(axis=1)
        return nearest

    def representative(self, cluster: int) -> Sample:
        """The stroke that stands for a cluster."""
        return self.samples[int(self.representatives[cluster])]

    def check(self, card: Card) -> None:
        """Raises CheckpointError where the clusters were made with other weights than the card's."""
        if self.sha256 != fingerprint(card):
            raise CheckpointError(
                f"shape clusters belong to the weights they were made with, {self.model}, got other weights: "
                f"run `python -m sketchlib train shapes` for {card.title}"
            )


def fingerprint(card: Card) -> str:
    """sha256 of the card's weights, of all shards with + between."""
    return "+".join(file.sha256 for file in card.weights.files)
