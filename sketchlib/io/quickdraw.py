"""QuickDraw records: `{"word": ..., "drawing": [[[x...], [y...]], ...]}`, simplified, or raw with `[t...]` in ms."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sketchlib.errors import FormatError
from sketchlib.io.limits import (
    MAXIMUM_MILLISECONDS,
    QUICKDRAW_SIDE,
    check_counts,
    checked_sketch,
    numbers,
    placed,
)
from sketchlib.sketch import Sketch, Stroke


def from_quickdraw(record: object) -> Sketch:
    """One record -> Sketch; label = word ("" when absent), ids = stroke positions.

    A simplified drawing (no times, all in [0, 255]) keeps its place: coordinates / 255. Any other is fitted to the
    canvas. Times, milliseconds in a raw drawing, become seconds. Raises FormatError naming the stroke.
    """
    if not isinstance(record, Mapping) or not isinstance(record.get("drawing"), list):
        raise FormatError('a QuickDraw record is an object with a list "drawing", got something else')
    word = record.get("word", "")
    if not isinstance(word, str):
        raise FormatError(f'"word" is text, got {type(word).__name__}')
    drawing = record["drawing"]
    check_counts(len(drawing), 0)
    strokes = []
    for position, channels in enumerate(drawing):
        with placed(f"stroke {position + 1}"):
            strokes.append(_stroke(channels, position))
    return _on_canvas(checked_sketch(strokes, word))


def _stroke(channels: object, position: int) -> Stroke:
    """One stroke in the record's own unit."""
    if not isinstance(channels, list) or len(channels) not in (2, 3):
        raise FormatError("a stroke is [[x...], [y...]] or [[x...], [y...], [t...]], got something else")
    places, times = numbers(channels[:2], "coordinates"), numbers(channels[2:], "times", MAXIMUM_MILLISECONDS)
    if places.ndim != 2 or places.shape[1] == 0:
        raise FormatError("a stroke has at least one point, got none")
    return Stroke(places.T, position, seconds=times[0] / 1000.0 if len(times) else None)


def _on_canvas(sketch: Sketch) -> Sketch:
    if not sketch.strokes:
        return sketch
    low, high = sketch.bounds()
    simplified = all(stroke.seconds is None for stroke in sketch) and low.min() >= 0 and high.max() <= QUICKDRAW_SIDE
    return sketch.transformed(1.0 / QUICKDRAW_SIDE) if simplified else sketch.fitted()


def to_quickdraw(sketch: Sketch) -> dict[str, Any]:
    """Sketch -> a simplified record: coordinates * 255 rounded to integers; ids, times and pressure are not written."""
    drawing = [np.rint(stroke.points.T * QUICKDRAW_SIDE).astype(int).tolist() for stroke in sketch]
    return {"word": sketch.label, "drawing": drawing}
