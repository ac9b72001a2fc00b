"""The training loop: its formulas, and that a run which is killed ends as if it had not been."""

import copy
import csv
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import nn

from sketchlib.errors import CheckpointError
from sketchlib.io.writing import partials
from sketchlib.train import loop
from sketchlib.train.loop import MovingAverage, Schedule, Training, learning_rate, optimiser, save_atomically

ROOT = Path(__file__).resolve().parents[2]
STEPS = 12
SCHEDULE = Schedule(STEPS, 0.05, warmup=3, ema=0.7, save_seconds=-1, evaluate_steps=5)


class KilledError(Exception):
    pass


@pytest.fixture(autouse=True)
def no_tensorboard(monkeypatch):
    monkeypatch.setattr(loop, "_tensorboard", lambda folder: None)


def batches(step: int) -> Iterator[torch.Tensor]:
    while True:
        yield torch.randn(8, 3, generator=torch.Generator().manual_seed(step))
        step += 1


def toy(folder: Path, die_at: int | None = None, schedule: Schedule = SCHEDULE, judge=None) -> Training:
    """A run on random numbers, with dropout and batch norm; its loss raises KilledError in step `die_at`."""
    AcceleratorState._reset_state(reset_partial_state=True)
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2))

    def loss(trained: nn.Module, batch: torch.Tensor) -> torch.Tensor:
        if run.step == die_at:
            raise KilledError
        return (trained(batch) - batch[:, :2].sign()).square().mean()

    judge = judge or (lambda judged: {"top1": float(judged[0].weight.detach().sum())})
    run = Training(network, loss, batches, judge, schedule, folder, Accelerator(cpu=True))
    return run


def everything(run: Training) -> dict[str, object]:
    saved = torch.load(run.state_path, weights_only=True)
    saved.pop("seconds")
    return saved


def equal(one: object, other: object) -> bool:
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return set(one) == set(other) and all(equal(value, other[key]) for key, value in one.items())
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(equal, one, other))
    return one == other


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory) -> dict[str, object]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "_tensorboard", lambda folder: None)
        run = toy(tmp_path_factory.mktemp("whole"))
        run.run()
    return everything(run)


# --- formulas


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(100, 0.3, warmup=10),
        Schedule(100, 0.3, warmup=1, cycle=40, stair=8),
        Schedule(90, 0.3, warmup=0, cycle=30),
    ],
    ids=["one cycle", "restarts in stairs", "restarts"],
)
def test_learning_rate_is_warm_up_times_cosine(schedule):
    for step in range(schedule.steps):
        stair = step - step % schedule.stair
        position = stair % (schedule.cycle or schedule.steps) / (schedule.cycle or schedule.steps)
        warm = (step + 1) / schedule.warmup if step < schedule.warmup else 1.0
        expected = 0.3 * warm * (1 + math.cos(math.pi * position)) / 2
        assert learning_rate(schedule, step) == pytest.approx(expected, abs=1e-12)


def test_each_step_takes_the_rate_of_the_schedule(tmp_path):
    run = toy(tmp_path)
    rates, step = [], run.optimiser.step
    run.optimiser.step = lambda: (rates.append([group["lr"] for group in run.optimiser.param_groups]), step())
    run.run()
    assert rates == [[learning_rate(SCHEDULE, number)] * 2 for number in range(STEPS)]


@pytest.mark.parametrize("largest", [0.01, math.inf])
def test_gradients_are_clipped_to_the_norm(tmp_path, largest):
    run = toy(tmp_path, schedule=Schedule(4, gradient_norm=largest))
    norms, step = [], run.optimiser.step

    def recording() -> None:
        norms.append(math.sqrt(sum(float(weight.grad.square().sum()) for weight in run.plain.parameters())))
        step()

    run.optimiser.step = recording
    run.run()
    if largest == math.inf:
        assert min(norms) > 0.01
    else:
        assert norms == pytest.approx([largest] * 4, rel=1e-3)


def test_only_matrices_decay():
    network = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Conv2d(1, 2, 3))
    groups = optimiser(network, Schedule(10, weight_decay=0.3)).param_groups
    decays = {id(weight): group["weight_decay"] for group in groups for weight in group["params"]}
    assert {name: decays[id(weight)] for name, weight in network.named_parameters()} == {
        "0.weight": 0.3,
        "0.bias": 0.0,
        "1.weight": 0.0,
        "1.bias": 0.0,
        "2.weight": 0.3,
        "2.bias": 0.0,
    }


@pytest.mark.parametrize("decay", [0.0, 0.3, 0.9])
def test_moving_average_is_its_recursion(decay):
    network = nn.Linear(1, 1, bias=False)
    values = [3.0, -1.0, 4.0, 1.0, 5.0, 9.0]
    nn.init.constant_(network.weight, values[0])
    average, expected = MovingAverage(network, decay), values[0]
    for step, value in enumerate(values[1:], start=1):
        nn.init.constant_(network.weight, value)
        average.update(network, step)
        rate = min(decay, (1 + step) / (10 + step))
        expected = rate * expected + (1 - rate) * value
        assert float(average.state["weight"]) == pytest.approx(expected, rel=1e-6)


def test_statistics_of_batch_norm_are_averaged_too():
    network = nn.BatchNorm1d(1)
    average = MovingAverage(network, 0.5)
    network.running_mean.fill_(8.0)
    average.update(network, 100)
    assert float(average.state["running_mean"]) == 4.0


def test_the_judge_sees_the_average_and_the_trained_weights_are_put_back(tmp_path):
    seen = []
    run = toy(tmp_path, judge=lambda judged: seen.append(copy.deepcopy(judged)) or {"top1": 0.5})
    run.run()
    assert len(seen) == 3  # after steps 5 and 10, and after the last one
    before = {name: value.clone() for name, value in run.plain.state_dict().items()}
    assert run.judge() == {"top1": 0.5}
    assert equal(dict(run.plain.state_dict()), before)
    assert run.plain.training
    assert not seen[-1].training
    for name, value in seen[-1].state_dict().items():
        assert torch.equal(value, run.average.state[name].to(value.dtype))
    assert not torch.equal(seen[-1][0].weight, run.plain[0].weight)


def test_the_log_has_a_row_every_fifty_steps_and_at_the_end(tmp_path):
    run = toy(tmp_path, schedule=Schedule(120, 0.05, evaluate_steps=120))
    scores = run.run()
    rows = list(csv.DictReader((tmp_path / "log.csv").open()))
    assert [int(row["step"]) for row in rows] == [50, 100, 120]
    assert [int(row["seen"]) for row in rows] == [400, 800, 960]
    assert float(rows[-1]["top1"]) == pytest.approx(scores["top1"], rel=1e-5)
    assert rows[0]["top1"] == ""
    assert float(rows[0]["loss"]) > 0


# --- interruptions


@pytest.mark.parametrize("die_at", [0, 1, 5, STEPS - 1])
def test_a_run_that_raised_goes_on_as_if_it_had_not(tmp_path, uninterrupted, die_at):
    with pytest.raises(KilledError):
        toy(tmp_path, die_at).run()
    resumed = toy(tmp_path)
    assert resumed.step == die_at
    resumed.run()
    assert equal(everything(resumed), uninterrupted)


def test_a_run_may_lose_the_steps_since_it_was_saved(tmp_path, uninterrupted):
    run = toy(tmp_path, die_at=11)
    save = run.save
    run.save = lambda: save() if run.step % 4 == 0 else None
    with pytest.raises(KilledError):
        run.run()
    resumed = toy(tmp_path)
    assert resumed.step == 8
    resumed.run()
    assert equal(everything(resumed), uninterrupted)


def test_a_run_may_stop_while_it_is_judged(tmp_path, uninterrupted):
    def judge(network: nn.Module) -> dict[str, float]:
        raise KilledError

    with pytest.raises(KilledError):
        toy(tmp_path, judge=judge).run()
    resumed = toy(tmp_path)
    assert resumed.step == 4
    resumed.run()
    assert equal(everything(resumed), uninterrupted)


def kill_while_saving(folder: str, step: int) -> None:
    """Train, and die by SIGKILL in the save after `step`, its file written but not yet in its place."""
    run = toy(Path(folder))
    loop._tensorboard = lambda folder: None
    fsync = os.fsync
    os.fsync = lambda file: os.kill(os.getpid(), signal.SIGKILL) if run.step == step else fsync(file)
    run.run()


def test_a_killed_process_leaves_a_state_to_go_on_from(tmp_path, uninterrupted):
    alike = f"import torch; torch.set_num_threads({torch.get_num_threads()})"  # sums depend on it in their last bits
    script = f"{alike}; from tests.train.test_loop import kill_while_saving; kill_while_saving({str(tmp_path)!r}, 7)"
    died = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert len(partials(tmp_path / "state.pt")) == 1
    resumed = toy(tmp_path)
    assert partials(tmp_path / "state.pt") == []
    assert resumed.step == 6
    resumed.run()
    assert equal(everything(resumed), uninterrupted)


def test_a_finished_run_has_nothing_left_to_do(tmp_path, uninterrupted):
    toy(tmp_path).run()
    again = toy(tmp_path, die_at=STEPS)
    again.run()
    assert equal(everything(again), uninterrupted)


@pytest.mark.parametrize("content", [b"", b"half", b"PK\x03\x04 and no more"])
def test_a_damaged_state_is_a_sentence_that_says_what_to_do(tmp_path, content):
    (tmp_path / "state.pt").write_bytes(content)
    with pytest.raises(
        CheckpointError, match=r"goes on from what it saved, got .*: delete .*state\.pt to begin"
    ) as caught:
        toy(tmp_path)
    assert len(str(caught.value).splitlines()) == 1


def test_another_network_is_refused_in_one_sentence(tmp_path):
    toy(tmp_path).run()
    run = toy(tmp_path / "other")
    run.plain[0] = nn.Linear(5, 4)
    with pytest.raises(CheckpointError, match="the network it began with") as caught:
        Training(run.plain, None, batches, None, SCHEDULE, tmp_path, run.accelerator)
    assert "\n" not in str(caught.value)


# --- atomic writing


def half_a_save(state: object, file: object) -> None:
    file.write(b"half")
    raise KilledError


@pytest.mark.parametrize("moment", ["writing", "flushing", "renaming"])
def test_an_interrupted_save_leaves_the_state_before(tmp_path, monkeypatch, moment):
    path = tmp_path / "state.pt"
    save_atomically({"step": 1}, path)

    def die(*arguments: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        if moment == "writing":
            patch.setattr(torch, "save", half_a_save)
        else:
            patch.setattr(*{"flushing": (os, "fsync"), "renaming": (os, "replace")}[moment], die)
        with pytest.raises(KilledError):
            save_atomically({"step": 2}, path)
    assert torch.load(path, weights_only=True) == {"step": 1}
    save_atomically({"step": 3}, path)
    assert torch.load(path, weights_only=True) == {"step": 3}
    assert [file.name for file in tmp_path.iterdir()] == ["state.pt"]


def test_a_save_is_on_disk_before_it_takes_the_name(tmp_path, monkeypatch):
    events, fsync, replace = [], os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: (events.append(os.fstat(file).st_size), fsync(file)))
    monkeypatch.setattr(os, "replace", lambda source, target: (events.append(target.name), replace(source, target)))
    save_atomically(torch.zeros(1000), tmp_path / "state.pt")
    assert events == [(tmp_path / "state.pt").stat().st_size, "state.pt"]
