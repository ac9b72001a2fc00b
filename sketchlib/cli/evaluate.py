"""`evaluate ...`: how good networks and methods are."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from sketchlib.cli.shared import add_data_paths, add_model, count, write_files


def add_evaluate(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`evaluate` and what can be measured."""
    evaluate = verbs.add_parser("evaluate", help="measure a network").add_subparsers(required=True, metavar="WHAT")
    _add_evaluate_recognise(evaluate)
    _add_evaluate_attribution(evaluate)
    _add_evaluate_inversion(evaluate)
    _add_evaluate_attack(evaluate)
    _add_evaluate_assist(evaluate)
    _add_evaluate_retrieve(evaluate)


def _add_evaluate_recognise(evaluate: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    recognise = evaluate.add_parser("recognise", help="accuracy of a recogniser on labelled sketches")
    add_data_paths(recognise)
    add = recognise.add_argument
    add("--model", nargs="+", metavar="NAME", help="cards (default: sketchxainet66; with --table both shipped ones)")
    add("--limit", type=count, metavar="N", help="N sketches drawn at random (seed 0)")
    add("--json", action="store_true", help="everything, one JSON object a model")
    add("--table", type=Path, metavar="FILE", help="write all as markdown")
    recognise.set_defaults(run=_evaluate_recognise)


def _add_evaluate_retrieve(evaluate: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from sketchlib.retrieval.evaluate_command import add_evaluate_options

    retrieve = evaluate.add_parser("retrieve", help="are photos found by their sketches, and at what cost?")
    add_evaluate_options(retrieve)
    retrieve.add_argument("--model", default="sketchynet-v2", metavar="NAME", help="card (default: %(default)s)")
    retrieve.set_defaults(run=_evaluate_retrieve)


def _add_evaluate_attribution(evaluate: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    attribution = evaluate.add_parser("attribution", help="are explanations faithful to a recogniser?")
    add_data_paths(attribution)
    add = attribution.add_argument
    add("--method", metavar="NAME", help="a method, or all (default: sla; all with --table)")
    add("--model", nargs="+", metavar="NAME", help="cards (default: sketchxainet66; with --table both shipped ones)")
    add("--explain", choices=("predicted", "label", "margin"), default="predicted", help="class, or its margin")
    add("--limit", type=count, default=200, metavar="N", help="sketches, categories alike (default: %(default)s)")
    add("--checks", type=count, default=40, metavar="N", help="of these also disturbed (default: %(default)s)")
    add("--random-labels", metavar="CARD", help="a model of the same classes, trained on shuffled labels")
    add("--seed", type=int, default=0)
    add("--json", action="store_true", help="one JSON object a model and method")
    add("--table", type=Path, metavar="FILE", help="write all as markdown, its figures beside it")
    attribution.set_defaults(run=_evaluate_attribution)


def _add_evaluate_inversion(evaluate: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from sketchlib.inversion.command import add_evaluate_options

    inversion = evaluate.add_parser("inversion", help="do moved strokes make the model see a class?")
    add_evaluate_options(inversion)
    add_model(inversion)
    inversion.set_defaults(run=_evaluate_inversion)


def _add_evaluate_attack(evaluate: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from sketchlib.adversarial.command import add_evaluate_options

    attack = evaluate.add_parser("attack", help="how few strokes must go until a recogniser sees something else?")
    add_evaluate_options(attack)
    attack.set_defaults(run=_evaluate_attack)


def _add_evaluate_assist(evaluate: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from sketchlib.assist.command import add_evaluate_options

    assist = evaluate.add_parser("assist", help="are strokes that do not belong to a photo flagged?")
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
    from sketchlib.attribution.faithfulness.command import attribution_scores, said_again
    from sketchlib.viz.faithfulness import write_table

    scores, sweeps = attribution_scores(options)
    if options.table is not None:
        print(*write_table(options.table, scores, sweeps, said_again(options)), sep="\n", file=sys.stderr)
    for each in scores:
        print(json.dumps(each.as_json(), ensure_ascii=False) if options.json else each.as_text())


def _evaluate_inversion(options: argparse.Namespace) -> None:
    from sketchlib.inversion.command import evaluated

    scores, page = evaluated(options)
    if options.table is not None:
        write_files(options.table.parent, {options.table.name: page})
    for each in scores:
        print(json.dumps(each.as_json(), ensure_ascii=False) if options.json else each.as_text())


def _evaluate_attack(options: argparse.Namespace) -> None:
    from sketchlib.adversarial.command import defended, evaluated, said_again
    from sketchlib.adversarial.report import as_text, page
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
    from sketchlib.assist.command import evaluated, said_again
    from sketchlib.assist.report import as_text, page

    scores = evaluated(options)
    if options.table is not None:
        write_files(options.table.parent, {options.table.name: page(scores, said_again(options))})
    for each in scores:
        print(json.dumps(each.as_json()) if options.json else as_text(each))


def _evaluate_retrieve(options: argparse.Namespace) -> None:
    from sketchlib.retrieval.evaluate_command import as_text, evaluated, page

    scores = evaluated(options)
    if options.table is not None:
        write_files(options.table.parent, {options.table.name: page(scores, options)})
    print(json.dumps(scores.as_json()) if options.json else as_text(scores))
