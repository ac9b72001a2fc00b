"""`Search`: what the strategies may ask of a model about one sketch, each subset of its parts once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sketchlib.adversarial.parts import Mask, Parts
from sketchlib.errors import ModelError
from sketchlib.sketch import Array, Sketch

SLACK = 1e-9
"""Shares of ink within this are the same."""

BATCH = 512

Memory = dict[bytes, NDArray[Any]]
"""Logits (classes,) by the bytes of a mask."""


class Model(Protocol):
    """A recogniser, ours or another."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Category of each logit."""

    def logits(self, sketches: Sequence[Sketch]) -> NDArray[Any]:
        """(n, classes) of sketches as drawn; each is prepared on its own, as any drawing."""


@dataclass(frozen=True)
class Goal:
    """category: index of the class to be rid of. target: index of the class to reach, None for any other."""

    category: int
    target: int | None = None

    def margins(self, logits: NDArray[Any]) -> Array:
        """(n,) how far each row (n, classes) is from the goal, in logits; reached below 0."""
        own = self.category if self.target is None else self.target
        rest = np.delete(logits, own, axis=1).max(axis=1)
        margin: Array = (logits[:, own] - rest) * (1.0 if self.target is None else -1.0)
        return margin


class Search:
    """Asks a model for what is left of a sketch, in batches, and keeps what it knows.

    parts, goal: of the attack. budget: share of ink that may go. seen: logits (classes,) of the whole.
    calls: different subsets asked for so far, the whole among them, and what an attribution asked for.
    memory: answers of other searches over the same parts, which cost no time and count all the same.
    """

    def __init__(
        self, model: Model, parts: Parts, goal: Goal, budget: float, seen: NDArray[Any], memory: Memory | None = None
    ) -> None:
        self.model, self.parts, self.goal, self.budget, self.calls = model, parts, goal, budget, 1
        self._memory = {} if memory is None else memory
        self._memory[self.whole.tobytes()] = self.seen = seen
        self._asked = {self.whole.tobytes()}

    @property
    def whole(self) -> Mask:
        """(parts,) everything kept."""
        return np.ones(len(self.parts.ink), dtype=bool)

    def logits(self, keep: Mask) -> NDArray[Any]:
        """(n, classes) of the subsets kept (n, parts), none of them empty."""
        keys = [row.tobytes() for row in keep]
        new = {key: row for key, row in zip(keys, keep, strict=True) if key not in self._memory}
        rows = list(new.items())
        for first in range(0, len(rows), BATCH):
            chunk = rows[first : first + BATCH]
            found = checked(self.model, [self.parts.cut(row) for _, row in chunk])
            self._memory.update(zip((key for key, _ in chunk), found, strict=True))
        self.calls += len(set(keys) - self._asked)
        self._asked.update(keys)
        return np.stack([self._memory[key] for key in keys])

    def margins(self, keep: Mask) -> Array:
        """(n,) of the subsets kept (n, parts): below 0 the goal is reached."""
        return self.goal.margins(self.logits(keep))

    def knows(self, keep: Mask) -> bool:
        """Whether every subset (n, parts) was asked for."""
        return all(row.tobytes() in self._asked for row in keep)

    def gone(self, keep: Mask) -> Array:
        """(n,) share of ink that is not kept (n, parts)."""
        missing: Array = (~keep) @ self.parts.ink
        return missing

    def allowed(self, keep: Mask) -> Mask:
        """(n,) whether the subsets (n, parts) are within the budget, and not empty."""
        return (self.gone(keep) <= self.budget + SLACK) & keep.any(axis=1)

    def best(self, keep: Mask) -> tuple[int, bool]:
        """Place of the best of some subsets (n, parts), and whether it reaches the goal: of those that do, the one with
        least ink gone; else the one with the lowest margin."""
        margins = self.margins(keep)
        reached = margins < 0
        rank = np.where(reached, self.gone(keep), np.inf) if reached.any() else margins
        return int(rank.argmin()), bool(reached.any())


def checked(model: Model, sketches: Sequence[Sketch]) -> NDArray[Any]:
    """The model's logits (n, classes), float64; raises ModelError where they are not that many finite numbers."""
    found = np.asarray(model.logits(sketches), dtype=np.float64)
    if found.shape != (len(sketches), len(model.classes)):
        raise ModelError(f"logits are one row a sketch {(len(sketches), len(model.classes))}, got {found.shape}")
    if not np.isfinite(found).all():
        raise ModelError(f"a logit is a finite number, got NaN or infinity for one of {len(sketches)} sketches")
    return found
