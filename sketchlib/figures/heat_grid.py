"""The grid of heat maps: what each method says of the strokes, on both recognisers."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sketchlib.figures.drawings import read_drawings
from sketchlib.figures.sheet import INK, MARGIN, QUIET, WIDTH, Box, Label, Line, Mark, Sheet
from sketchlib.figures.sources import Workshop, live
from sketchlib.viz.colours import colour
from sketchlib.viz.heat import heat, number

if TYPE_CHECKING:
    from sketchlib.attribution import Attribution
    from sketchlib.models import Recogniser

MODELS = ("sketchxainet66", "sketchcnn66")
METHODS = {
    "sla": "SLA",
    "p_sla": "P-SLA",
    "leave_one_out": "leave-one-out",
    "shapley": "Shapley",
    "integrated_gradients": "int. gradients",
}
SHOWN = ("cat", "bicycle", "fish", "house", "ice cream", "guitar")
GAP, BETWEEN, HEADS, UNDER, SCALE = 4.0, 18.0, 32.0, 16.0, 38.0


def heat_grid(title: str, workshop: Workshop) -> Sheet:
    """Attributions of the logit of what was drawn, in the colours of evidence."""
    recognisers = [workshop.load(name) for name in MODELS]
    rows = [
        [found for recogniser in recognisers for found in workshop.by_turns(attributions(recogniser, name))]
        for name in SHOWN
    ]
    side = (WIDTH - 2 * MARGIN - BETWEEN - (len(rows[0]) - 2) * GAP) / len(rows[0])
    lefts = [
        MARGIN + column * (side + GAP) + (BETWEEN - GAP) * (column // len(METHODS)) for column in range(len(rows[0]))
    ]
    body: list[Mark] = [*_heads([recogniser.name for recogniser in recognisers], lefts, side)]
    for place, row in enumerate(rows):
        for left, found in zip(lefts, row, strict=True):
            body += _cell(found, left, HEADS + place * (side + UNDER), side)
    below = HEADS + len(rows) * (side + UNDER)
    body += _scale(below)
    sentence = (
        "Evidence for what was drawn in orange and against it in blue, by the range of each map, which stands under "
        "it, or 1 logit where that is less; logits, of P-SLA logits per side of the canvas."
    )
    source = live(f"{len(SHOWN)} example drawings chosen by hand, each map a single example", *recognisers)
    return Sheet(title, sentence, source, body, below + SCALE)


def attributions(recogniser: "Recogniser", name: str) -> "Iterator[Attribution]":
    """One a method, of the logit of an example's own class."""
    from sketchlib.attribution import explain, game_for, logit

    sketch, target = read_drawings()[name], logit(recogniser, name)
    game = game_for(sketch, target)
    return (explain(sketch, game, method) for method in METHODS)


def _heads(models: Sequence[str], lefts: Sequence[float], side: float) -> Iterator[Label]:
    """The models, and under each the methods."""
    for place, model in enumerate(models):
        yield Label(model, lefts[place * len(METHODS)], 10, 10, INK, bold=True)
    for place, left in enumerate(lefts):
        yield Label(list(METHODS.values())[place % len(METHODS)], left + side / 2, 25, 7.5, QUIET, "middle")


def _cell(found: "Attribution", left: float, top: float, side: float) -> Iterator[Mark]:
    """The drawing fitted into a square, the strongest colours on top, and the range of its values."""
    shown = heat(found)
    low, high = found.sketch.bounds()
    scale = (side - 4) / float((high - low).max())
    corner = np.array([left, top]) + side / 2 - scale * (low + high) / 2
    stretches = sorted((each for stroke in shown.strokes for each in stroke), key=lambda each: abs(each.share))
    for each in stretches:
        yield Line(each.points * scale + corner, colour(each.share), 1.5)
    said = f"{number(shown.low)} … {number(shown.high)}"
    yield Label(said, left + side / 2, top + side + 9, 7, INK, "middle")


def _scale(top: float) -> Iterator[Mark]:
    """From against to for, in small steps."""
    steps, width = 60, 220.0
    left = (WIDTH - width) / 2
    for place in range(steps):
        share = 2 * (place + 0.5) / steps - 1
        # Each reaches to the end, so that no seam shows between two.
        yield Box(left + width * place / steps, top + 8, width * (1 - place / steps), 7, colour(share))
    for x, anchor, said in ((left, "start", "against"), (WIDTH / 2, "middle", "nothing"), (left + width, "end", "for")):
        yield Label(said, x, top + 26, 8.5, QUIET, anchor)  # type: ignore[arg-type]
