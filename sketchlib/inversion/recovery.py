"""How near an inverted layout is to the drawing it came from: only where strokes are relative to each other counts."""

import numpy as np

from sketchlib.errors import InputError
from sketchlib.inversion.runs import Step
from sketchlib.sketch import Array, Sketch

NEAR = 0.1
"""A stroke is back when it is within a tenth of the canvas."""


def recovery_error(locations: Array, original: Array) -> float:
    """Mean length of (l_i - l_j) - (o_i - o_j) over all pairs of strokes, canvas units: 0 for any common shift.

    locations, original: (strokes, 2), at least two strokes; in the same order.
    """
    first, second = np.triu_indices(_pairs(locations, original), 1)
    apart = (locations - original)[first] - (locations - original)[second]
    return float(np.linalg.norm(apart, axis=1).mean())


def strokes_back(locations: Array, original: Array, near: float = NEAR) -> float:
    """Share of strokes within `near` of their place, after the common shift (of those that put a stroke exactly back,
    or the mean one) that brings most back.

    locations, original: (strokes, 2), canvas units; in the same order.
    """
    _pairs(locations, original)
    moved = locations - original
    shifts = np.concatenate([moved, moved.mean(axis=0, keepdims=True)])
    far = np.linalg.norm(moved[None] - shifts[:, None], axis=2)
    return float((far <= near).mean(axis=1).max())


def original_locations(sketch: Sketch, ids: tuple[int, ...]) -> Array:
    """(strokes, 2) first points of the strokes with these ids."""
    first = {stroke.id: stroke.points[0] for stroke in sketch}
    return np.array([first[number] for number in ids])


def iterations_to(steps: "list[Step]", probability: float) -> int | None:
    """The first iteration from which on the target keeps at least this probability, or None."""
    below = [step.iteration for step in steps if step.target < probability]
    first = below[-1] + 1 if below else 0
    return first if first <= steps[-1].iteration else None


def _pairs(locations: Array, original: Array) -> int:
    if locations.shape != original.shape or len(locations) < 2:
        raise InputError(f"recovery compares the same strokes, two or more, got {locations.shape} and {original.shape}")
    return len(locations)
