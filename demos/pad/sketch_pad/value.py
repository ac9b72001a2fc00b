"""The pad's value: checked at the door, plain numbers inside."""

from typing import Any

from sketchlib.io import from_pad, to_pad

SIZE = 256
"""Side of the pad's square, in its own unit."""


def clean(payload: object) -> dict[str, Any]:
    """Anything a browser or an API client may send -> {"v", "size", "rev", "strokes"} of finite numbers only.

    Raises sketchlib's FormatError or SketchError, one sentence, where the payload breaks a rule of `sketchlib.io`.
    """
    return {**to_pad(from_pad(payload)), "rev": revision(payload)}


def revision(payload: object) -> int:
    """The payload's "rev", which an answer carries back; 0 where it has none."""
    number = payload.get("rev") if isinstance(payload, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else 0
