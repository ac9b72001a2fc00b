"""An attack as a picture that stands alone: before, after with what went as ghosts, and the curve."""

import html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sketchlib.viz import SCALES
from sketchlib.viz.picture import INK, PAPER, QUIET, path_data, text_line

if TYPE_CHECKING:
    from sketchlib.adversarial import Attack
    from sketchlib.sketch import Sketch

PANEL, GAP, HEAD, FOOT = 240, 20, 44, 34
WIDTH, HEIGHT = 4 * GAP + 3 * PANEL, HEAD + PANEL + FOOT
LINE = "#e4e0d7"


def deletion_svg(found: "Attack", names: Sequence[str]) -> str:
    """Three panels. names: whose probabilities the third one shows after each deletion; the first is the class seen."""
    place = _placing(found.sketch)
    body = [
        text_line(found.note, GAP, 26, 14, INK),
        *_panel(0, f"before: {_seen(found, 0)}", _paths(found.sketch, place)),
        *_panel(1, f"after: {_seen(found, -1)}", [*_ghosts(found, place), *_paths(found.final.remaining, place)]),
        *_panel(2, "probability after each deletion", _curves(found, names)),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-labelledby="title" font-family="system-ui, sans-serif" fill="none">\n'
        f'<title id="title">{html.escape(found.note)}</title>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{PAPER}"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _seen(found: "Attack", step: int) -> str:
    return f"{found.steps[step].top} {found.steps[step].probabilities.max():.1%}"


def _panel(column: int, words: str, inside: Sequence[str] | Iterator[str]) -> Iterator[str]:
    left = GAP + column * (PANEL + GAP)
    frame = f'<rect width="{PANEL}" height="{PANEL}" rx="6" stroke="{LINE}"/>'
    yield f'<g transform="translate({left} {HEAD})" stroke-linecap="round" stroke-linejoin="round">{frame}'
    yield from inside
    yield "</g>"
    yield text_line(words, left + PANEL / 2, HEAD + PANEL + 20, 12, QUIET, "middle")


def _placing(sketch: "Sketch") -> tuple[float, NDArray[np.float64]]:
    """Scale and shift that fit the whole sketch into a panel."""
    low, high = sketch.bounds()
    scale = 0.88 * PANEL / max(float((high - low).max()), 1e-9)
    return scale, PANEL / 2 - scale * (low + high) / 2


def _paths(sketch: "Sketch", place: tuple[float, NDArray[np.float64]], style: str = "") -> list[str]:
    scale, shift = place
    style = style or f'stroke="{INK}" stroke-width="2.5"'
    return [f'<path d="{path_data(stroke.points * scale + shift)}" {style}/>' for stroke in sketch]


def _ghosts(found: "Attack", place: tuple[float, NDArray[np.float64]]) -> list[str]:
    style = f'stroke="{QUIET}" stroke-width="2" stroke-dasharray="2 6" opacity="0.6"'
    return [path for step in found.steps[1:] for path in _paths(step.deleted, place, style)]


def _curves(found: "Attack", names: Sequence[str]) -> Iterator[str]:
    left, right, top, bottom = 34, PANEL - 12, 14, PANEL - 26
    last = max(len(found.steps) - 1, 1)
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * (bottom - top)
        yield f'<path d="M{left} {y}H{right}" stroke="{LINE}"/>'
        yield text_line(f"{share:.0%}", left - 4, y + 3, 9, QUIET, "end")
    for place in sorted({0, last}):
        yield text_line(str(place), left + place / last * (right - left), bottom + 14, 9, QUIET, "middle")
    for row, name in reversed(list(enumerate(names))):
        chances = [step.probabilities[found.classes.index(name)] for step in found.steps]
        points = np.array(
            [[left + i / last * (right - left), bottom - p * (bottom - top)] for i, p in enumerate(chances)]
        )
        yield f'<path d="{path_data(points)}" stroke="{_colour(row)}" stroke-width="{2.5 if row < 2 else 1.2}"/>'
        yield text_line(name, right, top + 12 + 12 * row, 10, _colour(row), "end")


def _colour(row: int) -> str:
    """Evidence for the class that was seen, against it, and neither."""
    scale = SCALES["light"]
    return (scale.towards, scale.against)[row] if row < 2 else QUIET
