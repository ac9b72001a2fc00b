"""How well attacks work: how often, with how little ink, at what cost, and whether another model is fooled too."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import torch

from sketchlib.adversarial.attack import METHOD_OF_PARTS, ON_SEGMENTS, attack
from sketchlib.adversarial.explained import Attribute, explained
from sketchlib.adversarial.result import Attack, PartName
from sketchlib.adversarial.search import Memory
from sketchlib.adversarial.strategies import STRATEGIES
from sketchlib.attribution import Attribution
from sketchlib.evaluate import Interval, wilson
from sketchlib.models import Recogniser
from sketchlib.sketch import Sketch

ROWS: Mapping[str, tuple[str, PartName]] = MappingProxyType(
    {name: (name, "strokes") for name in STRATEGIES} | {f"{name}_segments": (name, "segments") for name in ON_SEGMENTS}
)
"""What is compared: strategy and parts."""

BUDGETS = (0.01, 0.02, 0.05, 0.1, 0.2, 1.0)
"""Shares of ink; the last one leaves no limit but that something stays."""

Found = dict[tuple[str, float], list[Attack]]
"""Attacks on every sketch by strategy and budget."""


@dataclass(frozen=True)
class BudgetScores:
    """One strategy within one budget.

    flip_rate: share of the n sketches that the model no longer sees as labelled; each flip asked for once more, alone.
    mean_ink_removed, mean_strokes_removed (of segments, pieces): of the flips; None without any.
    model_calls: mean over all n.
    accuracy_under_attack: share of sketches, recognised or not, still seen as labelled.
    transfer_rate: share of the flips, of sketches that the other model recognises too, that fool it as well.
    `*_ci`: 95%, Wilson.
    """

    flip_rate: float
    flip_rate_ci: Interval
    mean_ink_removed: float | None
    mean_strokes_removed: float | None
    model_calls: float
    accuracy_under_attack: float
    transfer_rate: float | None
    transfer_rate_ci: Interval | None
    transfer_n: int


@dataclass(frozen=True)
class OptimumScores:
    """A strategy beside the exhaustive search, without a budget.

    flips: share of the sketches that the search flips that this one flips with as few strokes. extra_strokes,
    extra_ink: mean over sketches that both flip. calls: all model calls of this one over all of the search, which stops
    at the first size that flips; calls_of_all: over the number of all subsets, 2^strokes - 1 a sketch.
    """

    flips: float | None
    flips_ci: Interval | None
    extra_strokes: float | None
    extra_ink: float | None
    calls: float
    calls_of_all: float


@dataclass(frozen=True)
class StrategyScores:
    """One strategy, within every budget of `BUDGETS`, and beside the optimum; by_strokes: the latter for each number of
    strokes, of as many sketches as `counts` of the model's scores says."""

    by_budget: dict[str, BudgetScores]
    of_optimum: OptimumScores
    by_strokes: dict[int, OptimumScores]


@dataclass(frozen=True)
class AttackScores:
    """All strategies on n sketches that the model sees as labelled; clean_accuracy: share of those looked at; counts:
    sketches by number of strokes."""

    model: str
    other: str
    n: int
    clean_accuracy: float
    counts: dict[int, int]
    strategies: dict[str, StrategyScores]

    def as_json(self) -> dict[str, Any]:
        """Plain values for json.dumps: an object a strategy, its scores without a budget beside those within one."""
        fixed: dict[str, Any] = {
            name: getattr(self, name) for name in ("model", "other", "n", "clean_accuracy", "counts")
        }
        objects = {}
        for name, scores in self.strategies.items():
            plain = asdict(scores)
            objects[name] = {**plain["by_budget"][budget_name(1.0)], **plain, "n": self.n, "model": self.model}
        return {**objects, **fixed}


@dataclass(frozen=True)
class Question:
    """model: the one attacked. other: the one that its attacks are shown too."""

    model: Recogniser
    other: Recogniser
    seed: int = 0


def budget_name(budget: float) -> str:
    """As in the scores: "1%" ... "20%", "unlimited"."""
    return "unlimited" if budget == 1 else f"{budget:.0%}"


def attack_scores(question: Question, sketches: Sequence[Sketch], clean_accuracy: float) -> AttackScores:
    """Scores of every strategy on labelled sketches of 2 to 14 strokes that the model recognises."""
    found: Found = {(name, budget): [] for name in ROWS for budget in BUDGETS}
    for number, sketch in enumerate(sketches):
        for key, each in _attacks(question, sketch, number).items():
            found[key].append(each)
    known = question.other.logits(sketches).argmax(axis=1)
    fair = np.array([question.other.classes[i] == sketch.label for i, sketch in zip(known, sketches, strict=True)])
    return AttackScores(
        question.model.name,
        question.other.name,
        len(sketches),
        clean_accuracy,
        dict(sorted(Counter(map(len, sketches)).items())),
        {
            name: StrategyScores(
                {budget_name(b): _within(question, found[name, b], fair, clean_accuracy) for b in BUDGETS},
                beside_optimum(found[name, 1.0], found["exhaustive", 1.0]),
                by_strokes(found[name, 1.0], found["exhaustive", 1.0]),
            )
            for name in ROWS
        },
    )


def _attacks(question: Question, sketch: Sketch, number: int) -> dict[tuple[str, float], Attack]:
    memories: dict[PartName, Memory] = {"strokes": {}, "segments": {}}
    once = {parts: _remembered(explained(question.model, METHOD_OF_PARTS[parts])) for parts in memories}
    return {
        (row, budget): attack(
            question.model,
            sketch,
            strategy=name,
            budget=budget,
            parts=parts,
            attribute=once[parts],
            generator=torch.Generator().manual_seed(question.seed + number),
            memory=memories[parts],
        )
        for row, (name, parts) in ROWS.items()
        for budget in BUDGETS
    }


def _remembered(attribute: Attribute) -> Attribute:
    """The same attribution for every budget of one sketch."""
    known: dict[tuple[str, str | None], Attribution] = {}

    def remembered(sketch: Sketch, category: str, other: str | None) -> Attribution:
        if (category, other) not in known:
            known[category, other] = attribute(sketch, category, other)
        return known[category, other]

    return remembered


def _within(question: Question, found: Sequence[Attack], fair: Any, clean_accuracy: float) -> BudgetScores:
    flips = [each for each in found if each.flipped]
    shown = [each for each, known in zip(found, fair, strict=True) if each.flipped and known]
    fooled = _fooled(question.other, shown)
    return BudgetScores(
        flip_rate=len(flips) / len(found),
        flip_rate_ci=wilson(len(flips), len(found)),
        mean_ink_removed=_mean([each.ink for each in flips]),
        mean_strokes_removed=_mean([len(each.deleted) for each in flips]),
        model_calls=float(np.mean([each.calls for each in found])),
        accuracy_under_attack=clean_accuracy * (1 - len(flips) / len(found)),
        transfer_rate=fooled / len(shown) if shown else None,
        transfer_rate_ci=wilson(fooled, len(shown)) if shown else None,
        transfer_n=len(shown),
    )


def _fooled(other: Recogniser, shown: Sequence[Attack]) -> int:
    if not shown:
        return 0
    seen = other.logits([each.final.remaining for each in shown]).argmax(axis=1)
    return sum(other.classes[i] != each.category for i, each in zip(seen, shown, strict=True))


def beside_optimum(found: Sequence[Attack], optimal: Sequence[Attack]) -> OptimumScores:
    """One strategy's attacks on the sketches that an exhaustive search attacked."""
    pairs = [(own, best) for own, best in zip(found, optimal, strict=True) if best.flipped]
    both = [(own, best) for own, best in pairs if own.flipped]
    equal = sum(len(own.deleted) <= len(best.deleted) for own, best in both)
    return OptimumScores(
        flips=equal / len(pairs) if pairs else None,
        flips_ci=wilson(equal, len(pairs)) if pairs else None,
        extra_strokes=_mean([len(own.deleted) - len(best.deleted) for own, best in both]),
        extra_ink=_mean([own.ink - best.ink for own, best in both]),
        calls=sum(each.calls for each in found) / sum(each.calls for each in optimal),
        calls_of_all=sum(each.calls for each in found) / sum(2 ** len(each.sketch) - 1 for each in optimal),
    )


def by_strokes(found: Sequence[Attack], optimal: Sequence[Attack]) -> dict[int, OptimumScores]:
    """`beside_optimum` of the sketches of each number of strokes."""
    groups: dict[int, list[tuple[Attack, Attack]]] = {}
    for own, best in zip(found, optimal, strict=True):
        groups.setdefault(len(best.sketch), []).append((own, best))
    return {count: beside_optimum(*map(list, zip(*group, strict=True))) for count, group in sorted(groups.items())}


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
