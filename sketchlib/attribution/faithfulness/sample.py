"""Which sketches an evaluation asks: with enough strokes to rank, of known categories, all categories alike."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import torch

from sketchlib.attribution.removal import MOST_EXACT
from sketchlib.errors import InputError
from sketchlib.simplify import canonical
from sketchlib.sketch import Sketch

FEWEST = 3
"""Two strokes have two rankings: a correlation of them is a coin."""


@dataclass(frozen=True, eq=False)
class Sample:
    """sketches: simplified, labelled. left_out: sketches that could not be asked, by reason."""

    sketches: tuple[Sketch, ...]
    left_out: dict[str, int]


def sample(
    sketches: Iterable[Sketch],
    categories: Collection[str],
    limit: int | None,
    generator: torch.Generator,
    most: int = MOST_EXACT,
) -> Sample:
    """Sketches of 3 to `most` strokes labelled with one of the categories, one of each in turn, by lot, to `limit`.

    Raises InputError when none is left.
    """
    reasons = {"unknown category": 0, f"fewer than {FEWEST} strokes": 0, f"more than {most} strokes": 0}
    fit: dict[str, list[Sketch]] = {}
    for sketch in sketches:
        reason = _reason(sketch, categories, list(reasons))
        if reason is None:
            fit.setdefault(sketch.label, []).append(sketch)
        else:
            reasons[reason] += 1
    if not fit:
        raise InputError(f"an evaluation needs sketches of {FEWEST} to {most} strokes, got none but {reasons}")
    return Sample(tuple(canonical(sketch) for sketch in _in_turn(fit, generator)[:limit]), reasons)


def _reason(sketch: Sketch, categories: Collection[str], reasons: list[str]) -> str | None:
    if sketch.label not in categories:
        return reasons[0]
    return reasons[1] if len(sketch) < FEWEST else reasons[2] if len(sketch) > MOST_EXACT else None


def _in_turn(groups: dict[str, list[Sketch]], generator: torch.Generator) -> list[Sketch]:
    """One of each group by lot, then another of each, and so on."""
    rounds: list[tuple[int, float, Sketch]] = []
    for name in sorted(groups):
        order = torch.randperm(len(groups[name]), generator=generator).tolist()
        lots = torch.rand(len(order), generator=generator).tolist()
        rounds += [(turn, lot, groups[name][place]) for turn, (place, lot) in enumerate(zip(order, lots, strict=True))]
    return [sketch for _, _, sketch in sorted(rounds, key=lambda row: row[:2])]
