"""The manners of a chart, the same in every tab."""

import html

import plotly.graph_objects as go

CLEAR = "rgba(0,0,0,0)"


def figure(question: str, finding: str, x: str, y: str) -> go.Figure:
    """A chart without data: its title is the question it answers, the line below what was found, both axes are named.

    All texts are escaped. The style sheet colours it, for light and dark; put it in a `chart-card` element.
    """
    title = {
        "text": f"<b>{html.escape(question)}</b>",
        "subtitle": {"text": html.escape(finding)},
        "font": {"size": 16},
    }
    placed = {"x": 0.03, "y": 0.93, "yanchor": "top"}
    chart = go.Figure()
    chart.update_layout(title=title | placed, font={"family": "system-ui, sans-serif", "size": 12}, showlegend=False)
    chart.update_layout(paper_bgcolor=CLEAR, plot_bgcolor=CLEAR, hovermode="x unified", dragmode=False)
    chart.update_layout(height=280, margin={"l": 56, "r": 110, "t": 78, "b": 44})
    chart.update_xaxes(title=html.escape(x), fixedrange=True, showgrid=False, zeroline=False)
    chart.update_yaxes(title=html.escape(y), fixedrange=True, zeroline=False)
    return chart
