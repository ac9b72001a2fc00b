"""An inversion as motion: which moments to show, the drawing between two iterations, and a view that holds it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

if TYPE_CHECKING:
    from sketchlib.inversion import Step

Array = NDArray[np.float64]
History = Sequence[tuple["Step", ...]]
"""Per iteration, from 0, one step of every run."""

MARGIN = 0.06
"""Around everything shown, as a share of its side."""


@dataclass(frozen=True, eq=False)
class View:
    """A square of the plane. corner: (2,) its top left, side: its length; canvas units."""

    corner: Array
    side: float

    def place(self, points: Array, pixels: float) -> Array:
        """(n, 2) canvas units -> (n, 2) in a picture of so many pixels a side."""
        placed: Array = (points - self.corner) * (pixels / self.side)
        return placed


def checked(history: History) -> History:
    """The history, or InputError where it holds no iteration, no run or no stroke."""
    if not history or not history[0] or not all(len(step.sketch) for step in history[0]):
        raise InputError("a picture of an inversion shows at least one iteration of one run with a stroke, got none")
    return history


def view_of(history: History) -> View:
    """The smallest square around the canvas and everything that was ever drawn, and a margin."""
    corners = [corner for steps in history for step in steps for corner in step.sketch.bounds()]
    corners += [np.zeros(2), np.ones(2)]
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    side = float((high - low).max()) / (1 - 2 * MARGIN)
    return View((low + high - side) / 2, side)


def moments(iterations: int, count: int) -> Array:
    """(count,) iterations, fractions allowed, from 0 to the last, to be shown at equal intervals.

    Even steps of log(1 + iteration): most of an inversion happens in its first ten iterations.
    """
    return np.expm1(np.linspace(0.0, np.log1p(iterations), count))


def drawing_at(history: History, run: int, moment: float) -> Sketch:
    """The drawing of a run at an iteration; between two, every point is on the straight line between its places."""
    before = min(int(moment), len(history) - 1)
    sketch, share = history[before][run].sketch, moment - before
    if share <= 0:
        return sketch
    after = {stroke.id: stroke.points for stroke in history[min(before + 1, len(history) - 1)][run].sketch}
    return sketch.with_points([(1 - share) * stroke.points + share * after[stroke.id] for stroke in sketch])


def trails(history: History, run: int) -> dict[int, Array]:
    """By stroke id, (iterations + 1, 2): where its first point was, canvas units."""
    places: dict[int, list[Array]] = {stroke.id: [] for stroke in history[0][run].sketch}
    for steps in history:
        for stroke in steps[run].sketch:
            places[stroke.id].append(stroke.points[0])
    return {identity: np.array(points) for identity, points in places.items()}
