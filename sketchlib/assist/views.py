"""`Views`: a drawing as a network sees it whole, without each stroke, with each alone, and blank."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sketchlib.assist.reader import Reader
from sketchlib.attribution import InkGame
from sketchlib.errors import InputError, ModelError
from sketchlib.sketch import Array, Sketch

FIRST = 0.1
"""Weight of what a stroke says alone, against what it adds to all others: the first is several times larger."""


@dataclass(frozen=True, eq=False)
class Views:
    """Rows of length 1, all in the frame of the whole drawing.

    whole, blank: (dimension,). without, alone: (strokes, dimension).
    """

    whole: NDArray[Any]
    without: NDArray[Any]
    alone: NDArray[Any]
    blank: NDArray[Any]

    def last(self, direction: Array) -> Array:
        """(strokes,) what each adds to all others, along a direction (dimension,): leave-one-out."""
        added: Array = (self.whole - self.without) @ direction
        return added

    def first(self, direction: Array) -> Array:
        """(strokes,) what each adds to blank paper."""
        added: Array = (self.alone - self.blank) @ direction
        return added

    def mismatch(self, direction: Array) -> Array:
        """(strokes,) how much each speaks against a direction, in likeness: the higher, the less it belongs."""
        return -(self.last(direction) + FIRST * self.first(direction))

    @property
    def calls(self) -> int:
        """Inputs that the network read."""
        return 2 * len(self.without) + 2


def views(sketch: Sketch, reader: Reader) -> Views:
    """The views of a sketch of at least two strokes, read in one batch. Raises InputError and ModelError."""
    checked(sketch)
    count, own = len(sketch), torch.eye(len(sketch))
    game = InkGame(lambda ink: ink, sketch, reader.canvas, sketch.fitted(reader.margin))
    with torch.no_grad():
        rows = reader.look(game.image(torch.cat([torch.ones(1, count), 1 - own, own, torch.zeros(1, count)])))
    found = rows.double().cpu().numpy()
    if not np.isfinite(found).all():
        raise ModelError("a network gives finite numbers, got NaN or infinity for a part of the sketch")
    return Views(found[0], found[1 : count + 1], found[count + 1 : -1], found[-1])


def checked(sketch: Sketch) -> None:
    """Raises InputError for a sketch without strokes, or with a single one."""
    if not sketch.strokes:
        raise InputError("strokes are compared with a photo, got an empty sketch")
    if len(sketch) == 1:
        raise InputError("a stroke is judged by what the others say, got a sketch of one stroke: draw another one")
