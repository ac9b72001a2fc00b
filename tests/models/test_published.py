"""The published layout, both ways: what is renamed, what is left over and what is refused."""

import math

import pytest
import torch

from sketchlib.errors import CheckpointError
from sketchlib.models.published import LEFTOVERS, from_published, is_published, to_published
from sketchlib.models.sketchxainet import SketchXAINet, SketchXAINetConfig
from tests.hub_stand_in import published_shapes, published_tensors

WIDTH, LAYERS, CLASSES = 8, 2, 3
TENSORS = published_tensors(WIDTH, LAYERS, CLASSES)
PREFIX = "vit.encoder.layer."


@pytest.mark.parametrize(
    ("width", "classes", "values"),
    [(192, 345, 6_123_265), (768, 345, 91_728_961), (768, 30, 91_486_726)],
    ids=["Tiny-345", "Base-345", "Base-30"],
)
def test_the_table_has_as_many_tensors_and_values_as_the_hub_files(width, classes, values):
    shapes = published_shapes(width, 12, classes)
    assert len(shapes) == 221
    assert sum(math.prod(shape) for shape in shapes.values()) == values


def test_every_tensor_of_a_full_tiny_has_a_place_in_our_network():
    with torch.device("meta"):
        tiny = SketchXAINet(SketchXAINetConfig(345))
    layout = {key: torch.empty(shape, device="meta") for key, shape in published_shapes().items()}
    renamed = from_published(layout)
    assert {key: tensor.shape for key, tensor in renamed.items()} == {
        key: tensor.shape for key, tensor in tiny.state_dict().items()
    }
    left = [key for key in layout if key.startswith(LEFTOVERS)]
    assert sum(layout[key].numel() for key in left) == 147_648 + 37_824 + 193_000
    assert sum(tensor.numel() for tensor in renamed.values()) == 5_744_793


def test_there_and_back_gives_every_tensor_that_is_used():
    used = {key: tensor for key, tensor in TENSORS.items() if not key.startswith(LEFTOVERS)}
    back = to_published(from_published(TENSORS))
    assert set(back) == set(used)
    assert all(torch.equal(back[key], used[key]) for key in used)


def test_back_and_there_gives_our_state():
    state = SketchXAINet(SketchXAINetConfig(CLASSES, WIDTH, LAYERS, heads=2)).state_dict()
    again = from_published(to_published(state))
    assert set(again) == set(state)
    assert all(torch.equal(again[key], state[key]) for key in state)


def test_a_mask_token_is_ignored():
    assert set(from_published(TENSORS | {"vit.embeddings.mask_token": torch.zeros(1, 1, WIDTH)})) == set(
        from_published(TENSORS)
    )


@pytest.mark.parametrize("key", sorted(key for key in TENSORS if not key.startswith(LEFTOVERS)))
def test_a_missing_tensor_is_refused(key):
    with pytest.raises(CheckpointError, match="published SketchXAINet"):
        from_published({name: tensor for name, tensor in TENSORS.items() if name != key})


@pytest.mark.parametrize(
    "key", ["vit.pooler.dense.weight", f"{PREFIX}2.layernorm_after.weight", "vit.layers.0.attention.q_proj.weight"]
)
def test_an_unknown_tensor_is_refused_by_name(key):
    with pytest.raises(CheckpointError, match=key.replace(".", r"\.")):
        from_published(TENSORS | {key: torch.zeros(1)})


def test_an_image_network_is_not_taken_for_a_sketch_network():
    image_network = {key: tensor for key, tensor in TENSORS.items() if "stroke" not in key and "order" not in key}
    with pytest.raises(CheckpointError, match="order_embeddings"):
        from_published(image_network)


def test_the_layout_is_told_from_ours():
    assert is_published(TENSORS)
    assert not is_published(from_published(TENSORS))
