"""What a drawing finds: the nearest photos, the target's rank, what the network saw and what that cost."""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from demos.retrieve.kin import kin
from demos.retrieve.own import gallery_of
from demos.ui import RESTING, shelf
from demos.ui.photos import CANVASES, describe, retriever
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

if TYPE_CHECKING:
    from sketchlib.retrieval import Gallery
    from sketchlib.retrieval.model import Query

SHOWN, NEXT = 10, 30
"""Photos on screen, and how many the browser may fetch ahead."""
MOST_PREFIXES = 48
TEACHER_GFLOPS = 40.18
"""Of the paper's VGG16 at 256 pixels [maity2025sketch]."""


@dataclass(frozen=True)
class Wish:
    """gallery: a visitor's key, or "" for the one that ships. aim: the target's name, or "". canvas: pixels, or None
    where the selector chooses."""

    gallery: str = ""
    aim: str = ""
    canvas: int | None = None

    @classmethod
    def read(cls, payload: Any) -> "Wish":
        """What a browser sent; raises InputError for a canvas that does not exist."""
        given: Mapping[str, Any] = payload if isinstance(payload, dict) else {}
        canvas = str(given.get("canvas") or "")
        if canvas and canvas not in map(str, CANVASES):
            raise InputError(f"a canvas is one of {', '.join(map(str, CANVASES))} pixels, got {canvas[:20]!r}")
        gallery, aim = (str(given.get(name) or "") for name in ("gallery", "aim"))
        return cls(gallery, aim, int(canvas) if canvas else None)


def answer(sketch: Sketch, rev: int, wish: Wish, drawing: bool = False) -> dict[str, Any]:
    """The value that `Finder` and `Sight` show, of a sketch with at least one stroke. Raises SketchlibError.

    drawing: the pen is down, so that pictures of the canvases would be late at once: there are none.
    """
    gallery, network = gallery_of(wish.gallery), retriever()
    with shelf.lane():
        query = network.query(sketch, wish.canvas, gallery)
        began = time.perf_counter()
        found = gallery.search(query.vector, NEXT)
        searched = 1000 * (time.perf_counter() - began)
    near = [[name, round(float(far), 4)] for name, far in zip(found.names[0], found.distances[0], strict=True)]
    aim = {"aim": wish.aim, "rank": rank_of(gallery, query.vector, wish.aim), "kin": _kin(gallery, query, wish)}
    cost = {"milliseconds": round(query.milliseconds + searched, 1), **_costs(query)}
    about = {"photos": len(gallery), "strokes": len(sketch), "note": describe(network.card.scores, network.card.title)}
    sight = {
        "canvas": query.canvas,
        "looks": query.looks,
        "chances": query.probabilities,
        "sights": [] if drawing else sights(sketch),
    }
    return {
        "rev": rev,
        "gallery": wish.gallery,
        "top": near[:SHOWN],
        "next": [name for name, _ in near[SHOWN:]],
        **aim,
        **about,
        **sight,
        **cost,
    }


def rank_of(gallery: "Gallery", vector: np.ndarray, name: str) -> int | None:
    """The target's rank, 1 the best; None without one, or where it is not in this gallery."""
    return gallery.rank(vector, name) if name in gallery.names else None


def ranks(sketch: Sketch, wish: Wish) -> list[list[int]]:
    """[strokes, rank of the target] of the drawing after each stroke, at most MOST_PREFIXES; none without a target."""
    gallery, network = gallery_of(wish.gallery), retriever()
    if wish.aim not in gallery.names:
        return []
    counts = [round(count) for count in np.linspace(1, len(sketch), min(len(sketch), MOST_PREFIXES))]
    steps = [sketch.prefix(count) for count in counts]
    with shelf.lane(RESTING):
        chosen = wish.canvas is None
        vectors = network.read(steps, gallery).vectors if chosen else network.embed_sketches(steps, wish.canvas)
    return [[count, gallery.rank(vector, wish.aim)] for count, vector in zip(counts, vectors, strict=True)]


def sights(sketch: Sketch) -> list[str]:
    """The drawing on each of CANVASES as the network reads it: PNG files in base64, ink black."""
    from sketchlib.retrieval.lines import sketch_lines

    pictures = (255 - np.rint(255 * sketch_lines([sketch], side)[0, 0].numpy()) for side in CANVASES)
    return [
        base64.b64encode(cv2.imencode(".png", picture.astype(np.uint8))[1].tobytes()).decode() for picture in pictures
    ]


def _costs(query: "Query") -> dict[str, float]:
    """GFLOPs of this query, of one at 256 pixels and of the paper's teacher."""
    from sketchlib.retrieval.canvas import student_flops

    return {"gflops": query.flops / 1e9, "most_gflops": student_flops()[-1] / 1e9, "teacher_gflops": TEACHER_GFLOPS}


def _kin(gallery: "Gallery", query: "Query", wish: Wish) -> list[list[Any]]:
    """[name, what differs, rank] of each of the target's siblings, where the gallery is the one that ships."""
    siblings = () if wish.gallery else kin().get(wish.aim, ())
    return [[name, changed, gallery.rank(query.vector, name)] for name, changed in siblings]
