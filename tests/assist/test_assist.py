"""`assist`: what is flagged, the ranks by a slow count, and its errors."""

import json

import numpy as np
import pytest

from sketchlib.assist import METHODS, Aim, assist
from sketchlib.assist.assist import flags
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch
from tests.assist.toys import CHAIR, READER, STRANGE, embed, gallery


def slow_rank(vectors, index, row):
    """1 and those that are strictly nearer; ties as far as rounding goes count as near."""
    return sum(float(row @ other) >= float(row @ vectors[index]) - 1e-6 for other in vectors)


@pytest.mark.parametrize("method", METHODS)
def test_the_strange_stroke_is_flagged_and_the_ranks_are_those_of_the_drawings(method):
    vectors = gallery()
    found = assist(CHAIR, READER, Aim(vectors, 0), method)
    assert found.flagged == (STRANGE,)
    assert found.scores.argmax() == STRANGE
    before, after = embed([CHAIR, CHAIR.without([STRANGE])])
    assert (found.rank_before, found.rank_after) == (slow_rank(vectors, 0, before), slow_rank(vectors, 0, after))
    assert found.likeness_before == pytest.approx(float(before @ vectors[0]), abs=1e-6)
    assert found.likeness_after == pytest.approx(1, abs=1e-6)
    assert found.remaining.ids == (0, 1, 2)
    assert "1 of 4 strokes is flagged" in found.note


def test_nothing_flagged_is_said_and_costs_one_drawing():
    found = assist(CHAIR, READER, Aim(gallery(), 0), threshold=9.0)
    assert (found.flagged, found.rank_before, found.calls) == ((), found.rank_after, 11)
    assert found.note.startswith("None of 4 strokes is flagged")


def test_something_always_stays():
    np.testing.assert_array_equal(flags(np.array([0.3, 0.1, 0.2]), 0.0), [True, False, True])
    np.testing.assert_array_equal(flags(np.array([0.3, 0.1, 0.0]), 0.0), [True, True, False])
    assert len(assist(CHAIR, READER, Aim(gallery(), 0), threshold=-9.0).remaining) == 1


def test_the_direction_is_away_from_the_average_photo():
    vectors = gallery()
    np.testing.assert_allclose(Aim(vectors, 2).direction, vectors[2] - sum(vectors) / len(vectors), atol=1e-6)
    np.testing.assert_allclose(Aim(vectors[:1], 0).direction, vectors[0], atol=1e-6)


def test_flags_follow_the_strokes_whatever_their_order():
    mixed = Sketch(tuple(CHAIR[i] for i in (2, STRANGE, 0, 1)))
    assert assist(mixed, READER, Aim(gallery(), 0)).flagged == (STRANGE,)


def test_a_result_is_plain_in_json():
    told = json.loads(json.dumps(assist(CHAIR, READER, Aim(gallery(), 0)).as_json()))
    assert [stroke["flagged"] for stroke in told["strokes"]] == [False, False, False, True]
    assert told["photos"] == 6


def test_errors_are_sentences():
    with pytest.raises(InputError, match="one stroke: draw another"):
        assist(CHAIR.keep([0]), READER, Aim(gallery(), 0))
    with pytest.raises(InputError, match="fast, gates, got 'magic'"):
        assist(CHAIR, READER, Aim(gallery(), 0), "magic")
    with pytest.raises(InputError, match="got 6 of"):
        Aim(gallery(), 6)
