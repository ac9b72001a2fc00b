"""`FaithfulnessScores`: means over sketches, each with its interval and its number of sketches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Interval = tuple[float, float]


@dataclass(frozen=True)
class Estimate:
    """A mean over n sketches and its 95% interval, a percentile bootstrap over them."""

    mean: float
    ci: Interval
    n: int


@dataclass(frozen=True)
class FaithfulnessScores:
    """One method on one model.

    explained: which score: of the predicted class, of the label, or the margin of the predicted class.
    n: sketches. left_out: sketches that were not asked, by reason.
    estimates: by name. Correlations in [-1, 1]: spearman_leave_one_out, spearman_shapley, sensitivity_n,
        randomised_weights and randomised_magnitudes (with the map of an untrained network, the second of absolute
        values), other_class (with the map of another class), random_labels (of a model so trained). Areas in [0, 1]:
        deletion_auc, insertion_auc (of the probability of the explained class), planted_auc. infidelity in units of
        the score squared; infidelity_normalised a share in [0, 1]; max_sensitivity a ratio; ms_per_sketch processor
        milliseconds.
    cascade: part of the network, from the output down -> correlation when it and all above it are untrained.
    deletion_curve, insertion_curve: mean probability at equal steps from no stroke to all strokes taken.
    """

    method: str
    model: str
    explained: str
    n: int
    left_out: dict[str, int]
    estimates: dict[str, Estimate]
    cascade: dict[str, Estimate]
    deletion_curve: tuple[float, ...]
    insertion_curve: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values for json.dumps: each estimate as `name`, `name_ci` and, where it is not n, `name_n`."""
        numbers: dict[str, Any] = {}
        for name, each in self.estimates.items():
            numbers |= {name: each.mean, f"{name}_ci": list(each.ci)}
            numbers |= {f"{name}_n": each.n} if each.n != self.n else {}
        cascade = [{"part": part, "spearman": each.mean, "ci": list(each.ci)} for part, each in self.cascade.items()]
        return {
            "method": self.method, "model": self.model, "explained": self.explained, "n": self.n, **numbers,
            "cascade": cascade, "left_out": self.left_out,
            "deletion_curve": list(self.deletion_curve), "insertion_curve": list(self.insertion_curve),
        }  # fmt: skip

    def as_text(self) -> str:
        """One line per estimate, for people."""
        lines = [
            f"  {name:<22} {each.mean:9.3f}  [{each.ci[0]:.3f}, {each.ci[1]:.3f}]  n {each.n}"
            for name, each in self.estimates.items()
        ]
        return "\n".join([f"{self.method} on {self.model}, {self.explained}", *lines])


def estimate(values: ArrayLike) -> Estimate:
    """Mean of one number per sketch (n,), n >= 1, with its interval."""
    array = np.asarray(values, dtype=np.float64)
    low, high = np.percentile(_resampled_means(array), [2.5, 97.5])
    return Estimate(float(array.mean()), (float(low), float(high)), len(array))


def _resampled_means(values: NDArray[np.float64], draws: int = 2000) -> NDArray[np.float64]:
    random = np.random.default_rng(0)
    rows = random.integers(len(values), size=(draws, len(values)))
    means: NDArray[np.float64] = values[rows].mean(axis=1)
    return means


def estimates(rows: Sequence[dict[str, float]]) -> dict[str, Estimate]:
    """The estimate of every name, over the sketches that have it."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: estimate([row[name] for row in rows if name in row]) for name in names}
