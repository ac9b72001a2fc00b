"""When did the model know? The probability of each class after every stroke."""

import html
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from demos.ui import figure
from sketchlib.sketch import Sketch

MAXIMUM_PREFIXES = 48
LEADERS = 5
LABEL_LENGTH = 14
NOTEWORTHY = 0.1
VANISHED = 0.05
QUESTION = "When did it know?"


def prefixes(sketch: Sketch) -> tuple[list[int], list[Sketch]]:
    """Stroke counts up to the last, at most MAXIMUM_PREFIXES of them, and the sketch at each."""
    steps = min(len(sketch), MAXIMUM_PREFIXES)
    counts = [round(count) for count in np.linspace(1, len(sketch), steps)]
    return counts, [sketch.prefix(count) for count in counts]


def known_since(chances: NDArray[np.float32]) -> int:
    """Row from which the final winner of (steps, classes) stays in front."""
    leaders = chances.argmax(axis=1)
    elsewhere = np.flatnonzero(leaders != leaders[-1])
    return int(elsewhere[-1]) + 1 if len(elsewhere) else 0


def leading(chances: NDArray[np.float32]) -> list[int]:
    """At most LEADERS classes that reached NOTEWORTHY at some step, the final winner last (it is drawn on top)."""
    winner, peaks = int(chances[-1].argmax()), chances.max(axis=0)
    others = [int(index) for index in np.argsort(-peaks, kind="stable") if index != winner]
    return [*[index for index in others[: LEADERS - 1] if peaks[index] >= NOTEWORTHY][::-1], winner]


def finding(label: str, counts: Sequence[int], since: int) -> str:
    """The answer under the question, in words."""
    last = counts[-1]
    if since == 0:
        return f"{label} led from the first stroke to the last" if last > 1 else f"{label} leads after one stroke"
    if since == len(counts) - 1:
        return f"{label} took the lead with the last of {last} strokes"
    return f"{label} led from stroke {counts[since]} of {last} on"


def spread(heights: Sequence[float], gap: float = 9.0) -> list[float]:
    """The heights, moved up as little as needed so that labels beside them do not overlap (percent)."""
    placed: dict[int, float] = {}
    floor = -np.inf
    for index in np.argsort(heights, kind="stable"):
        floor = max(float(heights[index]), floor + gap)
        placed[int(index)] = floor
    return [placed[index] for index in range(len(heights))]


def shortened(label: str) -> str:
    """At most LABEL_LENGTH characters, to stand beside a chart."""
    return label if len(label) <= LABEL_LENGTH else label[: LABEL_LENGTH - 1] + "…"


def named_at(chances: NDArray[np.float32]) -> dict[int, list[int]]:
    """Where each line of (steps, lines) gets its name, step -> lines: the end, or the peak of one that vanished."""
    last, places = len(chances) - 1, defaultdict(list)
    for column, line in enumerate(chances.T):
        places[last if line[-1] >= VANISHED else int(line.argmax())].append(column)
    return dict(places)


def chart(counts: Sequence[int], chances: NDArray[np.float32], classes: Sequence[str]) -> go.Figure:
    """Probability of the leading classes after every stroke. chances: (steps, classes)."""
    shown, since = leading(chances), known_since(chances)
    names = [html.escape(shortened(classes[index])) for index in shown]
    percent = 100 * chances[:, shown]
    mode = "lines+markers" if len(counts) < 30 else "lines"
    lines = [
        {
            "type": "scatter",
            "x": list(counts),
            "y": percent[:, column].tolist(),
            "name": name,
            "mode": mode,
            "line": {"width": 3 if column == len(names) - 1 else 1.5},
            "marker": {"size": 6},
            "cliponaxis": False,
            "hovertemplate": "%{y:.1f} %",
        }
        for column, name in enumerate(names)
    ]
    beside = []
    for step, columns in named_at(chances[:, shown]).items():
        place = {"x": 1.02, "xref": "paper"} if step == len(counts) - 1 else {"x": counts[step], "xshift": 7}
        for column, height in zip(columns, spread(percent[step, columns].tolist()), strict=True):
            beside.append(place | {"xanchor": "left", "y": height, "text": names[column], "showarrow": False})
    dotted = {"line": {"dash": "dot", "width": 1}}
    upright = {"type": "line", "x0": counts[since], "x1": counts[since], "y0": 0, "y1": 1, "yref": "y domain"} | dotted
    found = finding(classes[shown[-1]], counts, since)
    return empty_chart(found, counts, lines, annotations=beside, shapes=[upright] if since else [])


def empty_chart(found: str, counts: Sequence[int], lines: Sequence[dict[str, Any]] = (), **more: Any) -> go.Figure:
    """The axes of `chart`, a sentence under the question, and what is drawn between the axes, see `demos.ui.figure`."""
    ends = [counts[0] - 0.15, max(counts[-1], 2) + 0.15]
    x = {"title": "strokes drawn", "range": ends, "dtick": max(1, counts[-1] // 8)}
    return figure(QUESTION, found, x, {"title": "probability (%)", "range": [0, 100]}, lines, **more)


def unasked() -> go.Figure:
    """The chart before there is anything to show."""
    return empty_chart("Rest the pen: every stroke gets its own prediction here", range(1, 9))
