"""From flat sketches to what SketchXAINet reads: offsets inside strokes, packed for the LSTM, and stroke locations."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

SPAN = 1.48  # the long side of a sketch spans [-0.74, 0.74] [qu2023sketchxai, code]


@dataclass(frozen=True, eq=False)
class FlatSketches:
    """A batch of sketches as three flat tensors, the layout of a `SketchStore`.

    points: (points, 2) float, x right, y down. stroke_ends: (strokes,) index one past each stroke's last point.
    sketch_ends: (batch,) index one past each sketch's last stroke. Every stroke and every sketch holds at least one.
    """

    points: Float[Tensor, "_points 2"]
    stroke_ends: Int[Tensor, " _strokes"]
    sketch_ends: Int[Tensor, " _batch"]

    def __len__(self) -> int:
        return len(self.sketch_ends)

    @property
    def stroke_lengths(self) -> Tensor:
        """(strokes,) points in each stroke."""
        return lengths(self.stroke_ends)

    @property
    def strokes_per_sketch(self) -> Tensor:
        """(batch,) strokes in each sketch."""
        return lengths(self.sketch_ends)

    @property
    def sketch_of_stroke(self) -> Tensor:
        """(strokes,) index of the sketch each stroke belongs to."""
        return torch.repeat_interleave(self.strokes_per_sketch)

    @property
    def stroke_of_point(self) -> Tensor:
        """(points,) index of the stroke each point belongs to."""
        return torch.repeat_interleave(self.stroke_lengths)

    def boxes(self) -> tuple[Tensor, Tensor]:
        """Lowest and highest x, y of each sketch, (batch, 2) each."""
        sketch = self.sketch_of_stroke[self.stroke_of_point][:, None].expand(-1, 2)
        empty = self.points.new_zeros(len(self), 2)
        low = empty.scatter_reduce(0, sketch, self.points, "amin", include_self=False)
        return low, empty.scatter_reduce(0, sketch, self.points, "amax", include_self=False)

    def fitted(self, span: float, centre: float) -> "FlatSketches":
        """Each sketch centred on `centre`, its long side `span`, aspect kept; a single point lands on the centre."""
        low, high = self.boxes()
        side = (high - low).amax(dim=1, keepdim=True)
        scale = torch.where(side > 0, span / side.clamp_min(1e-12), torch.ones_like(side))
        sketch = self.sketch_of_stroke[self.stroke_of_point]
        points = (self.points - (low + high)[sketch] / 2) * scale[sketch] + centre
        return FlatSketches(points, self.stroke_ends, self.sketch_ends)


@dataclass(frozen=True, eq=False)
class StrokeBatch:
    """What SketchXAINet reads.

    packed: rows (dx, dy, p1, p2) of all strokes, longest first, time-major; dx, dy between consecutive points of a
        stroke (0 in its first row), p2 = 1 in its last row and p1 = 1 - p2.
    slot_of_row: (points,) flat index batch * strokes of the slot each packed row is summed into.
    location: (batch, strokes, 2) first point of each stroke, in [-1, 1]; 0 in empty slots.
    present: (batch, strokes) True where there is a stroke.
    """

    packed: PackedSequence
    slot_of_row: Int[Tensor, " _points"]
    location: Float[Tensor, "_batch _strokes 2"]
    present: Bool[Tensor, "_batch _strokes"]

    def to(self, device: torch.device) -> "StrokeBatch":
        """The same batch on another device."""
        packed = PackedSequence(self.packed.data.to(device), self.packed.batch_sizes)
        return StrokeBatch(packed, self.slot_of_row.to(device), self.location.to(device), self.present.to(device))

    def like(self, parameter: Tensor) -> "StrokeBatch":
        """The same with a parameter's device and float type."""
        packed = PackedSequence(self.packed.data.to(parameter), self.packed.batch_sizes)
        slots, present = self.slot_of_row.to(parameter.device), self.present.to(parameter.device)
        return StrokeBatch(packed, slots, self.location.to(parameter), present)


def stroke_batch(sketches: FlatSketches, slots: int = 196, longest: int | None = None) -> StrokeBatch:
    """Normalise, p' = 1.48 (p - centre) / S [qu2023sketchxai, code], and split into strokes.

    slots: later strokes are dropped.
    longest: strokes of more points are thinned to this many, evenly; None keeps all, as the published models expect.
    """
    fitted = _first_strokes(sketches, slots).fitted(SPAN, 0.0)
    if longest is not None:
        fitted = thinned(fitted, longest)
    sketch, per_sketch = fitted.sketch_of_stroke, fitted.strokes_per_sketch
    width = int(per_sketch.max())
    position = torch.arange(len(sketch)) - (fitted.sketch_ends - per_sketch)[sketch]
    slot = sketch * width + position
    starts = fitted.stroke_ends - fitted.stroke_lengths
    location = fitted.points.new_zeros(len(fitted) * width, 2)
    location[slot] = fitted.points[starts]
    present = torch.zeros(len(fitted) * width, dtype=torch.bool)
    present[slot] = True
    rows, steps = _packing_order(fitted)
    packed = PackedSequence(_offset_rows(fitted, starts)[rows], steps)
    location, present = (part.unflatten(0, (len(fitted), width)) for part in (location, present))
    return StrokeBatch(packed, slot[fitted.stroke_of_point[rows]], location, present)


def lengths(ends: Tensor) -> Tensor:
    """Sizes of consecutive runs from the index one past each run's last element."""
    return torch.diff(ends, prepend=ends.new_zeros(1))


def _offset_rows(sketches: FlatSketches, starts: Tensor) -> Tensor:
    offsets = torch.diff(sketches.points, dim=0, prepend=sketches.points[:1])
    offsets[starts] = 0.0
    lifted = torch.zeros(len(offsets), 1)
    lifted[sketches.stroke_ends - 1] = 1.0
    return torch.cat([offsets, 1.0 - lifted, lifted], dim=1)


def _packing_order(sketches: FlatSketches) -> tuple[Tensor, Tensor]:
    """Point indices in time-major order (longest stroke first), and the number of strokes alive at each step."""
    strokes, stroke = sketches.stroke_lengths, sketches.stroke_of_point
    rank = torch.empty_like(strokes)
    rank[torch.argsort(strokes, descending=True, stable=True)] = torch.arange(len(strokes))
    time = torch.arange(len(stroke)) - (sketches.stroke_ends - strokes)[stroke]
    return torch.argsort(time * len(strokes) + rank[stroke]), torch.bincount(time)


def _first_strokes(sketches: FlatSketches, slots: int) -> FlatSketches:
    per_sketch = sketches.strokes_per_sketch
    if int(per_sketch.max()) <= slots:
        return sketches
    sketch = sketches.sketch_of_stroke
    position = torch.arange(len(sketch)) - (sketches.sketch_ends - per_sketch)[sketch]
    return keep_strokes(sketches, position < slots)


def thinned(sketches: FlatSketches, longest: int) -> FlatSketches:
    """Strokes of more than `longest` (>= 2) points keep that many, evenly spread over their indices, ends included."""
    before = sketches.stroke_lengths
    if int(before.max()) <= longest:
        return sketches
    after = before.clamp_max(longest)
    stroke = torch.repeat_interleave(after)
    ends = torch.cumsum(after, 0)
    position = torch.arange(len(stroke)) - (ends - after)[stroke]
    ratio = (before - 1) / (after - 1).clamp_min(1)
    index = (sketches.stroke_ends - before)[stroke] + torch.round(position * ratio[stroke]).long()
    return FlatSketches(sketches.points[index], ends, sketches.sketch_ends)


def keep_strokes(sketches: FlatSketches, keep: Tensor) -> FlatSketches:
    """Only the strokes where `keep` (strokes,) is True; every sketch must keep one."""
    sketch, points = sketches.sketch_of_stroke, keep[sketches.stroke_of_point]
    counts = torch.bincount(sketch[keep], minlength=len(sketches))
    return FlatSketches(
        sketches.points[points], torch.cumsum(sketches.stroke_lengths[keep], 0), torch.cumsum(counts, 0)
    )
