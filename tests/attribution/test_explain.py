"""The verb: what it returns, what it counts, what it refuses."""

import numpy as np
import pytest
import torch
from torch import nn

from sketchlib.attribution import METHODS, Canvas, InkGame, explain, game_for, logit
from sketchlib.errors import InputError, ModelError
from sketchlib.sketch import Sketch
from tests.attribution.oracle import CANVAS, CROSSING, LinearGame, linear, recogniser, smooth, strokes

ONE = Sketch.from_points([[(0.2, 0.2), (0.8, 0.7)]])


@pytest.mark.parametrize("method", METHODS)
def test_every_method_explains_a_users_own_model(method):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 4, 5, 2), nn.GELU(), nn.Flatten(), nn.LazyLinear(7)).eval()
    model(torch.zeros(1, 3, 24, 24))
    score = lambda ink: model(1 - ink.expand(-1, 3, -1, -1))[:, 3]  # noqa: E731
    found = explain(CROSSING, score, method, canvas=CANVAS)
    points = CROSSING.number_of_points
    assert len(found.values) == {"strokes": 4, "segments": 6, "points": points}[METHODS[method].parts]
    assert (found.method, found.parts, found.target) == (method, METHODS[method].parts, "score")
    assert found.signed == (method not in ("p_sla_move", "ink_length", "random"))
    assert found.sketch.ids == CROSSING.ids
    assert not found.values.flags.writeable
    assert found.note == ""
    if found.gap is not None:
        assert found.gap == pytest.approx(found.score - found.blank_score - found.values.sum(), abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_model_calls_are_the_inputs_that_the_model_met(method):
    met = []

    def score(ink):
        met.append(len(ink))
        return smooth(ink)

    found = explain(CROSSING, score, method, canvas=CANVAS, batch=3)
    assert found.model_calls == sum(met)
    assert max(met) <= 3
    whole = explain(CROSSING, smooth, method, canvas=CANVAS, batch=1000)
    assert found.values == pytest.approx(whole.values, abs=1e-5)
    expected = {"sla": 3, "vanilla_gradient": 2, "p_sla": 3, "p_sla_move": 2, "leave_one_out": 6, "shapley": 16}
    expected |= {"ink_length": 2, "random": 2}
    assert found.model_calls == expected.get(method, found.model_calls)


@pytest.mark.parametrize("method", ["smooth_grad", "random", "shapley"])
def test_a_seed_fixes_what_is_drawn_by_lot(method):
    options = {"permutations": 4} if method == "shapley" else {}
    seeds = [None, 0, 0, 1]
    generators = [None if seed is None else torch.Generator().manual_seed(seed) for seed in seeds]
    results = [explain(CROSSING, smooth, method, canvas=CANVAS, generator=g, **options).values for g in generators]
    assert np.array_equal(results[1], results[2])
    assert np.array_equal(results[0], results[1])
    assert not np.allclose(results[1], results[3])


def test_a_game_is_built_once_for_several_methods():
    game = game_for(CROSSING, smooth, CANVAS)
    assert isinstance(game, InkGame)
    for method in ("sla", "leave_one_out", "occlusion"):
        assert np.array_equal(
            explain(CROSSING, game, method).values, explain(CROSSING, smooth, method, canvas=CANVAS).values
        )


def test_values_of_parts_know_their_stroke():
    found = explain(CROSSING, linear, "p_sla", canvas=CANVAS)
    assert found.stroke_of_part.tolist() == [0, 0, 1, 2, 3, 3]
    by_hand = [sum(v for v, s in zip(found.values, found.stroke_of_part, strict=True) if s == k) for k in range(4)]
    assert found.per_stroke() == pytest.approx(by_hand)


def test_ink_length_is_the_length_of_the_strokes():
    found = explain(ONE, linear, "ink_length", canvas=CANVAS)
    assert found.values == pytest.approx([np.hypot(0.6, 0.5)])


def test_one_stroke_is_explained_and_said_to_have_no_ranking():
    for method in METHODS:
        found = explain(ONE, smooth, method, canvas=CANVAS)
        assert np.isfinite(found.values).all()
        assert "one stroke" in found.note
        if method in ("leave_one_out", "shapley", "integrated_gradients"):
            assert found.values == pytest.approx([found.score - found.blank_score], abs=1e-4)


def test_a_callable_may_say_what_it_is():
    class Named:
        description = "similarity to a photo"

        def __call__(self, ink):
            return smooth(ink)

    assert explain(CROSSING, Named(), canvas=CANVAS).target == "similarity to a photo"


@pytest.mark.parametrize(
    ("score", "method", "rule"),
    [
        (lambda ink: linear(ink) * float("nan"), "sla", "finite number, got NaN or infinity for 1 of 1"),
        (lambda ink: linear(ink) * float("nan"), "leave_one_out", "finite number, got NaN or infinity for 6 of 6"),
        (lambda ink: linear(ink).sum(), "shapley", r"one number for each input of the batch \(16,\), got shape \(\)"),
        (lambda ink: ink, "p_sla", r"got shape \(1, 1, 24, 24\)"),
        (lambda ink: linear(ink).tolist(), "leave_one_out", "got list"),
        (lambda ink: linear(ink.detach()), "sla", "score with a gradient, got one without"),
        (lambda ink: (linear(ink) * 0).sqrt(), "sla", "gradient is finite"),
    ],
)
def test_a_model_that_fails_is_said_in_one_sentence(score, method, rule):
    with pytest.raises(ModelError, match=rule) as caught:
        explain(CROSSING, score, method, canvas=CANVAS)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("mistake", "rule"),
    [
        (lambda: explain(CROSSING, linear, "lime"), "a method is one of sla, .*, got 'lime'"),
        (lambda: explain(Sketch(), linear), "at least one stroke, got an empty sketch"),
        (lambda: explain(Sketch(), logit(recogniser("sketchcnn"), "cat")), "at least one stroke"),
        (lambda: explain(CROSSING, LinearGame([1.0])), "one player per stroke"),
        (lambda: explain(strokes(2), LinearGame([1.0, 2.0]), "p_sla"), "p_sla needs a game with strokes to draw"),
        (lambda: explain(strokes(2), LinearGame([1.0, 2.0]), "occlusion"), "occlusion erases ink"),
        (lambda: explain(CROSSING, logit(recogniser("sketchcnn"), "cat"), canvas=Canvas()), "a canvas belongs to"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(mistake, rule):
    with pytest.raises(InputError, match=rule) as caught:
        mistake()
    assert "\n" not in str(caught.value)


def test_a_score_without_gradient_can_still_be_explained_by_removal():
    found = explain(CROSSING, lambda ink: linear(ink.detach()), "leave_one_out", canvas=CANVAS)
    assert found.values == pytest.approx(explain(CROSSING, linear, "leave_one_out", canvas=CANVAS).values)
