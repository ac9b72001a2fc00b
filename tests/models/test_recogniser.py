"""Recogniser: sketches as drawn in, logits in the order asked for; and cards that load as networks."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchlib.errors import CheckpointError, SketchError
from sketchlib.models import build, load, recogniser
from sketchlib.models.cards import Card, Preprocessing, WeightFile, Weights, save_tensors, write_card
from sketchlib.models.inputs import flat, network_inputs
from sketchlib.models.published import to_published
from sketchlib.models.recogniser import Recogniser
from sketchlib.raster import render
from sketchlib.simplify import canonical
from sketchlib.sketch import Sketch
from tests.network_oracle import normalised, random_drawing, slow_logits

STROKES = {"width": 8, "layers": 1, "heads": 2}
PIXELS = {"widths": [2, 4], "blocks": [1]}
CLASSES = ("cat", "dog", "Eiffel Tower")
RASTER = Preprocessing("quickdraw", canvas_side=16, line_width=0.05, softness=0.06, margin=0.1)
RANDOM = np.random.default_rng(1)
SKETCHES = [canonical(Sketch.from_points(random_drawing(RANDOM, strokes))) for strokes in (4, 1, 6, 2, 3)]


def a_card(builder: str = "sketchxainet", **changes: object) -> Card:
    card = Card(
        name="toy",
        version=1,
        builder=builder,
        licence="Apache-2.0",
        trained_on="a desk",
        command="python -m sketchlib train recognise",
        classes=CLASSES,
        config=STROKES if builder == "sketchxainet" else PIXELS,
        preprocessing=Preprocessing("quickdraw") if builder == "sketchxainet" else RASTER,
        weights=Weights((WeightFile("toy.safetensors", "0" * 64),)),
    )
    return replace(card, **changes)


def toy(builder: str = "sketchxainet", **changes: object) -> Recogniser:
    card = a_card(builder, **changes)
    torch.manual_seed(0)
    return Recogniser(build(builder, {"classes": len(CLASSES), **card.config}), card)


def written(folder: Path, model: Recogniser, tensors: dict[str, torch.Tensor], **changes: object) -> Path:
    files = save_tensors(tensors, folder / "toy.safetensors")
    path = folder / "toy-v1.toml"
    write_card(replace(model.card, weights=Weights(files), **changes), path)
    return path


@pytest.mark.parametrize("builder", ["sketchxainet", "sketchcnn"])
@pytest.mark.parametrize("chunk", [2, 256])
def test_logits_are_those_of_each_sketch_alone_in_the_order_given(builder, chunk, monkeypatch):
    monkeypatch.setattr(recogniser, "CHUNK", chunk)
    model = toy(builder)
    together = model.logits(SKETCHES)
    assert together.shape == (len(SKETCHES), len(CLASSES))
    assert together.dtype == np.float32
    for sketch, found in zip(SKETCHES, together, strict=True):
        with torch.no_grad():
            alone = model.network(network_inputs(flat([sketch]), model.card.preprocessing))[0].numpy()
        assert found == pytest.approx(alone, abs=1e-5)
    assert np.ptp(together, axis=0).max() > 1e-4


def test_logits_of_a_stroke_network_are_the_slow_forward():
    model = toy()
    tensors = {key: tensor.double().numpy() for key, tensor in to_published(model.network.state_dict()).items()}
    expected = [slow_logits(tensors, [stroke.points for stroke in sketch], 2, slots=None) for sketch in SKETCHES]
    assert np.abs(model.logits(SKETCHES) - np.stack(expected)).max() < 1e-5


def test_a_raster_network_reads_the_sketch_fitted_into_the_margin():
    for sketch in SKETCHES:
        (ink,) = network_inputs(flat([sketch]), RASTER)
        expected = render(sketch.fitted(0.1), 16, line_width=0.05, softness=0.06)
        assert ink.shape == (1, 16, 16)
        assert np.abs(ink[0].numpy() - expected).max() < 1e-4


def test_line_widths_may_differ_by_a_factor_each():
    ink = network_inputs(flat(SKETCHES[:2]), RASTER, jitter=torch.tensor([0.5, 2.0]))
    for image, sketch, width in zip(ink, SKETCHES, (0.025, 0.1), strict=False):
        expected = render(sketch.fitted(0.1), 16, line_width=width, softness=0.06)
        assert np.abs(image[0].numpy() - expected).max() < 1e-4


def test_a_stroke_network_reads_as_many_strokes_and_points_as_its_card_says():
    batch = network_inputs(flat(SKETCHES), Preprocessing("quickdraw", most_strokes=3, longest_stroke=2))
    assert batch.present.sum(dim=1).tolist() == [3, 1, 3, 2, 3]
    assert len(batch.packed.batch_sizes) == 2
    assert batch.location[0, 0].tolist() == pytest.approx(
        normalised([stroke.points for stroke in SKETCHES[0].prefix(3)])[0][0], abs=1e-6
    )


def test_sketches_are_simplified_as_the_card_says():
    dense = Sketch.from_points([np.linspace([0.1, 0.2], [0.7, 0.9], 50), np.linspace([0.7, 0.2], [0.1, 0.9], 70)])
    model = toy()
    assert model.logits([dense]) == pytest.approx(model.logits([canonical(dense)]), abs=1e-6)
    as_drawn = toy(preprocessing=Preprocessing("none"))
    assert as_drawn.logits([dense]) != pytest.approx(as_drawn.logits([canonical(dense)]), abs=1e-4)


def test_probabilities_are_the_softmax_and_predictions_the_best_first():
    model = toy()
    probabilities = model.probabilities(SKETCHES)
    for row, logits in zip(probabilities, model.logits(SKETCHES).astype(float), strict=True):
        assert row == pytest.approx(np.exp(logits) / np.exp(logits).sum(), rel=1e-5)
    best = sorted(zip(CLASSES, probabilities[0].tolist(), strict=True), key=lambda pair: -pair[1])
    for k in (1, 2, 5):
        found = model.predict(SKETCHES[0], k)
        assert [name for name, _ in found] == [name for name, _ in best[:k]]
        assert [share for _, share in found] == pytest.approx([share for _, share in best[:k]], abs=1e-6)


def test_huge_logits_are_still_probabilities(monkeypatch):
    model = toy()
    monkeypatch.setattr(model, "logits", lambda sketches: np.array([[1000.0, 0.0, -1000.0]], dtype=np.float32))
    assert model.probabilities(SKETCHES[:1]).tolist() == [[1.0, 0.0, 0.0]]


def test_no_sketches_have_no_logits():
    assert toy().logits([]).shape == (0, len(CLASSES))


def test_a_dot_is_recognised_as_anything_else():
    for builder in ("sketchxainet", "sketchcnn"):
        assert np.isfinite(toy(builder).logits([Sketch.from_points([[[0.5, 0.5]]])])).all()


@settings(max_examples=10)
@given(st.integers(0, len(SKETCHES)))
def test_an_empty_sketch_is_refused_by_its_number(place):
    sketches = [*SKETCHES[:place], Sketch(), *SKETCHES[place:]]
    with pytest.raises(SketchError, match=f"empty sketch.*number {place + 1}"):
        toy().logits(sketches)


@pytest.mark.parametrize("builder", ["sketchxainet", "sketchcnn"])
def test_a_written_card_loads_as_the_same_network(builder, tmp_path):
    model = toy(builder)
    loaded = load(written(tmp_path, model, model.network.state_dict()))
    assert (loaded.name, loaded.classes) == ("toy-v1", CLASSES)
    assert not loaded.network.training
    assert np.abs(loaded.logits(SKETCHES) - model.logits(SKETCHES)).max() < 0.02


def test_published_weights_load_through_a_card(tmp_path):
    model = toy(config={**STROKES, "attend_empty_slots": True})
    loaded = load(written(tmp_path, model, to_published(model.network.state_dict())))
    halves = {name: value.half().float() for name, value in model.network.state_dict().items()}
    model.network.load_state_dict(halves)
    assert np.abs(loaded.logits(SKETCHES) - model.logits(SKETCHES)).max() < 1e-5


def test_weights_of_another_shape_are_refused_in_one_sentence(tmp_path):
    model = toy()
    path = written(tmp_path, model, model.network.state_dict(), config={**STROKES, "width": 16})
    with pytest.raises(CheckpointError, match="weights of toy-v1 fit its network") as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_an_unknown_builder_is_refused():
    with pytest.raises(CheckpointError, match="'resnet'"):
        build("resnet", {"classes": 3})
