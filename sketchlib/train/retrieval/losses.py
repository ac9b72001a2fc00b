"""Losses of the teacher and of the student [maity2025sketch; oord2018cpc]."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from sketchlib.retrieval.networks import distances

TEMPERATURE = 0.07
MARGIN = 0.2


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
    """L_RKD = Huber(d_teacher, d_student), delta 1, of the distances of each triplet of the batch, all of them at once.

    ours, teachers: embeddings (pairs, d) of sketches and of photos. Sketch to own photo, sketch to other photo and own
    photo to other photo are the entries of two distance matrices; the last one's diagonal is always 0 and is left out.
    """
    across = F.huber_loss(distances(*ours), distances(*teachers))
    other = ~torch.eye(len(ours[1]), dtype=torch.bool, device=ours[1].device)
    among = F.huber_loss(distances(ours[1], ours[1])[other], distances(teachers[1], teachers[1])[other])
    return 2 * across + among


def student_loss(ours: tuple[Tensor, Tensor], teachers: tuple[Tensor, Tensor], share: float = 0.5) -> Tensor:
    """lambda L_Tri + (1 - lambda) L_RKD, lambda = `share`."""
    return share * triplet_loss(*ours) + (1 - share) * relational_loss(ours, teachers)
