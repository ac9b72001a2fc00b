"""Stroke location inversion: freeze a recogniser, let gradient descent move whole strokes.

    from sketchlib.inversion import invert
    for step in invert(recogniser, sketch, "cat"):                           # recovery, from scattered strokes
        print(step.iteration, step.target)
    for step in invert(recogniser, sketch, "camera", start="as_drawn"):     # transfer, from the drawing itself
        ...

`invert_batch` runs several sketches, targets and seeds as one. The paper [qu2023sketchxai], what we chose, and the
presets' objectives are in docs/equations.md.
"""

from sketchlib.inversion.optimisers import PRESETS, Optimiser
from sketchlib.inversion.recovery import iterations_to, original_locations, recovery_error, strokes_back
from sketchlib.inversion.runs import Run, Start, Step, invert, invert_batch

__all__ = [
    "PRESETS",
    "Optimiser",
    "Run",
    "Start",
    "Step",
    "invert",
    "invert_batch",
    "iterations_to",
    "original_locations",
    "recovery_error",
    "strokes_back",
]
