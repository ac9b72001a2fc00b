"""How fast recognition is: one sketch of ten strokes, and a batch of 64 against padding to 196 slots.

    python benchmarks/recognise.py [--rounds 15]

Prints JSON: milliseconds (quartiles) of each variant, interleaved in one process, and the ratio of the batch padded to
196 attended slots, as the published models are run, to ours. Random weights where no card is named: speed does not
depend on them.
"""

import argparse
import json
import time
from collections.abc import Callable, Mapping

import numpy as np
import torch
from browser import provenance

from sketchlib.models import available, load
from sketchlib.models.inputs import flat
from sketchlib.models.sketchxainet import SketchXAINet, SketchXAINetConfig
from sketchlib.models.strokes import stroke_batch
from sketchlib.sketch import Sketch

STROKES_LIKE_QUICKDRAW = (1, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 11, 13, 16)
POINTS_PER_STROKE = 8


def wobbly(strokes: int, seed: int) -> Sketch:
    """A sketch of random walks, POINTS_PER_STROKE points each."""
    random = np.random.default_rng(seed)
    steps = random.normal(0, 0.05, (strokes, POINTS_PER_STROKE, 2))
    steps[:, 0] = random.uniform(0.2, 0.8, (strokes, 2))
    return Sketch.from_points(np.cumsum(steps, axis=1).clip(0, 1))


def variants() -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    ten = [wobbly(10, seed=0)]
    batch = stroke_batch(flat([wobbly(STROKES_LIKE_QUICKDRAW[i % 14], seed=i) for i in range(64)]))
    tiny = SketchXAINetConfig(classes=345)
    ours, padded = (SketchXAINet(config).eval() for config in (tiny, SketchXAINetConfig(345, attend_empty_slots=True)))
    timed: dict[str, Callable[[], object]] = {
        "tiny_batch_64": lambda: ours(batch),
        "tiny_batch_64_padded_to_196": lambda: padded(batch),
    }
    for title in available():
        if title.endswith("66-v1"):
            recogniser = load(title)
            timed[f"{title}_one_sketch_10_strokes"] = lambda own=recogniser: own.logits(ten)  # type: ignore[misc]
    return timed


def measure(timed: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every variant, one of each a round, after two rounds to warm up."""
    taken: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(rounds + 2):
        for name, run in timed.items():
            begun = time.perf_counter()
            with torch.inference_mode():
                run()
            taken[name].append(1000 * (time.perf_counter() - begun))
    return {name: values[2:] for name, values in taken.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    taken = measure(variants(), parser.parse_args().rounds)
    ratio = np.median(np.divide(taken["tiny_batch_64_padded_to_196"], taken["tiny_batch_64"]))
    quartiles = {name: [round(float(q), 2) for q in np.percentile(ms, [25, 50, 75])] for name, ms in taken.items()}
    print(json.dumps({"ms_quartiles": quartiles, "batch_64_ratio": round(float(ratio), 1), **provenance()}, indent=2))


if __name__ == "__main__":
    main()
