"""A drawing whose strokes are replaced by others."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import SketchError
from sketchlib.shapes.primitives import Sample
from sketchlib.sketch import Sketch

Array = NDArray[np.float64]

THIN = 0.02
"""A side of a box this short beside the long one is not stretched: it holds a tremor, not a form."""


def redrawn(sketch: Sketch, samples: Sequence[Sample]) -> Sketch:
    """Each stroke replaced by a sample, scaled to the stroke's box; ids and order stay.

    Raises SketchError where there is not one sample a stroke.
    """
    if len(samples) != len(sketch):
        raise SketchError(f"a sketch is redrawn with one sample a stroke ({len(sketch)}), got {len(samples)}")
    pairs = zip(samples, sketch, strict=True)
    return sketch.with_points([boxed(sample.points, stroke.points) for sample, stroke in pairs])


def boxed(points: Array, into: Array) -> Array:
    """(n, 2) points moved and scaled, each axis by itself, so that their box is that of the (m, 2) points `into`.

    An axis along which the points have next to no extent is centred instead.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    flat = high - low <= THIN * (high - low).max()
    middle, side = (into.min(axis=0) + into.max(axis=0)) / 2, np.ptp(into, axis=0)
    scale = np.where(flat, 0.0, side / np.where(flat, 1.0, high - low))
    placed: Array = middle + (points - (low + high) / 2) * scale
    return placed
