"""Shape embeddings against an LSTM written slowly; cosines and the order map against loops."""

import math

import numpy as np
import pytest

from sketchlib.errors import ModelError
from sketchlib.models.cards import Preprocessing
from sketchlib.shapes import FRAME, cosines, directions, embed, embed_samples, order_similarity
from sketchlib.sketch import Sketch
from tests.attribution.oracle import recogniser as another
from tests.network_oracle import normalised, random_drawing, shape_embedding
from tests.shapes.toys import PLAIN, SAMPLES, recogniser

RANDOM = np.random.default_rng(3)
DRAWINGS = [random_drawing(RANDOM, strokes) for strokes in (3, 1, 5)]
TOY = recogniser()


def slow(drawing):
    return np.array([shape_embedding(PLAIN, stroke) for stroke in normalised(drawing)])


def test_embeddings_are_summed_lstm_outputs_of_each_stroke_read():
    found = embed(TOY, [Sketch.from_points(drawing) for drawing in DRAWINGS])
    for rows, drawing in zip(found, DRAWINGS, strict=True):
        np.testing.assert_allclose(rows, slow(drawing), atol=2e-5)


def test_strokes_beyond_the_cards_limit_are_left_out_and_do_not_count_for_the_box():
    drawing = random_drawing(RANDOM, 7)
    drawing[6] = drawing[6] * 100
    (rows,) = embed(TOY, [Sketch.from_points(drawing)])
    np.testing.assert_allclose(rows, slow(drawing[:5]), atol=2e-5)


def test_many_sketches_are_embedded_like_one_at_a_time():
    sketches = [Sketch.from_points(random_drawing(RANDOM, 2)) for _ in range(300)]
    together = embed(TOY, sketches)
    assert len(together) == 300
    for place in (0, 255, 256, 299):
        np.testing.assert_allclose(together[place], embed(TOY, [sketches[place]])[0], atol=1e-5)


def test_a_sample_keeps_its_size_in_the_unit_square():
    found = embed_samples(TOY, SAMPLES)
    for row, sample in zip(found, SAMPLES, strict=True):
        np.testing.assert_allclose(row, slow([sample.points, np.array(FRAME)])[0], atol=2e-5)
    small, large = found[:2]
    assert np.abs(small - large).max() > 0.01


def test_a_network_that_reads_ink_is_refused():
    raster = another("sketchcnn", 0, Preprocessing("none", canvas_side=32, line_width=0.05, softness=0.02))
    with pytest.raises(ModelError, match="reads strokes, got"):
        embed(raster, [Sketch.from_points(DRAWINGS[0])])
    with pytest.raises(ModelError, match="reads strokes, got"):
        order_similarity(raster)


def cosine(first, second):
    lengths = math.sqrt(sum(x * x for x in first)) * math.sqrt(sum(x * x for x in second))
    return sum(x * y for x, y in zip(first, second, strict=True)) / lengths if lengths else 0.0


def test_cosines_and_directions():
    first, second = RANDOM.normal(size=(4, 3)), RANDOM.normal(size=(2, 3))
    first[2] = 0
    wanted = [[cosine(row, column) for column in second] for row in first]
    np.testing.assert_allclose(cosines(first, second), wanted, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(directions(first), axis=1), [1, 1, 0, 1])


def test_order_similarity_leaves_the_first_place_out():
    weight = PLAIN["vit.embeddings.order_embeddings.weight"]
    wanted = [[cosine(weight[i], weight[j]) for j in range(1, 7)] for i in range(1, 7)]
    np.testing.assert_allclose(order_similarity(TOY, rows=6), wanted, atol=1e-6)
