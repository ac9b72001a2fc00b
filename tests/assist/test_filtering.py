"""Filtering: nobody tells the photo, and what the query finds decides."""

import numpy as np
import pytest

from sketchlib.assist import filtered, views
from sketchlib.assist.filtering import SHARPNESS, TOP, found_direction
from sketchlib.sketch import Sketch
from tests.assist.toys import CHAIR, READER, STRANGE, embed, gallery


def test_the_direction_is_a_softmax_of_the_nearest_less_the_average():
    lot = np.random.default_rng(0)
    vectors, row = embed([Sketch.from_points([lot.random((4, 2))]) for _ in range(20)]), embed([CHAIR])[0]
    near = sorted(range(20), key=lambda i: -float(vectors[i] @ row))[:TOP]
    shares = np.exp([float(vectors[i] @ row) / SHARPNESS for i in near])
    mixed = sum(share * vectors[i] for share, i in zip(shares / shares.sum(), near, strict=True))
    np.testing.assert_allclose(found_direction(row, vectors), mixed - vectors.mean(axis=0), atol=1e-6)


def test_a_strange_stroke_is_left_out_where_the_query_then_finds_something_nearer():
    vectors = gallery()[:2]
    found = filtered(CHAIR, READER, vectors)
    assert found.dropped == (STRANGE,)
    assert found.remaining.ids == (0, 1, 2)
    assert found.likeness_after == pytest.approx(1, abs=1e-6)
    assert found.likeness_before == pytest.approx(float((embed([CHAIR]) @ vectors.T).max()), abs=1e-6)


def test_what_brings_nothing_nearer_is_kept():
    found = filtered(CHAIR, READER, embed([CHAIR, CHAIR.keep([1])]), threshold=-9.0)
    assert found.dropped == ()
    assert found.likeness_after == found.likeness_before


def test_known_views_are_not_looked_at_again():
    seen = views(CHAIR, READER)
    again = filtered(CHAIR, READER, gallery(), seen=seen)
    np.testing.assert_array_equal(again.scores, filtered(CHAIR, READER, gallery()).scores)
