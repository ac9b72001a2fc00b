"""Strokes that do not match a photo, as marks for the pad and words for the guide."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from demos.ui import COLOURS, bare_heat, shelf
from demos.ui.photos import retriever, shipped
from sketchlib.errors import InputError, SketchlibError
from sketchlib.sketch import Sketch
from sketchlib.viz import colour, number

if TYPE_CHECKING:
    from sketchlib.assist import Aim, Assistance, Reader

METHODS: Mapping[str, str] = {"fast": "fast", "gates": "gates (slower)"}
QUESTION = "Which strokes do not match?"
MOST_STROKES = 48
PALEST = 0.55
"""Share of full colour of a stroke that is only just marked; full at three times its threshold."""
ABOUT = {
    "fast": "A stroke is marked where it costs over {threshold:.2f} likeness to this photo against an average one.",
    "gates": "A stroke is marked where most of {restarts} fitted gates drop it: straight-through Gumbel-Softmax, "
    "{steps} steps, temperature {hot:g} to {cold:g}, {sparsity:g} likeness a dropped stroke.",
}


@dataclass(frozen=True)
class Wish:
    """aim: name of the photo that is drawn. method: a name of METHODS."""

    aim: str
    method: str = "fast"

    @classmethod
    def read(cls, payload: Any) -> "Wish":
        """What a browser sent; raises InputError for a photo or a method that does not exist."""
        given: Mapping[str, Any] = payload if isinstance(payload, dict) else {}
        aim, method = str(given.get("aim") or ""), str(given.get("method") or "fast")
        if method not in METHODS:
            raise InputError(f"strokes are judged by {' or '.join(METHODS)}, got {method[:40]!r}")
        if aim not in shipped().names:
            raise InputError(f"a photo is chosen first, one of the {len(shipped())} that ship, got {aim[:60]!r}")
        return cls(aim, method)


def rank(sketch: Sketch, wish: Wish) -> dict[str, Any]:
    """The fast answer: {"aim", "rank", "photos", "strokes", "top": the photo and its likeness}."""
    reader, aim = reader_of_drawings(), aim_of(wish.aim)
    with shelf.lane():
        row = reader.embed([sketch])
    likeness = round(float(aim.likeness(row)[0]), 4)
    place, photos = aim.ranks(row)[0], len(aim.vectors)
    return {"aim": wish.aim, "rank": place, "photos": photos, "strokes": len(sketch), "top": [[wish.aim, likeness]]}


def judged(sketch: Sketch, wish: Wish, patience: float = COLOURS) -> "Assistance":
    """The strokes that do not match; patience: as of a lane. Raises SketchlibError."""
    from sketchlib.assist import assist

    if len(sketch) > MOST_STROKES:
        raise InputError(f"strokes are judged here in drawings of at most {MOST_STROKES}, got {len(sketch)}")
    with shelf.lane(patience):
        return assist(sketch, reader_of_drawings(), aim_of(wish.aim), wish.method)


def marks(sketch: Sketch, rev: int, payload: Any) -> dict[str, Any]:
    """The pad's heat, or a sentence in its place; payload: of the pad's options. Raises nothing."""
    aim = ""
    try:
        wish = Wish.read(payload)
        aim, began = wish.aim, time.perf_counter()
        found = judged(sketch, wish)
        return _heat(found, rev, wish, 1000 * (time.perf_counter() - began))
    except SketchlibError as error:
        sentence = str(error)
        bare = bare_heat(rev, QUESTION, f"{sentence[0].upper()}{sentence[1:]}.")
        return bare | {"legend": bare["legend"] | {"aim": aim}}


def _heat(found: "Assistance", rev: int, wish: Wish, milliseconds: float) -> dict[str, Any]:
    from sketchlib.assist import Schedule

    legend = {
        "question": QUESTION,
        "aim": wish.aim,
        "flagged": list(found.flagged),
        "rank_before": found.rank_before,
        "rank_after": found.rank_after,
        "photos": found.photos,
        "note": _note(found, wish.aim),
        "about": f"{ABOUT[found.method].format(threshold=found.threshold, **vars(Schedule()))} {found.calls} looks, "
        f"{milliseconds:.0f} ms, one drawing; on sketches of unseen chairs about half of such marks are right.",
    }
    strokes = [
        _mark(found, place, stroke.id, float(score))
        for place, (stroke, score) in enumerate(zip(found.sketch, found.scores, strict=True))
    ]
    return {"rev": rev, "strokes": strokes, "legend": legend}


def _mark(found: "Assistance", place: int, stroke: int, score: float) -> dict[str, Any]:
    unit = "likeness" if found.method == "fast" else "dropped"
    value = f"{number(-score)} {unit}" if found.method == "fast" else f"{score:.0%} {unit}"
    mark = {"id": stroke, "value": value, "title": f"Stroke {place + 1}: {value}", "pieces": []}
    if stroke not in found.flagged:
        return mark
    beyond = (score - found.threshold) / (2 * found.threshold)
    share = -float(np.clip(PALEST + (1 - PALEST) * beyond, PALEST, 1))
    return mark | {"color": colour(share), "dark": colour(share, "dark")}


def _note(found: "Assistance", aim: str) -> str:
    title, alike = PurePath(aim).stem, f"likeness {found.likeness_before:.3f}"
    if not found.flagged:
        return f"Every stroke fits {title} as far as the network can tell; {alike}, 1 the same."
    one = len(found.flagged) == 1
    some = f"{len(found.flagged)} of {len(found.sketch)} strokes {'does' if one else 'do'} not match {title}"
    return f"{some}: {alike}, without {'it' if one else 'them'} {found.likeness_after:.3f}, 1 the same."


def reader_of_drawings() -> "Reader":
    """The teacher reads drawings too: of the two networks it tells strange strokes better."""
    from sketchlib.assist import reading

    return reading(retriever().photos)


@lru_cache(maxsize=32)
def _aim(name: str, gallery: Any) -> "Aim":
    from sketchlib.assist import Aim

    return Aim(gallery.vectors, gallery.index(name))


def aim_of(name: str) -> "Aim":
    """A photo among those that ship, kept: its direction sums the gallery up."""
    return _aim(name, shipped())
