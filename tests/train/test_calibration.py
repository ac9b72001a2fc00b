"""Calibration by its definition: the temperature by a fine grid, the error bin by bin, the command on a toy."""

import json

import numpy as np
import pytest
import torch

from sketchlib.cli import main
from sketchlib.io import to_quickdraw
from sketchlib.models import build, load
from sketchlib.models.cards import Card, Preprocessing, Weights, save_tensors, write_card
from sketchlib.sketch import Sketch
from sketchlib.train.calibration import best_temperature, calibration_error


@pytest.fixture
def scored() -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that are right as often as softmax of twice them says, and labels drawn so."""
    generator = torch.Generator().manual_seed(4)
    logits = torch.randn(4000, 5, generator=generator)
    labels = torch.multinomial((2 * logits).softmax(dim=1), 1, generator=generator)[:, 0]
    return logits, labels


def loss(logits, labels, temperature):
    chances = np.exp(logits.double().numpy() / temperature)
    chances /= chances.sum(axis=1, keepdims=True)
    return -np.log(chances[np.arange(len(labels)), labels.numpy()]).mean()


def test_temperature_has_the_least_loss_of_a_fine_grid(scored):
    grid = np.linspace(0.3, 0.8, 251)
    expected = grid[np.argmin([loss(*scored, temperature) for temperature in grid])]
    assert best_temperature(*scored) == pytest.approx(expected, abs=0.004)
    assert expected == pytest.approx(0.5, abs=0.05)


def test_error_is_the_mean_distance_of_confidence_from_accuracy(scored):
    logits, labels = scored
    chances = np.exp(logits.double().numpy())
    chances /= chances.sum(axis=1, keepdims=True)
    sure, right = chances.max(axis=1), chances.argmax(axis=1) == labels.numpy()
    expected = 0.0
    for number in range(15):
        inside = (sure >= number / 15) & (sure < (number + 1) / 15)
        if inside.any():
            expected += inside.mean() * abs(right[inside].mean() - sure[inside].mean())
    assert calibration_error(logits, labels) == pytest.approx(expected, abs=1e-9)
    assert calibration_error(logits / best_temperature(logits, labels), labels) < expected / 3


def test_what_is_certain_is_in_the_last_bin():
    """Confidences of 1 to the last digit; half of them are right."""
    logits = torch.tensor([[1000.0, 0.0], [1000.0, 0.0]])
    assert calibration_error(logits, torch.tensor([0, 1])) == 0.5


@pytest.mark.parametrize("builder", ["sketchcnn", "sketchxainet"])
def test_command_divides_the_logits_and_keeps_the_rest(tmp_path, builder, capsys):
    torch.manual_seed(0)
    config = {"widths": [4, 8], "blocks": [1]} if builder == "sketchcnn" else {"width": 16, "layers": 1, "heads": 2}
    canvas = {"canvas_side": 16, "line_width": 0.06, "softness": 0.06} if builder == "sketchcnn" else {}
    network = build(builder, {"classes": 2, **config})
    files = save_tensors(network.state_dict(), tmp_path / "toy-v1.safetensors")
    facts = {"licence": "", "trained_on": "", "command": "", "preprocessing": Preprocessing("quickdraw", **canvas)}
    card = Card("toy", 1, builder, classes=("bolt", "box"), config=config, weights=Weights(files), **facts)
    write_card(card, tmp_path / "toy-v1.toml")
    drawn = [
        Sketch.from_points([[[0, 0], [1, 0.2 * n]], [[0, 1], [0.1 * n, 0]]], ("bolt", "box")[n % 2])
        for n in range(1, 9)
    ]
    lines = [json.dumps(to_quickdraw(sketch)) for sketch in drawn]
    (tmp_path / "val.ndjson").write_text("\n".join(lines))
    words = ["train", "calibrate", "--model", str(tmp_path / "toy-v1.toml"), "--data", str(tmp_path / "val.ndjson")]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    temperature = float(said.split("temperature ")[1].split()[0])
    before, after = load(tmp_path / "toy-v1.toml"), load(tmp_path / "out" / "toy-v1.toml")
    assert after.logits(drawn) == pytest.approx(before.logits(drawn) / temperature, rel=0.02, abs=0.02)
    assert f"temperature {temperature:.3g} on 8 sketches" in after.card.notes
    assert (after.classes, after.card.preprocessing) == (before.classes, before.card.preprocessing)


def test_command_refuses_data_without_the_models_categories(tmp_path, capsys):
    torch.manual_seed(0)
    config = {"widths": [4, 8], "blocks": [1]}
    files = save_tensors(build("sketchcnn", {"classes": 1, **config}).state_dict(), tmp_path / "t-v1.safetensors")
    preprocessing = Preprocessing("quickdraw", canvas_side=16, line_width=0.06, softness=0.06)
    facts = {"licence": "", "trained_on": "", "command": "", "preprocessing": preprocessing}
    card = Card("t", 1, "sketchcnn", classes=("yeti",), config=config, weights=Weights(files), **facts)
    write_card(card, tmp_path / "t-v1.toml")
    (tmp_path / "val.ndjson").write_text('{"word": "box", "drawing": [[[0, 9], [0, 9]]]}\n')
    words = ["train", "calibrate", "--model", str(tmp_path / "t-v1.toml"), "--data", str(tmp_path / "val.ndjson")]
    assert main([*words, "--out", str(tmp_path / "out")]) == 2
    assert "calibration needs sketches of the model's categories" in capsys.readouterr().err
