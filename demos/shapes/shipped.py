"""The clusters that ship beside a model's card."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from demos.ui import shelf
from sketchlib.errors import CheckpointError
from sketchlib.models.cards import CHECKPOINTS, find_card
from sketchlib.shapes import Clusters, directions, embed_samples, file_name, from_json


@cache
def clusters_of(name: str) -> Clusters:
    """The clusters made with a model's weights. Raises CheckpointError where there are none, or of other weights."""
    if not name:
        raise CheckpointError("shapes need a model that reads strokes, got none with its weights beside its card")
    card = find_card(name)
    try:
        clusters = from_json((CHECKPOINTS / file_name(card)).read_text(encoding="utf-8"))
    except OSError:
        command = "python -m sketchlib train shapes"
        raise CheckpointError(
            f"{card.title} has no shape clusters beside its card: make them with `{command}`"
        ) from None
    clusters.check(card)
    return clusters


@cache
def sample_directions(name: str) -> NDArray[np.float64]:
    """(samples, width) directions of the embeddings of the strokes that ship; once a model."""
    return directions(embed_samples(shelf.get(name), clusters_of(name).samples))
