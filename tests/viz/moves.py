"""A made-up inversion whose every place and probability is known."""

import numpy as np

from sketchlib.inversion import Run, Step
from sketchlib.sketch import Sketch

SHAPES = [np.array([[0.0, 0.0], [0.2, 0.0]]), np.array([[0.0, 0.0], [0.0, 0.3], [0.1, 0.3]]), np.array([[0.0, 0.0]])]
IDS = (7, 3, 9)


def sketch_at(places):
    """The three shapes with their first points at (3, 2) places."""
    drawn = Sketch.from_points([shape + place for shape, place in zip(SHAPES, places, strict=True)])
    return Sketch(tuple(type(stroke)(stroke.points, identity) for stroke, identity in zip(drawn, IDS, strict=True)))


def history(iterations=10, runs=1, target="cat"):
    """Runs, and per iteration one step of each: strokes move right by 0.05, runs lie 0.1 below each other."""
    made = [Run(sketch_at(np.zeros((3, 2))), target, "scattered", seed) for seed in range(runs)]
    return made, [
        tuple(step(number, iterations, seed, target) for seed in range(runs)) for number in range(iterations + 1)
    ]


def step(number, iterations, seed, target):
    places = np.array([[0.1, 0.1], [0.3, 0.2], [0.2, 0.5]]) + np.array([0.05 * number, 0.1 * seed])
    share = number / iterations
    top = target if share > 0.5 else "<dog>"
    return Step(number, places, sketch_at(places), share, 1 - share, top, max(share, 1 - share), 2.0 - share)
