"""Which sketches are asked, what is measured of each, and what is reported."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from sketchlib.attribution import METHODS, explain, logit, margin
from sketchlib.attribution.faithfulness import all_removals, area, deletion_curve, infidelity, insertion_curve, spearman
from sketchlib.attribution.faithfulness.cases import Question, cases_of, methods_of
from sketchlib.attribution.faithfulness.measure import measure
from sketchlib.attribution.faithfulness.sample import sample
from sketchlib.attribution.faithfulness.scores import estimate, estimates
from sketchlib.attribution.faithfulness.sweep import sweep
from sketchlib.cli import main
from sketchlib.cli.evaluate_attribution import attribution_scores, said_again
from sketchlib.errors import InputError
from sketchlib.io import read_sketches, write_sketches
from sketchlib.models import load
from sketchlib.simplify import is_canonical
from sketchlib.sketch import Sketch
from tests.attribution.oracle import CLASSES, recogniser

EXAMPLES = Path(__file__).resolve().parents[2] / "demos" / "examples"


def scribble(label, count, seed=0):
    random = np.random.default_rng(seed)
    return Sketch.from_points([random.uniform(size=(3, 2)) for _ in range(count)], label)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


SKETCHES = [scribble(label, count, seed) for seed, (label, count) in enumerate([("cat", 4), ("cow", 3), ("dog", 5)])]


# --- the sample


def test_a_sample_takes_every_category_in_turn():
    many = [scribble("cat", 3, seed) for seed in range(20)] + [scribble("dog", 4, seed) for seed in range(2)]
    labels = [sketch.label for sketch in sample(many, CLASSES, 6, seeded()).sketches]
    assert sorted(labels[:2]) == sorted(labels[2:4]) == ["cat", "dog"]
    assert labels[4:] == ["cat", "cat"]
    assert len(sample(many, CLASSES, None, seeded()).sketches) == 22


def test_a_sample_says_whom_it_left_out():
    wrong = [scribble("cat", 2), scribble("cat", 13), scribble("yeti", 5), scribble("", 5), Sketch((), "cat")]
    found = sample([*wrong, *SKETCHES], CLASSES, None, seeded())
    assert found.left_out == {"unknown category": 2, "fewer than 3 strokes": 2, "more than 12 strokes": 1}
    assert sorted(sketch.label for sketch in found.sketches) == ["cat", "cow", "dog"]
    assert all(is_canonical(sketch) for sketch in found.sketches)
    with pytest.raises(InputError, match="3 to 12 strokes, got none"):
        sample(wrong, CLASSES, None, seeded())


def test_a_seed_draws_the_sample():
    many = [scribble("cat", 3, seed) for seed in range(30)]
    drawn = [sample(many, CLASSES, 5, seeded(seed)).sketches for seed in (0, 0, 1)]
    assert all(first.equals(second) for first, second in zip(drawn[0], drawn[1], strict=True))
    assert not all(first.equals(second) for first, second in zip(drawn[0], drawn[2], strict=True))


# --- intervals


def test_an_interval_covers_the_mean_as_often_as_it_says():
    random, hits = np.random.default_rng(4), 0
    for _ in range(200):
        low, high = estimate(random.normal(1.0, 2.0, 60)).ci
        hits += low <= 1.0 <= high
    assert 0.88 < hits / 200 < 0.99


def test_an_interval_is_as_wide_as_the_error_of_the_mean():
    values = np.random.default_rng(1).normal(size=400)
    found = estimate(values)
    assert found.mean == pytest.approx(values.mean())
    assert found.ci[1] - found.ci[0] == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)
    assert estimate([0.5]).ci == (0.5, 0.5)


def test_what_some_sketches_lack_is_a_mean_of_the_others():
    found = estimates([{"a": 1.0, "b": 5.0}, {"a": 2.0}])
    assert (found["a"].mean, found["a"].n) == (1.5, 2)
    assert (found["b"].mean, found["b"].n) == (5.0, 1)


# --- the cases


def test_a_case_explains_the_class_that_is_asked_for():
    model = recogniser("sketchcnn", seed=1)
    seen = [model.predict(sketch, 1)[0][0] for sketch in SKETCHES]
    for explained, expected in (("predicted", seen), ("margin", seen), ("label", ["cat", "cow", "dog"])):
        cases = cases_of(Question(model, ("sla",), explained), SKETCHES)
        assert [case.category for case in cases] == expected
        assert [case.correct for case in cases] == [a == s.label for a, s in zip(seen, SKETCHES, strict=True)]
        assert all(case.other in set(CLASSES) - {case.category} for case in cases)
        for case in cases:
            strangers = [stroke for sketch in SKETCHES if sketch.label != case.sketch.label for stroke in sketch]
            assert any(case.stranger is stroke for stroke in strangers)


def test_every_method_is_all_that_the_model_allows():
    assert methods_of(recogniser("sketchcnn"), "all") == tuple(METHODS)
    assert methods_of(recogniser("sketchxainet"), "all") == tuple(name for name in METHODS if name != "occlusion")
    assert methods_of(recogniser("sketchcnn"), "sla") == ("sla",)
    with pytest.raises(InputError, match=r"a method is all or one of sla, .* got 'lime'"):
        methods_of(recogniser("sketchcnn"), "lime")


# --- the measurement


def probability(model, category):
    index = model.classes.index(category)
    return lambda logits: torch.softmax(logits, dim=1)[:, index]


@pytest.mark.parametrize("builder", ["sketchcnn", "sketchxainet"])
@pytest.mark.parametrize("explained", ["predicted", "margin"])
def test_numbers_are_the_means_of_the_definitions(builder, explained):
    model = recogniser(builder, seed=2)
    question = Question(model, ("sla", "p_sla"), explained)
    scores = measure(question, cases_of(question, SKETCHES), {}, checks=0, progress=False)
    expected = {"sla": [], "p_sla": []}
    for sketch in SKETCHES:
        category = model.predict(sketch, 1)[0][0]
        target = (logit if explained == "predicted" else margin)(model, category)
        truth = explain(sketch, target, "leave_one_out").values
        fair = explain(sketch, target, "shapley").values
        chance = type(target)(model, probability(model, category), "probability").game(sketch)
        for method, rows in expected.items():
            values = explain(sketch, target, method).per_stroke()
            rows.append(
                {
                    "spearman_leave_one_out": spearman(values, truth),
                    "spearman_shapley": spearman(values, fair),
                    "deletion_auc": area(deletion_curve(chance, values)),
                    "insertion_auc": area(insertion_curve(chance, values)),
                    "infidelity": infidelity(all_removals(target.game(sketch)), values),
                }
            )
    for each in scores:
        assert each.n == 3
        for name in expected["sla"][0]:
            numbers = [row[name] for row in expected[each.method]]
            assert each.estimates[name].mean == pytest.approx(np.mean(numbers), abs=1e-5), (each.method, name)
        assert area(each.deletion_curve) == pytest.approx(each.estimates["deletion_auc"].mean, abs=0.02)


@pytest.fixture(scope="module")
def checked():
    model = recogniser("sketchcnn", seed=2)
    cases = cases_of(Question(model, ()), SKETCHES)
    question = Question(model, tuple(METHODS), random_labels=recogniser("sketchcnn", seed=7))
    scores = measure(question, cases_of(question, relabelled(cases)), {"unknown category": 1}, 2, False)
    return {each.method: each for each in scores}


def relabelled(cases):
    """Two sketches that count as recognised, and one that does not and has strokes to plant."""
    labels = [cases[0].category, cases[1].category, cases[0].other]
    return [Sketch(case.sketch.strokes, label) for case, label in zip(cases, labels, strict=True)]


def test_a_perfect_method_is_perfect_and_a_control_knows_no_network(checked):
    assert checked["leave_one_out"].estimates["spearman_leave_one_out"].ci == pytest.approx((1, 1))
    assert checked["shapley"].estimates["spearman_shapley"].mean == pytest.approx(1)
    for name in ("randomised_weights", "randomised_magnitudes", "other_class", "random_labels"):
        assert checked["ink_length"].estimates[name].mean == pytest.approx(1)
        assert checked["leave_one_out"].estimates[name].mean < 1
    assert 0 < checked["ink_length"].estimates["max_sensitivity"].mean < 0.1
    assert abs(checked["random"].estimates["max_sensitivity"].mean) > 0.2


def test_the_checks_are_made_on_the_first_sketches(checked):
    found = checked["sla"].estimates
    assert {found[name].n for name in ("randomised_weights", "other_class", "random_labels", "max_sensitivity")} == {2}
    assert 1 <= found["planted_auc"].n <= 2
    assert found["sensitivity_n"].n == 3
    assert list(checked["sla"].cascade) == ["head", "stages.0", "stem.1", "stem.0"]
    assert checked["sla"].cascade["stem.0"] == found["randomised_weights"]


def test_scores_are_plain_json_with_the_keys_that_are_read(checked):
    found = json.loads(json.dumps(checked["sla"].as_json(), allow_nan=False))
    measured = (
        "spearman_leave_one_out", "spearman_shapley", "deletion_auc", "insertion_auc", "sensitivity_n", "infidelity",
        "ms_per_sketch", "max_sensitivity", "randomised_weights",
    )  # fmt: skip
    assert (found["method"], found["model"], found["n"]) == ("sla", "toy-v1", 3)
    for name in measured:
        low, high = found[f"{name}_ci"]
        assert low <= found[name] <= high
    assert found["max_sensitivity_n"] == 2
    assert "infidelity_n" not in found
    assert found["left_out"] == {"unknown category": 1}
    assert len(found["deletion_curve"]) == len(found["insertion_curve"]) == 21


def test_a_method_alone_is_judged_as_among_all(checked):
    model = recogniser("sketchcnn", seed=2)
    for method in ("random", "smooth_grad"):
        question = Question(model, (method,), random_labels=recogniser("sketchcnn", seed=7))
        sketches = relabelled(cases_of(Question(model, ()), SKETCHES))
        (alone,) = measure(question, cases_of(question, sketches), {}, 2, False)
        for name, each in alone.estimates.items():
            if name != "ms_per_sketch":
                assert each == checked[method].estimates[name], name


# --- the sweep


def test_a_sweep_compares_maps_of_other_lines_with_the_models_own(monkeypatch):
    monkeypatch.setattr("sketchlib.attribution.faithfulness.sweep.FACTORS", (0.5, 1.0))
    model = recogniser("sketchcnn", seed=2)
    question = Question(model, ("sla",))
    found = sweep(question, cases_of(question, SKETCHES), progress=False)
    own = model.card.preprocessing.line_width, model.card.preprocessing.softness
    assert found.own == own
    assert len(found.settings) == 4
    (here,) = [each for each in found.settings if (each.line_width, each.softness) == own]
    targets = [logit(model, model.predict(sketch, 1)[0][0]) for sketch in SKETCHES]
    expected = [
        spearman(explain(s, t, "sla").values, explain(s, t, "leave_one_out").values)
        for s, t in zip(SKETCHES, targets, strict=True)
    ]
    assert here.spearman_leave_one_out["sla"].mean == pytest.approx(np.mean(expected))
    assert here.recognised.mean == 1
    assert found.choices["sla"].own.n == 1
    assert found.choices["sla"].own.mean == pytest.approx(expected[1])
    choice = found.choices["sla"]
    assert choice.gain.mean == pytest.approx(choice.chosen.mean - choice.own.mean)


def test_a_sweep_needs_ink():
    question = Question(recogniser("sketchxainet"), ("sla",))
    with pytest.raises(InputError, match="a sweep needs a model that reads ink"):
        sweep(question, cases_of(question, SKETCHES), progress=False)


# --- the command


@pytest.fixture(scope="module")
def examples(tmp_path_factory) -> Path:
    """Examples of the app of few strokes, labelled by their files' names."""
    folder = tmp_path_factory.mktemp("data") / "val"
    folder.mkdir()
    known, sketches = load("sketchcnn66").classes, []
    for file in sorted(EXAMPLES.glob("*.json")):
        label = " ".join(file.stem.split("-")[1:])
        (sketch,) = read_sketches(file)
        sketches += [Sketch(sketch.strokes, label)] if label in known and len(sketch) <= 5 else []
    write_sketches(folder / "examples.ndjson", sketches)
    return folder


def test_the_command_prints_an_object_a_model_and_method(examples, capsys):
    words = ["evaluate", "attribution", "--data", str(examples), "--limit", "3", "--checks", "1", "--method", "sla"]
    assert main([*words, "--model", "sketchcnn66", "sketchxainet66", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["method"], line["model"], line["n"]) for line in lines] == [
        ("sla", load(name).name, 3) for name in ("sketchcnn66", "sketchxainet66")
    ]
    assert all("spearman_leave_one_out_ci" in line for line in lines)


def test_the_command_speaks_to_people(examples, capsys):
    words = ["evaluate", "attribution", "--data", str(examples), "--limit", "2", "--checks", "1"]
    assert main([*words, "--method", "ink_length", "--explain", "margin"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("ink_length on sketchxainet66")
    assert "deletion_auc" in printed


def test_a_method_that_does_not_exist_is_one_sentence(examples, capsys):
    assert main(["evaluate", "attribution", "--data", str(examples), "--method", "lime"]) == 2
    assert "got 'lime'" in capsys.readouterr().err


def test_the_command_that_is_written_down_has_no_path_of_this_machine(tmp_path):
    options = argparse.Namespace(
        data=[tmp_path / "quickdraw" / "val"], limit=9, checks=4, explain="margin", seed=3, method=None,
        model=[str(tmp_path / "own-v1.toml")], random_labels=str(tmp_path / "shuffled-v1.toml"),
        table=tmp_path / "a.md",
    )  # fmt: skip
    said = said_again(options)
    assert str(tmp_path) not in said
    for words in ("$DATA/quickdraw/val", "--limit 9", "--checks 4", "own-v1.toml", "shuffled-v1.toml", "--seed 3"):
        assert words in said


def test_scores_of_all_models_are_of_the_same_sketches(examples, monkeypatch):
    monkeypatch.setattr("sketchlib.attribution.faithfulness.sweep.FACTORS", (1.0,))
    options = argparse.Namespace(
        data=[examples], limit=2, checks=1, explain="predicted", seed=0, method="ink_length", model=None,
        random_labels=None, table=Path("table.md"),
    )  # fmt: skip
    scores, sweeps = attribution_scores(options)
    assert [each.n for each in scores] == [2, 2]
    assert len({each.model for each in scores}) == 2
    assert [one.n for one in sweeps] == [2]
