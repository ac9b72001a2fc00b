"""What can be saved of an inversion."""

import base64
import json
import threading
from collections.abc import Callable
from typing import Any

from demos.inversion.film import Saved, read_film
from demos.ui import told
from sketchlib.errors import FormatError
from sketchlib.viz.storyboard import storyboard_svg
from sketchlib.viz.video import video

KINDS = {
    "mp4": "Video (mp4)",
    "webp": "Animation (WebP)",
    "svg": "Storyboard (SVG)",
    "json": "Numbers (JSON)",
    "csv": "Numbers (CSV)",
}
TYPES = {
    "mp4": "video/mp4",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "json": "application/json",
    "csv": "text/csv",
}

_one_at_a_time = threading.Lock()


@told
def save(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of the player: {"kind", "film"} -> {"name", "type", "data": base64}; raises nothing, see `told`."""
    kind = str(request.get("kind"))
    if kind not in KINDS:
        raise FormatError(f"a run is saved as one of {', '.join(KINDS)}, got {kind[:40]!r}")
    film = read_film(request.get("film"))
    with _one_at_a_time:
        data = _WRITERS[kind](film)
    return {"name": f"inversion.{kind}", "type": TYPES[kind], "data": base64.b64encode(data).decode()}


def _json(film: Saved) -> bytes:
    from sketchlib.inversion.record import as_json

    record = as_json(film.about["model"], film.about["preset"], film.runs, film.by_run)
    return json.dumps(record, ensure_ascii=False).encode()


def _csv(film: Saved) -> bytes:
    from sketchlib.inversion.record import as_csv

    return as_csv(film.runs, film.by_run).encode()


_WRITERS: dict[str, Callable[[Saved], bytes]] = {
    "mp4": lambda film: video(film.steps, film.targets, "mp4"),
    "webp": lambda film: video(film.steps, film.targets, "webp"),
    "json": _json,
    "csv": _csv,
    "svg": lambda film: storyboard_svg(film.steps, film.targets).encode(),
}
