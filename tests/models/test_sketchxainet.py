"""SketchXAINet against a slow forward written from the published table, and the identities of its tokens."""

import numpy as np
import pytest
import torch

from sketchlib.models.inputs import flat
from sketchlib.models.published import from_published
from sketchlib.models.sketchxainet import SketchXAINet, SketchXAINetConfig
from sketchlib.models.strokes import StrokeBatch, stroke_batch
from sketchlib.sketch import Sketch
from tests.hub_stand_in import published_tensors
from tests.network_oracle import random_drawing, slow_logits

WIDTH, LAYERS, HEADS, CLASSES = 12, 2, 3, 5
# Four times the stand-in's spread: saturated gates and uneven attention, which a small spread would hide.
PUBLISHED = {key: 4 * tensor for key, tensor in published_tensors(WIDTH, LAYERS, CLASSES).items()}
PLAIN = {key: tensor.double().numpy() for key, tensor in PUBLISHED.items()}
RANDOM = np.random.default_rng(0)
DRAWINGS = [random_drawing(RANDOM, strokes) for strokes in (3, 1, 7, 2, 5)] + [[np.array([[0.3, 0.6]])]]


def network(**changes) -> SketchXAINet:
    """In eval mode, with the published tensors."""
    config = SketchXAINetConfig(CLASSES, WIDTH, LAYERS, HEADS, **changes)
    loaded = SketchXAINet(config)
    loaded.load_state_dict(from_published(PUBLISHED))
    return loaded.eval()


def batch_of(drawings) -> StrokeBatch:
    return stroke_batch(flat([Sketch.from_points(drawing) for drawing in drawings]))


def logits(model: SketchXAINet, drawings) -> np.ndarray:
    with torch.no_grad():
        return model(batch_of(drawings)).numpy()


@pytest.mark.parametrize("gradients", [False, True], ids=["torch LSTM", "packed LSTM"])
def test_published_weights_give_the_slow_forward_with_every_slot_attended(gradients):
    model = network(attend_empty_slots=True)
    with torch.set_grad_enabled(gradients):
        found = model(batch_of(DRAWINGS)).detach().numpy()
    expected = np.stack([slow_logits(PLAIN, drawing, HEADS) for drawing in DRAWINGS])
    assert np.abs(expected).max() > 0.5
    assert np.abs(found - expected).max() < 1e-5


def test_masked_network_is_the_slow_forward_without_padding():
    expected = np.stack([slow_logits(PLAIN, drawing, HEADS, slots=None) for drawing in DRAWINGS])
    assert np.abs(logits(network(), DRAWINGS) - expected).max() < 1e-5


@pytest.mark.parametrize("attend_empty_slots", [False, True])
def test_a_sketch_does_not_depend_on_its_batch(attend_empty_slots):
    model = network(attend_empty_slots=attend_empty_slots)
    together = logits(model, DRAWINGS)
    alone = np.concatenate([logits(model, [drawing]) for drawing in DRAWINGS])
    assert np.abs(together - alone).max() < 1e-5
    assert logits(model, DRAWINGS * 3).shape == (3 * len(DRAWINGS), CLASSES)


def test_full_sketches_need_no_mask():
    full = [random_drawing(RANDOM, 4) for _ in range(3)]
    models = [network(attend_empty_slots=attend) for attend in (False, True)]
    for model in models:
        model.config = SketchXAINetConfig(CLASSES, WIDTH, LAYERS, HEADS, 4, attend_empty_slots=model is models[1])
    assert np.abs(logits(models[0], full) - logits(models[1], full)).max() < 1e-6


def test_empty_slots_change_the_published_answer():
    assert np.abs(logits(network(attend_empty_slots=True), DRAWINGS) - logits(network(), DRAWINGS)).max() > 1e-2


@pytest.mark.parametrize("missing", ["shape", "order", "location"])
@pytest.mark.parametrize("attend_empty_slots", [False, True])
def test_a_switch_removes_its_embedding_and_no_other(missing, attend_empty_slots):
    switches = tuple(name != missing for name in ("shape", "order", "location"))
    slots = 196 if attend_empty_slots else None
    model = network(**{missing: False}, attend_empty_slots=attend_empty_slots)
    expected = np.stack([slow_logits(PLAIN, drawing, HEADS, slots, switches) for drawing in DRAWINGS[:3]])
    assert np.abs(logits(model, DRAWINGS[:3]) - expected).max() < 1e-5


def change_offsets(strokes: StrokeBatch) -> tuple[StrokeBatch, torch.Tensor]:
    packed = strokes.packed._replace(data=strokes.packed.data + 0.3)
    return StrokeBatch(packed, strokes.slot_of_row, strokes.location, strokes.present), torch.arange(7)


def change_locations(strokes: StrokeBatch) -> tuple[StrokeBatch, torch.Tensor]:
    moved = strokes.location + 0.3
    return StrokeBatch(strokes.packed, strokes.slot_of_row, moved, strokes.present), torch.arange(7)


def shuffle_strokes(strokes: StrokeBatch) -> tuple[StrokeBatch, torch.Tensor]:
    order = torch.tensor([3, 6, 0, 2, 5, 1, 4])
    slot = torch.argsort(order)[strokes.slot_of_row]
    return StrokeBatch(strokes.packed, slot, strokes.location[:, order], strokes.present), order


@pytest.mark.parametrize(
    ("switch", "change"), [("shape", change_offsets), ("location", change_locations), ("order", shuffle_strokes)]
)
def test_a_network_is_blind_to_what_it_does_not_embed(switch, change):
    strokes = batch_of([DRAWINGS[2]])
    with torch.no_grad():
        without, complete = network(**{switch: False}), network()
        changed, _ = change(strokes)
        assert (without(strokes) - without(changed)).abs().max() < 1e-5
        assert (complete(strokes) - complete(changed)).abs().max() > 1e-3


@pytest.mark.parametrize("attend_empty_slots", [False, True])
def test_gradient_of_locations_is_the_finite_difference(attend_empty_slots):
    model = network(attend_empty_slots=attend_empty_slots).double()
    strokes = batch_of(DRAWINGS[:2])
    shape = model.shape(strokes).detach().double()
    weights = torch.linspace(-1, 1, CLASSES, dtype=torch.float64)

    def score(location: torch.Tensor) -> torch.Tensor:
        return (model.classify(shape, location, strokes.present) * weights).sum()

    location = strokes.location.double().requires_grad_()
    (gradient,) = torch.autograd.grad(score(location), location)
    for index in np.ndindex(*location.shape):
        step = torch.zeros_like(location)
        step[index] = 1e-6
        with torch.no_grad():
            slope = (score(location + step) - score(location - step)) / 2e-6
        assert float(gradient[index]) == pytest.approx(float(slope), rel=1e-5, abs=1e-8)
    assert gradient[strokes.present].abs().min() > 1e-6


def test_locations_in_empty_slots_are_not_seen_through_the_mask():
    model, strokes = network(), batch_of(DRAWINGS[:2])
    location = strokes.location.clone().requires_grad_()
    model.classify(model.shape(strokes), location, strokes.present).sum().backward()
    assert location.grad[~strokes.present].abs().max() == 0


def test_the_loss_reaches_every_parameter():
    model = network()
    torch.nn.functional.cross_entropy(model(batch_of(DRAWINGS)), torch.arange(6) % CLASSES).backward()
    assert [name for name, weight in model.named_parameters() if not weight.grad.abs().sum() > 0] == []


@pytest.mark.parametrize("missing", ["shape", "order", "location"])
def test_a_switched_off_embedding_is_not_trained(missing):
    model = network(**{missing: False})
    model(batch_of(DRAWINGS)).sum().backward()
    assert [name for name, weight in model.named_parameters() if weight.requires_grad and weight.grad is None] == []


def test_only_training_drops_out():
    model = network(dropout=0.5)
    assert (logits(model, DRAWINGS) == logits(model, DRAWINGS)).all()
    model.train()
    assert (logits(model, DRAWINGS) != logits(model, DRAWINGS)).any()


@pytest.mark.parametrize(
    ("config", "count"),
    [
        (SketchXAINetConfig(345), 5_744_793),
        (SketchXAINetConfig(345, width=768, heads=12), 90_218_073),
    ],
    ids=["Tiny", "Base"],
)
def test_live_parameters_are_as_many_as_the_published_ones(config, count):
    with torch.device("meta"):
        assert sum(weight.numel() for weight in SketchXAINet(config).parameters()) == count


def test_a_new_network_remembers_and_is_unbiased():
    torch.manual_seed(0)
    fresh = SketchXAINet(SketchXAINetConfig(CLASSES, WIDTH, LAYERS, HEADS))
    half = WIDTH // 2
    for end in ("l0", "l0_reverse", "l1", "l1_reverse"):
        total = getattr(fresh.recurrence, f"bias_ih_{end}") + getattr(fresh.recurrence, f"bias_hh_{end}")
        assert total.tolist() == [0.0] * half + [1.0] * half + [0.0] * 2 * half
    assert np.abs(logits(fresh.eval(), DRAWINGS)).max() < 1
