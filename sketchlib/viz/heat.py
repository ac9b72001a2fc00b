"""An attribution in colour: `heat`, stretches of line with their shares of full colour, and `heat_svg`, a picture."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchlib.viz.colours import FLOOR, limit_of

if TYPE_CHECKING:
    from sketchlib.attribution import Attribution
    from sketchlib.sketch import Stroke

Array = NDArray[np.float64]

LEVELS = 24
"""Colours on each side of the neutral one."""
STEP, WINDOW = 0.015, 0.08
"""Partial strokes, in canvas units: a colour every STEP along the line, averaged over WINDOW of it."""
DOT = 0.02
"""Least length of line that a value is shared out over, canvas units: about that of a dot."""


@dataclass(frozen=True, eq=False)
class Stretch:
    """A piece of line of one colour.

    points: (n, 2) canvas units, where it was drawn. share: of full colour, in [-1, 1], positive = for.
    """

    points: Array
    share: float


@dataclass(frozen=True, eq=False)
class Heat:
    """What to colour, and the scale it is coloured by.

    strokes: stretches of each stroke, in drawing order. low, high: range of the values that are shown, raw.
    limit: the value of full colour. unit: of all three, in words.
    """

    strokes: tuple[tuple[Stretch, ...], ...]
    low: float
    high: float
    limit: float
    unit: str


def heat(attribution: "Attribution", floor: float = FLOOR) -> Heat:
    """Colours of an attribution, by max(|values|, floor): what is tiny stays pale.

    A whole stroke shows its value. Parts show value per length of line, averaged along the arc, so that a colour does
    not depend on how finely a line was cut; values at points show their mean there. floor: in the unit that is shown.
    """
    shown = [_shown(attribution, place) for place in range(len(attribution.sketch))]
    values = np.concatenate([numbers for _, numbers in shown])
    limit = limit_of(values, floor)
    strokes = tuple(tuple(_stretches(cuts, numbers / limit)) for cuts, numbers in shown)
    return Heat(strokes, float(values.min()), float(values.max()), limit, unit(attribution))


def unit(attribution: "Attribution") -> str:
    """Of what `heat` shows, in words; a side is the side of the canvas."""
    if attribution.method == "ink_length":
        return "canvas sides"
    if attribution.method == "random":
        return "(no unit)"
    kind = next((kind for kind in ("logit", "likeness") if attribution.target.startswith(kind)), "score")
    score = "logits" if kind == "logit" else f"of {kind}"
    return (
        score + {"strokes": "", "segments": " per canvas side", "points": " per canvas side moved"}[attribution.parts]
    )


def number(value: float, signed: bool = True) -> str:
    """Two decimals, fewer from 10 and 100 on, one figure below 0.1, with a sign where it has a meaning."""
    size = abs(value)
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2
    text = f"{size:.{decimals}f}" if size >= 0.095 else f"{size:.1g}"
    if size < 0.0005:
        return "0"
    return f"−{text}" if value < 0 else f"+{text}" if signed else text


def raw_range(heat: Heat, signed: bool) -> str:
    """The legend's words: lowest and highest value, raw."""
    return f"{number(heat.low, signed)} … {number(heat.high, signed)} {heat.unit}"


def _shown(attribution: "Attribution", place: int) -> tuple[list[Array], Array]:
    """Pieces of a stroke (each (n, 2)) and the value shown on each."""
    stroke, values = attribution.sketch[place], attribution.values[attribution.stroke_of_part == place]
    if attribution.parts == "strokes":
        return [stroke.points], values
    lengths = np.linalg.norm(np.diff(stroke.points, axis=0), axis=1)
    if not lengths.sum() > 0:
        return [stroke.points], np.array([values.mean() if attribution.parts == "points" else values.sum() / DOT])
    if attribution.parts == "segments":
        return _along(stroke, lengths, values, DOT)
    return _along(stroke, lengths, lengths * (values[1:] + values[:-1]) / 2, 0.0)


def _along(stroke: "Stroke", lengths: Array, amounts: Array, least: float) -> tuple[list[Array], Array]:
    """Short pieces of a stroke, and the amount per length in a window around the middle of each."""
    arc, sums = (np.concatenate([[0.0], np.cumsum(steps)]) for steps in (lengths, amounts))
    cuts = np.union1d(arc, np.linspace(0, arc[-1], max(round(arc[-1] / STEP), 1) + 1))
    middles = (cuts[1:] + cuts[:-1]) / 2
    low, high = np.clip(middles - WINDOW / 2, 0, None), np.clip(middles + WINDOW / 2, None, arc[-1])
    density = (np.interp(high, arc, sums) - np.interp(low, arc, sums)) / np.maximum(high - low, least)
    corners = np.stack([np.interp(cuts, arc, axis) for axis in stroke.points.T], axis=1)
    return [corners[at : at + 2] for at in range(len(middles))], density


def _stretches(pieces: Iterable[Array], shares: Array) -> Iterator[Stretch]:
    """The pieces, neighbours of the same colour joined."""
    levels = np.round(shares * LEVELS) / LEVELS
    for level, group in groupby(zip(pieces, levels, strict=True), key=lambda pair: pair[1]):
        first, *rest = (points for points, _ in group)
        yield Stretch(np.concatenate([first, *(points[1:] for points in rest)]), float(level))
