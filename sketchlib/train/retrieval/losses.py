"""Losses of the teacher and of the student [maity2025sketch; oord2018cpc]."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from sketchlib.retrieval.networks import distances

TEMPERATURE = 0.05
"""Of the softmax over likenesses."""
MARGIN = 0.2
"""m, in distances of rows of length 1."""


def contrastive_loss(sketches: Float[Tensor, "pairs d"], photos: Float[Tensor, "pairs d"]) -> Tensor:
    """Cross-entropy of finding the photo among the batch's by its sketch, and the sketch by its photo."""
    likeness = sketches @ photos.T / TEMPERATURE
    own = torch.arange(len(sketches), device=sketches.device)
    return (F.cross_entropy(likeness, own) + F.cross_entropy(likeness.T, own)) / 2


def triplet_loss(sketches: Float[Tensor, "pairs d"], photos: Float[Tensor, "pairs d"]) -> Tensor:
    """L_Tri = mean of max(0, m + d(s, p) - d(s, n)) over all photos n of the batch that are not the sketch's own."""
    d = distances(sketches, photos)
    excess = F.relu(MARGIN + d.diagonal()[:, None] - d)
    other = ~torch.eye(len(d), dtype=torch.bool, device=d.device)
    return excess[other].mean()


def relational_loss(
    ours: Float[Tensor, "sketches d"], teachers: Float[Tensor, "sketches d"], photos: Float[Tensor, "photos d"]
) -> Tensor:
    """L_RKD = h(d(s, p)) + h(d(s, n)) + h(d(s, t)), h the Huber loss against the teacher's distance, delta 1.

    ours, teachers: the student's rows s and the teacher's rows t of the same sketches; photos: the teacher's. Means
    over all sketches and photos. d(s, t), whose teacher's distance is 0, stands where the paper has d(p, n): that one
    is the teacher's own here.
    """
    kept = F.huber_loss(distances(ours, photos), distances(teachers, photos))
    apart = torch.linalg.vector_norm(ours - teachers, dim=1)
    return 2 * kept + F.huber_loss(apart, torch.zeros_like(apart))


PULLS = {"contrastive": contrastive_loss, "triplet": triplet_loss}
"""What pulls a sketch to its photo: the softmax over all photos of the batch, or the paper's triplets."""


def student_loss(
    ours: Float[Tensor, "sketches d"],
    teachers: Float[Tensor, "sketches d"],
    photos: Float[Tensor, "photos d"],
    share: float,
    pull: str,
) -> Tensor:
    """lambda L + (1 - lambda) L_RKD, lambda = `share`, L one of `PULLS`, L_Tri in the paper, of the first sketches.

    Those have photos, in their order; the rest are drawings alone.
    """
    return share * PULLS[pull](ours[: len(photos)], photos) + (1 - share) * relational_loss(ours, teachers, photos)
