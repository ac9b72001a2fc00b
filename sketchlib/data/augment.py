"""Random changes that leave the category as it is, made on flat sketches of coordinates 0..1."""

import math
from dataclasses import dataclass, fields, replace

import torch
from torch import Generator, Tensor

from sketchlib.models.strokes import FlatSketches, keep_strokes


@dataclass(frozen=True)
class Augmentation:
    """How far each change goes. Lengths are in canvas units, angles in degrees, the rest probabilities or ratios.

    rotation, scale, shear: largest absolute value of a uniform draw (scale: of log width and log height).
    flip: chance to mirror left-right. warp: size of a smooth displacement field.
    stroke_shift, point_jitter: standard deviation of a stroke's and a point's shift.
    stroke_drop: chance of each stroke to go. point_drop: chance of each inner point to go.
    crop: chance to keep only a run of consecutive strokes from the start (at least half of them, order kept).
    reverse: chance to reverse the drawing direction of a stroke.
    borrow: chance that a sketch takes a random share of its strokes' shapes from another one, each put where its own
        stroke began; the label stays, so that a network learns what the locations say (off unless asked for).
    """

    rotation: float = 15.0
    scale: float = 0.25
    shear: float = 0.2
    flip: float = 0.5
    warp: float = 0.02
    stroke_shift: float = 0.015
    point_jitter: float = 0.006
    stroke_drop: float = 0.08
    point_drop: float = 0.08
    crop: float = 0.12
    reverse: float = 0.1
    borrow: float = 0.0

    def scaled(self, strength: float) -> "Augmentation":
        """All sizes and chances times `strength`, but the mirror's, which is on or off; 0 changes nothing."""
        sizes = {each.name: strength * getattr(self, each.name) for each in fields(self)}
        return replace(self, **sizes | {"flip": self.flip if strength > 0 else 0.0})

    @classmethod
    def none(cls) -> "Augmentation":
        """No change but the centring on (0.5, 0.5) that `augment` always does."""
        return cls().scaled(0.0)


def augment(sketches: FlatSketches, settings: Augmentation, generator: Generator) -> FlatSketches:
    """A changed copy; every sketch keeps at least one stroke and every stroke its end points."""
    kept = keep_strokes(sketches, _strokes_to_keep(sketches, settings, generator))
    thinned = _drop_points(kept, settings.point_drop, generator)
    directed = _reverse_strokes(thinned, settings.reverse, generator)
    moved = _move(directed, settings, generator)
    return _borrow_shapes(moved, settings.borrow, generator) if settings.borrow > 0 else moved


def _uniform(shape: tuple[int, ...], bound: float, generator: Generator) -> Tensor:
    return (torch.rand(shape, generator=generator) * 2 - 1) * bound


def _strokes_to_keep(sketches: FlatSketches, settings: Augmentation, generator: Generator) -> Tensor:
    sketch, counts = sketches.sketch_of_stroke, sketches.strokes_per_sketch
    position = torch.arange(len(sketch)) - (sketches.sketch_ends - counts)[sketch]
    share = torch.where(
        torch.rand(len(counts), generator=generator) < settings.crop,
        0.5 + 0.5 * torch.rand(len(counts), generator=generator),
        torch.ones(len(counts)),
    )
    keep = position < torch.ceil(counts * share)[sketch]
    keep &= torch.rand(len(sketch), generator=generator) >= settings.stroke_drop
    lost = torch.bincount(sketch[keep], minlength=len(counts)) == 0
    return keep | lost[sketch]


def _drop_points(sketches: FlatSketches, chance: float, generator: Generator) -> FlatSketches:
    keep = torch.rand(len(sketches.points), generator=generator) >= chance
    keep[sketches.stroke_ends - 1] = True
    keep[sketches.stroke_ends - sketches.stroke_lengths] = True
    counts = torch.bincount(sketches.stroke_of_point[keep], minlength=len(sketches.stroke_ends))
    return FlatSketches(sketches.points[keep], torch.cumsum(counts, 0), sketches.sketch_ends)


def _reverse_strokes(sketches: FlatSketches, chance: float, generator: Generator) -> FlatSketches:
    stroke = sketches.stroke_of_point
    backwards = torch.rand(len(sketches.stroke_ends), generator=generator) < chance
    first = (sketches.stroke_ends - sketches.stroke_lengths)[stroke]
    here = torch.arange(len(stroke))
    mirrored = first + sketches.stroke_ends[stroke] - 1 - here
    points = sketches.points[torch.where(backwards[stroke], mirrored, here)]
    return FlatSketches(points, sketches.stroke_ends, sketches.sketch_ends)


def _move(sketches: FlatSketches, settings: Augmentation, generator: Generator) -> FlatSketches:
    stroke = sketches.stroke_of_point
    sketch = sketches.sketch_of_stroke[stroke]
    low, high = sketches.boxes()
    points = sketches.points - ((low + high) / 2)[sketch]
    points = points + settings.warp * _waves(points, sketch, len(sketches), generator)
    matrix = _affine(len(sketches), settings, generator)
    points = torch.einsum("pij,pj->pi", matrix[sketch], points)
    points = points + settings.stroke_shift * torch.randn(len(sketches.stroke_ends), 2, generator=generator)[stroke]
    points = points + settings.point_jitter * torch.randn(points.shape, generator=generator)
    return FlatSketches(points + 0.5, sketches.stroke_ends, sketches.sketch_ends)


def _borrow_shapes(sketches: FlatSketches, chance: float, generator: Generator) -> FlatSketches:
    """Stroke i of a borrowing sketch may become stroke i (counted round) of one other sketch of the batch."""
    count, sketch, counts = len(sketches), sketches.sketch_of_stroke, sketches.strokes_per_sketch
    share = torch.where(torch.rand(count, generator=generator) < chance, torch.rand(count, generator=generator), 0.0)
    borrowed = torch.rand(len(sketch), generator=generator) < share[sketch]
    lender = (sketch + torch.randint(1, max(count, 2), (1,), generator=generator)) % count
    first = sketches.sketch_ends - counts
    here = torch.arange(len(sketch))
    shape = torch.where(borrowed, first[lender] + (here - first[sketch]) % counts[lender], here)
    return _reshaped(sketches, shape)


def _reshaped(sketches: FlatSketches, shape: Tensor) -> FlatSketches:
    """Stroke i drawn as stroke shape[i], from its own first point on."""
    lengths, starts = sketches.stroke_lengths[shape], sketches.stroke_ends - sketches.stroke_lengths
    ends = torch.cumsum(lengths, 0)
    stroke = torch.repeat_interleave(lengths)
    source = (starts[shape] - (ends - lengths))[stroke] + torch.arange(len(stroke))
    shift = sketches.points[starts] - sketches.points[starts[shape]]
    return FlatSketches(sketches.points[source] + shift[stroke], ends, sketches.sketch_ends)


def _waves(points: Tensor, sketch: Tensor, count: int, generator: Generator) -> Tensor:
    """A smooth field of displacements: two random plane waves a sketch, x and y apart."""
    frequency = _uniform((count, 2, 2, 2), 2 * math.pi, generator)
    phase = _uniform((count, 2, 2), math.pi, generator)
    return torch.sin(torch.einsum("pwcj,pj->pwc", frequency[sketch], points) + phase[sketch]).sum(dim=1)


def _affine(count: int, settings: Augmentation, generator: Generator) -> Tensor:
    """(count, 2, 2) rotation x shear x scale x mirror."""
    angle = torch.deg2rad(_uniform((count,), settings.rotation, generator))
    size = torch.exp(_uniform((count, 2), settings.scale, generator))
    mirror = torch.where(torch.rand(count, generator=generator) < settings.flip, -1.0, 1.0)
    shear = _uniform((count,), settings.shear, generator)
    cos, sin = torch.cos(angle), torch.sin(angle)
    rotation = torch.stack([cos, -sin, sin, cos], dim=1).unflatten(1, (2, 2))
    zero, one = torch.zeros(count), torch.ones(count)
    shearing = torch.stack([one, shear, zero, one], dim=1).unflatten(1, (2, 2))
    scaling = torch.diag_embed(torch.stack([size[:, 0] * mirror, size[:, 1]], dim=1))
    matrix: Tensor = rotation @ shearing @ scaling
    return matrix
