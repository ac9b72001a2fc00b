"""Where the drawing is furniture: does the search for photos still find the one it found?"""

import base64
from typing import TYPE_CHECKING, Any

from demos.ui import JOB, shelf
from demos.ui.photos import NAME, retriever, shipped, why_not
from sketchlib.errors import SketchlibError

if TYPE_CHECKING:
    from sketchlib.adversarial import Attack

FURNITURE = {"bed", "bench", "chair", "couch", "desk", "stool", "table"}


def in_photos(found: "Attack") -> dict[str, Any] | None:
    """What the deletion does to the rank of the nearest photo; None of what is no furniture, or without photos."""
    from sketchlib.adversarial.photos import CANVAS, PhotoSearch, rank_drop

    if found.category not in FURNITURE or why_not():
        return None
    try:
        gallery, network = shipped(), retriever()
        search = PhotoSearch(gallery.names, gallery.vectors, lambda some: network.embed_sketches(some, CANVAS))
        with shelf.lane(JOB):
            drop = rank_drop(search, found.sketch, found.final.remaining)
    except SketchlibError as error:
        return {"model": NAME, "error": str(error)}
    picture = base64.b64encode(gallery.thumbnail(drop.photo)).decode()
    return {"model": NAME, **drop.as_json(), "picture": picture, "note": drop.note}
