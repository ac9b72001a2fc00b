"""`Answers`: the best guesses about one pad's drawing, as bars, kept current by the pad's fast call."""

from pathlib import Path
from typing import Any

from demos.pad.widget import Widget


class Answers(Widget):
    """Value: {"rev": n, "top": [[label, probability], ...], "note": text}; an older `rev` never replaces a newer one.

    pad: the name of the `SketchPad` whose answers are shown.
    """

    def __init__(self, value: dict[str, Any] | None = None, *, pad: str = "pad", **kwargs: Any):
        folder = Path(__file__).parent
        super().__init__(folder, "answers.html", "answers.css", ["answers.js"], value=value, pad=pad, **kwargs)

    def postprocess(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """Passed through; the browser writes it as text, never as HTML."""
        return value

    def api_info(self) -> dict[str, Any]:
        """JSON schema shown to API clients."""
        return {"type": "object", "description": "{rev, top: [[label, probability], ...], note}"}
