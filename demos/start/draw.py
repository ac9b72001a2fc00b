"""The tab's three pictures and their numbers: python -m demos.start.draw computes them by the first model that ships.

The strokes of a picture carry their colours on light and on dark paper, between which the tab's style picks; alone, an
SVG shows those on light paper.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demos.ui import examples, first_model, shelf
from sketchlib.adversarial import attack
from sketchlib.attribution import explain, logit
from sketchlib.inversion import Run, invert_batch
from sketchlib.io import from_pad
from sketchlib.sketch import Sketch
from sketchlib.viz import SCALES, colour, heat, order_colours
from sketchlib.viz.picture import INK, QUIET, path_data, text_line

if TYPE_CHECKING:
    from sketchlib.attribution import Attribution
    from sketchlib.inversion import Step

FOLDER = Path(__file__).parent
OF_PHOTOS = FOLDER.parent / "retrieve" / "drawings"
FRAMES = (0, 1, 2, 5)
"""Iterations of the inversion that are shown."""
ITERATIONS = 100
"""It is planned for as many as on its tab: step sizes shrink towards the end."""
WIDTH, HEIGHT, CANVAS = 360, 270, 256
FACTS = "facts.json"

Fact = dict[str, Any]


def sketch_of(name: str, folder: Path | None = None) -> Sketch:
    """An example drawing by its name."""
    drawn = examples(folder) if folder else examples()
    return from_pad({"strokes": next(each["strokes"] for each in drawn if each["name"] == name)})


def which_strokes_matter() -> tuple[Fact, str]:
    """The eyeglasses, coloured by leave-one-out, and what each stroke is worth in logits: facts, SVG."""
    sketch, recogniser = sketch_of("eyeglasses"), _recogniser()
    found = explain(sketch, logit(recogniser, "eyeglasses"), "leave_one_out")
    values = np.round(found.per_stroke(), 2).tolist()
    best = int(np.argmax(values))
    fact = {"seen": "eyeglasses", "best": best + 1, "ink": round(sketch[best].length / sketch.ink, 3), "values": values}
    return fact, _svg(
        "Eyeglasses whose strokes are coloured by what each says for eyeglasses",
        [_drawn(_heated(found), 0, (HEIGHT - WIDTH) / 2, WIDTH)],
    )


def what_it_needs() -> tuple[Fact, str]:
    """The bicycle, scattered, and on its way back: facts, SVG."""
    sketch, recogniser = sketch_of("bicycle"), _recogniser()
    run = Run(sketch, "bicycle", "scattered", 0)
    steps = [step for (step,) in islice(invert_batch(recogniser, [run], "on_canvas", ITERATIONS), FRAMES[-1] + 1)]
    frames = [steps[number] for number in FRAMES]
    first, last = frames[0], frames[-1]
    fact = {
        "seen": "bicycle",
        "strokes": len(sketch),
        "start": {"top": first.top, "chance": round(first.top_probability, 3), "own": round(first.target, 3)},
        "iterations": FRAMES[-1],
        "chance": round(last.target, 3),
    }
    panels = [
        _panel(_coloured(step.sketch), 55 + 138 * (k % 2), 2 + 136 * (k // 2), 112, f"{number}: {_said(step)}")
        for k, (number, step) in enumerate(zip(FRAMES, frames, strict=True))
    ]
    return fact, _svg("A bicycle in scattered pieces, and in three steps a bicycle again", panels)


def how_little_it_takes() -> tuple[Fact, str]:
    """The chair before and after the deletion of one stroke: facts, SVG."""
    sketch = sketch_of("dining chair 0004a", OF_PHOTOS)
    found = attack(_recogniser(), sketch, strategy="greedy")
    gone = set(sketch.ids) - set(found.final.remaining.ids)
    fact: Fact = {"strokes": len(gone), "ink": round(found.final.ink, 3)}
    for name, step in (("before", found.steps[0]), ("after", found.final)):
        fact[name] = {"top": step.top, "chance": round(float(step.probabilities.max()), 3)}
    ends = SCALES["light"].towards, SCALES["dark"].towards
    whole = [_path(stroke.points, ends if stroke.id in gone else None) for stroke in sketch]
    rest = [_ghost(stroke.points) if stroke.id in gone else _path(stroke.points) for stroke in sketch]
    words = [f"{fact[key]['top']}, {fact[key]['chance']:.0%}" for key in ("before", "after")]
    panels = [_panel(whole, 4, 48, 168, words[0]), _panel(rest, 188, 48, 168, words[1])]
    return fact, _svg("A chair, and what is left of it without one stroke", panels)


PICTURES = {"matter": which_strokes_matter, "needs": what_it_needs, "little": how_little_it_takes}


def _recogniser() -> Any:
    return shelf.get(first_model())


def _said(step: "Step") -> str:
    return f"{step.top} {step.top_probability:.0%}"


def _heated(found: "Attribution") -> Iterator[str]:
    for stroke, stretches in zip(found.sketch.fitted(0.06), heat(found).strokes, strict=True):
        share = max((stretch.share for stretch in stretches), key=abs)
        yield _path(stroke.points, (colour(share), colour(share, "dark")))


def _coloured(sketch: Sketch) -> list[str]:
    pairs = zip(order_colours(len(sketch)), order_colours(len(sketch), "dark"), strict=True)
    return [_path(stroke.points, pair) for stroke, pair in zip(sketch, pairs, strict=True)]


def _path(points: NDArray[np.float64], colours: tuple[str, str] | None = None) -> str:
    """A line in canvas units; colours: on light and on dark paper, else ink."""
    light, dark = colours or (INK, "")
    style = f' style="--told:{light};--told-dark:{dark}"' if colours else ""
    return f'<path d="{path_data(CANVAS * points)}" stroke="{light}"{style}/>'


def _ghost(points: NDArray[np.float64]) -> str:
    return f'<path d="{path_data(CANVAS * points)}" stroke="{QUIET}" class="ghost" stroke-dasharray="2 9"/>'


def _drawn(inside: Iterable[str], left: float, top: float, side: float) -> str:
    """Lines of a canvas in a square of the picture."""
    scale = side / CANVAS
    place = f'transform="translate({left} {top}) scale({scale:.3f})" stroke-width="{2.6 / scale:.2f}"'
    return f"<g {place}>{''.join(inside)}</g>"


def _panel(inside: Iterable[str], left: float, top: float, side: float, said: str) -> str:
    """The same with a frame, and a line under it."""
    frame = f'<rect x="{left}" y="{top}" width="{side}" height="{side}" rx="8" stroke="#dfdcd5"/>'
    words = text_line(said, left + side / 2, top + side + 14, 12, QUIET, "middle")
    return frame + _drawn(inside, left, top, side) + words


def _svg(title: str, body: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}" '
        f'font-family="system-ui, sans-serif" fill="none" stroke-linecap="round" stroke-linejoin="round">\n'
        f"{''.join(body)}\n</svg>\n"
    )


def main() -> None:
    """Write the pictures, and the numbers that are said beside them with the model that made them."""
    made = {name: picture() for name, picture in PICTURES.items()}
    facts = {"model": _recogniser().card.title, **{name: fact for name, (fact, _) in made.items()}}
    (FOLDER / FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    for name, (_, svg) in made.items():
        (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
