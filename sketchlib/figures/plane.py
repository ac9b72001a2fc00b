"""The accuracy-FLOPs plane of retrieval: ours with intervals, and the paper's published points beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from sketchlib.figures.axes import Axis, Panel, Room, beside
from sketchlib.figures.sheet import INK, MARGIN, PAPER, QUIET, WIDTH, Array, Dot, Label, Line, Mark, Sheet
from sketchlib.figures.sources import Workshop, estimate, results_page

OURS: Mapping[str, str] = MappingProxyType(
    {
        "teacher": "teacher",
        "fixed_32": "32 px",
        "fixed_64": "64 px",
        "fixed_128": "128 px",
        "fixed_256": "256 px",
        "selector": "selector",
        "adaptive": "adaptive",
        "random": "random",
        "oracle": "oracle",
    }
)
"""Rows of the page, and what is written beside them."""
FIXED = ("fixed_32", "fixed_64", "fixed_128", "fixed_256")
PAPERS: Mapping[str, tuple[float | None, float, float]] = MappingProxyType(
    {
        "VGG16-SN": (52.16, 84.08, 40.18),
        "SketchyNetV2": (None, 82.21, 0.283),
        "B-BFR": (43.39, 76.33, 2.602),
        "B-DRS": (44.78, 78.14, 6.187),
        "B-Crop": (35.07, 57.68, 6.597),
        "B-AKD": (38.61, 71.88, 0.295),
        "B-PKT": (42.68, 73.66, 0.288),
    }
)
"""acc@1, acc@10 (per cent; None: not legible) and GFLOPs on ChairV2 [maity2025sketch, poster], read off its tables."""
SIDES = {"acc@1": (30, 90), "acc@10": (50, 110)}
BAR = "#b9b5ab"
HIGH, TOP = 250.0, 24.0
Named = tuple[tuple[float, float], str]


@dataclass(frozen=True)
class Spot:
    """One encoder in one panel; low and high are its interval, of the paper's the value itself. Per cent, GFLOPs."""

    name: str
    cost: float
    value: float
    low: float
    high: float


def plane(title: str, workshop: Workshop) -> Sheet:
    """Quoted, as the photos it is measured on do not ship; no network is asked."""
    page = results_page("retrieval.md")
    rows = page.table("| query encoder | acc@1 |")
    body: list[Mark] = []
    for column, measure in enumerate(SIDES):
        body += _drawn(_panel(measure, column), ours(rows, measure), papers(measure))
    body += _key(TOP + HIGH + 46)
    teacher, small = (estimate(rows[name]["acc@1"]) for name in ("teacher", "adaptive"))
    share = float(rows["adaptive"]["GFLOPs"]) / float(rows["teacher"]["GFLOPs"])
    sentence = (
        f"The adaptive student finds {small.value:.1f}% [{small.low:.1f}, {small.high:.1f}] of the photos at once, its "
        f"teacher {teacher.value:.1f}% [{teacher.low:.1f}, {teacher.high:.1f}], at {share:.0%} of its FLOPs. "
        f"{page.said('(A glance at .+? of the sketches)')}. Ours: {page.said('([0-9]+ sketches of [0-9]+ photos)')}; "
        "the paper's points: 100 other photos, which is another question."
    )
    return Sheet(title, sentence, page.source, body, TOP + HIGH + 62)


def ours(rows: Mapping[str, Mapping[str, str]], measure: str) -> list[Spot]:
    """What the page says; encoders of one value and cost are one spot of several names. Raises as `estimate`."""
    spots: dict[tuple[float, float], Spot] = {}
    for row, name in OURS.items():
        found, cost = estimate(rows[row][measure]), float(rows[row]["GFLOPs"])
        known = spots.get((cost, found.value))
        names = f"{known.name}, {name}" if known else name
        spots[cost, found.value] = Spot(names, cost, found.value, found.low, found.high)
    return list(spots.values())


def papers(measure: str) -> list[Spot]:
    """The published points that are legible."""
    place = list(SIDES).index(measure)
    known = {name: (numbers[2], numbers[place]) for name, numbers in PAPERS.items()}
    return [Spot(name, cost, value, value, value) for name, (cost, value) in known.items() if value is not None]


def _panel(measure: str, column: int) -> Panel:
    left, right = MARGIN + 44 + column * WIDTH / 2, (column + 1) * WIDTH / 2 - 10
    low, high = SIDES[measure]
    ticks = [(0.01, "0.01"), (0.1, "0.1"), (1.0, "1"), (10.0, "10"), (100.0, "100")]
    across = Axis("GFLOPs of one query", 0.008, 100, left, right, ticks, logarithmic=True)
    up = Axis("drawings (%)", low, high, TOP + HIGH, TOP, [(v, f"{v}") for v in range(low, min(high, 100) + 1, 10)])
    said = {"acc@1": "photo found first (acc@1)", "acc@10": "photo among the first ten (acc@10)"}
    return Panel(said[measure], across, up)


def _drawn(panel: Panel, own: list[Spot], published: list[Spot]) -> Iterator[Mark]:
    yield from panel.frame()
    fixed = np.array([panel.point(spot.cost, spot.value) for spot in own if "px" in spot.name])
    yield Line(fixed, QUIET, 1.0, (4.0, 3.0))
    taken = [(x - 1, y - 1, x + 1, y + 1) for x, y in _along(fixed)]
    for spot in own:
        (x, high), (_, low) = (panel.point(spot.cost, value) for value in (spot.high, spot.low))
        taken.append((x - 1.5, high, x + 1.5, low))
        yield Line(np.array([[x, high], [x, low]]), BAR, 1.2)
    for spot in (*own, *published):
        x, y = panel.point(spot.cost, spot.value)
        taken.append((x - 4, y - 4, x + 4, y + 4))
        yield Dot(x, y, 3.2, INK if spot in own else PAPER, INK if spot in own else QUIET)
    yield from _names(panel, own, INK, taken)
    yield from _names(panel, published, QUIET, taken)


def _names(panel: Panel, spots: list[Spot], colour: str, taken: list[Room]) -> Iterator[Mark]:
    """A name near each spot, one of them all for spots that touch, and a line to it where it stands far off."""
    within = (panel.x.start + 2, panel.y.end, panel.x.end, panel.y.start)
    for group in _touching([(panel.point(spot.cost, spot.value), spot.name) for spot in spots]):
        middle = np.mean([point for point, _ in group], axis=0)
        label = beside((middle[0], middle[1]), ", ".join(name for _, name in group), within, taken, colour)
        taken.append(label.room)
        yield label
        left, top, right, bottom = label.room
        end = np.clip(middle, [left - 1, top], [right + 1, bottom])
        if np.hypot(*(end - middle)) > 10:
            yield Line(np.array([middle, end]), colour, 0.6)


def _touching(named: list[Named]) -> list[list[Named]]:
    """The points with their names, in groups of those that a reader cannot tell apart."""
    groups: list[list[Named]] = []
    for (x, y), name in named:
        near = [group for group in groups if any(np.hypot(x - a, y - b) < 6 for (a, b), _ in group)]
        if near:
            near[0].append(((x, y), name))
        else:
            groups.append([((x, y), name)])
    return groups


def _along(points: Array) -> Array:
    """Points close to each other on the straight lines between the given ones, (n, 2)."""
    shares = np.linspace(0, 1, 40)[:, None]
    return np.concatenate([(1 - shares) * one + shares * other for one, other in pairwise(points)])


def _key(y: float) -> Iterator[Mark]:
    for left, fill, edge, said in (
        (MARGIN + 44, INK, INK, "ours, with 95% intervals (bootstrap over photos)"),
        (WIDTH / 2 + 52, PAPER, QUIET, "the paper's published points"),
    ):
        yield Dot(left, y - 3, 3.2, fill, edge)
        yield Label(said, left + 8, y, 8.5, INK if fill == INK else QUIET)
