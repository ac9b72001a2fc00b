"""The losses as loops over pairs, and over all triplets of a batch."""

import itertools
import math

import pytest
import torch
from torch import Tensor

from sketchlib.train.retrieval.losses import (
    MARGIN,
    TEMPERATURE,
    contrastive_loss,
    relational_loss,
    student_loss,
    triplet_loss,
)

PAIRS = 5


def unit_rows(seed: int, dimension: int, pairs: int = PAIRS) -> Tensor:
    rows = torch.randn(pairs, dimension, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    return rows / rows.norm(dim=1, keepdim=True)


def distance(one: Tensor, other: Tensor) -> float:
    return math.dist(one.tolist(), other.tolist())


def huber(one: float, other: float) -> float:
    """Half a square up to 1, from there on straight."""
    apart = abs(one - other)
    return apart**2 / 2 if apart <= 1 else apart - 0.5


def triplets(pairs: int) -> list[tuple[int, int]]:
    """(sketch and its own photo, another photo)"""
    return [(own, other) for own, other in itertools.product(range(pairs), repeat=2) if own != other]


def slow_triplet_loss(sketches: Tensor, photos: Tensor) -> float:
    losses = []
    for own, other in triplets(len(sketches)):
        near, far = distance(sketches[own], photos[own]), distance(sketches[own], photos[other])
        losses.append(max(0.0, MARGIN + near - far))
    return sum(losses) / len(losses)


def slow_cross_entropy(logits: list[float], own: int) -> float:
    return math.log(sum(math.exp(logit) for logit in logits)) - logits[own]


def spread(tensor: Tensor, factor: float = 1.0) -> Tensor:
    return (tensor * factor).requires_grad_()


def test_triplet_loss_is_the_mean_over_all_triplets():
    sketches, photos = unit_rows(0, 4), unit_rows(1, 4)
    expected = slow_triplet_loss(sketches, photos)
    assert expected > 0.05
    assert float(triplet_loss(sketches, photos)) == pytest.approx(expected, abs=1e-6)


def test_triplet_loss_is_0_where_all_are_farther_by_the_margin():
    apart = torch.eye(PAIRS, dtype=torch.float64)
    assert float(triplet_loss(apart, apart)) == 0
    assert float(triplet_loss(apart, apart.roll(1, 0))) > MARGIN


def test_contrastive_loss_is_the_mean_of_both_directions():
    sketches, photos = unit_rows(2, 4), unit_rows(3, 4)
    cosines = [[float(sketch @ photo) / TEMPERATURE for photo in photos] for sketch in sketches]
    there = [slow_cross_entropy(cosines[own], own) for own in range(PAIRS)]
    back = [slow_cross_entropy([row[own] for row in cosines], own) for own in range(PAIRS)]
    expected = (sum(there) + sum(back)) / (2 * PAIRS)
    assert float(contrastive_loss(sketches, photos)) == pytest.approx(expected, rel=1e-5)


def slow_relational_loss(ours: Tensor, teachers: Tensor, photos: Tensor) -> float:
    """For each sketch and two photos, the two distances; and for each sketch how far the teacher's row is."""
    total = apart = 0.0
    for sketch, theirs in zip(ours, teachers, strict=True):
        apart += huber(distance(sketch, theirs), 0.0) / len(ours)
        for one, other in itertools.product(photos, repeat=2):
            total += huber(distance(sketch, one), distance(theirs, one))
            total += huber(distance(sketch, other), distance(theirs, other))
    return total / (len(ours) * len(photos) ** 2) + apart


def test_relational_loss_is_the_huber_loss_of_a_sketchs_distances():
    ours, teachers, photos = unit_rows(4, 3, 7), unit_rows(5, 3, 7), unit_rows(6, 3)
    expected = slow_relational_loss(ours, teachers, photos)
    assert expected > 0.05
    assert float(relational_loss(ours, teachers, photos)) == pytest.approx(expected, rel=1e-5)


def test_relational_loss_is_straight_beyond_1():
    """The student on one photo, the teacher across the sphere."""
    here = torch.tensor([[1.0]], dtype=torch.float64)
    assert float(relational_loss(here, -here, here)) == pytest.approx(2 * 1.5 + 1.5, abs=1e-3)


def test_a_student_that_says_what_its_teacher_says_has_no_relational_loss():
    teachers, photos = unit_rows(8, 3, 7), unit_rows(9, 3)
    assert float(relational_loss(teachers, teachers, photos)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("alone", [0, 3])
def test_student_loss_mixes_both_and_pulls_those_with_photos(share, alone):
    ours, teachers, photos = unit_rows(4, 3, PAIRS + alone), unit_rows(5, 3, PAIRS + alone), unit_rows(6, 3)
    expected = share * slow_triplet_loss(ours[:PAIRS], photos)
    expected += (1 - share) * slow_relational_loss(ours, teachers, photos)
    assert float(student_loss(ours, teachers, photos, share, "triplet")) == pytest.approx(expected, rel=1e-5)


def test_gradients_are_finite_where_embeddings_coincide():
    together = spread(torch.ones(3, 4) / 2)
    same = torch.ones(3, 4) / 2
    loss = student_loss(together, same, same, 0.5, "triplet") + contrastive_loss(together, together)
    loss.backward()
    assert together.grad.isfinite().all()


@pytest.mark.parametrize("loss", [triplet_loss, contrastive_loss])
def test_gradients_are_those_of_differences(loss):
    sketches, photos = spread(unit_rows(0, 4)), spread(unit_rows(1, 4))
    assert torch.autograd.gradcheck(loss, (sketches, photos))
