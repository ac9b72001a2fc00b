"""Likeness against cosines taken by hand, its gradient against differences, and what explains it."""

import numpy as np
import pytest
import torch

from sketchlib.attribution import Canvas, InkGame, explain
from sketchlib.errors import InputError
from sketchlib.retrieval.likeness import likeness, likeness_margin
from sketchlib.retrieval.lines import CANVASES, SOFTNESS, SPAN, line_width, sketch_lines
from sketchlib.retrieval.model import Retriever, load_retriever
from sketchlib.sketch import Sketch
from tests.network_oracle import random_drawing
from tests.retrieval import cards

SKETCH = Sketch.from_points(random_drawing(np.random.default_rng(4), 4, 6))
PHOTOS = [np.random.default_rng(seed).integers(0, 256, (40, 60, 3), dtype=np.uint8) for seed in range(2)]


@pytest.fixture(scope="module")
def network(tmp_path_factory) -> Retriever:
    return load_retriever(cards.write_student(tmp_path_factory.mktemp("student")))


@pytest.fixture(scope="module")
def photos(network):
    return network.photos.embed_photos(PHOTOS)


def cosine(one, other):
    dot = sum(float(a) * float(b) for a, b in zip(one, other, strict=True))
    return dot / (sum(float(a) ** 2 for a in one) * sum(float(b) ** 2 for b in other)) ** 0.5


@pytest.mark.parametrize("with_gradient", [False, True])
def test_likeness_is_the_cosine_of_the_vectors(network, photos, with_gradient):
    ink = sketch_lines([SKETCH, SKETCH.prefix(2)], 32)
    vectors = network.embed_lines(ink)
    with torch.set_grad_enabled(with_gradient):
        alike = likeness(network, photos[0])(ink)
        margin = likeness_margin(network, photos[0], photos[1])(ink)
    assert alike.tolist() == pytest.approx([cosine(row, photos[0]) for row in vectors], abs=1e-4)
    theirs = [cosine(row, photos[0]) - cosine(row, photos[1]) for row in vectors]
    assert margin.tolist() == pytest.approx(theirs, abs=1e-4)
    assert alike.requires_grad is with_gradient


def test_the_distance_of_the_search_follows_from_it(network, photos):
    vector = network.query(SKETCH, 64).vector
    with torch.no_grad():
        alike = float(likeness(network, photos[1])(sketch_lines([SKETCH], 64))[0])
    assert np.linalg.norm(vector - photos[1]) ** 2 == pytest.approx(2 - 2 * alike, abs=1e-4)


def test_its_gradient_is_that_of_differences(network, photos):
    random = torch.Generator().manual_seed(0)
    way = torch.randn(1, 1, 32, 32, generator=random)
    # On blank paper every network of clamps has a corner: grey paper is smooth.
    score, ink = likeness(network, photos[0]), torch.rand(1, 1, 32, 32, generator=random).requires_grad_()
    (slope,) = torch.autograd.grad(score(ink).sum(), ink)
    ahead, behind = (float(score(ink + sign * 2e-4 * way)[0].detach()) for sign in (1, -1))
    assert float((slope * way).sum()) == pytest.approx((ahead - behind) / 4e-4, rel=0.05)


@pytest.mark.parametrize("canvas", CANVASES)
def test_a_game_on_the_canvas_of_the_lines_scores_the_query(network, photos, canvas):
    drawn = Canvas(canvas, line_width(canvas) / canvas, SOFTNESS / canvas)
    game = InkGame(likeness(network, photos[0]), SKETCH, drawn, SKETCH.fitted((1 - SPAN) / 2))
    ink = game.image(torch.ones(1, len(SKETCH))).numpy()
    assert ink == pytest.approx(sketch_lines([SKETCH], canvas).numpy(), abs=1e-3)
    found = explain(SKETCH, game, "leave_one_out")
    assert found.score == pytest.approx(cosine(network.query(SKETCH, canvas).vector, photos[0]), abs=1e-3)


def test_leaving_a_stroke_out_is_drawing_without_it(network, photos):
    drawn = Canvas(64, line_width(64) / 64, SOFTNESS / 64)
    placed = SKETCH.fitted((1 - SPAN) / 2)
    found = explain(SKETCH, InkGame(likeness_margin(network, *photos), SKETCH, drawn, placed), "leave_one_out")
    without = InkGame(likeness_margin(network, *photos), SKETCH, drawn, placed)
    for place in range(len(SKETCH)):
        gates = torch.ones(1, len(SKETCH))
        gates[0, place] = 0
        row = network.embed_lines(without.image(gates))[0]
        left = cosine(row, photos[0]) - cosine(row, photos[1])
        assert found.values[place] == pytest.approx(found.score - left, abs=1e-3)


def test_what_is_no_vector_of_a_photo_is_refused(network, photos):
    with pytest.raises(InputError, match="rows of"):
        likeness(network, photos[0][:-1])
    with pytest.raises(InputError, match="length 1"):
        likeness(network, 2 * photos[0])
    with pytest.raises(InputError, match="same vector twice"):
        likeness_margin(network, photos[0], photos[0])
