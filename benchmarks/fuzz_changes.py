"""How fuzzing changes what it begins with: bytes, numbers and trees, also inside what is packed."""

import base64
import gzip
import io
import json
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from benchmarks.fuzz_seeds import upload

NUMBERS = (
    "0", "-0", "-1", "1", "255", "256", "65536", "2147483648", "-9223372036854775809", "1e7", "1.0000001e7", "1e308",
    "1e309", "-1e309", "5e-324", "1e-300",
    "NaN", "Infinity", "-Infinity", "0x10", "1_000", "١٢", "9" * 400, "1e" + "9" * 40,
    "true", "null", '"1"', '""', "[]", "{}", "[[[[1]]]]", '"\\ud800"', '"\\u0000"', '"<img src=x onerror=alert(1)>"',
)  # fmt: skip
"""Written in place of a number of a text."""

WORDS = (
    b"\x00", b"\xff" * 8, b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"PK\x03\x04", b"PK\x05\x06",
    b"\x1f\x8b\x08\x00",
    b"\x80\x04", b"<!DOCTYPE s [<!ENTITY a 'b'>]>", b"&a;", b"<use href='#a'/>", b"<g id='a' transform='scale(1e300)'>",
    b"M0 0A1 1 0 0 0 1e9 1e9", b"<script>alert(1)</script>", b"[" * 3000, b'{"a":' * 3000,
    b"../../etc/passwd", b"\r\n", b"  ",
)  # fmt: skip
"""Written into any input."""


MEMBERS = ("../a.png", "/a.png", "C:\\a.png", "a\0.png", "a.png/", "\u202ea.png", "x" * 300 + ".png", ".a.png")
NAMES = ("a.npz", "a.npy", "a.json", "a.svg", "../../a.svg", "", "<b>.svg", "a" * 400 + ".json")
"""Of members of a zip, and of uploads."""


def mutated(reader: str, known: list[bytes], lot: random.Random) -> bytes:
    """A known input after one to six changes; what is packed is also changed inside its packing."""
    data = lot.choice(known)
    inside = _INSIDE.get(reader)
    if inside is not None and lot.random() < 0.6:
        return inside(data, lot)
    return _changed(data, known, lot)


def _changed(data: bytes, known: list[bytes], lot: random.Random) -> bytes:
    for _ in range(lot.choice((1, 1, 1, 2, 3, 6))):
        data = lot.choice(_CHANGES)(data, known, lot)
    return data[:300_000]


def _flip(data: bytes, _: list[bytes], lot: random.Random) -> bytes:
    changed = bytearray(data or b"0")
    changed[lot.randrange(len(changed))] ^= 1 << lot.randrange(8)
    return bytes(changed)


def _byte(data: bytes, _: list[bytes], lot: random.Random) -> bytes:
    changed = bytearray(data or b"0")
    changed[lot.randrange(len(changed))] = lot.choice((0, 1, 32, 34, 44, 45, 47, 60, 91, 127, 128, 255))
    return bytes(changed)


def _cut(data: bytes, _: list[bytes], lot: random.Random) -> bytes:
    first, last = sorted(lot.randrange(len(data) + 1) for _ in range(2))
    return data[:first] + (data[last:] if lot.random() < 0.8 else b"")


def _repeat(data: bytes, _: list[bytes], lot: random.Random) -> bytes:
    first, last = sorted(lot.randrange(len(data) + 1) for _ in range(2))
    return data[:last] + data[first:last] * lot.choice((1, 2, 8, 200 if last - first < 500 else 1)) + data[last:]


def _insert(data: bytes, _: list[bytes], lot: random.Random) -> bytes:
    place = lot.randrange(len(data) + 1)
    return data[:place] + lot.choice(WORDS) + data[place:]


def _splice(data: bytes, known: list[bytes], lot: random.Random) -> bytes:
    other = lot.choice(known)
    return data[: lot.randrange(len(data) + 1)] + other[lot.randrange(len(other) + 1) :]


def _number(data: bytes, _: list[bytes], lot: random.Random) -> bytes:
    found = list(re.finditer(rb"-?\d+(?:\.\d+)?", data))
    if not found:
        return data
    chosen = lot.choice(found)
    return data[: chosen.start()] + lot.choice(NUMBERS).encode() + data[chosen.end() :]


def _integer(data: bytes, _: list[bytes], lot: random.Random) -> bytes:
    """Four bytes as a length that a header may state."""
    place = lot.randrange(max(1, len(data) - 3))
    value = lot.choice((0, 1, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 100_000, 1 << 24))
    return data[:place] + value.to_bytes(4, lot.choice(("little", "big"))) + data[place + 4 :]


def _tree(data: bytes, _: list[bytes], lot: random.Random) -> bytes:
    """JSON with one of its parts replaced by another, repeated, or left out."""
    try:
        tree = json.loads(data)
        parts: list[Any] = []
        _collect(tree, parts)
        place, key = lot.choice(parts)
        other_place, other_key = lot.choice(parts)
        match lot.randrange(3):
            case 0:
                place[key] = other_place[other_key]
            case 1 if isinstance(place, list):
                place[key:key] = [place[key]] * lot.choice((1, 3, 2500))
            case _:
                del place[key]
        return json.dumps(tree).encode()[:300_000]
    except (ValueError, IndexError, RecursionError):
        return data


def _collect(tree: Any, parts: list[Any]) -> None:
    for key in tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ():
        parts.append((tree, key))
        if len(parts) < 500:
            _collect(tree[key], parts)


_CHANGES = (_flip, _byte, _cut, _repeat, _insert, _splice, _number, _number, _integer, _tree, _tree)


def _inside_gzip(data: bytes, lot: random.Random) -> bytes:
    return gzip.compress(_changed(gzip.decompress(data), [data], lot), 1, mtime=0)


def _inside_token(data: bytes, lot: random.Random) -> bytes:
    raw = zlib.decompress(base64.urlsafe_b64decode(data + b"=="))
    return base64.urlsafe_b64encode(zlib.compress(_changed(raw, [raw], lot), 1)).rstrip(b"=")


def _inside_zip(data: bytes, lot: random.Random) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if lot.random() < 0.2:
                name = lot.choice(MEMBERS)
            new.writestr(name, _changed(content, [content], lot) if lot.random() < 0.5 else content)
    return file.getvalue()


def _inside_upload(data: bytes, lot: random.Random) -> bytes:
    request = json.loads(data)
    content = base64.b64decode(request["data"])
    name = lot.choice((request["name"], *NAMES))
    return upload(name, _changed(content, [content], lot))


_INSIDE: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "ndjson gzip": _inside_gzip,
    "share link": _inside_token,
    "npz": _inside_zip,
    "photo zip": _inside_zip,
    "upload": _inside_upload,
}
