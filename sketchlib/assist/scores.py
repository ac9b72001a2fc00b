"""How well planted strokes are flagged, and what leaving strokes out does to retrieval."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchlib.assist.reader import Mask
from sketchlib.retrieval.metrics import Interval, bootstrap
from sketchlib.sketch import Array


@dataclass(frozen=True)
class Found:
    """acc1, acc10: share of drawings whose photo is among the nearest k; `*_ci`: 95%, bootstrap over photos."""

    acc1: float
    acc10: float
    acc1_ci: Interval
    acc10_ci: Interval


@dataclass(frozen=True)
class FlagScores:
    """One way to flag strokes.

    auc: chance that a planted stroke scores above one of the drawing's own, mean over drawings. precision: of the
    flagged strokes, those planted; recall: of the planted ones, those flagged. lead: how much higher the AUC of "fast"
    is on the same drawings. found: the photos without the flagged strokes. n: drawings. `*_ci` as in `Found`.
    """

    auc: float
    precision: float
    recall: float
    lead: float
    auc_ci: Interval
    precision_ci: Interval
    recall_ci: Interval
    lead_ci: Interval
    found: Found
    n: int


@dataclass(frozen=True)
class AssistScores:
    """What one network's assistance is worth.

    encoder: that reads the drawings. threshold: of "fast". best_threshold: with the best F1 on `n_training` drawings of
    training photos. planted: photos found of the drawings `as_drawn`, and `planted`. flags: by name. clean: of drawings
    with nothing planted, the mean number of strokes that "fast" flags, and photos found without them. filtering: of
    queries "as_drawn" and "planted", photos found by strokes left out: filtered, random, shortest, oracle; "strokes":
    mean number left out by each.
    """

    encoder: str
    n_sketches: int
    n_photos: int
    n_training: int
    threshold: float
    best_threshold: float
    planted: Mapping[str, Found]
    flags: Mapping[str, FlagScores]
    clean: Mapping[str, Any]
    filtering: Mapping[str, Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Plain values for json.dumps."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Flagged:
    """One drawing, one way: scores and flags (strokes,), rank of the photo without the flagged strokes."""

    scores: Array
    flags: Mask
    rank: int


def found_scores(ranks: Sequence[int], groups: NDArray[Any]) -> Found:
    """Of the ranks of drawings whose photos are `groups`."""
    hits = [np.asarray(ranks) <= k for k in (1, 10)]
    one, ten = (bootstrap(hit, groups) for hit in hits)
    return Found(float(hits[0].mean()), float(hits[1].mean()), one, ten)


def flag_scores(
    ways: Sequence[Flagged], strange: Sequence[Mask], groups: NDArray[Any], fast: Sequence[Flagged]
) -> FlagScores:
    """One way's flags on drawings whose planted strokes are `strange` and whose photos are `groups`."""
    each = np.array([auc(way.scores, truth) for way, truth in zip(ways, strange, strict=True)])
    lead = np.array([auc(way.scores, truth) for way, truth in zip(fast, strange, strict=True)]) - each
    pairs = list(zip(ways, strange, strict=True))
    right = np.array([(way.flags & truth).sum() for way, truth in pairs])
    of_flags = np.stack([right, [way.flags.sum() for way in ways]], axis=1)
    of_truth = np.stack([right, [truth.sum() for truth in strange]], axis=1)
    return FlagScores(
        auc=float(each.mean()),
        precision=ratio(of_flags),
        recall=ratio(of_truth),
        lead=float(lead.mean()),
        auc_ci=bootstrap(each, groups),
        precision_ci=bootstrap(of_flags, groups, ratio),
        recall_ci=bootstrap(of_truth, groups, ratio),
        lead_ci=bootstrap(lead, groups),
        found=found_scores([way.rank for way in ways], groups),
        n=len(ways),
    )


def auc(scores: Array, strange: Mask) -> float:
    """Chance that a planted stroke's score is above that of one of the drawing's own; a tie counts half."""
    apart = scores[strange][:, None] - scores[~strange][None]
    return float(((apart > 0) + 0.5 * (apart == 0)).mean())


def ratio(pairs: NDArray[Any]) -> float:
    """Sum of the first column of (n, 2) by that of the second, 0 where that is 0."""
    over, under = pairs.sum(axis=0)
    return float(over / under) if under else 0.0


def best_threshold(scores: Array, strange: Mask) -> float:
    """The score (strokes,) above which flags have the best F1, all drawings together; halfway to the next one."""
    order = np.argsort(-scores, kind="stable")
    right, flagged = np.cumsum(strange[order]), np.arange(1, len(order) + 1)
    best = int((2 * right / (flagged + strange.sum())).argmax())
    following = scores[order[min(best + 1, len(order) - 1)]]
    return float((scores[order[best]] + following) / 2)
