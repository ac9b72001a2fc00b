"""A network that anybody can follow: ink summed over patches, and drawings and photos to go with it."""

import numpy as np
import torch

from sketchlib.assist import Reader
from sketchlib.attribution import Canvas
from sketchlib.raster import rasterise
from sketchlib.sketch import Sketch

SIDE, PATCHES, MARGIN = 24, 4, 0.1
CANVAS = Canvas(SIDE, 0.08, 0.03)
CHAIR = Sketch.from_points([
    [(0.1, 0.0), (0.1, 1.0)],
    [(0.1, 0.5), (0.8, 0.5)],
    [(0.8, 0.5), (0.8, 1.0)],
    [(0.4, 0.05), (0.75, 0.3), (0.5, 0.3)],
])  # fmt: skip
STRANGE = 3
"""The stroke of CHAIR that its photo lacks."""


def look(ink):
    """Rows of length 1: the mean ink of 4 x 4 patches and a constant, so that blank paper has a direction too."""
    cells = torch.nn.functional.avg_pool2d(ink, SIDE // PATCHES).flatten(1)
    rows = torch.cat([cells, torch.full((len(ink), 1), 0.05, dtype=ink.dtype)], dim=1)
    return rows / rows.norm(dim=1, keepdim=True)


def drawn(sketch, strokes=None, frame=None):
    """Ink (1, 1, side, side) of some strokes, alone or in the frame of another sketch, each drawn anew."""
    placed = (frame or sketch).fitted(MARGIN)
    kept = [stroke for i, stroke in enumerate(placed) if strokes is None or i in strokes]
    if not kept:
        return torch.zeros(1, 1, SIDE, SIDE)
    points = torch.tensor(np.concatenate([stroke.points for stroke in kept]), dtype=torch.float32)
    ends = np.cumsum([len(stroke) for stroke in kept])
    return rasterise(points, ends, [len(kept)], SIDE, line_width=CANVAS.line_width, softness=CANVAS.softness)


def embed(sketches):
    return np.concatenate([look(drawn(sketch)).numpy() for sketch in sketches])


READER = Reader(embed, look, CANVAS, MARGIN)


PARTS = ([0, 1, 2], [3], [3, 0], [3, 2], [3, 0, 2], [0, 2])


def gallery():
    """(photos, dimension): the first is of CHAIR without its strange stroke, the others lack its second."""
    return torch.cat([look(drawn(CHAIR, parts, CHAIR)) for parts in PARTS]).numpy()
