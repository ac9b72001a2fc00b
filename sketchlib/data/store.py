"""`SketchStore`: labelled sketches on disk as flat arrays, memory-mapped, so that 24 million train like a thousand.

<path>/meta.json                 format, class names, where the sketches come from, counts
<path>/<split>/points.npy        (points, 2) uint8, x and y in units of 1/255 of the canvas
<path>/<split>/stroke_ends.npy   (strokes,) int64, one past each stroke's last point
<path>/<split>/sketch_ends.npy   (sketches,) int64, one past each sketch's last stroke
<path>/<split>/labels.npy        (sketches,) int64, index into the class names
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from sketchlib.data.collection import SketchArrays, collect
from sketchlib.errors import FormatError
from sketchlib.io.writing import room_for
from sketchlib.sketch import Sketch

FORMAT = "strokescope sketches 1"

PACKED_TOGETHER = 10_000
"""Sketches held in memory while packing."""

_ARRAYS: dict[str, tuple[type[np.generic], tuple[int, ...]]] = {
    "points": (np.uint8, (2,)),
    "stroke_ends": (np.int64, ()),
    "sketch_ends": (np.int64, ()),
    "labels": (np.int64, ()),
}


class SketchStore:
    """One split of a store, read-only; the `SketchArrays` that training takes.

    Opening reads no sketch, and a pickled store (for a worker process) is its path.
    Raises FormatError when the folder is no store, lacks the split, or is damaged.
    """

    points: NDArray[np.generic]
    stroke_ends: NDArray[np.generic]
    sketch_ends: NDArray[np.generic]
    labels: NDArray[np.generic]

    def __init__(self, path: str | Path, split: str = "train") -> None:
        self.path, self.split = Path(path), split
        meta = read_meta(self.path)
        self.classes: tuple[str, ...] = tuple(meta["classes"])
        if split not in meta["splits"]:
            raise FormatError(f"a split of this store is one of {', '.join(meta['splits'])}, got {split!r}: {path}")
        rows = meta["splits"][split]
        lengths = {"points": rows["points"], "stroke_ends": rows["strokes"]}
        for name in _ARRAYS:
            setattr(self, name, _mapped(self.path / split / f"{name}.npy", name, lengths.get(name, rows["sketches"])))

    def __len__(self) -> int:
        return len(self.labels)

    def __reduce__(self) -> tuple[Any, ...]:
        return SketchStore, (self.path, self.split)

    def sketch(self, index: int) -> Sketch:
        """The sketch at `index` in 0..len - 1, labelled with its class name; IndexError outside."""
        if not 0 <= index < len(self):
            raise IndexError(f"a sketch's index is 0..{len(self) - 1}, got {index}")
        first, *_, last = _bounds(self.sketch_ends, index, index + 1)
        bounds = _bounds(self.stroke_ends, first, last)
        points = np.asarray(self.points[bounds[0] : bounds[-1]], dtype=np.float64) / 255
        strokes = np.split(points, np.subtract(bounds[1:-1], bounds[0]))
        return Sketch.from_points(strokes, self.classes[self.labels[index].item()])


class StoreWriter:
    """Streams flat arrays into a store; `writing` opens one."""

    def __init__(self, folder: Path, classes: Sequence[str]) -> None:
        self._folder, self.classes = folder, tuple(classes)
        self._splits: dict[str, dict[str, _GrowingArray]] = {}

    def append(self, split: str, arrays: SketchArrays) -> None:
        """Adds sketches to a split; their classes are the store's."""
        if tuple(arrays.classes) != self.classes:
            raise FormatError(f"the classes of a store are {self.classes}, got sketches of {arrays.classes}")
        if not len(arrays.labels):
            return
        if split not in self._splits:
            (self._folder / split).mkdir()
            self._splits[split] = {name: _GrowingArray(self._folder / split / f"{name}.npy", name) for name in _ARRAYS}
        columns = self._splits[split]
        points, strokes = columns["points"].rows, columns["stroke_ends"].rows
        columns["points"].append(np.asarray(arrays.points))
        columns["stroke_ends"].append(np.asarray(arrays.stroke_ends, dtype=np.int64) + points)
        columns["sketch_ends"].append(np.asarray(arrays.sketch_ends, dtype=np.int64) + strokes)
        columns["labels"].append(np.asarray(arrays.labels))

    def finish(self, source: str) -> None:
        """Closes the arrays and writes meta.json; a store holds at least one sketch."""
        if not self._splits:
            raise FormatError("a store holds at least one sketch, got none")
        counts = {}
        for split, columns in self._splits.items():
            rows = {name: column.close() for name, column in columns.items()}
            counts[split] = {"sketches": rows["labels"], "strokes": rows["stroke_ends"], "points": rows["points"]}
        meta = {"format": FORMAT, "source": source, "splits": counts, "classes": self.classes}
        (self._folder / "meta.json").write_text(json.dumps(meta, indent=1, ensure_ascii=False), encoding="utf-8")


@contextmanager
def writing(path: str | Path, classes: Sequence[str], source: str) -> Iterator[StoreWriter]:
    """A writer whose store appears at `path` as a whole when the block ends well, in place of an older store there.

    source: where the sketches come from, and their terms. Memory does not grow with what is appended.
    Raises FormatError when `path` holds anything but a store, InputError where there is no room or no permission.
    """
    path = Path(path)
    if path.exists() and not is_store(path) and (path.is_file() or any(path.iterdir())):
        raise FormatError(f"a store is written to a new folder or over a store, got something else: {path}")
    partial, old = (path.with_name(f".{path.name}.{word}") for word in ("partial", "old"))
    shutil.rmtree(partial, ignore_errors=True)
    with room_for(path):
        try:
            partial.mkdir(parents=True)
            writer = StoreWriter(partial, classes)
            yield writer
            writer.finish(source)
            _put_in_place(partial, path, old)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def pack(sketches: Iterable[tuple[Sketch, str]], path: str | Path, classes: Sequence[str], source: str) -> Path:
    """Writes (canonically simplified sketch, split) pairs, labelled with one of `classes`, to a store; see `writing`.

    Raises FormatError for a sketch without strokes or of another class, naming its place in the sequence.
    """
    stream = enumerate(sketches, 1)
    with writing(path, classes, source) as writer:
        while chunk := list(islice(stream, PACKED_TOGETHER)):
            by_split: dict[str, list[Sketch]] = {}
            for number, (sketch, split) in chunk:
                if not sketch.strokes or sketch.label not in writer.classes:
                    raise FormatError(
                        f"a packed sketch has strokes and a known class, got {sketch.label!r} (number {number})"
                    )
                by_split.setdefault(split, []).append(sketch)
            for split, group in by_split.items():
                writer.append(split, collect(group, classes))
    return Path(path)


def _put_in_place(partial: Path, path: Path, old: Path) -> None:
    if path.exists():
        shutil.rmtree(old, ignore_errors=True)
        os.replace(path, old)
    os.replace(partial, path)
    shutil.rmtree(old, ignore_errors=True)


def is_store(path: str | Path) -> bool:
    """Whether the folder claims to be a store."""
    return (Path(path) / "meta.json").is_file()


def read_meta(path: str | Path) -> dict[str, Any]:
    """meta.json: format, source, splits (counts of sketches, strokes and points) and classes. Raises FormatError."""
    file = Path(path) / "meta.json"
    try:
        meta = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise FormatError(f"a store is a folder with a meta.json, got {error.strerror}: {path}") from None
    except ValueError as error:
        raise FormatError(f"a store's meta.json is JSON, got {error}: {file}") from None
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        raise FormatError(f"a store's format is {FORMAT!r}, got another file: {file}")
    return meta


class _GrowingArray:
    """A .npy file that grows by rows; the header's number of rows is written when it is closed."""

    def __init__(self, path: Path, name: str) -> None:
        self._kind, self._tail = _ARRAYS[name]
        self._stream = path.open("wb")
        self.rows = 0
        self._start = _write_header(self._stream, self._kind, (0, *self._tail))

    def append(self, values: NDArray[np.generic]) -> None:
        np.ascontiguousarray(values, dtype=self._kind).tofile(self._stream)
        self.rows += len(values)

    def close(self) -> int:
        self._stream.seek(0)
        if _write_header(self._stream, self._kind, (self.rows, *self._tail)) != self._start:
            raise FormatError(f"a .npy header keeps its length, got a longer one: {self._stream.name}")
        os.fsync(self._stream.fileno())
        self._stream.close()
        return self.rows


def _write_header(stream: BinaryIO, kind: type[np.generic], shape: tuple[int, ...]) -> int:
    # numpy pads the header so that the first axis can grow to 21 digits without moving the data.
    header = {"descr": np.dtype(kind).str, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.tell()


def _mapped(path: Path, name: str, rows: int) -> NDArray[np.generic]:
    kind, tail = _ARRAYS[name]
    try:
        array: NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise FormatError(f"an array of a store is a readable .npy file, got {error}: {path}") from None
    if array.shape != (rows, *tail) or array.dtype != kind:
        raise FormatError(f"the array has shape {(rows, *tail)} by meta.json, got {array.dtype} {array.shape}: {path}")
    return array.view(np.ndarray)


def _bounds(ends: NDArray[np.generic], first: int, last: int) -> list[int]:
    """Where parts first..last - 1 begin, and where the last of them ends."""
    values: list[int] = ends[max(first - 1, 0) : last].tolist()
    return values if first else [0, *values]
