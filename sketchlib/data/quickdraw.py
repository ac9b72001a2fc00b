"""The papers' full data: Quick, Draw!'s public sketch-rnn files, downloaded and packed into one `SketchStore`.

Normalisation [qu2023sketchxai]: absolute points are the running sums of the offsets; a stroke ends at a pen lift and
what follows the last lift is dropped; a sketch whose points all coincide is left out; no other sketch is. The store
holds integers from the box's top-left corner, exactly as published, so that scaling the long side to [-0.74, 0.74] is
left to the network and loses nothing.
Differs: the published converter writes numbers of points where it should write the points.
"""

import os
import zipfile
import zlib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from sketchlib.categories import choose
from sketchlib.data.collection import SketchCollection
from sketchlib.data.download import download
from sketchlib.data.store import PACKED_TOGETHER, StoreWriter, writing
from sketchlib.errors import FormatError
from sketchlib.io import read_archive
from sketchlib.simplify import GRID, LOST_TIP

BASE_URL = "https://storage.googleapis.com/quickdraw_dataset/sketchrnn"
"""Public home of the files <category>.npz: 70,000 training, 2,500 validation and 2,500 test sketches each."""

MIRROR = "STROKESCOPE_QUICKDRAW_URL"
"""Environment variable with another address of the same files."""

SPLITS = ("train", "valid", "test")

TERMS = "Quick, Draw! sketch-rnn files, Google Creative Lab, CC BY 4.0"


def prepare(names: Sequence[str], out: str | Path, base_url: str | None = None, progress: bool = True) -> Path:
    """Downloads and packs categories (["30"], ["345"] or names); the store is <out>/store, the files <out>/sketchrnn.

    Run again after an interruption, it goes on where it stopped. progress: bars on stderr.
    Raises InputError for an unknown category, DownloadError, or FormatError for a file that holds no sketches.
    """
    categories, out = choose(names), Path(out)
    files = fetch(categories, out / "sketchrnn", base_url, progress)
    return build(files, out / "store", progress)


def fetch(
    categories: Sequence[str], folder: str | Path, base_url: str | None = None, progress: bool = True
) -> tuple[Path, ...]:
    """<folder>/<category>.npz for each category, downloaded one after another unless already there.

    base_url: where <category>.npz is found; default the environment's STROKESCOPE_QUICKDRAW_URL, else BASE_URL.
    """
    home = (base_url or os.environ.get(MIRROR) or BASE_URL).rstrip("/")
    paths = []
    for number, category in enumerate(categories, 1):
        label = f"{category} ({number}/{len(categories)})"
        path = Path(folder) / f"{category}.npz"
        paths.append(download(f"{home}/{quote(category)}.npz", path, _check_archive, label, progress))
    return tuple(paths)


def build(files: Sequence[Path], path: str | Path, progress: bool = True) -> Path:
    """Packs sketch-rnn .npz files, named by category, into one store with splits train, valid and test; atomic.

    Classes are the files' names in class order. Raises FormatError naming the file and the sketch.
    """
    from tqdm import tqdm

    files = sorted(files, key=lambda file: file.stem.lower())
    classes = tuple(file.stem for file in files)
    with writing(path, classes, TERMS) as writer:
        for label, file in enumerate(tqdm(files, desc="packing", unit="file", disable=None if progress else True)):
            for split in SPLITS:
                _pack_split(writer, file, split, label)
    return Path(path)


def flatten(rows: Sequence[NDArray[Any]], label: int, classes: tuple[str, ...]) -> SketchCollection:
    """stroke-3 sketches, (n, 3) integers each (dx, dy, 1 at a stroke's last point), as flat arrays of one class.

    A sketch whose points coincide, or without a pen lift, is left out. Raises FormatError naming the sketch.
    """
    table, starts = _table(rows)
    sketch = np.repeat(np.arange(len(rows)), np.diff(starts))
    lifted = table[:, 2] == 1
    points = np.cumsum(table[:, :2], axis=0)
    kept = _until_last_lift(lifted, sketch, len(rows))
    low, span = _boxes(points[kept], sketch[kept], len(rows))
    kept &= span[sketch] > 0
    sketch, lifted, points = sketch[kept], lifted[kept], points[kept]
    strokes = np.bincount(sketch[lifted], minlength=len(rows))
    strokes = strokes[strokes > 0]
    return SketchCollection(
        points=_on_grid(points - low[sketch], span[sketch]),
        stroke_ends=np.flatnonzero(lifted) + 1,
        sketch_ends=np.cumsum(strokes),
        labels=np.full(len(strokes), label),
        classes=classes,
    )


def _pack_split(writer: StoreWriter, file: Path, split: str, label: int) -> None:
    rows = read_archive(file, (split,))
    packed = 0
    while chunk := list(islice(rows, PACKED_TOGETHER)):
        try:
            writer.append(split, flatten(chunk, label, writer.classes))
        except FormatError as error:
            raise FormatError(f"{file.name}, {split}, from sketch {packed + 1}: {error}") from None
        packed += len(chunk)
    if not packed:
        raise FormatError(f"a sketch-rnn file holds {', '.join(SPLITS)}, got no sketches of {split}: {file}")


def _table(rows: Sequence[NDArray[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All rows below one another, and where each sketch starts (one more: the end)."""
    for number, each in enumerate(rows):
        if each.ndim != 2 or each.shape[1] != 3:
            raise FormatError(f"stroke-3 is (n, 3), got shape {each.shape} (sketch {number + 1} of these)")
    table = np.concatenate(rows).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum([len(each) for each in rows])])
    flawed = np.flatnonzero((table[:, 2] != 0) & (table[:, 2] != 1))
    if len(flawed):
        number = int(np.searchsorted(starts, flawed[0], side="right"))
        raise FormatError(f"the pen flag of stroke-3 is 0 or 1, got {table[flawed[0], 2]} (sketch {number} of these)")
    return table, starts


def _until_last_lift(lifted: NDArray[np.bool_], sketch: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    last = np.full(count, -1)
    np.maximum.at(last, sketch[lifted], np.flatnonzero(lifted))
    kept: NDArray[np.bool_] = np.arange(len(sketch)) <= last[sketch]
    return kept


def _boxes(
    points: NDArray[np.int64], sketch: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Top-left corner (count, 2) and long side (count,) of each sketch; 0 for one without points."""
    low, side = np.zeros((count, 2), dtype=np.int64), np.zeros(count, dtype=np.int64)
    if len(points):
        first = np.flatnonzero(np.diff(sketch, prepend=-1))
        low[sketch[first]] = np.minimum.reduceat(points, first)
        side[sketch[first]] = np.max(np.maximum.reduceat(points, first) - low[sketch[first]], axis=1)
    return low, side


def _on_grid(points: NDArray[np.int64], span: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Integers as published where the long side is that of a canonical drawing; others scaled to it and rounded."""
    published = (span <= GRID) & (span >= GRID - LOST_TIP)
    scale = np.where(published, 1.0, GRID / span)
    return np.rint(points * scale[:, None]).astype(np.uint8)


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FormatError(f"it is not a readable .npz: {error}") from None
    if damaged:
        raise FormatError(f"its member {damaged} fails its checksum")
