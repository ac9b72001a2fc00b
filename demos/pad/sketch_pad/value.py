"""The pad's value: checked at the door, plain numbers inside."""

from typing import Any

from sketchlib.io import from_pad, to_pad

SIZE = 256
"""Side of the pad's square, in its own unit."""


def clean(payload: object) -> dict[str, Any]:
    """Anything a browser or an API client may send -> {"v", "size", "rev", "strokes"} of finite numbers only.

    Raises sketchlib's FormatError or SketchError, one sentence, where the payload breaks a rule of `sketchlib.io`.
    """
    return {**to_pad(from_pad(payload)), "rev": _revision(payload)}


def _revision(payload: object) -> int:
    revision = payload.get("rev") if isinstance(payload, dict) else None
    return revision if isinstance(revision, int) and not isinstance(revision, bool) else 0
