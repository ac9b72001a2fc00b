"""Photos that a visitor brings: embedded, kept in memory for that visitor alone, and forgotten."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from demos.ui import local_cards_allowed
from demos.ui.photos import InLanes, retriever, shipped
from sketchlib.errors import InputError

if TYPE_CHECKING:
    from sketchlib.retrieval import Gallery

MOST_PHOTOS, MOST_GALLERIES = 200, 40
SECONDS = 3600
"""A gallery that is as old is forgotten, should its visitor not have left before."""

_kept: "OrderedDict[str, tuple[Gallery, str]]" = OrderedDict()
_changing = threading.Lock()


def keep(gallery: "Gallery", visit: str | None) -> str:
    """A key that nobody can guess; the oldest of MOST_GALLERIES makes way. visit: Gradio's name of the session."""
    key = secrets.token_urlsafe(16)
    with _changing:
        _kept[key] = gallery, visit or ""
        while len(_kept) > MOST_GALLERIES:
            _kept.popitem(last=False)
    return key


def forget(key: str) -> None:
    """Nothing of the gallery is left; an unknown key is none."""
    with _changing:
        _kept.pop(key, None)


def forget_visit(visit: str | None) -> None:
    """The visitor has left."""
    for key in [key for key, (_, whose) in list(_kept.items()) if visit and whose == visit]:
        forget(key)


def gallery_of(key: str) -> "Gallery":
    """A visitor's gallery, or the one that ships for "". Raises InputError for one that was forgotten."""
    if not key:
        return shipped()
    if key not in _kept:
        raise InputError("photos of your own are kept for an hour and for one visit: choose them again")
    return _kept[key][0]


def from_upload(files: Sequence[str], progress: Callable[[int, int], None] | None = None) -> "Gallery":
    """A gallery of uploaded photos and zips, which leave the disk whatever happens.

    Raises InputError where no photo can be read.
    """
    from sketchlib.retrieval import Gallery

    try:
        return Gallery.build(list(files), InLanes(retriever().photos), None, progress, MOST_PHOTOS)
    finally:
        for file in map(Path, files):
            with suppress(OSError):
                file.unlink()
                file.parent.rmdir()


def from_folder(path: str, progress: Callable[[int, int], None] | None = None) -> "Gallery":
    """A gallery of a folder of this machine, where the app runs at its visitor's. Raises InputError."""
    from sketchlib.retrieval import Gallery

    if not local_cards_allowed():
        raise InputError("a folder is read on your own machine only: upload the photos, or a zip of them")
    if not path.strip():
        raise InputError("a folder of photos has a path, got none")
    return Gallery.build(Path(path.strip()).expanduser(), InLanes(retriever().photos), None, progress, MOST_PHOTOS)
