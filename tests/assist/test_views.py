"""Views against drawings made one by one, and what is refused."""

import dataclasses

import numpy as np
import pytest
import torch

from sketchlib.assist import Aim, views
from sketchlib.assist.views import FIRST
from sketchlib.errors import InputError, ModelError
from sketchlib.sketch import Sketch
from tests.assist.toys import CHAIR, READER, drawn, gallery, look


def test_views_are_those_of_the_subsets_drawn_one_by_one():
    seen = views(CHAIR, READER)
    others = [[j for j in range(4) if j != i] for i in range(4)]
    close = {"rtol": 0, "atol": 1e-5}
    np.testing.assert_allclose(seen.whole, look(drawn(CHAIR))[0], **close)
    np.testing.assert_allclose(seen.without, torch.cat([look(drawn(CHAIR, each)) for each in others]), **close)
    np.testing.assert_allclose(seen.alone, torch.cat([look(drawn(CHAIR, [i])) for i in range(4)]), **close)
    np.testing.assert_allclose(seen.blank, look(torch.zeros(1, 1, 24, 24))[0], **close)
    assert seen.calls == 10


def test_mismatch_is_what_a_stroke_adds_first_and_last_with_the_sign_turned():
    seen, direction = views(CHAIR, READER), Aim(gallery(), 0).direction
    for i in range(4):
        last = float(seen.whole @ direction - seen.without[i] @ direction)
        first = float(seen.alone[i] @ direction - seen.blank @ direction)
        assert seen.mismatch(direction)[i] == pytest.approx(-(last + FIRST * first))


def test_one_batch_is_read():
    sizes = []

    def counting(ink):
        sizes.append(len(ink))
        return look(ink)

    views(CHAIR, dataclasses.replace(READER, look=counting))
    assert sizes == [10]


@pytest.mark.parametrize(("sketch", "said"), [(Sketch(), "empty"), (CHAIR.keep([1]), "one stroke")])
def test_too_few_strokes_are_a_sentence(sketch, said):
    with pytest.raises(InputError, match=said):
        views(sketch, READER)


def test_a_network_that_gives_no_numbers_is_refused():
    with pytest.raises(ModelError, match="finite"):
        views(CHAIR, dataclasses.replace(READER, look=lambda ink: look(ink) * float("nan")))
