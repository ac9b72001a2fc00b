"""Honest controls: what a method has to beat."""

import numpy as np
import torch

from sketchlib.attribution.games import Counted, Found


def ink_length(ask: Counted, generator: torch.Generator) -> Found:
    """Length of each stroke in canvas units: knows nothing of the model."""
    return Found(np.array([stroke.length for stroke in ask.sketch]))


def random(ask: Counted, generator: torch.Generator) -> Found:
    """Numbers between 0 and 1."""
    return Found(torch.rand(ask.players, generator=generator).double().numpy())
