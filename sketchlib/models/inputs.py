"""From sketches to what each network reads; training and inference both go through here."""

from collections.abc import Sequence

import torch
from torch import Tensor

from sketchlib.models.cards import Preprocessing
from sketchlib.models.strokes import FlatSketches, StrokeBatch, stroke_batch
from sketchlib.raster import flatten, render_flat
from sketchlib.sketch import Sketch

Inputs = StrokeBatch | Tensor


def flat(sketches: Sequence[Sketch]) -> FlatSketches:
    """Sketches as three flat tensors, coordinates in canvas units, float32."""
    return FlatSketches(*(torch.from_numpy(part) for part in flatten(sketches)))


def network_inputs(sketches: FlatSketches, preprocessing: Preprocessing, jitter: Tensor | None = None) -> Inputs:
    """Strokes where the preprocessing has no canvas, else ink (batch, 1, side, side); simplified sketches go in.

    jitter: (batch,) factors of the card's line width, for training on several.
    """
    if preprocessing.canvas_side is None:
        return stroke_batch(sketches, preprocessing.most_strokes, preprocessing.longest_stroke)
    fitted = sketches.fitted(1 - 2 * preprocessing.margin, 0.5)
    width = preprocessing.line_width if jitter is None else preprocessing.line_width * jitter.numpy()
    parts = (fitted.points.numpy(), fitted.stroke_ends.numpy(), fitted.sketch_ends.numpy())
    ink = render_flat(*parts, preprocessing.canvas_side, width, preprocessing.softness)
    return torch.from_numpy(ink)[:, None]
