"""The tab's example drawings: python -m demos.assist.drawings.draw writes them, from the gallery's own lines.

Each is the lines of one photo as a hand might draw them, with strokes of another photo's lines among them.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sketchlib.data.linedrawing import Hand, redraw
from sketchlib.io import from_quickdraw
from sketchlib.sketch import Sketch, Stroke

FOLDER = Path(__file__).parent
LINES = FOLDER.parents[2] / "gallery" / "lines.ndjson.gz"
MIXED = (
    ("kitchen-chair-0046a", "drum-stool-0108b", 2),
    ("sofa-0058a", "tube-chair-0099c", 1),
    ("folding-chair-0051a", "round-table-0020c", 1),
    ("office-chair-0054a", "garden-chair-0029b", 2),
    ("bar-stool-0061a", "rocking-chair-0071b", 2),
)
"""Photo drawn, photo that strokes are planted from, and how many of its longest."""
SEED = 5
MARGIN = 0.1


def drawings() -> Iterator[tuple[str, Sketch]]:
    """Name and drawing of each of MIXED: own strokes with the planted ones spread among them."""
    with gzip.open(LINES, "rt", encoding="utf-8") as file:
        records = {record["key"]: record for record in map(json.loads, file)}

    def drawn(photo: str) -> Sketch:
        return redraw(from_quickdraw(records[photo]), Hand(), np.random.default_rng(SEED)).fitted(MARGIN)

    for photo, other, count in MIXED:
        own, donor = list(drawn(photo)), sorted(drawn(other), key=lambda stroke: -stroke.length)[:count]
        for place, stroke in enumerate(donor, 1):
            own.insert(place * len(own) // (count + 1), stroke)
        kind = other.rpartition("-")[0]
        strokes = tuple(Stroke(stroke.points, number) for number, stroke in enumerate(own))
        yield f"{photo}-with-{count}-of-a-{kind}", Sketch(strokes)


def main() -> None:
    """Write one pad JSON a drawing."""
    for number, (name, sketch) in enumerate(drawings(), 1):
        strokes = [{"id": stroke.id, "pts": np.round(256 * stroke.points, 1).tolist()} for stroke in sketch]
        text = json.dumps({"v": 1, "size": 256, "rev": 0, "strokes": strokes}, separators=(",", ":"))
        (FOLDER / f"{number:02}-{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
