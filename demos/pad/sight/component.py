"""`Sight`: what a network sees of one pad's drawing on each canvas, which it reads, and what that costs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from demos.pad.widget import Widget


class Sight(Widget):
    """Value: {"canvas": pixels as text, or "" where the network chooses}; it goes to the pad's `options` at once.

    The pad's fast call answers {"rev", "top", "canvas": the one that was read, "chances": of each canvas, "sights": PNG
    files in base64, or none while the pen is down, "gflops", "most_gflops", "teacher_gflops", "milliseconds"}.

    pad: the name of the `SketchPad`. canvases: sides in pixels.
    """

    def __init__(
        self, value: dict[str, Any] | None = None, *, pad: str = "pad", canvases: Sequence[int] = (), **kwargs: Any
    ):
        props = {"pad": pad, "canvases": list(canvases)}
        super().__init__(
            Path(__file__).parent,
            "sight.html",
            "sight.css",
            ["../linked.js", "sight.js"],
            value=value,
            **props,
            **kwargs,
        )

    def postprocess(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """Passed through; the browser writes it as text, never as HTML."""
        return value

    def api_info(self) -> dict[str, Any]:
        """JSON schema shown to API clients."""
        return {"type": "object", "description": "{canvas}"}
