"""Oriented gradients by loops over pixels and blocks, and what they are for."""

import math

import cv2
import numpy as np
import pytest

from sketchlib.retrieval.hog import hog
from sketchlib.retrieval.lines import sketch_lines
from sketchlib.sketch import Sketch
from tests.network_oracle import random_drawing


def image(seed: int) -> np.ndarray:
    sketch = Sketch.from_points(random_drawing(np.random.default_rng(seed), 3, 6))
    return (255 * sketch_lines([sketch], 256)[0, 0].numpy()).astype(np.uint8)


def slow_hog(lines: np.ndarray) -> np.ndarray:
    """128 pixels; 9 bins of 20 degrees, unsigned, weighted by the gradient; blocks of 2 x 2 cells normalised."""
    small = cv2.GaussianBlur(cv2.resize(lines, (128, 128), interpolation=cv2.INTER_AREA), (0, 0), 1.5) / 255
    cells = np.zeros((8, 8, 9))
    for y in range(128):
        for x in range(128):
            above, below, left, right = max(y - 1, 0), min(y + 1, 127), max(x - 1, 0), min(x + 1, 127)
            down = (small[below, x] - small[above, x]) / (below - above)
            across = (small[y, right] - small[y, left]) / (right - left)
            degrees = math.degrees(math.atan2(down, across)) % 180
            cells[y // 16, x // 16, min(int(degrees / 20), 8)] += math.hypot(across, down)
    blocks = []
    for row in range(7):
        for column in range(7):
            four = [cells[row + i, column + j] for j in (0, 1) for i in (0, 1)]
            block = np.concatenate(four)
            blocks.append(block / (np.linalg.norm(block) + 0.01))
    vector = np.concatenate(blocks)
    return vector / np.linalg.norm(vector)


def test_it_is_its_definition():
    lines = image(0)
    assert hog(lines) == pytest.approx(slow_hog(lines), abs=1e-3)
    assert hog(lines).dtype == np.float32


def test_a_vector_has_length_1_and_blank_paper_none():
    assert np.linalg.norm(hog(image(1))) == pytest.approx(1, abs=1e-6)
    assert not hog(np.zeros((256, 256), np.uint8)).any()


def test_a_shifted_drawing_is_nearer_than_another_one():
    drawing, other = image(2), image(3)
    moved = np.roll(drawing, 3, axis=1)
    assert hog(drawing) @ hog(moved) > hog(drawing) @ hog(other) + 0.05


def test_a_turned_line_is_another_orientation():
    upright, level = np.zeros((2, 256, 256), np.uint8)
    upright[:, 126:130] = 255
    level[126:130] = 255
    assert hog(upright) @ hog(level) < 0.3
