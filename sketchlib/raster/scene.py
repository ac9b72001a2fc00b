"""A flat batch of sketches, checked once: what every path of the raster draws."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

LINE_WIDTH = 0.025
"""Default line width in canvas units."""
SOFTNESS = 0.008
"""Default softness in canvas units: ink falls from 1 to 0 over twice this distance, around half the line width."""

Array = NDArray[Any]


def flatten(sketches: Iterable[Sketch]) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """Points (P, 2) of all strokes, the end of each stroke in them (S,), the end of each sketch in the strokes (B,)."""
    sketches = list(sketches)
    strokes = [stroke.points for sketch in sketches for stroke in sketch]
    points = np.concatenate([np.empty((0, 2)), *strokes]).astype(np.float32)
    stroke_ends = np.cumsum([len(stroke) for stroke in strokes], dtype=np.int64)
    return points, stroke_ends, np.cumsum([len(sketch) for sketch in sketches], dtype=np.int64)


def _bounds(ends: ArrayLike, total: int, name: str) -> NDArray[np.int64]:
    """0 and the ends, checked: they never fall and the last one is `total`."""
    bounds = np.concatenate([[0], np.asarray(ends, dtype=np.int64)])
    if bounds[-1] != total or (bounds[1:] < bounds[:-1]).any():
        raise InputError(f"{name} never fall and end at {total}, got {bounds[1:].tolist()[:8]}")
    return bounds


def segment_bounds(strokes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each stroke begins in the list of segments (S + 1,), from where it begins in the points.

    n points make n - 1 segments; one point makes one, of length 0: a dot.
    """
    lengths = np.diff(strokes)
    return np.concatenate([[0], np.cumsum(np.maximum(lengths - 1, np.minimum(lengths, 1)))])


def _filled(values: Array | float, shape: tuple[int, ...], dtype: Any, name: str) -> Array:
    array = np.asarray(values, dtype=dtype)
    if array.shape == ():
        return np.full(shape, array)
    if array.shape != shape:
        raise InputError(f"{name} is one number or has shape {shape}, got shape {array.shape}")
    return np.ascontiguousarray(array)


@dataclass(frozen=True, eq=False)
class Scene:
    """B sketches of S strokes, P points and M segments; all arrays of one float type.

    points: (P, 2) canvas units. strokes, segments: (S + 1,) where each stroke begins in the points and the segments.
    sketches: (B + 1,) where each sketch begins in the strokes. stroke_opacity: (S,); segment_opacity: (M,).
    line_width: (B,) canvas units. softness: canvas units. side: pixels.
    """

    points: Array
    strokes: NDArray[np.int64]
    segments: NDArray[np.int64]
    sketches: NDArray[np.int64]
    stroke_opacity: Array
    segment_opacity: Array
    line_width: Array
    softness: float
    side: int

    @classmethod
    def checked(
        cls,
        points: Array,
        stroke_ends: ArrayLike,
        sketch_ends: ArrayLike,
        side: int,
        line_width: Array | float,
        softness: float,
        stroke_opacity: Array | float = 1.0,
        segment_opacity: Array | float = 1.0,
    ) -> "Scene":
        """The scene, or InputError with the rule that was broken."""
        if points.ndim != 2 or points.shape[1] != 2:
            raise InputError(f"points are (P, 2), got shape {points.shape}")
        if not np.isfinite(points).all():
            raise InputError(f"points are finite numbers, got {int((~np.isfinite(points)).sum())} NaN or infinite ones")
        if side < 1 or not softness > 0:
            raise InputError(f"side is at least 1 and softness above 0, got side {side} and softness {softness}")
        points, kind = np.ascontiguousarray(points), points.dtype
        strokes = _bounds(stroke_ends, len(points), "stroke ends")
        sketches = _bounds(sketch_ends, len(strokes) - 1, "sketch ends")
        segments = segment_bounds(strokes)
        widths = _filled(line_width, (len(sketches) - 1,), kind, "line width")
        if not (widths >= 0).all():
            raise InputError(f"line width is 0 or more, got {widths.min()}")
        stroke = _filled(stroke_opacity, (len(strokes) - 1,), kind, "stroke opacity")
        segment = _filled(segment_opacity, (int(segments[-1]),), kind, "segment opacity")
        return cls(points, strokes, segments, sketches, stroke, segment, widths, softness, side)
