"""What can be taken from a sketch: whole strokes, or segments of them."""

from itertools import count
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sketchlib.raster import LINE_WIDTH
from sketchlib.sketch import Array, Sketch, Stroke

Mask = NDArray[np.bool_]

FINEST = 0.01
"""Segments are divided until none holds more than this share of the ink."""


class Parts(Protocol):
    """A sketch in parts.

    sketch: the whole. ink: (parts,) share of the sketch's ink in each, together 1. stroke: (parts,) position of the
    stroke each belongs to.
    """

    sketch: Sketch
    ink: Array
    stroke: NDArray[np.intp]

    def cut(self, mask: Mask) -> Sketch:
        """Only the parts of the mask (parts,), where they were drawn."""


class Strokes:
    """Whole strokes as parts."""

    def __init__(self, sketch: Sketch) -> None:
        self.sketch, self.stroke = sketch, np.arange(len(sketch))
        lengths = visible_lengths(sketch)
        self.ink = lengths / lengths.sum()

    def cut(self, mask: Mask) -> Sketch:
        """The strokes of the mask, ids kept."""
        return self.sketch.keep({stroke.id for stroke, wanted in zip(self.sketch, mask, strict=True) if wanted})


class Segments:
    """Segments as parts, in drawing order, long ones divided; a dot is one segment.

    read: the same strokes with the points whose segments are meant, such as the simplified ones.
    parent: (parts,) index of the segment of `read` that each part lies on.
    """

    def __init__(self, sketch: Sketch, read: Sketch) -> None:
        self.sketch = sketch
        strokes, lengths = list(read), visible_lengths(read)
        pieces = [_divided(stroke, FINEST * lengths.sum()) for stroke in strokes]
        self._points = [points for points, _ in pieces]
        self._counts = np.array([len(parents) for _, parents in pieces])
        self.stroke = np.repeat(np.arange(len(strokes)), self._counts)
        before = np.cumsum([0, *(max(len(stroke) - 1, 1) for stroke in strokes)])
        self.parent = np.concatenate([parents + first for (_, parents), first in zip(pieces, before, strict=False)])
        steps = [np.linalg.norm(np.diff(points, axis=0), axis=1) if len(points) > 1 else np.zeros(1)
                 for points in self._points]  # fmt: skip
        pen = np.repeat([length - stroke.length for stroke, length in zip(strokes, lengths, strict=True)], self._counts)
        self.ink = (np.concatenate(steps) + pen / self._counts[self.stroke]) / lengths.sum()

    def cut(self, mask: Mask) -> Sketch:
        """Strokes as far as they are in the mask; those wholly in it as drawn; of one cut apart the first piece has the
        id."""
        fresh = count(max(self.sketch.ids) + 1)
        kept: list[Stroke] = []
        for stroke, points, own in zip(
            self.sketch, self._points, np.split(mask, np.cumsum(self._counts)[:-1]), strict=True
        ):
            if own.all():
                kept.append(stroke)
                continue
            for place, (first, last) in enumerate(runs(own)):
                kept.append(Stroke(points[first : last + 1], next(fresh) if place else stroke.id))
        return Sketch(tuple(kept), self.sketch.label)


def visible_lengths(sketch: Sketch) -> Array:
    """(strokes,) arc length and one line width more, the width that of a drawing as long as the sketch is: a dot is
    ink."""
    low, high = sketch.bounds()
    side = float((high - low).max())
    return np.array([stroke.length + LINE_WIDTH * (side or 1.0) for stroke in sketch])


def runs(mask: Mask) -> NDArray[np.intp]:
    """(n, 2) where each run of True in the mask begins, and one past its end."""
    return np.flatnonzero(np.diff(mask, prepend=False, append=False)).reshape(-1, 2)


def _divided(stroke: Stroke, longest: float) -> tuple[Array, NDArray[np.intp]]:
    """The stroke's points with others between, no two farther apart than `longest`, and the segment each gap is in."""
    if len(stroke) == 1:
        return stroke.points, np.zeros(1, dtype=np.intp)
    steps = np.diff(stroke.points, axis=0)
    counts = np.maximum(np.ceil(np.linalg.norm(steps, axis=1) / longest), 1).astype(np.intp)
    parents = np.repeat(np.arange(len(steps)), counts)
    turn = np.arange(len(parents)) - np.repeat(np.cumsum(counts) - counts, counts)
    inside = stroke.points[parents] + steps[parents] * (turn / counts[parents])[:, None]
    return np.concatenate([inside, stroke.points[-1:]]), parents
