"""Assisted drawing: which strokes of a drawing do not belong to the photo that is drawn.

    from sketchlib.assist import Aim, assist, reading
    aim = Aim(gallery.vectors, gallery.index("chair.jpg"))
    found = assist(sketch, reading(retriever.photos), aim)               # or method="gates", the paper's way
    print(found.flagged, found.rank_before, found.rank_after)
    better = found.remaining

`filtered` is the same for a query whose photo nobody knows. docs/equations.md has the rules.
"""

from sketchlib.assist.assist import METHODS, THRESHOLD, assist
from sketchlib.assist.filtering import Filtering, filtered
from sketchlib.assist.gates import Schedule
from sketchlib.assist.networks import encoder_of, reading
from sketchlib.assist.reader import Aim, Reader
from sketchlib.assist.result import Assistance
from sketchlib.assist.views import Views, views

__all__ = [
    "METHODS",
    "THRESHOLD",
    "Aim",
    "Assistance",
    "Filtering",
    "Reader",
    "Schedule",
    "Views",
    "assist",
    "encoder_of",
    "filtered",
    "reading",
    "views",
]
