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


def relational_loss(ours: tuple[Tensor, Tensor], teachers: tuple[Tensor, Tensor]) -> Tensor:
    """L_RKD = Huber(d_teacher, d_student), delta 1, of a triplet's three distances, mean over the batch's triplets.

    ours, teachers: embeddings (pairs, d) of sketches and of photos. A sketch's distance to its own photo counts once in
    each of its triplets, as much as that to the other photo and as that between the two photos.
    """
    across = F.huber_loss(distances(*ours), distances(*teachers), reduction="none")
    among = F.huber_loss(distances(ours[1], ours[1]), distances(teachers[1], teachers[1]), reduction="none")
    other = ~torch.eye(len(across), dtype=torch.bool, device=across.device)
    return across.diagonal().mean() + across[other].mean() + among[other].mean()


PULLS = {"contrastive": contrastive_loss, "triplet": triplet_loss}
"""What pulls a sketch to its photo: the softmax over all photos of the batch, or the paper's triplets."""


def student_loss(
    ours: tuple[Tensor, Tensor], teachers: tuple[Tensor, Tensor], share: float = 0.5, pull: str = "triplet"
) -> Tensor:
    """lambda L + (1 - lambda) L_RKD, lambda = `share`, L one of `PULLS`, L_Tri in the paper."""
    return share * PULLS[pull](*ours) + (1 - share) * relational_loss(ours, teachers)
