"""Line drawings of things whose visible lines are known: a cube, a ball, a rod, one thing behind another."""

import numpy as np
import pytest

from gallery.camera import View
from gallery.designs import sibling_designs
from gallery.features import feature_chains
from gallery.lines import line_drawing
from gallery.shapes import Array, Part, box, circle, cushion, lathe, sweep
from sketchlib.simplify import resample

CUBE = box((1, 1, 1), (0, 0, 0.5))


def seen(parts: list[Part], azimuth: float = 35, elevation: float = 25) -> View:
    return View.around(np.concatenate([part.vertices for part in parts]), azimuth, elevation, 3, 0.06)


def ink(strokes: list[Array]) -> float:
    return sum(float(np.linalg.norm(np.diff(stroke, axis=0), axis=1).sum()) for stroke in strokes)


def covered(line: Array, strokes: list[Array]) -> float:
    """Share of the points of a line, (2, 2) canvas units, that some stroke passes within 2 px of."""
    drawn = np.concatenate([resample(stroke, 0.004) for stroke in strokes])
    points = np.linspace(line[0], line[1], 60)
    return float((np.linalg.norm(points[:, None] - drawn[None], axis=2).min(axis=1) < 2 / 256).mean())


def edges_of_cube() -> list[tuple[Array, bool]]:
    """Ends of each edge, and whether one sees it from the front right above: all but three, at the far low corner."""
    corners = CUBE.vertices
    far = np.array([-0.5, 0.5, 0.0])
    found = []
    for a in range(8):
        for b in range(a + 1, 8):
            if np.count_nonzero(corners[a] != corners[b]) == 1:
                hidden = any(np.array_equal(corner, far) for corner in (corners[a], corners[b]))
                found.append((corners[[a, b]], not hidden))
    return found


def test_a_cube_shows_nine_of_its_twelve_edges_in_few_strokes() -> None:
    view = seen([CUBE])
    strokes = line_drawing([CUBE], view)
    edges = [(view.project(ends)[0], shown) for ends, shown in edges_of_cube()]
    assert [covered(ends, strokes) > 0.97 for ends, _ in edges] == [shown for _, shown in edges]
    assert sum(shown for _, shown in edges) == 9
    length = sum(float(np.linalg.norm(ends[1] - ends[0])) for ends, shown in edges if shown)
    assert ink(strokes) == pytest.approx(length, rel=0.03)
    assert len(strokes) <= 4


def test_a_ball_is_a_ring() -> None:
    angles = np.linspace(-np.pi / 2, np.pi / 2, 25)[1:-1]
    ball = lathe(np.column_stack([np.cos(angles), 1 + np.sin(angles)]))
    (ring,) = [stroke for stroke in line_drawing([ball], seen([ball], 20, 0)) if len(stroke) > 4]
    radius = np.linalg.norm(resample(ring, 0.01) - 0.5, axis=1)
    assert radius == pytest.approx(0.44, abs=0.012)
    assert ring[0] == pytest.approx(ring[-1], abs=0.02)


def test_a_thin_rod_is_one_line_and_a_thick_one_two() -> None:
    frame = box((2, 0.01, 2), (0, 1, 1))
    for thickness, lines in ((0.02, 1), (0.2, 2)):
        rod = sweep([[0, 0, 0.2], [0, 0, 1.8]], circle(thickness))
        view = seen([frame, rod], 0, 0)
        (upright,) = {len([c for c in feature_chains(rod, view) if np.ptp(c.points[:, 2]) > 1.5])}
        assert upright == lines


def test_what_stands_behind_is_cut_off_at_what_hides_it() -> None:
    screen, rod = box((1, 0.1, 1), (0, -1, 0.5)), sweep([[-2, 0, 0.6], [2, 0, 0.6]], circle(0.01))
    view = seen([screen, rod], 0, 0)
    ends = view.project(np.array([[-2.0, 0, 0.6], [2.0, 0, 0.6], [-0.5, -1.05, 0.6], [0.5, -1.05, 0.6]]))[0]
    strokes = line_drawing([screen, rod], view)
    level = [stroke for stroke in strokes if np.ptp(stroke[:, 1]) < 0.01 and abs(stroke[0, 1] - ends[0, 1]) < 0.01]
    spans = sorted((float(stroke[:, 0].min()), float(stroke[:, 0].max())) for stroke in level)
    assert np.array(spans) == pytest.approx(np.array([[ends[0, 0], ends[2, 0]], [ends[3, 0], ends[1, 0]]]), abs=0.01)


def test_a_soft_edge_is_drawn_and_a_softer_one_is_not() -> None:
    drawn = [
        ink(line_drawing([part], seen([part]))) for part in (cushion((1, 1, 1), (0, 0, 0.5), r) for r in (0.05, 0.4))
    ]
    assert drawn[0] > 1.3 * drawn[1]


def test_lines_no_farther_apart_than_a_pen_are_drawn_once() -> None:
    sheet = box((1, 1, 0.001), (0, 0, 0))
    view = seen([sheet])
    around = np.linalg.norm(np.diff(view.project(sheet.vertices[[0, 1, 3, 2, 0]])[0], axis=0), axis=1).sum()
    assert ink(line_drawing([sheet], view)) == pytest.approx(float(around), rel=0.06)


@pytest.mark.parametrize("number", range(0, 23, 4))
def test_furniture_is_drawn_within_the_photo_in_the_number_of_strokes_of_a_person(number: int) -> None:
    (design,) = sibling_designs(2, number, 0, lambda one, other: True)
    parts = design.parts()
    view = design.view(parts)
    strokes = line_drawing(parts, view)
    outline = np.concatenate([view.project(part.vertices)[0] for part in parts])
    points = np.concatenate(strokes)
    assert 2 <= len(strokes) <= 60
    assert points.min(axis=0) == pytest.approx(outline.min(axis=0), abs=0.02)
    assert points.max(axis=0) == pytest.approx(outline.max(axis=0), abs=0.02)
    assert all(np.array_equal(a, b) for a, b in zip(strokes, line_drawing(parts, view), strict=True))


def test_a_flat_cap_is_bounded_by_its_rim() -> None:
    lid = lathe([[0.9, 0], [1.0, 0.1], [1.0, 0.3], [0.9, 0.4]])
    view = seen([lid], 0, 30)
    top = np.concatenate(line_drawing([lid], view))[:, 1].min()
    assert top == pytest.approx(view.project(lid.vertices)[0][:, 1].min(), abs=1.5 / 256)


def test_the_tip_of_a_narrow_bend_is_kept() -> None:
    frame = box((2, 0.01, 2), (0, 1, 1))
    hairpin = sweep([[-0.002, 0, 1.8], [0, 0, 0.2], [0.002, 0, 1.0]], circle(0.01), up=[0, 1, 0])
    view = seen([frame, hairpin], 0, 0)
    (tip,) = view.project(np.array([[0, 0, 0.2]]))[0]
    reached = np.concatenate(line_drawing([frame, hairpin], view))
    assert np.linalg.norm(reached - tip, axis=1).min() < 3 / 256
