"""The raster against its equation, one pixel at a time, and the identities that follow from it."""

import importlib
import subprocess
import sys

import numba
import numpy as np
import pytest

from sketchlib import raster
from sketchlib.errors import InputError
from sketchlib.raster import plain
from sketchlib.sketch import Sketch
from tests.raster_oracle import DRAWINGS, covered, oracle

SIDE = 24
ENGINES = ("kernel", "numpy")


def draw(sketches, engine, side=SIDE, line_width=raster.LINE_WIDTH, softness=raster.SOFTNESS, threads=1):
    scene = plain.Scene.checked(*raster.flatten(sketches), side, line_width, softness)
    return plain.draw(scene, threads, engine)[0]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", DRAWINGS)
def test_ink_is_the_equation(name, engine):
    sketch = Sketch.from_points(DRAWINGS[name])
    assert np.abs(draw([sketch], engine)[0] - oracle(DRAWINGS[name], SIDE)).max() < 1e-5


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("side", "line_width", "softness"), [(1, 0.5, 0.2), (17, 0.1, 0.05), (33, 0.01, 0.03), (16, 0, 0.1)]
)
def test_side_width_and_softness_are_those_of_the_equation(side, line_width, softness, engine):
    strokes = DRAWINGS["crossing"]
    ink = draw([Sketch.from_points(strokes)], engine, side, line_width, softness)[0]
    assert ink.shape == (side, side)
    assert ink.dtype == np.float32
    assert np.abs(ink - oracle(strokes, side, line_width, softness)).max() < 1e-5


def test_half_of_the_ink_is_left_at_half_the_line_width():
    assert covered(raster.LINE_WIDTH / 2, raster.LINE_WIDTH, raster.SOFTNESS) == pytest.approx(0.5)
    side = 64
    sketch = Sketch.from_points([[(0, 0.5), (1, 0.5)]])
    ink = raster.render(sketch, side, line_width=2 * 3.5 / side)[:, 32]
    assert ink[32 + 3] == pytest.approx(0.5, abs=1e-5)
    assert ink[32 - 4] == pytest.approx(0.5, abs=1e-5)


def test_convention_x_is_the_column_and_y_the_row():
    ink = raster.render(Sketch.from_points([[(0.75, 0.25)]]), 8, line_width=0.2)
    assert ink.sum(axis=0).argmax() in (5, 6)
    assert ink.sum(axis=1).argmax() in (1, 2)


def test_a_pen_up_jump_draws_nothing():
    ink = raster.render(Sketch.from_points([[(0.1, 0.5), (0.2, 0.5)], [(0.8, 0.5), (0.9, 0.5)]]), 32)
    assert ink[:, 8:24].sum() == 0
    assert ink[:, :8].sum() > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_batch_is_its_sketches_one_by_one(engine):
    sketches = [Sketch.from_points(strokes) for strokes in DRAWINGS.values()]
    widths = np.linspace(0.02, 0.08, len(sketches))
    batch = draw(sketches, engine, line_width=widths, threads=3)
    for image, sketch, width in zip(batch, sketches, widths, strict=True):
        assert np.array_equal(image, draw([sketch], engine, line_width=width)[0])


def test_the_workspace_is_clean_after_a_drawing():
    dense = Sketch.from_points(np.random.default_rng(0).random((5, 20, 2)))
    before = raster.render(Sketch(), 40)
    raster.render(dense, 40)
    assert np.array_equal(raster.render(Sketch(), 40), before)
    assert not before.any()


def test_moving_by_whole_pixels_moves_the_image():
    sketch = Sketch.from_points([[(0.3, 0.3), (0.5, 0.6)], [(0.4, 0.35)]])
    moved = raster.render(sketch.transformed(shift=(3 / 32, -2 / 32)), 32)
    assert np.abs(moved - np.roll(raster.render(sketch, 32), (-2, 3), axis=(0, 1))).max() < 1e-5


def test_the_order_of_strokes_does_not_matter():
    strokes = [np.random.default_rng(seed).random((4, 2)) for seed in range(5)]
    forward, reverse = (raster.render(Sketch.from_points(order), 48) for order in (strokes, strokes[::-1]))
    assert np.abs(forward - reverse).max() < 1e-5


def test_flatten_counts_points_then_strokes():
    points, stroke_ends, sketch_ends = raster.flatten([Sketch.from_points([[(0, 0)], [(0, 1), (1, 1)]]), Sketch()])
    assert points.tolist() == [[0, 0], [0, 1], [1, 1]]
    assert stroke_ends.tolist() == [1, 3]
    assert sketch_ends.tolist() == [2, 2]


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (([[0.1, 0.2, 0.3]], [1], [1], 8), "points are"),
        (([[0.1, np.nan]], [1], [1], 8), "finite"),
        (([[0.1, 0.2]], [2], [1], 8), "stroke ends"),
        (([[0.1, 0.2]], [1], [0], 8), "sketch ends"),
        (([[0.1, 0.2], [0.1, 0.2]], [2, 1, 2], [3], 8), "stroke ends"),
        (([[0.1, 0.2]], [1], [1], 0), "side"),
        (([[0.1, 0.2]], [1], [1], 8, 0.1, 0.0), "softness"),
        (([[0.1, 0.2]], [1], [1], 8, -0.1), "line width"),
        (([[0.1, 0.2]], [1], [1], 8, [0.1, 0.2]), "line width"),
    ],
)
def test_a_broken_rule_is_named(arguments, rule):
    with pytest.raises(InputError, match=rule):
        raster.render_flat(np.array(arguments[0]), *arguments[1:])


def test_numpy_takes_over_where_numba_is_missing(monkeypatch):
    sketch = Sketch.from_points(DRAWINGS["crossing"])
    compiled = raster.render(sketch, SIDE)
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "sketchlib.raster.kernel")
    monkeypatch.delattr("sketchlib.raster.kernel")
    try:
        assert importlib.reload(plain).kernel is None
        assert np.abs(plain.render(sketch, SIDE) - compiled).max() < 1e-5
    finally:
        monkeypatch.undo()
        importlib.reload(plain)


def test_where_nothing_can_be_cached_the_kernel_still_compiles(monkeypatch):
    from sketchlib.raster import kernel

    def njit(cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: (function, options)

    monkeypatch.setattr(numba, "njit", njit)
    function, options = kernel.compiled(covered)
    assert function is covered
    assert options["nogil"]


def test_drawing_needs_no_torch():
    code = (
        "import sys; from sketchlib import raster; from sketchlib.sketch import Sketch;"
        "print(raster.render(Sketch.from_points([[(0.1, 0.2), (0.5, 0.5)]]), 16).any(), 'torch' in sys.modules)"
    )
    drawn_and_torch = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert drawn_and_torch.split() == ["True", "False"]
