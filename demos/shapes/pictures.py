"""Strokes and drawings as values of `Drawings`."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchlib.shapes import Clusters, Sample, cosines, redrawn
from sketchlib.sketch import Sketch

Array = NDArray[np.float64]
GRID = 255
NEAREST_CLUSTERS, NEAREST_STROKES = 4, 8
EMPTY_STROKE = {
    "question": "Which strokes are like the last one?",
    "empty": "Draw a stroke, or pick an example: the strokes that the network cannot tell from it appear here.",
}
EMPTY_DRAWING = {
    "question": "Does the drawing survive in other strokes?",
    "empty": "Every stroke will be replaced by the one that stands for its cluster, and the network asked again.",
}


def nearest(read: Sketch, vectors: Array, clusters: Clusters, known: Array) -> dict[str, Any]:
    """The last stroke, and the clusters and strokes nearest to it.

    vectors: (strokes, width) shape embeddings of the strokes that are read. known: (samples, width) of the samples.
    """
    last = vectors[-1:]
    to_clusters, to_samples = ((1 - cosines(last, each)[0]).clip(0) for each in (clusters.centroids, known))
    size = Sample("", read[-1].points).size
    own = _item(_centred(read[-1].points), f"stroke {len(read)}", f"{size:.0%} of the drawing")
    near = [
        _item(
            _centred(clusters.representative(int(place)).points),
            f"cluster {place + 1}",
            f"{to_clusters[place]:.3f}, {clusters.shares[place]:.1%} of strokes",
        )
        for place in np.argsort(to_clusters)[:NEAREST_CLUSTERS]
    ]
    like = [
        _item(
            _centred(clusters.samples[place].points),
            clusters.samples[place].name,
            f"{to_samples[place]:.3f}, {clusters.samples[place].size:.0%} of its drawing",
        )
        for place in np.argsort(to_samples)[:NEAREST_STROKES]
    ]
    groups = [{"name": "The last stroke, and the nearest clusters", "side": 92, "drawings": [own, *near]}]
    groups.append({"name": "The nearest strokes", "side": 104, "drawings": like})
    rule = "1 less the cosine of the shape embeddings: 0 alike, 1 unrelated. The drawing's own size is part of them."
    return {**EMPTY_STROKE, "finding": rule, "groups": groups}


def redrawing(read: Sketch, new: Sketch, chances: NDArray[np.float32], classes: Sequence[str]) -> dict[str, Any]:
    """Both drawings with what the network says of them. chances: (2, classes) probabilities."""
    tops = [int(row.argmax()) for row in chances]
    said = [f"{classes[top]} {row[top]:.1%}" for top, row in zip(tops, chances, strict=True)]
    kept = f"It is still {classes[tops[0]]}" if tops[0] == tops[1] else f"{classes[tops[0]]} became {classes[tops[1]]}"
    pair = [_item(_strokes(read), "as drawn", said[0]), _item(_strokes(new), "redrawn", said[1])]
    groups = [{"name": "", "side": 118, "drawings": pair}]
    return {**EMPTY_DRAWING, "finding": f"{kept}: one drawing, softmax over {len(classes)} classes.", "groups": groups}


def examples_redrawn(clusters: Clusters) -> dict[str, Any]:
    """Every drawing among the samples, and the same made of the representatives of its strokes' clusters."""
    pairs = zip(clusters.samples, clusters.sample_clusters, strict=True)
    drawings = []
    for name, own in groupby((pair for pair in pairs if "°" not in pair[0].name), key=lambda pair: pair[0].name):
        samples, found = zip(*own, strict=True)
        sketch = Sketch.from_points([sample.points for sample in samples])
        new = redrawn(sketch, [clusters.representative(int(cluster)) for cluster in found])
        drawings.append({**_item(_strokes(sketch), name), "beside": _strokes(new)})
    kept = clusters.kept
    finding = (
        f"Of {kept.n:,} held-out drawings {clusters.model} names {kept.whole:.1%} right as drawn, {kept.redrawn:.1%} "
        f"with every stroke replaced by its cluster's representative, one of {len(clusters)}, scaled to its box."
    )
    groups = [{"name": "", "side": 200, "drawings": drawings}]
    return {"question": "How much of a drawing is in its vocabulary of strokes?", "finding": finding, "groups": groups}


def atlas(clusters: Clusters) -> dict[str, Any]:
    """The representative of every cluster, the largest first."""
    drawings = [
        _item(_centred(clusters.representative(int(place)).points), f"{place + 1}", f"{clusters.shares[place]:.1%}")
        for place in np.argsort(-clusters.shares, kind="stable")
    ]
    finding = (
        f"{len(clusters)} clusters of {clusters.n:,} strokes of {clusters.data}, with their shares; shown is the "
        "stroke of this project nearest to each centre: a simple form, or a stroke of an example."
    )
    groups = [{"name": "", "side": 62, "drawings": drawings}]
    return {"question": "Which shapes does the network tell apart?", "finding": finding, "groups": groups}


def _item(strokes: list[list[list[int]]], name: str, detail: str = "") -> dict[str, Any]:
    return {"strokes": strokes, "name": name, "detail": detail}


def _strokes(sketch: Sketch) -> list[list[list[int]]]:
    return _grid(stroke.points for stroke in sketch.fitted())


def _centred(points: Array) -> list[list[list[int]]]:
    """One stroke filling the square, whatever its size."""
    return _grid([Sketch.from_points([points]).fitted()[0].points])


def _grid(lines: Iterable[Array]) -> list[list[list[int]]]:
    return [np.rint(points * GRID).astype(int).tolist() for points in lines]
