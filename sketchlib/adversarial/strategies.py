"""Ways to look for a deletion. Each gives the subsets it went through, the whole sketch first, the deletion last."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch

from sketchlib.adversarial.parts import Mask, Parts, Segments, runs
from sketchlib.adversarial.search import SLACK, Search
from sketchlib.attribution import Attribution
from sketchlib.errors import InputError
from sketchlib.sketch import Array

MOST_EXHAUSTIVE = 14
"""Up to this many strokes all subsets can be asked for: 2^14."""

BEAM = 8
GRAIN = 0.05
"""The longest run of segments that one deletion takes, share of ink."""
CANDIDATES = 16
"""Runs that `greedy` asks for before each deletion."""


@dataclass(frozen=True)
class Aid:
    """What a strategy needs beside the model.

    found: how much strokes or segments speak for what the model sees, where a strategy asks. generator: of `random`.
    """

    found: Attribution | None
    generator: torch.Generator

    def values(self, parts: Parts) -> Array:
        """(parts,) evidence of each part; a divided segment's is spread over its pieces."""
        if self.found is None:
            return np.zeros(len(parts.ink))
        if not isinstance(parts, Segments):
            return self.found.per_stroke()
        shares: Array = (self.found.values / np.bincount(parts.parent))[parts.parent]
        return shares


Path = list[Mask]
Strategy = Callable[[Search, Aid], Path]


def one_shot(search: Search, aid: Aid) -> Path:
    """The parts with the highest attribution first, of segments the best runs; the values are those of the sketch."""
    values = aid.values(search.parts)
    if isinstance(search.parts, Segments):
        return _first_reached(search, _best_runs(search, values))
    return _first_reached(search, _in_order(search, np.argsort(-values, kind="stable")))


def greedy(search: Search, aid: Aid) -> Path:
    """Each time the deletion after which the model is nearest to the goal: leave-one-out of what is left.

    Of segments, only the 16 runs with the highest attribution are tried.
    """
    values = aid.values(search.parts) if isinstance(search.parts, Segments) else None
    path = [search.whole]
    while len(rows := _nexts(search, path[-1], values)):
        place, reached = search.best(rows)
        path.append(rows[place])
        if reached:
            break
    return path


def beam(search: Search, aid: Aid) -> Path:
    """As `greedy`, but with the 8 nearest sets of each size kept."""
    paths = [[search.whole]]
    while True:
        grown = {row.tobytes(): [*path, row] for path in paths for row in _nexts(search, path[-1], None)}
        if not grown:
            return min(paths, key=lambda path: float(search.margins(path[-1][None])[0]))
        rows = np.stack([path[-1] for path in grown.values()])
        place, reached = search.best(rows)
        ways = list(grown.values())
        if reached:
            return ways[place]
        paths = [ways[i] for i in np.argsort(search.margins(rows), kind="stable")[:BEAM]]


def exhaustive(search: Search, aid: Aid) -> Path:
    """All deletions within the budget, those of fewest strokes first, until a size has some that reach the goal.

    Raises InputError above 14 strokes.
    """
    count = len(search.whole)
    if count > MOST_EXHAUSTIVE:
        raise InputError(f"an exhaustive search takes up to {MOST_EXHAUSTIVE} strokes, got {count}: try beam")
    rows = allowed_subsets(search)
    best, nearest = search.whole, np.inf
    for size in range(1, count):
        layer = rows[(~rows).sum(axis=1) == size]
        if not len(layer):
            break
        place, reached = search.best(layer)
        margin = search.margins(layer[place][None])[0]
        if reached or margin < nearest:
            best, nearest = layer[place], margin
        if reached:
            break
    return _one_by_one(search, best)


def random(search: Search, aid: Aid) -> Path:
    """Strokes by lot; of segments, runs by lot."""
    if isinstance(search.parts, Segments):
        return _first_reached(
            search, _best_runs(search, torch.rand(len(search.whole), generator=aid.generator).numpy())
        )
    order = torch.randperm(len(search.whole), generator=aid.generator).numpy()
    return _first_reached(search, _in_order(search, order))


def shortest(search: Search, aid: Aid) -> Path:
    """Strokes with the least ink first."""
    return _first_reached(search, _in_order(search, np.argsort(search.parts.ink, kind="stable")))


STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {each.__name__: each for each in (one_shot, greedy, beam, exhaustive, random, shortest)}
)
"""Every strategy by name; `one_shot`, `greedy` and `random` also delete runs of segments."""


def allowed_subsets(search: Search) -> Mask:
    """(n, parts) every subset that is within the budget, but for the whole."""
    count = len(search.whole)
    rows = (np.arange(2**count - 1)[:, None] >> np.arange(count) & 1).astype(bool)
    return rows[search.allowed(rows)]


def _in_order(search: Search, order: Iterable[int]) -> Path:
    """The whole, then one part less each time; what the budget does not allow stays."""
    path = [search.whole]
    for part in order:
        row = path[-1].copy()
        row[part] = False
        if search.allowed(row[None])[0]:
            path.append(row)
    return path


def _first_reached(search: Search, path: Path) -> Path:
    """The path as far as the first subset that reaches the goal; all of it where none does."""
    reached = np.flatnonzero(search.margins(np.stack(path)) < 0)
    return path[: reached[0] + 1] if len(reached) else path


def _one_by_one(search: Search, goal: Mask) -> Path:
    """From the whole to a subset, each time the deletion that brings the model nearest."""
    path = [search.whole]
    while len(left := np.flatnonzero(path[-1] & ~goal)):
        rows = np.repeat(path[-1][None], len(left), axis=0)
        rows[np.arange(len(left)), left] = False
        path.append(rows[search.margins(rows).argmin()])
    return path


def _nexts(search: Search, keep: Mask, values: Array | None) -> Mask:
    """(n, parts) what one more deletion may leave: of a stroke, or with values (parts,) of one of the best runs."""
    if values is not None:
        return np.array(_run_deletions(search, keep, values)[:CANDIDATES], dtype=bool).reshape(-1, len(keep))
    rows = keep & ~np.eye(len(keep), dtype=bool)[keep]
    return rows[search.allowed(rows)]


def _best_runs(search: Search, values: Array) -> Path:
    path = [search.whole]
    while found := _run_deletions(search, path[-1], values):
        path.append(found[0])
    return path


def _run_deletions(search: Search, keep: Mask, values: Array) -> list[Mask]:
    """What is left without a run, the runs with the highest sum of values first, for each beginning the best one.

    A run lies in one stroke, holds no more than 5% of the ink, and evidence for what the model sees.
    """
    room = min(search.budget - float(search.gone(keep[None])[0]), GRAIN) + SLACK
    found: list[tuple[float, int, int]] = []
    for stroke in range(len(search.parts.sketch)):
        for first, last in runs(keep & (search.parts.stroke == stroke)):
            for begin in range(first, last):
                fits = np.cumsum(search.parts.ink[begin:last]) <= room
                sums = np.where(fits, np.cumsum(values[begin:last]), -np.inf)
                if sums.max() > 0:
                    found.append((float(sums.max()), begin, begin + int(sums.argmax()) + 1))
    rows = []
    for _, begin, end in sorted(found, reverse=True):
        row = keep.copy()
        row[begin:end] = False
        rows.append(row)
    return [row for row in rows if row.any()]
