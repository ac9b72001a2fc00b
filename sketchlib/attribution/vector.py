"""The stroke tokens of SketchXAINet, each with a gate.

Held fixed while strokes come and go: a stroke's place in the order, and the box that normalises the sketch.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from sketchlib.models.inputs import flat
from sketchlib.models.sketchxainet import SketchXAINet
from sketchlib.models.strokes import SPAN, StrokeBatch, stroke_batch
from sketchlib.sketch import Sketch, Stroke


class VectorGame:
    """Stroke tokens, each attended to with its weight times its gate: log gate is added to the logit of its key.

    A gate of 0 leaves the stroke out exactly as the network's own mask does. Where a network attends to empty slots
    there is no mask: there a gate multiplies the stroke's shape and location, and 0 makes the slot an empty one.
    Strokes beyond `slots` are not read, and count for nothing.

    network: in eval mode. score: logits (n, classes) -> (n,). read: the strokes as the network reads them.
    sketch: the same where they were drawn.
    """

    def __init__(
        self,
        network: SketchXAINet,
        score: Callable[[Tensor], Tensor],
        read: Sketch,
        slots: int,
        sketch: Sketch | None = None,
        description: str = "score",
    ) -> None:
        self.network, self.score, self.description = network, score, description
        self.sketch = read if sketch is None else sketch
        self.batch = stroke_batch(flat([read]), slots).like(network.cls)
        self.seen = self.batch.present.shape[1]
        low, high = self.sketch.prefix(self.seen).bounds()
        side = float((high - low).max())
        self._scale = SPAN / side if side > 0 else 1.0

    @property
    def players(self) -> int:
        """Number of strokes."""
        return len(self.sketch)

    @cached_property
    def outputs(self) -> Tensor:
        """What the recurrence says of each point (points, width), in drawing order; their sums are the shapes."""
        with torch.no_grad():
            rows = self.network.recurrence.outputs(self.batch.packed)
            return rows[self.row_of_point].to(self.network.cls.dtype)

    @cached_property
    def shape(self) -> Tensor:
        """Shape embeddings (1, strokes, width)."""
        with torch.no_grad():
            return self.network.shape(self.batch)

    @cached_property
    def row_of_point(self) -> Tensor:
        """(points,) row of each point among the packed ones, which are in order of time within a stroke."""
        return torch.argsort(self.batch.slot_of_row, stable=True)

    @cached_property
    def stroke_of_point(self) -> Tensor:
        """(points,) position of each point's stroke."""
        return self.batch.slot_of_row[self.row_of_point]

    def values(self, gates: Tensor) -> Tensor:
        """Scores (n,) of gates (n, strokes)."""
        gates = self._own(gates)[:, : self.seen]
        shape, location = (part.expand(len(gates), -1, -1) for part in (self.shape, self.batch.location))
        if self.network.config.attend_empty_slots:
            return self.classified(shape * gates[..., None], location, gates)
        if not gates.requires_grad and bool(((gates == 0) | (gates == 1)).all()):
            return self.score(self.network.classify(shape, location, gates > 0))
        return self.classified(shape, location, gates)

    def classified(self, shape: Tensor, location: Tensor, gates: Tensor) -> Tensor:
        """Scores (n,) of shapes (n, strokes, width), gated already where empty slots are attended to, locations
        (n, strokes, 2) and gates (n, strokes)."""
        network = self.network
        if network.config.attend_empty_slots:
            present = self.batch.present.expand(len(gates), -1)
            return self.score(network.classify(shape, location * gates[..., None], present))
        return self.score(network.gated(shape, location, gates))

    def segments(self) -> "VectorSegments":
        """The same with segments for players."""
        return VectorSegments(self)

    def moved(self, offsets: Tensor) -> Tensor:
        """Score () with each point of `sketch` moved by offsets (points, 2), the normalising box held fixed."""
        points = self._scale * self._own(offsets)[: len(self.row_of_point)]
        first = F.pad(torch.diff(self.stroke_of_point) > 0, (1, 0), value=True)
        steps = torch.diff(points, dim=0, prepend=points[:1]).masked_fill(first[:, None], 0.0)
        packed = self.batch.packed
        rows = packed.data.index_add(0, self.row_of_point, F.pad(steps, (0, 2)))
        location = self.batch.location + points[first][None]
        moved = StrokeBatch(
            PackedSequence(rows, packed.batch_sizes), self.batch.slot_of_row, location, self.batch.present
        )
        with torch.backends.cudnn.flags(enabled=False):  # cuDNN refuses gradients of a recurrence in evaluation mode
            return self.score(self.network(moved))[0]

    def _own(self, values: Tensor) -> Tensor:
        return values.to(self.network.cls)


class VectorSegments:
    """The segments of a `VectorGame` for players.

    A gate multiplies what the recurrence says of the segment's end point (of its first point too, for the first one),
    and a stroke's own gate is the mean of its segments', by length: without any of them the stroke is absent.
    """

    def __init__(self, game: VectorGame) -> None:
        self.game = game
        counts = [max(len(stroke) - 1, 1) for stroke in game.sketch]
        self.players = sum(counts)
        device = game.batch.location.device
        self._stroke = torch.repeat_interleave(torch.tensor(counts[: game.seen])).to(device)
        strokes = game.sketch.prefix(game.seen).strokes
        self._share = torch.from_numpy(np.concatenate([_shares(stroke) for stroke in strokes])).to(game.network.cls)
        pairs = zip(strokes, np.cumsum([0, *counts]), strict=False)
        places = [np.maximum(np.arange(len(stroke)) - 1, 0) + begin for stroke, begin in pairs]
        self._segment_of_point = torch.from_numpy(np.concatenate(places)).to(device)

    def values(self, gates: Tensor) -> Tensor:
        """Scores (n,) of gates (n, segments)."""
        game = self.game
        gates = gates.to(game.network.cls)[:, : len(self._stroke)]
        said = gates[:, self._segment_of_point, None] * game.outputs
        shape = said.new_zeros(len(gates), game.seen, said.shape[2]).index_add(1, game.stroke_of_point, said)
        own = gates.new_zeros(len(gates), game.seen).index_add(1, self._stroke, gates * self._share)
        return game.classified(shape, game.batch.location.expand(len(gates), -1, -1), own)


def _shares(stroke: Stroke) -> NDArray[np.float64]:
    """(segments,) share of a stroke's length, even where it has none."""
    lengths = np.linalg.norm(np.diff(stroke.points, axis=0), axis=1) if len(stroke) > 1 else np.zeros(1)
    return lengths / lengths.sum() if lengths.sum() > 0 else np.full(len(lengths), 1 / len(lengths))
