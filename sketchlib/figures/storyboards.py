"""The storyboards of stroke location inversion: recovery, and transfer to another class."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sketchlib.figures.drawings import read_drawings
from sketchlib.figures.sheet import FAINT, INK, MARGIN, QUIET, WIDTH, Label, Line, Mark, Sheet
from sketchlib.figures.sources import Workshop, live
from sketchlib.viz.motion import History, view_of
from sketchlib.viz.order import order_colours
from sketchlib.viz.storyboard import key_iterations

if TYPE_CHECKING:
    from sketchlib.inversion import Run, Step

MODEL = "sketchxainet66"
RECOVERED = ("bicycle", "sun", "fish", "car", "tree")
TRANSFERRED = (
    ("bicycle", "eyeglasses"),
    ("cat", "owl"),
    ("sun", "clock"),
    ("tree", "candle"),
    ("car", "shoe"),
)
ITERATIONS, GAP, HEADS, CAPTION = 100, 5.0, 16.0, 15.0


def recovery(title: str, workshop: Workshop) -> Sheet:
    """Strokes scattered around the centre until the model sees again what was drawn, seed 0."""
    from sketchlib.inversion import Run

    sketches = read_drawings()
    runs = [Run(sketches[name], name) for name in RECOVERED]
    history, source = _inverted(workshop, runs)
    at_start, at_end = (_named(history[iteration], RECOVERED) for iteration in (0, -1))
    sentence = (
        f"{at_start} of {len(runs)} drawings are named rightly from scattered strokes already, {at_end} after "
        f"{ITERATIONS} iterations; under each its probability, in grey what is seen instead."
    )
    return _storyboard(title, sentence, source, history, [(name,) for name in RECOVERED])


def transfer(title: str, workshop: Workshop) -> Sheet:
    """From the drawing as it is to another class."""
    from sketchlib.inversion import Run

    sketches = read_drawings()
    runs = [Run(sketches[name], target, "as_drawn") for name, target in TRANSFERRED]
    history, source = _inverted(workshop, runs)
    reached = _named(history[-1], [target for _, target in TRANSFERRED])
    sentence = (
        f"{reached} of {len(runs)} drawings are taken for the other class after {ITERATIONS} iterations; under each "
        "that class's probability, and in grey that of what was drawn."
    )
    return _storyboard(title, sentence, source, history, TRANSFERRED)


def _named(steps: "Sequence[Step]", names: Sequence[str]) -> int:
    """How many of the drawings the model takes for what is wanted."""
    return sum(step.top == name for step, name in zip(steps, names, strict=True))


def _inverted(workshop: Workshop, runs: "Sequence[Run]") -> tuple[History, str]:
    from sketchlib.inversion import invert_batch

    recogniser = workshop.load(MODEL)
    history = list(workshop.by_turns(invert_batch(recogniser, runs, "sketchxai", ITERATIONS)))
    return history, live(f"{len(runs)} example drawings chosen by hand, optimiser sketchxai, seed 0", recogniser)


def _storyboard(title: str, sentence: str, source: str, history: History, rows: Sequence[Sequence[str]]) -> Sheet:
    numbers = key_iterations(len(history) - 1)
    side = (WIDTH - 2 * MARGIN + GAP) / len(numbers) - GAP
    row = CAPTION + side + 28
    lefts = [MARGIN + column * (side + GAP) for column in range(len(numbers))]
    body: list[Mark] = [
        Label(f"{'iteration ' if number == 0 else ''}{number}", left + side / 2, 9, 8.5, QUIET, "middle")
        for number, left in zip(numbers, lefts, strict=True)
    ]
    for run, names in enumerate(rows):
        top = HEADS + run * row
        body.append(Label(" to ".join(names), MARGIN, top + 10, 9.5, INK, bold=True))
        body += _panels([history[number][run] for number in numbers], lefts, top + CAPTION, side, names)
    return Sheet(title, sentence, source, body, HEADS + len(rows) * row)


def _panels(
    steps: "Sequence[Step]", lefts: Sequence[float], top: float, side: float, names: Sequence[str]
) -> Iterator[Mark]:
    """One row: the canvas as a square, the drawing, its numbers."""
    view = view_of([(step,) for step in steps])
    colours = dict(zip(steps[0].sketch.ids, order_colours(len(steps[0].sketch)), strict=True))
    corners = view.place(np.array([[0.0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]), side)
    for step, left in zip(steps, lefts, strict=True):
        corner, middle = np.array([left, top]), left + side / 2
        yield Line(corners + corner, FAINT, 0.75)
        for stroke in step.sketch:
            yield Line(view.place(stroke.points, side) + corner, colours[stroke.id], 1.3)
        yield Label(f"{step.target:.2%}", middle, top + side + 10, 8.5, INK, "middle")
        below = f"{step.origin:.2%}" if len(names) > 1 else "" if step.top == names[-1] else step.top
        if below:
            yield Label(below, middle, top + side + 20, 8, QUIET, "middle")
