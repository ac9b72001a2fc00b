"""Does the model really need these strokes? The score while strokes leave, most important first, against chance."""

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demos.ui import RESTING, figure, shelf
from sketchlib.viz import number

if TYPE_CHECKING:
    from sketchlib.attribution import Attribution, Game

QUESTION = "Does it really need these strokes?"
ORDERS = 10
BAND = "rgba(140,136,126,.22)"
Array = NDArray[np.float64]


def curves(game: "Game", values: Array) -> tuple[Array, Array]:
    """Scores (players + 1,) as strokes leave, highest value first, and (ORDERS, players + 1) in random orders."""
    order = np.random.default_rng(0)
    random = [curve(game, order.permutation(len(values)).astype(float)) for _ in range(ORDERS)]
    return curve(game, values), np.array(random)


def curve(game: "Game", values: Array) -> Array:
    """One curve of `curves`, in a lane of its own: a visitor's next stroke waits for one curve at most."""
    from sketchlib.attribution.faithfulness import deletion_curve

    with shelf.lane(RESTING):
        return deletion_curve(game, values)


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
    chart = empty(finding(ordered, random), len(ordered) - 1, found.target)
    low, high = random.min(axis=0).tolist(), random.max(axis=0).tolist()
    quiet = {"line": {"width": 0}, "hoverinfo": "skip", "mode": "lines"}
    chart.add_scatter(x=steps, y=low, **quiet)
    chart.add_scatter(x=steps, y=high, fill="tonexty", fillcolor=BAND, **quiet)
    lines = {f"random, n = {ORDERS}": random.mean(axis=0).tolist(), "strongest first": ordered.tolist()}
    for (name, heights), width in zip(lines.items(), (1.5, 3), strict=True):
        chart.add_scatter(x=steps, y=heights, name=name, mode="lines+markers", line={"width": width})
        chart.data[-1].update(marker={"size": 6}, cliponaxis=False, hovertemplate="%{y:.2f}")
    return _named(chart, lines)


def _named(chart: go.Figure, lines: dict[str, list[float]]) -> go.Figure:
    """Each line's name where the lines are farthest apart: the upper one's above it, the lower one's below."""
    (chance, theirs), (own, ours) = lines.items()
    at = int(np.argmax(np.abs(np.subtract(ours, theirs))))
    above = ours[at] >= theirs[at]
    for name, height, up in ((chance, theirs[at], not above), (own, ours[at], above)):
        anchor, shift = ("bottom", 8) if up else ("top", -8)
        chart.add_annotation(x=at, y=height, text=name, showarrow=False, yanchor=anchor, yshift=shift)
    return chart


def empty(found: str, strokes: int = 8, target: str = "score") -> go.Figure:
    """The axes, and a sentence under the question."""
    chart = figure(QUESTION, found, "strokes removed", target)
    chart.update_layout(margin={"r": 40})
    return chart.update_xaxes(range=[-0.2, strokes + 0.2], dtick=max(1, strokes // 8))


def unasked(sentence: str = "Rest the pen: strokes leave one by one, strongest first") -> go.Figure:
    """The chart before there is anything to show, or with the reason why not."""
    chart = empty(sentence)
    return chart.update_yaxes(range=[0, 1], showticklabels=False)
