"""`AssistScores` as text and as the page docs/results/assist.md."""

from collections.abc import Mapping, Sequence
from typing import Any

from sketchlib.assist.scores import AssistScores, Found
from sketchlib.retrieval.metrics import Interval

WAYS = {
    "fast": "`fast`: alone and as the last, against the average photo",
    "refitted": "leave-one-out, framed and drawn anew each time",
    "leave_one_out": "leave-one-out of ink gates (control)",
    "sla": "SLA",
    "gates": "`gates`: straight-through Gumbel-Softmax",
    "shortest": "shortest first (control)",
    "random": "by lot (control)",
}
QUERIES = {
    "filtered": "filtered, photo unknown",
    "random": "as many by lot",
    "shortest": "as many, shortest first",
    "oracle": "`fast` with the photo known (label leak)",
}


def as_text(scores: AssistScores) -> str:
    """A line a way of flagging and a line a way of filtering."""
    lines = [f"{scores.n_sketches} drawings of {scores.n_photos} photos, {scores.encoder}"]
    for name, found in scores.planted.items():
        lines.append(f"{name:<14} acc@1 {found.acc1:.1%}  acc@10 {found.acc10:.1%}")
    for name, each in scores.flags.items():
        words = f"AUC {each.auc:.3f}  precision {each.precision:.1%}  recall {each.recall:.1%}"
        lines.append(f"{name:<14} {words}  without: acc@1 {each.found.acc1:.1%}  acc@10 {each.found.acc10:.1%}")
    for kind, ways in scores.filtering.items():
        for name, left in ways.items():
            found = left["found"]
            words = f"{left['strokes']:.2f} strokes  acc@1 {found.acc1:.1%}  acc@10 {found.acc10:.1%}"
            lines.append(f"{kind:<9} {name:<9} {words}")
    return "\n".join(lines)


def page(every: Sequence[AssistScores], command: str) -> str:
    """The markdown of all encoders."""
    head = ["# Assisted drawing and filtering: what was measured", "", "```", command, "```", ""]
    return "\n".join([*head, *(line for scores in every for line in _section(scores))])


def _section(scores: AssistScores) -> list[str]:
    drawn, planted = scores.planted["as_drawn"], scores.planted["planted"]
    clean = _accuracies(scores.clean["found"])
    return [
        f"## `{scores.encoder}` reads the drawings",
        "",
        f"{scores.n_sketches} sketches of {scores.n_photos} held-out photos, 1, 2 or 3 strokes planted in each third,",
        "any strokes of sketches of other photos, where they lay in their own frame, in a mixed order. Found among",
        "these photos. AUC: mean over drawings of the chance that a planted stroke scores above an own one; lead: how",
        "much higher `fast` is on the same drawings. Brackets: 95%, bootstrap over photos; acc@k, precision and recall",
        f"in per cent. `fast` flags scores above {scores.threshold}; on {scores.n_training} drawings of other photos",
        f"(training) the best F1 is at {scores.best_threshold:.4f}. `gates` flags by its own rule; the others as many",
        "strokes as `fast`. Whoever flags knows the photo, so the last columns may exceed those of the drawing itself.",
        "",
        _row(["flagged by", "n", "AUC", "lead of `fast`", "precision", "recall", "acc@1 without", "acc@10 without"]),
        _row(["---"] * 8),
        _row(["nothing planted", str(scores.n_sketches), "", "", "", "", *_accuracies(drawn)]),
        _row(["planted, nothing flagged", str(scores.n_sketches), "", "", "", "", *_accuracies(planted)]),
        *(_flag_row(scores, name) for name in WAYS if name in scores.flags),
        "",
        f"With nothing planted `fast` flags {scores.clean['strokes']:.2f} strokes a drawing; without them acc@1 is",
        f"{clean[0]}, acc@10 {clean[1]}.",
        "",
        "Queries filtered by what they find, the photo unknown:",
        "",
        _row(["strokes left out", "of", "mean", "acc@1", "acc@10"]),
        _row(["---"] * 5),
        *_query_rows("as drawn", drawn, scores.filtering["as_drawn"]),
        *_query_rows("planted", planted, scores.filtering["planted"]),
        "",
    ]


def _flag_row(scores: AssistScores, name: str) -> str:
    each = scores.flags[name]
    lead = "" if name == "fast" else _with_interval(each.lead, each.lead_ci, 3)
    shares = [
        _with_interval(100 * value, (100 * interval[0], 100 * interval[1]), 1)
        for value, interval in ((each.precision, each.precision_ci), (each.recall, each.recall_ci))
    ]
    found = _accuracies(each.found)
    return _row([WAYS[name], str(each.n), _with_interval(each.auc, each.auc_ci, 3), lead, *shares, *found])


def _query_rows(kind: str, whole: Found, ways: Mapping[str, Any]) -> list[str]:
    first = _row(["none", kind, "0", *_accuracies(whole)])
    rest = [
        _row([QUERIES[name], kind, f"{left['strokes']:.2f}", *_accuracies(left["found"])])
        for name, left in ways.items()
    ]
    return [first, *rest]


def _accuracies(found: Found) -> list[str]:
    pairs = ((found.acc1, found.acc1_ci), (found.acc10, found.acc10_ci))
    return [_with_interval(100 * value, (100 * ci[0], 100 * ci[1]), 1) for value, ci in pairs]


def _with_interval(value: float, interval: Interval, digits: int) -> str:
    return f"{value:.{digits}f} [{interval[0]:.{digits}f}, {interval[1]:.{digits}f}]"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
