"""What goes in and comes out of several endpoints."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import InputError
from sketchlib.io import from_pad
from sketchlib.io.pad import PAD_SIDE
from sketchlib.sketch import Sketch

Points = list[list[float]]
"""Points [x, y] of a stroke in a square of side 256, (0, 0) its top-left corner, x right, y down."""

Drawing = list[Points] | dict[str, Any]
"""Strokes in drawing order, each its points; their ids are their places, from 0. Or the JSON that the page saves."""


def drawn(drawing: Drawing) -> Sketch:
    """The sketch. Raises FormatError or SketchError for what is none, InputError for one without strokes."""
    sketch = from_pad(drawing if isinstance(drawing, dict) else {"strokes": _strokes(drawing)})
    if not sketch.strokes:
        raise InputError("a sketch has at least one stroke, got an empty one")
    return sketch


def _strokes(drawing: object) -> list[dict[str, Any]]:
    if not isinstance(drawing, list):
        raise InputError(
            f"a sketch is a list of strokes, or the JSON that the page saves, got {type(drawing).__name__}"
        )
    for place, points in enumerate(drawing, 1):
        if not isinstance(points, list) or not points:
            raise InputError(f"a stroke is a list of points [x, y], got {str(points)[:40]} (stroke {place})")
    return [{"pts": points} for points in drawing]


def returned(points: NDArray[np.float64]) -> Points:
    """(n, 2) canvas units -> points in the square that a sketch comes in, to a thousandth of its unit."""
    rows: Points = np.round(points * PAD_SIDE, 3).tolist()
    return rows
