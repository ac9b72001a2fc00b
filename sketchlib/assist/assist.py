"""`assist`: the one verb."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import torch

from sketchlib.assist.gates import EVEN, Schedule, dropped
from sketchlib.assist.reader import Aim, Mask, Reader
from sketchlib.assist.result import Assistance
from sketchlib.assist.views import checked, views
from sketchlib.errors import InputError
from sketchlib.sketch import Array, Sketch

THRESHOLD = 0.01
"""Likeness above which a stroke is flagged by "fast": the best F1 on training photos, see docs/results/assist.md."""

METHODS: Mapping[str, float] = MappingProxyType({"fast": THRESHOLD, "gates": EVEN})
"""Every method with its threshold."""


def assist(
    sketch: Sketch,
    reader: Reader,
    aim: Aim,
    method: str = "fast",
    *,
    threshold: float | None = None,
    schedule: Schedule | None = None,
    generator: torch.Generator | None = None,
) -> Assistance:
    """Flag the strokes that do not match the photo aimed at.

    method: "fast", what a stroke says for the photo and not for the average one, as the first and as the last stroke,
        2 looks a stroke; or "gates". threshold: that of `METHODS` if None.
    schedule, generator: of the gates; the generator is one seeded with 0 if None.

    Raises InputError for an unknown method and sketches of less than two strokes, ModelError for a network that gives
    no finite numbers.
    """
    if method not in METHODS:
        raise InputError(f"a method is one of {', '.join(METHODS)}, got {method!r}")
    checked(sketch)
    above = METHODS[method] if threshold is None else threshold
    schedule = schedule or Schedule()
    if method == "fast":
        seen = views(sketch, reader)
        scores, calls = seen.mismatch(aim.direction), seen.calls
    else:
        lot = generator or torch.Generator().manual_seed(0)
        scores, calls = dropped(sketch, reader, aim.direction, schedule, lot), schedule.calls
    gone = flags(scores, above)
    return _ranked(sketch, reader, aim, method, scores, above, gone, calls)


def flags(scores: Array, threshold: float) -> Mask:
    """(strokes,) True where a score is above the threshold; where all are flagged, the best stroke stays."""
    gone: Mask = scores > threshold
    if gone.all():
        gone[scores.argmin()] = False
    return gone


def _ranked(
    sketch: Sketch, reader: Reader, aim: Aim, method: str, scores: Array, above: float, gone: Mask, calls: int
) -> Assistance:
    """What is left is asked for as a drawing of its own, in its own frame."""
    flagged = tuple(stroke.id for stroke, out in zip(sketch, gone, strict=True) if out)
    rows = reader.embed([sketch, sketch.without(flagged)] if flagged else [sketch])
    alike, ranks = aim.likeness(rows), aim.ranks(rows)
    return Assistance(
        sketch=sketch,
        method=method,
        scores=np.array(scores),
        threshold=above,
        flagged=flagged,
        rank_before=ranks[0],
        rank_after=ranks[-1],
        photos=len(aim.vectors),
        likeness_before=float(alike[0]),
        likeness_after=float(alike[-1]),
        calls=calls + len(rows),
    )
