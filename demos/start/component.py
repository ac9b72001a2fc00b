"""`Start`: pictures with what they show in words, each with a button that opens a tab and begins there."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from demos.pad.widget import Widget

SCRIPTS = ("../pad/nodes.js", "start.js")


class Start(Widget):
    """cards: [{"question", "finding", "about", "button", "errand", and "svg" or "strokes"}], the picture of the last
    as the text of an SVG, or as strokes in canvas units, each a list of [x, y]; errand: as in `Courier`."""

    def __init__(self, cards: Sequence[dict[str, Any]] = (), **kwargs: Any):
        super().__init__(
            Path(__file__).parent, "start.html", "start.css", SCRIPTS, cards=json.dumps(list(cards)), **kwargs
        )

    def api_info(self) -> dict[str, Any]:
        """JSON schema shown to API clients."""
        return {"type": "object", "description": "nothing"}
