"""Which strokes speak for a class: what a visitor wants coloured, and the colours."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from demos.ui import COLOURS, RANDOMISED, bare_heat, pad_heat, shelf
from sketchlib.errors import InputError, SketchlibError
from sketchlib.sketch import Sketch
from sketchlib.viz import number

if TYPE_CHECKING:
    from sketchlib.attribution import Attribution, Game, Target

DEFAULT = {"strokes": "leave_one_out", "parts": "p_sla"}
"""The method of each mode until the visitor picks one."""
LABELS: Mapping[str, Mapping[str, str]] = {
    "strokes": {
        "leave_one_out": "Leave-one-out",
        "sla": "SLA",
        "vanilla_gradient": "Vanilla gradient",
        "shapley": "Shapley values",
        "integrated_gradients": "Integrated gradients",
        "smooth_grad": "SmoothGrad",
        "occlusion": "Occlusion",
        "ink_length": "Ink length",
        "random": "Random",
    },
    "parts": {"p_sla": "P-SLA", "p_sla_move": "P-SLA, moving"},
}
LIVE = {"leave_one_out", "sla", "vanilla_gradient", "p_sla", "p_sla_move", "ink_length", "random"}
"""Methods fast enough to answer every stroke; the others follow when the pen rests."""
MOST_LIVE, MOST_STROKES = 40, 64
SANITY = "Sanity check: these are the colours of an untrained network, weights drawn at random. They mean nothing."


@dataclass(frozen=True)
class Choice:
    """What to colour.

    show: off, strokes or parts. method: a name of `LABELS`. target: a class, or "" for the predicted one. other: the
    class it is held against, or "". sanity: whether the network's weights are random.
    """

    show: str = "strokes"
    method: str = DEFAULT["strokes"]
    target: str = ""
    other: str = ""
    sanity: bool = False

    @classmethod
    def read(cls, payload: Any) -> "Choice":
        """What a browser sent; raises InputError for a mode or a method that does not exist."""
        given = payload if isinstance(payload, dict) else {}
        show = str(given.get("show", "strokes"))
        if show != "off" and show not in LABELS:
            raise InputError(f"colours are off, of whole strokes or of parts, got {show[:40]!r}")
        method = str(given.get("method") or DEFAULT.get(show, ""))
        if show != "off" and method not in LABELS[show]:
            raise InputError(f"a method for {show} is one of {', '.join(LABELS[show])}, got {method[:40]!r}")
        target, other = (str(given.get(name) or "") for name in ("target", "other"))
        return cls(show, method, target, other, given.get("sanity") is True)

    def question(self, seen: str) -> str:
        """What the colours answer; seen: the predicted class."""
        what = "parts of strokes" if self.show == "parts" else "strokes"
        return f"Which {what} speak for {self.target or seen}{f' and not {self.other}' if self.other else ''}?"

    def is_live(self, sketch: Sketch) -> bool:
        """Whether the fast call answers it."""
        return self.method in LIVE and len(sketch) <= MOST_LIVE

    def of(self, name: str, seen: str) -> "Target":
        """The score to explain of a model. Raises TargetError for a class it does not know."""
        from sketchlib.attribution import logit, margin

        recogniser: Any = shelf.get(RANDOMISED + name if self.sanity else name)
        target = self.target or seen
        return margin(recogniser, target, self.other) if self.other else logit(recogniser, target)


def live_heat(name: str, sketch: Sketch, rev: int, payload: Any, seen: str) -> dict[str, Any]:
    """The fast call's colours, or a sentence; seen: the predicted class. Raises nothing."""
    question = ""
    try:
        choice = Choice.read(payload)
        question = choice.question(seen)
        if choice.show != "off" and len(sketch) > 1 and not choice.is_live(sketch):
            label = LABELS[choice.show][choice.method]
            return bare_heat(rev, question, f"{label}: the colours follow when the pen rests.", pending=True)
        return coloured(name, sketch, rev, choice, seen)[0]
    except SketchlibError as error:
        return bare_heat(rev, question, str(error))


def coloured(
    name: str, sketch: Sketch, rev: int, choice: Choice, seen: str, patience: float = COLOURS
) -> tuple[dict[str, Any], "Attribution | None", "Game | None"]:
    """The pad's heat, and what it was made from where there was something to explain; patience: as of a lane."""
    from sketchlib.attribution import explain, game_for

    question = choice.question(seen)
    if choice.show == "off":
        return bare_heat(rev, question, "Colours are off."), None, None
    if len(sketch) > MOST_STROKES:
        raise InputError(f"strokes are coloured here in sketches of at most {MOST_STROKES}, got {len(sketch)}")
    target = choice.of(name, seen)
    with shelf.lane(patience):
        began = time.perf_counter()
        game = game_for(sketch, target)
        found = explain(sketch, game, choice.method)
        took = 1000 * (time.perf_counter() - began)
    if found.note:
        return bare_heat(rev, question, f"{found.note[0].upper()}{found.note[1:]}."), None, None
    heat = pad_heat(found, rev, question, about(found, choice, took))
    if choice.sanity:
        heat["legend"] |= {"warning": SANITY, "badge": "untrained network"}
    return heat, found, game


def about(found: "Attribution", choice: Choice, milliseconds: float) -> str:
    """How the numbers were made, and how far they go."""
    text = f"{LABELS[choice.show][choice.method]} of the {found.target}, {number(found.score)}: {found.model_calls}"
    text += f" model calls, {milliseconds:.0f} ms, one drawing."
    if found.gap is None:
        return text + " The values rank strokes and do not add up to the score."
    blank, whole = number(found.blank_score), number(found.score - found.blank_score)
    return f"{text} Blank paper has {blank}; gap: {number(found.gap)} of {whole} is not accounted for."
