"""Arc-length resampling, Ramer-Douglas-Peucker and the canonical QuickDraw simplification.

The canonical pipeline is the one the Quick, Draw! data set documents for its "simplified" drawings: align to the
top-left corner, scale the long side to 255, resample at 1 px, Ramer-Douglas-Peucker with epsilon 2 px.
Here "px" is one unit of that 255 grid, 1/255 of a canvas unit.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import SketchError
from sketchlib.sketch import Array, Sketch, Stroke

__all__ = ["canonical", "is_canonical", "ramer_douglas_peucker", "resample"]

GRID = 255.0
"""Side of the canonical grid in px; published coordinates are integers in [0, 255]."""

SPACING = 1.0
"""Distance between resampled points, px."""

EPSILON = 2.0
"""Ramer-Douglas-Peucker tolerance, px."""

MAXIMUM_RESAMPLED_POINTS = 65_536
"""Above this much ink (px) the corners go to Ramer-Douglas-Peucker as they are: a bound on the work."""

CLOSED = 1e-9
"""A chord shorter than this has no direction."""

ON_GRID = 1e-6
"""How far from an integer a coordinate on the grid may be, px."""

LOST_TIP = 16.0
"""How far short of its box a simplified drawing may fall, px: a tip dropped after the scaling shrinks the box."""

ROUNDING_SLACK = float(np.sqrt(2.0))
"""How far rounding the point and its chord to integers can move a distance, px."""

Indices = NDArray[np.intp]


def resample(points: Array, spacing: float) -> Array:
    """(n, 2) points -> (m, 2) points every `spacing` along the arc, the last point kept; any unit, spacing in the same.

    Raises SketchError when spacing is not positive.
    """
    if not spacing > 0:
        raise SketchError(f"the spacing of resampled points is positive, got {spacing}")
    return _resample_all(np.asarray(points, dtype=np.float64), np.array([0]), spacing)[0]


def ramer_douglas_peucker(points: Array, epsilon: float) -> Array:
    """(n, 2) points -> the (m, 2) of them that Ramer-Douglas-Peucker keeps: no dropped point is farther than `epsilon`.

    The distance is to the line through the ends of a span (to the point, when they coincide), as in the published
    drawings: a tip beyond the chord but less than epsilon beside its line is absent from them.
    """
    points = np.asarray(points, dtype=np.float64)
    return points[_kept(points, np.array([0]), epsilon)]


def is_canonical(sketch: Sketch) -> bool:
    """Whether a sketch is already a simplified drawing: integers on the 255 grid, aligned, scaled, little left to drop.

    A published drawing was rounded after its simplification: distances are compared with epsilon less the rounding,
    and a tenth of the points may go (ties resolved the other way); a drawing nobody simplified loses far more.
    """
    if not sketch.strokes:
        return False
    points, starts = _concatenated([stroke.points * GRID for stroke in sketch])
    low, high = points.min(axis=0), points.max(axis=0)
    if low.min() < -ON_GRID or high.max() > GRID + ON_GRID or max(low.max(), GRID - high.max()) > LOST_TIP:
        return False
    if np.abs(points - np.rint(points)).max() > ON_GRID:
        return False
    return bool(_kept(points, starts, EPSILON - ROUNDING_SLACK).mean() >= 0.9)


def canonical(sketch: Sketch) -> Sketch:
    """The canonical QuickDraw simplification, in canvas units (integers / 255); time and pressure are dropped.

    A sketch that is already simplified is returned as it is. Cost: about 0.5 ms for ten strokes.
    Raises SketchError when the sketch is empty.
    """
    if is_canonical(sketch):
        return sketch
    low, high = sketch.bounds()
    side = float((high - low).max())
    scale = GRID / side if side > CLOSED else 1.0
    points, starts = _concatenated([stroke.points for stroke in sketch])
    points, starts = _resample_all((points - low) * scale, starts, SPACING)
    kept = _kept(points, starts, EPSILON)
    pieces = np.split(np.rint(points[kept]) / GRID, np.cumsum(np.add.reduceat(kept, starts, dtype=np.intp))[:-1])
    strokes = (Stroke(piece, stroke.id) for piece, stroke in zip(pieces, sketch, strict=True))
    return Sketch(tuple(strokes), sketch.label)


def _concatenated(pieces: Sequence[Array]) -> tuple[Array, Indices]:
    """All points in one (n, 2) array, and where each piece starts in it."""
    starts = np.cumsum([0] + [len(piece) for piece in pieces[:-1]])
    return np.concatenate(pieces), starts


def _resample_all(points: Array, starts: Indices, spacing: float) -> tuple[Array, Indices]:
    """Every polyline resampled on its own: one pass, the arcs laid end to end on one axis."""
    steps = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    steps[starts] = 0.0
    if steps.sum() / spacing > MAXIMUM_RESAMPLED_POINTS:
        return points, starts
    arc = np.cumsum(steps)
    first, last = arc[starts], arc[np.append(starts[1:], len(points)) - 1]
    # The end is appended below: a full step that lands on it, up to rounding, would only repeat it.
    counts = np.ceil((last - first) / spacing - 1e-9).astype(np.intp)
    new_starts = np.cumsum(counts + 1) - (counts + 1)
    rank = np.arange(int((counts + 1).sum())) - np.repeat(new_starts, counts + 1)
    where = np.minimum(np.repeat(first, counts + 1) + rank * spacing, np.repeat(last, counts + 1))
    # Arcs touch where one stroke ends and the next begins, so positions are looked up with a gap between strokes.
    gap = np.arange(len(starts), dtype=np.float64)
    lengths = np.diff(np.append(starts, len(points)))
    axis, where = arc + np.repeat(gap, lengths), where + np.repeat(gap, counts + 1)
    return np.stack([np.interp(where, axis, points[:, 0]), np.interp(where, axis, points[:, 1])], axis=1), new_starts


def _kept(points: Array, starts: Indices, epsilon: float) -> NDArray[np.bool_]:
    """Ramer-Douglas-Peucker on many polylines at once: one pass per level of the recursion, not per split."""
    left, right = starts, np.append(starts[1:], len(points)) - 1
    keep = np.zeros(len(points), dtype=np.bool_)
    keep[left] = keep[right] = True
    while True:
        inside = right - left >= 2
        left, right = left[inside], right[inside]
        if not len(left):
            return keep
        split, distance_sq = _farthest(points, left, right)
        far = distance_sq > epsilon * epsilon
        split = split[far]
        keep[split] = True
        left, right = np.concatenate([left[far], split]), np.concatenate([split, right[far]])


def _farthest(points: Array, left: Indices, right: Indices) -> tuple[Indices, Array]:
    """For each span the first inner point farthest from its chord, and that distance squared."""
    counts = right - left - 1
    offsets = np.cumsum(counts) - counts
    span = np.repeat(np.arange(len(left)), counts)
    index = np.arange(len(span)) + (left + 1 - offsets)[span]
    chord = points[right] - points[left]
    length = np.hypot(chord[:, 0], chord[:, 1])
    closed = length < CLOSED
    unit = chord / np.where(closed, 1.0, length)[:, None]
    relative, along = points[index] - points[left][span], unit[span]
    distance_sq = (relative[:, 0] * along[:, 1] - relative[:, 1] * along[:, 0]) ** 2
    distance_sq = np.where(closed[span], (relative * relative).sum(axis=1), distance_sq)
    largest = np.maximum.reduceat(distance_sq, offsets)
    at_largest = np.flatnonzero(distance_sq == largest[span])
    first = np.searchsorted(span[at_largest], np.arange(len(left)))
    return index[at_largest[first]], largest
