"""The raster without a compiler: the same windows around segments, in numpy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def _window(a: Array, b: Array, reach: float, side: int) -> tuple[slice, slice]:
    """Rows and columns of the pixels within `reach` pixels of the box around a and b."""
    low = np.clip(np.ceil(np.minimum(a, b) - reach - 0.5), 0, side).astype(int)
    high = np.clip(np.floor(np.maximum(a, b) + reach - 0.5) + 1, 0, side).astype(int)
    return slice(low[1], max(high[1], low[1])), slice(low[0], max(high[0], low[0]))


def _ink(a: Array, b: Array, rows: slice, columns: slice, reach: float, slope: float) -> Array:
    x = (np.arange(columns.start, columns.stop, dtype=a.dtype) + a.dtype.type(0.5) - a[0])[None, :]
    y = (np.arange(rows.start, rows.stop, dtype=a.dtype) + a.dtype.type(0.5) - a[1])[:, None]
    dx, dy = b - a
    length_sq = dx * dx + dy * dy
    along = np.clip((x * dx + y * dy) / length_sq, 0, 1) if length_sq > 1e-12 else a.dtype.type(0)
    t = np.clip((reach - np.hypot(x - along * dx, y - along * dy)) * slope, 0, 1)
    return t * t * (3 - 2 * t)


def draw(
    image: Array,
    points: Array,
    stroke_ends: Array,
    first: int,
    last: int,
    segment: int,
    stroke_opacity: Array,
    segment_opacity: Array,
    width: float,
    softness: float,
) -> None:
    """Composite strokes first..last-1 onto a blank image (side, side); `segment` is the number of their first segment."""
    side = len(image)
    reach, slope = (width / 2 + softness) * side, 1 / (2 * softness * side)
    for stroke in range(first, last):
        begin, end = (stroke_ends[stroke - 1] if stroke else 0), stroke_ends[stroke]
        vertices = points[begin:end] * points.dtype.type(side)
        best = np.zeros_like(image)
        for i in range(max(end - begin - 1, min(end - begin, 1))):
            a, b = vertices[i], vertices[min(i + 1, len(vertices) - 1)]
            rows, columns = _window(a, b, reach, side)
            ink = segment_opacity[segment] * _ink(a, b, rows, columns, reach, slope)
            np.maximum(best[rows, columns], ink, out=best[rows, columns])
            segment += 1
        image += stroke_opacity[stroke] * best * (1 - image)
