"""The strokes of a sketch on a canvas, and any model that reads the ink."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from sketchlib.errors import InputError
from sketchlib.raster import LINE_WIDTH, SOFTNESS, compose, flatten, rasterise, stroke_maps
from sketchlib.sketch import Sketch

InkScore = Callable[[Tensor], Tensor]
"""Ink (batch, 1, side, side) -> scores (batch,); in evaluation mode, rows independent of each other."""


@dataclass(frozen=True)
class Canvas:
    """How a model's ink is drawn: side in pixels; line width and softness in canvas units, as in its training."""

    side: int = 224
    line_width: float = LINE_WIDTH
    softness: float = SOFTNESS

    def __post_init__(self) -> None:
        if self.side < 1 or not self.line_width > 0 or not self.softness > 0:
            raise InputError(f"a canvas has a side, a line width and a softness above 0, got {self}")


class InkGame:
    """Strokes with opacities. Gates of 0 and 1 are composed from maps of each stroke; fractions are drawn anew.

    score: ink -> scores. sketch: where the strokes were drawn. placed: where they lie on the canvas (`sketch` moved and
    scaled by one number; the sketch itself if None). description: of the score.
    """

    def __init__(
        self, score: InkScore, sketch: Sketch, canvas: Canvas, placed: Sketch | None = None, description: str = "score"
    ) -> None:
        placed = sketch if placed is None else placed
        self.score, self.sketch, self.canvas, self.description = score, sketch, canvas, description
        points, self._stroke_ends, _ = flatten([placed])
        self._points, self._scale = torch.from_numpy(points), _ratio(placed, sketch)

    @property
    def players(self) -> int:
        """Number of strokes."""
        return len(self.sketch)

    @cached_property
    def maps(self) -> Tensor:
        """Ink of each stroke alone (strokes, 1, side, side), float32."""
        side, width, softness = self.canvas.side, self.canvas.line_width, self.canvas.softness
        with torch.no_grad():
            return stroke_maps(self._points, self._stroke_ends, side, line_width=width, softness=softness)

    def image(self, gates: Tensor) -> Tensor:
        """Ink (n, 1, side, side) of strokes with gates (n, strokes) for opacities; differentiable in them."""
        if not gates.requires_grad and bool(((gates == 0) | (gates == 1)).all()):
            return compose(self.maps, gates)
        return self.draw(self._points.to(gates.dtype), len(gates), stroke_opacity=gates.flatten())

    def values(self, gates: Tensor) -> Tensor:
        """Scores (n,) of gates (n, strokes): the opacity of each stroke."""
        return self.score(self.image(gates))

    def segments(self) -> "InkSegments":
        """The same with segments for players."""
        return InkSegments(self)

    def segment_values(self, gates: Tensor) -> Tensor:
        """Scores (n,) of gates (n, segments): the opacity of each segment."""
        return self.score(self.draw(self._points.to(gates.dtype), len(gates), segment_opacity=gates.flatten()))

    def moved(self, offsets: Tensor) -> Tensor:
        """Score () with each point of `sketch` moved by offsets (points, 2); the place on the canvas is held fixed."""
        return self.score(self.draw(self._points.to(offsets.dtype) + self._scale * offsets, 1))[0]

    def draw(
        self, points: Tensor, copies: int, stroke_opacity: Tensor | float = 1.0, segment_opacity: Tensor | float = 1.0
    ) -> Tensor:
        """Ink (copies, 1, side, side) of the strokes with these points (points, 2), each copy's opacities in turn."""
        ends = np.arange(copies)[:, None] * len(points) + self._stroke_ends
        sketch_ends = np.arange(1, copies + 1) * len(self._stroke_ends)
        canvas = self.canvas
        return rasterise(
            points.repeat(copies, 1), ends.ravel(), sketch_ends, canvas.side,
            line_width=canvas.line_width, softness=canvas.softness,
            stroke_opacity=stroke_opacity, segment_opacity=segment_opacity,
        )  # fmt: skip


class InkSegments:
    """The segments of an `InkGame` for players: where one is absent, the next one below it shows."""

    def __init__(self, game: InkGame) -> None:
        self.game = game
        self.players = sum(max(len(stroke) - 1, 1) for stroke in game.sketch)

    def values(self, gates: Tensor) -> Tensor:
        """Scores (n,) of gates (n, segments): the opacity of each segment."""
        return self.game.segment_values(gates)


def _ratio(placed: Sketch, sketch: Sketch) -> float:
    """Canvas units of `placed` per unit of `sketch`; 1 where all points coincide."""
    sizes = [float((high - low).max()) for low, high in (placed.bounds(), sketch.bounds())]
    return sizes[0] / sizes[1] if min(sizes) > 0 else 1.0
