"""Faithfulness at a glance: every method's intervals as SVG, its curves as an interactive figure."""

import html
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sketchlib.attribution.faithfulness.scores import Estimate, FaithfulnessScores

PANELS = {
    "spearman_leave_one_out": ("Rank correlation with leave-one-out", -0.2, 1.0),
    "deletion_auc": ("Probability left as strokes leave (area)", 0.0, 0.6),
}
LEFT, WIDTH, GAP, ROW, TOP, BOTTOM = 170, 250, 30, 22, 62, 34
PAPER, INK, QUIET, LINE = "#fffefa", "#1b1a17", "#5f5c55", "#d9d6ce"


def intervals_svg(scores: Sequence["FaithfulnessScores"]) -> str:
    """One model's methods as points with their 95% intervals, two panels side by side; on its own light paper."""
    height, width = TOP + ROW * len(scores) + BOTTOM, LEFT + len(PANELS) * (WIDTH + GAP)
    title = html.escape(f"How faithful is each method on {scores[0].model}? (n = {scores[0].n})")
    body = [_text(16, 24, title, INK, 15, weight=600)]
    body += [_text(LEFT - 12, _row(place) + 4, each.method, INK, 12, "end") for place, each in enumerate(scores)]
    for number, name in enumerate(PANELS):
        body += _panel(LEFT + number * (WIDTH + GAP), name, scores)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="title" font-family="system-ui, sans-serif">\n<title id="title">{title}</title>\n'
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _panel(left: float, name: str, scores: Sequence["FaithfulnessScores"]) -> Iterator[str]:
    title, low, high = PANELS[name]
    bottom = TOP + ROW * len(scores)
    yield _text(left, TOP - 12, title, QUIET, 12)
    for tick in np.linspace(low, high, 7):
        x = _across(tick, left, low, high)
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}" stroke="{LINE}"/>'
        yield _text(x, bottom + 18, f"{round(tick, 1) + 0:.1f}", QUIET, 11, "middle")
    for place, each in enumerate(scores):
        yield from _interval(each.estimates[name], left, low, high, _row(place))


def _interval(estimate: "Estimate", left: float, low: float, high: float, y: float) -> Iterator[str]:
    begin, middle, end = (_across(value, left, low, high) for value in (estimate.ci[0], estimate.mean, estimate.ci[1]))
    yield f'<line x1="{begin:.1f}" y1="{y}" x2="{end:.1f}" y2="{y}" stroke="{INK}" stroke-width="2"/>'
    yield f'<circle cx="{middle:.1f}" cy="{y}" r="4" fill="{INK}"/>'


def _across(value: float, left: float, low: float, high: float) -> float:
    """Pixels from the left edge; what lies beyond the axis stays on its end."""
    return left + WIDTH * float(np.clip((value - low) / (high - low), 0, 1))


def _row(place: int) -> float:
    return TOP + ROW * place + ROW / 2


def _text(x: float, y: float, text: str, fill: str, size: int, anchor: str = "start", weight: int = 400) -> str:
    style = f'fill="{fill}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{text}</text>'


def curves_figure(scores: Sequence["FaithfulnessScores"]) -> Any:
    """A plotly figure: mean probability of the explained class as strokes leave, a line a method, a panel a model."""
    from plotly.subplots import make_subplots

    models = list(dict.fromkeys(each.model for each in scores))
    figure = make_subplots(cols=len(models), shared_yaxes=True, subplot_titles=models)
    for each in scores:
        share = [100 * place / (len(each.deletion_curve) - 1) for place in range(len(each.deletion_curve))]
        column, area = models.index(each.model) + 1, each.estimates["deletion_auc"]
        said = f"{each.method}: area {area.mean:.3f} [{area.ci[0]:.3f}, {area.ci[1]:.3f}], n = {each.n}"
        dash = "dot" if each.method in ("random", "ink_length") else "solid"
        figure.add_scatter(
            x=share, y=each.deletion_curve, name=each.method, legendgroup=each.method, line={"dash": dash},
            showlegend=column == 1 or each.method == "occlusion", hovertext=said, row=1, col=column,
        )  # fmt: skip
    figure.update_layout(title="Does the model need the strokes that a method names first?", template="simple_white")
    figure.update_xaxes(title="strokes removed, highest value first (%)")
    figure.update_yaxes(title="probability of the explained class", col=1)
    return figure
