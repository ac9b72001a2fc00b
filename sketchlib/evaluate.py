"""How well a recogniser recognises: accuracy with its doubt, per class and on average over classes."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

__all__ = ["ClassScore", "RecognitionScores", "recognition", "wilson"]

Logits = Callable[[Sequence[Sketch]], NDArray[np.floating[Any]]]
Interval = tuple[float, float]


@dataclass(frozen=True)
class ClassScore:
    """One category: top1 and top5 as fractions of its n sketches."""

    n: int
    top1: float
    top5: float


@dataclass(frozen=True)
class RecognitionScores:
    """Accuracies are fractions; `*_ci` are 95% intervals (Wilson; bootstrap within classes for the macro average).

    macro_top1: mean of the classes' top1. unknown_categories: sketches left out because the model has no such class.
    empty: sketches left out because they have no stroke.
    """

    model: str
    top1: float
    top5: float
    macro_top1: float
    n: int
    top1_ci: Interval
    top5_ci: Interval
    macro_top1_ci: Interval
    per_class: dict[str, ClassScore]
    unknown_categories: dict[str, int]
    empty: int

    def as_json(self) -> dict[str, Any]:
        """Plain values for json.dumps."""
        return asdict(self)


def recognition(name: str, classes: Sequence[str], logits: Logits, sketches: Iterable[Sketch]) -> RecognitionScores:
    """Scores of a model on labelled sketches.

    logits: sketches -> (n, classes). Raises InputError when no sketch of a known category is left.
    """
    index = {category: number for number, category in enumerate(classes)}
    everything = list(sketches)
    drawn = [sketch for sketch in everything if sketch.strokes]
    known = [sketch for sketch in drawn if sketch.label in index]
    unknown = Counter(sketch.label for sketch in drawn if sketch.label not in index)
    if not known:
        raise InputError(f"an evaluation needs sketches of the model's categories, got {dict(unknown) or 'none'}")
    labels = np.array([index[sketch.label] for sketch in known])
    scores = logits(known)
    own = scores[np.arange(len(known)), labels][:, None]
    ranks = (~(scores < own)).sum(axis=1) - 1  # a tie, or NaN, counts against the model
    per_class = {classes[label]: _class_score(ranks[labels == label]) for label in np.unique(labels)}
    return RecognitionScores(
        model=name,
        top1=float((ranks == 0).mean()),
        top5=float((ranks < 5).mean()),
        macro_top1=float(np.mean([score.top1 for score in per_class.values()])),
        n=len(known),
        top1_ci=wilson(int((ranks == 0).sum()), len(known)),
        top5_ci=wilson(int((ranks < 5).sum()), len(known)),
        macro_top1_ci=_macro_interval(ranks == 0, labels),
        per_class=per_class,
        unknown_categories=dict(unknown),
        empty=len(everything) - len(drawn),
    )


def wilson(hits: int, n: int, z: float = 1.959964) -> Interval:
    """Wilson's score interval of a share, 95% unless told."""
    share, spread = hits / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * float(np.sqrt(share * (1 - share) / n + spread / (4 * n)))
    return max(0.0, centre - half), min(1.0, centre + half)


def _class_score(ranks: NDArray[np.integer[Any]]) -> ClassScore:
    return ClassScore(len(ranks), float((ranks == 0).mean()), float((ranks < 5).mean()))


def _macro_interval(hit: NDArray[np.bool_], labels: NDArray[np.integer[Any]], draws: int = 2000) -> Interval:
    """Percentile bootstrap, resampling inside each class: a class of n sketches draws Binomial(n, its top1) hits."""
    random = np.random.default_rng(0)
    groups = [hit[labels == label] for label in np.unique(labels)]
    means = np.mean([random.binomial(len(group), group.mean(), draws) / len(group) for group in groups], axis=0)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
