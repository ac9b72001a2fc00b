"""The training loop all recipes share: Accelerate for the device, EMA, atomic state to resume from, log."""

import csv
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from sketchlib.errors import CheckpointError, InputError
from sketchlib.io.writing import partials, room_for, write_file, written_whole


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a network learns.

    steps: optimiser steps in all. warmup: steps of linear warm-up.
    cycle: steps from the full rate to zero, then again (restarts); None for one cycle over all steps.
    stair: the rate changes once in so many steps. ema: decay of the averaged weights; 0 keeps the last ones.
    gradient_norm: largest norm of a step's gradient, in all. save_seconds, evaluate_steps: how often to do so.
    """

    steps: int
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    warmup: int = 200
    cycle: int | None = None
    stair: int = 1
    ema: float = 0.998
    gradient_norm: float = 1.0
    save_seconds: float = 120.0
    evaluate_steps: int = 1000


def learning_rate(schedule: Schedule, step: int) -> float:
    """Linear warm-up times half a cosine from the full rate to zero, once a cycle."""
    warm = min(1.0, (step + 1) / max(schedule.warmup, 1))
    cycle = schedule.cycle or schedule.steps
    progress = (step // schedule.stair * schedule.stair) % cycle / cycle
    return schedule.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * progress))


def optimiser(network: nn.Module, schedule: Schedule) -> torch.optim.AdamW:
    """AdamW; weight decay on matrices and kernels only, not on biases, norms and embeddings of single vectors."""
    trained = [p for p in network.parameters() if p.requires_grad]
    decayed, other = [p for p in trained if p.ndim >= 2], [p for p in trained if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": schedule.weight_decay}, {"params": other, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=schedule.learning_rate)


class MovingAverage:
    """Exponential moving average of a network's parameters; buffers (batch-norm statistics) are averaged too."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.state = {name: value.detach().clone().float() for name, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Move towards the network; early steps move faster, (1 + step) / (10 + step) [tensorflow's schedule]."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, value in network.state_dict().items():
            self.state[name].lerp_(value.detach().float(), 1 - decay)


def save_atomically(state: Any, path: Path) -> None:
    """A kill at any moment leaves the old file or the new one; see `written_whole`."""
    with written_whole(path) as file:
        try:
            torch.save(state, file)
        except RuntimeError as error:
            # PyTorch puts an error of its own in front of what the file said.
            raise error.__context__ if isinstance(error.__context__, OSError) else error from None


def read_state(path: Path) -> dict[str, Any]:
    """What a run saved. Raises CheckpointError for a file that it did not write, or that has been damaged since."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # What a damaged file makes its reader raise has no common class.
        reason = " ".join(str(error).split())[:200]
        raise CheckpointError(f"a run goes on from what it saved, got {reason}: delete {path} to begin again") from None
    return state


class Log:
    """Rows of numbers to log.csv (and TensorBoard where it is installed), continued from `step`."""

    FIELDS = ("step", "seconds", "loss", "learning_rate", "seen", "top1", "top5", "macro_top1", "acc1", "acc5", "acc10")

    def __init__(self, folder: Path, step: int) -> None:
        self._path = folder / "log.csv"
        old = self._path.read_text().splitlines()[1:] if self._path.exists() else []
        # A full disk cuts the last row off.
        whole = [row for row in old if row.count(",") == len(self.FIELDS) - 1]
        kept = [row for row in whole if int(row.split(",")[0]) <= step]
        write_file(self._path, "\n".join([",".join(self.FIELDS), *kept]) + "\n")
        with room_for(folder):
            self._board = _tensorboard(folder)

    def write(self, **row: float) -> None:
        """One row; raises InputError where there is no room for it."""
        with room_for(self._path), self._path.open("a", newline="") as file:
            csv.DictWriter(file, self.FIELDS).writerow({name: f"{value:.6g}" for name, value in row.items()})
        if self._board:
            with room_for(self._path.parent):
                for name, value in row.items():
                    self._board.add_scalar(name, value, int(row["step"]))


def _tensorboard(folder: Path) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder))


class Training:
    """A run that can be killed at any moment and started again with the same command.

    loss: (network, batch) -> scalar. batches: step -> endless iterator of batches from that step on.
    judge: (network in eval mode) -> numbers for the log, called with the averaged weights.
    """

    def __init__(
        self,
        network: nn.Module,
        loss: Callable[[nn.Module, Any], Tensor],
        batches: Callable[[int], Iterator[Any]],
        judge: Callable[[nn.Module], dict[str, float]],
        schedule: Schedule,
        folder: Path,
        accelerator: Any,
    ) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"a run lives in a folder, got {error.strerror}: {folder}") from None
        self.schedule, self.folder, self.accelerator = schedule, folder, accelerator
        self._loss, self._batches, self._judge = loss, batches, judge
        self.plain = network
        self.step, self.seen, self.seconds = 0, 0, 0.0
        self.network, self.optimiser = accelerator.prepare(network, optimiser(network, schedule))
        self.average = MovingAverage(self.plain, schedule.ema)
        self._resume()

    @property
    def state_path(self) -> Path:
        return self.folder / "state.pt"

    def run(self) -> dict[str, float]:
        """Train to the last step; returns the last judgement."""
        log = Log(self.folder, self.step) if self.accelerator.is_main_process else None
        batches = self._batches(self.step)
        scores: dict[str, float] = {}
        saved = time.monotonic()
        for _ in self._progress():
            started = time.monotonic()
            loss = self._train_one(next(batches))
            self.seconds += time.monotonic() - started
            if self.step % self.schedule.evaluate_steps == 0 or self.step == self.schedule.steps:
                scores = self.judge()
            if log and (self.step % 50 == 0 or self.step == self.schedule.steps):
                here = {"loss": loss, "learning_rate": learning_rate(self.schedule, self.step - 1), "seen": self.seen}
                log.write(step=self.step, seconds=self.seconds, **here, **scores)
            if time.monotonic() - saved > self.schedule.save_seconds or self.step == self.schedule.steps:
                self.save()
                saved = time.monotonic()
        return scores

    def judge(self) -> dict[str, float]:
        """Scores of the averaged weights; the trained ones are put back."""
        trained = {name: value.detach().clone() for name, value in self.plain.state_dict().items()}
        self.plain.load_state_dict(self.average.state)
        self.plain.eval()
        with torch.inference_mode():
            scores = self._judge(self.plain)
        self.plain.train()
        self.plain.load_state_dict(trained)
        return scores

    def save(self) -> None:
        """Everything a resume needs, atomically; only the main process writes."""
        if not self.accelerator.is_main_process:
            return
        state: dict[str, Any] = {"network": self.plain.state_dict(), "average": self.average.state}
        state |= {"optimiser": self.optimiser.state_dict(), "random": torch.get_rng_state()}
        save_atomically(state | {"step": self.step, "seen": self.seen, "seconds": self.seconds}, self.state_path)

    def _resume(self) -> None:
        if self.accelerator.is_main_process:
            with room_for(self.folder):
                for left in partials(self.state_path):
                    left.unlink()
        if not self.state_path.exists():
            return
        state = read_state(self.state_path)
        try:
            self.plain.load_state_dict(state["network"])
        except RuntimeError as error:
            reason = " ".join(str(error).split())[:200]
            raise CheckpointError(
                f"a run goes on with the network it began with, got {reason}: {self.folder}"
            ) from None
        for name, value in state["average"].items():
            self.average.state[name].copy_(value)
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seen, self.seconds = state["step"], state["seen"], state["seconds"]
        if self.accelerator.is_main_process:
            torch.set_rng_state(state["random"])
        else:
            torch.manual_seed(hash((self.accelerator.process_index, self.step)) % 2**63)

    def _train_one(self, batch: Any) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.schedule, self.step)
        with self.accelerator.autocast():
            loss = self._loss(self.network, batch)
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.network.parameters(), self.schedule.gradient_norm)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.step += 1
        self.seen += len(batch) * self.accelerator.num_processes
        self.average.update(self.plain, self.step)
        return float(loss.detach())

    def _progress(self) -> Any:
        from tqdm import tqdm

        remaining = range(self.step, self.schedule.steps)
        hidden = not self.accelerator.is_main_process
        return tqdm(remaining, initial=self.step, total=self.schedule.steps, disable=hidden, mininterval=5, unit="step")
