"""Rates, clips, objectives and Adam against their formulas and torch's own."""

import math
from dataclasses import replace

import pytest
import torch

from sketchlib.errors import InputError
from sketchlib.inversion import PRESETS
from sketchlib.inversion.optimisers import Descent, chosen, clipped, log_odds, objective_slope

SLOPES = torch.randn(2, 3, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_the_papers_preset_is_the_papers():
    paper = PRESETS["sketchxai"]
    assert (paper.rule, paper.objective, paper.longest_move, paper.clip) == ("sgd", "cross_entropy", 0.5, "matrix")
    assert not any((paper.on_canvas, paper.reshape, paper.reorder, paper.leap))
    for t in range(101):
        assert paper.rate(t, 100) == pytest.approx(1e-5 + (10 - 1e-5) * (1 + math.cos(math.pi * t / 100)) / 2)


@pytest.mark.parametrize("size", [1e-4, 0.05, 3.0])
@pytest.mark.parametrize("t", [0, 37, 99, 100])
def test_a_move_of_the_papers_is_its_clip_formula(size, t):
    paper = PRESETS["sketchxai"]
    rate = paper.rate(t, 100)
    moved = Descent(paper, 100).move(size * SLOPES, t)
    for run, slope in enumerate(size * SLOPES):
        length = math.sqrt((slope**2).sum())
        expected = -rate * slope * min(1.0, 0.5 / (rate * length))
        torch.testing.assert_close(moved[run], expected, rtol=1e-2 if size < 1e-3 else 1e-4, atol=1e-12)
        assert math.sqrt((moved[run] ** 2).sum()) <= 0.5


def test_clipped_is_torchs_own_rule():
    for longest in (0.1, 100.0):
        for run in range(2):
            own = torch.nn.Parameter(torch.zeros(3, 2, dtype=torch.float64))
            own.grad = SLOPES[run].clone()
            torch.nn.utils.clip_grad_norm_([own], longest)
            torch.testing.assert_close(clipped(SLOPES, longest, "matrix")[run], own.grad)


def test_a_clip_by_stroke_shortens_only_long_moves():
    values = torch.tensor([[[3.0, 4.0], [0.03, 0.04]]])
    torch.testing.assert_close(clipped(values, 0.5, "stroke"), torch.tensor([[[0.3, 0.4], [0.03, 0.04]]]))


@pytest.mark.parametrize("objective", ["cross_entropy", "log_odds"])
def test_objective_slopes_are_those_of_autograd(objective):
    logits = torch.tensor([[1.0, -2.0, 0.5], [0.0, 3.0, 3.5]], dtype=torch.float64, requires_grad=True)
    target = torch.tensor([0, 2])
    loss = -log_odds(logits, target)
    if objective == "cross_entropy":
        loss = torch.nn.functional.cross_entropy(logits, target, reduction="none")
    (expected,) = torch.autograd.grad(loss.sum(), logits)
    torch.testing.assert_close(objective_slope(logits.detach(), target, objective), expected)


def test_log_odds_are_those_of_the_softmax():
    logits = torch.tensor([[1.0, -2.0, 0.5]], dtype=torch.float64)
    p = logits.softmax(dim=1)[0, 1]
    assert log_odds(logits, torch.tensor([1])).item() == pytest.approx(math.log(p / (1 - p)))


def test_adam_is_torchs_with_our_rates():
    settings = replace(PRESETS["on_canvas"], longest_move=math.inf)
    own = torch.nn.Parameter(torch.zeros_like(SLOPES))
    torchs, descent = torch.optim.Adam([own], betas=(0.9, 0.99)), Descent(settings, 10)
    place = torch.zeros_like(SLOPES)
    for t in range(10):
        slope = SLOPES * math.cos(t) + 0.1 * t
        torchs.param_groups[0]["lr"] = settings.rate(t, 10)
        own.grad = slope
        torchs.step()
        place = place + descent.move(slope, t)
    torch.testing.assert_close(place, own.detach())


def test_the_rate_falls_along_half_a_cosine_to_its_last_value():
    falling = replace(PRESETS["sketchxai"], learning_rate=3.0, last_rate=1.0)
    assert [falling.rate(step, 4) for step in (0, 2, 4)] == pytest.approx([3.0, 2.0, 1.0])
    assert falling.rate(1, 4) == pytest.approx(2.0 + math.cos(math.pi / 4))


def test_an_unknown_optimiser_is_refused():
    assert chosen("sketchxai") is PRESETS["sketchxai"]
    with pytest.raises(InputError, match="got 'sgd'"):
        chosen("sgd")
