"""How long attacks take: a sketch of ten strokes, every strategy, both shipped recognisers.

    python benchmarks/attack.py [--threads 2] [--rounds 5] [--strokes 10] > attack.json

The sketches are the example drawings cut to that many strokes, the cat and the sun. One-shot and greedy stop where the
model is fooled; the exhaustive search goes through next to all subsets, by a target that is far from any. The
first round, which compiles and exports, is left out. Milliseconds, median and quartiles over sketches and rounds.
"""

import argparse
import json
import time
from collections.abc import Sequence

import raster as timing
import torch
from browser import ROOT

from sketchlib.adversarial import STRATEGIES, attack
from sketchlib.io import read_sketches
from sketchlib.models import Recogniser, load
from sketchlib.sketch import Sketch

MODELS = ("sketchxainet66", "sketchcnn66")
DRAWINGS = ("02-cat", "03-sun")
FAR = "zigzag"


def drawings(strokes: int) -> list[Sketch]:
    """The first strokes of each of DRAWINGS."""
    files = (ROOT / "demos" / "examples" / f"{name}.json" for name in DRAWINGS)
    return [next(iter(read_sketches(file))).prefix(strokes) for file in files]


def seconds(model: Recogniser, sketch: Sketch, strategy: str) -> tuple[float, int]:
    """Of one attack, from the sketch to the proof, and its model calls."""
    target = FAR if strategy == "exhaustive" else None
    began = time.perf_counter()
    found = attack(model, sketch, target, strategy)
    return time.perf_counter() - began, found.calls


def measured(model: Recogniser, sketches: Sequence[Sketch], strategy: str, rounds: int) -> dict[str, float]:
    """Quartiles over sketches and rounds."""
    taken = [seconds(model, sketch, strategy) for _ in range(rounds + 1) for sketch in sketches][len(sketches) :]
    ordered = sorted(1000 * time_taken for time_taken, _ in taken)
    quarters = {name: ordered[round(share * (len(ordered) - 1))] for name, share in (("low", 0.25), ("high", 0.75))}
    middle = ordered[len(ordered) // 2]
    return {"median": middle, **quarters, "calls": max(calls for _, calls in taken), "n": len(taken)}


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2, help="threads of torch (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--strokes", type=int, default=10)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    sketches = drawings(options.strokes)
    figures: dict[str, object] = {
        name: {strategy: measured(load(name), sketches, strategy, options.rounds) for strategy in STRATEGIES}
        for name in MODELS
    }
    figures |= {"unit": "ms", "strokes": options.strokes, "threads": options.threads, "machine": timing.machine()}
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
