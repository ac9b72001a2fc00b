"""`Deletion`: which strokes were taken from one pad's drawing, what models saw after each, and a game about it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from demos.pad.widget import Widget

SCRIPTS = ("../nodes.js", "../saving.js", "parts.js", "stage.js", "models.js", "game.js", "main.js")


class Deletion(Widget):
    """Value: JSON text. An attack: {"rev": of the drawing, "ticket", "category", "target", "flipped", "note", "names",
    "steps": [{"kept", "gone": strokes as points in canvas units, "ink": share gone, "top", "chances": of the names}],
    "models": [{"name", "before", "after": [class, probability], "category": its probability before and after, "fooled":
    bool or None}], "photos": {"photo", "before", "after": ranks, "photos", "picture": JPEG in base64} or {"error"} or
    None, "sights": before and after, [{"ink": PNG in base64, "side"} or {"strokes"}, "words"], "about", "svg":
    the picture to save, "record": the numbers to save}; or {"ticket", "stopped": True}.

    An attack begins when the page dispatches `attack-asked` with {"ticket"}, and ends with a value or `attack-ended`.
    pad: the name of the `SketchPad`, whose fast call answers {"rev", "top", "strokes": [{"id", "pts"}]}. model: asked
    in the game. stop(request): {"ticket"} -> {}. play(request): {"sketch", "model"} -> {"category", "chance", "best":
    id, "rows": [{"id", "chance", "top", "top_chance", "points"}], "model"} or {"error"}.
    """

    def __init__(
        self,
        value: str | None = None,
        *,
        pad: str = "pad",
        model: str = "",
        stop: Callable[..., Any] | None = None,
        play: Callable[..., Any] | None = None,
        **kwargs: Any,
    ):
        calls = {"stop": stop, "play": play}
        super().__init__(
            Path(__file__).parent,
            "deletion.html",
            "deletion.css",
            SCRIPTS,
            value=value,
            server_functions=[call for call in calls.values() if call],
            pad=pad,
            model=model,
            **{key: call.__name__ if call else None for key, call in calls.items()},
            **kwargs,
        )

    def postprocess(self, value: str | None) -> str | None:
        """Passed through; the browser writes it as text, never as HTML."""
        return value

    def api_info(self) -> dict[str, Any]:
        """JSON schema shown to API clients."""
        return {"type": "string", "description": "JSON: category, flipped, note, names, steps, models, photos, record"}
