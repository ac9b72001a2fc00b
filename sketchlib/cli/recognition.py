"""What `evaluate recognise` measures, and its page of results."""

import argparse
import itertools
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from sketchlib.evaluate import Interval, RecognitionScores, recognition
from sketchlib.io import read_sketches

SHIPPED = ("sketchxainet66", "sketchcnn66")
SEED = 0
HARDEST = 8
FEWEST = 20
HEADER = """| model | macro top-1 | top-1 | top-5 | n |
|---|---|---|---|---|"""
ABOUT = (
    "macro top-1: mean over categories of the share recognised at once. Brackets: 95% intervals, Wilson for top-1 and "
    "top-5, bootstrap inside categories for the macro average."
)


def evaluated(options: argparse.Namespace) -> list[RecognitionScores]:
    """Scores of the models asked for, all on the same sketches."""
    from sketchlib.models import load

    models = [load(name) for name in options.model or (SHIPPED if options.table else SHIPPED[:1])]
    sketches = list(itertools.chain.from_iterable(read_sketches(path) for path in options.data))
    if options.limit is not None and options.limit < len(sketches):
        sketches = random.Random(SEED).sample(sketches, options.limit)
    return [recognition(model.name, model.classes, model.logits, sketches) for model in models]


def said_again(options: argparse.Namespace) -> str:
    """The command that makes the same page, without the paths of this machine."""
    data = " ".join(f"$DATA/{'/'.join(path.parts[-2:])}" for path in options.data)
    models = f" --model {' '.join(Path(name).name for name in options.model)}" if options.model else ""
    limit = f" --limit {options.limit}" if options.limit else ""
    table = options.table.name if options.table.is_absolute() else options.table.as_posix()
    return f"python -m sketchlib evaluate recognise --data {data}{models}{limit} --table {table}"


def page(scores: Sequence[RecognitionScores], command: str) -> str:
    """Markdown: the accuracies of each model, and the categories that it gets wrong most often."""
    rows = [
        f"| `{each.model}` | {_share(each.macro_top1, each.macro_top1_ci)} | {_share(each.top1, each.top1_ci)} "
        f"| {_share(each.top5, each.top5_ci)} | {each.n:,} |"
        for each in scores
    ]
    failures = [f"- `{each.model}`: {', '.join(_hardest(each))}." for each in scores]
    hardest = f"Hardest (top-1, of categories with {FEWEST} sketches or more):"
    parts = ["# Accuracy of the recognisers that ship", f"```\n{command}\n```", ABOUT, "\n".join([HEADER, *rows])]
    return "\n\n".join([*parts, hardest, "\n".join(failures)]) + "\n"


def as_text(scores: RecognitionScores) -> Iterator[str]:
    """Lines for people: accuracies with their intervals, and what was left out."""
    for name in ("top1", "top5", "macro_top1"):
        low, high = getattr(scores, f"{name}_ci")
        yield f"{name:<11} {getattr(scores, name):.2%}  [{low:.2%}, {high:.2%}]"
    yield f"n           {scores.n}"
    for category, number in scores.unknown_categories.items():
        yield f"left out    {number} of the unknown category {category!r}"


def _share(share: float, interval: Interval) -> str:
    return f"{share:.1%} [{100 * interval[0]:.1f}, {100 * interval[1]:.1f}]"


def _hardest(scores: RecognitionScores) -> list[str]:
    often = {name: score for name, score in scores.per_class.items() if score.n >= FEWEST}
    names = sorted(often, key=lambda name: often[name].top1)[:HARDEST]
    return [f"{name} {often[name].top1:.0%} (n = {often[name].n})" for name in names]
