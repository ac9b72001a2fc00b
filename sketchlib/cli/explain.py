"""Options of `explain`, and the run they describe."""

import argparse
import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sketchlib.errors import InputError
from sketchlib.io.writing import write_file
from sketchlib.viz.heat import heat as coloured
from sketchlib.viz.heat import number, raw_range
from sketchlib.viz.picture import heat_svg

if TYPE_CHECKING:
    from sketchlib.attribution import Attribution, Target
    from sketchlib.models import Recogniser
    from sketchlib.sketch import Sketch


METHODS = (
    "sla, vanilla_gradient, p_sla, p_sla_move, leave_one_out, shapley, integrated_gradients, smooth_grad, occlusion, "
    "ink_length or random"
)


def add_explain_options(explain: argparse.ArgumentParser) -> None:
    """Everything but the model."""
    explain.add_argument("file", type=Path, metavar="FILE", help="the sketches: ndjson(.gz), pad JSON, SVG, npz or npy")
    explain.add_argument(
        "--number", type=int, default=1, metavar="N", help="which sketch of the file, from 1 (default: %(default)s)"
    )
    explain.add_argument("--method", default="sla", metavar="NAME", help=f"{METHODS} (default: %(default)s)")
    explain.add_argument("--target", metavar="CLASS", help="the class to explain (default: the predicted one)")
    explain.add_argument(
        "--not",
        dest="other",
        metavar="CLASS",
        help="explain why the target and not this class (default: the target alone)",
    )
    explain.add_argument("--out", type=Path, metavar="SVG", help="write the heat map here")
    explain.add_argument("--json", action="store_true", help="print everything, as one JSON object")


def run_explain(options: argparse.Namespace) -> str:
    """Write the picture if one is wanted; returns what to print."""
    from sketchlib.attribution import explain
    from sketchlib.models import load

    recogniser = load(options.model)
    sketch = chosen_sketch(options.file, options.number)
    found = explain(sketch, target_of(recogniser, sketch, options.target, options.other), options.method)
    if options.out:
        write_file(options.out, heat_svg(found))
    if not options.json:
        return as_text(found)
    return json.dumps(as_json(found) | {"model": recogniser.name, "label": sketch.label}, ensure_ascii=False)


def chosen_sketch(file: Path, place: int) -> "Sketch":
    """The sketch of that number, from 1; raises InputError where the file has fewer."""
    from sketchlib.io import read_sketches

    found = list(islice(read_sketches(file, place if place > 0 else None), place - 1, place)) if place > 0 else []
    if not found:
        raise InputError(f"a sketch is chosen by its number in the file, from 1, got {place} ({file.name})")
    return found[0]


def target_of(recogniser: "Recogniser", sketch: "Sketch", category: str | None, other: str | None) -> "Target":
    """Logit of a class or of the predicted one, or its margin over another class."""
    from sketchlib.attribution import logit, margin

    category = category or recogniser.predict(sketch, 1)[0][0]
    return margin(recogniser, category, other) if other else logit(recogniser, category)


def as_json(found: "Attribution") -> dict[str, Any]:
    """Every number of an attribution, and the stroke ids its values belong to."""
    ids = found.sketch.ids
    return {
        "method": found.method,
        "target": found.target,
        "score": found.score,
        "blank_score": found.blank_score,
        "gap": found.gap,
        "model_calls": found.model_calls,
        "parts": found.parts,
        "signed": found.signed,
        "values": found.values.tolist(),
        "standard_error": None if found.standard_error is None else found.standard_error.tolist(),
        "stroke_of_value": [ids[place] for place in found.stroke_of_part],
        "stroke_ids": list(ids),
        "per_stroke": found.per_stroke().tolist(),
        "note": found.note,
    }


def as_text(found: "Attribution") -> str:
    """For people: the target, a line a stroke, the raw range, and the gap."""
    shown = coloured(found)
    values = (number(value, found.signed) for value in found.per_stroke())
    strokes = (f"  stroke {place:>3}  {text:>9}" for place, text in enumerate(values, start=1))
    gap = "" if found.gap is None else f", gap {number(found.gap)}"
    score = (
        f"score {number(found.score)}, blank paper {number(found.blank_score)}{gap}, {found.model_calls} model calls"
    )
    lines = [
        f"{found.method} on {found.target}",
        *strokes,
        f"range {raw_range(shown, found.signed)}",
        score,
        found.note,
    ]
    return "\n".join(line for line in lines if line)
