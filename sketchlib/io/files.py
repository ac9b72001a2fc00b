"""Files and folders of sketches, told apart by suffix."""

import gzip
import json
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from sketchlib.errors import FormatError
from sketchlib.io.limits import MAXIMUM_LINE_BYTES, placed
from sketchlib.io.quickdraw import from_quickdraw
from sketchlib.sketch import Sketch


def read_records(path: str | Path, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The objects of an .ndjson or .ndjson.gz file, one a line, blank lines skipped.

    Raises FormatError naming file and line: not JSON, a line over MAXIMUM_LINE_BYTES, a cut-off or damaged gzip.
    """
    for _, record in islice(_numbered_records(Path(path)), limit):
        yield record


def read_quickdraw(path: str | Path, limit: int | None = None) -> Iterator[Sketch]:
    """The sketches of a QuickDraw .ndjson or .ndjson.gz file, raw or simplified; see from_quickdraw.

    Raises FormatError naming file, line and stroke.
    """
    path = Path(path)
    for number, record in islice(_numbered_records(path), limit):
        with placed(f"{path.name}, line {number}"):
            sketch = from_quickdraw(record)
        yield sketch


def _numbered_records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _numbered_lines(path):
        with placed(f"{path.name}, line {number}"):
            record = parse_json(line)
            if not isinstance(record, dict):
                raise FormatError(f"a line is one JSON object, got {type(record).__name__}")
        yield number, record


def _numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        with cast(BinaryIO, gzip.open(path) if path.suffix == ".gz" else path.open("rb")) as file:
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


def parse_json(text: str | bytes) -> object:
    """JSON -> Python values. Raises FormatError for anything JSON forbids, NaN and bottomless nesting included."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise FormatError("JSON is nested a few levels deep, got too many") from None
    except ValueError as error:
        raise FormatError(f"not valid JSON ({error})") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
