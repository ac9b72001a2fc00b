"""`evaluate ...`: how good networks and methods are."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from sketchlib.cli.retrieve import MODEL
from sketchlib.cli.shared import (
    CARD,
    CARDS,
    Commands,
    add_command,
    add_data_paths,
    add_group,
    add_model,
    count,
    write_files,
)


def add_evaluate(verbs: Commands) -> None:
    """`evaluate` and what can be measured."""
    evaluate = add_group(verbs, "evaluate", "measure networks and methods")
    _add_evaluate_recognise(evaluate)
    _add_evaluate_attribution(evaluate)
    _add_evaluate_inversion(evaluate)
    _add_evaluate_attack(evaluate)
    _add_evaluate_assist(evaluate)
    _add_evaluate_retrieve(evaluate)


def _add_evaluate_recognise(evaluate: Commands) -> None:
    recognise = add_command(
        evaluate,
        "recognise",
        "measure how often recognisers are right on labelled sketches",
        "--data quickdraw/val --limit 1000",
    )
    add_data_paths(recognise)
    add = recognise.add_argument
    add("--model", nargs="+", metavar="NAME", help=f"recognisers: {CARDS}")
    add("--limit", type=count, metavar="N", help="only N sketches, drawn at random with seed 0 (default: all)")
    add("--json", action="store_true", help="print one JSON object a model")
    add("--table", type=Path, metavar="FILE", help="write all as markdown")
    recognise.set_defaults(run=_evaluate_recognise)


def _add_evaluate_retrieve(evaluate: Commands) -> None:
    from sketchlib.cli.evaluate_retrieve import add_evaluate_options

    retrieve = add_command(
        evaluate,
        "retrieve",
        "measure how often photos are found by their sketches, and at what cost",
        "--data chairs --held-out 60",
    )
    add_evaluate_options(retrieve)
    retrieve.add_argument("--model", default=MODEL, metavar="NAME", help=f"network: {CARD} (default: %(default)s)")
    retrieve.set_defaults(run=_evaluate_retrieve)


def _add_evaluate_attribution(evaluate: Commands) -> None:
    attribution = add_command(
        evaluate,
        "attribution",
        "measure how faithful explanations are to a recogniser",
        "--data quickdraw/val --method sla",
    )
    add_data_paths(attribution)
    add = attribution.add_argument
    add("--method", metavar="NAME", help="a method of `explain`, or all (default: sla; all with --table)")
    add("--model", nargs="+", metavar="NAME", help=f"recognisers: {CARDS}")
    add(
        "--explain",
        choices=("predicted", "label", "margin"),
        default="predicted",
        help="the class explained: seen, labelled, or its margin over the next (default: %(default)s)",
    )
    add(
        "--limit",
        type=count,
        default=200,
        metavar="N",
        help="sketches, as many of each category (default: %(default)s)",
    )
    add(
        "--checks",
        type=count,
        default=40,
        metavar="N",
        help="of these, how many are also disturbed (default: %(default)s)",
    )
    add("--random-labels", metavar="CARD", help="also a model of the same classes that learned from shuffled labels")
    add("--seed", type=int, default=0, metavar="N", help="of what is drawn at random (default: %(default)s)")
    add("--json", action="store_true", help="print one JSON object a model and method")
    add("--table", type=Path, metavar="FILE", help="write all as markdown, its figures beside it")
    attribution.set_defaults(run=_evaluate_attribution)


def _add_evaluate_inversion(evaluate: Commands) -> None:
    from sketchlib.cli.invert import add_evaluate_options

    inversion = add_command(
        evaluate,
        "inversion",
        "measure how often moved strokes make a model see a class",
        "--data quickdraw/val --limit 50",
    )
    add_evaluate_options(inversion)
    add_model(inversion)
    inversion.set_defaults(run=_evaluate_inversion)


def _add_evaluate_attack(evaluate: Commands) -> None:
    from sketchlib.cli.attack import add_evaluate_options

    attack = add_command(
        evaluate,
        "attack",
        "measure how few strokes must go until a recogniser sees something else",
        "--data quickdraw/val",
    )
    add_evaluate_options(attack)
    attack.set_defaults(run=_evaluate_attack)


def _add_evaluate_assist(evaluate: Commands) -> None:
    from sketchlib.cli.assist import add_evaluate_options

    assist = add_command(
        evaluate, "assist", "measure how often strokes that do not belong to a photo are flagged", "--data chairs"
    )
    add_evaluate_options(assist)
    assist.set_defaults(run=_evaluate_assist)


def _evaluate_recognise(options: argparse.Namespace) -> None:
    from sketchlib.cli import recognition

    scores = recognition.evaluated(options)
    if options.table is not None:
        write_files(
            options.table.parent, {options.table.name: recognition.page(scores, recognition.said_again(options))}
        )
    for each in scores:
        print(json.dumps(each.as_json(), ensure_ascii=False) if options.json else "\n".join(recognition.as_text(each)))


def _evaluate_attribution(options: argparse.Namespace) -> None:
    from sketchlib.cli.evaluate_attribution import attribution_scores, said_again
    from sketchlib.viz.faithfulness import write_table

    scores, sweeps = attribution_scores(options)
    if options.table is not None:
        print(*write_table(options.table, scores, sweeps, said_again(options)), sep="\n", file=sys.stderr)
    for each in scores:
        print(json.dumps(each.as_json(), ensure_ascii=False) if options.json else each.as_text())


def _evaluate_inversion(options: argparse.Namespace) -> None:
    from sketchlib.cli.invert import evaluated

    scores, page = evaluated(options)
    if options.table is not None:
        write_files(options.table.parent, {options.table.name: page})
    for each in scores:
        print(json.dumps(each.as_json(), ensure_ascii=False) if options.json else each.as_text())


def _evaluate_attack(options: argparse.Namespace) -> None:
    from sketchlib.adversarial.report import as_text, page
    from sketchlib.cli.attack import defended, evaluated, said_again
    from sketchlib.cli.photos import pair_scores

    scores, defences = evaluated(options), defended(options)
    photos = pair_scores(options.pairs, options.limit, options.seed) if options.pairs else []
    if options.table is not None:
        write_files(options.table.parent, {options.table.name: page(scores, said_again(options), defences, photos)})
    for place, each in enumerate(scores):
        voting = {"voting": defences[place].as_json()} if defences else {}
        found = {**each.as_json(), **voting, **({"photos": [asdict(own) for own in photos]} if photos else {})}
        print(json.dumps(found, ensure_ascii=False) if options.json else "\n".join(as_text(each)))


def _evaluate_assist(options: argparse.Namespace) -> None:
    from sketchlib.assist.report import as_text, page
    from sketchlib.cli.assist import evaluated, said_again

    scores = evaluated(options)
    if options.table is not None:
        write_files(options.table.parent, {options.table.name: page(scores, said_again(options))})
    for each in scores:
        print(json.dumps(each.as_json()) if options.json else as_text(each))


def _evaluate_retrieve(options: argparse.Namespace) -> None:
    from sketchlib.cli.evaluate_retrieve import as_text, evaluated, page

    scores = evaluated(options)
    if options.table is not None:
        write_files(options.table.parent, {options.table.name: page(scores, options)})
    print(json.dumps(scores.as_json()) if options.json else as_text(scores))
