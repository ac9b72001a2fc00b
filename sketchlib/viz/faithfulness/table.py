"""The table of `evaluate attribution --table`: markdown, with its figures beside it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sketchlib.io.writing import write_file
from sketchlib.viz.faithfulness.figures import curves_figure, intervals_svg

if TYPE_CHECKING:
    from sketchlib.attribution.faithfulness.scores import Estimate, FaithfulnessScores
    from sketchlib.attribution.faithfulness.sweep import Choice, Sweep

FAITHFUL = {
    "spearman_leave_one_out": "Spearman, leave-one-out",
    "spearman_shapley": "Spearman, Shapley",
    "deletion_auc": "deletion AUC (low)",
    "insertion_auc": "insertion AUC (high)",
    "sensitivity_n": "sensitivity-n",
    "infidelity": "infidelity (low)",
    "infidelity_normalised": "the same, normalised (low)",
    "ms_per_sketch": "ms",
}
CHECKED = {
    "randomised_weights": "untrained network",
    "randomised_magnitudes": "the same, absolute values",
    "random_labels": "random labels",
    "other_class": "another class",
    "max_sensitivity": "max-sensitivity (low)",
    "planted_auc": "planted stroke, AUC (high)",
}
CONTROLS = ("ink_length", "random")
FAITHFUL_ENOUGH, SANE = 0.6, 0.2


def write_table(
    path: Path, scores: Sequence["FaithfulnessScores"], sweeps: Sequence["Sweep"], command: str
) -> list[Path]:
    """Writes the markdown, and figures/<name>-<model>.svg and figures/<name>.html beside it; gives all paths."""
    folder = path.parent / "figures"
    pictures = {model: folder / f"{path.stem}-{model}.svg" for model in _models(scores)}
    for model, picture in pictures.items():
        write_file(picture, intervals_svg(_of(scores, model)))
    page = folder / f"{path.stem}.html"
    write_file(page, curves_figure(scores).to_html(include_plotlyjs="cdn", div_id=path.stem))
    links = {model: picture.relative_to(path.parent).as_posix() for model, picture in pictures.items()}
    text = table(scores, sweeps, command, links, page.relative_to(path.parent).as_posix())
    write_file(path, text)
    return [path, *pictures.values(), page]


def table(
    scores: Sequence["FaithfulnessScores"],
    sweeps: Sequence["Sweep"],
    command: str,
    pictures: dict[str, str],
    page: str,
) -> str:
    """Markdown of the scores of one or several models, and of the sweeps of line widths.

    command: what makes it again. pictures: link of each model's figure; page: of the interactive one.
    """
    first = scores[0]
    left_out = ", ".join(f"{count} of {reason}" for reason, count in first.left_out.items() if count) or "none"
    parts = [
        "# Attribution: is it faithful?",
        f"One command; the equations are in [equations.md](../equations.md#faithfulness).\n\n```\n{command}\n```",
        f"{first.n} sketches of 3 to 12 strokes, categories alike; explained: {_explained(first)}. "
        f"Left out: {left_out}. Brackets: 95% intervals, bootstrap over sketches. Areas are of the probability of the "
        f"explained class, correlations of the explained score; ms is processor time. [Deletion curves]({page}).",
        *(text for model in _models(scores) for text in _model(_of(scores, model), pictures[model])),
        *(text for one in sweeps for text in _sweep(one)),
    ]
    return "\n\n".join(parts) + "\n"


def _model(scores: list["FaithfulnessScores"], picture: str) -> list[str]:
    checked = max((each.n for one in scores for name, each in one.estimates.items() if name in CHECKED), default=0)
    found = [name for name in CHECKED if any(name in each.estimates for each in scores)]
    parts = [
        f"## {scores[0].model}",
        f"![Intervals of each method on {scores[0].model}]({picture})",
        _rows(["method", *FAITHFUL.values()], ([each.method, *_cells(each, FAITHFUL)] for each in scores)),
        _verdicts(scores),
    ]
    if not found:
        return parts
    cascade = list(scores[0].cascade)
    return [
        *parts,
        f"Correlation with the map of an untrained network, and other disturbances, on {checked} of the sketches "
        "(planted strokes: those of them that the model recognises):",
        _rows(["method", *(CHECKED[name] for name in found)], ([s.method, *_cells(s, found)] for s in scores)),
        "Untrained from the output down, one part more in each column (correlation with the trained network's map):",
        _rows(["method", *cascade], ([s.method, *(f"{s.cascade[p].mean:.2f}" for p in cascade)] for s in scores)),
    ]


def _verdicts(scores: list["FaithfulnessScores"]) -> str:
    """What the stroke methods of the paper were asked to show, and whether they did."""
    by_name = {each.method: each for each in scores}
    controls = [by_name[name] for name in CONTROLS if name in by_name]
    rows = [[name, *_verdict(by_name[name], controls)] for name in ("sla", "p_sla") if name in by_name]
    head = ["method", "Spearman with leave-one-out at least 0.6", "deletion AUC below length's and random's"]
    return _rows([*head, "below 0.2 when untrained"], rows)


def _verdict(scores: "FaithfulnessScores", controls: list["FaithfulnessScores"]) -> list[str]:
    rank, untrained = scores.estimates["spearman_leave_one_out"], scores.estimates.get("randomised_weights")
    high = scores.estimates["deletion_auc"].ci[1]
    apart = all(high < each.estimates["deletion_auc"].ci[0] for each in controls)
    below = "not measured" if untrained is None else _yes(abs(untrained.mean) < SANE)
    return [_yes(rank.mean >= FAITHFUL_ENOUGH), _yes(apart) if controls else "not measured", below]


def _yes(holds: bool) -> str:
    return "yes" if holds else "**no**"


def _sweep(sweep: "Sweep") -> list[str]:
    width, softness = sweep.own
    methods = list(sweep.choices)
    return [
        f"## Line width and softness of the explained drawing, {sweep.model}",
        f"{sweep.n} sketches; the model's own raster has width {width:g} and softness {softness:g} (canvas units). "
        "*Recognised*: share of sketches where the model sees the same class in the drawing with these lines. "
        "The others: Spearman with leave-one-out on the model's own raster.",
        _rows(
            ["width", "softness", "recognised", *methods],
            (
                [f"{each.line_width:g}", f"{each.softness:g}", f"{each.recognised.mean:.2f}"]
                + [_cell(each.spearman_leave_one_out[method]) for method in methods]
                for each in sweep.settings
            ),
        ),
        "Chosen on every other sketch, tested on those between:",
        _rows(
            ["method", "width", "softness", "chosen", "the card's own", "gain"],
            ([method, *_choice(choice)] for method, choice in sweep.choices.items()),
        ),
    ]


def _choice(choice: "Choice") -> list[str]:
    cells = [_cell(each) for each in (choice.chosen, choice.own, choice.gain)]
    return [f"{choice.line_width:g}", f"{choice.softness:g}", *cells]


def _cells(scores: "FaithfulnessScores", names: Iterable[str]) -> list[str]:
    return [_cell(scores.estimates[name]) if name in scores.estimates else "" for name in names]


def _cell(estimate: "Estimate") -> str:
    low, high = estimate.ci
    return f"{_number(estimate.mean)} [{_number(low)}, {_number(high)}]"


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:,.0f}"


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def _explained(scores: "FaithfulnessScores") -> str:
    return {"predicted": "the logit of the predicted class", "label": "the logit of the label"}.get(
        scores.explained, "the logit of the predicted class less that of the strongest other"
    )


def _models(scores: Sequence["FaithfulnessScores"]) -> list[str]:
    return list(dict.fromkeys(each.model for each in scores))


def _of(scores: Sequence["FaithfulnessScores"], model: str) -> list["FaithfulnessScores"]:
    return [each for each in scores if each.model == model]
