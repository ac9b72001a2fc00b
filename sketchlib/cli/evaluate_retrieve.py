"""`evaluate retrieve` on the command line: a folder of photos and sketches to scores, and their page."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sketchlib.errors import CheckpointError

if TYPE_CHECKING:
    from sketchlib.retrieval.evaluation import RetrievalScores

TEACHER = "chair-teacher-v3"
PUBLISHED = (
    ("VGG16-SN, ImageNet, the paper's teacher (100 photos of the test half)", "52.16", "84.08", "40.18"),
    ("SketchyNetV2 on it, the paper's (100 photos of the test half)", "", "82.21", "0.283"),
    ("a scratch residual network of 2 M parameters (reference: 60 photos, another split)", "58.4", "94.1", ""),
    ("HOG over Canny edges (reference: 60 of the 100 photos)", "40.5", "83.7", ""),
)
"""Other people's and the reference's figures, per cent and GFLOPs: other photos than ours, so not the same question."""


def add_evaluate_options(command: argparse.ArgumentParser) -> None:
    """The options of `evaluate retrieve` but the model."""
    add = command.add_argument
    add("--data", type=Path, required=True, metavar="DIR", help="photo/ and *.ndjson.gz, as of ChairV2")
    add("--held-out", type=int, metavar="N", help="only the N photos that `train retrieve` leaves out (default: all)")
    add(
        "--teacher", default=TEACHER, metavar="CARD", help="network compared with, none for none (default: %(default)s)"
    )
    add("--json", action="store_true", help="print one JSON object")
    add("--table", type=Path, metavar="FILE", help="write all as markdown")


def evaluated(options: argparse.Namespace) -> "RetrievalScores":
    """Scores over the photos of --data. Errors as in `read_pairs`, `read_photo` and `load_embedder`."""
    from sketchlib.io.pairs import read_pairs, split_pairs
    from sketchlib.io.photos import read_photo
    from sketchlib.retrieval.evaluation import Questions, retrieval
    from sketchlib.retrieval.model import TeacherModel, load_embedder, load_retriever

    pairs = read_pairs(options.data)
    if options.held_out is not None:
        _, pairs = split_pairs(pairs, options.held_out)
    teacher = None if options.teacher == "none" else load_embedder(options.teacher)
    if teacher is not None and not isinstance(teacher, TeacherModel):
        raise CheckpointError(f"a teacher is of the builder retrieval_teacher, got {teacher.card.builder}")
    photos = [read_photo(path) for path in pairs.photos]
    return retrieval(Questions(photos, pairs.sketches, pairs.photo_of), load_retriever(options.model), teacher)


def as_text(scores: "RetrievalScores") -> str:
    """A line an encoder."""
    lines = [f"{scores.n_sketches} sketches of {scores.n_photos} photos, {scores.model}"]
    for name, each in scores.encoders.items():
        taken = "" if each.ms is None else f"  {each.ms:.1f} ms"
        accuracy = f"acc@1 {each.acc1:.1%}  acc@5 {each.acc5:.1%}  acc@10 {each.acc10:.1%}"
        lines.append(f"{name:<10} {accuracy}  rank {each.mean_rank:.2f}  {each.gflops:.4f} GFLOPs{taken}")
    return "\n".join(lines)


def page(scores: "RetrievalScores", options: argparse.Namespace) -> str:
    """The markdown of docs/results/retrieval.md."""
    from sketchlib.retrieval.canvas import GLANCE

    lead = _with_interval(100 * scores.lead, [100 * bound for bound in scores.lead_ci], 1)
    held = "" if options.held_out is None else f" --held-out {options.held_out}"
    given = f"--data $DATA/{options.data.name}{held} --table {options.table.name}"
    shares = ", ".join(f"{canvas} px {share:.0%}" for canvas, share in scores.chosen.items())
    rows = []
    for name, each in scores.encoders.items():
        accuracy = [_with_interval(100 * v, [100 * b for b in ci], 1) for v, ci in (
            (each.acc1, each.acc1_ci), (each.acc5, each.acc5_ci), (each.acc10, each.acc10_ci))]  # fmt: skip
        rank = _with_interval(each.mean_rank, list(each.mean_rank_ci), 2)
        taken = "" if each.ms is None else f"{each.ms:.1f}"
        rows.append(f"| {' | '.join([f'`{name}`', *accuracy, rank, f'{each.gflops:.4f}', taken])} |")
    others = [f"| {name} | {one} | {ten} | {flops} |" for name, one, ten, flops in PUBLISHED]
    return "\n".join([
        "# Fine-grained retrieval: what was measured", "",
        "```", f"python -m sketchlib evaluate retrieve {given}", "```", "",
        f"{scores.n_sketches} sketches of {scores.n_photos} photos, found among these photos; `{scores.model}`. acc@k",
        "in per cent, brackets: 95%, bootstrap over photos. GFLOPs of one query in the paper's convention. ms: median",
        "of one query.", "",
        "| query encoder | acc@1 | acc@5 | acc@10 | mean rank | GFLOPs | ms |", "|---|---|---|---|---|---|---|", *rows,
        "", f"A glance at {GLANCE} px is enough for {scores.glanced:.0%} of the sketches; the others are read again",
        f"as the selector says, which takes {shares}.",
        "`adaptive` is both, `selector` the selector alone. `random` takes canvases blindly, for the mean cost of",
        f"`adaptive`, which finds {lead} points more at first; `oracle`, with hindsight, the smallest canvas of the",
        "best rank. `hog`: no learning.", "",
        "Published and reference figures, on other photos, so not the same question:", "",
        "| | acc@1 | acc@10 | GFLOPs |", "|---|---|---|---|", *others, "",
    ])  # fmt: skip


def _with_interval(value: float, interval: list[float], digits: int) -> str:
    return f"{value:.{digits}f} [{interval[0]:.{digits}f}, {interval[1]:.{digits}f}]"
