"""An attribution as a picture that stands alone: SVG, its own paper, legend and words."""

import html
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchlib.viz.colours import FLOOR, colour
from sketchlib.viz.heat import Heat, heat, number, raw_range

if TYPE_CHECKING:
    from sketchlib.attribution import Attribution
    from sketchlib.sketch import Sketch

SIDE, MARGIN, LEGEND, LINE = 320, 16, 54, 15
LETTERS = 52
PAPER, INK, QUIET = "#fffefa", "#1b1a17", "#5f5c55"
STOPS = 9


class Picture(str):
    """The text of an SVG document, which a notebook shows as a picture."""

    def _repr_svg_(self) -> str:
        return str(self)


def heat_svg(attribution: "Attribution", floor: float = FLOOR) -> Picture:
    """The sketch in the colours of `heat`, with its raw range, method and target.

    floor: least value of full colour, in the unit that is shown; lower it for a score that is not a logit. It brings
    its own light paper, so that it reads the same on white and on dark; a title and a description speak it.
    """
    shown = heat(attribution, floor)
    words = _words(attribution, shown)
    height = SIDE + LEGEND + LINE * len(words)
    body = [*_strokes(attribution, shown), *_legend(shown, attribution.signed), *_text(words)]
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {height}" width="{2 * SIDE}" '
        f'height="{2 * height}" role="img" aria-labelledby="title desc" font-family="system-ui, sans-serif">\n'
        f'<title id="title">{html.escape(f"{attribution.method} on {attribution.target}")}</title>\n'
        f'<desc id="desc">{html.escape(_spoken(attribution, shown))}</desc>\n'
        f'<rect width="{SIDE}" height="{height}" rx="8" fill="{PAPER}"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _words(attribution: "Attribution", shown: Heat) -> list[str]:
    """Lines under the legend: the raw range, method and target, then the score and what the values leave of it."""
    score = f"score {number(attribution.score)}, blank paper {number(attribution.blank_score)}"
    gap = "" if attribution.gap is None else f", gap {number(attribution.gap)}"
    said = f"this sketch: {raw_range(shown, attribution.signed)}", f"{attribution.method} on {attribution.target}"
    return [line for text in (*said, score + gap) for line in textwrap.wrap(text, LETTERS)]


def _spoken(attribution: "Attribution", shown: Heat) -> str:
    values = attribution.per_stroke()
    each = (f"stroke {place} {number(value, attribution.signed)}" for place, value in enumerate(values, start=1))
    return f"Range {raw_range(shown, attribution.signed)}. Sum of each stroke: {', '.join(each)}."


def _strokes(attribution: "Attribution", shown: Heat) -> Iterator[str]:
    """One group a stroke, with its value to hover over; the strongest colours on top."""
    scale, shift = _place(attribution.sketch)
    values = attribution.per_stroke()
    strength = [max(abs(stretch.share) for stretch in stretches) for stretches in shown.strokes]
    yield '<g fill="none" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">'
    for place in np.argsort(strength, kind="stable"):
        said = f"Stroke {place + 1}: {number(float(values[place]), attribution.signed)}"
        yield f"<g><title>{html.escape(said)}</title>"
        for stretch in shown.strokes[place]:
            yield f'<path d="{path_data(stretch.points * scale + shift)}" stroke="{colour(stretch.share)}"/>'
        yield "</g>"
    yield "</g>"


def _place(sketch: "Sketch") -> tuple[float, NDArray[np.float64]]:
    """Scale and shift from canvas units to the picture: as drawn, or fitted where it was drawn beyond the canvas."""
    low, high = sketch.bounds()
    room = SIDE - 2 * MARGIN
    if low.min() >= 0 and high.max() <= 1:
        return room, np.full(2, MARGIN)
    scale = room / max(float((high - low).max()), 1e-9)
    return scale, SIDE / 2 - scale * (low + high) / 2


def path_data(points: NDArray[np.float64]) -> str:
    """Straight segments through (n, 2) points as the d of a path; a single point is a dot."""
    if len(points) == 1:
        return f"M{points[0][0]:.2f} {points[0][1]:.2f}h.01"
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)


def _legend(shown: Heat, signed: bool) -> Iterator[str]:
    """The scale from end to end, and a bracket around what occurs in this sketch."""
    width, top = SIDE - 2 * MARGIN, SIDE + 16
    low = -1.0 if signed else 0.0
    shares = np.linspace(low, 1, STOPS)
    stops = (f'<stop offset="{at:.3f}" stop-color="{colour(share)}"/>' for at, share in zip(
        np.linspace(0, 1, STOPS), shares.tolist(), strict=True))  # fmt: skip
    yield f'<defs><linearGradient id="scale">{"".join(stops)}</linearGradient></defs>'
    yield f'<rect x="{MARGIN}" y="{top}" width="{width}" height="7" rx="3.5" fill="url(#scale)"/>'
    left, right = (
        MARGIN + width * (value / shown.limit - low) / (1 - low) for value in (shown.low, max(shown.low, shown.high))
    )
    yield f'<path d="M{left:.1f} {top - 5}v3h{max(right - left, 0.5):.1f}v-3" fill="none" stroke="{INK}"/>'
    ends = [("start", MARGIN, f"against {number(-shown.limit)}" if signed else "0"), ("middle", SIDE / 2, "0")]
    ends = [*(ends if signed else ends[:1]), ("end", SIDE - MARGIN, f"{number(shown.limit, signed)} for")]
    for anchor, x, said in ends:
        yield text_line(said, x, top + 19, 10, QUIET, anchor)


def _text(words: list[str]) -> Iterator[str]:
    for place, said in enumerate(words):
        yield text_line(said, MARGIN, SIDE + LEGEND + LINE * place, 11, INK)


def text_line(said: str, x: float, y: float, size: int, fill: str, anchor: str = "start") -> str:
    """One line of escaped text whose baseline is at y."""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" fill="{fill}">{html.escape(said)}</text>'
