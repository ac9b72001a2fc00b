"""`train retrieve` on the command line, one stage after the other on four toy photos, and what judges its result."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate.state import AcceleratorState

from sketchlib import cli
from sketchlib.errors import CheckpointError
from sketchlib.io.pairs import read_pairs, split_pairs
from sketchlib.io.photos import read_photo
from sketchlib.models.cards import read_card
from sketchlib.models.mobilenet import FEATURES
from sketchlib.retrieval.lines import CANVASES
from sketchlib.retrieval.model import load_embedder, load_retriever
from sketchlib.train import loop
from sketchlib.train.retrieval.experience import REDRAWN, lived
from tests.train.retrieval.toys import write_pairs


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with toy pairs, twice, and the teacher, student and selector that one step of each stage makes."""
    folder = tmp_path_factory.mktemp("stages")
    for name in ("pairs", "rendered"):
        write_pairs(folder / name)
    given = ["--pairs", folder / "pairs", "--rendered", folder / "rendered", "--held-out", 2]
    steps = ["--steps", 1, "--counts", 2, 2, 1]
    alone = ["--photos", folder / "pairs" / "photo", "--alone", 1, 1, 0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "_tensorboard", lambda folder: None)
        run("teacher", *given, *steps, "--out", folder / "teacher", "--name", "toy-teacher")
        teacher = ["--teacher", folder / "teacher" / "toy-teacher-v1.toml"]
        run("student", *given, *steps, *teacher, *alone, "--out", folder / "student", "--name", "toy-student")
        student = ["--student", folder / "student" / "toy-student-v1.toml"]
        run("selector", *given, *student, "--steps", 2, "--out", folder / "student", "--name", "toy-selector")
        run("int8", *given, *student, "--canvases", 32, 64, "--out", folder / "student", "--name", "toy-int8")
    return folder


def run(*arguments: object) -> None:
    AcceleratorState._reset_state(reset_partial_state=True)
    assert cli.main(["train", "retrieve", *map(str, arguments)]) == 0


def weights(card: Path) -> dict[str, torch.Tensor]:
    return load_embedder(card).network.state_dict()


def test_every_stage_leaves_a_card_that_loads(place):
    for stage, name, builder in (
        ("teacher", "toy-teacher", "retrieval_teacher"),
        ("student", "toy-student", "sketchynet"),
        ("student", "toy-selector", "sketchynet"),
        ("student", "toy-int8", "sketchynet"),
    ):
        card = read_card(place / stage / f"{name}-v1.toml")
        assert (card.title, card.builder, card.paper) == (f"{name}-v1", builder, "maity2025sketch")
        assert card.command.startswith("python -m sketchlib")
        assert load_embedder(place / stage / f"{name}-v1.toml").card == card


def test_a_student_carries_its_teacher_along(place):
    for file in (place / "teacher").glob("toy-teacher-v1.*"):
        assert (place / "student" / file.name).read_bytes() == file.read_bytes()
    assert read_card(place / "student" / "toy-student-v1.toml").config == {"teacher": "toy-teacher-v1"}


def test_a_selector_changes_nothing_but_the_selector(place):
    before, after = (weights(place / "student" / f"toy-{name}-v1.toml") for name in ("student", "selector"))
    changed = {name for name, value in after.items() if not torch.equal(value, before[name])}
    assert changed
    assert all(name.startswith("selector") for name in changed)


def test_in_int8_the_canvases_named_run_and_give_the_same_rows_but_for_rounding(place):
    whole, rounded = (load_retriever(place / "student" / f"toy-{name}-v1.toml") for name in ("student", "int8"))
    assert [graph.side for graph in rounded.card.graphs] == [32, 64]
    drawn = read_pairs(place / "pairs").sketches
    for canvas in CANVASES:
        one, other = (model.embed_sketches(drawn, canvas) for model in (whole, rounded))
        assert np.linalg.norm(other, axis=1) == pytest.approx(np.ones(len(drawn)), abs=1e-5)
        off = np.abs(one - other).max(axis=0)
        learned, gradients = off[:FEATURES], off[FEATURES:]
        assert gradients.max() < 1e-5
        assert (learned.max() > 1e-5) == (canvas in (32, 64))
        assert (one * other).sum(axis=1).min() > 0.99


def test_a_graph_in_int8_is_read_as_its_card_has_it_or_not_at_all(place, tmp_path):
    for file in (place / "student").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    graph = tmp_path / "toy-int8-v1-int8-64.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"x")
    with pytest.raises(CheckpointError, match=r"toy-int8-v1-int8-64\.onnx has sha256 .* by its card"):
        load_retriever(tmp_path / "toy-int8-v1.toml")
    graph.unlink()
    with pytest.raises(CheckpointError, match="No such file"):
        load_retriever(tmp_path / "toy-int8-v1.toml")


def test_a_student_that_stays_beside_its_teacher_copies_nothing(place, tmp_path):
    from sketchlib.train.retrieval.command import keep_beside

    teacher = read_card(place / "teacher" / "toy-teacher-v1.toml")
    before = sorted((place / "teacher").iterdir())
    assert keep_beside(teacher, place / "teacher") == "toy-teacher-v1"
    assert sorted((place / "teacher").iterdir()) == before
    shipped = read_card(Path(cli.__file__).parents[2] / "checkpoints" / "chair-teacher-v3.toml")
    assert keep_beside(shipped, tmp_path) == "chair-teacher-v3"
    assert list(tmp_path.iterdir()) == []


def test_experience_is_what_the_student_makes_of_all_drawings(place):
    student = load_retriever(place / "student" / "toy-student-v1.toml")
    kept, _ = split_pairs(read_pairs(place / "pairs"), 2)
    seen = lived(student, kept, [place / "rendered"], seed=3)
    rendered = read_pairs(place / "rendered")
    count = REDRAWN * len(rendered.sketches) + len(kept.sketches)
    assert seen.ranks.shape == seen.triplets.shape == (count, len(CANVASES))
    photos = [read_photo(path) for path in (*rendered.photos, *kept.photos)]
    gallery = student.photos.embed_photos(photos)
    own = [len(rendered.photos) + photo for photo in kept.photo_of]
    for column, canvas in enumerate(CANVASES):
        queries = student.embed_sketches(kept.sketches, canvas)
        for row, (query, photo) in enumerate(zip(queries, own, strict=True), start=count - len(own)):
            away = np.linalg.norm(gallery - query, axis=1)
            # The same photos are there twice, as far away up to rounding.
            assert 1 + (away < away[photo] - 1e-5).sum() <= seen.ranks[row, column]
            assert seen.ranks[row, column] <= (away <= away[photo] + 1e-5).sum()


def test_the_result_is_judged_and_written_down(place, capsys, tmp_path):
    card = str(place / "student" / "toy-selector-v1.toml")
    teacher = str(place / "teacher" / "toy-teacher-v1.toml")
    data = ["evaluate", "retrieve", "--data", str(place / "pairs"), "--model", card, "--held-out", "2"]
    assert cli.main([*data, "--teacher", teacher, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["n_photos"], found["n_sketches"]) == (2, 4)
    assert cli.main([*data, "--teacher", "none", "--table", str(tmp_path / "page.md")]) == 0
    said = capsys.readouterr().out
    assert said.startswith("4 sketches of 2 photos, toy-selector-v1")
    page = (tmp_path / "page.md").read_text()
    for name in ("fixed_32", "adaptive", "oracle", "hog"):
        assert f"| `{name}` | " in page
        assert f"\n{name}" in said
    assert "| `teacher` |" not in page
    assert "--held-out 2 --table page.md" in page
    assert cli.main([*data, "--teacher", card]) == 2
    assert "a teacher is of the builder retrieval_teacher, got sketchynet" in capsys.readouterr().err


def test_assistance_is_judged_and_written_down(place, capsys, tmp_path):
    card = str(place / "teacher" / "toy-teacher-v1.toml")
    data = ["evaluate", "assist", "--data", str(place / "pairs"), "--held-out", "2", "--encoder", card]
    assert cli.main([*data, "--gates", "1", "--tuning", "2", "--json", "--table", str(tmp_path / "page.md")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n_sketches"] == 4
    page = (tmp_path / "page.md").read_text()
    assert "--data $DATA/pairs --encoder toy-teacher-v1.toml --held-out 2 --gates 1 --tuning 2 --seed 0" in page
    assert cli.main([*data, "--gates", "1", "--tuning", "2"]) == 0
    assert "toy-teacher-v1" in capsys.readouterr().out
    assert cli.main([*data, "--gates", "0"]) == 2
    assert "--gates and --tuning are numbers from 1, got 0 and 120" in capsys.readouterr().err
