"""The simple forms: sizes, directions and senses, and that they are what a model would read."""

from collections import defaultdict

import numpy as np
import pytest

from sketchlib.shapes import FRAME, SIZES, framed, primitives, samples_of
from sketchlib.simplify import canonical
from sketchlib.sketch import Sketch

FORMS = primitives()


def named(name, size):
    (found,) = [form for form in FORMS if form.name == name and abs(form.size - size) < 0.05 * size]
    return found.points


def test_every_form_comes_in_every_size():
    sizes = defaultdict(list)
    for form in FORMS:
        sizes[form.name].append(form.size)
    for name, found in sizes.items():
        np.testing.assert_allclose(found, SIZES, atol=2.5 / 255, err_msg=name)


def test_forms_are_simplified_strokes_of_the_unit_square():
    for form in FORMS:
        grid = form.points * 255
        np.testing.assert_allclose(grid, np.rint(grid), atol=1e-9)
        assert grid.min() == 0
        assert 2 <= len(grid) <= 48


@pytest.mark.parametrize(("angle", "step"), [("0°", (1, 0)), ("90°", (0, 1)), ("180°", (-1, 0)), ("270°", (0, -1))])
def test_lines_are_turned_clockwise_as_one_sees_it(angle, step):
    line = named(f"line, {angle}", 0.9)
    np.testing.assert_allclose((line[-1] - line[0]) / 0.9, step, atol=0.01)


def turning(points):
    """Signed area: positive where the line runs clockwise as one sees it, y pointing down."""
    x, y = points.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


@pytest.mark.parametrize("form", ["circle", "arc of 270°", "triangle", "rectangle", "corner", "oval"])
def test_forms_are_drawn_in_both_senses(form):
    assert turning(named(f"{form}, 0°", 0.9)) > 0 > turning(named(f"{form}, mirrored, 0°", 0.9))


def test_a_framed_stroke_keeps_its_size_when_simplified():
    small = [(0.2, 0.2), (0.3, 0.2), (0.3, 0.25)]
    stroke, frame = canonical(framed(small))
    np.testing.assert_allclose(stroke.points, np.rint(np.array(small) * 255) / 255, atol=1e-9)
    np.testing.assert_array_equal(frame.points, FRAME)


def test_samples_of_a_drawing_are_its_strokes_as_they_lie():
    drawing = Sketch.from_points([[(0, 0), (40, 0)], [(20, 0), (20, 80)]])
    samples = samples_of("tee", drawing)
    assert [sample.name for sample in samples] == ["tee", "tee"]
    np.testing.assert_allclose(samples[0].points, [(0, 0), (128 / 255, 0)])
    np.testing.assert_allclose(samples[1].points, [(64 / 255, 0), (64 / 255, 1)])
    assert samples[1].size == 1
