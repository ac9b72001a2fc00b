"""Every solid is closed, faces outwards and holds the volume its formula says."""

from itertools import pairwise

import numpy as np
import pytest

from gallery.shapes import (
    Part,
    box,
    circle,
    cushion,
    lathe,
    pair,
    prism,
    rectangle,
    rounded,
    shell,
    superellipse,
    sweep,
)


def volume(part: Part) -> float:
    """Signed volume by the divergence theorem, triangle by triangle: negative for a solid turned inside out."""
    triangles = [(face[0], a, b) for face in part.faces for a, b in pairwise(face[1:])]
    return float(np.linalg.det(part.vertices[np.array(triangles)]).sum()) / 6


def is_closed(part: Part) -> bool:
    """Every edge is walked once in each direction."""
    walked = [(a, b) for face in part.faces for a, b in pairwise((*face, face[0]))]
    return len(set(walked)) == len(walked) and {(b, a) for a, b in walked} == set(walked)


def area(outline: np.ndarray) -> float:
    x, y = outline.T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))


LINE = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 2.0]])
RING = np.column_stack([2 * np.cos(np.arange(40) * np.pi / 20), 2 * np.sin(np.arange(40) * np.pi / 20), np.zeros(40)])
WALL = np.array([[[x, 0.3, z] for x in (0.0, 1.0, 2.0)] for z in (0.0, 1.0, 2.0, 3.0)])


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (box((2, 3, 4), (5, 6, 7)), 24.0),
        (prism([[0, 0], [2, 0], [0, 2]], 1, 4), 6.0),
        (lathe([[1, 0], [1, 2]]), 2 * area(superellipse(2, 2, 2, 28))),
        (sweep(LINE, rectangle(0.5, 0.2)), 0.2),
        (sweep(LINE, rectangle(1, 1), scale=[1.0, 0.5]), 2 * (1 + 0.5 + 0.25) / 3),
        (sweep(LINE, circle(2)), 2 * area(circle(2))),
        (sweep(RING, rectangle(0.1, 0.1), closed=True), 0.01 * 4 * np.pi),
        (cushion((2, 3, 4), (0, 0, 0), radius=1e-6), 24.0),
        (cushion((2, 2, 2), (1, 1, 1), radius=0.98), 4 / 3 * np.pi),
        (shell(WALL, 0.1), 0.6),
    ],
)
def test_solids_are_closed_and_hold_their_volume(part: Part, expected: float) -> None:
    assert is_closed(part)
    assert volume(part) == pytest.approx(expected, rel=0.03)


def test_checks_can_fail() -> None:
    part = box((1, 1, 1), (0, 0, 0))
    assert not is_closed(Part(part.vertices, part.faces[1:]))
    assert volume(Part(part.vertices, tuple(face[::-1] for face in part.faces))) == pytest.approx(-1)


def test_a_pair_is_mirrored_and_still_faces_outwards() -> None:
    right, left = pair(sweep([[1, 0, 0], [1.2, 0, 1]], rectangle(0.1, 0.2)))
    assert left.vertices == pytest.approx(right.vertices * [-1, 1, 1])
    assert volume(left) == pytest.approx(volume(right))
    assert left.spine == pytest.approx(right.spine * [-1, 1, 1])


def test_moves_carry_the_drawn_lines_along() -> None:
    part = cushion((1, 1, 0.4), (0, 0, 0), 0.05).moved(1, 2, 3).turned(90)
    assert part.vertices.mean(axis=0) == pytest.approx([-2, 1, 3], abs=1e-9)
    assert np.concatenate(part.curves).mean(axis=0) == pytest.approx([-2, 1, 3], abs=0.1)


def test_lines_on_a_cushion_lie_on_it() -> None:
    part = cushion((1, 1, 0.4), (0, 0, 0.2), 0.05, puff=0.02)
    points = np.concatenate(part.curves)
    gaps = np.linalg.norm(points[:, None] - part.vertices[None], axis=2).min(axis=1)
    assert len(part.curves) == 6
    assert gaps.max() < 0.1
    assert np.all(points <= part.vertices.max(axis=0) + 1e-9)


def test_rounded_corners_stay_within_the_path_and_keep_its_ends() -> None:
    path = rounded([[0, 0], [1, 0], [1, 1]], 0.2)
    assert path[0] == pytest.approx([0, 0])
    assert path[-1] == pytest.approx([1, 1])
    # The middle of the parabola that touches both sides 0.2 from the corner.
    assert np.linalg.norm(path - [1, 0], axis=1).min() == pytest.approx(0.2 * np.sqrt(2) / 4, abs=0.01)
    assert path.min() >= 0
    assert path.max() <= 1
