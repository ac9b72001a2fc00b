"""Renders the gallery: `python -m gallery.render --help`. Needs the extra `gallery` (Blender as a Python module).

A killed run goes on when the same command is given again; the same seed gives the same designs and drawings.
"""

import argparse
import itertools
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from gallery.collection import Collection
from gallery.designs import Design, sibling_designs
from gallery.lines import line_drawing
from gallery.shapes import Array
from gallery.studio import Studio, encoded
from sketchlib.simplify import resample

SAVE_EVERY = 5
"""Groups of siblings between two savings of the tables."""

APART, SHARE = 0.015, 0.1
"""Two drawings differ when this share of either's ink is this far (canvas units) from the other's."""


def options() -> argparse.ArgumentParser:
    """What can be asked for."""
    parser = argparse.ArgumentParser(description="Render furniture, with the lines of each piece as strokes.")
    parser.add_argument("--out", type=Path, required=True, help="folder for photo/, items.json and lines.ndjson.gz")
    parser.add_argument("--count", type=int, default=483, help="photos at least (whole groups of siblings)")
    parser.add_argument("--twins", type=int, default=2, help="of each design: copies with one parameter changed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--side", type=int, default=256, help="of a photo, px")
    parser.add_argument("--samples", type=int, default=12, help="light paths a pixel")
    parser.add_argument("--quality", type=int, default=88, help="of the JPEG, 1 to 95")
    parser.add_argument("--threads", type=int, default=1)
    return parser


class Drawings:
    """The line drawings of siblings, made once for each shape: some parameters change nothing."""

    def __init__(self) -> None:
        self._known: dict[bytes, list[Array]] = {}

    def of(self, design: Design) -> list[Array]:
        """Strokes, (n, 2) canvas units each."""
        parts = design.parts()
        content = b"".join(part.vertices.tobytes() for part in parts)
        if content not in self._known:
            self._known[content] = line_drawing(parts, design.view(parts))
        return self._known[content]

    def differ(self, design: Design, other: Design) -> bool:
        """Whether a sketch could tell the two apart."""
        one, two = (np.concatenate([resample(stroke, 0.01) for stroke in self.of(each)]) for each in (design, other))
        gaps_sq = ((one[:, None] - two[None]) ** 2).sum(axis=2)
        return any(float((gaps_sq.min(axis=axis) > APART**2).mean()) > SHARE for axis in (0, 1))


@contextmanager
def quiet() -> Iterator[None]:
    """Blender writes its progress past Python, straight to the process's standard output."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def main(arguments: list[str] | None = None) -> None:
    """Renders what is missing."""
    asked = options().parse_args(arguments)
    settings = {name: getattr(asked, name) for name in ("seed", "twins", "side", "samples", "quality")}
    collection = Collection(asked.out, settings)
    with quiet():
        studio = Studio(asked.side, asked.samples, asked.threads)
    started, before = time.perf_counter(), len(collection)
    for number in itertools.count():
        if len(collection) >= asked.count:
            break
        if not collection.has_group(number):
            _render_group(collection, studio, asked.seed, number, asked.twins, asked.quality)
        if number % SAVE_EVERY == 0:
            collection.save()
            pace = (time.perf_counter() - started) / max(len(collection) - before, 1)
            sys.stderr.write(f"{len(collection)} of {asked.count} photos, {pace:.2f} s each\n")
    collection.save()


def _render_group(collection: Collection, studio: Studio, seed: int, number: int, twins: int, quality: int) -> None:
    drawings = Drawings()
    for design in sibling_designs(seed, number, twins, drawings.differ):
        parts = design.parts()
        with quiet():
            photo = studio.photograph(parts, design.finishes, design.view(parts))
        collection.add(design, drawings.of(design), encoded(photo, quality))


if __name__ == "__main__":
    main()
