"""`HeatCard`: what to colour on one pad's strokes, and what the colours mean, in numbers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from demos.pad.widget import Widget


class HeatCard(Widget):
    """Value: the visitor's choice, {"show": "off" | "strokes" | "parts", "method", "target", "other", "sanity"}.

    The choice goes to the pad at once, which passes it on as its `options`; whatever `heat` the pad gets, its legend is
    shown here: {"question", "range", "ends": [low, high], "low", "high": shares of full colour, "signed", "unit",
    "about", "warning", "badge"}, or {"question", "note"} where there are no colours.

    pad: the name of the `SketchPad`. methods: names and labels for "strokes" and "parts". classes: what colours can be
    for, names or (name, label). best: what they are for by default, in words. sanity: whether an untrained twin is
    offered.
    """

    def __init__(
        self,
        value: dict[str, Any] | None = None,
        *,
        pad: str = "pad",
        methods: Mapping[str, Mapping[str, str]] | None = None,
        classes: Sequence[str | tuple[str, str]] = (),
        best: str = "best guess",
        sanity: bool = True,
        **kwargs: Any,
    ):
        named = {mode: [list(pair) for pair in labels.items()] for mode, labels in (methods or {}).items()}
        props = {"pad": pad, "methods": named, "classes": list(classes), "best": best, "sanity": sanity}
        super().__init__(
            Path(__file__).parent,
            "card.html",
            "card.css",
            ["../marks.js", "../saving.js", "../linked.js", "card.js"],
            value=value,
            **props,
            **kwargs,
        )

    def postprocess(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """Passed through; the browser writes it as text, never as HTML."""
        return value

    def api_info(self) -> dict[str, Any]:
        """JSON schema shown to API clients."""
        return {"type": "object", "description": "{show, method, target, other, sanity}"}
