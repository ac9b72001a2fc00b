"""The retrieval network where an attack asks for it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

if TYPE_CHECKING:
    from sketchlib.adversarial.photos import PhotoScores, PhotoSearch, RankDrop
    from sketchlib.retrieval.model import Retriever
    from sketchlib.retrieval.search import Vectors


def rank_in(folder: Path, before: Sketch, after: Sketch) -> "RankDrop":
    """What a deletion does to the rank of the nearest photo of a gallery. Errors as in `Gallery.load`."""
    from sketchlib.adversarial.photos import rank_drop
    from sketchlib.retrieval import Gallery
    from sketchlib.retrieval.model import load_retriever

    network = load_retriever()
    gallery = Gallery.load(folder, network.photos)
    return rank_drop(_search(network, gallery.names, gallery.vectors), before, after)


def pair_scores(folder: Path, limit: int, seed: int) -> "list[PhotoScores]":
    """Attacks on the rank of photos that sketches of 3 or more strokes find first, `limit` of them at most.

    Errors as in `read_pairs` and `load_retriever`; InputError where no photo is found first.
    """
    from sketchlib.adversarial.photos import photo_scores
    from sketchlib.io.pairs import read_pairs
    from sketchlib.io.photos import read_photo
    from sketchlib.retrieval.model import load_retriever

    pairs, network = read_pairs(folder), load_retriever()
    names = tuple(path.name for path in pairs.photos)
    search = _search(network, names, network.photos.embed_photos([read_photo(path) for path in pairs.photos]))
    labelled = [
        Sketch(s.strokes, names[of]) for s, of in zip(pairs.sketches, pairs.photo_of, strict=True) if len(s) > 2
    ]
    seen = search.logits(labelled).argmax(axis=1)
    first = [sketch for sketch, best in zip(labelled, seen, strict=True) if names[best] == sketch.label]
    if not first:
        raise InputError(f"a rank is attacked where the photo is found first, got none of {len(labelled)}: {folder}")
    return photo_scores(search, first[:limit], seed)


def _search(network: "Retriever", names: tuple[str, ...], vectors: "Vectors") -> "PhotoSearch":
    from sketchlib.adversarial.photos import CANVAS, PhotoSearch

    def embed(sketches: Sequence[Sketch]) -> "Vectors":
        return network.embed_sketches(sketches, CANVAS)

    return PhotoSearch(names, vectors, embed)
