"""How the strokes of an inversion stand, as numbers by which a player moves them."""

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import FormatError
from sketchlib.sketch import Sketch

Array = NDArray[np.float64]

PLACED, POSED = 2, 7
"""Numbers of a stroke: x, y of its first point; where strokes are free also the matrix ((a, b), (c, d)) that takes its
shape in the head, as columns from its first point, to how it stands, and its place in the order, from 0."""


def is_free(preset: str) -> bool:
    """Whether a preset also grows, turns, stretches or reorders strokes."""
    from sketchlib.inversion import PRESETS

    return preset in PRESETS and (PRESETS[preset].reshape or PRESETS[preset].reorder)


def poses(sketch: Sketch, shape: Sketch) -> Array:
    """(strokes, POSED) of a drawing whose strokes are those of `shape` moved, reshaped and in any order.

    The matrix is the least-squares one; of a straight stroke, the smallest that is right along it.
    """
    places = {identity: place for place, identity in enumerate(sketch.ids)}
    rows = []
    for stroke in shape:
        points = sketch[places[stroke.id]].points
        columns = np.linalg.lstsq(_offsets(stroke.points), _offsets(points), rcond=1e-9)[0]
        rows.append([*points[0], *columns.T.ravel(), places[stroke.id]])
    return np.array(rows)


def posed(shape: Sketch, values: Array) -> Sketch:
    """The drawing again, from (strokes, PLACED or POSED). Raises FormatError where an order is none."""
    if values.shape[1] == PLACED:
        return shape.with_points([stroke.points + place for stroke, place in zip(shape, values, strict=True)])
    places = values[:, -1]
    order = np.argsort(places)
    if places[order].tolist() != list(range(len(shape))):
        raise FormatError(f"an order has every place from 0 once, got {places.tolist()}")
    moved = [
        row[:2] + _offsets(stroke.points) @ row[2:6].reshape(2, 2).T for stroke, row in zip(shape, values, strict=True)
    ]
    found = shape.with_points(moved)
    return Sketch(tuple(found[int(stroke)] for stroke in order), shape.label)


def _offsets(points: Array) -> Array:
    return points - points[0]
