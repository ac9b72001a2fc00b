"""Labelled sketches as flat arrays, what training reads: from folders of ndjson, or from a memory-mapped store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sketchlib.errors import FormatError
from sketchlib.models.strokes import FlatSketches
from sketchlib.sketch import Sketch


class SketchArrays(Protocol):
    """Flat arrays of many sketches, in memory or memory-mapped (`sketchlib.data.store.SketchStore` is one)."""

    @property
    def points(self) -> NDArray[np.generic]:
        """(points, 2) integers 0..255, canonical simplification."""

    @property
    def stroke_ends(self) -> NDArray[np.generic]:
        """(strokes,) index one past each stroke's last point."""

    @property
    def sketch_ends(self) -> NDArray[np.generic]:
        """(sketches,) index one past each sketch's last stroke."""

    @property
    def labels(self) -> NDArray[np.generic]:
        """(sketches,) index into `classes`."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes."""


@dataclass(frozen=True, eq=False)
class SketchCollection:
    """`SketchArrays` in memory."""

    points: NDArray[np.generic]
    stroke_ends: NDArray[np.generic]
    sketch_ends: NDArray[np.generic]
    labels: NDArray[np.generic]
    classes: tuple[str, ...]


def collect(sketches: Iterable[Sketch], classes: Sequence[str]) -> SketchCollection:
    """Canonically simplified sketches, labelled with one of `classes`, as flat arrays."""
    index = {name: i for i, name in enumerate(classes)}
    points: list[NDArray[np.uint8]] = []
    strokes: list[int] = []
    counts: list[int] = []
    labels: list[int] = []
    for number, sketch in enumerate(sketches, start=1):
        if sketch.label not in index:
            raise FormatError(f"a training sketch's word is its category, got {sketch.label!r} (sketch {number})")
        for stroke in sketch:
            points.append(np.clip(np.rint(stroke.points * 255), 0, 255).astype(np.uint8))
            strokes.append(len(stroke))
        counts.append(len(sketch))
        labels.append(index[sketch.label])
    if not points:
        raise FormatError(f"training needs sketches of the classes {', '.join(classes)[:80]}, got none")
    stroke_ends, sketch_ends = (np.cumsum(values, dtype=np.int64) for values in (strokes, counts))
    return SketchCollection(np.concatenate(points), stroke_ends, sketch_ends, np.array(labels), tuple(classes))


def take(arrays: SketchArrays, indices: Tensor) -> FlatSketches:
    """The sketches at `indices` (batch,), in that order; coordinates 0..1."""
    chosen = indices.numpy()
    first, last = _span(arrays.sketch_ends, chosen)
    strokes = _ranges(first, last)
    start, stop = _span(arrays.stroke_ends, strokes)
    points = torch.from_numpy(np.asarray(arrays.points[_ranges(start, stop)], dtype=np.float32) / 255)
    return FlatSketches(points, torch.from_numpy(np.cumsum(stop - start)), torch.from_numpy(np.cumsum(last - first)))


def _span(ends: NDArray[np.generic], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    stop = np.asarray(ends[rows], dtype=np.int64)
    start = np.where(rows > 0, np.asarray(ends[np.maximum(rows - 1, 0)], dtype=np.int64), 0)
    return start, stop


def _ranges(start: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.int64]:
    """start[0]..stop[0]-1, start[1]..stop[1]-1, ... as one array."""
    counts = stop - start
    begins = np.repeat(start - np.cumsum(counts) + counts, counts)
    return begins + np.arange(counts.sum())
