"""`Finder`: the photos nearest to one pad's drawing, and the rank of a target while it is drawn."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from demos.pad.widget import Widget

SCRIPTS = ("../saving.js", "pictures.js", "curve.js", "game.js", "main.js")


class Finder(Widget):
    """Value: what the visitor wants found, {"gallery": key or "", "aim": name of the target or ""}.

    It goes to the pad at once, which passes it on among its `options`. The pad's fast call answers {"rev", "gallery",
    "top": [[name, distance], ...], "next": names to fetch ahead, "photos": how many there are, "strokes", "aim",
    "rank": of the target or None, "kin": [[name, what differs, rank], ...] of its near-twins, "note"}.

    pad: the name of the `SketchPad`. pictures(request): {"gallery", "names"} -> {"pictures": {name: JPEG in base64}}.
    pick(request): {"gallery", "but"} -> {"name", "photos"}, another photo. leave(request): {"gallery"} -> {}. Each may
    answer {"error"}. photo_of: name of an example of the pad -> the photo that it is of, its target.
    curve: {"rev", "aim", "ranks": [[strokes, rank], ...]}, the whole curve, for the drawing of that revision.
    gallery: the visitor's own from now on, {"key", "photos", "duplicates", "problems": [[name, sentence], ...]}.
    """

    def __init__(
        self,
        value: dict[str, Any] | None = None,
        *,
        pad: str = "pad",
        pictures: Callable[..., Any] | None = None,
        pick: Callable[..., Any] | None = None,
        leave: Callable[..., Any] | None = None,
        photo_of: Mapping[str, str] | None = None,
        curve: dict[str, Any] | None = None,
        gallery: dict[str, Any] | None = None,
        **kwargs: Any,
    ):
        calls = {"pictures": pictures, "pick": pick, "leave": leave}
        props = {"pad": pad, "photo_of": dict(photo_of or {}), "curve": curve, "gallery": gallery}
        super().__init__(
            Path(__file__).parent,
            "finder.html",
            "finder.css",
            SCRIPTS,
            value=value,
            server_functions=[call for call in calls.values() if call],
            **props,
            **{key: call.__name__ if call else None for key, call in calls.items()},
            **kwargs,
        )

    def postprocess(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """Passed through; the browser writes it as text, never as HTML."""
        return value

    def api_info(self) -> dict[str, Any]:
        """JSON schema shown to API clients."""
        return {"type": "object", "description": "{gallery, aim}"}
