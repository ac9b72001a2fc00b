"""Retrieval networks as readers of drawings."""

from sketchlib.assist.reader import Reader
from sketchlib.attribution import Canvas
from sketchlib.errors import CheckpointError
from sketchlib.retrieval.likeness import looking
from sketchlib.retrieval.lines import SOFTNESS, SPAN, line_width
from sketchlib.retrieval.model import Embedder, Retriever, TeacherModel

SIDE = 64
"""Canvas of a student's drawings here, pixels: nearly as good as 256, at a sixteenth of the cost."""


def reading(embedder: Embedder) -> Reader:
    """A teacher on its own canvas, or a student on that of SIDE pixels."""
    side = embedder.canvas if isinstance(embedder, TeacherModel) else SIDE
    canvas = Canvas(side, line_width(side) / side, SOFTNESS / side)
    return Reader(lambda sketches: embedder.embed_sketches(sketches, side), looking(embedder), canvas, (1 - SPAN) / 2)


def encoder_of(embedder: Embedder) -> TeacherModel:
    """The network that photos are embedded with, where drawings are with this one. Raises CheckpointError."""
    found = embedder.photos if isinstance(embedder, Retriever) else embedder
    if not isinstance(found, TeacherModel):
        raise CheckpointError(f"photos are embedded by a teacher, got {found.card.title}")
    return found
