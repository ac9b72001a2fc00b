"""The encoder of SketchXAINet and its gradient in the tokens, written out: no graph, no gradient of a weight.

With n the layer norm, a block is y = x + project(attend(qkv(n(x)))), z = y + contract(gelu(expand(n(y)))); the backward
pass is the chain rule read from the end. Of the last block's output only the CLS tokens are read, so its second half is
done for them alone. A CPU takes compiled operations: the work is divided between threads by sketches, not within small
products, and a single sketch needs one core, whatever torch is set to.
"""

# mypy: allow-untyped-calls
# What is compiled has numba's types.

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sketchlib.inversion import compiled
from sketchlib.models.sketchxainet import Block, Layout, SketchXAINet

ROWS = 128
"""Tokens that are read at a time: what is kept of them stays near the core."""


class Rows(NamedTuple):
    """How the tokens of a batch lie: the padded layout, the first row of each sketch, and one past its last."""

    layout: Layout
    first: Tensor
    ends: Tensor


class Way(Protocol):
    """A way to run the network; what `forwards` returns beside its logits is what `backwards` needs."""

    def forwards(self, x: Tensor, rows: Rows) -> tuple[Tensor, Any]:
        """Logits (batch, classes) of rows (tokens, width)."""

    def backwards(self, slope: Tensor, tape: Any, rows: Rows) -> Tensor:
        """Gradient (tokens, width) in the rows from the one in the logits."""


class Read(NamedTuple):
    """What `Encoder.slope` needs of a forward pass."""

    rows: Rows
    tape: Any


class Encoder:
    """Logits of tokens and, backwards, the gradient of any function of the logits in the tokens.

    network: its weights are read in their own float type; they do not change while this is used.
    """

    def __init__(self, network: SketchXAINet) -> None:
        compiles = not network.cls.is_cuda and network.config.width % compiled.UNROLLED == 0
        self._way: Way = _Compiled(network) if compiles else _Torch(network)

    @torch.no_grad()
    def logits(self, tokens: Tensor, present: Tensor) -> tuple[Tensor, Read]:
        """(batch, classes) of tokens (batch, longest, width), CLS first, and which are real (batch, longest).

        Also what `slope` needs.
        """
        rows = _rows(present)
        logits, tape = self._way.forwards(rows.layout.unpad(tokens), rows)
        return logits, Read(rows, tape)

    @torch.no_grad()
    def slope(self, slope: Tensor, read: Read) -> Tensor:
        """Gradient (batch, longest, width) in the tokens from the one in the logits (batch, classes)."""
        return read.rows.layout.pad(self._way.backwards(slope, read.tape, read.rows))


def _rows(present: Tensor) -> Rows:
    ends = torch.cumsum(present.sum(dim=1), 0)
    batch, longest = present.shape
    layout = Layout(batch, longest, None if bool(present.all()) else present)
    return Rows(layout, F.pad(ends[:-1], (1, 0)), ends)


class _Compiled:
    """The whole network in compiled operations, parts of a batch beside each other on as many threads as torch's."""

    def __init__(self, network: SketchXAINet) -> None:
        blocks = [block for block in network.blocks if isinstance(block, Block)]
        attention = [(block.norm_before, block.attention.qkv, block.attention.project) for block in blocks]
        perceptron = [(block.norm_after, block.expand, block.contract) for block in blocks]
        weights = (_stacked(attention), _stacked(perceptron))
        weight, bias = network.head.weight.detach(), network.head.bias.detach()
        self.classes, missing = len(weight), -len(weight) % compiled.UNROLLED
        head = (F.pad(weight, (0, 0, 0, missing)).numpy(), F.pad(bias, (0, missing)).numpy())
        last = (network.norm.weight.detach().numpy(), network.norm.bias.detach().numpy(), *head)
        self.settings = (blocks[0].attention.heads, network.norm.eps, weights, last)
        self.normal = compiled.NORMAL[head[0].dtype.name]

    def forwards(self, x: Tensor, rows: Rows) -> tuple[Tensor, Any]:
        heads, epsilon, weights, last = self.settings

        def done(part: Part) -> Any:
            return compiled.forwards(x[part.rows].numpy(), *part.where, heads, epsilon, weights, last, self.normal)

        parts = _parts(rows)
        logits, tapes = zip(*self._each(done, parts), strict=True)
        return torch.from_numpy(np.concatenate(logits))[:, : self.classes], (parts, tapes)

    def backwards(self, slope: Tensor, tape: Any, rows: Rows) -> Tensor:
        heads, _, weights, last = self.settings
        padded = F.pad(slope, (0, len(last[2]) - self.classes)).numpy()

        def found(part: Part, tape: Any) -> Any:
            return compiled.backwards(padded[part.sketches], *part.where, heads, weights, last, tape)

        return torch.from_numpy(np.concatenate(self._each(found, *tape)))

    def _each(self, work: Callable[..., Any], *parts: Sequence[Any]) -> list[Any]:
        """The results of some work on each part; a single part takes no other thread."""
        alone = len(parts[0]) == 1
        return list(map(work, *parts) if alone else self._pool.map(work, *parts))

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(torch.get_num_threads())


class Part(NamedTuple):
    """Some sketches of a batch, their rows, and where in these each ends and begins."""

    sketches: slice
    rows: slice
    where: tuple[Any, Any]


def _parts(rows: Rows) -> list[Part]:
    """A batch in parts of whole sketches: as many as there are threads, and more so that none is far above ROWS."""
    ends, first = rows.ends.numpy(), rows.first.numpy()
    threads = torch.get_num_threads() if len(ends) > 1 else 1
    count = min(len(ends), threads * -(-int(ends[-1]) // (threads * ROWS)))
    cuts = np.unique(np.searchsorted(ends, ends[-1] * np.arange(1, count + 1) / count) + 1)
    parts = []
    for low, high in zip([0, *cuts[:-1]], cuts, strict=True):
        begin = first[low]
        parts.append(
            Part(slice(low, high), slice(begin, ends[high - 1]), (ends[low:high] - begin, first[low:high] - begin))
        )
    return parts


def _stacked(blocks: Sequence[tuple[nn.LayerNorm | nn.Linear, ...]]) -> tuple[Any, ...]:
    """Weight and bias of each layer, all blocks' as one array (blocks, ...)."""
    layers = zip(*blocks, strict=True)
    return tuple(
        torch.stack([getattr(each, part).detach() for each in layer]).numpy()
        for layer in layers
        for part in ("weight", "bias")
    )


class _Torch:
    """The network in torch's operations."""

    def __init__(self, network: SketchXAINet) -> None:
        self.blocks = [_Block(block) for block in network.blocks if isinstance(block, Block)]
        self.norm, self.head = _Norm(network.norm), network.head

    def forwards(self, x: Tensor, rows: Rows) -> tuple[Tensor, Any]:
        tapes = []
        for block in self.blocks:
            x, tape = block.forwards(x, rows, block is self.blocks[-1])
            tapes.append(tape)
        read, normed = self.norm.forwards(x)
        return self.head(read), (tapes, normed)

    def backwards(self, slope: Tensor, tape: Any, rows: Rows) -> Tensor:
        tapes, normed = tape
        slope = self.norm.backwards(slope @ self.head.weight, normed)
        for block, own in zip(self.blocks[::-1], tapes[::-1], strict=True):
            slope = block.backwards(slope, own, rows, block is self.blocks[-1])
        return slope


class _Norm:
    """A layer norm one way and back."""

    def __init__(self, layer: nn.LayerNorm) -> None:
        self.weight, self.bias, self.eps = layer.weight, layer.bias, layer.eps
        self.shape = list(layer.normalized_shape)

    def forwards(self, x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor]]:
        normed, mean, inverse = torch.native_layer_norm(x, self.shape, self.weight, self.bias, self.eps)
        return normed, (x, mean, inverse)

    def backwards(self, slope: Tensor, normed: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        x, mean, inverse = normed
        parts = (slope, x, self.shape, mean, inverse, self.weight, self.bias, [True, False, False])
        result: Tensor = torch.ops.aten.native_layer_norm_backward(*parts)[0]
        return result


class _Block:
    """A block in torch's operations."""

    def __init__(self, block: Block) -> None:
        self.block, self.heads = block, block.attention.heads
        self.before, self.after = _Norm(block.norm_before), _Norm(block.norm_after)

    def forwards(self, x: Tensor, rows: Rows, last: bool) -> tuple[Tensor, Any]:
        block = self.block
        normed, before = self.before.forwards(x)
        mixed, attended = self._attend(block.attention.qkv(normed), rows.layout)
        if last:
            x, mixed = x[rows.first], mixed[rows.first]
        y = x + block.attention.project(mixed)
        normed, after = self.after.forwards(y)
        expanded = block.expand(normed)
        return y + block.contract(F.gelu(expanded)), (before, attended, after, expanded)

    def backwards(self, slope: Tensor, tape: Any, rows: Rows, last: bool) -> Tensor:
        block, (before, attended, after, expanded) = self.block, tape
        in_expanded = torch.ops.aten.gelu_backward(slope @ block.contract.weight, expanded)
        slope = slope + self.after.backwards(in_expanded @ block.expand.weight, after)
        mixed = slope @ block.attention.project.weight
        if last:
            everywhere = slope.new_zeros(2, *before[0].shape)
            slope, mixed = everywhere.index_copy(1, rows.first, torch.stack([slope, mixed]))
        in_qkv = self._attend_slope(mixed, attended, rows.layout)
        return slope + self.before.backwards(in_qkv @ block.attention.qkv.weight, before)

    def _attend(self, qkv: Tensor, layout: Layout) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor, Tensor]]:
        q, k, v = layout.pad(qkv).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        q = q * q.shape[3] ** -0.5
        logits = q @ k.transpose(2, 3)
        if layout.mask is not None:
            logits.masked_fill_(~layout.mask, -torch.inf)
        weights = logits.softmax(dim=3)
        return layout.unpad((weights @ v).transpose(1, 2).flatten(2)), (q, k, v, weights)

    def _attend_slope(self, slope: Tensor, attended: tuple[Tensor, ...], layout: Layout) -> Tensor:
        q, k, v, weights = attended
        slope = layout.pad(slope).unflatten(2, (self.heads, -1)).transpose(1, 2)
        in_logits = torch.ops.aten._softmax_backward_data(slope @ v.transpose(2, 3), weights, 3, weights.dtype)
        parts = [in_logits @ k * q.shape[3] ** -0.5, in_logits.transpose(2, 3) @ q, weights.transpose(2, 3) @ slope]
        return layout.unpad(torch.stack(parts, dim=2).permute(0, 3, 2, 1, 4).flatten(2))
