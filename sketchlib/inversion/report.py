"""The page of results that `evaluate inversion --table` writes."""

from collections.abc import Iterable, Sequence

from sketchlib.inversion.record import KEY_ITERATIONS, percentages
from sketchlib.inversion.runs import Step
from sketchlib.inversion.scores import InversionScores

PAPER_RECOVERY = """\
| bed, paper | 0.04 (airplane) | 12.81 (airplane) | 78.95 | 99.66 | 99.98 | 99.99 | 99.99 | 99.99 | 99.99 |
| bicycle, paper | 4.74 (eye) | 66.85 | 93.42 | 99.99 | 99.99 | 99.99 | 99.99 | 99.99 | 100.00 |
| cell phone, paper | 80.13 | 98.73 | 99.63 | 99.73 | 99.75 | 99.76 | 99.79 | 99.87 | 99.88 |
| sun, paper | 0.09 (spider) | 8.12 (spider) | 45.67 (spider) | 75.26 | 84.85 | 89.98 | 98.12 | 99.88 | 99.91 |
| tree, paper | 27.05 (flower) | 97.68 | 99.98 | 99.99 | 99.99 | 99.99 | 99.99 | 100.00 | 100.00 |"""

PAPER_TRANSFER = """\
| broom, paper | | 94.71 / 5.10 | 0.33 / 99.60 | 0.08 / 99.73 | 0.08 / 99.79 | 0.09 / 99.80 | 0.10 / 99.80 | 0.10 / 99.80 | 0.10 / 99.80 |
| pants, paper | | 99.82 / 0.05 | 98.61 / 0.92 | 9.62 / 44.73 | 52.55 / 43.10 | 0.69 / 95.49 | 0.51 / 97.76 | 0.06 / 99.46 | 0.06 / 99.46 |
| apple, paper | | 74.25 / 0.00 | 83.03 / 0.04 | 69.59 / 0.28 | 58.55 / 21.47 | 30.50 / 48.80 | 1.56 / 94.45 | 0.19 / 98.12 | 0.11 / 99.31 |
| camera, paper | | 13.16 / 3.81 | 4.11 / 76.86 | 0.31 / 89.49 | 6.11 / 56.54 | 0.30 / 95.13 | 0.41 / 95.73 | 0.00 / 99.94 | 0.00 / 99.95 |
| bicycle, paper | | 96.25 / 3.31 | 32.52 / 65.91 | 2.29 / 64.78 | 13.45 / 84.12 | 1.03 / 86.89 | 0.10 / 98.95 | 0.04 / 99.84 | 0.04 / 99.85 |"""  # noqa: E501

COLUMNS = {
    "success_rate": "p >= 99%",
    "seen_rate": "target is top-1",
    "final_probability": "median p",
    "iterations_to_50": "to 50%",
    "iterations_to_90": "to 90%",
    "iterations_to_99": "to 99%",
    "location_error": "location error",
    "strokes_back": "strokes back",
    "raster_agreement": "raster model agrees",
}
SHARES = ("success_rate", "seen_rate", "final_probability", "strokes_back", "raster_agreement")


def page(scores: Sequence[InversionScores], recovery: str, transfer: str, command: str) -> str:
    """Markdown: a table of scores a mode, and the paper's rows beside ours.

    recovery, transfer: rows made by `paper_row` with the first preset. command: what makes the page again.
    """
    parts = ["# Stroke location inversion: what was measured", f"```\n{command}\n```", _setting(scores[0])]
    for mode in dict.fromkeys(each.mode for each in scores):
        own = [each for each in scores if each.mode == mode]
        parts += [f"## {mode.capitalize()}", _table(own), _sentence(own[0]), _by_strokes(own)]
    header = _row(["class", *map(str, KEY_ITERATIONS)]) + "\n" + "|---" * (len(KEY_ITERATIONS) + 1) + "|"
    parts += [
        "## The paper's table",
        "Probability in per cent at the start and after so many moves, the class seen instead in brackets. The paper's "
        "rows are from its slides [qu2023sketchxai], on 30 categories and its Base network; ours are the first "
        "recognised sketches, seed 0, preset `sketchxai`.",
        f"Recovery:\n\n{header}\n{PAPER_RECOVERY}\n{recovery}",
        "Transfer, original class / target class; the slides call the original layout iteration 1:",
        f"{header}\n{PAPER_TRANSFER}\n{transfer}",
    ]
    return "\n\n".join(parts) + "\n"


def paper_row(name: str, steps: Sequence[Step], with_origin: bool = False) -> str:
    """A run as a row of the paper's table."""
    cells = percentages(steps)
    if with_origin:
        cells = [f"{a} / {b.split(' ')[0]}" for a, b in zip(percentages(steps, origin=True), cells, strict=True)]
    return _row([name, *cells])


def _setting(scores: InversionScores) -> str:
    return (
        f"`{scores.model}` on {scores.n} sketches that it recognises, categories alike, {scores.seeds} start(s) or "
        f"target(s) each, {scores.iterations} iterations; judge: `{scores.judge}`. Brackets: 95% intervals, bootstrap "
        "over sketches. Iterations are medians, - where half of the runs never get there; location error in canvas "
        "units; strokes are back within a tenth of the canvas."
    )


def _sentence(scores: InversionScores) -> str:
    return f"Of the drawings they came from, the raster model names {scores.raster_on_drawings:.1%} as labelled."


def _table(scores: Sequence[InversionScores]) -> str:
    lines = [_row(["", *COLUMNS.values(), "stable over seeds", "s a run"]), "|---" * (len(COLUMNS) + 3) + "|"]
    for each in scores:
        cells = [_cell(each, name) for name in COLUMNS]
        lines.append(
            _row([f"`{each.method}`", *cells, _text(each.stability, share=True), f"{each.seconds_per_run:.2f}"])
        )
    return "\n".join(lines)


def _by_strokes(scores: Sequence[InversionScores]) -> str:
    groups = scores[0].by_strokes
    lines = [_row(["p >= 99%", *(f"{name} strokes, {group['n']} runs" for name, group in groups.items())])]
    lines += ["|---" * (len(groups) + 1) + "|"]
    for each in scores:
        rates = (_text(each.by_strokes[name]["success_rate"], share=True) for name in groups)
        lines.append(_row([f"`{each.method}`", *rates]))
    return "\n".join(lines)


def _cell(scores: InversionScores, name: str) -> str:
    low, high = getattr(scores, f"{name}_ci")
    value, low, high = (_text(number, name in SHARES) for number in (getattr(scores, name), low, high))
    return f"{value} [{low}, {high}]"


def _text(value: float | None, share: bool) -> str:
    if value is None:
        return "-"
    return f"{value:.1%}" if share else f"{value:.3g}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
