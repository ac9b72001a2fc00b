"""What assisted drawing needs of a network and of a gallery."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from sketchlib.attribution import Canvas
from sketchlib.errors import InputError
from sketchlib.sketch import Array, Sketch

Mask = NDArray[np.bool_]

SLACK = 1e-6
"""Likenesses within this are the same: rounding differs from batch to batch."""


@dataclass(frozen=True, eq=False)
class Reader:
    """A network that reads drawings.

    embed: sketches -> (n, dimension) rows of length 1, each sketch in a frame of its own.
    look: ink (n, 1, side, side) -> the same; differentiable where gradients are on.
    canvas: that ink is drawn on. margin: left around a sketch there, canvas units.
    """

    embed: Callable[[Sequence[Sketch]], NDArray[Any]]
    look: Callable[[Tensor], Tensor]
    canvas: Canvas
    margin: float


@dataclass(frozen=True, eq=False)
class Aim:
    """The photo that is drawn, among others. Keep it while one photo is drawn: it sums the gallery up once.

    vectors: (photos, dimension) rows of length 1. index: the row of the photo.
    """

    vectors: NDArray[Any]
    index: int

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or not 0 <= self.index < len(self.vectors):
            raise InputError(f"a photo is a row of (photos, dimension), got {self.index} of {self.vectors.shape}")

    @cached_property
    def direction(self) -> Array:
        """(dimension,) along which a drawing speaks for this photo and not for the average one of the gallery.

        A photo that is alone has nothing to be told from: its own vector.
        """
        own = np.asarray(self.vectors[self.index], np.float64)
        return own - np.mean(self.vectors, axis=0, dtype=np.float64) if len(self.vectors) > 1 else own

    def likeness(self, rows: NDArray[Any]) -> Array:
        """(n,) cosine of rows (n, dimension) with the photo."""
        found: Array = np.asarray(rows, np.float64) @ np.asarray(self.vectors[self.index], np.float64)
        return found

    def ranks(self, rows: NDArray[Any]) -> list[int]:
        """How many photos are no farther from each row than this one, itself included: 1 is best."""
        near = np.asarray(rows, np.float32) @ np.asarray(self.vectors, np.float32).T
        own = near[:, [self.index]]
        return [int(count) for count in (near >= own - SLACK).sum(axis=1)]
