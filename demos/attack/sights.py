"""A drawing as a recogniser reads it."""

import base64
from typing import Any

import cv2
import numpy as np

from sketchlib.sketch import Sketch


def sight(recogniser: Any, sketch: Sketch) -> dict[str, Any]:
    """{"side", "ink": PNG in base64} of a network that reads pixels, {"strokes": points in canvas units} of one that
    reads strokes; "words": what that is."""
    from sketchlib.models.inputs import flat, network_inputs, thinned_sketch

    card, prepared = recogniser.card.preprocessing, recogniser.prepare(sketch)
    if card.canvas_side is None:
        read = thinned_sketch(prepared, card.longest_stroke).fitted(0.06)
        points = [np.round(stroke.points, 4).tolist() for stroke in read]
        words = f"{_count(len(read), 'stroke')} with {_count(sum(map(len, points)), 'point')}"
        return {"strokes": points, "words": words}
    ink: Any = network_inputs(flat([prepared]), card)
    picture = (255 - np.rint(255 * ink[0, 0].numpy())).astype(np.uint8)
    data = base64.b64encode(cv2.imencode(".png", picture)[1].tobytes()).decode()
    return {"side": card.canvas_side, "ink": data, "words": f"{card.canvas_side} × {card.canvas_side} pixels of ink"}


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
