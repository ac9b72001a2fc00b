"""The drawings that figures show: examples made for this project."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sketchlib.figures.sources import shipped_folder
from sketchlib.io import read_sketches
from sketchlib.sketch import Sketch


@cache
def read_drawings() -> Mapping[str, Sketch]:
    """Name, as "ice cream", -> the example of that name, labelled with it."""
    folder = shipped_folder("examples", "demos/examples")
    return MappingProxyType({name: sketch for path in sorted(folder.glob("*.json")) for name, sketch in _read(path)})


def _read(path: Path) -> Iterator[tuple[str, Sketch]]:
    name = path.stem.partition("-")[2].replace("-", " ")
    for sketch in read_sketches(path, 1):
        yield name, Sketch(sketch.strokes, name)
