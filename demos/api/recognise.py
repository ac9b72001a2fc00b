"""`recognise`: what a sketch looks like to a model."""

from typing import Annotated, TypedDict

import numpy as np
from pydantic import Field, SkipValidation

from demos.api.endpoint import endpoint, model_named
from demos.api.values import Drawing, drawn
from demos.ui import JOB, shelf


class Guess(TypedDict):
    """probability: softmax over the classes of the model, 0 to 1."""

    category: str
    probability: float


class Recognition(TypedDict):
    """What `recognise` returns."""

    model: str
    guesses: list[Guess]
    strokes: int


@endpoint
def recognise(
    sketch: Annotated[Drawing, SkipValidation], model: str = "", top: Annotated[int, Field(ge=1, le=345)] = 5
) -> Recognition:
    """Names what a sketch shows: the most probable classes of a model that was trained on human sketches.

    Args:
        sketch: Strokes, each a list of points [x, y] in a square of side 256, (0, 0) top left; or the page's JSON.
        model: Title of a recogniser that ships, such as sketchcnn66-v2; empty for the one the page opens with.
        top: How many guesses, 1 to 345; all classes where the model has fewer.

    Returns:
        model: title of the recogniser
        guesses: [{category, probability (0 to 1)}], best first
        strokes: how many were read
    """
    read, name = drawn(sketch), model_named(model)
    chances = shelf.probabilities(name, [read], JOB)[0]
    recogniser = shelf.get(name)
    best = np.argsort(-chances, kind="stable")[:top]
    guesses = [Guess(category=recogniser.classes[index], probability=float(chances[index])) for index in best]
    return Recognition(model=recogniser.card.title, guesses=guesses, strokes=len(read))
