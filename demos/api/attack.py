"""`attack`: the fewest strokes whose deletion makes a model see something else."""

import secrets
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

from pydantic import Field, SkipValidation

from demos.api.endpoint import endpoint, model_named
from demos.api.values import Drawing, Points, drawn, returned
from demos.attack.answer import Wish, attacked
from demos.attack.models import StoppedError, tickets
from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

if TYPE_CHECKING:
    from sketchlib.adversarial import Attack, Step

Strategy = Literal["greedy", "one_shot", "beam", "exhaustive", "random", "shortest"]
SECONDS = 60.0
"""What one attack may take, from its beginning."""


class Deletion(TypedDict):
    """One step. deleted: ids of the strokes that went. points: theirs, of a cut stroke those of the part that went.
    ink: share gone so far, 0 to 1. seen: the best class of what is left. probabilities: of the classes that matter."""

    deleted: list[int]
    points: list[Points]
    ink: float
    seen: str
    probabilities: dict[str, float]


class Deletions(TypedDict):
    """What `attack` returns, in the words of `sketchlib.adversarial.Attack`."""

    model: str
    category: str
    target: str | None
    verified: bool
    minimal: bool
    impossible: bool
    deleted: list[int]
    restored: list[int]
    ink: float
    before: dict[str, float]
    steps: list[Deletion]
    model_calls: int
    proof_calls: int
    note: str


@endpoint
def attack(
    sketch: Annotated[Drawing, SkipValidation],
    target: str = "",
    strategy: Strategy = "greedy",
    parts: Literal["strokes", "segments"] = "strokes",
    budget: Annotated[float, Field(gt=0, le=1)] = 1.0,
    model: str = "",
) -> Deletions:
    """Deletes as few strokes of a sketch as it can until a model sees something else, and verifies that it does.

    Args:
        sketch: Strokes, each a list of points [x, y] in a square of side 256, (0, 0) top left; or the page's JSON.
        target: Class to be seen in the end; empty for any other than the one that is seen.
        strategy: How strokes are chosen; exhaustive finds the fewest of at most 14 strokes.
        parts: What is deleted: strokes, or segments, which are runs of them (greedy, one_shot and random only).
        budget: Share of the ink that may go, above 0 and up to 1.
        model: Title of a recogniser that ships, such as sketchcnn66-v2; empty for the one the page opens with.

    Returns:
        category: class that is seen at first; target: the one to be seen in the end, null for any other
        deleted: ids of the strokes that went, in order; restored: those each of which, put back, undoes it
        verified: whether the rest, asked for once more and alone, is seen as wanted; minimal, impossible: proven
        before: probabilities (0 to 1) at first; steps: [{deleted, points (256 square), ink, seen, probabilities}]
        ink: share of the ink that is gone; model_calls, proof_calls: inputs that model read; note: a sentence
    """
    found, title = _in_time(drawn(sketch), Wish(model_named(model), strategy, parts, budget, target))
    return _told(found, title)


def _in_time(sketch: Sketch, wish: Wish) -> "tuple[Attack, str]":
    ticket = secrets.token_hex(16)
    alarm = threading.Timer(SECONDS, tickets.stop, [{"ticket": ticket}])
    alarm.start()
    try:
        found, asked, _ = attacked(sketch, replace(wish, ticket=ticket))
    except StoppedError:
        raise InputError(
            f"an attack here takes at most {SECONDS:g} seconds, got one that goes on: try fewer strokes, or greedy"
        ) from None
    finally:
        alarm.cancel()
        tickets.forget(ticket)
    return found, asked.title


def _told(found: "Attack", title: str) -> Deletions:
    plain = found.as_json()
    own = ("category", "target", "minimal", "impossible", "restored", "ink", "proof_calls", "note")
    steps = [_step(step, told) for step, told in zip(found.steps, plain["steps"], strict=True)]
    return Deletions(
        **{name: plain[name] for name in own},
        model=title,
        verified=found.flipped,
        deleted=list(found.deleted),
        before=steps[0]["probabilities"],
        steps=steps[1:],
        model_calls=found.calls,
    )


def _step(step: "Step", plain: dict[str, object]) -> Deletion:
    return Deletion(
        deleted=[stroke.id for stroke in step.deleted],
        points=[returned(stroke.points) for stroke in step.deleted],
        ink=step.ink,
        seen=step.top,
        probabilities=plain["probabilities"],
    )
