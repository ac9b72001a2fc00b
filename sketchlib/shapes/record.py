"""`Clusters` as JSON text and back."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from sketchlib.errors import CheckpointError
from sketchlib.models.cards import Card
from sketchlib.shapes.clusters import Clusters, Count, Kept
from sketchlib.shapes.embedding import directions
from sketchlib.shapes.primitives import Sample

GRID = 255
"""Sides of the unit square in the file: samples are simplified, their points lie on it."""

LISTS = ("shares", "tightness", "cosine", "order")


def file_name(card: Card) -> str:
    """What the file of a card's clusters is called, beside the card."""
    return f"{card.title}-shapes.json"


def as_json(clusters: Clusters) -> str:
    """JSON that `from_json` reads; centroids to four decimals."""
    samples = [
        [sample.name, int(cluster), np.rint(sample.points * GRID).astype(int).ravel().tolist()]
        for sample, cluster in zip(clusters.samples, clusters.sample_clusters, strict=True)
    ]
    value = {
        "model": clusters.model,
        "sha256": clusters.sha256,
        "data": clusters.data,
        "n": clusters.n,
        "kept": asdict(clusters.kept),
        "counts": [asdict(count) for count in clusters.counts],
        **{name: np.round(getattr(clusters, name), 4).tolist() for name in LISTS},
        "representatives": clusters.representatives.tolist(),
        "samples": samples,
        "centroids": np.round(clusters.centroids, 4).tolist(),
    }
    # A line a key, so that a new file shows what changed.
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {_compact(part)}" for key, part in value.items()) + "\n}\n"


def from_json(text: str) -> Clusters:
    """The clusters of a file that `as_json` wrote; raises CheckpointError for anything else."""
    try:
        return _clusters(json.loads(text))
    except (KeyError, TypeError, ValueError) as error:
        reason = f"{type(error).__name__} {error}"
        raise CheckpointError(f"shape clusters are what `train shapes` writes, got something else ({reason})") from None


def _clusters(value: dict[str, Any]) -> Clusters:
    fields: dict[str, Any] = {name: value[name] for name in ("model", "sha256", "data", "n")}
    fields |= {name: np.array(value[name], float) for name in LISTS}
    return Clusters(
        **fields,
        centroids=directions(np.array(value["centroids"], float)),
        samples=tuple(Sample(name, np.array(flat, float).reshape(-1, 2) / GRID) for name, _, flat in value["samples"]),
        sample_clusters=np.array([cluster for _, cluster, _ in value["samples"]]),
        representatives=np.array(value["representatives"]),
        counts=tuple(Count(**{**count, "silhouettes": tuple(count["silhouettes"])}) for count in value["counts"]),
        kept=Kept(**value["kept"]),
    )


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
