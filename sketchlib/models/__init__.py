"""Networks and their checkpoints. `load` and `available` are all that most callers need."""

from typing import TYPE_CHECKING, Any

from sketchlib.models.cards import recognisers as available

if TYPE_CHECKING:
    from sketchlib.models.recogniser import Recogniser, build, load

__all__ = ["Recogniser", "available", "build", "load"]


def __getattr__(name: str) -> Any:
    """Names that need torch are imported when they are first used."""
    if name in ("Recogniser", "build", "load"):
        from sketchlib.models import recogniser

        return getattr(recogniser, name)
    raise AttributeError(f"module 'sketchlib.models' has no attribute {name!r}")
