"""An inversion as a storyboard: SVG, one row a run, one panel a key iteration, as in the paper's figures."""

import html
from collections.abc import Iterator, Sequence

from sketchlib.viz.motion import History, View, checked, view_of
from sketchlib.viz.order import order_colours
from sketchlib.viz.picture import INK, PAPER, QUIET, Picture, path_data, text_line

PANEL, GAP, HEAD, FOOT = 120, 10, 28, 34


def key_iterations(last: int) -> list[int]:
    """The iterations of the paper's table up to the last, and the last."""
    from sketchlib.inversion.record import KEY_ITERATIONS

    return sorted({*(number for number in KEY_ITERATIONS if number <= last), last})


def storyboard_svg(history: History, targets: Sequence[str]) -> Picture:
    """Panels of the key iterations with the target's probability, and in brackets the current top-1 where it differs.

    history: per iteration, one step of each run. targets: class each run is pulled towards. Light paper of its own.
    Raises InputError where there is nothing to show.
    """
    numbers = key_iterations(len(checked(history)) - 1)
    width = GAP + len(numbers) * (PANEL + GAP)
    height = HEAD + len(targets) * (PANEL + FOOT)
    title = "Inversion towards " + ", ".join(dict.fromkeys(targets))
    body = [*_heads(numbers), *_rows(history, targets, numbers)]
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="title" font-family="system-ui, sans-serif" fill="none">\n'
        f'<title id="title">{html.escape(title)}</title>\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _heads(numbers: Sequence[int]) -> Iterator[str]:
    for column, number in enumerate(numbers):
        yield text_line(f"Iteration {number}", _left(column) + PANEL / 2, 19, 11, QUIET, "middle")


def _left(column: int) -> float:
    return GAP + column * (PANEL + GAP)


def _rows(history: History, targets: Sequence[str], numbers: Sequence[int]) -> Iterator[str]:
    view = view_of([history[number] for number in numbers])
    for run, target in enumerate(targets):
        top = HEAD + run * (PANEL + FOOT)
        for column, number in enumerate(numbers):
            step, middle = history[number][run], _left(column) + PANEL / 2
            yield _panel(history, run, number, view, _left(column), top)
            yield text_line(f"{target} {step.target:.2%}", middle, top + PANEL + 13, 10, INK, "middle")
            if step.top != target:
                yield text_line(f"({step.top})", middle, top + PANEL + 25, 10, QUIET, "middle")


def _panel(history: History, run: int, number: int, view: View, left: float, top: float) -> str:
    sketch = history[number][run].sketch
    by_id = dict(zip(history[0][run].sketch.ids, order_colours(len(sketch)), strict=True))
    paths = (
        f'<path d="{path_data(view.place(stroke.points, PANEL))}" stroke="{by_id[stroke.id]}"/>' for stroke in sketch
    )
    return (
        f'<g transform="translate({left} {top})" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
        f'<rect width="{PANEL}" height="{PANEL}" rx="6" stroke="#e4e0d7" stroke-width="1"/>{"".join(paths)}</g>'
    )
