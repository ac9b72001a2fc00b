"""stroke-3 and stroke-5 against a walk over the rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchlib import io
from sketchlib.errors import FormatError, SketchError
from sketchlib.sketch import Sketch

CANVAS = st.floats(0.0, 1.0)
SKETCHES = st.lists(st.lists(st.tuples(CANVAS, CANVAS), min_size=1, max_size=8), min_size=1, max_size=5).map(
    Sketch.from_points
)


def walk(rows: np.ndarray, pen_up: int) -> list[list[tuple[float, float]]]:
    """Absolute points, a new stroke after every row whose pen-up column is 1."""
    strokes, x, y = [[]], 0.0, 0.0
    for row in rows:
        x, y = x + row[0], y + row[1]
        strokes[-1].append((x, y))
        if row[pen_up] == 1:
            strokes.append([])
    return [stroke for stroke in strokes if stroke]


def in_255(sketch: Sketch) -> list[list[tuple[float, float]]]:
    return [[(x, y) for x, y in (stroke.points * 255.0).tolist()] for stroke in sketch]


def close(first: list[list[tuple[float, float]]], second: list[list[tuple[float, float]]]) -> bool:
    return [len(s) for s in first] == [len(s) for s in second] and all(
        np.allclose(a, b, atol=1e-9) for a, b in zip(first, second, strict=True)
    )


@given(SKETCHES)
def test_written_rows_walk_through_the_points(sketch: Sketch) -> None:
    assert close(walk(io.to_stroke3(sketch), 2), in_255(sketch))
    five = io.to_stroke5(sketch)
    assert close(walk(five[:-1], 3), in_255(sketch))
    assert five[-1].tolist() == [0, 0, 0, 0, 1]
    assert (five[:, 2:].sum(axis=1) == 1).all()


@given(SKETCHES)
def test_round_trips(sketch: Sketch) -> None:
    assert io.from_stroke3(io.to_stroke3(sketch)).equals(sketch, 1e-9)
    assert io.from_stroke5(io.to_stroke5(sketch)).equals(sketch, 1e-9)
    assert io.from_rows(io.to_stroke3(sketch)).equals(io.from_rows(io.to_stroke5(sketch)), 1e-9)


def test_rows_after_the_end_are_padding() -> None:
    rows = [[10, 10, 1, 0, 0], [5, 5, 0, 1, 0], [0, 0, 0, 0, 1], [99, 99, 0, 0, 1]]
    assert close(in_255(io.from_stroke5(rows)), [[(10, 10), (15, 15)]])
    assert len(io.from_stroke5([[0, 0, 0, 0, 1]])) == 0


def test_points_after_the_last_lift_are_a_stroke() -> None:
    sketch = io.from_stroke3(np.array([[10, 10, 1], [5, 5, 0], [5, 0, 0]], dtype=np.int16), "cat")
    assert close(in_255(sketch), [[(10, 10)], [(15, 15), (20, 15)]])
    assert (sketch.label, sketch.ids) == ("cat", (0, 1))


def test_integer_rows_that_start_at_the_first_point_are_moved_not_scaled() -> None:
    sketch = io.from_stroke3([[0, 0, 0], [-100, 20, 0], [40, -50, 1]])
    assert close(in_255(sketch), [[(100, 30), (0, 50), (40, 0)]])


def test_other_rows_are_fitted() -> None:
    low, high = io.from_stroke3([[-1.5, 0.0, 0], [3.0, 0.5, 1]]).bounds()
    assert (high - low).max() == pytest.approx(1.0)
    low, high = io.from_stroke3([[0, 0, 0], [3000, 5, 1]]).bounds()
    assert (high - low).max() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[1, 2, 0.5]], r"0 or 1, got \[0.5\] \(row 1\)"),
        ([[1, 2, 0], [1, 2, 2]], r"row 2"),
        ([[1, 2, 1, 0, 0], [1, 2, 1, 1, 0]], r"stroke-5 .* \(row 2\)"),
        ([[1, 2, 0.5, 0.5, 0]], r"stroke-5 .* \(row 1\)"),
        ([[1, 2]], "3 or 5 numbers"),
        ([], "3 or 5 numbers"),
        (np.zeros((0, 3)), "n >= 1"),
        ([[float("nan"), 0, 0]], "finite"),
        ([["a", "b", "c"]], "are numbers"),
        (np.zeros((2, 2, 3)), r"\(n, 3\)"),
        (np.tile([1, 1, 1], (2_001, 1)), "2,000 strokes"),
        (np.tile([1, 1, 0], (100_001, 1)), "100,000 points"),
    ],
)
def test_broken_rows_are_named(rows: object, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        io.from_rows(rows)


def test_an_empty_sketch_has_no_rows() -> None:
    for write in (io.to_stroke3, io.to_stroke5):
        with pytest.raises(SketchError, match="empty sketch"):
            write(Sketch())
