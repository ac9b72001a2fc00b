"""The recognisers' recipe: its loss by hand, its batches, its judge, and that it learns."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState

from sketchlib.data.augment import Augmentation
from sketchlib.data.collection import SketchCollection, collect
from sketchlib.data.sampling import BalancedBatches
from sketchlib.errors import CheckpointError
from sketchlib.models import build
from sketchlib.models.cards import Card, Preprocessing, Weights, save_tensors, write_card
from sketchlib.models.inputs import flat, network_inputs
from sketchlib.sketch import Sketch
from sketchlib.train import loop
from sketchlib.train.loop import Schedule, Training
from sketchlib.train.recognise import Recipe, judging, summary, training

CLASSES = ("bolt", "box", "dot")
PREPROCESSING = {
    "sketchxainet": Preprocessing("quickdraw", most_strokes=8, longest_stroke=8),
    "sketchcnn": Preprocessing("quickdraw", canvas_side=16, line_width=0.06, softness=0.06, margin=0.06),
}
CONFIG = {
    "sketchxainet": {"width": 16, "layers": 1, "heads": 2, "slots": 8},
    "sketchcnn": {"widths": (4, 8), "blocks": (1,)},
}


@pytest.fixture(autouse=True)
def no_tensorboard(monkeypatch):
    monkeypatch.setattr(loop, "_tensorboard", lambda folder: None)


def sketches(count: int, seed: int = 0) -> list[Sketch]:
    """Bolts are one zigzag, boxes four strokes, dots one point; six bolts and three boxes to every dot."""
    random, drawn = np.random.default_rng(seed), []
    for number in range(count):
        width, height = random.uniform(0.3, 1.0, 2)
        bolt = [[[0, 0], [width, height / 2], [0, height / 2], [width, height]]]
        corners = [[0, 0], [width, 0], [width, height], [0, height], [0, 0]]
        box = [corners[side : side + 2] for side in range(4)]
        kind = (0, 0, 1, 0, 0, 1, 0, 0, 1, 2)[number % 10]
        drawn.append(Sketch.from_points((bolt, box, [[[0, 0]]])[kind], CLASSES[kind]))
    return drawn


SKETCHES = sketches(60)
DATA = collect(SKETCHES, CLASSES)


def a_recipe(model: str, steps: int = 6, **changes: object) -> Recipe:
    schedule = Schedule(steps, 0.01, warmup=2, ema=0.5, save_seconds=-1)
    recipe = Recipe(model, CONFIG[model], PREPROCESSING[model], schedule, Augmentation(), batch=12)
    return replace(recipe, **changes)


def a_run(folder: Path, recipe: Recipe, validation: SketchCollection = DATA) -> Training:
    AcceleratorState._reset_state(reset_partial_state=True)
    return training(DATA, validation, recipe, folder, Accelerator(cpu=True))


def test_loss_is_the_cross_entropy_of_adjusted_logits_and_smoothed_labels(tmp_path):
    config = {**CONFIG["sketchxainet"], "dropout": 0.0}
    recipe = a_recipe("sketchxainet", 1, config=config, augmentation=Augmentation.none(), smoothing=0.2, seed=5)
    a_run(tmp_path, recipe).run()
    torch.manual_seed(5)
    network = build("sketchxainet", {"classes": 3, **config})
    source = BalancedBatches(DATA, 12, 0.5, seed=5)
    indices = next(source.from_step(0)).tolist()
    counts = np.array([sum(sketch.label == name for sketch in SKETCHES) for name in CLASSES])
    chances = np.sqrt(counts) / np.sqrt(counts).sum()
    losses = []
    for index in indices:
        with torch.no_grad():
            logits = network(network_inputs(flat([SKETCHES[index]]), recipe.preprocessing))[0].double().numpy()
        adjusted = logits + np.log(chances)
        log_shares = adjusted - np.log(np.exp(adjusted).sum())
        target = np.full(3, 0.2 / 3)
        target[DATA.labels[index]] += 0.8
        losses.append(-(target * log_shares).sum())
    (row,) = csv.DictReader((tmp_path / "log.csv").open())
    assert float(row["loss"]) == pytest.approx(np.mean(losses), rel=1e-4)


@pytest.mark.parametrize("model", ["sketchxainet", "sketchcnn"])
def test_an_interrupted_run_ends_with_the_weights_of_an_uninterrupted_one(tmp_path, monkeypatch, model):
    whole = a_run(tmp_path / "whole", a_recipe(model))
    whole.run()
    cross_entropy, calls = torch.nn.functional.cross_entropy, []

    def dying(*arguments: object, **options: object) -> torch.Tensor:
        calls.append(1)
        if len(calls) == 4:
            raise InterruptedError
        return cross_entropy(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(torch.nn.functional, "cross_entropy", dying)
        with pytest.raises(InterruptedError):
            a_run(tmp_path / "cut", a_recipe(model)).run()
    resumed = a_run(tmp_path / "cut", a_recipe(model))
    assert resumed.step == 3
    resumed.run()
    for found, expected in (
        (resumed.plain.state_dict(), whole.plain.state_dict()),
        (resumed.average.state, whole.average.state),
    ):
        assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_run_may_start_from_the_weights_of_a_card(tmp_path):
    torch.manual_seed(8)
    network = build("sketchxainet", {"classes": 3, **CONFIG["sketchxainet"]})
    files = save_tensors(network.state_dict(), tmp_path / "old.safetensors")
    facts = {"licence": "", "trained_on": "", "command": "", "preprocessing": PREPROCESSING["sketchxainet"]}
    card = Card(
        "old", 1, "sketchxainet", classes=CLASSES, config=CONFIG["sketchxainet"], weights=Weights(files), **facts
    )
    write_card(card, tmp_path / "old-v1.toml")
    AcceleratorState._reset_state(reset_partial_state=True)
    run = training(
        DATA, DATA, a_recipe("sketchxainet"), tmp_path / "run", Accelerator(cpu=True), tmp_path / "old-v1.toml"
    )
    for name, value in run.plain.state_dict().items():
        assert torch.equal(value, network.state_dict()[name].half().float())
    write_card(replace(card, classes=("bolt", "box", "yeti")), tmp_path / "old-v1.toml")
    with pytest.raises(CheckpointError, match="weights for its 3 classes"):
        training(
            DATA, DATA, a_recipe("sketchxainet"), tmp_path / "other", Accelerator(cpu=True), tmp_path / "old-v1.toml"
        )


def test_seeds_make_different_networks(tmp_path):
    weights = []
    for number, seed in enumerate((1, 1, 2)):
        run = a_run(tmp_path / str(number), a_recipe("sketchxainet", 1, seed=seed))
        run.run()
        weights.append(run.plain.head.weight)
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize("model", ["sketchxainet", "sketchcnn"])
def test_simple_classes_are_learned(tmp_path, model):
    recipe = a_recipe(model, 60, augmentation=Augmentation.none())
    scores = a_run(tmp_path, recipe, collect(sketches(40, seed=1), CLASSES)).run()
    assert scores["macro_top1"] > 0.8


@pytest.mark.parametrize("model", ["sketchxainet", "sketchcnn"])
def test_the_judge_counts_what_each_sketch_alone_would_get(model):
    torch.manual_seed(3)
    network = build(model, {"classes": 3, **CONFIG[model]}).eval()
    with torch.no_grad():
        scores = judging(DATA, PREPROCESSING[model], batch=7)(network)
        hits: dict[str, list[bool]] = {name: [] for name in CLASSES}
        for sketch in SKETCHES:
            logits = network(network_inputs(flat([sketch]), PREPROCESSING[model]))[0]
            hits[sketch.label].append(CLASSES[int(logits.argmax())] == sketch.label)
    assert scores["top1"] == pytest.approx(np.mean([hit for each in hits.values() for hit in each]))
    assert scores["macro_top1"] == pytest.approx(np.mean([np.mean(each) for each in hits.values()]))
    assert scores["top5"] == 1.0
    assert 0 < scores["top1"] < 1


def test_the_summary_averages_over_the_classes_that_are_there():
    ranks, labels = torch.tensor([0, 4, 5, 0]), torch.tensor([7, 7, 7, 2])
    expected = {"top1": 2 / 4, "top5": 3 / 4, "macro_top1": (1 / 3 + 1) / 2}
    assert summary(ranks, labels) == pytest.approx(expected)
