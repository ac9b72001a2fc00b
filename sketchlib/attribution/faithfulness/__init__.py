"""Is a map of a sketch faithful? What its values promise, against what the model does.

Pure functions of a game and values, one a question:

    curve = deletion_curve(game, values)          scores as strokes leave, highest value first; `area(curve)`
    removals = all_removals(game)                 every subset of up to 12 strokes taken away, asked once
    sensitivity_n(removals, values), infidelity(removals, values), spearman(values, reference)
    randomised(recogniser, generator)             what a map of an untrained network looks like

`measure` takes them all over sketches, and `FaithfulnessScores` holds the means with their intervals. The equations
are in docs/equations.md, "Faithfulness".
"""

from sketchlib.attribution.faithfulness.agreement import (
    Removals,
    all_removals,
    infidelity,
    infidelity_normalised,
    sensitivity_n,
    spearman,
)
from sketchlib.attribution.faithfulness.curves import area, deletion_curve, insertion_curve
from sketchlib.attribution.faithfulness.disturbance import (
    cascade,
    jittered,
    max_sensitivity,
    planted,
    planted_auc,
    randomised,
)

__all__ = [
    "Removals",
    "all_removals",
    "area",
    "cascade",
    "deletion_curve",
    "infidelity",
    "infidelity_normalised",
    "insertion_curve",
    "jittered",
    "max_sensitivity",
    "planted",
    "planted_auc",
    "randomised",
    "sensitivity_n",
    "spearman",
]
