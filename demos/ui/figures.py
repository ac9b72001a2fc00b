"""The manners of a chart, the same in every tab."""

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import plotly.graph_objects as go

CLEAR = "rgba(0,0,0,0)"
SAVING = (Path(__file__).resolve().parent.parent / "pad" / "saving.js").read_text(encoding="utf-8")
AS_CSV = (
    f"(chart) => {{\n{SAVING}"
    + """
  const cell = (text) => /[",\\s]/.test(text) ? '"' + String(text).replaceAll('"', '""') + '"' : String(text ?? '');
  const { data, layout } = JSON.parse(chart.plot), axis = (of, other) => cell(of && of.title && of.title.text || other);
  const rows = data.flatMap(({ name, x, y, z }) => z
    ? z.flatMap((line, i) => line.map((value, j) => [y[i], x[j], value]))
    : Array.from(y, (value, i) => [name, x[i], value]));
  const head = [data.some(({ z }) => z) ? axis(layout.yaxis, 'y') : 'line', axis(layout.xaxis, 'x')];
  const names = [...head, data.some(({ z }) => z) ? 'value' : axis(layout.yaxis, 'y')];
  const lines = [names.join(','), ...rows.map((row) => row.map(cell).join(','))];
  keepFile(new Blob([lines.join('\\r\\n') + '\\r\\n'], { type: 'text/csv' }), %s);
}"""
)
"""Saves what a chart's value holds: a row a point, or a cell of a map."""
MARGIN = {"l": 56, "r": 110, "t": 78, "b": 44}


def charted(empty: go.Figure, name: str) -> gr.Plot:
    """A chart in a card, with a button under it that saves the numbers it shows as CSV. name: its id and its file's."""
    plot = gr.Plot(empty, show_label=False, elem_id=name, elem_classes="chart-card", buttons=[])
    button = gr.Button("CSV", size="sm", elem_id=f"{name}-csv", elem_classes="chart-csv")
    button.click(None, plot, None, js=AS_CSV % json.dumps(f"{name}.csv"), queue=False, api_visibility="private")
    return plot


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
