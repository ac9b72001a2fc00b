"""Planted strokes: their truth, their place, and their source."""

import numpy as np
import pytest
import torch

from sketchlib.assist.planting import plant
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

LOT = np.random.default_rng(4)
SKETCHES = [Sketch.from_points([5 * LOT.random((3, 2)) for _ in range(count)]) for count in (2, 3, 4, 2, 5, 1)]
PHOTO_OF = (0, 0, 1, 1, 2, 2)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def strokes(sketch):
    return {stroke.points.tobytes() for stroke in sketch}


def test_own_strokes_are_in_their_frame_and_the_rest_are_of_other_photos_in_theirs():
    for each in plant(SKETCHES, PHOTO_OF, seeded()):
        own = strokes(each.source)
        others = set().union(*(strokes(s.fitted()) for s, p in zip(SKETCHES, PHOTO_OF, strict=True) if p != each.photo))
        assert any(own == strokes(sketch.fitted()) for sketch in SKETCHES)
        assert each.sketch.ids == tuple(range(len(each.sketch)))
        for stroke, strange in zip(each.sketch, each.strange, strict=True):
            assert stroke.points.tobytes() in (others if strange else own)
        assert len(each.sketch) == len(each.source) + each.strange.sum()


def test_one_two_and_three_are_planted_in_turn_and_single_strokes_are_left_out():
    found = plant(SKETCHES, PHOTO_OF, seeded())
    assert [int(each.strange.sum()) for each in found] == [1, 2, 3, 1, 2]
    assert min(len(each.source) for each in found) == 2


def test_a_seed_decides():
    one, same, other = (plant(SKETCHES, PHOTO_OF, seeded(seed)) for seed in (3, 3, 4))
    assert all(a.sketch.equals(b.sketch) for a, b in zip(one, same, strict=True))
    assert not all(a.sketch.equals(b.sketch) for a, b in zip(one, other, strict=True))


def test_one_photo_is_too_few():
    with pytest.raises(InputError, match="of one photo"):
        plant(SKETCHES[:2], (0, 0), seeded())
