"""The real app with a toy model in place of the networks: python tests/e2e/stub_server.py PORT.

The toy says "line" for one stroke, "pair" for two, "many" for more; with much ink, a class whose name is an attack.
Explained, ink on the left speaks for "line", "pair" and "many" and ink on the right against them; its untrained twin
says the opposite, and faintly.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import app
from demos.ui import models as ui_models
from sketchlib import models
from sketchlib.errors import DownloadError
from sketchlib.models.cards import Card, Preprocessing, WeightFile, Weights

HOSTILE = "<img src=x onerror=alert(1)>"
CLASSES = ("line", "pair", "many", HOSTILE, "blank")


def card(name):
    weights = Weights((WeightFile("none.safetensors", "0" * 64),))
    canvas = Preprocessing("none", canvas_side=32, line_width=0.05, softness=0.02)
    return Card(name, 1, "toy", "none", "here", "none", CLASSES, {}, canvas, weights)


class Sides(nn.Module):
    def __init__(self, strength):
        super().__init__()
        self.strength = nn.Parameter(torch.tensor(strength))

    def forward(self, ink):
        tilt = ink[..., :16].sum(dim=(1, 2, 3)) - ink[..., 16:].sum(dim=(1, 2, 3))
        return self.strength * tilt[:, None] * torch.tensor([1.0, 1.0, 1.0, -1.0, 0.0])


class Toy:
    classes = CLASSES

    def __init__(self, name, strength=0.05):
        self.card, self.name = card(name), name
        self.network = self.score_ink = Sides(strength).eval()

    def prepare(self, sketch, place=0):
        return sketch

    def probabilities(self, sketches):
        chances = np.full((len(sketches), len(CLASSES)), 0.05, np.float32)
        for row, sketch in zip(chances, sketches, strict=True):
            row[min(len(sketch), 3) - 1] = 0.8
            row[3] = 0.1 if sketch.ink < 3 else 0.9
        return chances / chances.sum(axis=1, keepdims=True)


def load(name):
    if name == "far-v1":
        time.sleep(0.2)
        raise DownloadError("the Hub cannot be reached: connect to the network & try <again>")
    return Toy(name.removesuffix("-v1"))


models.available = lambda: ("far-v1", "toy-v1", "toy2-v1")
models.load = load
ui_models.find_card = lambda name: card(name.removesuffix("-v1"))
ui_models.with_random_weights = lambda toy: Toy(toy.name, strength=-0.002)
ui_models.shelf._load = load

if __name__ == "__main__":
    ui_models.is_here = lambda found: found.name != "far"
    app.build().launch(**app.LAUNCH, server_port=int(sys.argv[1]), quiet=True)
