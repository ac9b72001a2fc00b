"""`retrieve`: the photos that a sketch may have been drawn from."""

from typing import Annotated, Literal, TypedDict

from pydantic import Field, SkipValidation

from demos.api.endpoint import endpoint
from demos.api.photos import named, searchable
from demos.api.values import Drawing, drawn
from demos.retrieve.answers import Wish, ranks
from demos.ui import JOB, shelf
from demos.ui.photos import CANVASES, retriever, shipped


class Photo(TypedDict):
    """distance: Euclidean between vectors of length 1, 0 to 2."""

    photo: str
    distance: float


class Rank(TypedDict):
    """rank: of the photo asked about, 1 the best, after the first so many strokes."""

    strokes: int
    rank: int


class Retrieval(TypedDict):
    """What `retrieve` returns."""

    model: str
    photos: list[Photo]
    searched: int
    canvas: int
    looks: list[int]
    canvas_probabilities: dict[str, float]
    gflops: float
    ranks: list[Rank]


@endpoint
def retrieve(
    sketch: Annotated[Drawing, SkipValidation],
    photo: str = "",
    canvas: Literal[0, 32, 64, 128, 256] = 0,
    top: Annotated[int, Field(ge=1, le=100)] = 10,
) -> Retrieval:
    """Finds the photos of furniture, among those that ship, that a sketch is most like, and what finding them cost.

    Args:
        sketch: Strokes, each a list of points [x, y] in a square of side 256, (0, 0) top left; or the page's JSON.
        photo: Name of a photo whose rank is followed from stroke to stroke, such as sofa-0012a.jpg; may be empty.
        canvas: Side in pixels of the canvas on which the sketch is read; 0 for the one that the network chooses.
        top: How many photos, 1 to 100.

    Returns:
        photos: [{photo, distance (Euclidean, 0 to 2)}], nearest first; searched: how many there are
        canvas: side that was read, pixels; looks: all that were, a first glance included
        canvas_probabilities: what the selector thinks of each side, whether it was asked or not
        gflops: cost of the query, 10^9 operations as the paper counts them; model: the network that read it
        ranks: [{strokes, rank (1 the best)}] of the photo asked about, after every stroke
    """
    searchable()
    read, gallery, network = drawn(sketch), shipped(), retriever()
    wanted = named(photo) if photo else ""
    with shelf.lane(JOB):
        query = network.query(read, canvas or None, gallery)
        found = gallery.search(query.vector, top)
    near = [
        Photo(photo=name, distance=float(far)) for name, far in zip(found.names[0], found.distances[0], strict=True)
    ]
    chances = dict(zip(map(str, CANVASES), query.probabilities or (), strict=False))
    followed = [Rank(strokes=count, rank=rank) for count, rank in ranks(read, Wish(aim=wanted, canvas=canvas or None))]
    return Retrieval(
        model=network.card.title,
        photos=near,
        searched=len(gallery),
        canvas=query.canvas,
        looks=list(query.looks),
        canvas_probabilities=chances,
        gflops=query.flops / 1e9,
        ranks=followed,
    )
