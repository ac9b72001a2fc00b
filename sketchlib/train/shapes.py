"""Clusters of stroke shapes in the embedding space of a recogniser, by scikit-learn's k-means, and what they keep."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sketchlib.errors import InputError
from sketchlib.models import Recogniser
from sketchlib.models.inputs import flat
from sketchlib.models.strokes import StrokeBatch, stroke_batch
from sketchlib.shapes import (
    Clusters,
    Count,
    Kept,
    Sample,
    cosines,
    directions,
    embed,
    embed_samples,
    fingerprint,
    order_similarity,
    redrawn,
)
from sketchlib.sketch import Sketch

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

MOST_STROKES = 15_000
JUDGED_STROKES = 3_000
"""Strokes of the silhouette's sample: its cost is their square."""
CHUNK = 128


@dataclass(frozen=True)
class Search:
    """Which numbers of clusters are tried.

    counts: the numbers. more_than: the chosen one is larger, the paper's clusters being numbered up to 67 at least.
    seeds: clusterings of each number.
    """

    counts: tuple[int, ...] = (8, 16, 32, 48, 64, 72, 80, 96, 112, 128, 160)
    more_than: int = 67
    seeds: int = 3

    def __post_init__(self) -> None:
        if min(self.counts) < 2 or max(self.counts) <= self.more_than:
            raise InputError(
                f"numbers of clusters are 2 or more, one of them more than {self.more_than}, got {list(self.counts)}"
            )
        if self.seeds < 2:
            raise InputError(f"two seeds at least tell how stable clusters are, got {self.seeds}")


@dataclass(frozen=True, eq=False)
class Clustering:
    """One run of k-means. centroids: (k, width) of length 1. labels: (n,). inertia: sum of squared distances."""

    centroids: Array
    labels: Indices
    inertia: float


def cluster_shapes(
    recogniser: Recogniser,
    training: Sequence[Sketch],
    held_out: Sequence[Sketch],
    samples: Sequence[Sample],
    data: str,
    search: Search,
) -> Clusters:
    """Cluster the directions of the training strokes' shape embeddings; the number with the best silhouette is kept.

    held_out: labelled with classes of the recogniser. samples: strokes that may stand for a cluster. data: in words.
    Raises InputError where there are fewer strokes than clusters, ModelError for a network that reads no strokes.
    """
    prepared = [recogniser.prepare(sketch) for sketch in training]
    vectors = directions(np.concatenate(embed(recogniser, prepared)))
    chosen = np.random.default_rng(0).permutation(len(vectors))[:MOST_STROKES]
    if len(chosen) <= max(search.counts):
        raise InputError(f"there are more strokes than clusters, got {len(chosen)} for {max(search.counts)}")
    judge = Judge(recogniser, held_out)
    tried = [(_clusterings(vectors[chosen], count, search.seeds)) for count in search.counts]
    counts = [_measured(vectors[chosen], clusterings, judge) for clusterings in tried]
    best = max((count.silhouette, place) for place, count in enumerate(counts) if count.clusters > search.more_than)[1]
    found = min(tried[best], key=lambda clustering: clustering.inertia)
    return _described(recogniser, vectors[chosen], found, samples, data, tuple(counts), judge)


def _clusterings(vectors: Array, count: int, seeds: int) -> list[Clustering]:
    from sklearn.cluster import KMeans

    runs = (KMeans(count, n_init=1, max_iter=60, random_state=seed).fit(vectors) for seed in range(seeds))
    return [Clustering(directions(run.cluster_centers_), run.labels_, float(run.inertia_)) for run in runs]


def _measured(vectors: Array, clusterings: Sequence[Clustering], judge: "Judge") -> Count:
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    judged = slice(JUDGED_STROKES)  # the strokes are in random order
    silhouettes = tuple(float(silhouette_score(vectors[judged], each.labels[judged])) for each in clusterings)
    first, *others = clusterings
    agreement = float(np.mean([adjusted_rand_score(first.labels, other.labels) for other in others]))
    return Count(len(first.centroids), silhouettes, agreement, judge.top1(first.centroids))


def _described(
    recogniser: Recogniser,
    vectors: Array,
    found: Clustering,
    samples: Sequence[Sample],
    data: str,
    counts: tuple[Count, ...],
    judge: "Judge",
) -> Clusters:
    near = cosines(embed_samples(recogniser, samples), found.centroids)
    own, labels = cosines(vectors, found.centroids), found.labels
    sizes = np.bincount(labels, minlength=len(found.centroids))
    along = own[np.arange(len(own)), labels]
    representatives = near.argmax(axis=0)
    shown = [samples[place] for place in representatives]
    kept = Kept(judge.n, judge.top1(), judge.top1(found.centroids), judge.top1_redrawn(found.centroids, shown))
    return Clusters(
        model=recogniser.card.title,
        sha256=fingerprint(recogniser.card),
        data=data,
        n=len(vectors),
        centroids=found.centroids,
        shares=sizes / sizes.sum(),
        tightness=np.bincount(labels, along, len(sizes)) / np.maximum(sizes, 1),
        samples=tuple(samples),
        sample_clusters=near.argmax(axis=1),
        representatives=representatives,
        cosine=near.max(axis=0),
        counts=counts,
        kept=kept,
        order=order_similarity(recogniser),
    )


class Judge:
    """Held-out sketches, embedded once, and how many of them a recogniser names right after a change."""

    def __init__(self, recogniser: Recogniser, held_out: Sequence[Sketch]) -> None:
        self._recogniser, self.n = recogniser, len(held_out)
        self._prepared = [recogniser.prepare(sketch) for sketch in held_out]
        self._labels = np.array([recogniser.classes.index(sketch.label) for sketch in held_out])
        self._shapes = [torch.from_numpy(rows) for rows in embed(recogniser, self._prepared)]

    def top1(self, centroids: Array | None = None) -> float:
        """Share named right: as drawn, or with shapes turned to the nearest centroid, their lengths kept."""
        return self._right(np.concatenate([logits.argmax(axis=1) for logits in self._logits(centroids)]))

    def top1_redrawn(self, centroids: Array, shown: Sequence[Sample]) -> float:
        """Share named right when every stroke is the sample of its nearest centroid, in its box."""
        new = []
        for sketch, rows in zip(self._prepared, self._shapes, strict=True):
            places = cosines(rows.numpy(), centroids).argmax(axis=1)
            read = sketch.prefix(len(rows))
            new.append(redrawn(read, [shown[place] for place in places]))
        return self._right(self._recogniser.logits(new).argmax(axis=1))

    def _right(self, named: Indices) -> float:
        return float((named == self._labels).mean())

    @torch.inference_mode()
    def _logits(self, centroids: Array | None) -> Iterator[NDArray[np.float32]]:
        for first in range(0, self.n, CHUNK):
            batch = self._batch(self._prepared[first : first + CHUNK])
            rows = torch.cat(self._shapes[first : first + CHUNK])
            if centroids is not None:
                units = torch.from_numpy(centroids[cosines(rows.numpy(), centroids).argmax(axis=1)])
                rows = units * rows.norm(dim=1, keepdim=True)
            shape = rows.new_zeros(*batch.present.shape, rows.shape[1])
            shape[batch.present] = rows
            logits: NDArray[np.float32] = self._recogniser.network.classify(  # type: ignore[operator]
                shape.float(), batch.location, batch.present
            ).numpy()
            yield logits

    def _batch(self, sketches: Sequence[Sketch]) -> StrokeBatch:
        limits = self._recogniser.card.preprocessing
        return stroke_batch(flat(sketches), limits.most_strokes, limits.longest_stroke)
