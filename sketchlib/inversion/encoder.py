"""The encoder of SketchXAINet and its gradient in the tokens, written out: no graph, no gradient of a weight.

With n the layer norm, a block is y = x + project(attend(qkv(n(x)))), z = y + contract(gelu(expand(n(y)))); the backward
pass is the chain rule read from the end. Of the last block's output only the CLS tokens are read, so its second half is
done for them alone. Few tokens on a CPU take compiled blocks, whose time is that of reading the weights.
"""

# mypy: allow-untyped-calls
# What is compiled has numba's types.

from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sketchlib.inversion import compiled
from sketchlib.models.sketchxainet import Block, Layout, SketchXAINet

FEW_TOKENS = 16
"""Above so many in all, a general matrix product is faster than ours."""


class Rows(NamedTuple):
    """How the tokens of a batch lie: the padded layout, the first row of each sketch, and one past its last."""

    layout: Layout
    first: Tensor
    ends: Tensor


class Half(Protocol):
    """A block one way and back; what `forwards` returns beside its rows is what `backwards` needs."""

    def forwards(self, x: Tensor, rows: Rows, last: bool) -> tuple[Tensor, Any]:
        """Rows (tokens, width) in; out, those of the CLS tokens alone for the last block."""

    def backwards(self, slope: Tensor, tape: Any, rows: Rows, last: bool) -> Tensor:
        """Gradient in the rows that went in, from the one in those that came out."""


class Read(NamedTuple):
    """What `Encoder.slope` needs of a forward pass."""

    rows: Rows
    blocks: list[Half]
    tapes: list[Any]
    normed: tuple[Tensor, Tensor, Tensor]


class Encoder:
    """Logits of tokens and, backwards, the gradient of any function of the logits in the tokens.

    network: its weights are read, not copied, in their own float type.
    """

    def __init__(self, network: SketchXAINet) -> None:
        self._norm, self._head = _Norm(network.norm), network.head
        blocks = [block for block in network.blocks if isinstance(block, Block)]
        self._many: list[Half] = [_ManyTokens(block) for block in blocks]
        suits = not network.cls.is_cuda and network.config.width % compiled.UNROLLED == 0
        self._few: list[Half] = [_FewTokens(block) for block in blocks] if suits else self._many

    @torch.no_grad()
    def logits(self, tokens: Tensor, present: Tensor) -> tuple[Tensor, Read]:
        """(batch, classes) of tokens (batch, longest, width), CLS first, and which are real (batch, longest).

        Also what `slope` needs.
        """
        rows = _rows(present)
        x, tapes = rows.layout.unpad(tokens), []
        blocks = self._few if len(x) <= FEW_TOKENS else self._many
        for block in blocks:
            x, tape = block.forwards(x, rows, block is blocks[-1])
            tapes.append(tape)
        read, normed = self._norm.forwards(x)
        return self._head(read), Read(rows, blocks, tapes, normed)

    @torch.no_grad()
    def slope(self, slope: Tensor, read: Read) -> Tensor:
        """Gradient (batch, longest, width) in the tokens from the one in the logits (batch, classes)."""
        slope = self._norm.backwards(slope @ self._head.weight, read.normed)
        for block, tape in zip(read.blocks[::-1], read.tapes[::-1], strict=True):
            slope = block.backwards(slope, tape, read.rows, block is read.blocks[-1])
        return read.rows.layout.pad(slope)


def _rows(present: Tensor) -> Rows:
    ends = torch.cumsum(present.sum(dim=1), 0)
    batch, longest = present.shape
    layout = Layout(batch, longest, None if bool(present.all()) else present)
    return Rows(layout, F.pad(ends[:-1], (1, 0)), ends)


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


class _ManyTokens:
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


class _FewTokens:
    """A block in compiled operations, but for the GELU."""

    def __init__(self, block: Block) -> None:
        self.heads, self.epsilon = block.attention.heads, block.norm_before.eps
        attention = (block.norm_before, block.attention.qkv, block.attention.project)
        self.weights = (_arrays(*attention), _arrays(block.norm_after, block.expand))
        self.contract, self.contract_bias = _arrays(block.contract)

    def forwards(self, x: Tensor, rows: Rows, last: bool) -> tuple[Tensor, Any]:
        where = (rows.ends.numpy(), rows.first.numpy() if last else np.arange(len(x)))
        y, expanded, tape = compiled.attention_half(x.numpy(), *where, self.heads, self.epsilon, self.weights)
        before = torch.from_numpy(expanded)
        z = compiled.perceptron_half(y, F.gelu(before).numpy(), self.contract, self.contract_bias)
        return torch.from_numpy(z), (where, before, tape)

    def backwards(self, slope: Tensor, tape: Any, rows: Rows, last: bool) -> Tensor:
        (ends, kept), expanded, inner = tape
        in_activated = torch.from_numpy(compiled.perceptron_slope(slope.numpy(), self.contract))
        in_expanded = torch.ops.aten.gelu_backward(in_activated, expanded).numpy()
        found = compiled.attention_slope(slope.numpy(), in_expanded, ends, kept, self.heads, self.weights, inner)
        return torch.from_numpy(found)


def _arrays(*layers: nn.Linear | nn.LayerNorm) -> tuple[Any, ...]:
    return tuple(part.detach().contiguous().numpy() for layer in layers for part in (layer.weight, layer.bias))
