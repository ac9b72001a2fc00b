"""From the features of solids to a few long strokes in canvas units, as a careful person would draw the photo."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gallery.camera import View
from gallery.features import feature_chains
from gallery.shapes import Array, Part
from gallery.visibility import depth_buffer, visible

PIXEL = 1 / 256
"""Canvas units; lengths below are in pixels of a 256 px photo."""

STEP = 1.5
"""Between samples along a line."""

GAP = 4.0
"""A shorter break in a line is drawn through."""

SHORTEST = 7.0
"""A shorter stroke is left out."""

CLOSE = {True: 2.4, False: 4.5}
"""A line that runs this near to one already drawn is left out; an outline may come nearer than a crease."""

JOIN = 4.0
"""Ends as near as this are joined when the turn is gentle enough."""

TURN, GENTLE = 115.0, 35.0
"""Degrees: the sharpest turn inside one stroke on one part, and from one part to another."""

TOLERANCE = 0.9
"""Of the final simplification."""


@dataclass(frozen=True, eq=False)
class _Line:
    """points: (n, 2) px. part: which one it belongs to. outline: as in `Chain`."""

    points: Array
    part: int
    outline: bool

    @property
    def length(self) -> float:
        return float(np.linalg.norm(np.diff(self.points, axis=0), axis=1).sum())

    def reversed(self) -> "_Line":
        return _Line(self.points[::-1], self.part, self.outline)


def line_drawing(parts: list[Part], view: View) -> list[Array]:
    """Strokes as (n, 2) points in canvas units of the photo, part by part, from the largest part to the smallest."""
    nearest = depth_buffer(parts, view)
    lines = [line for number, part in enumerate(parts) for line in _seen(part, number, view, nearest)]
    lines = _without_doubles(_joined(lines))
    strokes = _joined(lines, across=True)
    drawn = [stroke for stroke in strokes if stroke.length >= SHORTEST]
    return [_simplified(line.points) * PIXEL for line in _in_order(drawn)]


def _seen(part: Part, number: int, view: View, nearest: Array) -> list[_Line]:
    """The visible pieces of one part's lines."""
    found = []
    for chain in feature_chains(part, view):
        points = _sampled(chain.points, view)
        flat, ahead = view.project(points)
        shown = _closed_gaps(visible(flat, ahead, nearest), int(GAP / STEP))
        found += [_Line(piece / PIXEL, number, chain.outline) for piece in _runs(flat, shown)]
    return found


def _sampled(points: Array, view: View) -> Array:
    """The chain resampled in space so that a step is about STEP px in the picture."""
    _, ahead = view.project(points)
    step = STEP * PIXEL * 2 * view.half * float(ahead.min())
    return _resampled(points, step)


def _resampled(points: Array, step: float) -> Array:
    """(n, 2 or 3) -> points evenly spaced along the line, about `step` apart, both ends kept."""
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    places = np.linspace(0, arc[-1], max(int(np.ceil(arc[-1] / step)), 1) + 1)
    return np.stack([np.interp(places, arc, column) for column in points.T], axis=1)


def _closed_gaps(shown: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """True also where fewer than `width` False lie between two True."""
    places = np.flatnonzero(shown)
    closed = shown.copy()
    for a, b in pairwise(places):
        if b - a <= width:
            closed[a:b] = True
    return closed


def _runs(points: Array, shown: NDArray[np.bool_]) -> list[Array]:
    """The stretches of at least two points that are shown."""
    borders = np.flatnonzero(np.diff(np.concatenate([[False], shown, [False]]).astype(int)))
    return [points[a:b] for a, b in borders.reshape(-1, 2) if b - a >= 2]


def _without_doubles(lines: list[_Line]) -> list[_Line]:
    """Outlines first, long ones first; of each line only what is not near one that is already there."""
    kept: list[_Line] = []
    drawn = np.full((0, 2), np.inf)
    for line in sorted(lines, key=lambda each: (not each.outline, -each.length)):
        points = _resampled(line.points, STEP)
        free = _widened(~_near(points, drawn, CLOSE[line.outline]), int(CLOSE[line.outline] / STEP))
        pieces = _runs(points, _closed_gaps(free, int(GAP / STEP)))
        new = [piece for piece in (_Line(p, line.part, line.outline) for p in pieces) if piece.length >= SHORTEST]
        kept += new
        drawn = np.concatenate([drawn, *(line.points for line in new)])
    return kept


def _widened(free: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Each run of True longer by `width` at both ends, so that a line reaches those it ends at."""
    return np.asarray(np.convolve(free, np.ones(2 * width + 1), "same") > 0)


def _near(points: Array, drawn: Array, distance: float) -> NDArray[np.bool_]:
    if not len(drawn):
        return np.zeros(len(points), dtype=bool)
    gaps_sq = ((points[:, None] - drawn[None]) ** 2).sum(axis=2)
    return np.asarray(gaps_sq.min(axis=1) < distance**2)


def _joined(lines: list[_Line], across: bool = False) -> list[_Line]:
    """Lines linked at their ends, the gentlest turn first, until no two ends are near; `across`: also between parts."""
    lines = list(lines)
    while True:
        best = min(_links(lines, across), default=None)
        if best is None:
            return lines
        _, a, b, flip_a, flip_b = best
        first = lines[a].points[::-1] if flip_a else lines[a].points
        second = lines[b].points[::-1] if flip_b else lines[b].points
        longer = max(lines[a], lines[b], key=lambda line: line.length)
        merged = _Line(np.concatenate([first, second]), longer.part, lines[a].outline and lines[b].outline)
        lines = [line for i, line in enumerate(lines) if i not in (a, b)] + [merged]


def _links(lines: list[_Line], across: bool) -> list[tuple[float, int, int, bool, bool]]:
    """(turn in degrees, line, other line, whether each is reversed) of every two ends that may be joined."""
    # Row 2 i holds the first point of line i, row 2 i + 1 its last.
    tips = np.array([line.points[end] for line in lines for end in (0, -1)]).reshape(-1, 2)
    near_sq = ((tips[:, None] - tips[None]) ** 2).sum(axis=2)
    found = []
    for one, two in np.argwhere(np.triu(near_sq <= JOIN**2, k=1)).tolist():
        a, b, flip_a, flip_b = one // 2, two // 2, one % 2 == 0, two % 2 == 1
        same = lines[a].part == lines[b].part and (across or lines[a].outline == lines[b].outline)
        limit = TURN if same else GENTLE if across else 0.0
        out = _heading(lines[a].points[::-1] if flip_a else lines[a].points)
        onward = -_heading(lines[b].points if flip_b else lines[b].points[::-1])
        turn = float(np.degrees(np.arccos(np.clip(out @ onward, -1, 1))))
        if a != b and turn < limit:
            found.append((turn, a, b, flip_a, flip_b))
    return found


def _heading(points: Array) -> Array:
    """Unit vector in which a line leaves its last point."""
    back = points[max(len(points) - 5, 0)]
    away = points[-1] - back
    return np.asarray(away / max(float(np.hypot(*away)), 1e-9))


def _simplified(points: Array) -> Array:
    """Ramer-Douglas-Peucker by the distance to the chord itself, not to its line: the tip of a narrow V stays."""
    chord = points[-1] - points[0]
    along = np.clip((points - points[0]) @ chord / max(float(chord @ chord), 1e-12), 0, 1)
    gaps = np.linalg.norm(points - points[0] - along[:, None] * chord, axis=1)
    split = int(gaps.argmax())
    if gaps[split] <= TOLERANCE:
        return points[[0, -1]]
    return np.concatenate([_simplified(points[: split + 1])[:-1], _simplified(points[split:])])


def _in_order(lines: list[_Line]) -> list[_Line]:
    """The parts with the most ink first, the strokes of a part together, each from its upper end."""
    ink: dict[int, float] = defaultdict(float)
    for line in lines:
        ink[line.part] += line.length
    downwards = [line if line.points[0, 1] <= line.points[-1, 1] else line.reversed() for line in lines]
    return sorted(downwards, key=lambda line: (-ink[line.part], line.part, -line.length))
