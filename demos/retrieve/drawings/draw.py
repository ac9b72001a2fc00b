"""The tab's example drawings: python -m demos.retrieve.drawings.draw writes them, from the gallery's own lines.

Each is the lines of one photo as a hand might draw them, and is named after the photo, so that the tab can make it the
target.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sketchlib.data.linedrawing import Hand, redraw
from sketchlib.io import from_quickdraw
from sketchlib.sketch import Sketch

FOLDER = Path(__file__).parent
LINES = FOLDER.parents[2] / "gallery" / "lines.ndjson.gz"
PHOTOS = (
    "dining-chair-0004a",
    "club-chair-0010a",
    "office-chair-0008a",
    "sofa-0012a",
    "bar-stool-0015a",
    "round-table-0043a",
)
SEED = 5
MARGIN = 0.1


def drawings() -> Iterator[tuple[str, Sketch]]:
    """Name and drawing of each of PHOTOS: its lines as a hand might draw them, another at every seed."""
    with gzip.open(LINES, "rt", encoding="utf-8") as file:
        records = {record["key"]: record for record in map(json.loads, file)}
    for photo in PHOTOS:
        yield photo, redraw(from_quickdraw(records[photo]), Hand(), np.random.default_rng(SEED)).fitted(MARGIN)


def main() -> None:
    """Write one pad JSON a photo."""
    for number, (photo, sketch) in enumerate(drawings(), 1):
        strokes = [{"id": stroke.id, "pts": np.round(256 * stroke.points, 1).tolist()} for stroke in sketch]
        text = json.dumps({"v": 1, "size": 256, "rev": 0, "strokes": strokes}, separators=(",", ":"))
        (FOLDER / f"{number:02}-{photo}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
