"""`StrokePlayer`: an inversion that can be watched while it runs, scrubbed, compared with earlier ones, and saved."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from demos.pad.widget import Widget

SCRIPTS = (
    "../nodes.js",
    "../saving.js",
    "film.js",
    "stage.js",
    "chart.js",
    "table.js",
    "transport.js",
    "kept.js",
    "main.js",
)


class StrokePlayer(Widget):
    """Value: a film, lines of JSON. The head: {"ticket", "mode", "preset", "model", "origin", "iterations", "entries",
    "strokes": [{"id", "pts": [[x, y], ...] from the first point, "colours": [light, dark]}], "runs": [{"target",
    "seed", "start"}]}. Then one line an iteration, of every run a row: probabilities of target and origin, name of the
    current top-1 and its probability, gradient norm, and 2 or 7 entries of each stroke: x and y of its first point;
    a, b, c and d, by which its points [x, y] of the head lie at [a x + b y, c x + d y] from there; and its place in the
    order, from 0. At the end {"state": "done" | "stopped"}. Lengths are in canvas units.

    An event that takes long yields the film as it grows: Gradio sends what was added to a text. It begins when the page
    dispatches `inversion-asked` with {"ticket"}, and ends with the last film, or with `inversion-ended`.

    stop(request): fast call, {"ticket"} -> {}. save(request): {"kind", "film"} -> {"name", "type", "data": base64} or
    {"error"}. kinds: what it makes, name -> label.
    """

    def __init__(
        self,
        value: str | None = None,
        *,
        stop: Callable[..., Any],
        save: Callable[..., Any],
        kinds: dict[str, str],
        **kwargs: Any,
    ):
        names = {"stop": stop.__name__, "save": save.__name__, "kinds": [list(pair) for pair in kinds.items()]}
        folder = Path(__file__).parent
        super().__init__(
            folder, "player.html", "player.css", SCRIPTS, value=value, server_functions=[stop, save], **names, **kwargs
        )

    def postprocess(self, value: str | None) -> str | None:
        """Passed through; the browser writes it as text, never as HTML."""
        return value

    def api_info(self) -> dict[str, Any]:
        """JSON schema shown to API clients."""
        return {
            "type": "object",
            "description": "{ticket, mode, preset, origin, iterations, state, strokes, names, runs}",
        }
