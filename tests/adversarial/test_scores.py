"""Scores of attacks, counted by hand; the commands, on shipped networks and examples."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sketchlib.adversarial import STRATEGIES, attack
from sketchlib.adversarial.scores import ROWS, beside_optimum
from sketchlib.cli import main
from sketchlib.io import read_sketches, write_sketches
from sketchlib.sketch import Sketch
from tests.adversarial.toys import Table, strokes

EXAMPLES = Path(__file__).resolve().parents[2] / "demos" / "examples"
HOUSE = EXAMPLES / "05-house.json"


def test_beside_the_optimum_counts_strokes_ink_and_calls():
    found = [attack(Table(6, seed), strokes(6)) for seed in range(30)]
    best = [attack(Table(6, seed), strokes(6), strategy="exhaustive") for seed in range(30)]
    scores = beside_optimum(found, best)
    pairs = [(a, b) for a, b in zip(found, best, strict=True) if b.flipped]
    assert 0 < len(pairs) < 30
    both = [(a, b) for a, b in pairs if a.flipped]
    assert scores.flips == sum(len(a.deleted) == len(b.deleted) for a, b in both) / len(pairs)
    assert scores.extra_strokes == pytest.approx(sum(len(a.deleted) - len(b.deleted) for a, b in both) / len(both))
    assert scores.extra_ink == pytest.approx(sum(a.ink - b.ink for a, b in both) / len(both))
    assert scores.calls == sum(a.calls for a in found) / sum(b.calls for b in best)
    assert scores.calls_of_all == sum(a.calls for a in found) / (30 * (2**6 - 1))
    none = beside_optimum([replace(a, flipped=False) for a in found], [replace(b, flipped=False) for b in best])
    assert (none.flips, none.extra_ink) == (None, None)


def labelled(folder):
    """Three example drawings with their labels, as a file to evaluate on."""
    names = {"01-bicycle": "bicycle", "05-house": "house", "03-sun": "sun"}
    found = [Sketch(next(iter(read_sketches(EXAMPLES / f"{name}.json"))).strokes, own) for name, own in names.items()]
    write_sketches(folder / "some.ndjson", found)
    return folder / "some.ndjson"


def test_evaluate_attack_gives_an_object_a_strategy_and_a_page(tmp_path, capsys):
    data, page = labelled(tmp_path), tmp_path / "page.md"
    command = ["evaluate", "attack", "--data", str(data), "--model", "sketchcnn66", "--limit", "1", "--json"]
    assert main([*command, "--table", str(page)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 1
    assert found["model"].startswith("sketchcnn66")
    assert found["other"].startswith("sketchxainet66")
    for name in STRATEGIES:
        own = found[name]
        assert list(own["by_budget"]) == ["1%", "2%", "5%", "10%", "20%", "unlimited"]
        for key in ("flip_rate", "mean_ink_removed", "mean_strokes_removed", "model_calls"):
            assert own[key] == own["by_budget"]["unlimited"][key]
        low, high = own["flip_rate_ci"]
        assert 0 <= low <= own["flip_rate"] <= high <= 1
        assert own["n"] == 1
        rates = [each["flip_rate"] for each in own["by_budget"].values()]
        assert rates == sorted(rates) or name != "exhaustive"
        assert own["accuracy_under_attack"] == pytest.approx(found["clean_accuracy"] * (1 - own["flip_rate"]))
    assert found["exhaustive"]["of_optimum"]["calls"] == found["exhaustive"]["of_optimum"]["flips"] == 1
    text = page.read_text()
    assert all(text.count(f"| `{name}` |") == 4 for name in ROWS)
    assert str(tmp_path) not in text


def test_evaluate_attack_speaks_in_lines_and_errors(tmp_path, capsys):
    data = labelled(tmp_path)
    assert main(["evaluate", "attack", "--data", str(data), "--limit", "0"]) == 2
    assert "--limit is a whole number from 1" in capsys.readouterr().err
    wrong = [Sketch(sketch.strokes, "cat") for sketch in read_sketches(data)]
    write_sketches(tmp_path / "wrong.ndjson", wrong)
    assert main(["evaluate", "attack", "--data", str(tmp_path / "wrong.ndjson")]) == 2
    assert "that the model recognises, got none of 3" in capsys.readouterr().err


def test_attack_on_the_command_line(tmp_path, capsys):
    command = ["attack", str(HOUSE), "--model", "sketchcnn66", "--strategy", "exhaustive"]
    assert main([*command, "--out", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out.startswith("Without ")
    (before,) = read_sketches(tmp_path / "new" / "before.svg")
    (after,) = read_sketches(tmp_path / "new" / "after.svg")
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["minimal"]
    assert len(before) - len(after) == len(found["steps"]) - 1
    assert main([*command, "--target", "unicorns"]) == 2
    assert "a target is one of" in capsys.readouterr().err
