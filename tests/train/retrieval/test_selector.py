"""The bandit's rewards, its gradients against enumeration and against samples, and that it learns what pays."""

import itertools
import math

import pytest
import torch
from torch import Generator, Tensor

from sketchlib.retrieval.canvas import student_flops
from sketchlib.retrieval.networks import CanvasSelector
from sketchlib.train.retrieval.losses import MARGIN
from sketchlib.train.retrieval.selector import (
    Experience,
    Rewards,
    _expected,
    _policy_gradient,
    outcome,
    relative_costs,
    train_selector,
)

SKETCHES, CANVASES = 6, 4
REWARDS = Rewards(compute=0.4, rank=0.7, triplet=1.3)


def experience(sketches: int = SKETCHES) -> Experience:
    generator = Generator().manual_seed(0)
    points = torch.rand(sketches, 5, 5, generator=generator)
    ranks = torch.randint(1, 9, (sketches, CANVASES), generator=generator).float()
    triplets = torch.rand(sketches, CANVASES, generator=generator)
    return Experience(points, torch.full((sketches,), 5), ranks, triplets)


def unit_rows(count: int, seed: int) -> Tensor:
    rows = torch.randn(count, 4, generator=Generator().manual_seed(seed))
    return rows / rows.norm(dim=1, keepdim=True)


def test_outcomes_are_ranks_and_mean_triplet_losses():
    sketches, photos, photo_of = unit_rows(7, 0), unit_rows(5, 1), torch.tensor([0, 1, 2, 3, 4, 0, 2])
    rank, triplet = outcome(sketches, photos, photo_of)
    for number, sketch in enumerate(sketches):
        own = math.dist(sketch, photos[photo_of[number]])
        others = [math.dist(sketch, photo) for place, photo in enumerate(photos) if place != photo_of[number]]
        assert rank[number] == 1 + sum(other <= own for other in others)
        expected = sum(max(0, MARGIN + own - other) for other in others) / len(others)
        assert float(triplet[number]) == pytest.approx(expected, abs=1e-5)


def test_what_is_not_a_number_has_the_last_rank():
    sketches = unit_rows(2, 0)
    sketches[0] = math.nan
    assert outcome(sketches, unit_rows(5, 1), torch.tensor([0, 1]))[0][0] == 5


def test_the_rewards_are_the_papers():
    seen = experience()
    found = seen.accuracy_reward(REWARDS)
    for sketch in range(SKETCHES):
        for canvas in range(CANVASES):
            expected = 0.7 / float(seen.ranks[sketch, canvas]) + 1.3 * -float(seen.triplets[sketch, canvas])
            assert float(found[sketch, canvas]) == pytest.approx(expected, rel=1e-6)


def test_relative_costs_run_from_a_64th_to_a_little_over_1():
    q = student_flops()
    expected = [each / (q[3] - q[0]) for each in q]
    assert relative_costs().tolist() == pytest.approx(expected, rel=1e-6)
    assert relative_costs().tolist() == pytest.approx([1 / 63, 4 / 63, 16 / 63, 64 / 63], rel=0.02)


def logits(seed: int = 0) -> Tensor:
    values = torch.randn(SKETCHES, CANVASES, dtype=torch.float64, generator=Generator().manual_seed(seed))
    return values.requires_grad_()


def enumerated(policy: Tensor, accuracy: Tensor, costs: Tensor) -> Tensor:
    """E[R_tot] of each sketch, canvas by canvas; R_comp depends on the policy, not on the canvas drawn."""
    rows = []
    for sketch in range(SKETCHES):
        compute = -sum(costs[j] * policy[sketch, j] for j in range(CANVASES))
        total = sum(
            policy[sketch, c] * (REWARDS.compute * compute + (1 - REWARDS.compute) * accuracy[sketch, c])
            for c in range(CANVASES)
        )
        rows.append(total)
    return torch.stack(rows)


def test_the_expected_reward_is_the_sum_over_canvases_and_so_is_its_gradient():
    accuracy, costs = experience().accuracy_reward(REWARDS).double(), relative_costs().double()
    found, slow = logits(), logits()
    value = _expected(found.softmax(dim=1), accuracy, costs, REWARDS)
    expected = enumerated(slow.softmax(dim=1), accuracy, costs)
    assert value.tolist() == pytest.approx(expected.tolist(), abs=1e-12)
    value.sum().backward()
    expected.sum().backward()
    assert found.grad == pytest.approx(slow.grad, abs=1e-12)


def sampled_gradients(count: int, accuracy: Tensor, costs: Tensor) -> Tensor:
    generator, gradients = Generator().manual_seed(1), []
    for _ in range(count):
        drawn = logits()
        _policy_gradient(drawn.softmax(dim=1), accuracy, costs, REWARDS, generator).backward()
        gradients.append(drawn.grad)
    return torch.stack(gradients)


def test_the_policy_gradient_is_the_exact_one_in_the_mean():
    """Within 4.5 standard errors in each of 24 entries, and those are small beside the gradient."""
    accuracy, costs = experience().accuracy_reward(REWARDS).double(), relative_costs().double()
    exact = logits()
    (-_expected(exact.softmax(dim=1), accuracy, costs, REWARDS).mean()).backward()
    samples = sampled_gradients(2000, accuracy, costs)
    error = samples.std(dim=0) / math.sqrt(len(samples))
    assert ((samples.mean(dim=0) - exact.grad).abs() < 4.5 * error + 1e-9).all()
    assert float(error.max()) < 0.1 * float(exact.grad.abs().max())


def test_the_policy_gradient_is_the_exact_one_over_all_draws(monkeypatch):
    """Three sketches, all 64 ways to draw a canvas for each, weighted by their chance."""
    accuracy, costs = experience(3).accuracy_reward(REWARDS).double(), relative_costs().double()
    exact, mean = logits()[:3].detach().requires_grad_(), torch.zeros(3, CANVASES, dtype=torch.float64)
    (-_expected(exact.softmax(dim=1), accuracy, costs, REWARDS).mean()).backward()
    for draw in itertools.product(range(CANVASES), repeat=3):
        monkeypatch.setattr(torch, "multinomial", lambda *_, drawn=draw, **__: torch.tensor(drawn)[:, None])
        tried = exact.detach().clone().requires_grad_()
        policy = tried.softmax(dim=1)
        _policy_gradient(policy, accuracy, costs, REWARDS, Generator()).backward()
        mean += tried.grad * math.prod(float(policy.detach()[sketch, canvas]) for sketch, canvas in enumerate(draw))
    assert mean.tolist() == [pytest.approx(row, abs=1e-12) for row in exact.grad.tolist()]


def test_the_baseline_makes_samples_vary_less():
    """A constant added to all rewards of accuracy changes nothing; without a baseline it would drown all else."""
    accuracy, costs = experience().accuracy_reward(REWARDS).double(), relative_costs().double()
    one, other = (sampled_gradients(50, accuracy + more, costs) for more in (0.0, 100.0))
    assert one == pytest.approx(other, abs=1e-9)


def taught(gradient: str, rewards: Rewards, steps: int = 150) -> tuple[CanvasSelector, list[float]]:
    """Sketches of 2 kinds, told apart by their x: one found on the smallest canvas, one on the second largest alone."""
    sketches = 64
    kind = torch.arange(sketches) % 2
    points = torch.zeros(sketches, 3, 5)
    points[..., 0] = 6 * kind[:, None] - 3.0
    ranks = torch.ones(sketches, CANVASES)
    ranks[kind == 1, :2] = 50
    seen = Experience(points, torch.full((sketches,), 3), ranks, torch.zeros(sketches, CANVASES))
    torch.manual_seed(0)
    selector = CanvasSelector(CANVASES, 32)
    return selector, train_selector(selector, seen, rewards, gradient, steps, seed=3)


def choices(selector: CanvasSelector) -> list[int]:
    points = torch.zeros(2, 3, 5)
    points[..., 0] = torch.tensor([[-3.0], [3.0]])
    with torch.no_grad():
        return selector(points, torch.tensor([3, 3])).argmax(dim=1).tolist()


@pytest.mark.parametrize("gradient", ["exact", "reinforce"])
def test_each_kind_of_sketch_gets_the_smallest_canvas_that_finds_it(gradient):
    selector, history = taught(gradient, Rewards(compute=0.3))
    assert choices(selector) == [0, 2]
    assert len(history) == 150
    assert sum(history[-10:]) > sum(history[:10])


def test_without_a_compute_reward_no_sketch_is_lost():
    selector, _ = taught("exact", Rewards(compute=0.0))
    assert choices(selector)[1] >= 2


def test_with_compute_alone_none_takes_a_large_one():
    selector, _ = taught("exact", Rewards(compute=1.0))
    assert max(choices(selector)) <= 1


def test_the_same_seed_gives_the_same_selector():
    (one, history), (other, again) = (taught("reinforce", Rewards(), 5) for _ in range(2))
    assert history == again
    assert all(torch.equal(value, other.state_dict()[name]) for name, value in one.state_dict().items())
