"""`python -m sketchlib explain`: the numbers of the library, a picture, and one sentence about a mistake."""

import json

import pytest

from demos.ui import examples, first_model
from sketchlib.attribution import explain, logit, margin
from sketchlib.cli import main
from sketchlib.io import from_pad
from sketchlib.models import load
from sketchlib.viz import heat_svg

CAT = next(example for example in examples() if example["name"] == "cat")


@pytest.fixture(scope="module")
def recogniser():
    if not first_model():
        pytest.skip("needs a shipped model with its weights beside the card in checkpoints/")
    return load(first_model())


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cat.json"
    path.write_text(json.dumps({"v": 1, "size": 256, "strokes": CAT["strokes"]}))
    return path


def test_json_holds_what_the_library_says(recogniser, file, capsys):
    words = ["explain", str(file), "--model", first_model(), "--method", "p_sla", "--target", "dog", "--json"]
    assert main(words) == 0
    said = json.loads(capsys.readouterr().out)
    wanted = explain(from_pad(CAT), logit(recogniser, "dog"), "p_sla")
    assert said["values"] == pytest.approx(wanted.values.tolist(), abs=1e-4)
    assert said["per_stroke"] == pytest.approx(wanted.per_stroke().tolist(), abs=1e-4)
    assert (said["parts"], said["target"], said["model"]) == ("segments", "logit of dog", recogniser.name)
    assert said["gap"] == pytest.approx(wanted.gap, abs=1e-3)
    assert said["stroke_of_value"] == [said["stroke_ids"][place] for place in wanted.stroke_of_part]


def test_a_margin_and_its_picture(recogniser, file, tmp_path, capsys):
    out = tmp_path / "heat.svg"
    words = ["explain", str(file), "--model", first_model(), "--target", "cat", "--not", "dog", "--out", str(out)]
    assert main(words) == 0
    printed = capsys.readouterr().out.splitlines()
    wanted = explain(from_pad(CAT), margin(recogniser, "cat", "dog"), "sla")
    assert out.read_text() == heat_svg(wanted)
    assert printed[0] == "sla on logit of cat less dog"
    assert sum(line.startswith("  stroke ") for line in printed) == len(CAT["strokes"])
    assert any(line.startswith("range ") for line in printed)


def test_the_predicted_class_is_explained_unless_told_otherwise(recogniser, file, capsys):
    assert main(["explain", str(file), "--model", first_model(), "--method", "leave_one_out"]) == 0
    best = recogniser.predict(from_pad(CAT), 1)[0][0]
    assert capsys.readouterr().out.startswith(f"leave_one_out on logit of {best}\n")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--number", "2"], "number in the file, from 1, got 2"),
        (["--number", "0"], "from 1, got 0"),
        (["--method", "guess"], "'guess'"),
        (["--target", "unicorn"], "'unicorn'"),
        (["--target", "cat", "--not", "cat"], "two different classes"),
        (["--out", "{tmp}/cat.json/heat.svg"], "cat.json"),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(recogniser, file, words, named, capsys, tmp_path):
    words = [word.format(tmp=tmp_path) for word in words]
    assert main(["explain", str(file), "--model", first_model(), *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert named in line
