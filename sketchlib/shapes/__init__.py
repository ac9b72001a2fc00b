"""What the stroke recogniser makes of the shape of a stroke, whatever its place: embeddings, clusters, primitives.

    from sketchlib.shapes import embed, from_json, redrawn
    clusters, prepared = from_json(text), recogniser.prepare(sketch)
    found = clusters.nearest(embed(recogniser, [prepared])[0])               # of each stroke, its cluster
    redrawn(prepared, [clusters.representative(cluster) for cluster in found])

Clusters are made by `python -m sketchlib train shapes` and read by `from_json`. The paper [qu2023sketchxai] shows a few
of its clusters; what we chose is in docs/equations.md.
"""

from sketchlib.shapes.clusters import Clusters, Count, Kept, fingerprint
from sketchlib.shapes.embedding import cosines, directions, embed, embed_samples, order_similarity
from sketchlib.shapes.primitives import FRAME, SIZES, Sample, framed, primitives, samples_of
from sketchlib.shapes.record import as_json, file_name, from_json
from sketchlib.shapes.redraw import boxed, redrawn

__all__ = [
    "FRAME",
    "SIZES",
    "Clusters",
    "Count",
    "Kept",
    "Sample",
    "as_json",
    "boxed",
    "cosines",
    "directions",
    "embed",
    "embed_samples",
    "file_name",
    "fingerprint",
    "framed",
    "from_json",
    "order_similarity",
    "primitives",
    "redrawn",
    "samples_of",
]
