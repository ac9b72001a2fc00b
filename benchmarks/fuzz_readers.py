"""Every door for data from strangers as bytes -> what was read, and the property that fuzzing holds them to."""

import json
import re
import tempfile
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from demos.inversion.film import read_film
from demos.ui.files import open_file
from sketchlib.errors import SketchError, SketchlibError
from sketchlib.io import from_pad, from_rows, from_svg, from_token, read_sketches, to_pad, to_svg, to_token
from sketchlib.io.limits import MAXIMUM_PHOTO_PIXELS, MAXIMUM_POINTS, MAXIMUM_STROKES
from sketchlib.io.photo_archives import open_archive
from sketchlib.io.photos import as_photo, read_photo
from sketchlib.retrieval.store import read_gallery
from sketchlib.simplify import canonical
from sketchlib.sketch import Sketch

LONGEST_SENTENCE = 600
READ = "read"
MOST_READ = 50
"""Sketches of one file, and photos of one zip, that are looked at."""

_folder = tempfile.TemporaryDirectory(prefix="strokescope-fuzz-")


class BrokenError(Exception):
    """The property does not hold."""


def file_reader(suffix: str) -> Callable[[bytes], Iterable[Sketch]]:
    """bytes -> the sketches of a file with that suffix."""
    path = Path(_folder.name, f"input{suffix}")

    def read(data: bytes) -> Iterable[Sketch]:
        path.write_bytes(data)
        return list(read_sketches(path, MOST_READ))

    return read


def text_reader(read: Callable[[str], Sketch]) -> Callable[[bytes], Iterable[Sketch]]:
    """bytes as Latin-1 text, so that every byte is some character."""
    return lambda data: [read(data.decode("latin-1"))]


def value_reader(read: Callable[[Any], Sketch]) -> Callable[[bytes], Iterable[Sketch]]:
    """JSON of any kind, NaN and infinity included, as the Python value that a caller of the library may hand in."""

    def parsed(data: bytes) -> Iterable[Sketch]:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return []
        return [read(value)]

    return parsed


def read_upload(data: bytes) -> Iterable[Sketch]:
    """What the app's fast call `open_file` is sent: {"name", "data": base64}."""
    try:
        request = json.loads(data)
    except (ValueError, RecursionError):
        return []
    answer = open_file(request if isinstance(request, dict) else {})
    if "error" in answer:
        raise SketchError(answer["error"])
    return [from_pad(answer["sketch"])]


def read_photos(data: bytes) -> Iterable[np.ndarray | SketchlibError]:
    """A zip's photos, and why its other members are refused."""
    with open_archive(data) as files:
        for file in files[:MOST_READ]:
            try:
                yield as_photo(file.read())
            except SketchlibError as error:
                yield error


def read_film_strokes(data: bytes) -> Iterable[Sketch]:
    """The steps of a film that a browser sends back to be saved."""
    return [step.sketch for steps in read_film(data.decode("utf-8", "replace")).steps for step in steps]


def read_gallery_folder(data: bytes) -> Iterable[Sketch]:
    """A gallery.json; its arrays are not there, so that no gallery is ever whole."""
    Path(_folder.name, "gallery.json").write_bytes(data)
    read_gallery(Path(_folder.name))
    raise BrokenError("a gallery without arrays was read")


READERS: dict[str, Callable[[bytes], Iterable[Any]]] = {
    "ndjson simplified": file_reader(".ndjson"),
    "ndjson raw": file_reader(".raw.ndjson"),
    "ndjson gzip": file_reader(".ndjson.gz"),
    "npy": file_reader(".npy"),
    "npz": file_reader(".npz"),
    "stroke rows": value_reader(from_rows),
    "svg": file_reader(".svg"),
    "svg text": text_reader(from_svg),
    "pad json": file_reader(".json"),
    "pad value": value_reader(from_pad),
    "share link": text_reader(from_token),
    "upload": read_upload,
    "film": read_film_strokes,
    "photo": lambda data: [read_photo(data)],
    "photo zip": read_photos,
    "gallery json": read_gallery_folder,
}


def outcome(reader: str, data: bytes) -> str:
    """READ, or the sentence of refusal with what varies left out. Raises what breaks the property."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("error", RuntimeWarning)
        try:
            rules = [check(found) for found in READERS[reader](data)]
        except SketchlibError as error:
            return check_sentence(error)
    return next((f"{READ}, but {rule}" for rule in rules if rule), READ)


def check(found: Sketch | np.ndarray | SketchlibError) -> str:
    """Holds what was read to its property; gives the rule where a part of the input was refused."""
    if isinstance(found, SketchlibError):
        return check_sentence(found)
    check_photo(found) if isinstance(found, np.ndarray) else check_sketch(found)
    return ""


def check_sentence(error: SketchlibError) -> str:
    """An error of ours is one line of bounded length; gives its rule."""
    text = str(error)
    if not text or len(text.splitlines()) != 1 or len(text) > LONGEST_SENTENCE:
        raise BrokenError(f"an error is one sentence, got {text[:LONGEST_SENTENCE]!r}")
    place = text.replace(_folder.name, "")
    rule = re.sub(r"got .*|\(.*\)|\B'[^']*'|\"[^\"]*\"|[\d.,]+", " ", place).rstrip(": ").rpartition(": ")[2]
    return " ".join(rule.split())


def check_sketch(sketch: Sketch) -> None:
    """Finite, bounded, with ids of its own; and everything the app does next works on it."""
    points = [stroke.points for stroke in sketch]
    if len(points) > MAXIMUM_STROKES or sum(map(len, points)) > MAXIMUM_POINTS:
        raise BrokenError("a sketch keeps the limits")
    if not all(np.isfinite(each).all() for each in points) or len(set(sketch.ids)) != len(points):
        raise BrokenError("coordinates are finite and ids unique")
    if not isinstance(sketch.label, str):
        raise BrokenError("a label is text")
    to_svg(sketch)
    json.dumps(to_pad(sketch), allow_nan=False)
    if points:
        simple = canonical(sketch)
        if not all(np.isfinite(stroke.points).all() for stroke in simple):
            raise BrokenError("a simplified sketch is finite")
        try:
            from_token(to_token(sketch))
        except SketchError as error:
            check_sentence(error)


def check_photo(photo: np.ndarray) -> None:
    """uint8 of (height, width, 3), within the limit."""
    if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3:
        raise BrokenError(f"a photo is uint8 of (height, width, 3), got {photo.dtype} {photo.shape}")
    if photo.size > 3 * MAXIMUM_PHOTO_PIXELS:
        raise BrokenError("a photo keeps the limit")
