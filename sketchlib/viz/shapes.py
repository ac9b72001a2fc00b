"""Clusters of stroke shapes as a page: markdown, and every cluster's representative in one picture."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sketchlib.io.writing import write_file
from sketchlib.shapes import SIZES, boxed
from sketchlib.viz.picture import INK, PAPER, QUIET, Picture, path_data, text_line

if TYPE_CHECKING:
    from sketchlib.shapes import Clusters

COLUMNS, CELL, FOOT, GAP, HEAD = 12, 56, 16, 8, 34


def write_page(path: Path, clusters: "Clusters") -> list[Path]:
    """Writes the markdown, and figures/<name>.svg beside it; gives both paths."""
    picture = path.parent / "figures" / f"{path.stem}.svg"
    write_file(picture, atlas_svg(clusters))
    write_file(path, page(clusters, picture.relative_to(path.parent).as_posix()))
    return [path, picture]


def atlas_svg(clusters: "Clusters") -> Picture:
    """The representative of every cluster, the largest cluster first, with its share of the strokes; light paper."""
    rows = -(-len(clusters) // COLUMNS)
    width, height = GAP + COLUMNS * (CELL + GAP), HEAD + rows * (CELL + FOOT + GAP)
    title = f"What do the {len(clusters)} clusters of stroke shapes look like?"
    body = [text_line(title, GAP, 22, 14, INK), *_cells(clusters)]
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="title" font-family="system-ui, sans-serif">\n<title id="title">{title}</title>\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _cells(clusters: "Clusters") -> Iterator[str]:
    for place, cluster in enumerate(np.argsort(-clusters.shares, kind="stable")):
        row, column = divmod(place, COLUMNS)
        left, top = GAP + column * (CELL + GAP), HEAD + row * (CELL + FOOT + GAP)
        points = clusters.representative(int(cluster)).points
        side = np.ptp(points, axis=0) / max(float(np.ptp(points, axis=0).max()), 1e-9)
        centre, half = np.array([left, top]) + CELL / 2, side * (CELL / 2 - 6)
        line = path_data(boxed(points, np.array([centre - half, centre + half])))
        yield f'<path d="{line}" fill="none" stroke="{INK}" stroke-width="2" stroke-linecap="round"/>'
        yield text_line(f"{clusters.shares[cluster]:.1%}", left + CELL / 2, top + CELL + 8, 10, QUIET, "middle")


def page(clusters: "Clusters", picture: str) -> str:
    """Markdown of what was found. picture: link of the atlas."""
    parts = [_about(clusters), _counts(clusters), _kept(clusters), _atlas(clusters, picture), _size(clusters)]
    return "\n\n".join(["# Stroke shapes: what was found", *parts, _order(clusters)]) + "\n"


def _about(clusters: "Clusters") -> str:
    return (
        "Written by `python -m sketchlib train shapes --data $DATA/quickdraw --own demos/examples --out checkpoints "
        "--page docs/results/shapes.md`; definitions and choices are in "
        "[equations.md](../equations.md#stroke-shapes), the ablation of shape, order and location is in "
        "[recognition.md](recognition.md#what-the-three-embeddings-bring).\n\n"
        f"Network: `{clusters.model}`. Clustered: the directions of the shape embeddings of {clusters.n:,} strokes, "
        f"drawn at random from {clusters.data}. Judged on {clusters.kept.n:,} held-out drawings of the same categories."
    )


def _counts(clusters: "Clusters") -> str:
    """The table of every number of clusters that was tried."""
    rows = [
        f"| {'**' * (count.clusters == len(clusters))}{count.clusters}{'**' * (count.clusters == len(clusters))} "
        f"| {count.silhouette:.3f} | {min(count.silhouettes):.3f} to {max(count.silhouettes):.3f} "
        f"| {count.agreement:.2f} | {count.top1:.1%} |"
        for count in clusters.counts
    ]
    seeds = len(clusters.counts[0].silhouettes)
    return (
        "## How many clusters\n\n"
        f"Mean silhouette over {seeds} seeds and its range; agreement: adjusted Rand index of two seeds; top-1: with "
        "every stroke's shape turned to its cluster's direction. In bold the chosen number: of those above 67, the "
        "paper's highest known cluster, the one with the best silhouette.\n\n"
        "| clusters | silhouette | range | agreement | top-1 |\n|---|---|---|---|---|\n" + "\n".join(rows) + "\n\n"
        "A silhouette is 1 where clusters lie apart and 0 where they touch; a difference within the ranges decides "
        "nothing."
    )


def _kept(clusters: "Clusters") -> str:
    kept = clusters.kept
    return (
        "## What the clusters keep\n\n"
        f"| {kept.n:,} held-out drawings | top-1 |\n|---|---|\n| as drawn | {kept.whole:.1%} |\n"
        f"| every shape turned to its cluster's direction, length kept | {kept.centroids:.1%} |\n"
        f"| every stroke redrawn as its cluster's representative, in its box | {kept.redrawn:.1%} |"
    )


def _atlas(clusters: "Clusters", picture: str) -> str:
    low, middle, high = np.percentile(clusters.cosine, (10, 50, 90))
    return (
        f"## The clusters\n\n![The representative of each cluster]({picture})\n\n"
        "Largest first, with its share of the strokes. The representatives are strokes of this project, simple forms "
        f"and the example drawings' own: their median cosine with the centroid is {middle:.2f} (10% below {low:.2f}, "
        f"10% above {high:.2f}); that of a cluster's strokes is "
        f"{np.average(clusters.tightness, weights=clusters.shares):.2f} on average."
    )


def _size(clusters: "Clusters") -> str:
    rows = [
        f"| {first} and {second} | {same:.0%} | {pairs} |"
        for first, second in pairwise(SIZES)
        for same, pairs in [same_cluster(clusters, first, second)]
    ]
    return (
        "## Does size matter?\n\nThe same simple form, its long side as a share of the drawing's, at two sizes:\n\n"
        "| sizes | same cluster | forms |\n|---|---|---|\n" + "\n".join(rows)
    )


def _order(clusters: "Clusters") -> str:
    apart = np.abs(np.subtract.outer(*2 * [np.arange(len(clusters.order))]))
    near, far = clusters.order[apart == 1], clusters.order[apart >= len(clusters.order) // 2]
    return (
        "## Order\n\n"
        f"Cosines among the order embeddings of strokes 2 to {len(clusters.order) + 1}: {near.mean():.2f} on average "
        f"between neighbours ({near.min():.2f} to {near.max():.2f}), {far.mean():.2f} between those at least "
        f"{len(clusters.order) // 2} apart ({far.min():.2f} to {far.max():.2f}). Few drawings have so many strokes: "
        "the later rows were seldom trained."
    )


def same_cluster(clusters: "Clusters", first: float, second: float) -> tuple[float, int]:
    """Share of the simple forms whose cluster is the same at both sizes, and how many there are."""
    found: dict[float, dict[str, int]] = {first: {}, second: {}}
    for sample, cluster in zip(clusters.samples, clusters.sample_clusters.tolist(), strict=True):
        for size, forms in found.items():
            if "°" in sample.name and abs(sample.size - size) < 0.05 * size:
                forms[sample.name] = cluster
    names = found[first].keys() & found[second].keys()
    same = sum(found[first][name] == found[second][name] for name in names)
    return same / max(len(names), 1), len(names)
