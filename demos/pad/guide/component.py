"""`Guide`: the photo that one pad's drawing is of, and which strokes do not match it."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from demos.pad.widget import Widget

SCRIPTS = ("../finder/pictures.js", "../marks.js", "../linked.js", "chooser.js", "main.js")


class Guide(Widget):
    """Value: what the visitor wants, {"aim": name of the photo, "method": a name of `methods`}.

    It goes to the pad at once, which passes it on among its `options`. The pad's fast call answers {"rev", "aim",
    "rank", "photos", "strokes", "top"}; the legend of its heat is {"aim", "flagged": ids, "rank_before", "rank_after",
    "photos", "note", "about"}, its marks are of all strokes. "Remove suggested" makes the pad leave the flagged strokes
    out, a step that its Undo takes back.

    pad: the name of the `SketchPad`. names: of all photos. pictures(request): {"names"} -> {"pictures": {name: JPEG in
    base64}} or {"error"}. methods: names and labels. photo_of: name of an example of the pad -> the photo it is of.
    """

    def __init__(
        self,
        value: dict[str, Any] | None = None,
        *,
        pad: str = "pad",
        names: Sequence[str] = (),
        pictures: Callable[..., Any] | None = None,
        methods: Mapping[str, str] | None = None,
        photo_of: Mapping[str, str] | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            Path(__file__).parent,
            "guide.html",
            "guide.css",
            SCRIPTS,
            value=value,
            server_functions=[pictures] if pictures else [],
            pad=pad,
            names=json.dumps(list(names)),
            pictures=pictures.__name__ if pictures else None,
            methods=[list(pair) for pair in (methods or {}).items()],
            photo_of=dict(photo_of or {}),
            **kwargs,
        )

    def postprocess(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """Passed through; the browser writes it as text, never as HTML."""
        return value

    def api_info(self) -> dict[str, Any]:
        """JSON schema shown to API clients."""
        return {"type": "object", "description": "{aim, method}"}
