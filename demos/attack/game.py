"""The game: of all strokes, which one would you delete?"""

from typing import TYPE_CHECKING, Any

import numpy as np

from demos.attack.models import Asked
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

if TYPE_CHECKING:
    from sketchlib.adversarial.search import Model

MOST_STROKES = 64


def singles(model: "Model", sketch: Sketch) -> dict[str, Any]:
    """What every deletion of one stroke does to the class that the model sees.

    {"category", "chance": of it in the whole, "best": id of the stroke whose deletion lowers its margin most, "rows":
    [{"id", "chance": of the category without it, "top", "top_chance", "points": 100 for the best, 0 for no effect}]}.
    Raises InputError for fewer than two strokes, and more than 64.
    """
    from sketchlib.adversarial.result import probabilities
    from sketchlib.adversarial.search import Goal, checked

    if not 2 <= len(sketch) <= MOST_STROKES:
        raise InputError(
            f"the game is played with 2 to {MOST_STROKES} strokes, got {len(sketch)}: draw, or pick another"
        )
    logits = checked(model, [sketch, *(sketch.without({id_}) for id_ in sketch.ids)])
    seen = int(logits[0].argmax())
    margins, chances = Goal(seen).margins(logits), np.stack([probabilities(row) for row in logits])
    points = scores(margins[0] - margins[1:])
    rows = []
    for place, id_ in enumerate(sketch.ids):
        own = chances[place + 1]
        found = {"id": id_, "chance": round(float(own[seen]), 4), "points": points[place]}
        rows.append(found | {"top": model.classes[int(own.argmax())], "top_chance": round(float(own.max()), 4)})
    best = sketch.ids[int(margins[1:].argmin())]
    return {"category": model.classes[seen], "chance": round(float(chances[0, seen]), 4), "best": best, "rows": rows}


def scores(drops: "np.ndarray[Any, Any]") -> list[int]:
    """(strokes,) drops of the margin -> points, the share of the largest drop; where none drops, the best has 100."""
    most = float(drops.max())
    if most <= 0:
        return [100 if drop == most else 0 for drop in drops]
    return [round(100 * max(0.0, float(drop) / most)) for drop in drops]


def play(sketch: Sketch, name: str) -> dict[str, Any]:
    """`singles` of a recogniser of the shelf, with its title."""
    model = Asked(name)
    return {**singles(model, sketch), "model": model.title}
