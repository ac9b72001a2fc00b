"""Four photos of simple shapes, sketched twice each, in memory and on disk."""

import gzip
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from sketchlib.io.pairs import Pairs, read_pairs

BOXES = ((30, 30, 220, 90), (40, 20, 80, 230), (30, 60, 220, 200), (90, 90, 240, 240))
"""Left, top, right, bottom of the dark shape of each photo; all lack a corner, so that none is its mirror image."""


def outline(number: int) -> np.ndarray:
    left, top, right, bottom = BOXES[number]
    cut = (right - left) // 3
    corners = [(left, top), (right - cut, top), (right, top + cut), (right, bottom), (left, bottom), (left, top)]
    return np.array(corners)


def photo(number: int) -> Image.Image:
    image = Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(image).polygon([tuple(corner) for corner in outline(number).tolist()], fill="black")
    return image


def write_pairs(folder: Path, sketches: int = 8) -> Path:
    """Sketch i is of photo i modulo 4, its outline trembling, in two strokes."""
    random = np.random.default_rng(0)
    (folder / "photo").mkdir(parents=True)
    for number in range(len(BOXES)):
        photo(number).save(folder / "photo" / f"{number}.png")
    with gzip.open(folder / "sketches.ndjson.gz", "wt") as file:
        for key in range(sketches):
            points = np.clip(outline(key % len(BOXES)) + random.normal(0, 4, (6, 2)), 0, 255).round().astype(int)
            drawing = [part.T.tolist() for part in (points[:4], points[3:])]
            file.write(json.dumps({"photo": f"{key % len(BOXES)}.png", "key": key, "drawing": drawing}) + "\n")
    return folder


def pairs(folder: Path) -> Pairs:
    return read_pairs(write_pairs(folder / "toys"))
