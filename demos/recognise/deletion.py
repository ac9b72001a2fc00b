"""Does the model really need these strokes? The score while strokes leave, most important first, against chance."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demos.ui import MARGIN, RESTING, figure, shelf
from sketchlib.viz import number

if TYPE_CHECKING:
    from sketchlib.attribution import Attribution, Game

QUESTION = "Does it really need these strokes?"
ORDERS = 10
MOST_IN_A_LANE = 256
"""Strokes of all the orders that are asked about at a time: who waits may go between."""
BAND = "rgba(140,136,126,.22)"
Array = NDArray[np.float64]


def curves(game: "Game", values: Array) -> tuple[Array, Array]:
    """Scores (players + 1,) as strokes leave, highest value first, and (ORDERS, players + 1) in random orders."""
    from sketchlib.attribution.faithfulness import deletion_curve

    order = np.random.default_rng(0)
    rankings = np.array([values, *(order.permutation(len(values)) for _ in range(ORDERS))])
    scores = []
    for some in np.array_split(rankings, math.ceil(rankings.size / MOST_IN_A_LANE)):
        with shelf.lane(RESTING):
            scores.append(deletion_curve(game, some))
    all_curves = np.concatenate(scores)
    return all_curves[0], all_curves[1:]


def finding(ordered: Array, random: Array) -> str:
    """What the first strokes to leave cost, in words."""
    count = min(3, len(ordered) - 2) or 1
    own, chance = ordered[0] - ordered[count], random[:, 0].mean() - random[:, count].mean()
    strongest = "Strongest" if count == 1 else f"{count} strongest"
    return f"{strongest} gone: {number(-own)} logits, {count} at random: {number(-chance)}"


def deletion_chart(found: "Attribution", game: "Game") -> go.Figure:
    """Both curves; the band holds all the random orders."""
    ordered, random = curves(game, found.per_stroke())
    steps = list(range(len(ordered)))
    lines = {f"random, n = {ORDERS}": random.mean(axis=0).tolist(), "strongest first": ordered.tolist()}
    quiet = {"type": "scatter", "x": steps, "line": {"width": 0}, "hoverinfo": "skip", "mode": "lines"}
    seen = {"type": "scatter", "x": steps, "mode": "lines+markers", "marker": {"size": 6}, "cliponaxis": False}
    band = [
        {**quiet, "y": random.min(axis=0).tolist(), "name": "random, lowest"},
        {**quiet, "y": random.max(axis=0).tolist(), "name": "random, highest", "fill": "tonexty", "fillcolor": BAND},
    ]
    drawn = [
        {**seen, "y": heights, "name": name, "line": {"width": width}, "hovertemplate": "%{y:.2f}"}
        for (name, heights), width in zip(lines.items(), (1.5, 3), strict=True)
    ]
    about = finding(ordered, random)
    return empty(about, len(ordered) - 1, found.target, [*band, *drawn], annotations=_names(lines))


def _names(lines: dict[str, list[float]]) -> list[dict[str, Any]]:
    """Each line's name where the lines are farthest apart: the upper one's above it, the lower one's below."""
    (chance, theirs), (own, ours) = lines.items()
    at = int(np.argmax(np.abs(np.subtract(ours, theirs))))
    above = ours[at] >= theirs[at]
    names = []
    for name, height, up in ((chance, theirs[at], not above), (own, ours[at], above)):
        anchor, shift = ("bottom", 8) if up else ("top", -8)
        names.append({"x": at, "y": height, "text": name, "showarrow": False, "yanchor": anchor, "yshift": shift})
    return names


def empty(
    found: str, strokes: int = 8, target: str = "score", lines: Sequence[dict[str, Any]] = (), **more: Any
) -> go.Figure:
    """The axes, a sentence under the question, and what is drawn between the axes, see `demos.ui.figure`."""
    x = {"title": "strokes removed", "range": [-0.2, strokes + 0.2], "dtick": max(1, strokes // 8)}
    y = {"title": target, **more.pop("y", {})}
    return figure(QUESTION, found, x, y, lines, margin={**MARGIN, "r": 40}, **more)


def unasked(sentence: str = "Rest the pen: strokes leave one by one, strongest first") -> go.Figure:
    """The chart before there is anything to show, or with the reason why not."""
    return empty(sentence, y={"range": [0, 1], "showticklabels": False})
