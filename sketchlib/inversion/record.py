"""Runs and their steps as JSON, CSV and the paper's table."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from sketchlib.inversion.runs import Run, Step

KEY_ITERATIONS = (0, 1, 2, 3, 4, 5, 10, 50, 100)
"""The columns of the paper's table [qu2023sketchxai, slides]."""


def key_steps(steps: Sequence[Step]) -> list[Step]:
    """The steps of KEY_ITERATIONS, and the last one."""
    return [step for step in steps if step.iteration in KEY_ITERATIONS or step is steps[-1]]


def as_json(model: str, optimiser: str, runs: Sequence[Run], steps: Sequence[Sequence[Step]]) -> dict[str, Any]:
    """Everything but the drawings' points, which are each stroke's own moved to its location; canvas units.

    steps: those of each run.
    """
    return {
        "model": model,
        "optimiser": optimiser,
        "runs": [
            {
                "target": run.target,
                "start": run.start,
                "seed": run.seed,
                "strokes": list(own[0].sketch.ids),
                "steps": [_values(step) for step in own],
            }
            for run, own in zip(runs, steps, strict=True)
        ],
    }


def as_csv(runs: Sequence[Run], steps: Sequence[Sequence[Step]]) -> str:
    """A row a run and step: the probabilities, then x and y of each stroke."""
    text = io.StringIO()
    most = max(len(own[0].locations) for own in steps)
    names = [f"{axis}{stroke}" for stroke in range(1, most + 1) for axis in "xy"]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["seed", "goal", "iteration", "target", "origin", "top", "top_probability", "gradient_norm", *names]
    )
    for run, own in zip(runs, steps, strict=True):
        for step in own:
            shares = (f"{step.target:.6f}", f"{step.origin:.6f}", step.top, f"{step.top_probability:.6f}")
            places = [f"{value:.5f}" for value in step.locations.ravel()]
            writer.writerow([run.seed, run.target, step.iteration, *shares, f"{step.gradient_norm:.6g}", *places])
    return text.getvalue()


def percentages(steps: Sequence[Step], origin: bool = False) -> list[str]:
    """The cells of a row of the paper's table: per cent, and the class seen instead in brackets."""
    cells = []
    for step in key_steps(steps):
        instead = "" if step.top_probability <= step.target or origin else f" ({step.top})"
        cells.append(f"{100 * (step.origin if origin else step.target):.2f}{instead}")
    return cells


def _values(step: Step) -> dict[str, Any]:
    return {
        "iteration": step.iteration,
        "target": step.target,
        "origin": step.origin,
        "top": step.top,
        "top_probability": step.top_probability,
        "gradient_norm": step.gradient_norm,
        "order": list(step.sketch.ids),
        "locations": step.locations.round(6).tolist(),
    }
