"""The line drawings of designs, and whether a sketch could tell two designs apart."""

import numpy as np

from gallery.designs import Design
from gallery.lines import line_drawing
from gallery.shapes import Array
from sketchlib.simplify import resample

APART, SHARE = 0.015, 0.1
"""Two drawings differ when this share of either's ink is this far (canvas units) from the other's."""


class Drawings:
    """The line drawings of siblings, made once for each shape: some parameters change nothing."""

    def __init__(self) -> None:
        self._known: dict[bytes, list[Array]] = {}

    def of(self, design: Design) -> list[Array]:
        """Strokes, (n, 2) canvas units each."""
        parts = design.parts()
        content = b"".join(part.vertices.tobytes() for part in parts)
        if content not in self._known:
            self._known[content] = line_drawing(parts, design.view(parts))
        return self._known[content]

    def differ(self, design: Design, other: Design) -> bool:
        """Whether a sketch could tell the two apart."""
        one, two = (np.concatenate([resample(stroke, 0.01) for stroke in self.of(each)]) for each in (design, other))
        gaps_sq = ((one[:, None] - two[None]) ** 2).sum(axis=2)
        return any(float((gaps_sq.min(axis=axis) > APART**2).mean()) > SHARE for axis in (0, 1))
