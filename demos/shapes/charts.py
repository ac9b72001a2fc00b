"""How many clusters, what the three embeddings bring, and what the order embeddings have in common."""

import numpy as np
import plotly.graph_objects as go

from demos.ui import figure
from sketchlib.shapes import Clusters

WITHOUT = ("nothing", "shape", "order", "location")
ABLATION = {
    "paper: 345 categories, converged": (86.10, 31.04, 83.66, 81.41),
    "ours: 66 categories, 400 steps": (60.1, 27.2, 59.4, 56.0),
}
"""Top-1 in per cent [qu2023sketchxai, slides], and docs/results/recognition.md."""
GREYS = ("rgba(140,136,126,.45)", "rgba(140,136,126,1)")


def counts_chart(clusters: Clusters) -> go.Figure:
    """Mean silhouette of every number of clusters that was tried, the bar holding all seeds; the chosen one marked."""
    counts = [count.clusters for count in clusters.counts]
    chosen = next(count for count in clusters.counts if count.clusters == len(clusters))
    finding = (
        f"{len(clusters)} clusters have a silhouette of {chosen.silhouette:.2f} (1 apart, 0 touching);<br>"
        f"two seeds agree with an adjusted Rand index of {chosen.agreement:.2f}"
    )
    chart = figure("How many shapes are there?", "", "number of clusters", "mean silhouette")
    chart.update_layout(title={"subtitle": {"text": finding}}, margin={"t": 96})
    middle = [count.silhouette for count in clusters.counts]
    below, above = (
        [abs(edge(count.silhouettes) - count.silhouette) for count in clusters.counts] for edge in (min, max)
    )
    bars = {"type": "data", "array": above, "arrayminus": below, "thickness": 1, "width": 3}
    chart.add_scatter(
        x=counts, y=middle, error_y=bars, mode="lines+markers", hovertemplate="%{y:.3f}", name="silhouette"
    )
    return chart.add_vline(x=len(clusters), line={"dash": "dot", "width": 1}).update_yaxes(rangemode="tozero")


def ablation_chart() -> go.Figure:
    """Top-1 of the whole network and without each embedding, the paper's beside ours."""
    finding = (
        "Trained anew without each; ours stopped early, one seed:<br>compare the order of the bars, not their height"
    )
    chart = figure("What do shape, order and location bring?", "", "left out", "top-1 (%)")
    chart.update_layout(title={"subtitle": {"text": finding}}, barmode="group", margin={"t": 118, "r": 20})
    chart.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.14, "x": 0})
    for (name, heights), grey in zip(ABLATION.items(), GREYS, strict=True):
        chart.add_bar(x=WITHOUT, y=heights, name=name, marker={"color": grey}, text=heights, textposition="outside")
    chart.update_traces(texttemplate="%{text:.1f}", hovertemplate="%{y:.1f} %", cliponaxis=False)
    return chart.update_yaxes(range=[0, 100])


def order_chart(clusters: Clusters) -> go.Figure:
    """Cosines among the order embeddings, one square for all pairs."""
    rows = len(clusters.order)
    apart = np.abs(np.subtract.outer(np.arange(rows), np.arange(rows)))
    near, far = clusters.order[apart == 1].mean(), clusters.order[apart >= rows // 2].mean()
    finding = (
        f"Cosine of order embeddings: {near:.2f} between neighbours, {far:.2f} between places {rows // 2} or more apart"
    )
    chart = figure("Which places in the order are alike?", finding, "place of the stroke", "place of the stroke")
    shown = np.where(apart == 0, np.nan, clusters.order)
    places = [str(place) for place in range(2, rows + 2)]
    chart.add_heatmap(
        x=places,
        y=places,
        z=shown.tolist(),
        colorscale=[[0, "rgba(140,136,126,0)"], [1, "rgba(140,136,126,1)"]],
        hovertemplate="%{x} and %{y}: %{z:.2f}<extra></extra>",
        colorbar={"title": {"text": "cosine"}, "thickness": 10},
    )
    chart.update_layout(height=440, hovermode="closest")
    return chart.update_yaxes(autorange="reversed", scaleanchor="x", constrain="domain")
