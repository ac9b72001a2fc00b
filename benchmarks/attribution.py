"""How fast attribution is: leave-one-out and exact Shapley values against captum's, on networks that read 64 px ink.

    python benchmarks/attribution.py [--threads N] > attribution.json

MobileNetV2 with a 345-way head, random weights, is the network of the comparison; the shipped raster recogniser stands
beside it. captum gets the image and a mask with one feature a stroke, as its users would give it; where strokes cross,
the pixel belongs to the first. Variants are interleaved as in raster.py, whose times and ratios these are.
"""

import argparse
import json
import platform
from collections.abc import Callable
from typing import Any

import numpy as np
import raster as timing
import torch
from captum.attr import FeatureAblation, ShapleyValueSampling
from torch import Tensor, nn

from sketchlib.attribution import Canvas, InkGame, explain
from sketchlib.attribution.ink import InkScore
from sketchlib.models import load
from sketchlib.models.mobilenet import FEATURES, MobileNetV2
from sketchlib.models.runtime import Exported
from sketchlib.sketch import Sketch

CANVAS = Canvas(side=64)
SAMPLES = 25
TARGET = 7


def sketch(strokes: int) -> Sketch:
    """Smooth random strokes of 11 points, about as much ink as in a typical drawing."""
    points, stroke_ends, _ = timing.drawing((11,) * strokes)
    return Sketch.from_points(np.split(points, stroke_ends[:-1]))


def networks() -> dict[str, nn.Module]:
    """What is explained: ink (n, 1, 64, 64) -> logits."""
    torch.manual_seed(0)
    mobilenet = nn.Sequential(MobileNetV2(channels=1), nn.Linear(FEATURES, 345)).eval()
    return {"mobilenet_v2_345": mobilenet, "sketchcnn66": load("sketchcnn66").network}


def stroke_mask(game: InkGame) -> Tensor:
    """(1, 1, side, side) number of the first stroke with ink there; paper, never changed, is one more."""
    inked = game.maps[:, 0] > 0
    first = torch.where(inked.any(dim=0), inked.float().argmax(dim=0), game.players)
    return first[None, None]


def variants(network: nn.Module, drawn: Sketch, method: str, reference: Callable[[Any], Callable[..., Any]]) -> Any:
    """captum, ours with torch and ours with the network exported; ours lays the drawing out in each call."""
    exported = Exported(network)
    scores: dict[str, InkScore] = {
        "torch": lambda ink: network(ink)[:, TARGET],
        "onnxruntime": lambda ink: exported(ink)[:, TARGET],
    }
    game = InkGame(scores["torch"], drawn, CANVAS)
    ink, mask, run = game.image(torch.ones(1, game.players)), stroke_mask(game), reference(network)

    def captum() -> Any:
        with torch.no_grad():
            return run(ink, target=TARGET, feature_mask=mask)

    def ours(score: InkScore) -> Callable[[], Any]:
        return lambda: explain(drawn, score, method, canvas=CANVAS, batch=128)

    return {"captum": captum} | {name: ours(score) for name, score in scores.items()}


def leave_one_out(network: nn.Module) -> Callable[..., Any]:
    """captum's FeatureAblation with its own settings."""
    return FeatureAblation(network).attribute


def shapley(network: nn.Module) -> Callable[..., Any]:
    """captum's ShapleyValueSampling, 25 orders, with its own settings otherwise."""
    sampling = ShapleyValueSampling(network)
    return lambda ink, **options: sampling.attribute(ink, n_samples=SAMPLES, **options)


def ten_strokes(network: nn.Module) -> dict[str, Any]:
    """Exact Shapley values of a sketch of ten strokes: 1,024 subsets."""
    exported, drawn = Exported(network), sketch(10)

    def run() -> Any:
        return explain(drawn, lambda ink: exported(ink)[:, TARGET], "shapley", canvas=CANVAS, batch=128)

    return timing.compared({"onnxruntime": run}, "onnxruntime", 5)


def report(network: nn.Module, rounds: int) -> dict[str, Any]:
    """All three comparisons on one network."""
    seven = sketch(7)
    return {
        "leave_one_out_7": timing.compared(variants(network, seven, "leave_one_out", leave_one_out), "captum", rounds),
        "exact_shapley_7": timing.compared(variants(network, seven, "shapley", shapley), "captum", rounds),
        "exact_shapley_10": ten_strokes(network),
    }


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="threads of torch")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    figures: dict[str, Any] = {name: report(network, options.rounds) for name, network in networks().items()}
    figures |= {"unit": "milliseconds; ratios are captum / variant", "machine": timing.machine()}
    print(json.dumps(figures | {"platform": platform.machine()}, indent=1))


if __name__ == "__main__":
    main()
