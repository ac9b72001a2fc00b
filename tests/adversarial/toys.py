"""A model of subsets that a table answers, and slow searches over all of them."""

import itertools

import numpy as np

from sketchlib.sketch import Sketch

CLASSES = ("cat", "cow", "dog")


def strokes(count):
    """Strokes of lengths 0.05, 0.1, ..., side by side."""
    return Sketch.from_points([[(0.1 * i, 0.0), (0.1 * i, 0.05 * (i + 1))] for i in range(count)])


class Table:
    """Logits by the ids of the strokes; counts how many sketches it was asked for in each call."""

    classes = CLASSES

    def __init__(self, count, seed, bias=2.5):
        draw = np.random.default_rng(seed)
        self.own, self.pairs = draw.normal(0.6, 1, (count, 3)), draw.normal(0, 0.6, (count, count, 3))
        self.bias, self.asked = np.array([bias, 0.0, 0.0]), []

    def row(self, ids):
        alone = sum((self.own[i] for i in ids), np.zeros(3))
        return self.bias + alone + sum((self.pairs[i, j] for i, j in itertools.combinations(sorted(ids), 2)), 0)

    def logits(self, sketches):
        self.asked.append(len(sketches))
        return np.stack([self.row(sketch.ids) for sketch in sketches])


def shares(sketch):
    """Share of ink of each stroke: length and the width of a line, 0.025 of the sketch's longer side."""
    points = np.concatenate([stroke.points for stroke in sketch])
    wide = 0.025 * np.ptp(points, axis=0).max()
    lengths = [sum(np.hypot(*step) for step in np.diff(stroke.points, axis=0)) + wide for stroke in sketch]
    return np.array(lengths) / sum(lengths)


def reaches(row, category, target):
    """Whether logits show the target, or anything but the category."""
    best = CLASSES[int(np.argmax(row))]
    return best == target if target else best != category


def slow_optimum(model, sketch, category, target, budget):
    """Ids of the deletion of fewest strokes, then least ink, by trying all; None where there is none."""
    ink = dict(zip(sketch.ids, shares(sketch), strict=True))
    for size in range(1, len(sketch)):
        found = [
            (sum(ink[i] for i in gone), gone)
            for gone in itertools.combinations(sketch.ids, size)
            if sum(ink[i] for i in gone) <= budget + 1e-9
            and reaches(model.row([i for i in sketch.ids if i not in gone]), category, target)
        ]
        if found:
            return set(min(found)[1])
    return None


def slow_greedy(model, sketch, category, target, budget):
    """Ids in the order in which they go, and whether it flipped."""
    ink, gone = dict(zip(sketch.ids, shares(sketch), strict=True)), []
    while True:
        options = []
        for i in sketch.ids:
            left = [j for j in sketch.ids if j not in (*gone, i)]
            if i in gone or not left or sum(ink[j] for j in [*gone, i]) > budget + 1e-9:
                continue
            row = model.row(left)
            own = CLASSES.index(target or category)
            margin = (row[own] - max(np.delete(row, own))) * (-1 if target else 1)
            done = reaches(row, category, target)
            options.append((not done, ink[i] if done else margin, i))
        if not options:
            return gone, False
        missed, _, best = min(options)
        gone.append(best)
        if not missed:
            return gone, True
