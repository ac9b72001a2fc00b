"""How many clusters, what the three embeddings bring, and what the order embeddings have in common."""

import numpy as np
import plotly.graph_objects as go

from demos.ui import figure
from sketchlib.shapes import Clusters

WITHOUT = ("nothing", "shape", "order", "location")
ABLATION = {
    "paper: 345 categories": (86.10, 31.04, 83.66, 81.41),
    "ours: 66 categories, 400 steps": (60.1, 27.2, 59.4, 56.0),
}
"""Top-1 in per cent [qu2023sketchxai, slides], and docs/results/recognition.md."""
GREYS = ("rgba(140,136,126,.45)", "rgba(140,136,126,1)")


def counts_chart(clusters: Clusters) -> go.Figure:
    """Mean silhouette of every number of clusters that was tried, the bracket holds all seeds; the chosen one dark."""
    chosen = next(count for count in clusters.counts if count.clusters == len(clusters))
    finding = f"{len(clusters)}: silhouette {chosen.silhouette:.2f}, two seeds agree to {chosen.agreement:.2f}"
    chart = figure("How many shapes are there?", finding, "number of clusters", "mean silhouette")
    middle = [count.silhouette for count in clusters.counts]
    above = [max(count.silhouettes) - count.silhouette for count in clusters.counts]
    below = [count.silhouette - min(count.silhouettes) for count in clusters.counts]
    chart.add_bar(
        x=[str(count.clusters) for count in clusters.counts],
        y=middle,
        error_y={"type": "data", "array": above, "arrayminus": below, "thickness": 1, "width": 3},
        marker={"color": [GREYS[count is chosen] for count in clusters.counts]},
        hovertemplate="%{y:.3f}<extra></extra>",
    )
    return _fitted(chart).update_xaxes(type="category")


def ablation_chart() -> go.Figure:
    """Top-1 of the whole network and without each embedding, the paper's beside ours."""
    finding = "Ours stopped early, one seed: compare orders"
    chart = figure("What does each embedding bring?", finding, "left out", "top-1 (%)")
    for (name, heights), grey in zip(ABLATION.items(), GREYS, strict=True):
        chart.add_bar(x=WITHOUT, y=heights, name=name, marker={"color": grey}, text=heights, textposition="outside")
    chart.update_traces(texttemplate="%{text:.0f}", hovertemplate="%{y:.1f} %", cliponaxis=False)
    chart.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.28, "x": 0}, barmode="group")
    return _fitted(chart, 84).update_yaxes(range=[0, 100])


def order_chart(clusters: Clusters) -> go.Figure:
    """Cosines among the order embeddings, one square for all pairs."""
    rows = len(clusters.order)
    apart = np.abs(np.subtract.outer(np.arange(rows), np.arange(rows)))
    near, far = clusters.order[apart == 1].mean(), clusters.order[apart >= rows // 2].mean()
    finding = f"Mean cosine {near:.2f} of neighbours, {far:.2f} {rows // 2} or more apart"
    chart = figure("Which places in the order are alike?", finding, "place of the stroke", "place of the stroke")
    places = [str(place) for place in range(2, rows + 2)]
    chart.add_heatmap(
        x=places,
        y=places,
        z=np.where(apart == 0, np.nan, clusters.order).tolist(),
        colorscale=[[0, "rgba(140,136,126,0)"], [1, "rgba(140,136,126,1)"]],
        hovertemplate="%{x} and %{y}: %{z:.2f}<extra></extra>",
        colorbar={"title": {"text": "cosine"}, "thickness": 10},
    )
    chart.update_layout(hovermode="closest").update_xaxes(constrain="domain", dtick=2)
    return _fitted(chart).update_yaxes(
        autorange="reversed", scaleanchor="x", constrain="domain", showgrid=False, dtick=2
    )


def _fitted(chart: go.Figure, bottom: int = 44) -> go.Figure:
    """As high as the others of its row, and as wide as there is room."""
    return chart.update_layout(height=360, margin={"r": 16, "b": bottom})
