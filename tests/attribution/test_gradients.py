"""Gradient methods against their equations, finite differences and captum."""

import numpy as np
import pytest
import torch

from sketchlib.attribution import Canvas, InkGame, explain
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch
from tests.attribution.oracle import (
    CANVAS,
    CROSSING,
    DISJOINT,
    ODD,
    SIDE,
    WEIGHTS,
    LinearGame,
    TableGame,
    linear,
    slope,
    smooth,
    stroke_inks,
    strokes,
    table,
)  # fmt: skip

DRAWN = ("sla", "p_sla", "p_sla_move", "leave_one_out", "integrated_gradients")


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("sla", {}), ("leave_one_out", {}), ("shapley", {}), ("shapley", {"permutations": 10}),
        ("integrated_gradients", {"steps": 3}), ("smooth_grad", {}),
    ],
)  # fmt: skip
def test_every_method_finds_the_weights_of_a_linear_game(method, options):
    weights = [2.0, -1.0, 0.0, 0.25]
    found = explain(strokes(4), LinearGame(weights), method, **options)
    assert found.values == pytest.approx(weights, abs=1e-6)
    assert found.gap == pytest.approx(0, abs=1e-6)
    assert (found.score, found.blank_score) == pytest.approx((1.75, 0.5))
    if found.standard_error is not None:
        assert found.standard_error == pytest.approx(np.zeros(4), abs=1e-6)


def pixel_gradient(score, inks):
    image = torch.from_numpy(1 - np.prod(1 - inks, axis=0))[None, None].requires_grad_()
    (gradient,) = torch.autograd.grad(score(image).sum(), image)
    return gradient[0, 0].numpy()


@pytest.mark.parametrize(("method", "opacity"), [("sla", 0.5), ("vanilla_gradient", 1.0)])
def test_sla_is_pixel_gradient_times_what_the_stroke_alone_lays(method, opacity):
    inks = stroke_inks(CROSSING)
    faded = opacity * inks
    gradient = pixel_gradient(smooth, faded)
    expected = [(gradient * ink * np.prod(1 - np.delete(faded, k, axis=0), axis=0)).sum() for k, ink in enumerate(inks)]
    assert explain(CROSSING, smooth, method, canvas=CANVAS).values == pytest.approx(expected, rel=1e-3, abs=1e-5)


def test_on_hard_strokes_a_pixel_under_two_strokes_speaks_for_neither():
    hard = Canvas(SIDE, line_width=0.1, softness=1e-7)
    inks = stroke_inks(CROSSING, hard)
    assert set(np.unique(inks)) == {0.0, 1.0}
    gradient = pixel_gradient(smooth, inks) * (inks.sum(axis=0) == 1)
    found = explain(CROSSING, smooth, "vanilla_gradient", canvas=hard)
    assert found.values == pytest.approx((gradient * inks).sum(axis=(1, 2)), abs=1e-5)


def test_where_strokes_do_not_meet_and_the_score_is_linear_sla_is_leave_one_out():
    values = [explain(DISJOINT, linear, method, canvas=CANVAS).values for method in ("sla", "leave_one_out")]
    assert values[0] == pytest.approx(values[1], abs=1e-5)
    assert values[0] == pytest.approx((stroke_inks(DISJOINT) * WEIGHTS.numpy()).sum(axis=(1, 2)), abs=1e-4)


@pytest.mark.parametrize("at", [1.0, 0.5, 0.1])
def test_the_gradient_may_be_taken_at_any_opacity(at):
    game = TableGame(table(3, seed=1))
    expected = slope(lambda gates: game.values(gates[None])[0], torch.full((3,), at, dtype=torch.float64))
    found = explain(strokes(3), game, "sla", at=at)
    assert found.values == pytest.approx(expected, abs=1e-5)
    assert (found.score, found.blank_score) == pytest.approx((game.table[7], game.table[0]))
    assert found.model_calls == (2 if at == 1 else 3)


@pytest.mark.parametrize("at", [1.0, 0.4])
@pytest.mark.parametrize("sketch", [CROSSING, DISJOINT])
def test_segments_of_a_stroke_sum_to_its_sla(sketch, at):
    whole, parts = (explain(sketch, smooth, method, canvas=CANVAS, at=at) for method in ("sla", "p_sla"))
    assert len(parts.values) == sum(max(len(stroke) - 1, 1) for stroke in sketch)
    assert parts.per_stroke() == pytest.approx(whole.values, abs=1e-5)
    assert parts.gap == pytest.approx(whole.gap, abs=1e-5)


def test_the_slopes_in_segments_and_in_points_are_finite_differences():
    game = InkGame(smooth, CROSSING, CANVAS)
    gates = torch.linspace(0.55, 0.95, game.segments().players, dtype=torch.float64)[None].requires_grad_()
    (found,) = torch.autograd.grad(game.segments().values(gates).sum(), gates)
    assert found.numpy() == pytest.approx(slope(lambda at: game.segments().values(at)[0], gates), rel=1e-5, abs=1e-7)
    still = torch.zeros(CROSSING.number_of_points, 2, dtype=torch.float64)
    lengths = np.linalg.norm(slope(game.moved, still), axis=1)
    moved = explain(CROSSING, smooth, "p_sla_move", canvas=CANVAS)
    assert moved.values == pytest.approx(lengths, rel=1e-3, abs=1e-4)
    assert moved.gap is None


def test_integrated_gradients_add_up_on_a_smooth_score():
    found = explain(CROSSING, smooth, "integrated_gradients", canvas=CANVAS, steps=64)
    assert abs(found.gap) < 1e-3
    assert abs(found.score - found.blank_score) > 0.1
    coarse = explain(CROSSING, smooth, "integrated_gradients", canvas=CANVAS, steps=1)
    assert abs(coarse.gap) > 10 * abs(found.gap)


def test_captum_finds_the_same():
    attr = pytest.importorskip("captum.attr")
    game, ones = InkGame(smooth, CROSSING, CANVAS), torch.ones(1, len(CROSSING))
    for method, theirs in (
        ("vanilla_gradient", attr.Saliency(game.values).attribute(ones, abs=False)),
        ("leave_one_out", attr.FeatureAblation(game.values).attribute(ones)),
        ("integrated_gradients", attr.IntegratedGradients(game.values).attribute(ones, n_steps=100)),
    ):
        assert explain(CROSSING, game, method).values == pytest.approx(theirs[0].detach().numpy(), abs=2e-5), method


def test_smooth_grad_is_the_mean_gradient_of_folded_noise():
    game = TableGame(table(3))
    found = explain(strokes(3), game, "smooth_grad", samples=5, spread=0.4, generator=torch.Generator().manual_seed(2))
    noise = 0.4 * torch.randn(5, 3, generator=torch.Generator().manual_seed(2))
    rows = np.stack([slope(lambda at: game.values(at[None])[0], 1 - row.abs().double()) for row in noise])
    assert found.values == pytest.approx(rows.mean(axis=0), abs=1e-5)
    assert found.standard_error == pytest.approx(rows.std(axis=0, ddof=1) / np.sqrt(5), abs=1e-5)


@pytest.mark.parametrize("method", DRAWN)
def test_scores_move_with_their_strokes(method):
    order = [2, 0, 3, 1]
    shuffled = Sketch(tuple(CROSSING[i] for i in order))
    expected = explain(CROSSING, smooth, method, canvas=CANVAS).per_stroke()[order]
    assert explain(shuffled, smooth, method, canvas=CANVAS).per_stroke() == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("method", DRAWN)
def test_moving_sketch_and_score_together_changes_nothing(method):
    def elsewhere(ink):
        return smooth(ink.roll((1, -1), dims=(2, 3)))

    moved = CROSSING.transformed(shift=(1 / SIDE, -1 / SIDE))
    expected = explain(CROSSING, smooth, method, canvas=CANVAS).values
    assert explain(moved, elsewhere, method, canvas=CANVAS).values == pytest.approx(expected, abs=2e-4)
    assert explain(moved, smooth, method, canvas=CANVAS).values != pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("method", [*DRAWN, "shapley", "smooth_grad", "occlusion"])
def test_dots_duplicates_and_strokes_off_the_canvas_give_numbers(method):
    found = explain(ODD, smooth, method, canvas=CANVAS)
    assert np.isfinite(found.values).all()
    assert found.per_stroke()[3] == pytest.approx(0, abs=1e-6)
    if method in ("leave_one_out", "shapley"):
        assert found.values[0] == pytest.approx(found.values[2], abs=1e-6)


def test_another_model_gives_another_ranking():
    def ranks(weights, sketch, method="sla"):
        score = lambda ink: (ink[:, 0] * weights).sum(dim=(1, 2)).tanh()  # noqa: E731
        return np.argsort(np.argsort(explain(sketch, score, method, canvas=CANVAS).values))

    random = np.random.default_rng(4)
    own, other = torch.randn(2, SIDE, SIDE, generator=torch.Generator().manual_seed(6)) / 8
    pairs = {"leave_one_out": [], "other weights": []}
    for _ in range(20):
        sketch = Sketch.from_points(random.random((6, 3, 2)))
        first = ranks(own, sketch)
        pairs["leave_one_out"].append(np.corrcoef(first, ranks(own, sketch, "leave_one_out"))[0, 1])
        pairs["other weights"].append(np.corrcoef(first, ranks(other, sketch))[0, 1])
    assert np.mean(pairs["leave_one_out"]) > 0.6
    assert abs(np.mean(pairs["other weights"])) < 0.35


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("sla", {"at": 0.0}), ("p_sla", {"at": 1.5}), ("integrated_gradients", {"steps": 0}),
        ("smooth_grad", {"samples": 1}), ("smooth_grad", {"spread": 0}),
    ],
)  # fmt: skip
def test_options_that_mean_nothing_are_refused(method, options):
    with pytest.raises(InputError, match=r"at least|at most|above"):
        explain(CROSSING, smooth, method, canvas=CANVAS, **options)
