"""stroke-3 and stroke-5 arrays, the layouts of sketch-rnn.

stroke-3: rows (dx, dy, pen), pen 1 on the last point of a stroke.
stroke-5: rows (dx, dy, down, up, end), one of the three 1; the sketch stops before the first row with end 1.
The first row is the first point itself, so positions come back; both are written in the 255 unit of QuickDraw.
"""

import numpy as np
from numpy.typing import ArrayLike

from sketchlib.errors import FormatError, SketchError
from sketchlib.io.limits import QUICKDRAW_SIDE, check_counts, numbers
from sketchlib.sketch import Array, Sketch


def from_stroke3(rows: ArrayLike, label: str = "") -> Sketch:
    """(n, 3) rows -> Sketch; ids = stroke positions. Points after the last pen lift are the last stroke.

    Rows that stay in [0, 255] keep their place: coordinates / 255. Integers that only start elsewhere (files without
    the first point) are moved to the top-left corner first; anything else is fitted to the canvas.
    Raises FormatError naming the row.
    """
    values = _rows(rows, 3)
    _check_flags(values[:, 2:], "the pen flag of stroke-3 is 0 or 1", (values[:, 2] == 0) | (values[:, 2] == 1))
    return _sketch(values[:, :2], values[:, 2] == 1, label)


def from_stroke5(rows: ArrayLike, label: str = "") -> Sketch:
    """(n, 5) rows -> Sketch, placed as from_stroke3 does; without sketch-rnn's start token. Raises FormatError."""
    values = _rows(rows, 5)
    pens = values[:, 2:]
    one_hot = ((pens == 0) | (pens == 1)).all(axis=1) & (pens.sum(axis=1) == 1)
    _check_flags(pens, "the three pen flags of stroke-5 are 0, 0 and 1 in some order", one_hot)
    ends = np.flatnonzero(pens[:, 2] == 1)
    values = values[: ends[0]] if len(ends) else values
    return _sketch(values[:, :2], values[:, 3] == 1, label)


def to_stroke3(sketch: Sketch) -> Array:
    """Sketch -> (n, 3) float64 rows in the 255 unit, not rounded; ids, time and pressure are not written.

    Raises SketchError when the sketch is empty.
    """
    if not sketch.strokes:
        raise SketchError("an empty sketch has no rows: draw at least one stroke")
    points = np.concatenate([stroke.points for stroke in sketch]) * QUICKDRAW_SIDE
    pen = np.zeros(len(points))
    pen[np.cumsum([len(stroke) for stroke in sketch]) - 1] = 1.0
    return np.column_stack([np.diff(points, axis=0, prepend=0.0), pen])


def to_stroke5(sketch: Sketch) -> Array:
    """Sketch -> (n + 1, 5) float64 rows in the 255 unit, closed by an end row. Raises SketchError when empty."""
    rows = to_stroke3(sketch)
    pen = rows[:, 2]
    body = np.column_stack([rows[:, :2], 1.0 - pen, pen, np.zeros(len(rows))])
    return np.concatenate([body, [[0.0, 0.0, 0.0, 0.0, 1.0]]])


def from_rows(rows: ArrayLike, label: str = "") -> Sketch:
    """stroke-3 (n, 3) or stroke-5 (n, 5), told apart by the number of columns. Raises FormatError."""
    values = numbers(rows, "rows of strokes")
    if values.shape[-1:] == (3,):
        return from_stroke3(values, label)
    if values.shape[-1:] == (5,):
        return from_stroke5(values, label)
    raise FormatError(f"strokes are rows of 3 or 5 numbers, got shape {values.shape}")


def _rows(rows: ArrayLike, columns: int) -> Array:
    values = numbers(rows, f"rows of stroke-{columns}")
    if values.ndim != 2 or values.shape[1] != columns or not len(values):
        raise FormatError(f"stroke-{columns} is (n, {columns}) with n >= 1, got shape {values.shape}")
    check_counts(0, len(values))
    return values


def _check_flags(flags: Array, rule: str, fine: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> None:
    bad = np.flatnonzero(~fine)
    if len(bad):
        raise FormatError(f"{rule}, got {flags[bad[0]].tolist()} (row {bad[0] + 1})")


def _sketch(offsets: Array, lifted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], label: str) -> Sketch:
    points = np.cumsum(offsets, axis=0)
    pieces = [piece for piece in np.split(points, np.flatnonzero(lifted) + 1) if len(piece)]
    check_counts(len(pieces), len(points))
    if not pieces:
        return Sketch((), label)
    low, high = points.min(axis=0), points.max(axis=0)
    sketch = Sketch.from_points(pieces, label)
    # Sums of rounded differences leave the canvas by less than this.
    slack = 1e-6
    if low.min() >= -slack and high.max() <= QUICKDRAW_SIDE + slack:
        return sketch.transformed(1.0 / QUICKDRAW_SIDE)
    if (points == np.rint(points)).all() and (high - low).max() <= QUICKDRAW_SIDE:
        return sketch.transformed(1.0 / QUICKDRAW_SIDE, -low / QUICKDRAW_SIDE)
    return sketch.fitted()
