"""Photos in place of classes: what a deletion does to a retrieval network."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

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
