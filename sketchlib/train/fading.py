"""Training that keeps logits straight in each stroke's gate, so that a gradient says what the stroke is worth.

One stroke of each sketch is faded to a share a of itself, and its logits are pulled towards the chord between the
whole sketch and the sketch without the stroke, f(a) ~ a f(1) + (1 - a) f(0). It is interpolation consistency training
[verma2019ict] along the gates of stroke attribution: where f is straight, the gradient at the whole sketch (SLA) is
the drop that leaving the stroke out makes.
"""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from sketchlib.models.cards import Preprocessing
from sketchlib.models.inputs import ink, placed
from sketchlib.models.strokes import FlatSketches, StrokeBatch, keep_strokes, stroke_batch

LARGEST_SHARE = 0.9
"""Closer to the whole sketch the chord's slope drowns in rounding."""


@dataclass(frozen=True, eq=False)
class Faded:
    """Three versions of each sketch of a batch, in this order: whole, one stroke faded, and without that stroke.

    inputs: what a network is called with. share: (batch,) what is left of the faded stroke.
    """

    inputs: tuple[StrokeBatch | Tensor, ...]
    share: Tensor

    def to(self, device: torch.device) -> "Faded":
        """The same on another device."""
        return Faded(tuple(part.to(device) for part in self.inputs), self.share.to(device))


def faded(sketches: FlatSketches, preprocessing: Preprocessing, jitter: Tensor, generator: Generator) -> Faded:
    """One stroke of each sketch chosen and faded at random; that of a sketch of one stroke stays whole.

    For a network that reads strokes half of them fade in the attention alone, half in all their segments too, whose
    gates scale the stroke's shape.

    jitter: (batch,) factors of the line width, for a network that reads ink.
    """
    chosen = _one_stroke_each(sketches, generator)
    share = LARGEST_SHARE * torch.rand(len(sketches), generator=generator)
    if preprocessing.canvas_side is not None:
        return Faded((_ink(placed(sketches, preprocessing), chosen, share, preprocessing, jitter),), share)
    strokes = stroke_batch(sketches, preprocessing.most_strokes, preprocessing.longest_stroke)
    gates = _gates(sketches, chosen, share, strokes.present)
    by_segments = torch.rand(len(sketches), 1, generator=generator).repeat(3, 1) < 0.5
    return Faded((strokes, gates, torch.where(by_segments, gates, torch.ones_like(gates))), share)


def straightness_loss(logits: Tensor, share: Tensor) -> Tensor:
    """Mean of (f(a) - chord)^2 / (1 - a): logits (3 batch, classes) of a `Faded`; the chord takes no gradient."""
    whole, between, without = logits.chunk(3)
    chord = torch.lerp(without, whole, share[:, None]).detach()
    return ((between - chord).square() / (1 - share)[:, None]).mean()


def _one_stroke_each(sketches: FlatSketches, generator: Generator) -> Tensor:
    """(strokes,) True at one stroke of each sketch that has several."""
    counts = sketches.strokes_per_sketch
    position = torch.floor(torch.rand(len(counts), generator=generator) * counts).long().clamp_max(counts - 1)
    chosen = torch.zeros(len(sketches.stroke_ends), dtype=torch.bool)
    chosen[(sketches.sketch_ends - counts + position)[counts > 1]] = True
    return chosen


def _ink(drawn: FlatSketches, chosen: Tensor, share: Tensor, preprocessing: Preprocessing, jitter: Tensor) -> Tensor:
    """(3 batch, 1, side, side). Ink is a product over strokes, so it is linear in the opacity of any one of them."""
    whole = ink(drawn, preprocessing, jitter)
    without = ink(keep_strokes(drawn, ~chosen), preprocessing, jitter)
    return torch.cat([whole, torch.lerp(without, whole, share[:, None, None, None]), without])


def _gates(sketches: FlatSketches, chosen: Tensor, share: Tensor, present: Tensor) -> Tensor:
    """(3 batch, slots); strokes beyond the slots are not read and cannot fade."""
    counts, sketch = sketches.strokes_per_sketch, sketches.sketch_of_stroke
    position = torch.arange(len(sketch)) - (sketches.sketch_ends - counts)[sketch]
    read = chosen & (position < present.shape[1])
    rows = []
    for left in (torch.ones_like(share), share, torch.zeros_like(share)):
        gates = present.float()
        gates[sketch[read], position[read]] = left[sketch[read]]
        rows.append(gates)
    return torch.cat(rows)
