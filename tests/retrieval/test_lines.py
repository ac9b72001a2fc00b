"""Lines of photos and of sketches: where they lie, how wide they are, and what happens to odd pictures."""

import math

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sketchlib.models.inputs import flat
from sketchlib.retrieval.lines import CANVASES, SIDE, SPAN, drawn_lines, line_width, photo_lines, sketch_lines
from sketchlib.sketch import Sketch
from tests.network_oracle import random_drawing
from tests.raster_oracle import oracle


def framed(drawing: list[np.ndarray]) -> list[np.ndarray]:
    """The box's centre to the middle of the canvas, its long side to SPAN."""
    points = np.concatenate(drawing)
    low, high = points.min(axis=0), points.max(axis=0)
    side = (high - low).max()
    scale = SPAN / side if side > 0 else 1.0
    return [(stroke - (low + high) / 2) * scale + 0.5 for stroke in drawing]


@given(st.integers(0, 1000), st.integers(1, 4))
def test_a_sketch_is_drawn_by_the_rasters_equation_in_its_frame(seed, strokes):
    drawing = random_drawing(np.random.default_rng(seed), strokes, 4)
    side = CANVASES[0]
    expected = oracle(framed(drawing), side, (1 + side / 128) / side, 0.5 / side)
    found = sketch_lines([Sketch.from_points(drawing)], side)
    assert found.shape == (1, 1, side, side)
    assert np.abs(found[0, 0].numpy() - expected).max() < 1e-3


@pytest.mark.parametrize(("side", "width"), [(32, 1.25), (64, 1.5), (128, 2.0), (256, 3.0)])
def test_a_line_has_its_canvas_width_in_pixels(side, width):
    """Ink of a row across a slanting line, mean over rows: the soft rim loses inside what it gains outside."""
    assert line_width(side) == width
    rows = sketch_lines([Sketch.from_points([[(0.4, 0), (0.6, 1)]])], side)[0, 0, side // 4 : -side // 4]
    assert float(rows.sum(dim=1).mean()) == pytest.approx(width * math.hypot(1, 0.2), rel=0.03)


@pytest.mark.parametrize("side", CANVASES)
def test_a_sketchs_place_and_size_do_not_matter(side):
    drawing = random_drawing(np.random.default_rng(3), 4, 6)
    moved = [0.2 * stroke + [0.7, 0.1] for stroke in drawing]
    one, other = sketch_lines([Sketch.from_points(drawing), Sketch.from_points(moved)], side)
    assert float((one - other).abs().max()) < 1e-3


def test_each_sketch_of_a_batch_is_drawn_alone():
    sketches = [Sketch.from_points(random_drawing(np.random.default_rng(seed), 3, 5)) for seed in range(4)]
    together = sketch_lines(sketches, 64)
    assert torch.equal(together, torch.cat([sketch_lines([sketch], 64) for sketch in sketches]))


def test_a_jitter_multiplies_the_width_of_its_sketch_alone():
    lines = flat([Sketch.from_points([[(0.5, 0.1), (0.5, 0.9)]])] * 2)
    plain, wide = drawn_lines(lines, 128, torch.tensor([1.0, 1.5]))[:, 0, 64].sum(dim=1).tolist()
    assert plain == pytest.approx(2.0, abs=0.02)
    assert wide == pytest.approx(3.0, abs=0.02)


# --- photos


def black_on_white(height: int, width: int, box: tuple[int, int, int, int]) -> np.ndarray:
    """A black rectangle; box: top, bottom, left, right."""
    photo = np.full((height, width, 3), 255, np.uint8)
    top, bottom, left, right = box
    photo[top:bottom, left:right] = 0
    return photo


def box_of(lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest x, y of what is not 0, in pixels, edges of pixels."""
    rows, columns = np.nonzero(lines)
    return np.array([columns.min(), rows.min()]), np.array([columns.max() + 1, rows.max() + 1])


@pytest.mark.parametrize(
    ("height", "width", "box"),
    [
        (256, 256, (60, 190, 50, 210)),
        (256, 256, (10, 110, 140, 220)),
        (600, 400, (100, 500, 150, 250)),
        (100, 90, (20, 80, 30, 70)),
        (2000, 3000, (300, 1500, 2000, 2400)),
    ],
    ids=["centred", "in a corner", "tall", "enlarged", "large"],
)
def test_the_box_of_a_photos_lines_is_centred_and_spans_the_frame(height, width, box):
    low, high = box_of(photo_lines(black_on_white(height, width, box)))
    top, bottom, left, right = box
    assert (low + high) / 2 == pytest.approx(np.full(2, SIDE / 2), abs=2)
    long = max(right - left, bottom - top)
    expected = np.array([right - left, bottom - top]) / long * SPAN * SIDE
    # Canny's edge lies within a pixel of the step, before and after the enlargement; the cross adds one on each side.
    small = max(height, width) / SIDE
    slack = 3 + 2 * SPAN * SIDE * max(small, 1) / long
    assert high - low == pytest.approx(expected, abs=slack)


def test_what_is_enlarged_is_not_shifted():
    """Squares anywhere between pixels, enlarged 4.5 times; a single one is off by what Canny rounds."""
    random = np.random.default_rng(0)
    off = []
    for top, left in random.integers(100, 1500, (40, 2)):
        large = black_on_white(2048, 2048, (top, top + 400, left, left + 400))
        low, high = box_of(photo_lines(cv2.resize(large, (256, 256), interpolation=cv2.INTER_AREA)))
        off.append((low + high) / 2 - SIDE / 2)
    assert np.mean(off, axis=0) == pytest.approx(np.zeros(2), abs=1)


def test_lines_of_a_photo_are_255_on_0_and_three_pixels_wide():
    lines = photo_lines(black_on_white(256, 256, (60, 190, 50, 210)))
    assert lines.dtype == np.uint8
    assert lines.shape == (SIDE, SIDE)
    assert set(np.unique(lines)) == {0, 255}
    left_half = lines[SIDE // 2, : SIDE // 2] > 0
    assert left_half.sum() in (3, 4)
    assert not lines[SIDE // 2 - 20 : SIDE // 2 + 20, 100:156].any()


def test_a_photo_and_a_sketch_of_its_outline_look_alike():
    """The same frame: most ink of either lies within two pixels of the other's."""
    photo = black_on_white(300, 200, (60, 260, 30, 130))
    outline = Sketch.from_points([[(30, 60), (130, 60), (130, 260), (30, 260), (30, 60)]])
    lines = photo_lines(photo) > 0
    drawn = sketch_lines([outline], SIDE)[0, 0].numpy() > 0.5
    for one, other in ((lines, drawn), (drawn, lines)):
        near = cv2.dilate(other.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        assert (one & near).sum() > 0.95 * one.sum()


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (700, 1), (256, 256), (3, 4)])
def test_a_photo_without_edges_has_no_lines(shape):
    assert not photo_lines(np.full((*shape, 3), 200, np.uint8)).any()


@pytest.mark.parametrize("shape", [(1, 2), (2, 1), (2, 2), (5, 900), (900, 5), (64, 64)])
def test_noise_of_any_shape_gives_lines_of_the_frame(shape):
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert photo_lines(noise).shape == (SIDE, SIDE)


def test_higher_thresholds_find_fewer_lines():
    random = np.random.default_rng(1)
    smooth = cv2.GaussianBlur(random.random((256, 256)), (0, 0), 4)
    photo = cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)[:, :, None].repeat(3, axis=2)
    counts = [(photo_lines(photo, low=low, high=high) > 0).sum() for low, high in ((5.0, 15.0), (20, 60), (40, 120))]
    assert counts[0] > counts[1] > counts[2]
