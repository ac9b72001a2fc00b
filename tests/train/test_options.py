"""From the command line to a recipe, and from a run to a card."""

import argparse
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sketchlib.cli import parser
from sketchlib.data.augment import Augmentation
from sketchlib.models import build, load
from sketchlib.models.cards import read_card
from sketchlib.sketch import Sketch
from sketchlib.train.loop import learning_rate
from sketchlib.train.options import config_of, preprocessing_of, recipe_of, write_result


def options(*words: str, model: str = "sketchxainet", out: Path = Path("run")) -> argparse.Namespace:
    return parser().parse_args(["train", "recognise", "--model", model, "--data", "d", "--out", str(out), *words])


def published(sketches: int = 24_150_000, processes: int = 5, *words: str):
    return recipe_of(options("--recipe", "sketchxai", *words), sketches, processes)


def test_the_published_recipe_is_the_papers():
    recipe = published()
    schedule = recipe.schedule
    assert schedule.steps == 966_000
    assert (schedule.learning_rate, schedule.weight_decay, schedule.ema) == (3e-4, 1e-4, 0.0)
    assert schedule.gradient_norm == math.inf
    assert recipe.batch == 100
    assert (recipe.balance, recipe.smoothing) == (0.0, 0.0)
    assert recipe.augmentation == Augmentation.none()
    assert recipe.preprocessing.longest_stroke is None
    assert recipe.preprocessing.most_strokes == 196
    with torch.device("meta"):
        network = build("sketchxainet", {"classes": 345, **recipe.config})
    assert sum(weight.numel() for weight in network.parameters()) == 5_744_793
    assert network.config.attend_empty_slots
    assert network.config.dropout == 0.1


def test_the_published_rate_is_torchs_warm_restarts_stepped_every_2000_iterations():
    weight = torch.nn.Parameter(torch.zeros(1))
    theirs = torch.optim.AdamW([weight], lr=3e-4)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(theirs, T_0=20, eta_min=0)
    schedule = published().schedule
    theirs.step()
    for period in range(45):
        for step in (2000 * period, 2000 * period + 1999):
            assert learning_rate(schedule, step) == pytest.approx(theirs.param_groups[0]["lr"], rel=1e-9)
        scheduler.step()


def test_epochs_count_every_process():
    assert published(1001, 2).schedule.steps == math.ceil(20 * 1001 / 200)
    assert published(1000, 1, "--batch", "50").schedule.steps == 400
    assert published(1000, 1, "--steps", "7").schedule.steps == 7


def test_our_recipe_is_the_default():
    recipe = recipe_of(options(), 1000, 1)
    assert (recipe.schedule.steps, recipe.batch, recipe.seed) == (6000, 256, 0)
    assert recipe.augmentation == Augmentation()
    assert recipe.schedule.learning_rate == 1e-3
    assert recipe_of(options(model="sketchcnn"), 1000, 1).schedule.learning_rate == 1.5e-3


def test_options_override_either_recipe():
    for name in ("ours", "sketchxai"):
        words = ("--recipe", name, "--steps", "5", "--batch", "3", "--learning-rate", "0.5", "--seed", "9")
        recipe = recipe_of(options(*words), 1000, 1)
        assert (recipe.schedule.steps, recipe.batch, recipe.schedule.learning_rate, recipe.seed) == (5, 3, 0.5, 9)


@pytest.mark.parametrize("share", ["0", "0.3"])
def test_strokes_are_dropped_as_often_as_told(share):
    found = recipe_of(options("--augmentation", "0.5", "--stroke-drop", share), 1000, 1).augmentation
    assert found == replace(Augmentation().scaled(0.5), stroke_drop=float(share))


def test_augmentation_has_a_strength():
    assert recipe_of(options("--augmentation", "0.5"), 1000, 1).augmentation == Augmentation().scaled(0.5)


def test_a_stroke_network_of_ours_is_smaller_and_masks():
    assert config_of(options()) == {"layers": 6}
    assert config_of(options("--layers", "2")) == {"layers": 2}
    assert config_of(options("--recipe", "sketchxai")) == {"layers": 12, "attend_empty_slots": True}
    assert config_of(options(model="sketchcnn")) == {}


def test_ablations_leave_out_what_they_name():
    config = config_of(options("--without", "shape", "order"))
    assert config == {"layers": 6, "shape": False, "order": False}
    switches = build("sketchxainet", {"classes": 3, **config}).config
    assert (switches.shape, switches.order, switches.location) == (False, False, True)


def test_strokes_or_pixels_go_in():
    assert preprocessing_of(options()).canvas_side is None
    assert preprocessing_of(options()).longest_stroke == 48
    pixels = preprocessing_of(options(model="sketchcnn"))
    assert pixels.canvas_side == 64
    assert pixels.line_width > 0


@pytest.mark.parametrize("words", [("--without", "colour"), ("--recipe", "mine"), ("--precision", "fp8")])
def test_unknown_choices_are_refused(words, capsys):
    with pytest.raises(SystemExit) as caught:
        options(*words)
    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_a_result_is_a_card_that_loads_as_the_averaged_network(tmp_path, monkeypatch):
    words = ["train", "recognise", "--name", "my cat's"]
    monkeypatch.setattr("sys.argv", ["sketchlib", *words])
    chosen = options("--layers", "1", "--name", "toy", out=tmp_path)
    torch.manual_seed(0)
    network = build("sketchxainet", {"classes": 2, **config_of(chosen)}).eval()
    path = write_result(chosen, recipe_of(chosen, 10, 1), ("cat", "dog"), network.state_dict())
    card = read_card(path)
    assert path == tmp_path / "toy-v1.toml"
    assert (card.title, card.classes, card.paper) == ("toy-v1", ("cat", "dog"), "qu2023sketchxai")
    assert card.command == "python -m sketchlib train recognise --name 'my cat'\"'\"'s'"
    loaded = load(path)
    sketch = Sketch.from_points([np.array([[0.0, 0.0], [1.0, 0.5]])])
    for name, value in loaded.network.state_dict().items():
        assert value.numpy() == pytest.approx(network.state_dict()[name].half().float().numpy())
    assert loaded.logits([sketch]).shape == (1, 2)
