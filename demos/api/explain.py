"""`explain`: which strokes of a sketch speak for a class."""

from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

from pydantic import SkipValidation

from demos.api.endpoint import endpoint, model_named, top_class
from demos.api.values import Drawing, Points, drawn, returned
from demos.recognise.heat import MOST_STROKES, Choice
from demos.ui import JOB, lent_gpu, shelf
from sketchlib.errors import InputError

if TYPE_CHECKING:
    from sketchlib.attribution import Attribution

Method = Literal[
    "leave_one_out",
    "sla",
    "p_sla",
    "p_sla_move",
    "vanilla_gradient",
    "shapley",
    "integrated_gradients",
    "smooth_grad",
    "occlusion",
    "ink_length",
    "random",
]


UNITS = {"p_sla_move": "logits per canvas side", "ink_length": "canvas sides", "random": "none"}
"""Of the methods whose values are not logits."""


class StrokeRelevance(TypedDict):
    """relevance: of the whole stroke, the sum of its parts, positive for the class. standard_error: of it, or null
    where nothing was sampled. parts: of `p_sla` a value for each piece between two of `points`, of `p_sla_move` for
    each point; else empty. points: of the stroke as the model read it."""

    id: int
    relevance: float
    standard_error: float | None
    parts: list[float]
    points: Points


class Explanation(TypedDict):
    """What `explain` returns, in the words of `sketchlib.attribution.Attribution`."""

    model: str
    method: str
    target: str
    score: float
    blank_score: float
    gap: float | None
    signed: bool
    unit: str
    strokes: list[StrokeRelevance]
    model_calls: int
    note: str


@endpoint
@lent_gpu(seconds=60)
def explain(
    sketch: Annotated[Drawing, SkipValidation],
    method: Method = "leave_one_out",
    target: str = "",
    other: str = "",
    model: str = "",
) -> Explanation:
    """Says how much each stroke of a sketch counts for a class, or for one class and not another.

    Args:
        sketch: Strokes, each a list of points [x, y] in a square of side 256, (0, 0) top left; or the page's JSON.
        method: How relevance is found; leave_one_out, sla, shapley and others per stroke, p_sla per part of a stroke.
        target: Class to explain; empty for the one the model sees.
        other: Class it is held against, so that the difference of both logits is explained; may be empty.
        model: Title of a recogniser that ships, such as sketchcnn66-v2; empty for the one the page opens with.

    Returns:
        strokes: [{id, relevance (in unit, positive for the class), standard_error, parts, points (256 square)}]
        gap: score - blank_score - sum of relevances, what they leave unexplained; null where they only rank
        score, blank_score: of the sketch and of blank paper; unit: of these, gap and relevance
        model, method, target: what was asked; signed: whether negative values speak against it
        model_calls: inputs that the model read; note: a hint, or nothing
    """
    from sketchlib import attribution

    read, name = drawn(sketch), model_named(model)
    if len(read) > MOST_STROKES:
        raise InputError(f"strokes are explained here in sketches of at most {MOST_STROKES}, got {len(read)}")
    seen = target or top_class(name, read)
    wanted = Choice(method=method, target=seen, other=other).of(name, seen)
    with shelf.lane(JOB):
        found = attribution.explain(read, wanted, method)
    return _told(found, shelf.get(name).card.title)


def _told(found: "Attribution", model: str) -> Explanation:
    return Explanation(
        model=model,
        method=found.method,
        target=found.target,
        score=found.score,
        blank_score=found.blank_score,
        gap=found.gap,
        signed=found.signed,
        unit=UNITS.get(found.method, "logits"),
        strokes=[_stroke(found, place) for place in range(len(found.sketch))],
        model_calls=found.model_calls,
        note=found.note,
    )


def _stroke(found: "Attribution", place: int) -> StrokeRelevance:
    stroke, own = found.sketch[place], found.values[found.stroke_of_part == place]
    doubt = found.standard_error
    return StrokeRelevance(
        id=stroke.id,
        relevance=float(found.per_stroke()[place]),
        standard_error=None if doubt is None else float(doubt[place]),
        parts=[] if found.parts == "strokes" else own.tolist(),
        points=returned(stroke.points),
    )
