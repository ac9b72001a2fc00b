"""What an untrusted input may hold, and the checks every format shares."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from sketchlib.errors import FormatError, InputError
from sketchlib.sketch import Array, Sketch, Stroke

MAXIMUM_STROKES = 2_000
"""Strokes in one sketch; a sketch with more is refused."""

MAXIMUM_POINTS = 100_000
"""Points in one sketch; a sketch with more is refused."""

MAXIMUM_COORDINATE = 1e7
"""Largest absolute coordinate, in the unit of the file."""

MAXIMUM_MILLISECONDS = 1e15
"""Largest time; some files count from 1970."""

MAXIMUM_LINE_BYTES = 8_000_000
"""One line of ndjson, one pad JSON, one .npy array."""

MAXIMUM_SVG_BYTES = 2_000_000
"""One SVG document."""

MAXIMUM_ARCHIVE_BYTES = 400_000_000
"""One member of an .npz, unpacked."""

MAXIMUM_PHOTO_BYTES = 64_000_000
"""One photo, as a file."""

MAXIMUM_PHOTO_PIXELS = 50_000_000
"""One photo, as pixels."""

QUICKDRAW_SIDE = 255.0
"""Canvas side of a simplified QuickDraw drawing, in its own unit."""


@contextmanager
def placed(place: str) -> Iterator[None]:
    """Put the place (a file, a line) in front of any InputError raised inside."""
    try:
        yield
    except InputError as error:
        raise type(error)(f"{place}: {error}") from error


@runtime_checkable
class Readable(Protocol):
    """An open binary file of any kind; a zip member is no typing.IO at run time."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes."""


def read_bounded(file: Readable, maximum: int) -> bytes:
    """The whole file, of which at most maximum + 1 bytes are ever read. Raises FormatError when there is more."""
    data = file.read(maximum + 1)
    if len(data) > maximum:
        raise FormatError(f"a file of this kind has at most {maximum:,} bytes, got more")
    return data


def file_bytes(path: Path, maximum: int) -> bytes:
    """The file, never read beyond maximum + 1 bytes. Raises FormatError when it has more or cannot be read."""
    try:
        with path.open("rb") as file:
            return read_bounded(file, maximum)
    except OSError as error:
        raise FormatError(f"cannot be read ({error.strerror or error})") from error


def brief(error: Exception, letters: int = 120) -> str:
    """What another library says of damage, as part of a sentence: one short printable line, else its kind."""
    text = " ".join(str(error).split())[:letters]
    return text if text and text.isprintable() else type(error).__name__


def numbers(values: object, what: str, maximum: float = MAXIMUM_COORDINATE) -> Array:
    """Nested lists as a float64 array of finite numbers; text, null, true and ragged lists are refused by name."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise FormatError(f"{what} are lists of numbers of one length, got a ragged list") from None
    if array.dtype.kind not in "iuf":
        raise FormatError(f"{what} are numbers, got something else")
    array = array.astype(np.float64)
    if array.size and not np.abs(array).max() <= maximum:
        raise FormatError(f"{what} are finite and at most {maximum:.0e}, got NaN, infinity or more")
    return array


def check_counts(strokes: int, points: int) -> None:
    """Raise FormatError when a sketch has more strokes or points than the limits allow."""
    if strokes > MAXIMUM_STROKES:
        raise FormatError(f"a sketch has at most {MAXIMUM_STROKES:,} strokes, got {strokes:,}")
    if points > MAXIMUM_POINTS:
        raise FormatError(f"a sketch has at most {MAXIMUM_POINTS:,} points, got {points:,}")


def checked_sketch(strokes: Iterable[Stroke], label: str = "") -> Sketch:
    """A Sketch whose counts are within the limits."""
    strokes = tuple(strokes)
    check_counts(len(strokes), sum(len(stroke) for stroke in strokes))
    return Sketch(strokes, label)
