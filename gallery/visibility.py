"""Hidden-line removal by a depth buffer."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gallery.camera import View
from gallery.shapes import Array, Part

SIDE = 512
"""Of the depth buffer, px."""

SLACK = 0.006
"""How far a visible line may lie behind the surface, as a share of its distance: the error of the pixel grid."""


def depth_buffer(parts: list[Part], view: View) -> Array:
    """(SIDE, SIDE) 1 / metres from the camera to the nearest surface at each pixel's centre, 0 where there is none.

    The inverse is linear on the picture of a plane, so that it is interpolated exactly.
    """
    nearest = np.zeros((SIDE, SIDE))
    for part in parts:
        flat, ahead = view.project(part.vertices)
        triangles = np.array([(face[0], a, b) for face in part.faces for a, b in pairwise(face[1:])])
        corners = np.concatenate([flat * SIDE - 0.5, 1 / ahead[:, None]], axis=1)[triangles]
        for triangle in corners[_signed_area(corners) < 0]:
            _fill(nearest, triangle)
    return nearest


def _signed_area(corners: Array) -> Array:
    """(n,) twice the area of (n, 3, 2 or 3) triangles; negative for those that face the camera, as y points down."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


def _fill(nearest: Array, triangle: Array) -> None:
    low = np.maximum(np.ceil(triangle[:, :2].min(axis=0)), 0).astype(int)
    high = np.minimum(np.floor(triangle[:, :2].max(axis=0)), SIDE - 1).astype(int)
    if (high < low).any():
        return
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = triangle.tolist()
    x, y = np.arange(low[0], high[0] + 1)[None] - ax, np.arange(low[1], high[1] + 1)[:, None] - ay
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    u = (x * (cy - ay) - y * (cx - ax)) / area
    v = (y * (bx - ax) - x * (by - ay)) / area
    inside = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9)
    window = nearest[low[1] : high[1] + 1, low[0] : high[0] + 1]
    np.maximum(window, np.where(inside, az + u * (bz - az) + v * (cz - az), 0.0), out=window)


def visible(flat: Array, ahead: Array, nearest: Array) -> NDArray[np.bool_]:
    """(n,) whether points at (n, 2) canvas units, (n,) metres ahead, are in front of what is drawn in some pixel near.

    A point on an outline lies on the border of what hides it and what does not: the freest of nine pixels decides.
    """
    column, row = (np.clip((flat[:, axis] * SIDE).astype(int), 1, SIDE - 2) for axis in (0, 1))
    around = np.stack([nearest[row + y, column + x] for y in (-1, 0, 1) for x in (-1, 0, 1)])
    return np.asarray(1 / ahead >= around.min(axis=0) * (1 - SLACK))
