"""The projection against a pinhole written out: similar triangles, one point at a time."""

import numpy as np
import pytest

from gallery.camera import View


def corners(half: float = 0.5) -> np.ndarray:
    return half * np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)


def test_from_the_front_right_is_right_and_up_is_up() -> None:
    view = View.around(corners(), azimuth=0, elevation=0, distance=3, margin=0.1)
    flat, ahead = view.project(np.array([[0.5, -0.5, 0.0], [0.0, -0.5, 0.5], [0.0, 0.5, 0.0]]))
    away = 3 * np.sqrt(3)
    assert ahead == pytest.approx([away - 0.5, away - 0.5, away + 0.5])
    assert flat[0] == pytest.approx([0.9, 0.5])
    assert flat[1] == pytest.approx([0.5, 0.1])


def test_similar_triangles() -> None:
    view = View.around(corners(), azimuth=30, elevation=20, distance=2, margin=0.05)
    for point in np.random.default_rng(0).uniform(-0.5, 0.5, (20, 3)):
        right, up, back = (float(axis @ (point - view.position)) for axis in view.axes)
        expected = [
            0.5 + (right / -back - view.centre[0]) / view.half / 2,
            0.5 - (up / -back - view.centre[1]) / view.half / 2,
        ]
        flat, ahead = view.project(point[None])
        assert flat[0] == pytest.approx(expected)
        assert ahead[0] == pytest.approx(-back)


@pytest.mark.parametrize("azimuth", [-50, 0, 35])
def test_the_long_side_fills_the_picture_but_for_the_margin(azimuth: float) -> None:
    points = corners() * [1.0, 1.0, 3.0]
    flat, _ = View.around(points, azimuth, 15, 2.5, margin=0.06).project(points)
    assert (flat[:, 1].min(), flat[:, 1].max()) == pytest.approx((0.06, 0.94))
    assert flat[:, 0].min() + flat[:, 0].max() == pytest.approx(1)


def test_a_positive_azimuth_shows_the_right_side() -> None:
    view = View.around(corners(), azimuth=40, elevation=0, distance=3, margin=0.1)
    assert view.position[0] > 0 > view.position[1]
    assert view.axes @ view.axes.T == pytest.approx(np.eye(3), abs=1e-12)
