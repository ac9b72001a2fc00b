"""How like a photo a drawing is to a retrieval network: a score of ink, so that attribution can say which strokes.

    from sketchlib.attribution import Canvas, explain
    from sketchlib.retrieval.likeness import likeness
    explain(sketch.fitted(0.06), likeness(retriever, vector), "sla", canvas=Canvas(64, 1.5 / 64, 0.5 / 64))

That is the canvas of `sketch_lines` at 64 pixels: its frame, `line_width(side) / side` and `SOFTNESS / side`.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sketchlib.errors import InputError
from sketchlib.retrieval.model import Embedder
from sketchlib.retrieval.search import Vectors, unit_rows

Likeness = Callable[[Tensor], Tensor]
"""Ink (batch, 1, side, side) -> (batch,): rows independent of each other, differentiable where gradients are on."""


def likeness(embedder: Embedder, vector: NDArray[np.floating]) -> Likeness:
    """The cosine with a photo's vector (dimension,) of length 1: 1 the same, and the distance^2 is 2 less twice it.

    Raises InputError for a vector of another dimension or length.
    """
    return _along(embedder, _checked(embedder, vector))


def likeness_margin(embedder: Embedder, one: NDArray[np.floating], other: NDArray[np.floating]) -> Likeness:
    """The likeness to one photo less that to another: positive where the drawing is nearer to the first.

    Raises InputError as `likeness`, and for two photos that the network cannot tell apart.
    """
    first, second = _checked(embedder, one), _checked(embedder, other)
    if np.array_equal(first, second):
        raise InputError("a margin is between two photos that differ, got the same vector twice")
    return _along(embedder, first - second)


def _checked(embedder: Embedder, vector: NDArray[np.floating]) -> Vectors:
    row: Vectors = unit_rows(np.atleast_2d(vector), embedder.dimension, "photos' vectors")[0]
    return row


def looking(embedder: Embedder) -> Callable[[Tensor], Tensor]:
    """Ink (batch, 1, side, side) -> (batch, dimension) rows of length 1; with a gradient where gradients are on."""

    def rows(ink: Tensor) -> Tensor:
        if torch.is_grad_enabled():
            embedded: Tensor = embedder.network(ink.to(next(embedder.network.parameters())))
            return embedded
        return torch.from_numpy(embedder.embed_lines(ink.float()))

    return rows


def _along(embedder: Embedder, direction: Vectors) -> Likeness:
    column, rows = torch.from_numpy(direction), looking(embedder)

    def score(ink: Tensor) -> Tensor:
        embedded = rows(ink)
        return embedded @ column.to(embedded)

    return score
