"""SketchXAINet: a stroke is a token, the sum of its shape, order and location embeddings [qu2023sketchxai, Sec. 3].

    paper                         here
    shape embedding s_i           `SketchXAINet.shape`: 2-layer bi-LSTM over (dx, dy, p1, p2), summed over time
    order embedding o_i           `order.weight[i]`
    location embedding l_i        `location(x_i, y_i)`, the stroke's first point
    token t_i = s_i + o_i + l_i   `SketchXAINet.tokens`

Differs: the published checkpoints attend to 196 slots, empty ones included (`attend_empty_slots=True` reproduces them);
our own training leaves empty slots out, so that cost follows the number of strokes.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from sketchlib.models.recurrence import PackedBiLSTM
from sketchlib.models.strokes import StrokeBatch


@dataclass(frozen=True)
class SketchXAINetConfig:
    """Shape of the network; the defaults are the published Tiny.

    width: token size D. slots: strokes a sketch may have; later ones are dropped.
    shape, order, location: ablation switches of the three embeddings.
    """

    classes: int
    width: int = 192
    layers: int = 12
    heads: int = 3
    slots: int = 196
    dropout: float = 0.1
    attend_empty_slots: bool = False
    shape: bool = True
    order: bool = True
    location: bool = True


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the tokens of a batch lie: real ones alone in (tokens, width), padded in (batch, longest, width).

    present: (batch, longest) True where there is a token, or None when all are.
    """

    batch: int
    longest: int
    present: Bool[Tensor, "batch longest"] | None

    @cached_property
    def rows(self) -> Tensor | None:
        """(tokens,) places of the real tokens among the padded ones."""
        return None if self.present is None else self.present.flatten().nonzero()[:, 0]

    @property
    def mask(self) -> Tensor | None:
        """(batch, 1, 1, longest) True where a token may be attended to."""
        return None if self.present is None else self.present[:, None, None, :]

    def pad(self, tokens: Float[Tensor, "tokens width"]) -> Float[Tensor, "batch longest width"]:
        """(tokens, width) -> (batch, longest, width), 0 where there is none."""
        if self.rows is not None:
            empty = tokens.new_zeros(self.batch * self.longest, tokens.shape[1])
            tokens = empty.index_copy(0, self.rows, tokens)
        return tokens.view(self.batch, self.longest, -1)

    def unpad(self, tokens: Float[Tensor, "batch longest width"]) -> Float[Tensor, "tokens width"]:
        """(batch, longest, width) -> (tokens, width)."""
        flat = tokens.flatten(0, 1)
        return flat if self.rows is None else flat.index_select(0, self.rows)


ABSENT = 1e-30
"""Added to a gate before its logarithm: nothing beside any other weight of a softmax, and the slope at 0 is finite."""


@dataclass(frozen=True, eq=False)
class Gated(Layout):
    """A layout whose tokens are attended to in part: bias (batch, longest) is added to the logit of each key."""

    bias: Float[Tensor, "batch longest"]

    @property
    def mask(self) -> Tensor:
        """(batch, 1, 1, longest) what the attention adds to its logits."""
        return self.bias[:, None, None, :]


class Attention(nn.Module):
    """Multi-head self-attention among the tokens (tokens, width) of each sketch."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv = nn.Linear(width, 3 * width)
        self.project = nn.Linear(width, width)

    def forward(self, tokens: Float[Tensor, "tokens width"], layout: Layout) -> Float[Tensor, "tokens width"]:
        q, k, v = layout.pad(self.qkv(tokens)).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        dropout = self.dropout if self.training else 0.0
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=layout.mask, dropout_p=dropout)
        mixed: Tensor = self.project(layout.unpad(seen.transpose(1, 2).flatten(2)))
        return mixed


class Block(nn.Module):
    """Pre-norm transformer block with an exact (erf) GELU and a 4x MLP; (tokens, width) in and out."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm_before = nn.LayerNorm(width, eps=1e-12)
        self.attention = Attention(width, heads, dropout)
        self.norm_after = nn.LayerNorm(width, eps=1e-12)
        self.expand = nn.Linear(width, 4 * width)
        self.contract = nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Float[Tensor, "tokens width"], layout: Layout) -> Float[Tensor, "tokens width"]:
        tokens = tokens + self.dropout(self.attention(self.norm_before(tokens), layout))
        changed: Tensor = tokens + self.dropout(self.contract(F.gelu(self.expand(self.norm_after(tokens)))))
        return changed


class SketchXAINet(nn.Module):
    """Logits (batch, classes) from a `StrokeBatch`."""

    def __init__(self, config: SketchXAINetConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.recurrence = PackedBiLSTM(4, width // 2, layers=2)
        self.order = nn.Embedding(config.slots, width)
        self.location = nn.Linear(2, width)
        self.cls = nn.Parameter(torch.zeros(1, 1, width))
        self.blocks = nn.ModuleList(Block(width, config.heads, config.dropout) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.head = nn.Linear(width, config.classes)
        self.dropout = nn.Dropout(config.dropout)
        with torch.no_grad():
            _initialise(self)
        # What an ablation switches off must not wait for gradients that never come.
        used = ((self.recurrence, config.shape), (self.order, config.order), (self.location, config.location))
        for module, is_used in used:
            module.requires_grad_(is_used)

    def forward(
        self,
        strokes: StrokeBatch,
        gates: Float[Tensor, "rows strokes"] | None = None,
        scales: Float[Tensor, "rows strokes"] | None = None,
    ) -> Float[Tensor, "rows classes"]:
        """Logits of each sketch, or of each row of `gates`: several rows a sketch, all sketches in turn.

        scales: factors of the shape embeddings, 1 where None.
        """
        shape, location = self.shape(strokes), strokes.location
        if gates is None:
            return self.classify(shape, location, strokes.present)
        copies = len(gates) // len(shape)
        shape = shape.repeat(copies, 1, 1)
        if scales is not None:
            shape = shape * scales[..., None]
        return self.gated(shape, location.repeat(copies, 1, 1), gates)

    def shape(self, strokes: StrokeBatch) -> Float[Tensor, "batch strokes width"]:
        """Shape embeddings (batch, strokes, width), 0 in empty slots: LSTM outputs summed over the stroke's points."""
        outputs = self.recurrence.outputs(strokes.packed).to(self.cls.dtype)
        slots = outputs.new_zeros(strokes.present.numel(), self.config.width)
        summed: Tensor = slots.index_add(0, strokes.slot_of_row, outputs)
        return summed.view(*strokes.present.shape, -1)

    def tokens(
        self, shape: Float[Tensor, "batch strokes width"], location: Float[Tensor, "batch strokes 2"]
    ) -> Float[Tensor, "batch strokes width"]:
        """Sum of the three embeddings: shape (batch, strokes, width) and location (batch, strokes, 2) -> like shape."""
        switches = self.config
        total = shape if switches.shape else torch.zeros_like(shape)
        if switches.order:
            total = total + self.order.weight[: shape.shape[1]]
        return total + self.location(location) if switches.location else total

    def classify(
        self,
        shape: Float[Tensor, "batch strokes width"],
        location: Float[Tensor, "batch strokes 2"],
        present: Bool[Tensor, "batch strokes"],
    ) -> Float[Tensor, "batch classes"]:
        """Logits from embedded shapes; differentiable in both, which is all that stroke location inversion needs."""
        if self.config.attend_empty_slots:
            missing = self.config.slots - shape.shape[1]
            shape, location = F.pad(shape, (0, 0, 0, missing)), F.pad(location, (0, 0, 0, missing))
        tokens = self.dropout(torch.cat([self.cls.expand(len(shape), -1, -1), self.tokens(shape, location)], dim=1))
        everything = self.config.attend_empty_slots or bool(present.all())
        layout = Layout(len(tokens), tokens.shape[1], None if everything else F.pad(present, (1, 0), value=True))
        return self.encode(tokens, layout)

    def gated(
        self,
        shape: Float[Tensor, "batch strokes width"],
        location: Float[Tensor, "batch strokes 2"],
        gates: Float[Tensor, "batch strokes"],
    ) -> Float[Tensor, "batch classes"]:
        """Logits with each stroke attended to by its weight times its gate: log gate is added to the logit of its key.

        A gate of 0 leaves the stroke out exactly as `classify` does; for networks that leave empty slots out.
        """
        tokens = self.dropout(torch.cat([self.cls.expand(len(shape), -1, -1), self.tokens(shape, location)], dim=1))
        bias = F.pad(torch.log(gates + ABSENT), (1, 0))
        return self.encode(tokens, Gated(len(tokens), tokens.shape[1], None, bias))

    def encode(self, tokens: Tensor, layout: Layout) -> Tensor:
        """Logits from all tokens (batch, longest, width), the first of each sketch being its CLS token."""
        real = layout.unpad(tokens)
        for block in self.blocks:
            real = block(real, layout)
        logits: Tensor = self.head(self.norm(layout.pad(real)[:, 0]))
        return logits


def _initialise(network: SketchXAINet) -> None:
    """Weights for training from nothing, where the paper starts from an ImageNet ViT.

    A sum over time of LSTM outputs is dominated by whatever is constant in them, so the biases start at zero (the
    forget gate's at 1) and the offsets, small numbers, are read with large weights. The three embeddings start alike
    in size: with PyTorch's or ViT's usual values the same network learns several times more slowly.
    """
    width = network.recurrence.hidden_size
    for name, weight in network.recurrence.named_parameters():
        if name.startswith("bias"):
            nn.init.zeros_(weight)
        elif name.startswith("weight_ih_l0"):
            nn.init.normal_(weight[:, :2], std=1.5)
            nn.init.normal_(weight[:, 2:], std=0.1)
        elif name.startswith("weight_ih"):
            nn.init.xavier_uniform_(weight)
        if name.startswith("bias_ih"):
            nn.init.ones_(weight[width : 2 * width])
    nn.init.normal_(network.order.weight, std=0.5)
    nn.init.normal_(network.location.weight, std=1.0)
    for module in network.blocks.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
    nn.init.trunc_normal_(network.head.weight, std=0.02)
