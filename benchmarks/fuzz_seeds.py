"""What fuzzing begins with: inputs the project makes, one of each kind for each reader."""

import base64
import gzip
import io
import json
import zipfile
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
        "upload": lambda sketch: upload("cat.svg", to_svg(sketch).encode()),
        "film": _film,
        "gallery json": lambda sketch: json.dumps(_gallery(len(sketch)), indent=0).encode(),
    }  # fmt: skip
    if reader == "photo":
        return [content for _, content in photos()]
    if reader == "photo zip":
        return [_zip(start) for start in range(len(photos()))]
    made = [makers[reader](sketch) for sketch in short]
    return [*made, upload("a.ndjson", _lines(short[0], raw=True))] if reader == "upload" else made


def upload(name: str, content: bytes) -> bytes:
    """What a browser sends of a file."""
    return json.dumps({"name": name, "data": base64.b64encode(content).decode()}).encode()


def _gallery(photos_: int) -> dict[str, Any]:
    names = [f"{i}.jpg" for i in range(photos_)]
    table = {"format": "strokescope gallery 1", "encoder": "toy", "dimension": 3, "names": names, "duplicates": []}
    return table | {"hashes": names, "problems": [], "thumbnail_ends": list(range(1, photos_ + 1))}
