"""An `Attribution` as the pad and the heat card show it: marks on strokes, and a legend with the raw range."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sketchlib.viz import FLOOR, Stretch, colour, number, raw_range
from sketchlib.viz import heat as coloured

if TYPE_CHECKING:
    from sketchlib.attribution import Attribution

SIDE = 256


def pad_heat(attribution: "Attribution", rev: int, question: str, about: str, floor: float = FLOOR) -> dict[str, Any]:
    """The pad's `heat`: {"rev", "strokes": marks by stroke id, "legend": what the card prints}.

    question: what the colours answer. about: how the numbers were made, and their doubt. floor: least value of full
    colour, in the unit of the score.
    """
    shown, values = coloured(attribution, floor), attribution.per_stroke()
    marks = []
    for place, (stroke, stretches) in enumerate(zip(attribution.sketch, shown.strokes, strict=True)):
        value = _value(attribution, place, float(values[place]), shown.unit)
        share = max((stretch.share for stretch in stretches), key=abs)
        mark = {
            "id": stroke.id,
            **_colours(share),
            "value": value,
            "number": _rounded(values[place]),
            "title": f"Stroke {place + 1}: {value}",
        }
        pieces = [] if attribution.parts == "strokes" else [_piece(stretch) for stretch in stretches]
        marks.append(mark | {"pieces": pieces})
    legend = {
        "question": question,
        "about": about,
        "range": raw_range(shown, attribution.signed),
        "ends": [number(-shown.limit) if attribution.signed else "", number(shown.limit, attribution.signed)],
        "low": shown.low / shown.limit,
        "high": shown.high / shown.limit,
        "signed": attribution.signed,
        "unit": shown.unit,
    }
    return {"rev": rev, "strokes": marks, "legend": legend}


def bare_heat(rev: int, question: str, note: str, *, pending: bool = False) -> dict[str, Any]:
    """The same without a colour, and a sentence that says why; pending: colours of this revision follow."""
    return {"rev": rev, "strokes": [], "legend": {"question": question, "note": note}, "pending": pending}


def _value(attribution: "Attribution", place: int, value: float, unit: str) -> str:
    """What a stroke is worth in words: its value, or the sum of its parts, and the standard error if it has one."""
    text = number(value, attribution.signed)
    if attribution.standard_error is not None:
        text += f" ± {number(float(attribution.standard_error[place]), signed=False)}"
    if attribution.parts == "strokes":
        return f"{text} {unit}"
    here = attribution.values[attribution.stroke_of_part == place]
    if attribution.parts == "points":
        return f"up to {number(float(here.max()), signed=False)} {unit}"
    return f"{text} {unit.partition(' per ')[0]} in all"


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _piece(stretch: Stretch) -> dict[str, Any]:
    return {"pts": np.round(SIDE * stretch.points, 2).tolist(), **_colours(stretch.share)}


def _colours(share: float) -> dict[str, str]:
    return {"color": colour(share), "dark": colour(share, "dark")}
