"""Oriented gradients by loops over pixels, cells and blocks."""

import math

import numpy as np
import pytest
import torch

from sketchlib.models.mobilenet import MobileNetV2
from sketchlib.retrieval.cost import flops
from sketchlib.retrieval.gradients import BINS, BLUR, CELLS, DIMENSION, gradients_flops, oriented_gradients
from sketchlib.retrieval.lines import CANVASES, sketch_lines
from sketchlib.sketch import Sketch
from tests.network_oracle import random_drawing


def lines(seed: int, side: int = 48) -> torch.Tensor:
    return sketch_lines([Sketch.from_points(random_drawing(np.random.default_rng(seed), 3, 6))], side)


def blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    """A bell cut off at three sigma, paper beyond the canvas."""
    reach = math.ceil(3 * sigma)
    bell = [math.exp(-(place**2) / (2 * sigma**2)) for place in range(-reach, reach + 1)]
    wide = np.pad(image, reach)
    height, width = image.shape
    result = np.zeros(image.shape)
    for row in range(2 * reach + 1):
        for column in range(2 * reach + 1):
            result += bell[row] * bell[column] * wide[row : row + height, column : column + width]
    return result / sum(bell) ** 2


def votes_of(smooth: np.ndarray) -> np.ndarray:
    """(bins, side, side): size (cos 2(a - b) - cos 2 pi / 9) of a pixel of direction a for the bin of direction b."""
    side = len(smooth)
    wide = np.pad(smooth, 1, mode="edge")
    votes = np.zeros((BINS, side, side))
    for y in range(side):
        for x in range(side):
            across, down = wide[y + 1, x + 2] - wide[y + 1, x], wide[y + 2, x + 1] - wide[y, x + 1]
            for number in range(BINS):
                apart = math.atan2(down, across) - number * math.pi / BINS
                vote = math.cos(2 * apart) - math.cos(2 * math.pi / BINS)
                votes[number, y, x] = math.hypot(across, down) * max(0.0, vote)
    return votes


def overlap(first: float, last: float, pixel: int) -> float:
    return max(0.0, min(last, pixel + 1) - max(first, pixel))


def cells_of(votes: np.ndarray) -> np.ndarray:
    """Mean over a square of twice the spacing about each cell; what lies outside the canvas counts as 0."""
    side = votes.shape[-1]
    spacing = side / CELLS
    cells = np.zeros((BINS, CELLS, CELLS))
    for row in range(CELLS):
        for column in range(CELLS):
            top, left = (row - 0.5) * spacing, (column - 0.5) * spacing
            for y in range(side):
                for x in range(side):
                    area = overlap(top, top + 2 * spacing, y) * overlap(left, left + 2 * spacing, x)
                    if area:
                        cells[:, row, column] += area * votes[:, y, x] / (2 * spacing) ** 2
    return cells


def slow_gradients(image: np.ndarray) -> np.ndarray:
    cells = cells_of(votes_of(blurred(image, BLUR * len(image))))
    wide = np.pad(cells, ((0, 0), (1, 1), (1, 1)), mode="edge")
    result = np.zeros(cells.shape)
    for row in range(CELLS):
        for column in range(CELLS):
            for top in (row, row + 1):
                for left in (column, column + 1):
                    size = math.sqrt((wide[:, top : top + 2, left : left + 2] ** 2).sum())
                    result[:, row, column] += cells[:, row, column] / (size + 1e-3) / 4
    return result.ravel() / np.linalg.norm(result)


@pytest.mark.parametrize("side", [24, 32])
def test_they_are_their_definition(side):
    """Cells of 2 pixels, and of two thirds more."""
    image = lines(0, side)
    found = oriented_gradients(image)[0].numpy()
    assert found.shape == (DIMENSION,)
    assert found == pytest.approx(slow_gradients(image[0, 0].double().numpy()), abs=2e-4)


@pytest.mark.parametrize("side", [32, 64, 96, 128, 256])
def test_the_dimension_is_that_of_any_canvas(side):
    rows = oriented_gradients(torch.cat([lines(0, side), lines(1, side)]))
    assert rows.shape == (2, DIMENSION)
    assert rows.norm(dim=1) == pytest.approx(torch.ones(2), abs=1e-5)


def test_blank_paper_says_nothing_and_has_finite_gradients():
    """Much of a sketch's canvas is blank, and what strokes matter is asked through it."""
    paper = torch.zeros(1, 1, 48, 48, requires_grad=True)
    found = oriented_gradients(paper)
    assert float(found.detach().abs().max()) < 1e-3
    found.sum().backward()
    assert paper.grad.isfinite().all()


def test_an_image_does_not_depend_on_its_batch():
    images = torch.cat([lines(seed) for seed in range(3)])
    alone = torch.cat([oriented_gradients(image[None]) for image in images])
    assert torch.allclose(oriented_gradients(images), alone, atol=1e-6)


def test_a_drawing_is_like_itself_a_little_moved():
    drawing, other = lines(2, 96), lines(3, 96)
    one, near, far = oriented_gradients(torch.cat([drawing, drawing.roll(2, 3), other]))
    assert float(one @ near) > float(one @ far) + 0.1


def test_orientations_are_unsigned():
    """Ink on paper and paper on ink have the same."""
    image = lines(4)
    one, other = oriented_gradients(torch.cat([image, 1 - image])).split(1)
    assert float((one * other).sum()) > 0.6


@pytest.mark.parametrize("side", CANVASES)
def test_they_cost_a_few_per_cent_of_the_network(side):
    """A blur of rows and columns, two products a vote, and two matrix products a bin from side x side to 12 x 12."""
    pixels, taps = side * side, 2 * math.ceil(3 * BLUR * side) + 1
    blur, votes = pixels * taps + pixels * taps, pixels * BINS * 2
    gather = BINS * (CELLS * side * side + CELLS * side * CELLS)
    assert gradients_flops(side) == 2 * (blur + votes + gather)
    assert gradients_flops(side) < 0.04 * flops(MobileNetV2(), (1, 3, side, side))
