"""The tab's example drawings: python -m demos.retrieve.drawings.draw writes them, from the gallery's own lines.

Each is the lines of one photo as a hand might draw them, and is named after the photo, so that the tab can make it the
target.
"""

from collections.abc import Iterator
from pathlib import Path

from demos.ui.drawings import by_hand, write
from sketchlib.sketch import Sketch

PHOTOS = (
    "dining-chair-0004a",
    "club-chair-0010a",
    "office-chair-0008a",
    "sofa-0012a",
    "bar-stool-0015a",
    "round-table-0043a",
)


def drawings() -> Iterator[tuple[str, Sketch]]:
    """Name and drawing of each of PHOTOS."""
    return ((photo, by_hand(photo)) for photo in PHOTOS)


if __name__ == "__main__":
    write(Path(__file__).parent, drawings())
