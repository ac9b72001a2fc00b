"""Strokes that may stand for others: simple forms in several sizes and directions, and strokes of drawings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchlib.simplify import canonical
from sketchlib.sketch import Sketch

Array = NDArray[np.float64]

SIZES = (0.1, 0.2, 0.45, 0.9)
"""Long sides of the simple forms, the drawing's long side being 1."""

FRAME = ((0.0, 0.0), (1.0, 1.0))
"""A stroke that makes the unit square the box of a sketch, so that its other strokes keep the size they have there."""

SMOOTH = 48
"""Points of a full turn before simplification."""


@dataclass(frozen=True, eq=False)
class Sample:
    """A stroke that is shown for others.

    name: of the form, or of the drawing it is taken from. points: (n, 2) where it lies in the unit square that its
    drawing fills, simplified as models read it.
    """

    name: str
    points: Array

    @property
    def size(self) -> float:
        """Long side of its box, the drawing's being 1."""
        return float(np.ptp(self.points, axis=0).max())


def framed(points: ArrayLike) -> Sketch:
    """A stroke (n, 2) of the unit square as a sketch of its own that keeps its size; the second stroke is `FRAME`."""
    return Sketch.from_points([points, FRAME])


def samples_of(name: str, sketch: Sketch) -> list[Sample]:
    """The strokes of a drawing as samples of that name, in their order."""
    return [Sample(name, stroke.points) for stroke in canonical(sketch)]


def primitives() -> list[Sample]:
    """Lines, arcs, circles, ovals, corners, hooks, zigzags, waves, spirals and polygons: every form turned to several
    directions, drawn in both senses, in all SIZES."""
    return [Sample(name, canonical(framed(form * size))[0].points) for name, form in _forms() for size in SIZES]


def _forms() -> Iterator[tuple[str, Array]]:
    """(name, points), the box from (0, 0) with a long side of 1."""
    for name, points, directions in _upright():
        for step in range(directions):
            angle = 360 * step / directions
            yield f"{name}, {angle:g}°", _boxed(_turned(points, angle))
            if name != "line":
                yield f"{name}, mirrored, {angle:g}°", _boxed(_turned(points * (1, -1), angle))


def _upright() -> Iterator[tuple[str, Array, int]]:
    """(name, points, directions it is turned to) of each form."""
    yield "line", np.array([[0.0, 0.0], [1.0, 0.0]]), 16
    for sweep in (90, 180, 270):
        yield f"arc of {sweep}°", _arc(sweep), 8
    yield "circle", _arc(360), 4
    yield "oval", _arc(360) * (1.0, 0.45), 4
    yield "corner", np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]), 8
    yield "sharp corner", np.array([[0.0, 0.0], [1.0, 0.0], [0.2, 0.5]]), 8
    yield "hook", np.concatenate([[[-2.5, -1.0]], _turned(_arc(180), -90)]), 8
    yield "zigzag", np.array([[n / 5, n % 2 * 0.35] for n in range(6)]), 8
    yield "wave", _wave(2), 8
    yield "spiral", _arc(900) * np.linspace(0.1, 1, SMOOTH * 900 // 360)[:, None], 2
    yield "triangle", _closed([[0.0, 0.0], [1.0, 0.0], [0.5, 0.9]]), 4
    yield "rectangle", _closed([[0.0, 0.0], [1.0, 0.0], [1.0, 0.6], [0.0, 0.6]]), 4


def _arc(sweep: float) -> Array:
    """A circle's line from its rightmost point on, clockwise as one sees it."""
    angles = np.radians(np.linspace(0, sweep, round(SMOOTH * sweep / 360)))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _wave(periods: int) -> Array:
    across = np.linspace(0, 1, SMOOTH)
    return np.stack([across, 0.15 * np.sin(2 * np.pi * periods * across)], axis=1)


def _closed(corners: Sequence[Sequence[float]]) -> Array:
    return np.array([*corners, corners[0]])


def _turned(points: Array, degrees: float) -> Array:
    """Clockwise as one sees it: y points down."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned: Array = points @ np.array([[cosine, sine], [-sine, cosine]])
    return turned


def _boxed(points: Array) -> Array:
    placed: Array = (points - points.min(axis=0)) / np.ptp(points, axis=0).max()
    return placed
