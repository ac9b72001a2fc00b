"""What a frozen student makes of sketches on every canvas: all that the selector learns from."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from sketchlib.data.linedrawing import Hand, redraw
from sketchlib.io.pairs import Pairs, joined_pairs, read_pairs
from sketchlib.io.photos import read_photo
from sketchlib.retrieval.canvas import padded, selector_points
from sketchlib.retrieval.lines import CANVASES
from sketchlib.retrieval.model import Retriever
from sketchlib.train.retrieval.selector import Experience, outcome

REDRAWN = 3


def lived(student: Retriever, kept: Pairs, rendered: Sequence[Path], seed: int) -> Experience:
    """Ranks and triplet losses of the human sketches of `kept` and of redrawn lines of `rendered`, in one gallery.

    Where the student was trained on these photos its ranks are too good: give it rendered objects that it never saw.
    """
    random = np.random.default_rng(seed)
    lines = joined_pairs([read_pairs(folder) for folder in rendered])
    drawn = tuple(redraw(sketch, Hand(), random) for sketch in lines.sketches for _ in range(REDRAWN))
    owners = tuple(photo for photo in lines.photo_of for _ in range(REDRAWN))
    everything = joined_pairs([Pairs(lines.photos, drawn, owners), kept])
    photos = [read_photo(path) for path in everything.photos]
    gallery = torch.from_numpy(student.photos.embed_photos(photos))
    photo_of = torch.tensor(everything.photo_of)
    found = []
    for canvas in CANVASES:
        queries = torch.from_numpy(student.embed_sketches(everything.sketches, canvas))
        found.append(outcome(queries, gallery, photo_of))
    points, lengths = padded([selector_points(sketch) for sketch in everything.sketches])
    ranks, triplets = (torch.stack(part, dim=1) for part in zip(*found, strict=True))
    return Experience(points, lengths, ranks, triplets)
