"""The tab's example drawings: python -m demos.assist.drawings.draw writes them, from the gallery's own lines.

Each is the lines of one photo as a hand might draw them, with strokes of another photo's lines among them.
"""

from collections.abc import Iterator
from pathlib import Path

from demos.ui.drawings import by_hand, write
from sketchlib.sketch import Sketch, Stroke

MIXED = (
    ("kitchen-chair-0046a", "drum-stool-0108b", 2),
    ("sofa-0058a", "tube-chair-0099c", 1),
    ("folding-chair-0051a", "round-table-0020c", 1),
    ("office-chair-0054a", "garden-chair-0029b", 2),
    ("bar-stool-0061a", "rocking-chair-0071b", 2),
)
"""Photo drawn, photo that strokes are planted from, and how many of its longest."""


def drawings() -> Iterator[tuple[str, Sketch]]:
    """Name and drawing of each of MIXED: own strokes with the planted ones spread among them."""
    for photo, other, count in MIXED:
        own, donor = list(by_hand(photo)), sorted(by_hand(other), key=lambda stroke: -stroke.length)[:count]
        for place, stroke in enumerate(donor, 1):
            own.insert(place * len(own) // (count + 1), stroke)
        kind = other.rpartition("-")[0]
        strokes = tuple(Stroke(stroke.points, number) for number, stroke in enumerate(own))
        yield f"{photo}-with-{count}-of-a-{kind}", Sketch(strokes)


if __name__ == "__main__":
    write(Path(__file__).parent, drawings())
