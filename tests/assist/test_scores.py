"""The measures by hand, and a whole judgement on drawings of toys."""

import numpy as np
import pytest

from sketchlib.assist.judge import Questions, highest, judge
from sketchlib.assist.report import as_text, page
from sketchlib.assist.scores import Flagged, auc, best_threshold, flag_scores, found_scores, ratio
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch
from tests.assist.toys import READER, embed


def test_auc_counts_pairs():
    assert auc(np.array([3.0, 1.0, 2.0, 1.0]), np.array([True, False, False, True])) == (1 + 1 + 0 + 0.5) / 4


def test_flag_scores_by_hand():
    truth = [np.array([True, False, False]), np.array([False, True])]
    ways = [
        Flagged(np.array([2.0, 1.0, 3.0]), np.array([True, False, True]), 1),
        Flagged(np.array([1.0, 2.0]), np.array([False, True]), 12),
    ]
    best = [Flagged(np.array([9.0, 1.0, 3.0]), ways[0].flags, 1), ways[1]]
    found = flag_scores(ways, truth, np.array([0, 1]), best)
    assert (found.auc, found.lead, found.n) == (0.75, 0.25, 2)
    assert (found.precision, found.recall) == (pytest.approx(2 / 3), 1.0)
    assert (found.found.acc1, found.found.acc10) == (0.5, 0.5)
    assert found.auc_ci == (0.5, 1.0)


def test_ranks_become_accuracies():
    found = found_scores([1, 10, 11, 2], np.arange(4))
    assert (found.acc1, found.acc10) == (0.25, 0.75)


def test_a_ratio_of_nothing_is_nothing():
    assert ratio(np.zeros((3, 2))) == 0


def test_the_best_threshold_is_that_of_the_best_f1():
    lot = np.random.default_rng(0)
    scores, truth = lot.normal(size=60), lot.random(60) < 0.3

    def f1(threshold):
        flagged = scores > threshold
        return 2 * (flagged & truth).sum() / (flagged.sum() + truth.sum())

    assert f1(best_threshold(scores, truth)) == max(f1(each) for each in [*(scores - 1e-9), 9.0])


def test_highest_marks_so_many():
    np.testing.assert_array_equal(highest(np.array([1.0, 3.0, 3.0, 2.0]), 2), [False, True, True, False])
    assert not highest(np.array([1.0]), 0).any()


@pytest.fixture(scope="module")
def judged():
    lot = np.random.default_rng(1)
    photos = [Sketch.from_points([lot.random((3, 2)) for _ in range(4)]) for _ in range(8)]
    shaken = [photo.with_points([s.points + lot.normal(0, 0.01, (3, 2)) for s in photo]) for photo in photos * 2]
    half = Questions(embed(photos), shaken, [*range(8), *range(8)])
    return judge("toy", READER, half, half, gates=3, tuning=10)


def test_planted_strokes_are_flagged_far_better_than_by_chance(judged):
    fast, random = judged.flags["fast"], judged.flags["random"]
    assert fast.auc > 0.85 > random.auc
    assert random.lead == pytest.approx(fast.auc - random.auc)
    assert (fast.n, judged.flags["gates"].n, judged.n_sketches) == (16, 3, 16)
    assert fast.found.acc1 > judged.planted["planted"].acc1
    assert judged.filtering["planted"]["oracle"]["found"].acc1 == fast.found.acc1
    assert set(judged.filtering["as_drawn"]) == {"filtered", "random", "shortest", "oracle"}


def test_the_page_has_every_way_and_every_filter(judged):
    text = page([judged], "python -m sketchlib evaluate assist")
    assert text.count("| `fast`: alone") == 1
    assert text.count("filtered, photo unknown") == 2
    assert "—" not in text
    assert len(as_text(judged).splitlines()) == 1 + 2 + 7 + 8
    widths = {line.count("|") for line in text.splitlines() if line.startswith("| ")}
    assert widths == {9, 6}


def test_sketches_of_one_stroke_cannot_be_judged():
    lone = Questions(np.eye(2, 17), [Sketch.from_points([[(0, 0), (1, 1)]])] * 2, [0, 1])
    pair = Questions(np.eye(2, 17), [Sketch.from_points([[(0, 0), (1, 1)], [(0, 1), (1, 0)]])] * 2, [0, 1])
    with pytest.raises(InputError):
        judge("toy", READER, pair, lone, tuning=2)
