"""What fuzzing begins with, and how it is changed: inputs the project makes; mutations of bytes, numbers and trees."""

import base64
import gzip
import io
import json
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from demos.inversion.film import end, head, line
from sketchlib.inversion import Run, Step
from sketchlib.io import from_pad, to_quickdraw, to_stroke3, to_stroke5, to_svg, to_token
from sketchlib.sketch import Sketch

ROOT = Path(__file__).resolve().parent.parent

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


@cache
def sketches() -> tuple[Sketch, ...]:
    """The drawings that ship, and one dot."""
    files = sorted((ROOT / "demos" / "examples").glob("*.json"))
    return (*(from_pad(file.read_text()) for file in files), Sketch.from_points([[[0.5, 0.5]]]))


def small(sketch: Sketch) -> Sketch:
    """Its first strokes and points: short inputs are read, and changed, more often."""
    strokes = (stroke.with_points(stroke.points[:12]) for stroke in sketch.prefix(5))
    return Sketch(tuple(strokes), "cat")


def _lines(sketch: Sketch, raw: bool) -> bytes:
    record: dict[str, Any] = to_quickdraw(sketch)
    if raw:
        record["drawing"] = [[*stroke, [16.5 * i for i in range(len(stroke[0]))]] for stroke in record["drawing"]]
    return (json.dumps(record) + "\n" + json.dumps({"word": "line", "drawing": [[[0, 9], [5, 5]]]}) + "\n").encode()


def _rows(sketch: Sketch) -> Any:
    return (to_stroke5 if len(sketch) % 2 else to_stroke3)(sketch)


def _npy(rows: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, rows, allow_pickle=False)
    return file.getvalue()


def _npz(sketch: Sketch, pickled: bool) -> bytes:
    rows = np.rint(to_stroke3(sketch)).astype(np.int16)
    several = np.empty(2, dtype=object)
    several[:] = [rows, rows[:3]]
    file = io.BytesIO()
    np.savez(file, **dict.fromkeys(("train", "valid", "test"), several if pickled else rows))
    return file.getvalue()


def _pad(sketch: Sketch) -> dict[str, Any]:
    points = [
        [[round(256 * x, 1), round(256 * y, 1), 16 * i, 0.5] for i, (x, y) in enumerate(s.points)] for s in sketch
    ]
    return {"v": 1, "size": 256, "rev": 3, "strokes": [{"id": i, "pts": pts} for i, pts in enumerate(points)]}


def _svg(sketch: Sketch) -> bytes:
    shapes = (
        '<defs><g id="a" transform="rotate(30) scale(.5,2)"><circle cx="9" cy="9" r="5"/></g></defs>'
        '<use href="#a" x="4"/>'
        '<path d="M1 1C2 9 8 9 9 1S16 3 17 5Q9 9 1 20T3 4A5 9 30 1 0 20 20z" transform="matrix(1 0 .2 1 3 4)"/>'
        '<rect x="1" y="2" width="30" height="4" rx="2"/><polyline points="1,1 2,5 9,9"/><ellipse rx="3" ry="9"/>'
    )
    return to_svg(sketch).replace("</svg>", f"{shapes}</svg>").encode()


def _film(sketch: Sketch) -> bytes:
    shape = sketch.prefix(3)
    about = {"ticket": "1", "mode": "recovery", "preset": "sketchxai", "model": "m", "origin": "cat", "iterations": 2}
    places = np.array([stroke.points[0] for stroke in shape])
    steps = [(Step(i, places, shape, 0.5, 0.1, "cat", 0.9, 1.0),) for i in range(3)]
    return (head(about, [Run(shape, "cat", "scattered", 0)], shape) + "".join(map(line, steps)) + end("done")).encode()


@cache
def photos() -> tuple[tuple[str, bytes], ...]:
    """(name, file) of small pictures: every format, palettes, transparency, 16 bits, an animation, a turned one."""
    random_ = np.random.default_rng(0)
    colours = Image.fromarray(random_.integers(0, 256, (9, 14, 3), dtype=np.uint8))
    turned = Image.Exif()
    turned[0x0112] = 6
    deep = Image.fromarray(random_.integers(0, 65536, (6, 5)).astype(np.uint16))
    moving = colours.convert("P")
    made: list[tuple[str, Image.Image, dict[str, Any]]] = [
        ("a.png", colours, {}), ("b.jpg", colours, {"exif": turned}), ("c.webp", colours, {"lossless": True}),
        ("d.gif", colours.convert("P"), {}), ("e.bmp", colours, {}), ("f.png", colours.convert("RGBA"), {}),
        ("g.png", deep, {}), ("h.gif", moving, {"save_all": True, "append_images": [moving.rotate(180)]}),
        ("i.png", colours.convert("1"), {}), ("j.jpg", colours.convert("CMYK"), {"progressive": True}),
        ("k.bmp", colours.convert("P"), {}), ("l.webp", colours.convert("RGBA"), {"quality": 40}),
    ]  # fmt: skip
    kinds = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "gif": "GIF", "bmp": "BMP"}
    found = []
    for name, image, options in made:
        file = io.BytesIO()
        image.save(file, kinds[name[2:]], **options)
        found.append((name, file.getvalue()))
    return tuple(found)


def _zip(start: int) -> bytes:
    file = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if start % 2 else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, content in photos()[start : start + 3]:
            archive.writestr(f"photos/{name}", content)
        archive.writestr("notes.txt", "no photo")
    return file.getvalue()


def seeds(reader: str) -> list[bytes]:
    """Good inputs of a reader."""
    short = [small(sketch) for sketch in sketches()]
    makers: dict[str, Callable[[Sketch], bytes]] = {
        "ndjson simplified": lambda sketch: _lines(sketch, raw=False),
        "ndjson raw": lambda sketch: _lines(sketch, raw=True),
        "ndjson gzip": lambda sketch: gzip.compress(_lines(sketch, raw=False), mtime=0),
        "npy": lambda sketch: _npy(_rows(sketch) if len(sketch) % 2 else np.rint(to_stroke3(sketch)).astype(np.int16)),
        "npz": lambda sketch: _npz(sketch, pickled=len(sketch) % 2 == 0),
        "stroke rows": lambda sketch: json.dumps(_rows(sketch).tolist()).encode(),
        "svg": _svg,
        "svg text": _svg,
        "pad json": lambda sketch: json.dumps(_pad(sketch)).encode(),
        "pad value": lambda sketch: json.dumps(_pad(sketch)).encode(),
        "share link": lambda sketch: to_token(sketch).encode(),
        "upload": lambda sketch: _upload("cat.svg", to_svg(sketch).encode()),
        "film": _film,
        "gallery json": lambda sketch: json.dumps(_gallery(len(sketch)), indent=0).encode(),
    }  # fmt: skip
    if reader == "photo":
        return [content for _, content in photos()]
    if reader == "photo zip":
        return [_zip(start) for start in range(len(photos()))]
    made = [makers[reader](sketch) for sketch in short]
    return [*made, _upload("a.ndjson", _lines(short[0], raw=True))] if reader == "upload" else made


def _upload(name: str, content: bytes) -> bytes:
    return json.dumps({"name": name, "data": base64.b64encode(content).decode()}).encode()


def _gallery(photos_: int) -> dict[str, Any]:
    names = [f"{i}.jpg" for i in range(photos_)]
    table = {"format": "strokescope gallery 1", "encoder": "toy", "dimension": 3, "names": names, "duplicates": []}
    return table | {"hashes": names, "problems": [], "thumbnail_ends": list(range(1, photos_ + 1))}


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
                name = lot.choice(
                    (
                        "../a.png",
                        "/a.png",
                        "C:\\a.png",
                        "a\0.png",
                        "a.png/",
                        "\u202ea.png",
                        "x" * 300 + ".png",
                        ".a.png",
                    )
                )
            new.writestr(name, _changed(content, [content], lot) if lot.random() < 0.5 else content)
    return file.getvalue()


def _inside_upload(data: bytes, lot: random.Random) -> bytes:
    request = json.loads(data)
    content = base64.b64decode(request["data"])
    name = lot.choice(
        (request["name"], "a.npz", "a.npy", "a.json", "a.svg", "../../a.svg", "", "<b>.svg", "a" * 400 + ".json")
    )
    return _upload(name, _changed(content, [content], lot))


_INSIDE: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "ndjson gzip": _inside_gzip,
    "share link": _inside_token,
    "npz": _inside_zip,
    "photo zip": _inside_zip,
    "upload": _inside_upload,
}
