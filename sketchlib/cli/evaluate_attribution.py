"""The scores that `evaluate attribution` asks for on the command line."""

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context
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

    Several models are measured beside each other, a process and a core each. Raises InputError for unknown methods and
    sketches that do not do, CheckpointError for unknown models.
    """
    from sketchlib.models import load

    names = options.model or SHIPPED[: 2 if options.table else 1]
    recognisers = [load(name) for name in names]
    for recogniser in recognisers:
        _question(options, recogniser)
    chosen = _sample(options, recognisers)
    if len(names) == 1:
        return _measured(options, names[0], chosen)
    with ProcessPoolExecutor(min(len(names), os.cpu_count() or 1), get_context("spawn"), _one_core) as pool:
        found = list(pool.map(_measured, *zip(*((options, name, chosen) for name in names), strict=True)))
    return [each for scores, _ in found for each in scores], [each for _, sweeps in found for each in sweeps]


def _one_core() -> None:
    import torch

    torch.set_num_threads(1)


def _measured(
    options: argparse.Namespace, name: str, chosen: "Sample"
) -> "tuple[list[FaithfulnessScores], list[Sweep]]":
    """The part of one model."""
    from sketchlib.attribution.faithfulness.cases import cases_of
    from sketchlib.attribution.faithfulness.measure import measure
    from sketchlib.attribution.faithfulness.sweep import sweep
    from sketchlib.models import load

    question = _question(options, load(name))
    cases = cases_of(question, chosen.sketches)
    scores = measure(question, cases, chosen.left_out, options.checks)
    reads_ink = question.recogniser.card.preprocessing.canvas_side is not None
    if not (options.table and reads_ink and len(cases) > 1):
        return scores, []
    return scores, [sweep(question, cases[: 2 * options.checks])]


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
