"""`filtered`: a query without the strokes that speak against what it finds; nobody knows the photo."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchlib.assist.assist import THRESHOLD, flags
from sketchlib.assist.reader import Reader
from sketchlib.assist.views import Views, views
from sketchlib.sketch import Array, Sketch

TOP = 10
SHARPNESS = 0.05
"""Likeness by which a photo found counts e times less."""


@dataclass(frozen=True, eq=False)
class Filtering:
    """sketch: the query. dropped: ids of the strokes left out. scores: (strokes,) how much each speaks against what was
    found. likeness_before, likeness_after: to the nearest photo, whichever it is.
    """

    sketch: Sketch
    dropped: tuple[int, ...]
    scores: Array
    likeness_before: float
    likeness_after: float

    @property
    def remaining(self) -> Sketch:
        """The query that is left."""
        return self.sketch.without(self.dropped)


def filtered(
    sketch: Sketch,
    reader: Reader,
    vectors: NDArray[Any],
    threshold: float = THRESHOLD,
    seen: Views | None = None,
) -> Filtering:
    """The sketch without strokes that cost likeness to the photos it finds itself, if the nearest is then nearer.

    vectors: (photos, dimension) of the gallery, rows of length 1. threshold: as of `assist`.
    seen: `views` of the sketch, where they are known. Raises InputError for sketches of less than two strokes.
    """
    seen = views(sketch, reader) if seen is None else seen
    scores = seen.mismatch(found_direction(reader.embed([sketch])[0], vectors))
    out = tuple(stroke.id for stroke, gone in zip(sketch, flags(scores, threshold), strict=True) if gone)
    rows = reader.embed([sketch, sketch.without(out)] if out else [sketch])
    nearest = (np.asarray(rows, np.float64) @ np.asarray(vectors, np.float64).T).max(axis=1)
    if nearest[-1] <= nearest[0]:
        out = ()
    return Filtering(sketch, out, scores, float(nearest[0]), float(nearest[-1] if out else nearest[0]))


def found_direction(row: NDArray[Any], vectors: NDArray[Any]) -> Array:
    """(dimension,) from the gallery's average to the mean of the TOP nearest photos, those nearer counting for more."""
    near = np.asarray(vectors, np.float64) @ np.asarray(row, np.float64)
    best = np.argsort(-near, kind="stable")[:TOP]
    weights = np.exp((near[best] - near[best[0]]) / SHARPNESS)
    towards: Array = weights @ np.asarray(vectors[best], np.float64) / weights.sum()
    return towards - np.mean(vectors, axis=0, dtype=np.float64) if len(vectors) > 1 else towards
