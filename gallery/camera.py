"""Where the camera stands and what it sees: the one projection that the photo and the line drawing share."""

from dataclasses import dataclass

import numpy as np

from gallery.shapes import Array


@dataclass(frozen=True, eq=False)
class View:
    """A camera with a square picture.

    position: (3,) metres. axes: (3, 3) rows right, up and backwards, unit vectors.
    centre: (2,) of the picture in the plane one metre ahead. half: half its side there.
    """

    position: Array
    axes: Array
    centre: Array
    half: float

    @classmethod
    def around(cls, points: Array, azimuth: float, elevation: float, distance: float, margin: float) -> "View":
        """A view in which the points, (n, 3), fill the picture but for `margin` (a share of its side) on the long side.

        azimuth: degrees from the front (-y), positive shows the right side. elevation: degrees above the floor.
        distance: from the middle of the points in lengths of their diagonal.
        """
        low, high = points.min(axis=0), points.max(axis=0)
        angle, height = np.radians(azimuth), np.radians(elevation)
        backwards = np.array([np.sin(angle) * np.cos(height), -np.cos(angle) * np.cos(height), np.sin(height)])
        right = np.array([np.cos(angle), np.sin(angle), 0.0])
        axes = np.stack([right, np.cross(backwards, right), backwards])
        position = (low + high) / 2 + distance * np.linalg.norm(high - low) * backwards
        local = (points - position) @ axes.T
        flat = local[:, :2] / -local[:, 2:]
        corner, opposite = flat.min(axis=0), flat.max(axis=0)
        half = float((opposite - corner).max()) / 2 / (1 - 2 * margin)
        return cls(position, axes, (corner + opposite) / 2, half)

    def project(self, points: Array) -> tuple[Array, Array]:
        """(n, 3) -> (n, 2) canvas units (0, 0 top-left, y down) and (n,) metres ahead of the camera."""
        local = (points - self.position) @ self.axes.T
        ahead = -local[:, 2]
        flat = (local[:, :2] / ahead[:, None] - self.centre) / self.half
        return np.column_stack([0.5 + flat[:, 0] / 2, 0.5 - flat[:, 1] / 2]), ahead
