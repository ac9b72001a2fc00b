"""`attack` against searches written slowly, its proof, and its errors."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from sketchlib.adversarial import STRATEGIES, attack, explained
from sketchlib.attribution import Attribution, explain, margin
from sketchlib.errors import InputError, ModelError, SketchlibError, TargetError
from sketchlib.sketch import Sketch
from tests.adversarial.toys import CLASSES, Table, reaches, shares, slow_greedy, slow_optimum, strokes
from tests.attribution.oracle import CROSSING, recogniser

SIX = strokes(6)


def valued(values):
    """An attribution with these values."""

    def attribute(sketch, category, other):
        return Attribution(np.array(values, float), "strokes", sketch, "m", "t", 1, 0, True, None, None, 7)

    return attribute


def started(seed, target=False):
    """A table, what it sees in six strokes, and another class or None."""
    model = Table(6, seed)
    category = CLASSES[int(model.row(SIX.ids).argmax())]
    return model, category, CLASSES[(CLASSES.index(category) + 1) % 3] if target else None


cases = given(seed=some.integers(0, 500), targeted=some.booleans(), budget=some.sampled_from([0.2, 0.4, 0.7, 1.0]))


@cases
def test_exhaustive_finds_the_fewest_strokes_then_the_least_ink(seed, targeted, budget):
    model, category, target = started(seed, targeted)
    found, best = attack(model, SIX, target, "exhaustive", budget), slow_optimum(model, SIX, category, target, budget)
    assert found.flipped == (best is not None)
    assert found.minimal == found.flipped
    assert found.impossible == (not found.flipped)
    if best is not None:
        assert set(found.deleted) == best


@cases
def test_greedy_is_leave_one_out_of_what_is_left(seed, targeted, budget):
    model, category, target = started(seed, targeted)
    found = attack(model, SIX, target, "greedy", budget)
    gone, flipped = slow_greedy(model, SIX, category, target, budget)
    assert (list(found.deleted), found.flipped) == (gone, flipped)


@cases
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_an_attack_says_is_true(strategy, seed, targeted, budget):
    model, category, target = started(seed, targeted)
    found = attack(model, SIX, target, strategy, budget, attribute=valued([3, 1, 2, 6, 5, 4]))
    ink, gone = shares(SIX), []
    for step in found.steps:
        gone += step.deleted.ids
        assert step.remaining.ids == tuple(i for i in SIX.ids if i not in gone)
        row = np.exp(model.row(step.remaining.ids))
        np.testing.assert_allclose(step.probabilities, row / row.sum(), rtol=1e-9)
        assert step.ink == pytest.approx(ink[gone].sum())
        assert step.ink <= budget + 1e-9
        assert step.top == CLASSES[int(row.argmax())]
    assert found.steps[0].remaining.equals(SIX)
    assert len(found.final.remaining) > 0
    assert found.category == category
    assert found.flipped == reaches(model.row(found.final.remaining.ids), category, target)
    back = [i for i in gone if model.row([*found.final.remaining.ids, i]).argmax() == CLASSES.index(category)]
    assert set(found.restored) == set(back if found.flipped else [])
    best = slow_optimum(model, SIX, category, target, budget)
    if found.minimal:
        assert set(gone) == best
    if found.impossible:
        assert best is None


def test_a_wide_beam_is_exhaustive_and_a_narrow_search_may_miss():
    worse = 0
    for seed in range(40):
        model, four = Table(4, seed), strokes(4)
        found, best = (attack(model, four, strategy=name) for name in ("beam", "exhaustive"))
        assert (found.deleted if not found.flipped else set(found.deleted)) == (
            found.deleted if not best.flipped else set(best.deleted)
        )
        worse += len(attack(model, SIX.prefix(4), strategy="greedy").deleted) > len(best.deleted)
    assert worse > 0


def test_one_shot_follows_the_attribution_and_counts_its_calls():
    model = Table(6, 0, bias=100.0)
    found = attack(model, SIX, strategy="one_shot", attribute=valued([3, 1, 2, 6, 5, 4]))
    assert found.deleted == (3, 4, 5, 0, 2)
    assert found.calls == 7 + 6
    assert not found.flipped
    assert not found.impossible
    assert "found no deletion" in found.note


def test_shortest_and_random_orders():
    model = Table(6, 0, bias=100.0)
    assert attack(model, SIX, strategy="shortest").deleted == (0, 1, 2, 3, 4)
    orders = {
        attack(model, SIX, strategy="random", generator=torch.Generator().manual_seed(seed)).deleted
        for seed in range(5)
    }
    assert len(orders) > 1
    assert attack(model, SIX, strategy="random").deleted == attack(model, SIX, strategy="random").deleted


def test_subsets_are_asked_for_once_and_in_batches():
    model = Table(6, 0, bias=100.0)
    found = attack(model, SIX, strategy="exhaustive")
    assert found.impossible
    assert "No deletion within 100%" in found.note
    assert found.calls == 2**6 - 1
    assert model.asked == [1, 6, 15, 20, 15, 6, 1]  # the whole, each size, and the proof


def test_memory_saves_time_and_not_the_count():
    model, memory = Table(6, 1), {}
    first = attack(model, SIX, strategy="exhaustive", memory=memory)
    model.asked.clear()
    again = attack(model, SIX, strategy="exhaustive", memory=memory)
    assert model.asked == [1, 1]
    assert (again.calls, again.deleted) == (first.calls, first.deleted)


def test_a_flip_that_the_last_pass_does_not_show_is_not_claimed():
    class Fickle(Table):
        def logits(self, sketches):
            rows = super().logits(sketches)
            return rows if len(sketches) > 1 else rows * 0 + np.array([9.0, 0.0, 0.0])

    found = attack(Fickle(6, 3), SIX)
    assert found.steps[-1].top != "cat"
    assert not found.flipped
    assert not found.impossible
    assert found.restored == ()
    assert found.margin == 9.0


@pytest.mark.parametrize(
    ("sketch", "options", "words"),
    [
        (SIX, {"strategy": "clever"}, "a strategy is one of one_shot, greedy, beam, exhaustive, random, shortest"),
        (SIX, {"parts": "points"}, "strokes or segments"),
        (SIX, {"parts": "segments", "strategy": "beam"}, "segments are deleted by"),
        (SIX, {"budget": 0.0}, "above 0 and up to 1, got 0.0"),
        (SIX, {"budget": 1.2}, "above 0 and up to 1, got 1.2"),
        (Sketch(), {}, "got an empty one"),
        (SIX.prefix(1), {}, "a sketch of one stroke"),
        (Sketch.from_points([[(0, 0), (1, 1)]] * 3), {}, "got the same one 3 times"),
        (strokes(15), {"strategy": "exhaustive"}, "up to 14 strokes, got 15"),
        (Sketch(SIX.strokes, "dog"), {}, "labelled 'dog' that it takes for 'cat'"),
        (SIX, {"strategy": "one_shot"}, "got none for Table"),
    ],
)
def test_errors_are_sentences(sketch, options, words):
    with pytest.raises(InputError, match=words):
        attack(Table(15, 0, bias=100.0), sketch, **options)


def test_targets_and_logits_are_checked():
    model = Table(6, 0, bias=100.0)
    for target, words in (("cat", "another class than the one the model sees already"), ("yak", "the 3 classes")):
        with pytest.raises(TargetError, match=words):
            attack(model, SIX, target)
    model.bias = np.array([np.nan, 0, 0])
    with pytest.raises(ModelError, match="finite"):
        attack(model, SIX)
    model.bias, model.classes = np.zeros(3), ("cat", "cow")
    with pytest.raises(SketchlibError, match="one row a sketch"):
        attack(model, SIX)


def test_the_label_of_a_recognised_sketch_is_kept_and_json_is_plain():
    model, category, _ = started(1)
    found = attack(model, Sketch(SIX.strokes, category), strategy="exhaustive")
    plain = json.loads(json.dumps(found.as_json()))
    assert [step["deleted"] for step in plain["steps"][1:]] == [[i] for i in found.deleted]
    assert plain["restored"] == list(found.restored)
    assert plain["note"] == found.note
    assert set(plain["steps"][-1]["probabilities"]) == {category, found.final.top}


def test_explained_is_the_attribution_of_the_margin():
    made = recogniser("sketchxainet")
    own = explained(made, "leave_one_out")(CROSSING, "cat", "dog")
    np.testing.assert_array_equal(own.values, explain(CROSSING, margin(made, "cat", "dog"), "leave_one_out").values)


@pytest.mark.parametrize("strategy", ["greedy", "exhaustive"])
def test_a_tie_is_not_the_goal(strategy):
    """Without one stroke both classes are as likely; only without two the other is seen."""

    class Even(Table):
        def row(self, ids):
            return np.array([1.0, {6: 0.5, 5: 1.0}.get(len(ids), 2.0), 0.0])

    found = attack(Even(6, 0), SIX, strategy=strategy)
    assert found.flipped
    assert len(found.final.remaining) == 4
