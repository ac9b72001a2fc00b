"""Pairs to learn from: a photo's lines and a drawing of it, distorted anew at every step.

Three kinds: photos with human sketches; rendered objects with their projected lines, drawn again as a hand might; and
photos alone, whose own edges under other thresholds, bent out of shape, stand in for a sketch.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from sketchlib.data.augment import Augmentation, augment
from sketchlib.data.collection import SketchCollection, take
from sketchlib.data.linedrawing import Hand, redraw
from sketchlib.io.pairs import Pairs
from sketchlib.io.photos import read_photo
from sketchlib.models.strokes import FlatSketches
from sketchlib.raster import flatten
from sketchlib.retrieval.lines import SPAN, drawn_lines, photo_lines
from sketchlib.sketch import Sketch

EDGES = ((1.5, 20.0, 60.0), (1.5, 40.0, 100.0), (1.2, 25.0, 60.0), (2.0, 15.0, 40.0))
"""Blur and thresholds of the variants of a photo's lines; the first is the one that is used after training."""
STROKES = Augmentation(
    rotation=5.0, scale=0.08, shear=0.08, flip=0.0, warp=0.012, stroke_shift=0.012, point_jitter=0.004,
    stroke_drop=0.08, point_drop=0.0, crop=0.08, reverse=0.0,
)  # fmt: skip
"""What happens to the strokes of a sketch. The mirror is tossed once for the pair."""
WILD = replace(
    STROKES, rotation=8.0, scale=0.22, shear=0.18, warp=0.025, stroke_shift=0.02, stroke_drop=0.12
)  # fmt: skip
"""What happens to a drawing without a photo: it need not show any more what it showed."""


@dataclass(frozen=True)
class Bend:
    """How far an image of lines is bent: rotation in degrees; scale, shift, warp, erased are shares of its side."""

    rotation: float = 4.0
    scale: float = 0.08
    shift: float = 0.03
    warp: float = 0.015
    erased: float = 0.2


PHOTO, PSEUDO = Bend(), Bend(rotation=7.0, scale=0.12, shift=0.04, warp=0.04, erased=0.3)


@dataclass(frozen=True, eq=False)
class Pool:
    """lines: (photos, variants, side, side) uint8. drawings: labelled by photo, or None where photos stand alone."""

    lines: Tensor
    drawings: SketchCollection | None

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True, eq=False)
class PairBatch:
    """sketches: (sketches, 1, side, side) for each side asked for. photos: (pairs, 1, side, side) at the pool's side.

    Photos belong to the first sketches, in their order; the rest are drawings alone.
    """

    sketches: dict[int, Tensor]
    photos: Tensor

    def __len__(self) -> int:
        return len(self.photos)

    def to(self, device: torch.device) -> "PairBatch":
        """The same batch on another device."""
        return PairBatch({side: each.to(device) for side, each in self.sketches.items()}, self.photos.to(device))


def pool_of(photos: Sequence[Path], side: int, drawings: SketchCollection | None = None) -> Pool:
    """The lines of photos in all variants."""
    every = np.empty((len(photos), len(EDGES), side, side), np.uint8)
    for number, path in enumerate(photos):
        photo = read_photo(path)
        for variant, settings in enumerate(EDGES):
            every[number, variant] = cv2.resize(
                photo_lines(photo, *settings), (side, side), interpolation=cv2.INTER_AREA
            )
    return Pool(torch.from_numpy(every), drawings)


def sketched(pairs: Pairs) -> SketchCollection:
    """The sketches of pairs, labelled by photo."""
    return _collected(pairs, pairs.sketches, pairs.photo_of)


def redrawn(pairs: Pairs, times: int, seed: int) -> SketchCollection:
    """Each line drawing drawn again `times` times, labelled by photo."""
    random = np.random.default_rng(seed)
    drawings = [redraw(sketch, Hand(), random) for sketch in pairs.sketches for _ in range(times)]
    return _collected(pairs, drawings, [photo for photo in pairs.photo_of for _ in range(times)])


def without_photos(sketches: Sequence[Sketch]) -> SketchCollection:
    """Drawings of anything, whose labels nobody asks for."""
    points, stroke_ends, sketch_ends = flatten(sketches)
    return SketchCollection(points * 255, stroke_ends, sketch_ends, np.zeros(len(sketches), np.int64), ("",))


def _collected(pairs: Pairs, sketches: Sequence[Sketch], photo_of: Sequence[int]) -> SketchCollection:
    points, stroke_ends, sketch_ends = flatten(sketches)
    names = tuple(path.name for path in pairs.photos)
    return SketchCollection(points * 255, stroke_ends, sketch_ends, np.asarray(photo_of), names)


def pair_batch(pool: Pool, count: int, sides: Sequence[int], generator: Generator) -> PairBatch:
    """`count` pairs of different photos (all, where there are fewer), sketches at `sides`, photos at the pool's own."""
    photos = torch.randperm(len(pool), generator=generator)[:count]
    count = len(photos)
    variant = torch.randint(len(EDGES), (count,), generator=generator)
    mirror = torch.rand(count, generator=generator) < 0.5
    lines = pool.lines[photos, variant, None].float() / 255
    if pool.drawings is None:
        other = (variant + torch.randint(1, len(EDGES), (count,), generator=generator)) % len(EDGES)
        bent = bend(pool.lines[photos, other, None].float() / 255, PSEUDO, mirror, generator)
        sketches = {side: F.interpolate(bent, size=side, mode="area") for side in sides}
    else:
        sketches = _drawn(_any_drawing(pool.drawings, photos, generator), mirror, sides, generator, STROKES)
    return PairBatch(sketches, bend(lines, PHOTO, mirror, generator))


def joined(batches: Sequence[PairBatch]) -> PairBatch:
    """One batch of all pairs."""
    sketches = {side: torch.cat([batch.sketches[side] for batch in batches]) for side in batches[0].sketches}
    return PairBatch(sketches, torch.cat([batch.photos for batch in batches]))


def with_drawings(pairs: PairBatch, alone: Sequence[dict[int, Tensor]]) -> PairBatch:
    """The same batch and drawings alone after it."""
    sketches = {side: torch.cat([drawn, *(more[side] for more in alone)]) for side, drawn in pairs.sketches.items()}
    return PairBatch(sketches, pairs.photos)


def wild_drawings(
    drawings: SketchCollection, count: int, sides: Sequence[int], generator: Generator
) -> dict[int, Tensor]:
    """`count` drawings, any of them, bent further than a pair may be: (count, 1, side, side) for each side."""
    chosen = torch.randint(len(drawings.labels), (count,), generator=generator)
    mirror = torch.rand(count, generator=generator) < 0.5
    return _drawn(take(drawings, chosen), mirror, sides, generator, WILD)


def _any_drawing(drawings: SketchCollection, photos: Tensor, generator: Generator) -> FlatSketches:
    """For each photo one of its drawings, all with the same chance."""
    labels = torch.from_numpy(np.asarray(drawings.labels, dtype=np.int64))
    order = torch.argsort(labels, stable=True)
    counts = torch.bincount(labels, minlength=len(drawings.classes))
    within = (torch.rand(len(photos), generator=generator) * counts[photos]).long()
    return take(drawings, order[(torch.cumsum(counts, 0) - counts)[photos] + within])


def _drawn(
    sketches: FlatSketches,
    mirror: Tensor,
    sides: Sequence[int],
    generator: Generator,
    how: Augmentation,
) -> dict[int, Tensor]:
    fitted = augment(sketches, how, generator).fitted(SPAN, 0.5)
    owner = fitted.sketch_of_stroke[fitted.stroke_of_point]
    size = 1 + PHOTO.scale * (2 * torch.rand(len(sketches), 1, generator=generator) - 1)
    shift = PHOTO.shift * (2 * torch.rand(len(sketches), 2, generator=generator) - 1)
    points = (fitted.points - 0.5) * size[owner]
    points[mirror[owner], 0] *= -1
    placed = FlatSketches(points + 0.5 + shift[owner], fitted.stroke_ends, fitted.sketch_ends)
    jitter = 1 + 0.3 * (2 * torch.rand(len(sketches), generator=generator) - 1)
    return {side: drawn_lines(placed, side, jitter) for side in sides}


def bend(lines: Tensor, how: Bend, mirror: Tensor, generator: Generator) -> Tensor:
    """Images of lines (batch, 1, side, side) turned, resized, shifted, warped, in places erased, mirrored if told."""
    count, side = len(lines), lines.shape[-1]
    angle = math.radians(how.rotation) * _spread((count,), generator)
    size = torch.exp(how.scale * _spread((count, 2), generator))
    sign = torch.where(mirror, -1.0, 1.0)
    rows = [
        [angle.cos() * size[:, 0] * sign, -angle.sin() * size[:, 1]],
        [angle.sin() * size[:, 0] * sign, angle.cos() * size[:, 1]],
    ]
    matrix = torch.stack([torch.stack(row, dim=1) for row in rows], dim=1)
    places = F.affine_grid(
        torch.cat([matrix, 2 * how.shift * _spread((count, 2, 1), generator)], dim=2),
        list(lines.shape),
        align_corners=False,
    )
    waves = torch.randn(count, 2, 5, 5, generator=generator)
    waves = F.interpolate(waves, size=side, mode="bicubic", align_corners=True)
    bent = F.grid_sample(lines, places + 2 * how.warp * waves.permute(0, 2, 3, 1), align_corners=False)
    return bent * _window(count, side, how.erased, generator)


def _spread(shape: tuple[int, ...], generator: Generator) -> Tensor:
    """Uniform in [-1, 1]."""
    return torch.rand(shape, generator=generator) * 2 - 1


def _window(count: int, side: int, largest: float, generator: Generator) -> Tensor:
    """(count, 1, side, side) 0 in one rectangle of each, its sides up to `largest` of the canvas; 1 elsewhere."""
    low = torch.rand(count, 2, 1, generator=generator)
    high = low + largest * torch.rand(count, 2, 1, generator=generator)
    place = (torch.arange(side) + 0.5) / side
    inside = (place >= low) & (place < high)
    return 1 - (inside[:, 1, :, None] & inside[:, 0, None, :]).float()[:, None]
