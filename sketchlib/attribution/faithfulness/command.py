"""The scores that `evaluate attribution` asks for on the command line."""

import argparse
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sketchlib.attribution.faithfulness.cases import Question
    from sketchlib.attribution.faithfulness.sample import Sample
    from sketchlib.attribution.faithfulness.scores import FaithfulnessScores
    from sketchlib.attribution.faithfulness.sweep import Sweep
    from sketchlib.models import Recogniser

SHIPPED = ("sketchxainet66", "sketchcnn66")


def attribution_scores(options: argparse.Namespace) -> "tuple[list[FaithfulnessScores], list[Sweep]]":
    """Scores of each method on each model, over the same sketches; with --table also a sweep where a model reads ink.

    Raises InputError for unknown methods and sketches that do not do, CheckpointError for unknown models.
    """
    from sketchlib.attribution.faithfulness.cases import cases_of
    from sketchlib.attribution.faithfulness.measure import measure
    from sketchlib.attribution.faithfulness.sweep import sweep
    from sketchlib.models import load

    recognisers = [load(name) for name in options.model or SHIPPED[: 2 if options.table else 1]]
    questions = [_question(options, recogniser) for recogniser in recognisers]
    chosen = _sample(options, recognisers)
    scores, sweeps = [], []
    for question in questions:
        cases = cases_of(question, chosen.sketches)
        scores += measure(question, cases, chosen.left_out, options.checks)
        if options.table and question.recogniser.card.preprocessing.canvas_side and len(cases) > 1:
            sweeps.append(sweep(question, cases[: 2 * options.checks]))
    return scores, sweeps


def _question(options: argparse.Namespace, recogniser: "Recogniser") -> "Question":
    from sketchlib.attribution.faithfulness.cases import Question, methods_of
    from sketchlib.models import load

    methods = methods_of(recogniser, options.method or ("all" if options.table else "sla"))
    shuffled = load(options.random_labels) if options.random_labels else None
    return Question(recogniser, methods, options.explain, options.seed, shuffled)


def _sample(options: argparse.Namespace, recognisers: "Sequence[Recogniser]") -> "Sample":
    """Sketches of categories that every model knows."""
    from sketchlib.attribution.faithfulness.cases import lot
    from sketchlib.attribution.faithfulness.sample import sample
    from sketchlib.io import read_sketches

    known = set.intersection(*(set(recogniser.classes) for recogniser in recognisers))
    sketches = chain.from_iterable(read_sketches(path) for path in options.data)
    return sample(sketches, known, options.limit, lot(options.seed))


def said_again(options: argparse.Namespace) -> str:
    """The command that makes the same table, without the paths of this machine."""
    data = " ".join(f"$DATA/{'/'.join(path.parts[-2:])}" for path in options.data)
    words = f"python -m sketchlib evaluate attribution --data {data} --limit {options.limit} --checks {options.checks}"
    models = [Path(name).name for name in options.model or ()]
    shuffled = Path(options.random_labels).name if options.random_labels else ""
    chosen = {"--model": " ".join(models), "--method": options.method, "--random-labels": shuffled}
    kept = "".join(f" {name} {value}" for name, value in chosen.items() if value)
    table = options.table.name if options.table.is_absolute() else options.table.as_posix()
    return f"{words} --explain {options.explain} --seed {options.seed}{kept} --table {table}"
