"""A family of furniture: its parameters, what they may be, and how they become parts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gallery.shapes import Part

Value = float | str
Parameters = Mapping[str, Value]


@dataclass(frozen=True)
class Range:
    """Numbers from low to high (metres, degrees or a ratio); `whole` ones are counts."""

    low: float
    high: float
    whole: bool = False

    def draw(self, random: np.random.Generator) -> float:
        """A uniform value."""
        if self.whole:
            return int(random.integers(int(self.low), int(self.high) + 1))
        return round(float(random.uniform(self.low, self.high)), 3)

    def others(self, value: float) -> list[float]:
        """Values that the eye can tell from this one, the farthest first."""
        if self.whole:
            counts = range(int(self.low), int(self.high) + 1)
            return sorted((n for n in counts if n != value), key=lambda n: -abs(n - value))
        ends = sorted((self.low, self.high), key=lambda end: -abs(end - value))
        far = [end for end in ends if abs(end - value) >= 0.35 * (self.high - self.low)]
        return [round(value + share * (end - value), 3) for share in (1.0, 0.7) for end in far]


@dataclass(frozen=True)
class Family:
    """name: in the singular. kind: chair, stool, sofa or table.

    shape: what a sketch can show: each parameter's range, or the names it may take.
    finishes: what only the photo shows: the materials each slot of the parts may have.
    build: parameters -> parts.
    """

    name: str
    kind: str
    shape: Mapping[str, Range | tuple[str, ...]]
    finishes: Mapping[str, tuple[str, ...]]
    build: Callable[[Parameters], list[Part]]
