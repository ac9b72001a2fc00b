"""`attack` and `evaluate attack` on the command line: their options, and what they ask for."""

import argparse
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from sketchlib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sketchlib.adversarial.defence import DefenceScores
    from sketchlib.adversarial.result import Attack
    from sketchlib.adversarial.scores import AttackScores
    from sketchlib.models import Recogniser
    from sketchlib.sketch import Sketch

SHIPPED = ("sketchxainet66", "sketchcnn66")


def add_attack_options(command: argparse.ArgumentParser) -> None:
    """The options of `attack`."""
    add = command.add_argument
    add(
        "file",
        type=Path,
        metavar="FILE",
        help="file whose first sketch is attacked: ndjson(.gz), pad JSON, SVG, npz or npy",
    )
    add("--target", metavar="CLASS", help="what the model should see (default: anything else)")
    add(
        "--strategy",
        default="greedy",
        metavar="NAME",
        help="greedy, one_shot, beam, exhaustive (up to 14 strokes), random or shortest (default: %(default)s)",
    )
    add(
        "--budget",
        type=float,
        default=1.0,
        metavar="SHARE",
        help="share of the ink that may go, above 0 and up to 1 (default: %(default)s)",
    )
    add("--parts", choices=("strokes", "segments"), default="strokes", help="what is deleted (default: %(default)s)")
    add(
        "--gallery",
        type=Path,
        metavar="DIR",
        help="made by `gallery build`: also say what becomes of the rank of the nearest photo",
    )
    add("--json", action="store_true", help="print everything, as one JSON object")
    add("--out", type=Path, metavar="DIR", help="where the drawing before and after goes, as SVG")


def add_evaluate_options(command: argparse.ArgumentParser) -> None:
    """The options of `evaluate attack`."""
    add = command.add_argument
    add("--data", type=Path, nargs="+", required=True, metavar="PATH", help="files or folders of labelled sketches")
    add(
        "--model",
        nargs="+",
        metavar="NAME",
        help="recognisers: titles of cards (default: sketchxainet66; with --table both that ship)",
    )
    add("--other", metavar="NAME", help="a recogniser shown the same deletions (default: the other that ships)")
    add("--limit", type=int, default=100, metavar="N", help="sketches that are recognised (default: %(default)s)")
    add(
        "--voting",
        type=int,
        default=0,
        metavar="N",
        help="also measure votes over subsets, N sketches attacked knowing of them (default: %(default)s)",
    )
    add(
        "--pairs",
        type=Path,
        metavar="DIR",
        help="photo/ and *.ndjson.gz, as of ChairV2: also attack the rank of photos",
    )
    add("--seed", type=int, default=0, metavar="N", help="of what is drawn at random (default: %(default)s)")
    add("--json", action="store_true", help="print one JSON object a model")
    add("--table", type=Path, metavar="FILE", help="write all as markdown")


def attacked(options: argparse.Namespace) -> "Attack":
    """What `attack` asks for. Errors as in `attack`."""
    from sketchlib.adversarial.attack import attack
    from sketchlib.io import read_sketches
    from sketchlib.models import load

    sketch = next(iter(read_sketches(options.file, 1)), None)
    if sketch is None:
        raise InputError(f"an attack needs a sketch, got none in {options.file}")
    model = load(options.model)
    return attack(model, sketch, options.target, options.strategy, options.budget, parts=options.parts)


def evaluated(options: argparse.Namespace) -> "list[AttackScores]":
    """Scores of each model, on sketches that it recognises. Raises InputError where there is none."""
    from sketchlib.adversarial.scores import Question, attack_scores
    from sketchlib.models import load

    if options.limit < 1:
        raise InputError(f"--limit is a whole number from 1, got {options.limit}")
    scores = []
    for name in _names(options):
        model = load(name)
        question = Question(model, load(options.other or _another(model)), options.seed)
        scores.append(attack_scores(question, *_recognised(question.model, options)))
    return scores


def defended(options: argparse.Namespace) -> "list[DefenceScores]":
    """What voting does for each model; nothing where it is not asked for."""
    from sketchlib.adversarial.defence import defence_scores
    from sketchlib.models import load

    if options.voting < 1:
        return []
    models = [load(name) for name in _names(options)]
    return [
        defence_scores(model.name, model, _drawn(model, options)[: options.limit], options.voting) for model in models
    ]


def _another(model: "Recogniser") -> str:
    """The shipped recogniser of another kind."""
    from sketchlib.models.cards import find_card

    return next(name for name in SHIPPED if find_card(name).builder != model.card.builder)


def _names(options: argparse.Namespace) -> "Sequence[str]":
    return options.model or SHIPPED[: 2 if options.table else 1]


def _recognised(model: "Recogniser", options: argparse.Namespace) -> "tuple[list[Sketch], float]":
    """The sketches drawn that the model sees as labelled, and their share."""
    drawn = _drawn(model, options)
    seen = [model.classes[i] for i in model.logits(drawn).argmax(axis=1)]
    kept = [sketch for sketch, name in zip(drawn, seen, strict=True) if name == sketch.label]
    if not kept:
        raise InputError(f"an evaluation needs sketches that the model recognises, got none of {len(drawn)}")
    return kept[: options.limit], len(kept) / len(drawn)


def _drawn(model: "Recogniser", options: argparse.Namespace) -> "list[Sketch]":
    """Twice --limit sketches of 3 to 14 strokes, categories alike."""
    import torch

    from sketchlib.adversarial.strategies import MOST_EXHAUSTIVE
    from sketchlib.attribution.faithfulness.sample import sample
    from sketchlib.io import read_sketches

    everything = itertools.chain.from_iterable(read_sketches(path) for path in options.data)
    lot = torch.Generator().manual_seed(options.seed)
    return list(sample(everything, model.classes, 2 * options.limit, lot, MOST_EXHAUSTIVE).sketches)


def said_again(options: argparse.Namespace) -> str:
    """The command that makes the same page, without the paths of this machine."""
    data = " ".join(f"$DATA/{'/'.join(path.parts[-2:])}" for path in options.data)
    models = f" --model {' '.join(Path(name).name for name in options.model)}" if options.model else ""
    other = f" --other {Path(options.other).name}" if options.other else ""
    table = options.table.name if options.table.is_absolute() else options.table.as_posix()
    voting = f" --voting {options.voting}" if options.voting else ""
    pairs = f" --pairs $DATA/{options.pairs.name}" if options.pairs else ""
    numbers = f"--limit {options.limit} --seed {options.seed}{voting}{pairs}"
    return f"python -m sketchlib evaluate attack --data {data}{models}{other} {numbers} --table {table}"
