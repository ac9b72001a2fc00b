"""`Attribution`: what every method returns."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sketchlib.sketch import Sketch

Array = NDArray[np.float64]
Parts = Literal["strokes", "segments", "points"]


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each part of a sketch counts for a score.

    values: (n,) one number per part, read-only, in units of the score; positive = evidence for it. Of the unsigned
        methods: `p_sla_move` score per canvas unit, `ink_length` canvas units, `random` no unit.
    parts: what the values belong to: strokes, segments (n - 1 of a stroke of n points, one of a dot) or points.
    sketch: the parts' geometry where it was drawn: the strokes with their ids, simplified as the model reads them.
    method: its name in `METHODS`.
    target: the explained score in words.
    score: of the whole sketch. blank_score: of blank paper. Same unit.
    signed: whether negative values mean evidence against; else values only rank.
    gap: score - blank_score - sum(values): what the values leave unexplained, signed, in units of the score; None for
        methods whose values do not add up to anything.
    standard_error: (n,) of values, in their unit, where they are sampled, else None.
    model_calls: inputs the model scored for this result, each once; one that is also differentiated counts once.
    note: a sentence that belongs beside the values, or "".
    """

    values: Array
    parts: Parts
    sketch: Sketch
    method: str
    target: str
    score: float
    blank_score: float
    signed: bool
    gap: float | None
    standard_error: Array | None
    model_calls: int
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("values", "standard_error"):
            if getattr(self, name) is not None:
                array = np.array(getattr(self, name), dtype=np.float64)
                array.flags.writeable = False
                object.__setattr__(self, name, array)

    @property
    def stroke_of_part(self) -> NDArray[np.intp]:
        """(n,) position of the stroke each value belongs to."""
        counts = [_count(self.parts, len(stroke)) for stroke in self.sketch]
        return np.repeat(np.arange(len(counts)), counts)

    def per_stroke(self) -> Array:
        """(strokes,) sum of the values of each stroke's parts."""
        summed: NDArray[Any] = np.bincount(self.stroke_of_part, self.values, len(self.sketch))
        return summed


def _count(parts: Parts, points: int) -> int:
    return {"strokes": 1, "segments": max(points - 1, 1), "points": points}[parts]
