"""Files and folders of sketches, told apart by suffix."""

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from sketchlib.errors import FormatError
from sketchlib.io.archives import read_archive, read_npy
from sketchlib.io.json_text import parse_json
from sketchlib.io.limits import MAXIMUM_LINE_BYTES, MAXIMUM_SVG_BYTES, file_bytes, placed
from sketchlib.io.pad import from_pad, to_pad
from sketchlib.io.quickdraw import from_quickdraw, to_quickdraw
from sketchlib.io.stroke_rows import from_rows, to_stroke3
from sketchlib.io.svg import from_svg, to_svg
from sketchlib.io.writing import write_file
from sketchlib.sketch import Sketch


def read_records(path: str | Path, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The objects of an .ndjson or .ndjson.gz file, one a line, blank lines skipped.

    Raises FormatError naming file and line: not JSON, a line over MAXIMUM_LINE_BYTES, a cut-off or damaged gzip.
    """
    for _, record in islice(numbered_records(Path(path)), limit):
        yield record


def read_quickdraw(path: str | Path, limit: int | None = None) -> Iterator[Sketch]:
    """The sketches of a QuickDraw .ndjson or .ndjson.gz file, raw or simplified; see from_quickdraw.

    Raises FormatError naming file, line and stroke.
    """
    path = Path(path)
    for number, record in islice(numbered_records(path), limit):
        with placed(f"{path.name}, line {number}"):
            sketch = from_quickdraw(record)
        yield sketch


def numbered_records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """What `read_records` gives, each with the number of its line, from 1."""
    for number, line in _numbered_lines(path):
        with placed(f"{path.name}, line {number}"):
            record = parse_json(line)
            if not isinstance(record, dict):
                raise FormatError(f"a line is one JSON object, got {type(record).__name__}")
        yield number, record


def _numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        with cast(BinaryIO, gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")) as file:
            while line := file.readline(MAXIMUM_LINE_BYTES + 1):
                number += 1
                if len(line) > MAXIMUM_LINE_BYTES:
                    raise FormatError(f"{path.name}, line {number}: at most {MAXIMUM_LINE_BYTES:,} bytes, got more")
                if not line.isspace():
                    yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FormatError(f"{path.name}, line {number + 1}: the gzip data is cut off or damaged ({error})") from error
    except OSError as error:
        raise FormatError(f"{path.name}: cannot be read ({error.strerror or error})") from error


def read_sketches(path: str | Path, limit: int | None = None) -> Iterator[Sketch]:
    """The sketches of a file or folder, at most `limit`, one at a time.

    By suffix: .ndjson and .ndjson.gz (QuickDraw), .json (the pad's value), .svg, .npz (sketch-rnn; the label is the
    file's name) and .npy (stroke-3 or stroke-5). A folder gives every such file directly in it, by name. Nothing is
    opened before the first sketch is asked for. Raises FormatError or SketchError naming file, line and stroke.
    """
    return islice(_sketches(Path(path)), limit)


def _sketches(path: Path) -> Iterator[Sketch]:
    if path.is_dir():
        readable = [child for child in path.iterdir() if _kind(child) in _READERS]
        for child in sorted(readable, key=lambda child: child.name.lower()):
            yield from _sketches(child)
        return
    reader = _READERS.get(_kind(path))
    if reader is None:
        raise FormatError(f"{path.name}: the suffix is one of {', '.join(_READERS)}, got {path.suffix!r}")
    yield from reader(path)


def _kind(path: Path) -> str:
    """The suffix in lower case, .gz included."""
    name = path.name.lower()
    return "".join(Path(name).suffixes[-2:]) if name.endswith(".gz") else Path(name).suffix


def _read_pad(path: Path) -> Iterator[Sketch]:
    with placed(path.name):
        sketch = from_pad(file_bytes(path, MAXIMUM_LINE_BYTES))
    yield sketch


def _read_svg(path: Path) -> Iterator[Sketch]:
    with placed(path.name):
        sketch = from_svg(file_bytes(path, MAXIMUM_SVG_BYTES))
    yield sketch


def _read_rows(path: Path) -> Iterator[Sketch]:
    arrays = read_archive(path) if _kind(path) == ".npz" else iter(read_npy(path))
    label = path.name.split(".")[0] if _kind(path) == ".npz" else ""
    for number, rows in enumerate(arrays, start=1):
        with placed(f"{path.name}, sketch {number}"):
            sketch = from_rows(rows, label)
        yield sketch


_READERS: dict[str, Callable[[Path], Iterator[Sketch]]] = {
    ".ndjson": read_quickdraw,
    ".ndjson.gz": read_quickdraw,
    ".json": _read_pad,
    ".svg": _read_svg,
    ".npz": _read_rows,
    ".npy": _read_rows,
}


def write_sketches(path: str | Path, sketches: Iterable[Sketch]) -> None:
    """Write QuickDraw .ndjson or .ndjson.gz (any number), or one sketch as .json (pad), .svg or .npy (stroke-3).

    Raises FormatError for another suffix or number of sketches, and as `write_file`.
    """
    path = Path(path)
    kind = _kind(path)
    if kind in (".ndjson", ".ndjson.gz"):
        lines = "".join(json.dumps(to_quickdraw(sketch)) + "\n" for sketch in sketches).encode()
        # Without a time in its header the same sketches give the same file.
        write_file(path, gzip.compress(lines, mtime=0) if kind.endswith(".gz") else lines)
        return
    if kind not in _WRITERS:
        raise FormatError(f"{path.name}: the suffix is .ndjson, .ndjson.gz, .json, .svg or .npy, got {path.suffix!r}")
    chosen = list(islice(sketches, 2))
    if len(chosen) != 1:
        raise FormatError(f"{path.name}: a {kind} file holds one sketch, got {'none' if not chosen else 'more'}")
    write_file(path, _WRITERS[kind](chosen[0]))


def _npy(sketch: Sketch) -> bytes:
    file = io.BytesIO()
    np.save(file, to_stroke3(sketch), allow_pickle=False)
    return file.getvalue()


_WRITERS: dict[str, Callable[[Sketch], str | bytes]] = {
    ".json": lambda sketch: json.dumps(to_pad(sketch)),
    ".svg": to_svg,
    ".npy": _npy,
}
