"""Sketches as an inversion sees them: what is held fixed, what moves, and the way back to a drawing."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from sketchlib.errors import ModelError, SketchError
from sketchlib.inversion.encoder import Encoder, Read
from sketchlib.models import Recogniser
from sketchlib.models.inputs import flat, thinned_sketch
from sketchlib.models.sketchxainet import SketchXAINet
from sketchlib.models.strokes import SPAN, StrokeBatch, stroke_batch
from sketchlib.sketch import Array, Sketch


class Frame(NamedTuple):
    """A sketch with the points the network reads, and the way from network space back to the canvas.

    A location l of network space stands at centre + l * unit. The sketch stands where it was drawn; where the square
    around it, in which strokes may move, would leave the canvas, both are shifted back onto it.
    """

    sketch: Sketch
    centre: Array
    unit: float


class Pose(NamedTuple):
    """What moves. variables: (runs, strokes, 2 or 5) float64 x, y of network space, and log size, angle and log stretch
    if they are free. order: (runs, strokes) each stroke's place in the drawing order.

    A stroke with log stretch t is exp(t) times as wide and exp(-t) times as high, then grows and turns, all about its
    first point.
    """

    variables: Tensor
    order: Tensor


class Layouts:
    """A batch of sketches in front of a network; every shape is embedded once.

    drawn: (runs, strokes, 2) float64 locations as drawn, in network space. present: (runs, strokes) real strokes.
    """

    def __init__(self, recogniser: Recogniser, sketches: Sequence[Sketch]) -> None:
        self.network = moving_network(recogniser)
        self.frames = [_frame(recogniser, sketch) for sketch in sketches]
        limits = recogniser.card.preprocessing
        read = stroke_batch(flat([frame.sketch for frame in self.frames]), limits.most_strokes, limits.longest_stroke)
        self.batch = read.like(self.network.cls)
        with torch.no_grad():
            self.shape = self.network.shape(self.batch)
        self.drawn, self.present = self.batch.location.double(), self.batch.present
        self.encoder = Encoder(self.network)

    def logits(self, pose: Pose) -> tuple[Tensor, "Seen"]:
        """(runs, classes), and what `slope` needs."""
        shape, variables = self.shape, pose.variables
        if variables.shape[2] > 2:
            variables = variables.detach().requires_grad_()
            with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):
                shape = self.shapes(variables)
        logits, read = self.encoded(Pose(variables, pose.order), shape.detach(), self.present)
        return logits, Seen(read, shape, variables)

    def shapes(self, variables: Tensor) -> Tensor:
        """Shape embeddings (runs, strokes, width), of stretched, grown and turned strokes where variables
        (runs, strokes, 2 or 5) say so; differentiable in these."""
        if variables.shape[2] == 2:
            return self.shape
        packed, slots = self.batch.packed, self.batch.slot_of_row
        moved = PackedSequence(_reshaped(packed.data, variables.flatten(0, 1)[slots]), packed.batch_sizes)
        return self.network.shape(StrokeBatch(moved, slots, self.batch.location, self.present))

    @torch.no_grad()
    def shapes_of(self, run: Tensor, stroke: Tensor, variables: Tensor) -> Tensor:
        """Shape embeddings (n, width) of single strokes (n,) of runs (n,), for variables (n, 2 or 5) of each."""
        if variables.shape[1] == 2:
            return self.shape[run, stroke]
        packed, steps = self.batch.packed, self.batch.packed.batch_sizes
        own = self._packed_at[(run * self.present.shape[1] + stroke).cpu()]
        points, longest_first = (steps[:, None] > own).sum(dim=0).sort(descending=True, stable=True)
        real = torch.arange(len(steps))[:, None] < points
        rows = (F.pad(steps.cumsum(0)[:-1], (1, 0))[:, None] + own[longest_first])[real].to(run.device)
        slots = longest_first.expand(real.shape)[real].to(run.device)
        moved = PackedSequence(_reshaped(packed.data[rows], variables[slots]), real.sum(dim=1)[: int(points[0])])
        return self.network.shape(StrokeBatch(moved, slots, variables[None, :, :2], torch.ones_like(run[None]) > 0))[0]

    @cached_property
    def _packed_at(self) -> Tensor:
        """(slots,) which of the packed strokes, the longest first, stands in each slot; 0 where none does."""
        slots = self.batch.slot_of_row[: int(self.batch.packed.batch_sizes[0])].cpu()
        return torch.zeros(self.present.numel(), dtype=torch.long).index_copy(0, slots, torch.arange(len(slots)))

    @torch.no_grad()
    def encoded(self, pose: Pose, shape: Tensor, present: Tensor) -> tuple[Tensor, Read]:
        """Logits (n, classes) of strokes with these poses, shape embeddings (n, strokes, width), and real where present
        (n, strokes); empty slots are filled where the network attends to them."""
        network, variables, order = self.network, pose.variables, pose.order
        if network.config.attend_empty_slots:
            used, slots = order.shape[1], network.config.slots
            shape, variables = (F.pad(part, (0, 0, 0, slots - used)) for part in (shape, variables))
            order = torch.cat([order, torch.arange(used, slots, device=order.device).expand(len(order), -1)], dim=1)
            present = present.new_ones(order.shape)
        tokens = torch.cat([network.cls.expand(len(shape), -1, -1), self._tokens(variables, order, shape)], dim=1)
        return self.encoder.logits(tokens, F.pad(present, (1, 0), value=True))

    def _tokens(self, variables: Tensor, order: Tensor, shape: Tensor) -> Tensor:
        """The network's sum of embeddings, each stroke at its place in the order.

        No products of matrices, which would be so small that their threads wait for each other longer than they work.
        """
        network = self.network
        total = shape if network.config.shape else torch.zeros_like(shape)
        if network.config.order:
            total = total + network.order(order)
        x, y = variables[..., :2, None].to(shape).unbind(dim=2)
        across, down = network.location.weight.unbind(dim=1)
        return total + x * across + y * down + network.location.bias

    def slope(self, slope: Tensor, seen: "Seen") -> Tensor:
        """Gradient (runs, strokes, 2 or 5) in the pose's variables from the one in the logits; 0 in empty slots."""
        in_tokens = self.token_slope(slope, seen)
        in_location = in_tokens.new_empty(*in_tokens.shape[:2], 2)
        for axis, column in enumerate(self.network.location.weight.detach().unbind(dim=1)):
            in_location[..., axis] = (in_tokens * column).sum(dim=2)
        if not seen.shape.requires_grad:
            return in_location.double() * self.present[..., None]
        (in_variables,) = torch.autograd.grad(seen.shape, seen.variables, in_tokens)
        return (in_variables + F.pad(in_location, (0, 3))).double() * self.present[..., None]

    def token_slope(self, slope: Tensor, seen: "Seen") -> Tensor:
        """Gradient (runs, strokes, width) in the strokes' tokens from the one in the logits."""
        return self.encoder.slope(slope, seen.read)[:, 1 : 1 + self.present.shape[1]]

    def boxes(self, variables: Tensor) -> tuple[Tensor, Tensor]:
        """Lowest and highest x, y of each stroke from its first point, (runs, strokes, 2) each, network space."""
        boxes = torch.zeros(2, *self.drawn.shape, dtype=torch.float64)
        for run, frame in enumerate(self.frames):
            for stroke, points in enumerate(self._offsets(frame, variables[run].cpu().numpy())):
                boxes[0, run, stroke], boxes[1, run, stroke] = torch.from_numpy(
                    np.stack([points.min(axis=0), points.max(axis=0)]) / frame.unit
                )
        low, high = boxes.to(self.drawn.device)
        return low, high

    def sketch(self, pose: Pose, run: int) -> Sketch:
        """One run's drawing in canvas units, its strokes in the pose's order."""
        frame, variables = self.frames[run], pose.variables[run].cpu().numpy()
        first = self.locations(pose, run)
        offsets = self._offsets(frame, variables)
        moved = frame.sketch.with_points([place + points for place, points in zip(first, offsets, strict=True)])
        order = np.argsort(pose.order[run, : len(moved)].cpu().numpy())
        return Sketch(tuple(moved[int(i)] for i in order), moved.label)

    def locations(self, pose: Pose, run: int) -> Array:
        """(strokes, 2) first points of one run's strokes in canvas units, as they stand in its sketch as drawn."""
        frame = self.frames[run]
        variables = pose.variables[run, : len(frame.sketch), :2].cpu().numpy()
        return np.asarray(frame.centre + variables * frame.unit)

    def _offsets(self, frame: Frame, variables: Array) -> list[Array]:
        """Points of each stroke relative to its first, canvas units, stretched, grown and turned where that is free."""
        offsets = [stroke.points - stroke.points[0] for stroke in frame.sketch]
        if variables.shape[1] == 2:
            return offsets
        moved = []
        for points, (_, _, size, angle, stretch) in zip(offsets, variables, strict=False):
            turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
            moved.append(points * np.exp([size + stretch, size - stretch]) @ turn)
        return moved


def _reshaped(rows: Tensor, variables: Tensor) -> Tensor:
    """Rows (dx, dy, p1, p2) of points, stretched, grown and turned as the variables (points, 5) of each say."""
    size, angle, stretch = variables[:, 2:].to(rows).T
    dx, dy = rows[:, 0] * (size + stretch).exp(), rows[:, 1] * (size - stretch).exp()
    cosine, sine = angle.cos(), angle.sin()
    return torch.stack([cosine * dx - sine * dy, sine * dx + cosine * dy, *rows[:, 2:].T], dim=1)


class Seen(NamedTuple):
    """A forward pass: the encoder's part, the shape embeddings, and the variables they were made from."""

    read: Read
    shape: Tensor
    variables: Tensor


def moving_network(recogniser: Recogniser) -> SketchXAINet:
    """The recogniser's network, if it reads where strokes are. Raises ModelError."""
    network = recogniser.network
    if not isinstance(network, SketchXAINet):
        raise ModelError(f"an inversion moves strokes in front of a network that reads strokes, got {recogniser.name}")
    if not network.config.location:
        raise ModelError(f"an inversion needs a network that reads locations, got {recogniser.name} without them")
    return network


def _frame(recogniser: Recogniser, sketch: Sketch) -> Frame:
    slots = recogniser.card.preprocessing.most_strokes
    if len(sketch) == 1:
        raise SketchError("an inversion moves strokes against each other, got a single stroke: draw at least two")
    if len(sketch) > slots:
        raise SketchError(f"{recogniser.name} reads {slots} strokes, got {len(sketch)}: remove some before inverting")
    prepared = recogniser.prepare(sketch)
    read = thinned_sketch(prepared, recogniser.card.preprocessing.longest_stroke)
    if prepared is not sketch:
        low, high = sketch.bounds()
        read = read.transformed(float((high - low).max()), low)
    low, high = read.bounds()
    side = float((high - low).max())
    centre = _inside((low + high) / 2, side / 2)
    return Frame(read.transformed(1.0, centre - (low + high) / 2), centre, side / SPAN if side > 0 else 1.0)


def _inside(centre: Array, half: float) -> Array:
    """The nearest centre of a square of 2 half whose square lies on the canvas; the canvas's own if it is too large."""
    return np.clip(centre, half, 1 - half) if half < 0.5 else np.full(2, 0.5)
