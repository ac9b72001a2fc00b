"""The network that finds photos and the gallery that ships, each made ready once, at the first need."""

import os
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demos.ui.lanes import JOB
from demos.ui.models import TWO_STROKES, is_here, shelf
from sketchlib.errors import CheckpointError, InputError, SketchlibError
from sketchlib.models.cards import find_card

if TYPE_CHECKING:
    from sketchlib.retrieval import Gallery, PhotoEncoder
    from sketchlib.retrieval.model import Retriever

NAME = "sketchynet-v4"
CANVASES = (32, 64, 128, 256)
PHOTOS = Path(__file__).resolve().parents[2] / "gallery" / "photo"

_making = threading.RLock()


class InLanes:
    """A network for building galleries that takes a lane for each batch, so that drawing goes on beside it."""

    def __init__(self, network: "PhotoEncoder"):
        self._network, self.identity, self.dimension = network, network.identity, network.dimension

    def embed_photos(self, photos: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(photos, dimension), rows of length 1: of a photo without edges what is learned alone."""
        with shelf.lane(JOB):
            rows = self._network.embed_photos(photos)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.divide(rows, lengths, out=rows, where=lengths > 0)


def why_not() -> str:
    """A sentence where there is nothing to search with or in, else nothing."""
    try:
        if not is_here(find_card(NAME)):
            raise CheckpointError(f"photos are found by {NAME}, got no weights beside its card")
        if not PHOTOS.is_dir():
            raise InputError("photos are found in the folder gallery of the repository, got none")
    except SketchlibError as error:
        return str(error)
    return ""


def retriever() -> "Retriever":
    """The network. Raises CheckpointError where its weights are not here."""
    with _making:
        return _retriever()


@cache
def _retriever() -> "Retriever":
    import torch

    from sketchlib.retrieval.model import load_retriever

    torch.set_num_threads(1)
    return load_retriever(NAME)


def shipped() -> "Gallery":
    """The gallery that ships, embedded at the first use on a machine; kept in its cache where that can be written."""
    with _making:
        return _shipped()


@cache
def _shipped() -> "Gallery":
    from sketchlib.retrieval import Gallery

    network = InLanes(retriever().photos)
    try:
        return Gallery.build(PHOTOS, network, cache_folder() / f"gallery-{network.identity.rpartition(' ')[2]}")
    except InputError:
        return Gallery.build(PHOTOS, network)


def cache_folder() -> Path:
    """Where this user's programs keep what they can make again."""
    places = (os.environ.get("XDG_CACHE_HOME"), os.environ.get("LOCALAPPDATA"), os.path.expanduser("~/.cache"))
    return Path(next(place for place in places if place)) / "strokescope"


def make_ready() -> None:
    """Everything that a first stroke would wait for: the gallery, and the network on each of its canvases."""
    shipped()
    for canvas in (None, *CANVASES):
        with shelf.lane():
            retriever().query(TWO_STROKES, canvas)


def describe(scores: Sequence[Any], title: str) -> str:
    """How far to trust what is found: the card's first score, an acc@1 say."""
    if not scores:
        return f"By {title}, one drawing; its card has no score."
    best = scores[0]
    count = f", n = {best.n:,}" if best.n else ""
    interval = f" [{best.interval[0]:.1%}, {best.interval[1]:.1%}]" if best.interval else ""
    name = best.name.replace("acc", "acc@")
    return f"By {title}, one drawing. Its {name} is {best.value:.1%}{interval} on {best.data}{count}."
