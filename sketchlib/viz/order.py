"""The scale of drawing order, first stroke to last: one direction of lightness, so that any eye can rank it."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from sketchlib.viz.colours import Paper, blend

ORDER: Mapping[Paper, tuple[str, str, str]] = MappingProxyType(
    {"light": ("#471b63", "#1f7186", "#6a9a12"), "dark": ("#9a84f2", "#35b3ad", "#f2e14c")}
)
"""First, middle and last; on light paper the last is the palest, on dark paper the brightest."""


@cache
def order_colour(share: float, paper: Paper = "light") -> str:
    """#rrggbb of a place in [0, 1] between the first stroke and the last, interpolated in OKLab."""
    first, middle, last = ORDER[paper]
    return blend(first, middle, 2 * share) if share < 0.5 else blend(middle, last, 2 * share - 1)


def order_colours(strokes: int, paper: Paper = "light") -> list[str]:
    """One #rrggbb a stroke, evenly spread."""
    return [order_colour(place / max(strokes - 1, 1), paper) for place in range(strokes)]
