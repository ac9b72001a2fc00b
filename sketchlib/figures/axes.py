"""A chart's frame: where values stand, grid lines, ticks and names; and labels that do not meet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from sketchlib.figures.sheet import FAINT, INK, QUIET, Anchor, Label, Line, Mark

Room = tuple[float, float, float, float]
FAR = (6.0, 12.0, 20.0, 30.0, 42.0, 54.0, 68.0, 84.0, 100.0)
"""How far from its point a label may stand."""


@dataclass(frozen=True)
class Axis:
    """From value `low` at `start` to `high` at `end` of the sheet. ticks: value and what is written at it."""

    name: str
    low: float
    high: float
    start: float
    end: float
    ticks: Sequence[tuple[float, str]]
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Where a value stands."""
        share = (value - self.low) / (self.high - self.low)
        if self.logarithmic:
            share = log(value / self.low) / log(self.high / self.low)
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True)
class Panel:
    """A chart of two axes; y grows upwards, so `y.start` is below `y.end`."""

    title: str
    x: Axis
    y: Axis

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a pair of values stands."""
        return self.x.at(x), self.y.at(y)

    def frame(self) -> Iterator[Mark]:
        """Everything but the data."""
        left, right, bottom, top = self.x.start, self.x.end, self.y.start, self.y.end
        yield Label(self.title, left, top - 10, 10, INK, bold=True)
        for value, said in self.y.ticks:
            y = self.y.at(value)
            yield Line(np.array([[left, y], [right, y]]), FAINT, 0.75)
            yield Label(said, left - 6, y + 3, 8.5, QUIET, "end")
        yield Line(np.array([[left, bottom], [right, bottom]]), QUIET, 0.75)
        for value, said in self.x.ticks:
            x = self.x.at(value)
            yield Line(np.array([[x, bottom], [x, bottom + 3]]), QUIET, 0.75)
            yield Label(said, x, bottom + 13, 8.5, QUIET, "middle")
        yield Label(self.x.name, (left + right) / 2, bottom + 27, 9, QUIET, "middle")
        yield Label(self.y.name, left - 34, (top + bottom) / 2, 9, QUIET, "middle", turned=True)


def meets(one: Room, other: Room) -> bool:
    """Whether two rectangles (left, top, right, bottom) overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


AROUND: tuple[tuple[float, float, Anchor], ...] = (
    (1, 0, "start"),
    (-1, 0, "end"),
    (0, -1, "middle"),
    (0, 1, "middle"),
    (0.7, -0.7, "start"),
    (0.7, 0.7, "start"),
    (-0.7, -0.7, "end"),
    (-0.7, 0.7, "end"),
)
"""Where a label may stand beside its point: direction, and which end of the words is nearest to it."""


def beside(
    point: tuple[float, float], text: str, within: Room, taken: Sequence[Room], colour: str, size: float = 8.0
) -> Label:
    """A label near a point: the first of the places AROUND it, near ones first, that meets nothing that is taken.

    within: the room it must not leave.
    """
    x, y = point
    for far in FAR:
        for dx, dy, anchor in AROUND:
            down = 3.0 if dy == 0 else 0.8 * size * (dy > 0)
            label = Label(text, x + far * dx, y + far * dy + down, size, colour, anchor)
            if is_in(label.room, within) and not any(meets(label.room, room) for room in taken):
                return label
    return Label(text, x + 6, y + 3, size, colour)


def is_in(room: Room, within: Room) -> bool:
    """Whether a rectangle lies inside another."""
    return room[0] >= within[0] and room[1] >= within[1] and room[2] <= within[2] and room[3] <= within[3]


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Places near the wanted ones and in their order, at least `apart` from each other, from low to high."""
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    placed = [0.0] * len(wanted)
    floor = low
    for place in order:
        placed[place] = floor = max(wanted[place], floor)
        floor += apart
    ceiling = high
    for place in reversed(order):
        placed[place] = ceiling = min(placed[place], ceiling)
        ceiling -= apart
    return placed
