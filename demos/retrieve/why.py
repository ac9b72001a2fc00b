"""Which strokes speak for a photo, or for one and not another."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from demos.retrieve.answers import SHOWN, Wish
from demos.retrieve.own import gallery_of
from demos.ui import COLOURS, bare_heat, pad_heat, shelf
from demos.ui.photos import retriever
from sketchlib.errors import InputError, SketchlibError
from sketchlib.sketch import Sketch
from sketchlib.viz import number

if TYPE_CHECKING:
    from sketchlib.attribution import Attribution, InkGame
    from sketchlib.retrieval import Gallery

LABELS: Mapping[str, Mapping[str, str]] = {
    "strokes": {"leave_one_out": "Leave-one-out", "sla": "SLA"},
    "parts": {"p_sla": "P-SLA"},
}
AIM = "aim"
PLACES = [
    (AIM, "the target"),
    ("1", "the nearest"),
    *((str(place), f"number {place}") for place in range(2, SHOWN + 1)),
]
"""What colours can be for, or against: the target, or a place among the photos found."""
CHOICE = {"show": "strokes", "method": "leave_one_out", "target": "", "other": "", "sanity": False}
FLOOR = 0.02
"""Least likeness of full colour."""
MOST_STROKES = 64


@dataclass(frozen=True)
class Question:
    """show: off, strokes or parts. method: a name of `LABELS`. target, other: names of `PLACES`; other may be ""."""

    show: str
    method: str
    target: str
    other: str

    @classmethod
    def read(cls, payload: Any) -> "Question":
        """What a browser sent; raises InputError for a mode, a method or a place that does not exist."""
        given = CHOICE | (payload if isinstance(payload, dict) else {})
        show, method, target, other = (str(given[name] or "") for name in ("show", "method", "target", "other"))
        if show != "off" and method not in LABELS.get(show, ()):
            known = ", ".join(name for labels in LABELS.values() for name in labels)
            raise InputError(
                f"strokes are coloured by {known}, parts by the last, got {method[:40]!r} of {show[:40]!r}"
            )
        for place in (target, other):
            if place and place not in dict(PLACES):
                raise InputError(f"colours are for the target or a place from 1 to {SHOWN}, got {place[:40]!r}")
        return cls(show, method, target or "1", other)


def heat(sketch: Sketch, rev: int, payload: Any) -> dict[str, Any]:
    """The pad's heat, or a sentence in its place; payload: of the pad's options. Raises nothing."""
    try:
        question = Question.read(payload)
        if question.show == "off":
            return bare_heat(rev, "Why this photo?", "Colours are off.")
        if len(sketch) > MOST_STROKES:
            raise InputError(f"strokes are coloured here in sketches of at most {MOST_STROKES}, got {len(sketch)}")
        return _coloured(sketch, rev, question, Wish.read(payload))
    except SketchlibError as error:
        return bare_heat(rev, "Why this photo?", str(error))


def _coloured(sketch: Sketch, rev: int, question: Question, wish: Wish) -> dict[str, Any]:
    from sketchlib.attribution import explain

    with shelf.lane(COLOURS):
        began = time.perf_counter()
        game, asked = _game(sketch, question, wish)
        found = explain(sketch, game, question.method)
        took = 1000 * (time.perf_counter() - began)
    if found.note:
        return bare_heat(rev, asked, f"{found.note[0].upper()}{found.note[1:]}.")
    label = LABELS[question.show][question.method]
    return pad_heat(found, rev, asked, _about(found, label, game.canvas.side, took), FLOOR)


def _game(sketch: Sketch, question: Question, wish: Wish) -> tuple["InkGame", str]:
    """The strokes as players for the likeness to a photo, on the canvas that the query was read on; the question."""
    from sketchlib.attribution import Canvas, InkGame
    from sketchlib.retrieval.likeness import likeness, likeness_margin
    from sketchlib.retrieval.lines import SOFTNESS, SPAN, line_width

    gallery, network = gallery_of(wish.gallery), retriever()
    query = network.query(sketch, wish.canvas, gallery)
    names = gallery.search(query.vector, SHOWN).names[0]
    one, other = (_photo(gallery, place, names, wish.aim) for place in (question.target, question.other))
    side = query.canvas
    canvas, placed = Canvas(side, line_width(side) / side, SOFTNESS / side), sketch.fitted((1 - SPAN) / 2)
    first = gallery.vectors[gallery.index(one)]
    if not other:
        return InkGame(likeness(network, first), sketch, canvas, placed, f"likeness to {one}"), _asked(_title(one))
    if other == one:
        raise InputError(f"a margin is between two different photos, got {one!r} alone: choose another")
    score = likeness_margin(network, first, gallery.vectors[gallery.index(other)])
    words = f"likeness to {one} less that to {other}"
    return InkGame(score, sketch, canvas, placed, words), _asked(f"{_title(one)} and not {_title(other)}")


def _asked(what: str) -> str:
    return f"Which strokes speak for {what}?"


def _title(name: str) -> str:
    return PurePath(name).stem


def _photo(gallery: "Gallery", place: str, names: tuple[str, ...], aim: str) -> str:
    """The name of the photo at a place of `PLACES`, "" for none."""
    if place == AIM:
        if aim not in gallery.names:
            raise InputError("there is no target yet: click a photo to make it one")
        return aim
    if place and int(place) > len(names):
        raise InputError(f"{len(names)} photos were found, got number {place}")
    return names[int(place) - 1] if place else ""


def _about(found: "Attribution", label: str, side: int, milliseconds: float) -> str:
    """How the numbers were made, and how far they go."""
    text = f"{label} of the {found.target}, {number(found.score)}, at {side} px: {found.model_calls} model calls, "
    blank, whole = number(found.blank_score), number(found.score - found.blank_score)
    text += f"{milliseconds:.0f} ms, one drawing. Likeness is the cosine of the vectors, 1 the same. "
    return f"{text}Blank paper has {blank}; gap: {number(found.gap or 0.0)} of {whole} is not accounted for."
