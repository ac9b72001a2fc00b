"""The raster's equation, one pixel at a time, and sketches to try it on."""

import itertools
import math

import numpy as np

from sketchlib.raster import LINE_WIDTH, SOFTNESS

DRAWINGS = {
    "crossing": [[(0.1, 0.2), (0.8, 0.7), (0.3, 0.9)], [(0.2, 0.8), (0.9, 0.1)]],
    "self-crossing": [[(0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9)]],
    "dot": [[(0.43, 0.57)]],
    "duplicates": [[(0.3, 0.3), (0.3, 0.3), (0.6, 0.3), (0.6, 0.3)], [(0.7, 0.7), (0.7, 0.7)]],
    "axis-aligned": [[(0.1, 0.5), (0.9, 0.5)], [(0.5, 0.1), (0.5, 0.9)]],
    "off-canvas": [[(-0.4, 0.5), (1.7, 0.6)], [(5.0, 5.0), (6.0, 5.0)], [(0.99, 1.01)], [(-9.0, -9.0)]],
    "empty": [],
}


def covered(d, line_width, softness):
    t = min(max((line_width / 2 + softness - d) / (2 * softness), 0.0), 1.0)
    return t * t * (3 - 2 * t)


def distance(p, a, b):
    (px, py), (ax, ay), (bx, by) = p, a, b
    length_sq = (bx - ax) ** 2 + (by - ay) ** 2
    along = ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length_sq if length_sq > 0 else 0.0
    along = min(max(along, 0.0), 1.0)
    return math.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay))


def segments(points):
    return [(points[0], points[0])] if len(points) == 1 else list(itertools.pairwise(points))


def oracle(strokes, side, line_width=LINE_WIDTH, softness=SOFTNESS, opacities=None):
    """I = 1 - prod_k (1 - o_k max_j a_j c_j); opacities: per stroke, then per segment."""
    stroke_opacity, segment_opacity = opacities or (np.ones(len(strokes)), np.ones(10_000))
    ink = np.zeros((side, side))
    for row, column in np.ndindex(side, side):
        centre, paper, number = ((column + 0.5) / side, (row + 0.5) / side), 1.0, 0
        for k, points in enumerate(strokes):
            best = 0.0
            for a, b in segments(points):
                best = max(best, segment_opacity[number] * covered(distance(centre, a, b), line_width, softness))
                number += 1
            paper *= 1.0 - stroke_opacity[k] * best
        ink[row, column] = 1.0 - paper
    return ink
