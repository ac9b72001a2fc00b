"""Example drawings made from the lines of photos in the gallery: what the scripts that draw them share."""

import gzip
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sketchlib.data.linedrawing import Hand, redraw
from sketchlib.io import from_quickdraw
from sketchlib.sketch import Sketch

LINES = Path(__file__).resolve().parents[2] / "gallery" / "lines.ndjson.gz"
SEED = 5
MARGIN = 0.1


def by_hand(photo: str) -> Sketch:
    """The lines of a photo as a hand might draw them; another hand at every SEED."""
    return redraw(from_quickdraw(_records()[photo]), Hand(), np.random.default_rng(SEED)).fitted(MARGIN)


@cache
def _records() -> dict[str, Any]:
    with gzip.open(LINES, "rt", encoding="utf-8") as file:
        return {record["key"]: record for record in map(json.loads, file)}


def write(folder: Path, drawings: Iterable[tuple[str, Sketch]]) -> None:
    """One pad JSON a drawing, numbered and named, as `examples` reads them."""
    for number, (name, sketch) in enumerate(drawings, 1):
        strokes = [{"id": stroke.id, "pts": np.round(256 * stroke.points, 1).tolist()} for stroke in sketch]
        text = json.dumps({"v": 1, "size": 256, "rev": 0, "strokes": strokes}, separators=(",", ":"))
        (folder / f"{number:02}-{name}.json").write_text(text + "\n", encoding="utf-8")
