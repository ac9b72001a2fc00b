"""How fast an inversion is: 100 iterations of seven strokes against the authors' way, and 16 seeds as one batch.

    python benchmarks/inversion.py [--rounds 3] [--iterations 100] [--threads 2]

The authors' way: 196 slots, all attended to, the stroke encoder anew in every iteration, autograd. The network is the
paper's Tiny, random weights: speed does not depend on them. Prints JSON: seconds of each variant, interleaved in one
process, wall and CPU, and the medians of the ratios of single rounds.
"""

import argparse
import json
import time
from collections.abc import Callable

import numpy as np
import torch
from browser import provenance
from recognise import wobbly

from sketchlib.inversion import PRESETS, Run, invert_batch
from sketchlib.inversion.optimisers import Descent
from sketchlib.models import Recogniser
from sketchlib.models.cards import Card, Preprocessing, WeightFile, Weights
from sketchlib.models.inputs import flat
from sketchlib.models.sketchxainet import SketchXAINet, SketchXAINetConfig
from sketchlib.models.strokes import StrokeBatch, stroke_batch

CLASSES = tuple(f"class {number}" for number in range(345))
STROKES, SEEDS = 7, 16


def tiny(attend_empty_slots: bool = False) -> SketchXAINet:
    """The paper's Tiny network, frozen."""
    torch.manual_seed(0)
    config = SketchXAINetConfig(classes=345, attend_empty_slots=attend_empty_slots)
    return SketchXAINet(config).eval().requires_grad_(False)


def recogniser() -> Recogniser:
    """The same, empty slots left out, with a card."""
    card = Card(
        name="tiny", version=1, builder="sketchxainet", licence="", trained_on="", command="", classes=CLASSES,
        config={}, preprocessing=Preprocessing("none"), weights=Weights((WeightFile("a", "0" * 64),)),
    )  # fmt: skip
    return Recogniser(tiny(), card)


def authors_way(iterations: int) -> None:
    """Section by section what the published code does in an iteration, in our network."""
    network, read = tiny(attend_empty_slots=True), stroke_batch(flat([wobbly(STROKES, 0)]))
    descent, target = Descent(PRESETS["sketchxai"], iterations), torch.tensor([3])
    location = 0.1 * torch.randn_like(read.location)
    for iteration in range(iterations):
        leaf = location.clone().requires_grad_()
        logits = network(StrokeBatch(read.packed, read.slot_of_row, leaf, read.present))
        (slope,) = torch.autograd.grad(torch.nn.functional.cross_entropy(logits, target), leaf)
        location = location + descent.move(slope, iteration)


def ours(seeds: range, iterations: int) -> None:
    """Runs of these seeds as one batch, steps and drawings included."""
    sketch = wobbly(STROKES, 0)
    runs = [Run(sketch, CLASSES[3], "scattered", seed) for seed in seeds]
    for _ in invert_batch(RECOGNISER, runs, iterations=iterations):
        pass


def one_by_one(iterations: int) -> None:
    """The same 16 seeds one after the other."""
    for seed in range(SEEDS):
        ours(range(seed, seed + 1), iterations)


RECOGNISER = recogniser()


def measure(timed: dict[str, Callable[[int], object]], rounds: int, iterations: int) -> dict[str, np.ndarray]:
    """(rounds, 2) wall and CPU seconds of every variant, one of each a round, after a short one to warm up."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in timed}
    for run in timed.values():
        run(2)
    for _ in range(rounds):
        for name, run in timed.items():
            wall, cpu = time.perf_counter(), time.process_time()
            run(iterations)
            taken[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    return {name: np.array(values) for name, values in taken.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    timed: dict[str, Callable[[int], object]] = {
        "authors": authors_way,
        "ours": lambda iterations: ours(range(1), iterations),
        "ours_16_seeds": lambda iterations: ours(range(SEEDS), iterations),
        "ours_16_one_by_one": one_by_one,
    }
    taken = measure(timed, options.rounds, options.iterations)
    pairs = {"authors_by_ours": ("authors", "ours"), "one_by_one_by_batch": ("ours_16_one_by_one", "ours_16_seeds")}
    ratios = {name: np.median(taken[a] / taken[b], axis=0).round(1).tolist() for name, (a, b) in pairs.items()}
    seconds = {name: np.median(values, axis=0).round(3).tolist() for name, values in taken.items()}
    said = {"iterations": options.iterations, "threads": options.threads, "wall_and_cpu_seconds": seconds}
    print(json.dumps({**said, "wall_and_cpu_ratios": ratios, **provenance()}, indent=2))


if __name__ == "__main__":
    main()
