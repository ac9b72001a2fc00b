"""How many clusters, what the three embeddings bring, and what the order embeddings have in common."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from demos.ui import MARGIN, figure
from sketchlib.shapes import Clusters

WITHOUT = ("nothing", "shape", "order", "location")
ABLATION = {
    "paper: 345 categories": (86.10, 31.04, 83.66, 81.41),
    "ours: 66 categories, 400 steps": (60.1, 27.2, 59.4, 56.0),
}
"""Top-1 in per cent [qu2023sketchxai, slides], and docs/results/recognition.md."""
SIZE: dict[str, Any] = {"height": 360, "margin": {**MARGIN, "r": 16}}
"""As high as the others of its row, and as wide as there is room."""
GREYS = ("rgba(140,136,126,.45)", "rgba(140,136,126,1)")


def counts_chart(clusters: Clusters) -> go.Figure:
    """Mean silhouette of every number of clusters that was tried, the bracket holds all seeds; the chosen one dark."""
    chosen = next(count for count in clusters.counts if count.clusters == len(clusters))
    finding = f"{len(clusters)}: silhouette {chosen.silhouette:.2f}, two seeds agree to {chosen.agreement:.2f}"
    above = [max(count.silhouettes) - count.silhouette for count in clusters.counts]
    below = [count.silhouette - min(count.silhouettes) for count in clusters.counts]
    bars = {
        "type": "bar",
        "x": [str(count.clusters) for count in clusters.counts],
        "y": [count.silhouette for count in clusters.counts],
        "error_y": {"type": "data", "array": above, "arrayminus": below, "thickness": 1, "width": 3},
        "marker": {"color": [GREYS[count is chosen] for count in clusters.counts]},
        "hovertemplate": "%{y:.3f}<extra></extra>",
    }
    x = {"title": "number of clusters", "type": "category"}
    return figure("How many shapes are there?", finding, x, {"title": "mean silhouette"}, [bars], **SIZE)


def ablation_chart() -> go.Figure:
    """Top-1 of the whole network and without each embedding, the paper's beside ours."""
    finding = "Ours stopped early, one seed: compare orders"
    written = {"textposition": "outside", "texttemplate": "%{text:.0f}", "hovertemplate": "%{y:.1f} %"}
    bars = [
        {"type": "bar", "x": WITHOUT, "y": heights, "name": name, "marker": {"color": grey}, "text": heights}
        | {"cliponaxis": False, **written}
        for (name, heights), grey in zip(ABLATION.items(), GREYS, strict=True)
    ]
    y = {"title": "top-1 (%)", "range": [0, 100]}
    legend = {"showlegend": True, "legend": {"orientation": "h", "y": -0.28, "x": 0}, "barmode": "group"}
    lower = {**SIZE, "margin": {**SIZE["margin"], "b": 84}}
    return figure("What does each embedding bring?", finding, {"title": "left out"}, y, bars, **legend, **lower)


def order_chart(clusters: Clusters) -> go.Figure:
    """Cosines among the order embeddings, one square for all pairs."""
    rows = len(clusters.order)
    apart = np.abs(np.subtract.outer(np.arange(rows), np.arange(rows)))
    near, far = clusters.order[apart == 1].mean(), clusters.order[apart >= rows // 2].mean()
    finding = f"Mean cosine {near:.2f} of neighbours, {far:.2f} {rows // 2} or more apart"
    places = [str(place) for place in range(2, rows + 2)]
    squares = {
        "type": "heatmap",
        "x": places,
        "y": places,
        "z": np.where(apart == 0, np.nan, clusters.order).tolist(),
        "colorscale": [[0, "rgba(140,136,126,0)"], [1, "rgba(140,136,126,1)"]],
        "hovertemplate": "%{x} and %{y}: %{z:.2f}<extra></extra>",
        "colorbar": {"title": {"text": "cosine"}, "thickness": 10},
    }
    x = {"title": "place of the stroke", "constrain": "domain", "dtick": 2}
    y = x | {"autorange": "reversed", "scaleanchor": "x", "showgrid": False}
    question = "Which places in the order are alike?"
    return figure(question, finding, x, y, [squares], **SIZE, hovermode="closest")
