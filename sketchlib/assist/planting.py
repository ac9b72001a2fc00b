"""Drawings with strokes planted in them, whose truth is known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from sketchlib.assist.reader import Mask
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

MOST = 3


@dataclass(frozen=True, eq=False)
class Planted:
    """source: a drawing in its frame, long side 1. sketch: the same with strokes of others, the order by lot, ids are
    places. strange: (strokes,) whether a stroke was planted. photo: index of the photo drawn.
    """

    source: Sketch
    sketch: Sketch
    strange: Mask
    photo: int


def plant(sketches: Sequence[Sketch], photo_of: Sequence[int], lot: torch.Generator) -> list[Planted]:
    """1, 2 and 3 strokes in turn planted into each sketch of at least two strokes, in an order by lot.

    Each is any stroke of any sketch of another photo, both by lot, and lies where it lay in its own frame.
    Raises InputError where all sketches are of one photo.
    """
    if len(set(photo_of)) < 2:
        raise InputError("strokes are planted from sketches of another photo, got sketches of one photo")
    framed = [sketch.fitted() for sketch in sketches]
    order = [i for i in torch.randperm(len(framed), generator=lot).tolist() if len(framed[i]) > 1]
    return [_planted(framed, photo_of, number, 1 + turn % MOST, lot) for turn, number in enumerate(order)]


def _planted(
    framed: Sequence[Sketch], photo_of: Sequence[int], number: int, count: int, lot: torch.Generator
) -> Planted:
    source = framed[number]
    others = [i for i, photo in enumerate(photo_of) if photo != photo_of[number]]
    strokes = list(source)
    for _ in range(count):
        donor = framed[others[_below(len(others), lot)]]
        strokes.append(donor[_below(len(donor), lot)])
    mixed = torch.randperm(len(strokes), generator=lot).tolist()
    sketch = Sketch(tuple(replace(strokes[i], id=place) for place, i in enumerate(mixed)))
    return Planted(source, sketch, np.array(mixed) >= len(source), photo_of[number])


def _below(count: int, lot: torch.Generator) -> int:
    return int(torch.randint(count, (), generator=lot))
