"""Temperature scaling: logits divided by one number, so that a probability of 0.9 is right nine times in ten.

[guo2017calibration]. Label smoothing leaves a network less sure than it is right. What it ranks first stays the same.
The temperature is folded into the last layer, so that a calibrated network is a network like any other.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sketchlib.errors import InputError

LOWEST, HIGHEST = 0.1, 10.0


def best_temperature(logits: Tensor, labels: Tensor) -> float:
    """The T of least cross-entropy of logits / T (n, classes) against labels (n,), to three digits."""
    low, high = np.log(LOWEST), np.log(HIGHEST)
    logits, golden = logits.double(), (np.sqrt(5) - 1) / 2

    def loss(power: float) -> float:
        return float(F.cross_entropy(logits / np.exp(power), labels))

    while high - low > 1e-4:
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return float(f"{np.exp((low + high) / 2):.3g}")


def calibration_error(logits: Tensor, labels: Tensor, bins: int = 15) -> float:
    """Expected calibration error: mean distance of confidence from accuracy over bins of confidence, by their size."""
    confidence, best = logits.double().softmax(dim=1).max(dim=1)
    right, place = (best == labels).double(), (confidence * bins).long().clamp_max(bins - 1)
    totals = torch.zeros(bins, dtype=torch.double).index_add(0, place, right - confidence)
    return float(totals.abs().sum() / len(labels))


def divide_logits(head: nn.Linear, temperature: float) -> None:
    """Make a last layer give its logits divided by the temperature."""
    with torch.no_grad():
        head.weight.div_(temperature)
        head.bias.div_(temperature)


def train_calibrate(options: argparse.Namespace) -> str:
    """Write card and weights of a calibrated recogniser into --out, name and version as before; says what changed."""
    from sketchlib.io import read_sketches
    from sketchlib.models import load
    from sketchlib.models.cards import Weights, save_tensors, write_card

    recogniser = load(options.model)
    index = {category: number for number, category in enumerate(recogniser.classes)}
    known = [s for path in options.data for s in read_sketches(path) if s.strokes and s.label in index]
    if not known:
        raise InputError("calibration needs sketches of the model's categories, got none")
    logits = torch.from_numpy(recogniser.logits(known))
    labels = torch.tensor([index[sketch.label] for sketch in known])
    temperature = best_temperature(logits, labels)
    divide_logits(cast(nn.Linear, recogniser.network.head), temperature)
    errors = [calibration_error(each, labels) for each in (logits, logits / temperature)]
    said = f"Calibrated at temperature {temperature:.3g} on {len(known):,} sketches: expected calibration error"
    path: Path = options.out / f"{recogniser.card.title}.toml"
    weights = Weights(save_tensors(recogniser.network.state_dict(), path.with_suffix(".safetensors")))
    notes = f"{recogniser.card.notes} {said} {errors[0]:.3f} before, {errors[1]:.3f} after.".strip()
    write_card(replace(recogniser.card, weights=weights, notes=notes), path)
    return f"{path}: {said} {errors[0]:.3f} before, {errors[1]:.3f} after"
