"""Whether the fast inversion succeeds as often as the paper's own, done in float64 by torch's own parts.

    python benchmarks/inversion_reference.py --data $DATA/quickdraw/val [--limit 100] [--mode recovery]

The reference: float64, autograd through the whole network, torch's SGD, cosine schedule and clip, one leaf a sketch.
Prints JSON: the success rates (final probability of at least 0.99) of both on the same sketches and starts, in how many
they differ, and quantiles of the largest distance between their final locations, in network space. Where the landscape
is not smooth, rounding decides which way a stroke goes: there only the rates can be alike.
"""

import argparse
import copy
import itertools
import json
from pathlib import Path

import numpy as np
import torch
from browser import provenance
from torch.nn.utils.rnn import pad_sequence

from sketchlib.cli.invert import MODES
from sketchlib.inversion import Run, invert_batch
from sketchlib.inversion.layouts import Layouts
from sketchlib.inversion.runs import SCATTER
from sketchlib.inversion.scores import SUCCESS, Question, recognised, runs_of
from sketchlib.io import read_sketches
from sketchlib.models import Recogniser, load
from sketchlib.models.inputs import flat
from sketchlib.models.strokes import stroke_batch

BATCH = 25


def reference(recogniser: Recogniser, runs: list[Run], iterations: int) -> tuple[list[float], list[np.ndarray]]:
    """Final probability of each run's target, and final locations (strokes, 2) in network space."""
    network, limits = copy.deepcopy(recogniser.network).double(), recogniser.card.preprocessing
    prepared = [recogniser.prepare(run.sketch) for run in runs]
    read = stroke_batch(flat(prepared), limits.most_strokes, limits.longest_stroke).like(network.cls)
    target = torch.tensor([recogniser.classes.index(run.target) for run in runs])
    with torch.no_grad():
        shape = network.shape(read)
    leaves = [_start(run, place[real]) for run, place, real in zip(runs, read.location, read.present, strict=True)]
    optimiser = torch.optim.SGD(leaves, lr=10.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, iterations, eta_min=1e-5)
    for _ in range(iterations):
        optimiser.zero_grad()
        logits = network.classify(shape, pad_sequence(leaves, batch_first=True), read.present)
        torch.nn.functional.cross_entropy(logits, target, reduction="sum").backward()
        for leaf in leaves:
            torch.nn.utils.clip_grad_norm_([leaf], 0.5 / (optimiser.param_groups[0]["lr"] + 1e-8))
        optimiser.step()
        schedule.step()
    with torch.no_grad():
        shares = network.classify(shape, pad_sequence(leaves, batch_first=True), read.present).softmax(dim=1)
    return shares[torch.arange(len(runs)), target].tolist(), [leaf.detach().numpy() for leaf in leaves]


def _start(run: Run, drawn: torch.Tensor) -> torch.Tensor:
    random = torch.Generator().manual_seed(run.seed)
    scattered = SCATTER * torch.randn(*drawn.shape, generator=random, dtype=torch.float64)
    return (scattered if run.start == "scattered" else drawn.clone()).requires_grad_()


def ours(recogniser: Recogniser, runs: list[Run], iterations: int) -> tuple[list[float], list[np.ndarray]]:
    """The same by `invert_batch`."""
    *_, last = invert_batch(recogniser, runs, "sketchxai", iterations)
    frames = Layouts(recogniser, [run.sketch for run in runs]).frames
    places = [(step.locations - frame.centre) / frame.unit for step, frame in zip(last, frames, strict=True)]
    return [step.target for step in last], places


def compared(recogniser: Recogniser, runs: list[Run], iterations: int) -> dict[str, object]:
    """Both rates, and how far apart the locations are."""
    shares: tuple[list[float], list[float]] = ([], [])
    apart: list[float] = []
    for first in range(0, len(runs), BATCH):
        part = runs[first : first + BATCH]
        results = (ours(recogniser, part, iterations), reference(recogniser, part, iterations))
        for own, (found, _) in zip(shares, results, strict=True):
            own += found
        places = zip(results[0][1], results[1][1], strict=True)
        apart += [float(np.linalg.norm(a - b, axis=1).max()) for a, b in places]
    reached = np.array(shares) >= SUCCESS
    return {
        "n": len(runs),
        "success_rate": float(reached[0].mean()),
        "success_rate_reference": float(reached[1].mean()),
        "differ": int((reached[0] != reached[1]).sum()),
        "largest_probability_difference": float(np.abs(np.subtract(*shares)).max()),
        "within_a_thousandth": float(np.mean(np.array(apart) < 1e-3)),
        "location_difference_quartiles": np.quantile(apart, [0.25, 0.5, 0.75, 1]).tolist(),
    }


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--model", default="sketchxainet66")
    parser.add_argument("--mode", choices=MODES, default="recovery")
    parser.add_argument("--limit", type=int, default=100)
    parser.add_argument("--iterations", type=int, default=100)
    options = parser.parse_args()
    recogniser = load(options.model)
    sketches = recognised(
        recogniser, itertools.chain.from_iterable(read_sketches(path) for path in options.data), options.limit
    )
    runs = runs_of(Question(recogniser, recogniser, options.mode), sketches)
    settings = {"model": recogniser.name, "mode": options.mode, "iterations": options.iterations}
    print(json.dumps({**settings, **compared(recogniser, runs, options.iterations), **provenance()}, indent=2))


if __name__ == "__main__":
    main()
