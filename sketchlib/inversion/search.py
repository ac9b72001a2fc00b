"""What descent has to beat: random layouts, as many model calls, the best kept."""

from collections.abc import Iterator, Sequence

import torch
from torch import Generator

from sketchlib.inversion.layouts import Layouts, Pose
from sketchlib.inversion.optimisers import PRESETS, log_odds
from sketchlib.inversion.runs import Inversion, Run, Step
from sketchlib.models import Recogniser
from sketchlib.models.strokes import SPAN


def random_search(recogniser: Recogniser, runs: Sequence[Run], iterations: int = 100) -> Iterator[tuple[Step, ...]]:
    """Steps like `invert_batch`'s: the best layout so far of the start and `iterations` random ones.

    Each stroke's place is uniform over those that keep it on the canvas. `gradient_norm` is 0. Errors as there.
    """
    layouts = Layouts(recogniser, [run.sketch for run in runs])
    state = Inversion(recogniser, runs, layouts, PRESETS["sketchxai"], iterations)
    low, high = layouts.boxes(state.pose.variables)
    random = [Generator().manual_seed(run.seed + 1) for run in runs]
    best, logits = state.pose, layouts.logits(state.pose)[0]
    for iteration in range(iterations + 1):
        state.pose = best
        yield state.said(iteration, logits, torch.zeros_like(best.variables))
        drawn = torch.stack([torch.rand(low.shape[1:], generator=each, dtype=low.dtype) for each in random])
        variables = -SPAN / 2 - low + drawn.to(low) * (SPAN - high + low)
        found = layouts.logits(Pose(variables, best.order))[0]
        better = log_odds(found, state.target) > log_odds(logits, state.target)
        logits = torch.where(better[:, None], found, logits)
        best = Pose(torch.where(better[:, None, None], variables, best.variables), best.order)
