"""`Drawings`: small line drawings in named groups, each with a caption."""

from pathlib import Path
from typing import Any

from demos.pad.widget import Widget


class Drawings(Widget):
    """Value: {"question", "finding", "groups": [{"name", "side", "drawings"}], "empty"}, a drawing {"strokes",
    "beside", "name", "detail"}.

    side: of each drawing, CSS pixels. strokes: lists of [x, y] in a square of 255, y down. beside: strokes of a second
    picture under the same caption, or nothing. name and detail: the lines of the caption. empty: what to do, shown
    while there are no groups.
    """

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any):
        folder = Path(__file__).parent
        super().__init__(folder, "drawings.html", "drawings.css", ["drawings.js"], value=value, **kwargs)

    def postprocess(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """Passed through; the browser writes it as text, never as HTML."""
        return value

    def api_info(self) -> dict[str, Any]:
        """JSON schema shown to API clients."""
        return {"type": "object", "description": "{question, finding, groups: [{name, side, drawings}], empty}"}
