"""Games whose answers are known, sketches, toy models, and plain versions of the equations."""

import itertools
import math

import numpy as np
import torch

from sketchlib.attribution import Canvas
from sketchlib.models import Recogniser, build
from sketchlib.models.cards import Card, Preprocessing, WeightFile, Weights
from sketchlib.raster import render
from sketchlib.sketch import Sketch

SIDE = 24
CANVAS = Canvas(SIDE, line_width=0.09, softness=0.03)
CLASSES = ("cat", "cow", "dog")

CROSSING = Sketch.from_points(
    [
        [(0.15, 0.2), (0.75, 0.65), (0.35, 0.85)],
        [(0.2, 0.75), (0.85, 0.15)],
        [(0.5, 0.4)],
        [(0.6, 0.25), (0.62, 0.5), (0.8, 0.5)],
    ]
)
DISJOINT = Sketch.from_points([[(0.1, 0.1), (0.9, 0.1)], [(0.1, 0.5), (0.4, 0.5), (0.4, 0.6)], [(0.8, 0.8)]])
ODD = Sketch.from_points([[(0.3, 0.3)], [(0.5, 0.5), (0.5, 0.5)], [(0.3, 0.3)], [(5.0, 5.0), (6.0, 5.0)]])

WEIGHTS = torch.randn(SIDE, SIDE, generator=torch.Generator().manual_seed(5), dtype=torch.float64)


def linear(ink):
    """A weight for each pixel."""
    return (ink[:, 0] * WEIGHTS.to(ink)).sum(dim=(1, 2))


def smooth(ink):
    """Bends, so that strokes interact."""
    return torch.tanh(linear(ink) / 4) + (ink[:, 0].mean(dim=(1, 2)) - 0.1).square()


class LinearGame:
    """Each player is worth its weight."""

    def __init__(self, weights):
        self.weights, self.players = torch.tensor(weights), len(weights)

    def values(self, gates):
        return gates @ self.weights.to(gates) + 0.5


class TableGame:
    """A score for each subset, read off between them as their multilinear extension."""

    def __init__(self, table):
        self.table, self.players = np.asarray(table), round(math.log2(len(table)))

    def values(self, gates):
        total = torch.zeros(len(gates), dtype=gates.dtype)
        for number, score in enumerate(self.table):
            parts = [gate if number >> i & 1 else 1 - gate for i, gate in enumerate(gates.T)]
            total = total + score * torch.stack(parts).prod(dim=0)
        return total


def strokes(count):
    """A sketch of so many strokes, for games that look at none of them."""
    return Sketch.from_points([[(0.1, 0.1), (0.2, 0.1 + 0.01 * i)] for i in range(count)])


def table(players, seed=0):
    return np.random.default_rng(seed).normal(size=2**players)


def shapley_by_permutations(scores, players):
    """What each player adds to those before it, mean over all orders."""
    total = np.zeros(players)
    for order in itertools.permutations(range(players)):
        before = 0
        for player in order:
            total[player] += scores[before | 1 << player] - scores[before]
            before |= 1 << player
    return total / math.factorial(players)


def slope(function, at, step=1e-6):
    """Central differences of a function of a float64 tensor, one entry at a time."""
    result = np.zeros(at.shape)
    for index in np.ndindex(*at.shape):
        sides = []
        for sign in (step, -step):
            shifted = at.detach().clone()
            shifted[index] += sign
            sides.append(function(shifted).item())
        result[index] = (sides[0] - sides[1]) / (2 * step)
    return result


def stroke_inks(sketch, canvas=CANVAS):
    """(strokes, side, side) ink of each stroke drawn alone."""
    alone = [sketch.keep([number]) for number in sketch.ids]
    return np.stack([render(one, canvas.side, canvas.line_width, canvas.softness) for one in alone]).astype(float)


def recogniser(builder, seed=0, preprocessing=None, **config):
    """A tiny one with random weights."""
    shape = {"width": 12, "layers": 2, "heads": 3} if builder == "sketchxainet" else {"widths": [3, 6], "blocks": [1]}
    pixels = Preprocessing("quickdraw", canvas_side=16, line_width=0.06, softness=0.04, margin=0.1)
    if preprocessing is None:
        preprocessing = Preprocessing("quickdraw") if builder == "sketchxainet" else pixels
    torch.manual_seed(seed)
    network = build(builder, {"classes": len(CLASSES), **shape, **config})
    card = Card(
        name="toy", version=1, builder=builder, licence="Apache-2.0", trained_on="a desk", command="none",
        classes=CLASSES, config=shape, preprocessing=preprocessing, weights=Weights((WeightFile("a", "0" * 64),)),
    )  # fmt: skip
    return Recogniser(network, card)
