"""Votes counted one by one; the defence on tables, its attacks replayed."""

import numpy as np
import pytest

from sketchlib.adversarial import attack
from sketchlib.adversarial.defence import BUDGETS, defence_scores, left_by, right
from sketchlib.adversarial.voting import LOTS, RULES, Voting, by_lot, leave_one_out
from sketchlib.sketch import Sketch
from tests.adversarial.toys import CLASSES, Table, strokes

SIX = strokes(6)


def softmax(row):
    exponential = [np.exp(value) for value in row]
    return np.array([value / sum(exponential) for value in exponential])


def test_leave_one_out_votes_are_the_mean_over_the_whole_and_every_single_deletion():
    model = Table(6, 3)
    votes = [softmax(model.row(SIX.ids)), *(softmax(model.row([i for i in SIX.ids if i != gone])) for gone in SIX.ids)]
    found = np.exp(Voting(model).logits([SIX]))[0]
    np.testing.assert_allclose(found, sum(votes) / 7, rtol=1e-9)
    assert found.sum() == pytest.approx(1)


@pytest.mark.parametrize("rule", RULES.values())
def test_votes_of_several_sketches_do_not_mix(rule):
    model, some = Table(6, 1), [SIX, SIX.prefix(1), SIX.prefix(4)]
    together = Voting(model, rule).logits(some)
    for row, sketch in zip(together, some, strict=True):
        np.testing.assert_allclose(row, Voting(model, rule).logits([sketch])[0])
        assert rule(sketch)[0] is sketch


def test_lots_are_the_same_each_time_and_keep_about_three_of_four():
    first, again = by_lot(SIX), by_lot(SIX)
    assert [each.ids for each in first] == [each.ids for each in again]
    assert len(first) <= LOTS + 1
    kept = [len(each) for count in range(2, 12) for each in by_lot(strokes(count))[1:]]
    assert sum(kept) / (LOTS * sum(range(2, 12))) == pytest.approx(0.75, abs=0.08)
    assert [each.ids for each in leave_one_out(SIX.prefix(1))] == [(0,)]


def test_defence_replays_its_attacks():
    model = Table(6, 1)
    seen = CLASSES[int(model.row(SIX.ids).argmax())]
    some = [Sketch(SIX.strokes, seen), Sketch(SIX.strokes, "dog" if seen != "dog" else "cow")]
    shown = left_by(model, some)
    for budget in BUDGETS:
        found = attack(model, some[0], budget=budget)
        assert shown[budget][0].ids == (found.final.remaining if found.flipped else SIX).ids
        assert shown[budget][1] is some[1]
    scores = defence_scores("table", model, some, 1)
    assert scores.clean["alone"].value == 0.5
    assert scores.transfer["alone"][1.0].value == right(model, shown[1.0], some).value
    assert {share.n for rule in scores.adaptive.values() for share in rule.values()} == {1}
    voting = Voting(model)
    by_hand = left_by(voting, some[:1])[0.2][0]
    own = float(voting.classes[int(voting.logits([by_hand]).argmax())] == seen)
    assert scores.adaptive["leave_one_out"][0.2].value == own
    assert scores.as_json()["clean"]["by_lot"]["n"] == 2
