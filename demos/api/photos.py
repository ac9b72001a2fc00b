"""The photos that endpoints ask about."""

from demos.api.endpoint import SHOWN
from demos.ui.photos import shipped, why_not
from sketchlib.errors import InputError


def searchable() -> None:
    """Raises InputError where there is no network or no gallery."""
    if reason := why_not():
        raise InputError(reason)


def named(photo: str) -> str:
    """The name of a photo that ships. Raises InputError for any other."""
    names = shipped().names
    if photo not in names:
        raise InputError(f"a photo is one of the {len(names)} that ship, such as {names[0]}, got {photo[:SHOWN]!r}")
    return photo
