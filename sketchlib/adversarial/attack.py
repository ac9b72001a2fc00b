"""`attack`: the one verb."""

from itertools import pairwise

import numpy as np
import torch

from sketchlib.adversarial.explained import Attribute, explained
from sketchlib.adversarial.parts import Mask, Segments, Strokes
from sketchlib.adversarial.proof import impossible, minimal, restoring
from sketchlib.adversarial.result import Attack, PartName, Step, probabilities
from sketchlib.adversarial.search import Goal, Memory, Model, Search, checked
from sketchlib.adversarial.strategies import STRATEGIES, Aid
from sketchlib.attribution import Attribution
from sketchlib.errors import InputError, TargetError
from sketchlib.models import Recogniser
from sketchlib.sketch import Sketch

ON_SEGMENTS = ("one_shot", "greedy", "random")
METHOD_OF_PARTS: dict[PartName, str] = {"strokes": "sla", "segments": "p_sla"}


def attack(
    model: Model,
    sketch: Sketch,
    target: str | None = None,
    strategy: str = "greedy",
    budget: float = 1.0,
    *,
    parts: PartName = "strokes",
    attribute: Attribute | None = None,
    generator: torch.Generator | None = None,
    memory: Memory | None = None,
) -> Attack:
    """Delete as little as the strategy can find until the model sees another class, or the target.

    budget: share of the sketch's ink that may go, in (0, 1]; something always stays.
    parts: "segments" deletes contiguous runs of a stroke, `one_shot`, `greedy` and `random` only; of a stroke
        that is cut, the pieces have the points that the attribution gives back.
    attribute: values for `one_shot`, and for segments; `explained(model)` of a `Recogniser` if None.
    generator: of `random`; one seeded with 0 if None.
    memory: a dictionary kept between attacks on the same parts of one sketch with one model: what it knows is not
        asked again, but counted in `calls` as if it were.

    Raises InputError for a sketch of one stroke, or of the same stroke again and again, one whose label the model does
    not see, more than 14 strokes in an exhaustive search, and unknown strategies, parts and budgets; TargetError for a
    target that the model does not know or sees already; ModelError for logits that are not finite.
    """
    _check_words(strategy, parts, budget)
    _check_sketch(sketch, parts)
    (seen,) = checked(model, [sketch])
    category = _recognised(model, sketch, int(seen.argmax()))
    goal = Goal(model.classes.index(category), _target_index(model, target, category))
    search = Search(model, Strokes(sketch), goal, budget, seen, memory)
    aid = Aid(None, generator or torch.Generator().manual_seed(0))
    if strategy == "one_shot" or parts == "segments":
        found = (attribute or _default(model, parts))(sketch, category, target)
        search, aid = _helped(search, found, parts, memory), Aid(found, aid.generator)
    path = STRATEGIES[strategy](search, aid)
    return _proven(search, path, strategy, parts, target)


def _check_words(strategy: str, parts: str, budget: float) -> None:
    if strategy not in STRATEGIES:
        raise InputError(f"a strategy is one of {', '.join(STRATEGIES)}, got {strategy!r}")
    if parts not in METHOD_OF_PARTS:
        raise InputError(f"an attack deletes strokes or segments, got {parts!r}")
    if parts == "segments" and strategy not in ON_SEGMENTS:
        raise InputError(f"segments are deleted by {', '.join(ON_SEGMENTS)}, got {strategy!r}")
    if not 0 < budget <= 1:
        raise InputError(f"a budget is a share of the ink above 0 and up to 1, got {budget}")


def _check_sketch(sketch: Sketch, parts: str) -> None:
    if not sketch.strokes:
        raise InputError("an attack needs a sketch with strokes, got an empty one")
    first = sketch[0].points
    if len(sketch) == 1 and (parts == "strokes" or len(first) == 1):
        raise InputError("an attack deletes strokes and leaves some, got a sketch of one stroke: draw another one")
    if len(sketch) > 1 and all(np.array_equal(stroke.points, first) for stroke in sketch):
        raise InputError(f"an attack needs strokes that differ, got the same one {len(sketch)} times")


def _recognised(model: Model, sketch: Sketch, best: int) -> str:
    """The class that the model sees; InputError where the sketch is labelled as another one."""
    seen = model.classes[best]
    if sketch.label and seen != sketch.label:
        raise InputError(
            f"an attack starts from a sketch that the model recognises, got one labelled {sketch.label!r} "
            f"that it takes for {seen!r}"
        )
    return seen


def _target_index(model: Model, target: str | None, category: str) -> int | None:
    if target is None:
        return None
    if target not in model.classes:
        raise TargetError(f"a target is one of the {len(model.classes)} classes of the model, got {target!r}")
    if target == category:
        raise TargetError(f"a target is another class than the one the model sees already, got {target!r}")
    return model.classes.index(target)


def _default(model: Model, parts: PartName) -> Attribute:
    if not isinstance(model, Recogniser):
        raise InputError(f"an attribution of a model of one's own is handed in, got none for {type(model).__name__}")
    return explained(model, METHOD_OF_PARTS[parts])


def _helped(search: Search, found: Attribution, parts: PartName, memory: Memory | None) -> Search:
    """The search over the parts that an attribution gives values to, its calls counted."""
    whole = search.parts.sketch
    if len(found.sketch) != len(whole) or (parts == "segments" and found.parts != "segments"):
        raise InputError(f"an attack on {parts} needs a value for each, got an attribution of {found.parts}")
    if parts == "segments":
        pieces = Segments(whole, found.sketch)
        search = Search(search.model, pieces, search.goal, search.budget, search.seen, memory)
    search.calls += found.model_calls
    return search


def _proven(search: Search, path: list[Mask], strategy: str, parts: PartName, target: str | None) -> Attack:
    """The deletion that a strategy went through, asked for once more, alone."""
    calls, classes = search.calls, search.model.classes
    steps = _steps(search, path)
    alone = checked(search.model, [steps[-1].remaining])
    margin = float(search.goal.margins(alone)[0])
    flipped = margin < 0 and len(path) > 1
    by_strokes = parts == "strokes"
    restored = restoring(search, path[-1]) if flipped and by_strokes else ()
    return Attack(
        sketch=search.parts.sketch,
        category=classes[search.goal.category],
        target=target,
        strategy=strategy,
        parts=parts,
        budget=search.budget,
        steps=steps,
        flipped=flipped,
        minimal=flipped and by_strokes and minimal(search, path[-1]),
        impossible=not flipped and by_strokes and impossible(search),
        margin=margin,
        calls=calls,
        proof_calls=1 + search.calls - calls,
        restored=restored,
        classes=classes,
    )


def _steps(search: Search, path: list[Mask]) -> tuple[Step, ...]:
    rows = np.stack(path)
    shares = [probabilities(row) for row in search.logits(rows)]
    gone = search.gone(rows)
    lost = [rows[0] & ~rows[0], *(before & ~after for before, after in pairwise(rows))]
    return tuple(
        Step(
            remaining=search.parts.cut(rows[place]),
            deleted=search.parts.cut(lost[place]),
            ink=float(gone[place]),
            probabilities=shares[place],
            top=search.model.classes[int(shares[place].argmax())],
        )
        for place in range(len(rows))
    )
