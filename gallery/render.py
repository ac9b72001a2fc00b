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

from gallery.collection import Collection
from gallery.designs import sibling_designs
from gallery.drawings import Drawings
from gallery.studio import Studio, encoded

SAVE_EVERY = 5
"""Groups of siblings between two savings of the tables."""


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
