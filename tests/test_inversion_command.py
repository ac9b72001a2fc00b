"""`invert` and `evaluate inversion` on the command line, with the shipped models and examples."""

import json
from pathlib import Path

import pytest

from sketchlib.cli import invert as command
from sketchlib.cli import main
from sketchlib.io import read_sketches, write_sketches
from sketchlib.models import load
from sketchlib.sketch import Sketch

ROOT = Path(__file__).resolve().parents[1]
BICYCLE = ROOT / "demos" / "examples" / "01-bicycle.json"


def test_invert_writes_json_csv_and_drawings(tmp_path, capsys):
    command = ["invert", str(BICYCLE), "--mode", "transfer", "--target", "eyeglasses", "--seeds", "2"]
    assert main([*command, "--iterations", "6", "--out", str(tmp_path / "new" / "out")]) == 0
    saved = json.loads((tmp_path / "new" / "out" / "inversion.json").read_text())
    assert [run["target"] for run in saved["runs"]] == ["eyeglasses"] * 2
    assert [len(run["steps"]) for run in saved["runs"]] == [7, 7]
    assert len((tmp_path / "new" / "out" / "inversion.csv").read_text().splitlines()) == 15
    (drawing,) = read_sketches(tmp_path / "new" / "out" / "final-1.svg")
    assert len(drawing) == len(next(iter(read_sketches(BICYCLE))))
    assert capsys.readouterr().out.startswith("seed 0: eyeglasses, per cent: ")


def test_invert_recovers_what_the_model_sees(tmp_path):
    assert main(["invert", str(BICYCLE), "--iterations", "2", "--out", str(tmp_path)]) == 0
    (run,) = json.loads((tmp_path / "inversion.json").read_text())["runs"]
    sketch = next(iter(read_sketches(BICYCLE)))
    assert (run["target"], run["start"]) == (load("sketchxainet66").predict(sketch, 1)[0][0], "scattered")


def examples(folder):
    """Three example drawings with their labels, as a file to evaluate on."""
    names = {"01-bicycle": "bicycle", "05-house": "house", "03-sun": "sun"}
    files = [(ROOT / "demos" / "examples" / f"{name}.json", label) for name, label in names.items()]
    sketches = [Sketch(next(iter(read_sketches(path))).strokes, label) for path, label in files]
    path = folder / "drawings.ndjson"
    write_sketches(path, sketches)
    return path


def test_evaluate_prints_a_json_object_a_preset(tmp_path, capsys):
    command = ["evaluate", "inversion", "--data", str(examples(tmp_path)), "--iterations", "3", "--json"]
    assert main([*command, "--optimiser", "sketchxai", "random_search"]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["method"], second["method"], first["mode"]) == ("sketchxai", "random_search", "recovery")
    assert 1 <= first["n"] <= 3


def test_evaluate_writes_a_page_of_both_modes_beside_the_papers_rows(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "SHOWN", (("bicycle", "eyeglasses"),))
    page = tmp_path / "inversion.md"
    asked = ["evaluate", "inversion", "--data", str(examples(tmp_path)), "--iterations", "2", "--limit", "1"]
    assert main([*asked, "--optimiser", "sketchxai", "--table", str(page)]) == 0
    assert len([line for line in capsys.readouterr().out.splitlines() if "sketchxai" in line]) == 2
    text = page.read_text()
    assert "| bicycle, ours |" in text
    assert "| bicycle to eyeglasses, ours |" in text
    assert "--optimiser sketchxai --limit 1 --seeds 1 --iterations 2 --seed 0 --table inversion.md" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["invert", str(BICYCLE), "--mode", "transfer", "--out", "x"], "got no --target"),
        (["invert", str(BICYCLE), "--target", "unicorn", "--out", "x"], "'unicorn'"),
        (["invert", str(BICYCLE), "--mode", "transfer", "--target", "bicycle", "--out", "x"], "another class"),
        (["invert", str(BICYCLE), "--seeds", "0", "--out", "x"], "--seeds 0"),
        (["invert", str(BICYCLE), "--optimiser", "best", "--out", "x"], "'best'"),
        (["invert", str(BICYCLE), "--model", "sketchcnn66", "--out", "x"], "reads strokes"),
        (["invert", str(BICYCLE), "--iterations", "1", "--out", str(BICYCLE)], "in the folder's place"),
        (["evaluate", "inversion", "--data", str(BICYCLE), "--optimiser", "best"], "'best'"),
        (["evaluate", "inversion", "--data", str(BICYCLE), "--limit", "0"], "from 1"),
    ],
)
def test_a_mistake_is_one_sentence(arguments, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert words in said
    assert said.count("\n") == 1
    assert not (tmp_path / "x").exists()
