"""The manners of a chart, the same in every tab."""

import html
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

CLEAR = "rgba(0,0,0,0)"
MARGIN = {"l": 56, "r": 110, "t": 78, "b": 44}


def figure(
    question: str, finding: str, x: dict[str, Any], y: dict[str, Any], lines: Sequence[dict[str, Any]] = (), **more: Any
) -> go.Figure:
    """A chart: its title is the question it answers, the line below what was found, both axes are named.

    x, y: "title", and what else an axis of Plotly has. lines: Plotly's traces. more: of Plotly's layout. The question,
    the finding and the titles are escaped. Made in one go: each later change of a chart takes longer than its making.
    The style sheet colours it, for light and dark; put it in a `chart-card` element.
    """
    title = {
        "text": f"<b>{html.escape(question)}</b>",
        "subtitle": {"text": html.escape(finding)},
        "font": {"size": 16},
    }
    placed = {"x": 0.03, "y": 0.93, "yanchor": "top"}
    layout = {
        "title": title | placed,
        "font": {"family": "system-ui, sans-serif", "size": 12},
        "showlegend": False,
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "hovermode": "x unified",
        "dragmode": False,
        "height": 280,
        "margin": MARGIN,
        "xaxis": _axis({"showgrid": False} | x),
        "yaxis": _axis(y),
    }
    return go.Figure(data=list(lines), layout=layout | more)


def _axis(about: dict[str, Any]) -> dict[str, Any]:
    return {"fixedrange": True, "zeroline": False} | about | {"title": {"text": html.escape(about["title"])}}
