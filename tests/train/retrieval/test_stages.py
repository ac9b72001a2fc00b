"""Teacher and student learn from four toy pairs: what is trained, what is not, and that a stopped run goes on."""

import copy
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import Tensor, nn

from sketchlib.errors import CheckpointError
from sketchlib.io.photos import read_photo
from sketchlib.models import load
from sketchlib.retrieval.lines import photo_lines, sketch_lines
from sketchlib.retrieval.model import load_retriever
from sketchlib.retrieval.networks import SketchyNet, SketchyNetConfig, Teacher, TeacherConfig
from sketchlib.train import loop
from sketchlib.train.loop import Schedule, Training
from sketchlib.train.retrieval import student, teacher
from sketchlib.train.retrieval.judge import judging
from sketchlib.train.retrieval.losses import contrastive_loss, student_loss
from sketchlib.train.retrieval.pools import Pool, pool_of, sketched, wild_drawings, with_drawings, without_photos
from sketchlib.train.retrieval.student import StudentRecipe, learned, start_from
from sketchlib.train.retrieval.teacher import TeacherRecipe, pool_batch, start_from_recogniser
from tests.retrieval import cards
from tests.train.retrieval.toys import pairs

SMALL = TeacherConfig(side=64, grid=2)
READER = TeacherConfig(side=32, grid=2, photos_at=64)
SCHEDULE = Schedule(3, 1e-3, warmup=1, ema=0.5, save_seconds=-1, evaluate_steps=100)


class StoppedError(Exception):
    pass


@pytest.fixture(autouse=True)
def no_tensorboard(monkeypatch):
    monkeypatch.setattr(loop, "_tensorboard", lambda folder: None)


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    return pairs(tmp_path_factory.mktemp("stages"))


@pytest.fixture(scope="module")
def pools(toys) -> list[Pool]:
    human = pool_of(toys.photos, 64, sketched(toys))
    return [human, Pool(human.lines, None)]


def accelerator() -> Accelerator:
    AcceleratorState._reset_state(reset_partial_state=True)
    torch.manual_seed(0)
    return Accelerator(cpu=True)


def a_teacher(pools, toys, folder: Path, schedule: Schedule = SCHEDULE) -> Training:
    engine = accelerator()
    return teacher.training(pools, toys, Teacher(SMALL), TeacherRecipe(schedule, (3, 2)), folder, engine)


def a_student(pools, toys, folder: Path, schedule: Schedule = SCHEDULE, **changes: object) -> Training:
    engine = accelerator()
    recipe = StudentRecipe(schedule, (2, 2), (3, 0), **changes)
    network = SketchyNet(SketchyNetConfig(hidden=4))
    alone = [without_photos(toys.sketches), without_photos(toys.sketches)]
    return student.training(pools, alone, toys, Teacher(SMALL), network, recipe, folder, engine)


STAGES = {"teacher": a_teacher, "student": lambda *given: a_student(*given, chances=(1.0, 0.5, 0.0, 0.0))}


def stop_at(run: Training, step: int) -> None:
    """Its loss raises in that step."""
    loss = run._loss

    def stopping(network: nn.Module, batch: object) -> Tensor:
        if run.step == step:
            raise StoppedError
        return loss(network, batch)

    run._loss = stopping


def saved(run: Training) -> dict[str, object]:
    state = torch.load(run.state_path, weights_only=True)
    return {name: state[name] for name in ("network", "average", "step", "seen")}


def assert_equal(one: dict, other: dict) -> None:
    for part in ("network", "average"):
        assert all(torch.equal(value, other[part][name]) for name, value in one[part].items())
    assert (one["step"], one["seen"]) == (other["step"], other["seen"])


@pytest.mark.parametrize("stage", STAGES)
def test_a_stopped_run_ends_with_the_same_weights(stage, pools, toys, tmp_path):
    whole = STAGES[stage](pools, toys, tmp_path / "whole")
    before = copy.deepcopy(whole.plain.state_dict())
    scores = whole.run()
    assert set(scores) == {"acc1", "acc5", "acc10"}
    assert scores["acc5"] == 1  # of 4 photos
    stopped = STAGES[stage](pools, toys, tmp_path / "stopped")
    stop_at(stopped, 2)
    with pytest.raises(StoppedError):
        stopped.run()
    resumed = STAGES[stage](pools, toys, tmp_path / "stopped")
    assert resumed.step == 2
    resumed.run()
    assert_equal(saved(resumed), saved(whole))
    changed = [name for name, value in whole.plain.state_dict().items() if not torch.equal(value, before[name])]
    assert len(changed) > len(before) / 3


def test_a_student_changes_its_features_and_nothing_else(pools, toys, tmp_path):
    """And of the batch norms, those of the canvas it read."""
    schedule = Schedule(1, 1e-2, warmup=0, ema=0.0, save_seconds=999)
    run = a_student(pools, toys, tmp_path, schedule, chances=(0.0, 1.0, 0.0, 0.0))
    before = copy.deepcopy(run.plain.state_dict())
    run.run()
    same = {name for name, value in run.plain.state_dict().items() if torch.equal(value, before[name])}
    gathered = {name for name in before if "running" in name}
    assert gathered - same == {name for name in gathered if ".norms.1." in name}
    assert {name for name in before if name.startswith("selector")} <= same
    kernels = {name for name in before if before[name].ndim == 4}
    assert len(kernels - same) > 0.9 * len(kernels)


def test_the_teacher_learns_to_tell_its_pairs_apart(pools, toys, tmp_path):
    run = a_teacher(pools, toys, tmp_path, Schedule(12, 2e-3, warmup=1, ema=0.0, save_seconds=999))
    same = pool_batch(pools, (3, 2), (64,), (0, 0, 0))

    def judged() -> float:
        with torch.no_grad():
            return float(run._loss(run.plain.eval(), same))

    before = judged()
    run.plain.train()
    run.run()
    assert judged() < before


def test_the_teachers_loss_is_that_of_sketches_and_photos_at_its_side(pools, toys, tmp_path):
    run = a_teacher(pools, toys, tmp_path)
    batch = pool_batch(pools, (3, 2), (64,), (0, 0, 0))
    network = run.plain.eval()
    with torch.no_grad():
        expected = contrastive_loss(network(batch.sketches[64]), network(batch.photos))
        assert float(run._loss(network, batch)) == pytest.approx(float(expected), rel=1e-4)


@pytest.mark.parametrize("drawn", [(32, 64), (32, 64, 256), (64,)])
def test_the_students_loss_weighs_each_canvas_by_its_sketches(pools, toys, tmp_path, drawn):
    """128 has no chance: the recipe leaves it out, drawn or not."""
    run = a_student(pools, toys, tmp_path, share=0.3, pull="triplet", chances=(0.5, 1.0, 0.0, 0.1), most=(9, 9, 9, 4))
    sides = (*drawn, 128)
    generator = torch.Generator().manual_seed(0)
    drawings = [wild_drawings(without_photos(toys.sketches), 3, sides, generator)]
    batch = with_drawings(pool_batch(pools, (2, 2), sides, (0, 0, 0)), drawings)
    network, frozen = run.plain.eval(), teacher_of(run)
    with torch.no_grad():
        targets, photos = learned(frozen(batch.sketches[64])), learned(frozen(batch.photos))
        expected = 0.0
        for canvas in drawn:
            chosen = [0, 2, 4, 6] if canvas == 256 else list(range(7))
            ours = learned(network(batch.sketches[canvas][chosen]))
            theirs = photos[[i for i in chosen if i < 4]]
            expected += float(student_loss(ours, targets[chosen], theirs, 0.3, "triplet")) * math.sqrt(len(chosen) / 7)
        assert float(run._loss(network, batch)) == pytest.approx(expected, rel=1e-4)


def teacher_of(run: Training) -> Teacher:
    """The frozen one that its loss asks."""
    names = run._loss.__code__.co_freevars
    frozen = run._loss.__closure__[names.index("teacher")].cell_contents
    assert not frozen.training
    assert not any(weight.requires_grad for weight in frozen.parameters())
    return frozen


def test_at_least_one_canvas_is_drawn(pools, toys, tmp_path):
    run = a_student(pools, toys, tmp_path, chances=(0.02, 0.0, 0.01, 0.0))
    batches = run._batches(0)
    assert all(set(next(batches).sketches) & {32, 128} for _ in range(20))


def test_canvases_are_drawn_by_their_chances_and_the_teachers_always(pools, toys, tmp_path):
    run = a_student(pools, toys, tmp_path, chances=(0.0, 0.5, 1.0, 0.5))
    batches = run._batches(0)
    sides = [tuple(next(batches).sketches) for _ in range(60)]
    assert all(64 in each and 128 in each and 32 not in each for each in sides)
    share = sum(256 in each for each in sides) / 60
    assert abs(share - 0.5) < 5 * math.sqrt(0.25 / 60)
    again = run._batches(7)
    assert [tuple(next(again).sketches) for _ in range(5)] == sides[7:12]


class Pooled(nn.Module):
    """Lines made small, as they are: a network that anybody can check."""

    def __init__(self) -> None:
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(1))

    def forward(self, lines: Tensor) -> Tensor:
        return F.normalize(F.adaptive_avg_pool2d(lines, 4).flatten(1), dim=1)


class Blind(Pooled):
    """To which all drawings look alike."""

    def forward(self, lines: Tensor) -> Tensor:
        return super().forward(torch.ones_like(lines))


def test_the_judge_averages_accuracy_over_canvases(toys):
    expected = {"acc1": [], "acc5": [], "acc10": []}
    network = Pooled()
    lines = np.stack([photo_lines(read_photo(path)) for path in toys.photos])
    kept = np.rint(lines.reshape(-1, 64, 4, 64, 4).mean((2, 4))) / 255
    photos = network(torch.from_numpy(kept.reshape(-1, 32, 2, 32, 2).mean((2, 4)))[:, None].float())
    for canvas in (32, 64):
        ranks = []
        for sketch, own in zip(toys.sketches, toys.photo_of, strict=True):
            row = network(sketch_lines([sketch], canvas))[0]
            away = [math.dist(row, photo) for photo in photos]
            ranks.append(sum(each <= away[own] + 1e-7 for each in away))
        for k in (1, 5, 10):
            expected[f"acc{k}"].append(sum(rank <= k for rank in ranks) / len(ranks))
    found = judging(toys, READER, (32, 64))(network)
    assert found == pytest.approx({name: sum(values) / 2 for name, values in expected.items()})
    assert judging(toys, READER, (32, 64), network)(Blind()) != found
    assert judging(toys, READER, (32, 64), Pooled())(network) == found


def test_a_teacher_starts_from_the_recogniser_that_ships():
    network = Teacher(TeacherConfig())
    start_from_recogniser(network, "sketchcnn66-v2")
    recogniser = load("sketchcnn66-v2").network
    ink = torch.rand(1, 1, 96, 96)
    with torch.no_grad():
        features = recogniser.eval().stages(recogniser.stem(ink))
        assert torch.allclose(network.eval().trunk(ink), features, atol=1e-4)


def test_a_student_starts_from_another(tmp_path):
    path = cards.write_student(tmp_path)
    network = SketchyNet(SketchyNetConfig(hidden=4))
    start_from(network, path)
    expected = load_retriever(path).network.features.state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in network.features.state_dict().items())


def test_a_student_does_not_start_from_anything(tmp_path):
    with pytest.raises(CheckpointError, match="mobilenetv2 or sketchynet, got sketchcnn: sketchcnn66-v2"):
        start_from(SketchyNet(SketchyNetConfig(hidden=4)), "sketchcnn66-v2")


def test_a_student_starts_from_a_classifier(tmp_path, monkeypatch):
    monkeypatch.setattr(cards, "build", lambda builder, config: build_recogniser(builder, {"classes": 3}))
    path = cards.write(tmp_path, "mobilenetv2", {})
    text = path.read_text()
    assert "classes = []" in text
    path.write_text(text.replace("classes = []", 'classes = ["cat", "dog", "owl"]'))
    network = SketchyNet(SketchyNetConfig(hidden=4))
    start_from(network, path)
    expected = load(path).network.features.state_dict()
    started = network.features.state_dict()
    assert len(started) > len(expected)
    for name, value in started.items():
        assert torch.equal(value, expected[re.sub(r"norms\.\d\.", "", name)])


def build_recogniser(builder: str, config: dict[str, object]) -> nn.Module:
    from sketchlib.models.recogniser import build

    return build(builder, config)
