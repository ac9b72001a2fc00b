"""Recognisers as an attack asks them: a few drawings at a time, so that others may draw, until told to stop."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demos.ui import JOB, shelf
from demos.ui.tickets import Tickets
from sketchlib.errors import SketchlibError
from sketchlib.sketch import Sketch

if TYPE_CHECKING:
    from sketchlib.attribution import Attribution

AT_ONCE = 32
"""Drawings asked about before somebody else may have the core."""
tickets = Tickets("attack")


class StoppedError(SketchlibError):
    """The visitor no longer wants to know."""


class Asked:
    """A recogniser of the shelf as `sketchlib.adversarial.Model`; ticket: of the visit that may stop it, or ""."""

    def __init__(self, name: str, ticket: str = ""):
        self.recogniser: Any = shelf.get(name)
        self.classes: tuple[str, ...] = self.recogniser.classes
        self.title, self._ticket = self.recogniser.card.title, ticket

    def logits(self, sketches: Sequence[Sketch]) -> NDArray[np.float32]:
        """(n, classes). Raises StoppedError."""
        rows = [self._some(sketches[first : first + AT_ONCE]) for first in range(0, len(sketches), AT_ONCE)]
        return np.concatenate(rows)

    def _some(self, sketches: Sequence[Sketch]) -> NDArray[np.float32]:
        if self._ticket in tickets:
            raise StoppedError("an attack goes on until it is stopped, and it was")
        with shelf.lane(JOB):
            found: NDArray[np.float32] = self.recogniser.logits(sketches)
        return found

    def attribution(self, method: str) -> Any:
        """`sketchlib.adversarial.explained` of it, in a lane."""
        from sketchlib.adversarial import explained

        def attribute(sketch: Sketch, category: str, other: str | None) -> "Attribution":
            with shelf.lane(JOB):
                return explained(self.recogniser, method)(sketch, category, other)

        return attribute
