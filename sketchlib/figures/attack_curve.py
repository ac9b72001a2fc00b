"""The attack curve: how often a recogniser is fooled, by the share of ink that may go."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from sketchlib.figures.axes import Axis, Panel, spread
from sketchlib.figures.sheet import INK, MARGIN, QUIET, WIDTH, Area, Label, Line, Mark, Sheet
from sketchlib.figures.sources import Estimate, ResultsPage, Workshop, estimate, results_page

MODELS = ("sketchxainet66-v4", "sketchcnn66-v2")
BUDGETS = {"1%": 1.0, "2%": 2.0, "5%": 5.0, "10%": 10.0, "20%": 20.0, "unlimited": 100.0}
PANELS = {
    "whole strokes": ("greedy", "one_shot", "beam", "exhaustive", "shortest", "random"),
    "parts of strokes": ("greedy_segments", "one_shot_segments", "random_segments"),
}
STYLES: Mapping[str, tuple[str, float, tuple[float, ...]]] = MappingProxyType(
    {
        "greedy": (INK, 1.8, ()),
        "exhaustive": (QUIET, 1.0, ()),
        "beam": (QUIET, 1.2, (5.0, 3.0)),
        "one_shot": (INK, 1.2, (7.0, 3.0, 1.0, 3.0)),
        "shortest": (QUIET, 1.2, (2.0, 3.0)),
        "random": (INK, 1.2, (0.5, 3.0)),
    }
)
"""Colour, width and dash of a strategy's line; colour means evidence elsewhere, so these are greys."""
BANDED, BAND = ("greedy", "random"), "#ebe8e1"
ROW, HIGH, ENDS = 196.0, 128.0, 96.0
Curve = list[Estimate]


def attack_curve(title: str, workshop: Workshop) -> Sheet:
    """Quoted, as it is measured on more drawings than ship; no network is asked."""
    page = results_page("attack.md")
    body: list[Mark] = []
    for row, model in enumerate(MODELS):
        for column, (kind, strategies) in enumerate(PANELS.items()):
            panel = _panel(f"{model}, {kind}", row, column)
            body += _drawn(panel, {name: curve(page, model, name) for name in strategies})
    greedy = [curve(page, model, "greedy_segments")[list(BUDGETS).index("10%")].value for model in MODELS]
    counts = [page.section(f"`{model}`").said(r"(\d+) sketches of \d+ to \d+ strokes") for model in MODELS]
    sentence = (
        f"Where a tenth of the ink may go, parts of strokes chosen greedily fool the models on {greedy[0]:.0f}% and "
        f"{greedy[1]:.0f}% of the {' and '.join(dict.fromkeys(counts))} drawings that each recognises; bands: 95% "
        "intervals (Wilson) of greedy and random."
    )
    return Sheet(title, sentence, page.source, body, 2 * ROW)


def curve(page: ResultsPage, model: str, strategy: str) -> Curve:
    """Flip rates in per cent within each of `BUDGETS`, as the page has them. Raises InputError where it has none."""
    cells = page.section(f"`{model}`").table("| | 1% |")[strategy]
    return [estimate(cells[budget]) for budget in BUDGETS]


def _panel(title: str, row: int, column: int) -> Panel:
    left = MARGIN + 44 + column * WIDTH / 2
    right, top = (column + 1) * WIDTH / 2 - ENDS, 22 + row * ROW
    shares = [(value, "all" if name == "unlimited" else name) for name, value in BUDGETS.items()]
    across = Axis("share of ink that may go", 1, 100, left, right, shares, logarithmic=True)
    return Panel(
        title, across, Axis("drawings fooled", 0, 100, top + HIGH, top, [(v, f"{v}%") for v in (0, 25, 50, 75, 100)])
    )


def _drawn(panel: Panel, curves: Mapping[str, Curve]) -> Iterator[Mark]:
    """Bands, frame, lines, and the names at the ends of the lines."""
    kinds = {name: name.removesuffix("_segments") for name in curves}
    for name, values in curves.items():
        if kinds[name] in BANDED:
            yield _band(panel, values)
    yield from panel.frame()
    ends = [panel.y.at(values[-2].value) for values in curves.values()]
    places = spread(ends, 10.0, panel.y.end, panel.y.start)
    for (name, values), place in zip(curves.items(), places, strict=True):
        colour, width, dash = STYLES[kinds[name]]
        points = [panel.point(x, each.value) for x, each in zip(BUDGETS.values(), values, strict=True)]
        yield Line(np.array(points), colour, width, dash)
        left = panel.x.end + 6
        yield Line(np.array([[left, place], [left + 16, place]]), colour, width, dash)
        yield Label(kinds[name].replace("_", " "), left + 20, place + 3, 8.5, INK)


def _band(panel: Panel, values: Curve) -> Area:
    shares = list(BUDGETS.values())
    above = [panel.point(x, each.high) for x, each in zip(shares, values, strict=True)]
    below = [panel.point(x, each.low) for x, each in zip(shares, values, strict=True)]
    return Area(np.array([*above, *reversed(below)]), BAND)
