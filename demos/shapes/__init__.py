"""The Shapes tab: what does the network see in a stroke, apart from the rest of the drawing?"""

from pathlib import Path
from typing import Any

import gradio as gr

from demos.pad import Drawings, SketchPad
from demos.shapes.about import NUMBERS, SILENCE, WHAT
from demos.shapes.charts import ablation_chart, counts_chart, order_chart
from demos.shapes.pictures import EMPTY_DRAWING, EMPTY_STROKE, atlas, examples_redrawn, nearest, redrawing
from demos.shapes.shipped import clusters_of, sample_directions
from demos.ui import (
    FILE_CALLS,
    RESTING,
    about_numbers,
    charted,
    examples,
    first_model,
    introduction,
    shelf,
    toasted,
    with_claims,
)
from sketchlib.errors import SketchlibError
from sketchlib.io import from_pad
from sketchlib.shapes import Clusters, embed, redrawn

FOLDER = Path(__file__).parent
TITLE = "Shapes"
PAD = "pad-shapes"
QUIET: dict[str, Any] = {"show_progress": "hidden", "concurrency_id": "shapes", "concurrency_limit": 1}


@toasted
def compare(sketch: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The clusters and strokes nearest to the last stroke of a drawing, and the drawing made of its clusters alone.

    Args:
        sketch: strokes of points [x, y, t_ms, pressure] in a 256 square.
    """
    drawn, name = from_pad(sketch), first_model()
    clusters = clusters_of(name)
    if not drawn.strokes:
        return EMPTY_STROKE, EMPTY_DRAWING
    recogniser = shelf.get(name)
    prepared = recogniser.prepare(drawn)
    with shelf.lane(RESTING):
        vectors = embed(recogniser, [prepared])[0]
        known = sample_directions(name)
    read, found = prepared.prefix(len(vectors)), clusters.nearest(vectors)
    new = redrawn(read, [clusters.representative(cluster) for cluster in found])
    guesses = shelf.probabilities(name, [read, new], RESTING)
    return nearest(read, vectors, clusters, known), redrawing(read, new, guesses, recogniser.classes)


def build(page: gr.Blocks) -> None:
    """Lay the tab out inside `page` and wire it; without clusters of the model it says why, and nothing else."""
    introduction(WHAT, "qu2023sketchxai")
    try:
        clusters = clusters_of(first_model())
    except SketchlibError as error:
        Drawings(
            {"question": "No shapes to show", "empty": str(error)}, elem_id="shapes-why", elem_classes="answer-card"
        )
        return
    with gr.Row(equal_height=False):
        with gr.Column(elem_classes="pad-column"):
            pad = SketchPad(name=PAD, examples=with_claims(examples(), FOLDER), **FILE_CALLS)
            again = Drawings(EMPTY_DRAWING, elem_id="shapes-again", elem_classes="answer-card")
        with gr.Column(min_width=340):
            near = Drawings(EMPTY_STROKE, elem_id="shapes-near", elem_classes="answer-card")
    _findings(clusters)
    pad.input(compare, pad, [near, again], trigger_mode="always_last", api_visibility="private", **QUIET)
    about_numbers(NUMBERS, SILENCE)


def _findings(clusters: Clusters) -> None:
    """What was found once and for all: clusters, redrawn examples, and three charts."""
    for value, name in ((examples_redrawn(clusters), "shapes-examples"), (atlas(clusters), "shapes-atlas")):
        Drawings(value, elem_id=name, elem_classes="answer-card")
    charts = {"counts": counts_chart(clusters), "order": order_chart(clusters), "ablation": ablation_chart()}
    with gr.Row(equal_height=True):
        for name, chart in charts.items():
            with gr.Column(min_width=340):
                charted(chart, f"shapes-{name}")
