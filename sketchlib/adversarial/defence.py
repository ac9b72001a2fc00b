"""How much voting over stroke subsets helps against deletion, whether or not the attacker knows of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sketchlib.adversarial.attack import attack
from sketchlib.adversarial.search import Memory, Model
from sketchlib.adversarial.voting import RULES, Voting
from sketchlib.evaluate import Interval, wilson
from sketchlib.sketch import Sketch

BUDGETS = (0.1, 0.2, 1.0)


@dataclass(frozen=True)
class Share:
    """Of n sketches, those seen as labelled; 95%, Wilson."""

    value: float
    interval: Interval
    n: int


@dataclass(frozen=True)
class DefenceScores:
    """A model alone ("alone") and its votes by each rule of `RULES`, on sketches drawn by lot, recognised or not.

    clean: accuracy. transfer: by budget, accuracy on what a greedy attack on the model alone left, where that flipped.
    adaptive: the same where the attack is on the votes themselves.
    """

    model: str
    clean: dict[str, Share]
    transfer: dict[str, dict[float, Share]]
    adaptive: dict[str, dict[float, Share]]

    def as_json(self) -> dict[str, Any]:
        """Plain values for json.dumps."""
        return asdict(self)


def defence_scores(name: str, model: Model, sketches: Sequence[Sketch], adaptive: int) -> DefenceScores:
    """Scores on labelled sketches of 2 to 14 strokes; the attack that knows of the votes is on the first `adaptive`."""
    voters: dict[str, Model] = {"alone": model, **{rule: Voting(model, each) for rule, each in RULES.items()}}
    shown = left_by(model, sketches)
    return DefenceScores(
        name,
        {rule: right(voter, sketches, sketches) for rule, voter in voters.items()},
        {rule: {b: right(voter, shown[b], sketches) for b in BUDGETS} for rule, voter in voters.items()},
        {rule: _adapted(voter, sketches[:adaptive]) for rule, voter in voters.items()},
    )


def _adapted(voter: Model, sketches: Sequence[Sketch]) -> dict[float, Share]:
    return {budget: right(voter, shown, sketches) for budget, shown in left_by(voter, sketches).items()}


def left_by(model: Model, sketches: Sequence[Sketch]) -> dict[float, list[Sketch]]:
    """By budget, each sketch as an attacker shows it: what a greedy attack left where that flipped, else as it was."""
    seen = model.logits(sketches).argmax(axis=1)
    shown: dict[float, list[Sketch]] = {budget: [] for budget in BUDGETS}
    for sketch, best in zip(sketches, seen, strict=True):
        memory: Memory = {}
        for budget, own in shown.items():
            if model.classes[best] != sketch.label:
                own.append(sketch)
                continue
            found = attack(model, sketch, budget=budget, memory=memory)
            own.append(found.final.remaining if found.flipped else sketch)
    return shown


def right(model: Model, shown: Sequence[Sketch], labelled: Sequence[Sketch]) -> Share:
    """Share of the drawings shown that the model sees as the sketches they come from are labelled."""
    seen = model.logits(shown).argmax(axis=1)
    count = sum(model.classes[i] == sketch.label for i, sketch in zip(seen, labelled, strict=True))
    return Share(count / len(shown), wilson(count, len(shown)), len(shown))
