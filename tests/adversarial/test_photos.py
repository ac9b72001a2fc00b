"""Ranks before and after a deletion, counted by hand."""

import numpy as np
import pytest

from sketchlib.adversarial import attack
from sketchlib.adversarial.photos import BUDGETS, PhotoSearch, photo_scores, rank_drop
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch
from tests.adversarial.toys import strokes

SIX = strokes(6)
VECTORS = np.eye(6)[:4]


def embed(sketches):
    """Photo i is of stroke i: a sketch lies along the strokes it has, longer ones more."""
    rows = np.array([[1 + 0.1 * i if i in sketch.ids else 0.0 for i in range(6)] for sketch in sketches])
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


SEARCH = PhotoSearch(("a", "b", "c", "d"), VECTORS, embed)


def test_ranks_count_photos_no_farther():
    drop = rank_drop(SEARCH, SIX, SIX.without({3}))
    assert (drop.photo, drop.before, drop.after, drop.photos) == ("d", 1, 4, 4)
    assert drop.note == "The photo d goes from rank 1 to 4 of 4."
    assert rank_drop(SEARCH, SIX, SIX.without({3}), "a").as_json() == {
        "photo": "a", "before": 4, "after": 3, "photos": 4,
    }  # fmt: skip
    assert rank_drop(SEARCH, SIX, SIX.keep({4, 5}), "a").after == 4, "photos as near as it count"
    with pytest.raises(InputError, match="one of the 4 of the gallery, got 'z'"):
        rank_drop(SEARCH, SIX, SIX, "z")


def test_a_search_is_attacked_as_any_model():
    found = attack(SEARCH, SIX, strategy="exhaustive")
    assert (found.category, found.deleted, found.final.top) == ("d", (3,), "c")


def test_scores_of_ranks():
    labelled = [Sketch(SIX.strokes, "d")] * 3
    scores = {(each.strategy, each.budget): each for each in photo_scores(SEARCH, labelled)}
    assert len(scores) == 2 * len(BUDGETS)
    share = float(
        np.array([0.05 * (i + 1) + 0.0075 for i in range(6)])[3] / sum(0.05 * (i + 1) + 0.0075 for i in range(6))
    )
    for budget in BUDGETS:
        own = scores["greedy", budget]
        lost = budget >= share - 1e-9
        assert (own.n, own.lost, own.mean_rank) == (3, float(lost), 4.0 if lost else 1.0)
        assert own.mean_ink == (pytest.approx(share, rel=0.05) if lost else None)
    with pytest.raises(InputError, match="labelled 'a' that it takes for 'd'"):
        photo_scores(SEARCH, [Sketch(SIX.strokes, "a")])
