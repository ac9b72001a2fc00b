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
