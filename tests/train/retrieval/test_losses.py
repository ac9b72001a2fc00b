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


def slow_relational_loss(ours: tuple[Tensor, Tensor], teachers: tuple[Tensor, Tensor]) -> float:
    """For each triplet the three distances: sketch to own photo, sketch to the other, own photo to the other."""
    total = 0.0
    for own, other in triplets(PAIRS):
        sketch, positive, negative = ours[0][own], ours[1][own], ours[1][other]
        their_sketch, their_positive, their_negative = teachers[0][own], teachers[1][own], teachers[1][other]
        total += huber(distance(sketch, positive), distance(their_sketch, their_positive))
        total += huber(distance(sketch, negative), distance(their_sketch, their_negative))
        total += huber(distance(positive, negative), distance(their_positive, their_negative))
    return total / len(triplets(PAIRS))


def test_relational_loss_is_the_huber_loss_of_the_distances_of_all_triplets():
    ours, teachers = (unit_rows(4, 3), unit_rows(5, 3)), (unit_rows(6, 7), unit_rows(7, 7))
    expected = slow_relational_loss(ours, teachers)
    assert expected > 0.05
    assert float(relational_loss(ours, teachers)) == pytest.approx(expected, rel=1e-5)


def test_relational_loss_is_straight_beyond_1():
    """All of the student in one place, the teacher's photos 2 apart and each sketch where the other's photo is."""
    nowhere = torch.ones(2, 1, dtype=torch.float64)
    photos = torch.tensor([[1.0], [-1.0]], dtype=torch.float64)
    own, other, between = 2 - 0.5, 0.0, 2 - 0.5
    found = relational_loss((nowhere, nowhere), (-photos, photos))
    assert float(found) == pytest.approx(own + other + between, abs=1e-3)


def test_a_student_that_keeps_all_distances_has_no_relational_loss():
    """A turned teacher in more dimensions."""
    teachers = (unit_rows(8, 3), unit_rows(9, 3))
    turn = torch.linalg.qr(torch.randn(6, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))).Q[:3]
    ours = tuple(rows @ turn for rows in teachers)
    assert float(relational_loss(ours, teachers)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_student_loss_mixes_both(share):
    ours, teachers = (unit_rows(4, 3), unit_rows(5, 3)), (unit_rows(6, 7), unit_rows(7, 7))
    expected = share * slow_triplet_loss(*ours) + (1 - share) * slow_relational_loss(ours, teachers)
    assert float(student_loss(ours, teachers, share)) == pytest.approx(expected, rel=1e-5)


def test_gradients_are_finite_where_embeddings_coincide():
    together = spread(torch.ones(3, 4) / 2)
    teachers = unit_rows(1, 4, 3).float()
    loss = student_loss((together, together), (teachers, teachers)) + contrastive_loss(together, together)
    loss.backward()
    assert together.grad.isfinite().all()


@pytest.mark.parametrize("loss", [triplet_loss, contrastive_loss])
def test_gradients_are_those_of_differences(loss):
    sketches, photos = spread(unit_rows(0, 4)), spread(unit_rows(1, 4))
    assert torch.autograd.gradcheck(loss, (sketches, photos))


def test_the_teacher_gets_no_gradient_it_does_not_need():
    ours, teachers = (unit_rows(0, 4), spread(unit_rows(1, 4))), (unit_rows(2, 6), unit_rows(3, 6))
    student_loss(ours, teachers).backward()
    assert ours[1].grad.abs().sum() > 0
