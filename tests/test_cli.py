"""The command line, from training to prediction; and one sentence instead of a traceback."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from accelerate.state import AcceleratorState

from sketchlib.cli import main
from sketchlib.io import read_sketches, write_sketches
from sketchlib.models import load
from sketchlib.sketch import Sketch

ROOT = Path(__file__).resolve().parents[1]
SHAPES = {
    "bolt": [[[0, 0], [1, 0.4], [0, 0.6], [1, 1]]],
    "Box": [[[0, 0], [1, 0]], [[1, 0], [1, 1]], [[1, 1], [0, 1]], [[0, 1], [0, 0]]],
    "cross": [[[0, 0], [1, 1]], [[0, 1], [1, 0]]],
}


def drawn(label: str, number: int) -> Sketch:
    return Sketch.from_points([np.array(stroke) * [1, 1 - number / 10] for stroke in SHAPES[label]], label)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Four training sketches and two validation sketches of each of three categories."""
    folder = tmp_path_factory.mktemp("data")
    for split, count in (("train", 4), ("val", 2)):
        (folder / split).mkdir()
        for label in SHAPES:
            write_sketches(folder / split / f"{label}.ndjson.gz", [drawn(label, number) for number in range(count)])
    return folder


def training_command(data: Path, out: Path) -> list[str]:
    sizes = ["--at-least", "1", "--steps", "3", "--batch", "4", "--layers", "1", "--name", "toy"]
    return ["train", "recognise", "--model", "sketchxainet", "--data", str(data), "--out", str(out), *sizes]


@pytest.fixture(scope="module")
def card(data: Path, tmp_path_factory) -> str:
    """A card that `train recognise` wrote, after three steps on the CPU."""
    out = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACCELERATE_USE_CPU", "true")
        AcceleratorState._reset_state(reset_partial_state=True)
        assert main(training_command(data, out)) == 0
    assert (out / "state.pt").is_file()
    return str(out / "toy-v1.toml")


def test_training_writes_a_card_with_its_classes_and_a_log(card):
    assert load(card).classes == ("bolt", "Box", "cross")
    header, row = (Path(card).parent / "log.csv").read_text().splitlines()
    assert row.startswith("3,")
    assert "macro_top1" in header


def test_predict_prints_what_the_model_says_of_each_sketch(card, data, capsys):
    file = data / "val" / "Box.ndjson.gz"
    assert main(["predict", str(file), "--model", card, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    model, sketches = load(card), list(read_sketches(file))
    assert [(line["number"], line["label"]) for line in lines] == [(1, "Box"), (2, "Box")]
    for line, sketch in zip(lines, sketches, strict=True):
        assert dict(line["top"]) == pytest.approx(dict(model.predict(sketch)))
        assert [name for name, _ in line["top"]] == [name for name, _ in model.predict(sketch)]


def test_predict_takes_a_folder_and_a_limit_and_prints_for_people(card, data, capsys):
    assert main(["predict", str(data / "val"), "--model", card, "--limit", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["1", "bolt"], ["2", "bolt"], ["3", "Box"]]
    assert all(line.count("%") == 3 for line in lines)


def test_evaluate_prints_every_score_as_json(card, data, capsys):
    assert main(["evaluate", "recognise", "--data", str(data / "val"), "--model", card, "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    model = load(card)
    hits = [model.predict(drawn(label, number), 1)[0][0] == label for label in SHAPES for number in range(2)]
    assert scores["n"] == 6
    assert scores["top1"] == pytest.approx(np.mean(hits))
    assert {"top5", "macro_top1", "per_class", "top1_ci", "unknown_categories"} <= set(scores)


def test_evaluate_writes_the_page_of_what_it_prints(card, data, tmp_path, capsys):
    table = tmp_path / "accuracy.md"
    command = ["evaluate", "recognise", "--data", str(data / "val"), "--model", card, "--json", "--table", str(table)]
    assert main(command) == 0
    scores, page = json.loads(capsys.readouterr().out), table.read_text()
    row = next(line for line in page.splitlines() if line.startswith(f"| `{scores['model']}`"))
    assert re.findall(r"([\d.]+)% \[", row) == [f"{100 * scores[name]:.1f}" for name in ("macro_top1", "top1", "top5")]
    assert row.endswith("| 6 |")
    assert str(tmp_path) not in page


def test_evaluate_takes_several_paths_and_reports_unknown_categories(card, data, tmp_path, capsys):
    other = tmp_path / "zebra.ndjson"
    lines = [{"word": "zebra", "drawing": [[[0, 255], [0, 9]]]}, {"word": "bolt", "drawing": [[[0, 255], [0, 9]]]}]
    other.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert main(["evaluate", "recognise", "--data", str(data / "val"), str(other), "--model", card]) == 0
    printed = capsys.readouterr().out
    assert "n           7" in printed
    assert "1 of the unknown category 'zebra'" in printed
    assert "macro_top1" in printed


def test_evaluate_draws_the_same_sketches_for_a_limit(card, data, capsys):
    command = ["evaluate", "recognise", "--data", str(data / "train"), "--model", card, "--limit", "4", "--json"]
    assert [main(command), main(command)] == [0, 0]
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == second
    assert first["n"] == 4
    assert len(first["per_class"]) > 1


MISTAKES = {
    "no such file": (["predict", "{tmp}/missing.ndjson", "--model", "{card}"], "missing.ndjson"),
    "a strange suffix": (["predict", "{tmp}/notes.txt", "--model", "{card}"], "notes.txt"),
    "a broken line": (["predict", "{tmp}/broken.ndjson", "--model", "{card}"], "broken.ndjson, line 2"),
    "no such model": (["predict", "{tmp}/broken.ndjson", "--model", "nobody"], "'nobody'"),
    "no such card": (["predict", "{tmp}/broken.ndjson", "--model", "{tmp}/nobody.toml"], "nobody.toml"),
    "no known category": (["evaluate", "recognise", "--data", "{tmp}/zebra.ndjson", "--model", "{card}"], "zebra"),
    "no training data": (["train", "recognise", "--model", "sketchcnn", "--data", "{tmp}", "--out", "{tmp}"], "train/"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence_and_status_2(mistake, card, tmp_path, capsys):
    good = json.dumps({"word": "zebra", "drawing": [[[0, 255], [0, 9]]]})
    (tmp_path / "broken.ndjson").write_text(f'{good}\n{{"word": \n')
    (tmp_path / "zebra.ndjson").write_text(f"{good}\n")
    (tmp_path / "notes.txt").write_text("notes")
    words, named = MISTAKES[mistake]
    assert main([word.format(tmp=tmp_path, card=card) for word in words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert named in line


def command_line(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False, **options
    )


def test_the_process_ends_with_that_sentence_and_status(tmp_path):
    done = command_line("sketchlib", "predict", str(tmp_path / "missing.svg"), "--model", "nobody")
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert "nobody" in line


@pytest.mark.parametrize("words", [[], ["paint"], ["train", "recognise"], ["predict"]])
def test_a_wrong_command_shows_the_usage(words, capsys):
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m sketchlib")


def free_port() -> str:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return str(listening.getsockname()[1])


def test_two_processes_train_together(data, tmp_path):
    launcher = ["torch.distributed.run", "--nproc-per-node", "2", "--master-port", free_port()]
    command = [*launcher, "-m", "sketchlib", *training_command(data, tmp_path)]
    try:
        done = command_line(
            *command, timeout=120, env=os.environ | {"ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"}
        )
    except subprocess.TimeoutExpired:
        pytest.skip("two processes did not start and take three steps within two minutes: this machine is busy")
    assert done.returncode == 0, done.stderr
    row = (tmp_path / "log.csv").read_text().splitlines()[-1].split(",")
    assert row[0] == "3"
    assert row[4] == str(3 * 4 * 2)
    assert load(tmp_path / "toy-v1.toml").classes == ("bolt", "Box", "cross")
