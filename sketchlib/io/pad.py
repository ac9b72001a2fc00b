"""The drawing pad's JSON value and the share token.

Pad JSON: {"v": 1, "size": 256, "rev": n, "strokes": [{"id": int, "pts": [[x, y, t_ms, pressure], ...]}]}; x and y in
[0, size], time and pressure optional. Points outside the pad are kept: a hand may leave it while drawing.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from sketchlib.errors import FormatError, SketchError
from sketchlib.io.json_text import parse_json
from sketchlib.io.limits import (
    MAXIMUM_COORDINATE,
    MAXIMUM_LINE_BYTES,
    MAXIMUM_MILLISECONDS,
    MAXIMUM_POINTS,
    MAXIMUM_STROKES,
    QUICKDRAW_SIDE,
    check_counts,
    checked_sketch,
    numbers,
    placed,
)
from sketchlib.sketch import Array, Sketch, Stroke

PAD_SIDE = 256.0
"""Side of the pad in its own unit."""

SMALLEST_SIDE = 0.001
"""Least "size" of pad JSON."""

TOKEN_VERSION = 1
MAXIMUM_TOKEN = 32_000
"""Characters of a share token; web servers refuse much longer addresses."""


def from_pad(value: object) -> Sketch:
    """The pad's value (dict or JSON text; None is an empty pad) -> Sketch; ids kept, pressure held to [0, 1].

    Raises FormatError naming the stroke.
    """
    if value is None:
        return Sketch()
    if isinstance(value, str | bytes):
        if len(value) > MAXIMUM_LINE_BYTES:
            raise FormatError(f"pad JSON has at most {MAXIMUM_LINE_BYTES:,} bytes, got {len(value):,}")
        value = parse_json(value)
    if not isinstance(value, Mapping) or not isinstance(value.get("strokes"), list):
        raise FormatError('pad JSON is an object with a list "strokes", got something else')
    size = numbers(value.get("size", PAD_SIDE), "size")
    if size.ndim or not size >= SMALLEST_SIDE:
        raise FormatError(f'"size" is one number from {SMALLEST_SIDE:g} on, got something else')
    check_counts(len(value["strokes"]), 0)
    strokes = []
    for position, stroke in enumerate(value["strokes"]):
        with placed(f"stroke {position + 1}"):
            strokes.append(_stroke(stroke, position, float(size)))
    return checked_sketch(strokes)


def _stroke(value: object, position: int, size: float) -> Stroke:
    points = value.get("pts") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(points, list) or not points:
        raise FormatError('a stroke is an object with at least one point in "pts", got something else')
    identity = value.get("id", position)
    if not isinstance(identity, int) or isinstance(identity, bool):
        raise FormatError(f'"id" is an integer, got {type(identity).__name__}')
    rows = [point for point in points if isinstance(point, list | tuple) and len(point) >= 2]
    if len(rows) < len(points):
        raise FormatError("a point is [x, y], [x, y, t] or [x, y, t, pressure], got something else")
    places = numbers([row[:2] for row in rows], "coordinates")
    seconds, pressure = _channel(rows, 2, MAXIMUM_MILLISECONDS), _channel(rows, 3, MAXIMUM_COORDINATE)
    return Stroke(
        places / size,
        identity,
        None if seconds is None else seconds / 1000.0,
        None if pressure is None else np.clip(pressure, 0.0, 1.0),
    )


def _channel(rows: list[Any], column: int, maximum: float) -> Array | None:
    """One optional column of all points; None when some point lacks it."""
    if any(len(row) <= column for row in rows):
        return None
    return numbers([row[column] for row in rows], "time and pressure", maximum)


def to_pad(sketch: Sketch, revision: int = 0) -> dict[str, Any]:
    """Sketch -> the pad's value, coordinates to 1/1000 of its unit; t is written 0 where only pressure is known."""
    strokes = [{"id": stroke.id, "pts": _points(stroke)} for stroke in sketch]
    return {"v": 1, "size": int(PAD_SIDE), "rev": revision, "strokes": strokes}


def _points(stroke: Stroke) -> list[list[float]]:
    columns = [np.round(stroke.points * PAD_SIDE, 3)]
    if stroke.seconds is not None:
        columns.append(np.round(stroke.seconds * 1000.0, 1)[:, None])
    elif stroke.pressure is not None:
        columns.append(np.zeros((len(stroke), 1)))
    if stroke.pressure is not None:
        columns.append(np.round(stroke.pressure, 3)[:, None])
    rows: list[list[float]] = np.concatenate(columns, axis=1).tolist()
    return rows


def to_token(sketch: Sketch) -> str:
    """Sketch -> short URL-safe text: per stroke its point count, all x, all y, one byte each; zlib; base64url.

    Coordinates are rounded to 1/255 and clipped to the canvas; ids, label, time and pressure are not written.
    Raises SketchError when the token would exceed MAXIMUM_TOKEN characters.
    """
    raw = bytearray([TOKEN_VERSION])
    for stroke in sketch:
        raw += _varint(len(stroke))
        raw += np.rint(np.clip(stroke.points, 0.0, 1.0) * QUICKDRAW_SIDE).astype(np.uint8).T.tobytes()
    token = base64.urlsafe_b64encode(zlib.compress(bytes(raw), 9)).decode().rstrip("=")
    if len(token) > MAXIMUM_TOKEN:
        raise SketchError(f"a share link has room for {MAXIMUM_TOKEN:,} characters, this sketch needs {len(token):,}")
    return token


def from_token(token: str) -> Sketch:
    """A share token -> Sketch; ids = stroke positions. Raises FormatError: too long, changed, or of another version."""
    if len(token) > MAXIMUM_TOKEN:
        raise FormatError(f"a share token has at most {MAXIMUM_TOKEN:,} characters, got {len(token):,}")
    try:
        packed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(packed, 2 * MAXIMUM_POINTS + 3 * MAXIMUM_STROKES + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise FormatError("the share token is damaged: copy the whole link again") from None
    if not unpacker.eof or raw[:1] != bytes([TOKEN_VERSION]):
        raise FormatError("the share token is cut off or of another version: copy the whole link again")
    return checked_sketch(_token_strokes(raw))


def _token_strokes(raw: bytes) -> list[Stroke]:
    strokes: list[Stroke] = []
    start = 1
    while start < len(raw):
        count, start = _read_varint(raw, start)
        end = start + 2 * count
        if not count or end > len(raw):
            raise FormatError("the share token is cut off: copy the whole link again")
        points = np.frombuffer(raw[start:end], dtype=np.uint8).reshape(2, count).T / QUICKDRAW_SIDE
        strokes.append(Stroke(points, len(strokes)))
        start = end
    return strokes


def _varint(number: int) -> bytes:
    """Seven bits a byte, lowest first, the top bit set on all but the last."""
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _read_varint(raw: bytes, start: int) -> tuple[int, int]:
    """The number at `start` and where it ends."""
    number = 0
    for shift, byte in enumerate(raw[start : start + 3]):
        number |= (byte & 127) << (7 * shift)
        if byte < 128:
            return number, start + shift + 1
    raise FormatError("the share token is damaged: copy the whole link again")
