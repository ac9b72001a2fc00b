"""An attack as the page shows it."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from demos.attack.models import Asked
from demos.attack.photos import in_photos
from demos.attack.picture import deletion_svg
from demos.attack.sights import sight
from demos.ui import JOB, choices_here, shelf
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

if TYPE_CHECKING:
    from sketchlib.adversarial import Attack

MOST_STROKES = 64
UNSURE = 0.2
"""A best guess below this is none."""
SHOWN, NOTEWORTHY = 5, 0.1


@dataclass(frozen=True)
class Wish:
    """model: of the shelf. target: a class, or "" for any other. strategy, budget, parts: as in `attack`."""

    model: str
    strategy: str = "greedy"
    parts: str = "strokes"
    budget: float = 1.0
    target: str = ""
    ticket: str = ""


def attacked(sketch: Sketch, wish: Wish) -> tuple["Attack", Asked, float]:
    """The attack, whom it asked, and its milliseconds. Errors as in `attack`, and InputError for a sketch that has more
    than 64 strokes or is not recognised."""
    from sketchlib.adversarial import attack
    from sketchlib.adversarial.attack import METHOD_OF_PARTS

    model = Asked(wish.model, wish.ticket)
    if sketch.strokes:
        _check(model, sketch)
    method = METHOD_OF_PARTS["segments" if wish.parts == "segments" else "strokes"]
    began = time.perf_counter()
    found = attack(
        model,
        sketch,
        wish.target or None,
        wish.strategy,
        wish.budget,
        parts=wish.parts,  # type: ignore[arg-type]
        attribute=model.attribution(method),
    )
    return found, model, 1000 * (time.perf_counter() - began)


def _check(model: Asked, sketch: Sketch) -> None:
    from sketchlib.adversarial.result import probabilities

    if len(sketch) > MOST_STROKES:
        raise InputError(f"an attack here is on at most {MOST_STROKES} strokes, got {len(sketch)}")
    chances = probabilities(model.logits([sketch])[0])
    if chances.max() < UNSURE:
        name = model.classes[int(chances.argmax())]
        raise InputError(
            f"an attack starts from a sketch that the model recognises, got one whose best guess is {name!r} at "
            f"{chances.max():.0%}: draw on, or pick an example"
        )


def shown(sketch: Sketch, rev: int, wish: Wish) -> dict[str, Any]:
    """The value of the `Deletion` component."""
    found, model, took = attacked(sketch, wish)
    record = found.as_json() | {"model": model.title}
    return {
        "rev": rev,
        "ticket": wish.ticket,
        **{key: record[key] for key in ("category", "target", "flipped", "minimal", "impossible", "note", "ink")},
        "names": shown_names(found),
        "steps": [_step(found, place) for place in range(len(found.steps))],
        "models": [_row(name, found) for _, name in choices_here()],
        "photos": in_photos(found),
        "sights": [sight(model.recogniser, step.remaining) for step in (found.steps[0], found.final)],
        "restored": [sketch.ids.index(each) + 1 for each in found.restored],
        "about": about(found, model.title, took),
        "svg": deletion_svg(found, shown_names(found)),
        "record": json.dumps(record, ensure_ascii=False),
    }


def shown_names(found: "Attack") -> list[str]:
    """The class seen, the one that is seen in the end or wanted, and others that stood out on the way; at most 5."""
    peaks = np.max([step.probabilities for step in found.steps], axis=0)
    others = [found.classes[i] for i in np.argsort(-peaks, kind="stable") if peaks[i] >= NOTEWORTHY]
    wanted = [found.target] if found.target else []
    return list(dict.fromkeys([found.category, *wanted, found.final.top, *others]))[:SHOWN]


def _step(found: "Attack", place: int) -> dict[str, Any]:
    """What is left, what is gone, and the probabilities of `shown_names`."""
    step = found.steps[place]
    gone = [stroke for earlier in found.steps[1 : place + 1] for stroke in earlier.deleted]
    chances = [round(float(step.probabilities[found.classes.index(name)]), 4) for name in shown_names(found)]
    return {
        "kept": _points(list(step.remaining)),
        "gone": _points(gone),
        "ink": step.ink,
        "top": step.top,
        "chances": chances,
    }


def _points(strokes: Sequence[Any]) -> list[Any]:
    return [np.round(stroke.points, 4).tolist() for stroke in strokes]


def _row(name: str, found: "Attack") -> dict[str, Any]:
    """What another recogniser makes of the same deletion; fooled: None where it did not see the class before."""
    recogniser: Any = shelf.get(name)
    before, after = shelf.probabilities(name, [found.sketch, found.final.remaining], JOB)
    seen, then = (recogniser.classes[int(row.argmax())] for row in (before, after))
    own = recogniser.classes.index(found.category) if found.category in recogniser.classes else None
    shares = [None, None] if own is None else [round(float(row[own]), 4) for row in (before, after)]
    return {
        "name": recogniser.card.title,
        "before": [seen, round(float(before.max()), 4)],
        "after": [then, round(float(after.max()), 4)],
        "category": shares,
        "fooled": then != found.category if seen == found.category else None,
    }


def about(found: "Attack", title: str, milliseconds: float) -> str:
    """How it was found, and how far it goes."""
    proof = "asked for once more, alone" if found.flipped else "no flip is claimed"
    return (
        f"Softmax by {title}, {found.strategy.replace('_', ' ')}, at most {found.budget:.0%} of the ink: {found.calls} "
        f"model calls and {found.proof_calls} for the proof, {milliseconds:.0f} ms, one drawing. What is left is a "
        f"drawing of its own, prepared anew; {proof}."
    )
