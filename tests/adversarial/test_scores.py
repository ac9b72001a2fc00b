"""Scores of attacks, counted by hand; the commands, on shipped networks and examples."""

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from sketchlib.adversarial import STRATEGIES, attack
from sketchlib.adversarial.scores import ROWS, beside_optimum, by_strokes
from sketchlib.cli import main
from sketchlib.cli.photos import pair_scores
from sketchlib.io import read_sketches, write_sketches
from sketchlib.retrieval import model
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


def test_by_strokes_groups_sketches_of_as_many():
    groups = {count: [(Table(count, seed), strokes(count)) for seed in range(8)] for count in (3, 5)}
    found, best = ([attack(model, each, strategy=name) for own in groups.values() for model, each in own]
                   for name in ("greedy", "exhaustive"))  # fmt: skip
    scores = by_strokes(found, best)
    assert scores == {3: beside_optimum(found[:8], best[:8]), 5: beside_optimum(found[8:], best[8:])}


def labelled(folder):
    """Three example drawings with their labels, as a file to evaluate on."""
    names = {"01-bicycle": "bicycle", "05-house": "house", "03-sun": "sun"}
    found = [Sketch(next(iter(read_sketches(EXAMPLES / f"{name}.json"))).strokes, own) for name, own in names.items()]
    write_sketches(folder / "some.ndjson", found)
    return folder / "some.ndjson"


def test_evaluate_attack_gives_an_object_a_strategy_and_a_page(tmp_path, capsys):
    data, page = labelled(tmp_path), tmp_path / "page.md"
    command = ["evaluate", "attack", "--data", str(data), "--model", "sketchcnn66", "--limit", "1", "--json"]
    assert main([*command, "--voting", "1", "--table", str(page)]) == 0
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
    assert sum(found["counts"].values()) == 1
    assert found["voting"]["adaptive"]["leave_one_out"]["1.0"]["n"] == 1
    text = page.read_text()
    assert all(text.count(f"| `{name}` |") == 4 for name in ROWS)
    assert "| strokes | n |" in text
    assert text.count("| `by_lot` |") == 1
    assert "--voting 1" in text
    assert str(tmp_path) not in text


def test_evaluate_attack_speaks_in_lines_and_errors(tmp_path, capsys):
    data = labelled(tmp_path)
    assert main(["evaluate", "attack", "--data", str(data), "--limit", "0"]) == 2
    assert "--limit is a whole number from 1" in capsys.readouterr().err
    wrong = [Sketch(sketch.strokes, "cat") for sketch in read_sketches(data)]
    write_sketches(tmp_path / "wrong.ndjson", wrong)
    assert main(["evaluate", "attack", "--data", str(tmp_path / "wrong.ndjson")]) == 2
    assert "that the model recognises, got none of 3" in capsys.readouterr().err


def test_attack_of_a_rank_on_the_command_line(tmp_path, capsys, monkeypatch):
    from sketchlib.retrieval import Gallery
    from tests.demos.retrieve.furniture import write_photos
    from tests.retrieval import cards

    (tmp_path / "card").mkdir()
    own = cards.write_student(tmp_path / "card")
    network = model.load_retriever(own)
    monkeypatch.setattr(model, "load_retriever", lambda: network)
    write_photos(tmp_path / "pairs" / "photo", range(5))
    Gallery.build(tmp_path / "pairs" / "photo", network.photos, tmp_path / "gallery")
    command = ["attack", str(HOUSE), "--model", "sketchcnn66", "--gallery", str(tmp_path / "gallery")]
    assert main(command) == 0
    assert re.search(r"The photo 00\d\.png goes from rank 1 to [1-5] of 5\.", capsys.readouterr().out)
    assert main([*command, "--json"]) == 0
    drop = json.loads(capsys.readouterr().out)["photos"]
    assert (drop["before"], drop["photos"]) == (1, 5)
    house = next(iter(read_sketches(HOUSE)))
    drawing = [[(255 * stroke.points[:, axis]).tolist() for axis in (0, 1)] for stroke in house]
    lines = [json.dumps({"photo": f"00{i}.png", "key": str(i), "drawing": drawing}) for i in range(5)]
    (tmp_path / "pairs" / "some.ndjson.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    scores = pair_scores(tmp_path / "pairs", 3, 0)
    assert {each.n for each in scores} == {1}, "one photo of five is the nearest to the same drawing"
    assert [each.strategy for each in scores if each.budget == 1.0] == ["greedy", "random"]


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
