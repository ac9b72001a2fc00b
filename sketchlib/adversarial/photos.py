"""Photos in place of classes: what a deletion does to a retrieval network."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sketchlib.adversarial.attack import attack
from sketchlib.adversarial.search import Memory
from sketchlib.errors import InputError
from sketchlib.evaluate import Interval, wilson
from sketchlib.sketch import Sketch

CANVAS = 128
"""Pixels on which a network that has several canvases reads both drawings, so that nothing else changes."""

BUDGETS, CONTROLS = (0.05, 0.1, 0.2, 1.0), ("greedy", "random")

Embed = Callable[[Sequence[Sketch]], NDArray[Any]]
"""Sketches -> (n, dimension), rows of length 1."""


@dataclass(frozen=True, eq=False)
class PhotoSearch:
    """A retrieval network as a `Model`: it "sees" the photo nearest to a sketch, and its logits are cosines.

    classes: names of the photos. vectors: (photos, dimension) of them, rows of length 1. embed: of sketches.
    """

    classes: tuple[str, ...]
    vectors: NDArray[Any]
    embed: Embed

    def logits(self, sketches: Sequence[Sketch]) -> NDArray[Any]:
        """(n, photos)."""
        found: NDArray[Any] = np.asarray(self.embed(sketches), np.float64) @ np.asarray(self.vectors, np.float64).T
        return found


@dataclass(frozen=True)
class RankDrop:
    """A photo's rank before and after a deletion, 1 the nearest of `photos`."""

    photo: str
    before: int
    after: int
    photos: int

    @property
    def note(self) -> str:
        """A sentence."""
        return f"The photo {self.photo} goes from rank {self.before} to {self.after} of {self.photos}."

    def as_json(self) -> dict[str, Any]:
        """Plain values for json.dumps."""
        return asdict(self)


def rank_drop(search: PhotoSearch, before: Sketch, after: Sketch, photo: str | None = None) -> RankDrop:
    """What a deletion does to the rank of a photo, of the one nearest to the whole sketch if None.

    Raises InputError for a photo that the search does not know.
    """
    if photo is not None and photo not in search.classes:
        raise InputError(f"a photo is one of the {len(search.classes)} of the gallery, got {photo!r}")
    whole, rest = search.logits([before, after])
    place = int(whole.argmax()) if photo is None else search.classes.index(photo)
    return RankDrop(search.classes[place], rank_of(whole, place), rank_of(rest, place), len(search.classes))


def rank_of(row: NDArray[Any], place: int) -> int:
    """How many of the logits (photos,) are no lower than that at `place`, itself included."""
    return int((row >= row[place]).sum())


@dataclass(frozen=True)
class PhotoScores:
    """A strategy within a budget, on sketches whose photo is found first.

    lost: share whose photo is no longer the first. mean_rank: of their photos afterwards. mean_ink: gone, of the lost.
    """

    strategy: str
    budget: float
    n: int
    lost: float
    lost_ci: Interval
    mean_rank: float
    mean_ink: float | None


def photo_scores(search: PhotoSearch, sketches: Sequence[Sketch], seed: int = 0) -> list[PhotoScores]:
    """Attacks on the rank itself: strokes go until another photo is nearer. Labels are the names of the photos.

    Raises InputError where a label is not the photo found first.
    """
    found = {(name, budget): [] for name in CONTROLS for budget in BUDGETS}  # type: dict[tuple[str, float], list[Any]]
    for number, sketch in enumerate(sketches):
        memory: Memory = {}
        for (name, budget), own in found.items():
            lot = torch.Generator().manual_seed(seed + number)
            each = attack(search, sketch, strategy=name, budget=budget, generator=lot, memory=memory)
            own.append((each, rank_drop(search, sketch, each.final.remaining if each.flipped else sketch)))
    return [_scored(name, budget, own) for (name, budget), own in found.items()]


def _scored(strategy: str, budget: float, found: Sequence[Any]) -> PhotoScores:
    ink = [each.ink for each, _ in found if each.flipped]
    return PhotoScores(
        strategy,
        budget,
        len(found),
        len(ink) / len(found),
        wilson(len(ink), len(found)),
        float(np.mean([drop.after for _, drop in found])),
        float(np.mean(ink)) if ink else None,
    )
