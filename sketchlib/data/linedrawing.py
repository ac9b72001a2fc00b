"""From the exact lines of a rendered object to a drawing as a person might have made it, a new one for each draw."""

from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np

from sketchlib.simplify import ramer_douglas_peucker, resample
from sketchlib.sketch import Array, Sketch

SPACING = 0.01
"""Canvas units between the points that are moved."""

TOLERANCE = 0.003
"""Canvas units: of the simplification of the result."""

WAVES = 4
"""Plane waves that make up a tremor or a warp."""


@dataclass(frozen=True)
class Hand:
    """How far a drawing strays from the lines it is of. Lengths are in canvas units, angles in degrees.

    aspect, shear: standard deviation of log(width / height) and of the shear of the whole drawing.
    rotation: standard deviation of its angle. warp: of a smooth displacement of the whole drawing.
    drift, resize: standard deviation of the shift and of log(size) of each stroke.
    bow: of the sag of a stroke, as a share of its length. tremor: of the displacement along a stroke.
    overshoot: standard deviation of what an end runs on (positive) or falls short.
    haste: longest stretch over which corners are cut.
    forget: chance that a very short stroke is left out; it falls with the square of the length to 0 for the longest.
    single: chance, once a drawing, that of two lines side by side only the longer is drawn; beside: how near they are.
    connect: chance that a stroke goes on into one that starts where it ends. lift: chance that a corner ends a stroke.
    reverse: chance that a stroke runs the other way.
    """

    aspect: float = 0.12
    shear: float = 0.08
    rotation: float = 3.0
    warp: float = 0.018
    drift: float = 0.012
    resize: float = 0.05
    bow: float = 0.02
    tremor: float = 0.003
    overshoot: float = 0.012
    haste: float = 0.05
    forget: float = 0.3
    single: float = 0.5
    beside: float = 0.035
    connect: float = 0.35
    lift: float = 0.25
    reverse: float = 0.3

    def scaled(self, strength: float) -> "Hand":
        """Every length, angle and chance times `strength` (chances end at 1); 0 traces the lines."""
        sizes = {each.name: strength * getattr(self, each.name) for each in fields(self)}
        chances = {name: min(sizes[name], 1.0) for name in ("forget", "single", "connect", "lift", "reverse")}
        return replace(self, **sizes | chances)


def redraw(sketch: Sketch, hand: Hand, random: np.random.Generator) -> Sketch:
    """A drawing of the same thing; the same generator state gives the same drawing.

    The result is about where the lines are, may reach out of the canvas, keeps the label and numbers its strokes anew:
    they are other strokes. At least the longest one is drawn. An empty sketch stays empty.
    """
    strokes = [resample(stroke.points, SPACING) for stroke in sketch]
    strokes = _remembered(_singled(strokes, hand, random), hand, random)
    strokes = _connected(_lifted(strokes, hand, random), hand, random)
    strokes = [_stroke(points, hand, random) for points in strokes]
    drawn = [ramer_douglas_peucker(points, TOLERANCE) for points in _whole(strokes, hand, random)]
    return Sketch.from_points(drawn, sketch.label)


def _length(points: Array) -> float:
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def _singled(strokes: list[Array], hand: Hand, random: np.random.Generator) -> list[Array]:
    """Without the shorter of two lines that run side by side, when the coin says so."""
    if random.random() >= hand.single:
        return strokes
    kept: list[int] = []
    for i in sorted(range(len(strokes)), key=lambda i: -_length(strokes[i])):
        if not any(_runs_beside(strokes[i], strokes[j], hand.beside) for j in kept):
            kept.append(i)
    return [strokes[i] for i in sorted(kept)]


def _runs_beside(points: Array, other: Array, distance: float) -> bool:
    """Whether four fifths of the points are that near to the other line, and spread along it."""
    gaps_sq = ((points[:, None] - other[None]) ** 2).sum(axis=2)
    near = float((gaps_sq.min(axis=1) <= distance**2).mean())
    reached = np.ptp(gaps_sq.argmin(axis=1)) * SPACING
    return near >= 0.8 and bool(reached >= 0.7 * _length(points))


def _remembered(strokes: list[Array], hand: Hand, random: np.random.Generator) -> list[Array]:
    lengths = [_length(points) for points in strokes]
    longest = max(lengths, default=0.0)
    chances = [hand.forget * (1 - length / longest) ** 2 if longest > 0 else 0.0 for length in lengths]
    return [points for points, chance in zip(strokes, chances, strict=True) if random.random() >= chance]


def _lifted(strokes: list[Array], hand: Hand, random: np.random.Generator) -> list[Array]:
    """Strokes cut at some of their corners."""
    pieces = []
    for points in strokes:
        cuts = [corner for corner in _corners(points) if random.random() < hand.lift]
        bounds = [0, *cuts, len(points) - 1]
        pieces += [points[a : b + 1] for a, b in pairwise(bounds)]
    return pieces


def _corners(points: Array) -> list[int]:
    """Indices of points about which a stroke turns by more than 50 degrees within 4 spacings, one a corner."""
    behind, ahead = points[2:-2] - points[:-4], points[4:] - points[2:-2]
    size = np.linalg.norm(behind, axis=1) * np.linalg.norm(ahead, axis=1)
    sharp = np.flatnonzero((ahead * behind).sum(axis=1) < np.cos(np.radians(50)) * size) + 2
    corners = np.split(sharp, np.flatnonzero(np.diff(sharp) > 4) + 1)
    return [int(corner[len(corner) // 2]) for corner in corners if len(corner)]


def _connected(strokes: list[Array], hand: Hand, random: np.random.Generator) -> list[Array]:
    """Strokes drawn on into a later one that has an end where they stop."""
    chains: list[Array] = []
    for points in strokes:
        for number, chain in enumerate(chains):
            onward = next((each for each in (points, points[::-1]) if _meet(chain, each)), None)
            if onward is not None and random.random() < hand.connect:
                chains[number] = np.concatenate([chain, onward])
                break
        else:
            chains.append(points)
    return chains


def _meet(chain: Array, points: Array) -> bool:
    return float(np.hypot(*(chain[-1] - points[0]))) <= 2 * SPACING


def _stroke(points: Array, hand: Hand, random: np.random.Generator) -> Array:
    """One stroke as the hand moves: corners cut, sagging, trembling, too long or too short, not quite in its place."""
    length = max(_length(points), SPACING)
    points = _hurried(points, hand.haste * random.random())
    chord = points[-1] - points[0]
    across = np.array([-chord[1], chord[0]])
    t = np.linspace(0, 1, len(points))[:, None]
    points = points + hand.bow * random.standard_normal() * 4 * t * (1 - t) * across
    arc = np.linspace(0, length, len(points))[:, None] * np.ones(2)
    points = points + hand.tremor * _waves(arc, 8.0, random)
    points = _ended(points, hand.overshoot * random.standard_normal(), 0.4 * length)
    points = _ended(points[::-1], hand.overshoot * random.standard_normal(), 0.4 * length)[::-1]
    middle = points.mean(axis=0)
    points = middle + np.exp(hand.resize * random.standard_normal()) * (points - middle)
    points = points + hand.drift * random.standard_normal(2)
    return points[::-1] if random.random() < hand.reverse else points


def _hurried(points: Array, stretch: float) -> Array:
    """Corners cut: the mean over `stretch` canvas units along the stroke, both ends kept."""
    reach = int(stretch / SPACING / 2)
    if reach == 0 or len(points) <= 2 * reach + 1:
        return points
    padded = np.concatenate([2 * points[0] - points[reach:0:-1], points, 2 * points[-1] - points[-2 : -reach - 2 : -1]])
    sums = np.cumsum(np.concatenate([np.zeros((1, 2)), padded]), axis=0)
    return np.asarray((sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1))


def _ended(points: Array, change: float, most: float) -> Array:
    """The last end moved on by `change` canvas units along its direction, or shortened by -change, `most` at most."""
    if len(points) < 3:
        return points
    if change < 0:
        steps = int(min(-change, most) / SPACING)
        return points[: max(len(points) - steps, 2)]
    away = points[-1] - points[max(len(points) - 5, 0)]
    direction = away / max(float(np.hypot(*away)), 1e-9)
    return np.concatenate([points, points[-1:] + min(change, most) * direction])


def _waves(places: Array, frequency: float, random: np.random.Generator) -> Array:
    """(n, 2) -> (n, 2) a smooth random function of the place, of standard deviation about 1 in x and y."""
    wave = random.uniform(-frequency, frequency, (WAVES, 2, 2)) * 2 * np.pi
    phase = random.uniform(0, 2 * np.pi, (WAVES, 2))
    return np.asarray(np.sin(np.einsum("wcj,pj->pwc", wave, places) + phase).sum(axis=1) * np.sqrt(2 / WAVES))


def _whole(strokes: list[Array], hand: Hand, random: np.random.Generator) -> list[Array]:
    """The drawing as a whole turned, sheared, stretched and warped about the middle of its box."""
    angle, shear, aspect = random.standard_normal(3) * [np.radians(hand.rotation), hand.shear, hand.aspect]
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1.0, shear], [0.0, 1.0]]) @ np.diag([np.exp(aspect / 2), np.exp(-aspect / 2)])
    if not strokes:
        return []
    every = np.concatenate(strokes)
    middle = (every.min(axis=0) + every.max(axis=0)) / 2
    moved = middle + (every - middle) @ matrix.T + hand.warp * _waves(every, 0.8, random)
    return np.split(moved, np.cumsum([len(points) for points in strokes])[:-1])
