"""A model whose every answer is known: a class for ink on the left, one for ink on the right, one for neither."""

from collections import OrderedDict

import numpy as np
import torch
from torch import nn

from demos.ui import shelf
from sketchlib.errors import CheckpointError
from sketchlib.io import from_pad
from sketchlib.models.cards import Card, Preprocessing, WeightFile, Weights
from sketchlib.raster import render

HOSTILE = "<img src=x onerror=alert(1)>"
CLASSES = ("one", "two", HOSTILE)
SQUARE = {"v": 1, "size": 256, "rev": 7, "strokes": [{"id": 3, "pts": [[0, 0], [256, 0]]}, {"id": 8, "pts": [[9, 9]]}]}
BARS = {
    "v": 1,
    "size": 256,
    "rev": 4,
    "strokes": [
        {"id": 11, "pts": [[30, 20], [30, 236]]},
        {"id": 12, "pts": [[226, 100], [226, 180]]},
        {"id": 13, "pts": [[60, 60], [60, 62]]},
    ],
}
"""Much ink on the left, some on the right, next to none on the left."""
SIDE, WIDTH, SOFTNESS = 32, 0.05, 0.02


def card(**changes):
    """A card of the toy, with changes."""
    weights = Weights((WeightFile("w.safetensors", "0" * 64),))
    fields = {"name": "toy", "version": 2, "builder": "toy", "licence": "none", "trained_on": "here", "command": "none"}
    canvas = Preprocessing("none", canvas_side=SIDE, line_width=WIDTH, softness=SOFTNESS)
    fields |= {"classes": CLASSES, "config": {}, "preprocessing": canvas, "weights": weights}
    return Card(**fields | changes)


class Sides(nn.Module):
    """Logits (n, 3) of ink: left less right, right less left, 0; each in units of 20 pixels of ink."""

    def __init__(self):
        super().__init__()
        self.unit = nn.Parameter(torch.tensor(20.0))

    def forward(self, ink):
        half = ink.shape[-1] // 2
        tilt = (ink[..., :half].sum(dim=(1, 2, 3)) - ink[..., half:].sum(dim=(1, 2, 3))) / self.unit
        return torch.stack([tilt, -tilt, 0 * tilt], dim=1)


class Toy:
    """A recogniser of `Sides`; counts the predictions of each call in `calls`."""

    def __init__(self, scale=1.0):
        self.network, self.card, self.calls, self.scale = Sides().eval(), card(), [], scale
        self.name, self.classes, self.score_ink = self.card.title, CLASSES, self.network

    def prepare(self, sketch, place=0):
        return sketch

    def probabilities(self, sketches):
        """Sure of "one" for one stroke and of "two" for more, whatever the network says."""
        self.calls.append(len(sketches))
        rows = [[0.7, 0.2, 0.1] if len(sketch) == 1 else [0.2, 0.5, 0.3] for sketch in sketches]
        return np.array(rows, np.float32) * np.float32(self.scale)


def on_shelf(monkeypatch, toy):
    """Put the toy on the app's shelf as toy-v2, and nothing else."""

    def load(name):
        if name != "toy-v2":
            raise CheckpointError(f"a model is toy-v2, got {name!r}")
        return toy

    monkeypatch.setattr(shelf, "_load", load)
    monkeypatch.setattr(shelf, "_loaded", OrderedDict())
    return toy


def tilt(value, ids):
    """Left less right of the ink of some strokes, as the toy's class "one" scores them: drawn anew, summed here."""
    part = from_pad(value).fitted().keep(ids)
    ink = render(part, SIDE, line_width=WIDTH, softness=SOFTNESS) if part.strokes else np.zeros((SIDE, SIDE))
    return float(ink[:, : SIDE // 2].sum() - ink[:, SIDE // 2 :].sum()) / 20
