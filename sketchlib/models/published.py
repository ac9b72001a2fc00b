"""The papers' published checkpoints: their key layout and ours, both ways [qu2023sketchxai, code; Hub files].

Leftovers that the published files carry but the network never reads (ImageNet patch and position embeddings, the
1000-way `classifier`, a `mask_token`) are ignored.
"""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from sketchlib.errors import CheckpointError

MARK = "vit.embeddings.cls_token"
LEFTOVERS = (
    "classifier.",
    "vit.embeddings.mask_token",
    "vit.embeddings.patch_embeddings.",
    "vit.embeddings.position_embeddings",
)
_LSTM_PARTS = [
    f"{kind}_l{layer}{end}"
    for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    for layer in (0, 1)
    for end in ("", "_reverse")
]


def is_published(tensors: Mapping[str, Tensor]) -> bool:
    """Whether a state dict has the published layout."""
    return MARK in tensors


def from_published(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state dict of our `SketchXAINet` from the published one; a missing or unknown key is an error."""
    layers = sum(key.endswith("layernorm_before.weight") for key in tensors)
    renamed = {}
    used: set[str] = set()
    for ours, theirs in key_pairs(layers):
        missing = [key for key in theirs if key not in tensors]
        if missing:
            raise CheckpointError(f"a published SketchXAINet has the tensor {missing[0]}, got none")
        renamed[ours] = torch.cat([tensors[key] for key in theirs]) if len(theirs) > 1 else tensors[theirs[0]]
        used.update(theirs)
    unknown = [key for key in tensors if key not in used and not key.startswith(LEFTOVERS)]
    if unknown:
        raise CheckpointError(f"a published SketchXAINet has no tensor {unknown[0]}: its layout is not the known one")
    return renamed


def to_published(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The published layout (without leftovers) from our state dict."""
    layers = sum(key.endswith("norm_before.weight") for key in state)
    published: dict[str, Tensor] = {}
    for ours, theirs in key_pairs(layers):
        published.update(zip(theirs, state[ours].chunk(len(theirs)), strict=True))
    return published


def key_pairs(layers: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(our key, the published keys it is the concatenation of)."""
    embeddings = "vit.embeddings."
    yield "cls", (MARK,)
    yield "order.weight", (f"{embeddings}order_embeddings.weight",)
    for part in _LSTM_PARTS:
        yield f"recurrence.{part}", (f"{embeddings}stroke_embeddings.{part}",)
    for part in ("weight", "bias"):
        yield f"location.{part}", (f"{embeddings}location_embeddings.{part}",)
        yield f"norm.{part}", (f"vit.layernorm.{part}",)
        yield f"head.{part}", (f"vit.fc.{part}",)
        for layer in range(layers):
            yield from _block_pairs(f"blocks.{layer}.", f"vit.encoder.layer.{layer}.", part)


def _block_pairs(ours: str, theirs: str, part: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    names = ("query", "key", "value")
    yield f"{ours}attention.qkv.{part}", tuple(f"{theirs}attention.attention.{name}.{part}" for name in names)
    yield f"{ours}attention.project.{part}", (f"{theirs}attention.output.dense.{part}",)
    yield f"{ours}expand.{part}", (f"{theirs}intermediate.dense.{part}",)
    yield f"{ours}contract.{part}", (f"{theirs}output.dense.{part}",)
    yield f"{ours}norm_before.{part}", (f"{theirs}layernorm_before.{part}",)
    yield f"{ours}norm_after.{part}", (f"{theirs}layernorm_after.{part}",)
