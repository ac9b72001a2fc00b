"""How the canvas of a query is chosen: by a glance, by the selector, and at what cost [maity2025sketch]."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32
from torch import Tensor, nn

from sketchlib.models.mobilenet import MobileNetV2
from sketchlib.retrieval.cost import flops, recurrent_flops
from sketchlib.retrieval.gradients import gradients_flops
from sketchlib.retrieval.lines import CANVASES, SPAN
from sketchlib.retrieval.networks import CanvasSelector
from sketchlib.simplify import ramer_douglas_peucker
from sketchlib.sketch import Sketch

TOLERANCE = 0.01
"""Of the simplification, canvas units; it grows by half until MOST_POINTS are left, or only the strokes' ends."""
MOST_POINTS = 96

GLANCE = CANVASES[0]
"""Where there are few photos to search, a query is first read on this canvas."""
GLANCE_AMONG = 1000
"""At most so many photos: among more, two are nearly always as near, and a glance costs more than it saves."""
CERTAIN = 0.94
"""A glance will do where the nearest photo is at most so many times as far as the second."""


def certain(distances: Float[np.ndarray, "queries top"]) -> Bool[np.ndarray, " queries"]:
    """Whether a glance will do, from the distances of the nearest photos: d_1 <= CERTAIN d_2, the ratio test
    [lowe2004sift, Sec. 7.1]. One photo alone leaves no doubt."""
    if distances.shape[1] < 2:
        return np.ones(len(distances), dtype=bool)
    sure: Bool[np.ndarray, " queries"] = distances[:, 0] <= CERTAIN * distances[:, 1]
    return sure


def selector_points(sketch: Sketch) -> Float32[np.ndarray, "points 5"]:
    """Rows (x, y, q1, q2, q3) of the sketch in its frame: q1 the pen stays down, q2 it lifts, q3 it lifts for good."""
    placed = sketch.fitted((1 - SPAN) / 2)
    tolerance = TOLERANCE
    strokes = [ramer_douglas_peucker(stroke.points, tolerance) for stroke in placed]
    while sum(map(len, strokes)) > max(MOST_POINTS, 2 * len(strokes)):
        tolerance *= 1.5
        strokes = [ramer_douglas_peucker(stroke.points, tolerance) for stroke in placed]
    points = np.concatenate(strokes)
    states = np.zeros((len(points), 3))
    states[:, 0] = 1
    ends = np.cumsum([len(stroke) for stroke in strokes]) - 1
    states[ends] = (0, 1, 0)
    states[-1] = (0, 0, 1)
    return np.concatenate([points, states], axis=1).astype(np.float32)


def padded(rows: Sequence[Float32[np.ndarray, "points 5"]]) -> tuple[Tensor, Tensor]:
    """(sketches, longest, 5) zeros after each sketch's rows, and their numbers (sketches,)."""
    lengths = torch.tensor([len(each) for each in rows])
    points = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(each) for each in rows], batch_first=True)
    return points, lengths


class OneSketch(nn.Module):
    """The selector for one sketch at a time, (1, points, 5) -> logits (1, canvases): no padding, so it is exported."""

    def __init__(self, selector: CanvasSelector) -> None:
        super().__init__()
        self.selector = selector

    def forward(self, points: Float32[Tensor, "1 points 5"]) -> Float32[Tensor, "1 canvases"]:
        logits: Tensor = self.selector.head(self.selector.recurrence(points)[1][0])
        return logits


@cache
def student_flops() -> tuple[int, ...]:
    """Of the student on each canvas, in the paper's convention, its oriented gradients included."""
    network = MobileNetV2(channels=3)
    return tuple(flops(network, (1, 3, canvas, canvas)) + gradients_flops(canvas) for canvas in CANVASES)


def selector_flops(selector: CanvasSelector, points: int) -> int:
    """Of choosing a canvas for a sketch of so many rows."""
    return recurrent_flops(selector.recurrence, selector.head, points)
