"""Model cards and their weights: what a checkpoint is, where it lies, and how it is read without trusting it.

`card.py` holds the values and their TOML form, `weights.py` finds, fetches, verifies, reads and writes tensors.
"""

from sketchlib.models.cards.card import (
    CHECKPOINTS,
    Card,
    Data,
    Graph,
    Preprocessing,
    Score,
    WeightFile,
    Weights,
    available,
    find_card,
    read_card,
    recognisers,
    write_card,
)
from sketchlib.models.cards.weights import (
    card_graphs,
    card_tensors,
    load_tensors,
    published_weights,
    resolve,
    save_graph,
    save_tensors,
)

__all__ = [
    "CHECKPOINTS",
    "Card",
    "Data",
    "Graph",
    "Preprocessing",
    "Score",
    "WeightFile",
    "Weights",
    "available",
    "card_graphs",
    "card_tensors",
    "find_card",
    "load_tensors",
    "published_weights",
    "read_card",
    "recognisers",
    "resolve",
    "save_graph",
    "save_tensors",
    "write_card",
]
