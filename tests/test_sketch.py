"""The value type, tested by its algebra."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchlib.errors import SketchError
from sketchlib.sketch import Sketch, Stroke

COORDINATES = st.floats(-2.0, 2.0, allow_nan=False)
POINTS = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=8)
SKETCHES = st.lists(POINTS, min_size=1, max_size=6).map(Sketch.from_points)
FACTORS = st.floats(0.1, 4.0)


@given(SKETCHES, FACTORS, FACTORS, COORDINATES)
def test_transformations_compose(sketch: Sketch, first: float, second: float, shift: float) -> None:
    twice = sketch.transformed(first, shift).transformed(second, -shift)
    assert twice.equals(sketch.transformed(first * second, second * shift - shift), 1e-9)


@given(SKETCHES, FACTORS)
def test_ink_scales_with_the_drawing_and_not_with_its_place(sketch: Sketch, factor: float) -> None:
    slow = sum(np.hypot(*(b - a)) for stroke in sketch for a, b in zip(stroke.points, stroke.points[1:], strict=False))
    assert sketch.ink == pytest.approx(slow, abs=1e-9)
    assert sketch.transformed(factor, 0.3).ink == pytest.approx(factor * sketch.ink, abs=1e-9)


@given(SKETCHES, st.floats(0.0, 0.4))
def test_fitted_spans_the_canvas_and_stays_put_when_repeated(sketch: Sketch, margin: float) -> None:
    low, high = sketch.bounds()
    fitted = sketch.fitted(margin)
    new_low, new_high = fitted.bounds()
    assert new_low + new_high == pytest.approx([1.0, 1.0])
    if (high - low).max() > 1e-9:
        assert (new_high - new_low).max() == pytest.approx(1.0 - 2.0 * margin)
        assert fitted.fitted(margin).equals(fitted, 1e-6)


def test_a_single_point_is_fitted_to_the_centre() -> None:
    assert Sketch.from_points([[[7.0, -3.0]]]).fitted()[0].points.tolist() == [[0.5, 0.5]]


@given(SKETCHES, st.sets(st.integers(0, 5)))
def test_keep_and_without_are_complements(sketch: Sketch, ids: set[int]) -> None:
    kept, rest = sketch.keep(ids), sketch.without(ids)
    assert sorted(kept.ids + rest.ids) == list(sketch.ids)
    assert set(kept.ids) == ids & set(sketch.ids)
    assert all(any(stroke is original for original in sketch) for stroke in kept)


def test_prefix_counts_strokes_in_drawing_order() -> None:
    sketch = Sketch((Stroke([[0, 0]], 9), Stroke([[1, 1]], 2), Stroke([[0, 1]], 5)), "dots")
    assert sketch.prefix(2).ids == (9, 2)
    assert sketch.prefix(0).ids == ()
    assert sketch.prefix(2).label == "dots"


def test_time_and_pressure_stay_only_with_their_points() -> None:
    stroke = Stroke([[0, 0], [1, 1]], 3, seconds=[0.0, 0.1], pressure=[0.5, 0.6])
    assert stroke.with_points([[2, 2], [3, 3]]).seconds is not None
    moved = stroke.with_points([[0, 0], [1, 1], [2, 2]])
    assert (moved.id, moved.seconds, moved.pressure) == (3, None, None)


def test_length_of_a_stroke() -> None:
    assert Stroke([[0, 0], [3, 4], [3, 5]]).length == pytest.approx(6.0)
    assert Stroke([[3, 4]]).length == 0.0


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([[0.0, np.nan]], "NaN or infinity"),
        ([[np.inf, 0.0]], "NaN or infinity"),
        (np.zeros((0, 2)), "n >= 1"),
        ([[1.0, 2.0, 3.0]], r"\(n, 2\)"),
        ([1.0, 2.0], r"\(n, 2\)"),
    ],
)
def test_a_stroke_that_cannot_be_is_refused_with_its_id(points: object, words: str) -> None:
    with pytest.raises(SketchError, match=rf"{words}.*stroke id 4"):
        Stroke(np.asarray(points), 4)


def test_other_refusals_name_the_rule() -> None:
    with pytest.raises(SketchError, match="one value per point"):
        Stroke([[0, 0], [1, 1]], seconds=[0.0])
    with pytest.raises(SketchError, match="unique"):
        Sketch((Stroke([[0, 0]], 1), Stroke([[1, 1]], 1)))
    with pytest.raises(SketchError, match="one array of points per stroke"):
        Sketch.from_points([[[0, 0]]]).with_points([])
    with pytest.raises(SketchError, match="empty sketch has no bounds"):
        Sketch().fitted()


def test_equals_compares_ids_counts_and_places() -> None:
    sketch = Sketch.from_points([[[0, 0], [1, 1]]])
    assert sketch.equals(sketch.transformed(1.0, 0.01), 0.011)
    assert not sketch.equals(sketch.transformed(1.0, 0.01), 0.009)
    assert not sketch.equals(Sketch((Stroke([[0, 0], [1, 1]], 1),)))
    assert not sketch.equals(Sketch.from_points([[[0, 0], [1, 1], [1, 1]]]))


def test_reading_and_simplifying_load_neither_torch_nor_numba() -> None:
    script = "import sys, sketchlib.io, sketchlib.simplify; print({'torch', 'numba', 'svgelements'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
