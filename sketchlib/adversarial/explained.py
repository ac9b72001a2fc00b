"""Attribution as an attack uses it."""

from collections.abc import Callable

from sketchlib.attribution import Attribution, explain, margin
from sketchlib.models import Recogniser
from sketchlib.sketch import Sketch

Attribute = Callable[[Sketch, str, str | None], Attribution]
"""Sketch, the class seen, the class to reach or None -> how much each stroke or segment speaks for the first."""


def explained(recogniser: Recogniser, method: str = "sla") -> Attribute:
    """A method of `sketchlib.attribution`, of the margin of the class seen; "p_sla" for segments."""
    return lambda sketch, category, other: explain(sketch, margin(recogniser, category, other), method)
