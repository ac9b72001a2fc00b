"""How the strokes of an inversion stand, as numbers by which a player moves them."""

import cmath

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import FormatError
from sketchlib.sketch import Sketch

Array = NDArray[np.float64]

PLACED, POSED = 2, 5
"""Numbers of a stroke: x, y of its first point; where strokes are free also its size (1 in the head), its turn
(radians, clockwise) and its place in the order, from 0."""


def is_free(preset: str) -> bool:
    """Whether a preset also grows, turns or reorders strokes."""
    from sketchlib.inversion import PRESETS

    return preset in PRESETS and (PRESETS[preset].reshape or PRESETS[preset].reorder)


def poses(sketch: Sketch, shape: Sketch) -> Array:
    """(strokes, POSED) of a drawing whose strokes are those of `shape` moved, grown, turned and in any order.

    With points as complex numbers from the first, size and turn are of the factor nearest to all of them.
    """
    places = {identity: place for place, identity in enumerate(sketch.ids)}
    rows = []
    for stroke in shape:
        points = sketch[places[stroke.id]].points
        before, after = _complex(stroke.points), _complex(points)
        energy = float(np.vdot(before, before).real)
        factor = np.vdot(before, after) / energy if energy else 1.0
        rows.append([*points[0], abs(factor), cmath.phase(factor), places[stroke.id]])
    return np.array(rows)


def posed(shape: Sketch, values: Array) -> Sketch:
    """The drawing again, from (strokes, PLACED or POSED). Raises FormatError where an order is none."""
    if values.shape[1] == PLACED:
        return shape.with_points([stroke.points + place for stroke, place in zip(shape, values, strict=True)])
    order = np.argsort(values[:, 4])
    if values[order, 4].tolist() != list(range(len(shape))):
        raise FormatError(f"an order has every place from 0 once, got {values[:, 4].tolist()}")
    moved = []
    for stroke, (x, y, size, turn, _) in zip(shape, values, strict=True):
        offsets = _complex(stroke.points) * cmath.rect(size, turn)
        moved.append(np.column_stack([x + offsets.real, y + offsets.imag]))
    found = shape.with_points(moved)
    return Sketch(tuple(found[int(stroke)] for stroke in order), shape.label)


def _complex(points: Array) -> NDArray[np.complex128]:
    offsets = points - points[0]
    return offsets[:, 0] + 1j * offsets[:, 1]
