"""`assist`: which strokes of a sketch do not match a photo."""

from typing import Annotated, Literal, TypedDict

from pydantic import SkipValidation

from demos.api.endpoint import endpoint
from demos.api.photos import named, searchable
from demos.api.values import Drawing, drawn
from demos.assist.marks import Wish, judged
from demos.ui import JOB


class JudgedStroke(TypedDict):
    """score: the higher, the less a stroke belongs: by `fast` the likeness that it costs, a cosine; by `gates` the
    chance that it is dropped, 0 to 1. flagged: whether it is above the threshold."""

    id: int
    score: float
    flagged: bool


class Assistance(TypedDict):
    """What `assist` returns, in the words of `sketchlib.assist.Assistance`."""

    photo: str
    method: str
    threshold: float
    strokes: list[JudgedStroke]
    flagged: list[int]
    rank_before: int
    rank_after: int
    photos: int
    likeness_before: float
    likeness_after: float
    calls: int


@endpoint
def assist(
    sketch: Annotated[Drawing, SkipValidation], photo: str, method: Literal["fast", "gates"] = "fast"
) -> Assistance:
    """Flags the strokes of a sketch that do not match the photo it is drawn from.

    Args:
        sketch: Strokes, each a list of points [x, y] in a square of side 256, (0, 0) top left; or the page's JSON.
        photo: Name of a photo that ships, such as sofa-0012a.jpg; retrieve finds names.
        method: fast weighs each stroke alone; gates fits keep-or-drop gates to all, the paper's way, and is slower.

    Returns:
        flagged: ids of the strokes that do not match; strokes: [{id, score, flagged}], flagged above the threshold
        rank_before, rank_after: of the photo among photos, 1 the best, with and without the flagged strokes
        likeness_before, likeness_after: the same as a cosine, 1 the best; calls: inputs that the network read
        photo, method, threshold: what was asked, and the score above which a stroke is flagged
    """
    searchable()
    read, wish = drawn(sketch), Wish(named(photo), method)
    found = judged(read, wish, JOB)
    return Assistance(photo=photo, **found.as_json())
