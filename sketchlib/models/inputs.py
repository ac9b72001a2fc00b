"""From sketches to what each network reads; training and inference both go through here."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from sketchlib.errors import InputError
from sketchlib.models.cards import Preprocessing
from sketchlib.models.strokes import FlatSketches, StrokeBatch, stroke_batch, thinned
from sketchlib.raster import flatten, render_flat
from sketchlib.sketch import Sketch

Inputs = StrokeBatch | Tensor


def flat(sketches: Sequence[Sketch]) -> FlatSketches:
    """Sketches as three flat tensors, coordinates in canvas units, float32."""
    return FlatSketches(*(torch.from_numpy(part) for part in flatten(sketches)))


def thinned_sketch(sketch: Sketch, longest: int | None) -> Sketch:
    """The sketch with strokes of at most `longest` points, as a network that reads strokes is given them."""
    if longest is None or max(len(stroke) for stroke in sketch) <= longest:
        return sketch
    kept = thinned(flat([sketch]), longest)
    return sketch.with_points(np.split(kept.points.numpy(), kept.stroke_ends[:-1].tolist()))


def network_inputs(sketches: FlatSketches, preprocessing: Preprocessing, jitter: Tensor | None = None) -> Inputs:
    """Strokes where the preprocessing has no canvas, else ink (batch, 1, side, side); simplified sketches go in.

    jitter: (batch,) factors of the card's line width, for training on several.
    """
    if preprocessing.canvas_side is None:
        return stroke_batch(sketches, preprocessing.most_strokes, preprocessing.longest_stroke)
    return ink(placed(sketches, preprocessing), preprocessing, jitter)


def placed(sketches: FlatSketches, preprocessing: Preprocessing) -> FlatSketches:
    """Centred on the canvas, the long side filling it up to the card's margin."""
    return sketches.fitted(1 - 2 * preprocessing.margin, 0.5)


def ink(fitted: FlatSketches, preprocessing: Preprocessing, jitter: Tensor | None = None) -> Tensor:
    """Ink (batch, 1, side, side) of sketches that lie where they are to be drawn; `jitter` as in `network_inputs`."""
    side = preprocessing.canvas_side
    if side is None:
        raise InputError("a network that reads strokes has no canvas to draw on")
    width = preprocessing.line_width if jitter is None else preprocessing.line_width * jitter.numpy()
    parts = (fitted.points.numpy(), fitted.stroke_ends.numpy(), fitted.sketch_ends.numpy())
    return torch.from_numpy(render_flat(*parts, side, width, preprocessing.softness))[:, None]
