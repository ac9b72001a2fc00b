"""The depth buffer against rays through every triangle, one at a time."""

from itertools import pairwise

import numpy as np
import pytest

from gallery.camera import View
from gallery.designs import sibling_designs
from gallery.shapes import Part, box, lathe
from gallery.visibility import SIDE, depth_buffer, visible


def nearest_along(ray: np.ndarray, parts: list[Part], view: View) -> float:
    """Metres ahead of the camera of the first surface that a ray meets (its direction 1 long ahead), or infinity."""
    found = np.inf
    for part in parts:
        for face in part.faces:
            for b, c in pairwise(face[1:]):
                origin, one, two = part.vertices[face[0]], part.vertices[b], part.vertices[c]
                matrix = np.column_stack([one - origin, two - origin, -ray])
                if abs(np.linalg.det(matrix)) < 1e-12:
                    continue
                u, v, t = np.linalg.solve(matrix, view.position - origin)
                if u >= 0 and v >= 0 and u + v <= 1 and t > 0:
                    found = min(found, t)
    return found


def test_depth_is_that_of_the_nearest_triangle() -> None:
    parts = [box((1, 1, 1), (0, 0, 0.5)), box((0.2, 0.2, 2), (0.3, -1, 1)), lathe([[0.3, 1], [0.2, 1.5]])]
    view = View.around(np.concatenate([part.vertices for part in parts]), 35, 20, 2, 0.05)
    nearest = depth_buffer(parts, view)
    random = np.random.default_rng(0)
    for row, column in random.integers(0, SIDE, (60, 2)):
        flat = (np.array([column + 0.5, row + 0.5]) / SIDE * 2 - 1) * view.half * [1, -1] + view.centre
        ray = view.axes.T @ np.array([*flat, -1.0])
        expected = nearest_along(ray, parts, view)
        assert nearest[row, column] == pytest.approx(1 / expected, abs=1e-9)


def test_a_point_is_hidden_by_what_stands_before_it_and_by_nothing_else() -> None:
    screen = box((1, 0.1, 1), (0, 0, 0))
    view = View.around(screen.vertices * [1.5, 1, 1], 0, 0, 3, 0.1)
    points = np.array([[0, -0.05, 0], [0, 0.5, 0], [0.7, 0.5, 0], [0, -0.5, 0], [-0.5, -0.05, 0.2]])
    flat, ahead = view.project(points)
    assert visible(flat, ahead, depth_buffer([screen], view)).tolist() == [True, False, True, True, True]


def test_corners_that_face_the_camera_are_visible_in_furniture() -> None:
    (design,) = sibling_designs(0, 0, 0, lambda one, other: True)
    parts = design.parts()
    view = design.view(parts)
    seat = max(parts, key=lambda part: float(np.prod(np.ptp(part.vertices, axis=0)[:2])))
    front = min(seat.vertices, key=lambda vertex: vertex[1] - vertex[0] * np.sign(design.azimuth) - vertex[2])
    flat, ahead = view.project(front[None])
    assert visible(flat, ahead, depth_buffer(parts, view)).all()
