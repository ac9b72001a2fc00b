"""Shape embeddings of strokes, and what the order embeddings have in common."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import ModelError
from sketchlib.shapes.primitives import Sample, framed
from sketchlib.sketch import Sketch

if TYPE_CHECKING:
    from sketchlib.models import Recogniser
    from sketchlib.models.sketchxainet import SketchXAINet

Array = NDArray[np.float64]
CHUNK = 256


def embed(recogniser: "Recogniser", sketches: Sequence[Sketch]) -> list[Array]:
    """(strokes, width) of each sketch: the network's shape embeddings s_i of the strokes that it reads, the first ones.

    sketches: prepared, see `Recogniser.prepare`, at least one stroke each. A stroke is embedded at the size that it has
    in its sketch, whose long side spans 1.48 [qu2023sketchxai, code]. Raises ModelError where no strokes are read.
    """
    network = _network(recogniser)
    chunks = (sketches[first : first + CHUNK] for first in range(0, len(sketches), CHUNK))
    return [rows for chunk in chunks for rows in _embedded(recogniser, network, chunk)]


def embed_samples(recogniser: "Recogniser", samples: Sequence[Sample]) -> Array:
    """(samples, width): each at the size it has in the unit square. Raises ModelError where no strokes are read."""
    return np.array([rows[0] for rows in embed(recogniser, [framed(sample.points) for sample in samples])])


def directions(vectors: Array) -> Array:
    """(n, width) -> the same at length 1; a vector of length 0 stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Array = vectors / np.where(lengths > 0, lengths, 1.0)
    return unit


def cosines(first: Array, second: Array) -> Array:
    """(n, m) cosines between (n, width) and (m, width) vectors; 0 with a vector of length 0."""
    cosine: Array = directions(first) @ directions(second).T
    return cosine


def order_similarity(recogniser: "Recogniser", rows: int = 16) -> Array:
    """(rows, rows) cosines among the order embeddings 1 ... rows; row 0 is left out [qu2023sketchxai, code].

    Raises ModelError where no strokes are read.
    """
    weight = _network(recogniser).order.weight[1 : rows + 1].detach().double().cpu().numpy()
    return cosines(weight, weight)


def _network(recogniser: "Recogniser") -> "SketchXAINet":
    from sketchlib.models.sketchxainet import SketchXAINet

    if not isinstance(recogniser.network, SketchXAINet):
        raise ModelError(f"shapes are embedded by a network that reads strokes, got {recogniser.name}")
    return recogniser.network


def _embedded(recogniser: "Recogniser", network: "SketchXAINet", sketches: Sequence[Sketch]) -> Iterator[Array]:
    import torch

    from sketchlib.models.inputs import flat
    from sketchlib.models.strokes import stroke_batch

    limits = recogniser.card.preprocessing
    batch = stroke_batch(flat(sketches), limits.most_strokes, limits.longest_stroke).to(network.cls.device)
    with torch.inference_mode():
        shapes = network.shape(batch).double().cpu().numpy()
    for rows, present in zip(shapes, batch.present.cpu().numpy(), strict=True):
        yield rows[present]
