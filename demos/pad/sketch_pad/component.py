"""`SketchPad`: a drawing pad whose value is strokes (ordered points), never pixels."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from demos.pad.sketch_pad.value import SIZE, clean
from demos.pad.widget import Widget
from demos.ui.boundary import toasted
from sketchlib.io import MAXIMUM_POINTS, MAXIMUM_STROKES

SCRIPTS = (
    "strokes.js",
    "view.js",
    "../linked.js",
    "talk.js",
    "pointer.js",
    "keyboard.js",
    "tips.js",
    "../saving.js",
    "files.js",
    "send.js",
    "kept.js",
    "main.js",
)
EXAMPLE = {"v": 1, "size": SIZE, "rev": 1, "strokes": [{"id": 1, "pts": [[10, 10, 0, 0.5], [200, 200, 90, 0.5]]}]}


class SketchPad(Widget):
    """Value: {"v": 1, "size": 256, "rev": n, "strokes": [{"id": int, "pts": [[x, y, t_ms, pressure], ...]}]}.

    name: the pad's elem_id; answers of the fast call are announced in the page under it.
    heat: what to show on the strokes: {"rev": n, "say": text, "strokes": marks, "legend": {...}, "pending": bool}, all
        but rev optional. A mark is matched by stroke id: {"id", "color", "dark", "title", "value", "ghost", "pieces"},
        "dark" the colour on dark paper, "title" its tip, pieces [{"pts", "color", "dark"}] drawn in the stroke's place.
        An event returns `SketchPad(heat=...)`, never the value it came with: that would wipe what was drawn meanwhile.
    model, options: passed back with every fast call, so that the page decides which model answers, and what.
    examples: [{"name": text, "strokes": [...]}], shown as thumbnails under the pad; with "says" a sentence about it,
        shown once it is chosen.
    live(request): fast call outside the queue, {"sketch", "model", "options", "drawing": whether the pen is
        down} -> {"rev", "top", "note"} or {"error"}.
    colours(request): the second fast call about a whole drawing, the same with "seen": the best guess -> {"heat"} or
        {"error"}. Only the newest drawing is asked about, and an answer about an older one is forgotten.
    open_file(request): {"name", "data": base64} -> {"sketch"} or {"error"}.
    share(sketch): -> {"token"} or {"error"}. restore(request): {"token"} -> {"sketch"} or {"error"}, at the start.
    pace: {"live_ms": between fast calls while the pen is down, "settle_ms": rest before the queued `input` event}.

    Events: `input` (the visitor changed the drawing and rests) and `change` (anybody changed it).
    """

    def __init__(
        self,
        value: Any = None,
        *,
        name: str = "pad",
        heat: dict[str, Any] | None = None,
        model: str = "",
        options: dict[str, Any] | None = None,
        examples: Sequence[dict[str, Any]] = (),
        live: Callable[..., Any] | None = None,
        colours: Callable[..., Any] | None = None,
        open_file: Callable[..., Any] | None = None,
        share: Callable[..., Any] | None = None,
        restore: Callable[..., Any] | None = None,
        pace: dict[str, int] | None = None,
        **kwargs: Any,
    ):
        calls = {"live": live, "colours": colours, "open": open_file, "share": share, "restore": restore}
        limits = {"strokes": MAXIMUM_STROKES, "points": MAXIMUM_POINTS}
        props = {"name": name, "heat": heat, "model": model, "options": options}
        # As text: Gradio clones every number of every prop of a component that an event names.
        props |= {"examples": json.dumps(list(examples)), "pace": pace or {}}
        super().__init__(
            Path(__file__).parent,
            "pad.html",
            "pad.css",
            SCRIPTS,
            value=value,
            server_functions=[call for call in calls.values() if call],
            limits=limits,
            **props,
            **{key: call.__name__ if call else None for key, call in calls.items()},
            **{"elem_id": name, **kwargs},
        )

    @toasted
    def preprocess(self, payload: Any) -> dict[str, Any]:
        """What the browser or an API client sent, made well formed; a broken rule becomes a toast."""
        return clean(payload)

    def postprocess(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """A pad value, checked the same way."""
        return None if value is None else clean(value)

    def api_info(self) -> dict[str, Any]:
        """JSON schema shown to API clients."""
        points = {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}
        stroke = {"type": "object", "properties": {"id": {"type": "integer"}, "pts": points}}
        properties = {"rev": {"type": "integer"}, "strokes": {"type": "array", "items": stroke}}
        description = "strokes of points [x, y, t_ms, pressure] in a 256 square"
        return {"type": "object", "description": description, "properties": properties}

    def example_payload(self) -> dict[str, Any]:
        """Request body shown on the API page."""
        return EXAMPLE

    def example_value(self) -> dict[str, Any]:
        """The same, in its Python form."""
        return EXAMPLE
