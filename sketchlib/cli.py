"""The command line: `python -m sketchlib VERB ...`; every error of ours is one sentence on stderr and exit status 2."""

import argparse
import itertools
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from sketchlib.errors import InputError, SketchlibError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except SketchlibError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    root = argparse.ArgumentParser(
        prog="python -m sketchlib", description="Which strokes of a sketch matter to a network."
    )
    verbs = root.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_predict(verbs)
    _add_explain(verbs)
    _add_invert(verbs)
    _add_train(verbs)
    _add_evaluate(verbs)
    _add_data(verbs)
    _add_gallery(verbs)
    return root


def _add_predict(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    predict = verbs.add_parser("predict", help="name what sketches show")
    predict.add_argument("file", type=Path, metavar="FILE", help="ndjson(.gz), pad JSON, SVG, npz or npy; or a folder")
    _add_model(predict)
    predict.add_argument("--limit", type=_count, metavar="N", help="only the first N sketches")
    predict.add_argument("--json", action="store_true", help="one JSON object a sketch")
    predict.set_defaults(run=_predict)


def _add_explain(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    explain = verbs.add_parser("explain", help="show which strokes of a sketch speak for a class")
    from sketchlib.viz.options import add_explain_options

    add_explain_options(explain)
    _add_model(explain)
    explain.set_defaults(run=_explain)


def _add_invert(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from sketchlib.inversion.command import add_invert_options

    invert = verbs.add_parser("invert", help="move a sketch's strokes until the model sees a class")
    add_invert_options(invert)
    _add_model(invert)
    invert.set_defaults(run=_invert)


def _add_train(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    train = verbs.add_parser("train", help="train a network").add_subparsers(required=True, metavar="WHAT")
    recognise = train.add_parser(
        "recognise",
        help="a recogniser",
        description="Train a recogniser; run the same command again to go on after an interruption. "
        "Start it with `accelerate launch -m sketchlib ...` or `torchrun -m sketchlib ...` for several processes.",
    )
    from sketchlib.train.options import add_recognise_options

    add_recognise_options(recognise)
    recognise.set_defaults(run=_train_recognise)
    _add_train_calibrate(train)
    _add_train_shapes(train)
    _add_train_retrieve(train)


def _add_train_retrieve(train: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from sketchlib.train.retrieval.command import add_retrieve_options

    retrieve = train.add_parser("retrieve", help="retrieval networks: teacher, student, canvas selector")
    add_retrieve_options(retrieve)
    retrieve.set_defaults(run=_train_retrieve)


def _add_train_calibrate(train: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    calibrate = train.add_parser("calibrate", help="make a recogniser's probabilities as sure as it is right")
    _add_data_paths(calibrate)
    calibrate.add_argument("--out", type=Path, required=True, metavar="DIR", help="card and weights of the result")
    _add_model(calibrate)
    calibrate.set_defaults(run=_train_calibrate)


def _add_train_shapes(train: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from sketchlib.train.shapes_command import add_shapes_options

    shapes = train.add_parser("shapes", help="clusters of stroke shapes, as a recogniser sees them")
    add_shapes_options(shapes)
    _add_model(shapes)
    shapes.set_defaults(run=_train_shapes)


def _add_evaluate(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    evaluate = verbs.add_parser("evaluate", help="measure a network").add_subparsers(required=True, metavar="WHAT")
    recognise = evaluate.add_parser("recognise", help="accuracy of a recogniser on labelled sketches")
    _add_data_paths(recognise)
    _add_model(recognise)
    recognise.add_argument("--limit", type=_count, metavar="N", help="N sketches drawn at random (seed 0)")
    recognise.add_argument("--json", action="store_true", help="everything, as one JSON object")
    recognise.set_defaults(run=_evaluate_recognise)
    _add_evaluate_attribution(evaluate)
    _add_evaluate_inversion(evaluate)
    _add_evaluate_retrieve(evaluate)


def _add_evaluate_retrieve(evaluate: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from sketchlib.retrieval.evaluate_command import add_evaluate_options

    retrieve = evaluate.add_parser("retrieve", help="are photos found by their sketches, and at what cost?")
    add_evaluate_options(retrieve)
    retrieve.add_argument("--model", default="sketchynet-v1", metavar="NAME", help="card (default: %(default)s)")
    retrieve.set_defaults(run=_evaluate_retrieve)


def _add_evaluate_attribution(evaluate: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    attribution = evaluate.add_parser("attribution", help="are explanations faithful to a recogniser?")
    _add_data_paths(attribution)
    add = attribution.add_argument
    add("--method", metavar="NAME", help="a method, or all (default: sla; all with --table)")
    add("--model", nargs="+", metavar="NAME", help="cards (default: sketchxainet66; with --table both shipped ones)")
    add("--explain", choices=("predicted", "label", "margin"), default="predicted", help="class, or its margin")
    add("--limit", type=_count, default=200, metavar="N", help="sketches, categories alike (default: %(default)s)")
    add("--checks", type=_count, default=40, metavar="N", help="of these also disturbed (default: %(default)s)")
    add("--random-labels", metavar="CARD", help="a model of the same classes, trained on shuffled labels")
    add("--seed", type=int, default=0)
    add("--json", action="store_true", help="one JSON object a model and method")
    add("--table", type=Path, metavar="FILE", help="write all as markdown, its figures beside it")
    attribution.set_defaults(run=_evaluate_attribution)


def _add_evaluate_inversion(evaluate: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from sketchlib.inversion.command import add_evaluate_options

    inversion = evaluate.add_parser("inversion", help="do moved strokes make the model see a class?")
    add_evaluate_options(inversion)
    _add_model(inversion)
    inversion.set_defaults(run=_evaluate_inversion)


def _add_data(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    data = verbs.add_parser("data", help="fetch public data").add_subparsers(required=True, metavar="WHAT")
    quickdraw = data.add_parser("quickdraw", help="download Quick, Draw! and pack it into a store to train on")
    quickdraw.add_argument(
        "--categories", nargs="+", required=True, metavar="30|345|NAME", help="the papers' lists, or names"
    )
    quickdraw.add_argument("--out", type=Path, required=True, metavar="DIR")
    quickdraw.set_defaults(run=_data_quickdraw)


def _add_gallery(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from sketchlib.retrieval.command import add_build_options, add_retrieve_options

    gallery = verbs.add_parser("gallery", help="photos to search").add_subparsers(required=True, metavar="WHAT")
    build = gallery.add_parser("build", help="embed photos, once")
    retrieve = verbs.add_parser("retrieve", help="find the photos that sketches show")
    add_build_options(build)
    add_retrieve_options(retrieve)
    for command in (build, retrieve):
        command.set_defaults(run=_print_lines)


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1, got {text!r}")
    return int(text)


def _add_data_paths(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", type=Path, nargs="+", required=True, metavar="PATH", help="files or folders of labelled sketches"
    )


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model",
        default="sketchxainet66",
        metavar="NAME",
        help="a shipped card, or a .toml of your own (default: %(default)s)",
    )


def _predict(options: argparse.Namespace) -> None:
    from sketchlib.io import read_sketches
    from sketchlib.models import load

    recogniser = load(options.model)
    for number, sketch in enumerate(read_sketches(options.file, options.limit), start=1):
        top = recogniser.predict(sketch)
        if options.json:
            print(json.dumps({"number": number, "label": sketch.label, "top": top}, ensure_ascii=False))
        else:
            print(f"{number:>5}  {sketch.label:<20}  " + "  ".join(f"{name} {share:.1%}" for name, share in top))


def _explain(options: argparse.Namespace) -> None:
    from sketchlib.viz.options import run_explain

    print(run_explain(options))


def _invert(options: argparse.Namespace) -> None:
    from sketchlib.inversion.command import inverted
    from sketchlib.inversion.record import as_csv, as_json, percentages
    from sketchlib.io import to_svg
    from sketchlib.viz import storyboard_svg
    from sketchlib.viz.video import best_kind, video

    recogniser, runs, steps = inverted(options)
    history, targets, kind = list(zip(*steps, strict=True)), [run.target for run in runs], best_kind()
    files: dict[str, str | bytes] = {
        "inversion.json": json.dumps(as_json(recogniser.name, options.optimiser, runs, steps), ensure_ascii=False),
        "inversion.csv": as_csv(runs, steps),
        "storyboard.svg": storyboard_svg(history, targets),
        f"inversion.{kind}": video(history, targets, kind),
        **{f"final-{run.seed}.svg": to_svg(own[-1].sketch) for run, own in zip(runs, steps, strict=True)},
    }
    _write(options.out, files)
    for run, own in zip(runs, steps, strict=True):
        print(f"seed {run.seed}: {run.target}, per cent: {', '.join(percentages(own))}")


def _write(folder: Path, files: dict[str, str | bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    except OSError as error:
        raise InputError(f"results go into a folder that can be written, got {error}") from None


def _train_calibrate(options: argparse.Namespace) -> None:
    from sketchlib.train.calibration import train_calibrate

    print(train_calibrate(options))


def _train_recognise(options: argparse.Namespace) -> None:
    from sketchlib.train.options import train_recognise

    train_recognise(options)


def _train_shapes(options: argparse.Namespace) -> None:
    from sketchlib.train.shapes_command import train_shapes

    print(train_shapes(options))


def _train_retrieve(options: argparse.Namespace) -> None:
    from sketchlib.train.retrieval.command import train_retrieve

    print(train_retrieve(options))


def _evaluate_recognise(options: argparse.Namespace) -> None:
    from sketchlib.evaluate import recognition
    from sketchlib.io import read_sketches
    from sketchlib.models import load

    recogniser = load(options.model)
    sketches = list(itertools.chain.from_iterable(read_sketches(path) for path in options.data))
    if options.limit is not None and options.limit < len(sketches):
        sketches = random.Random(0).sample(sketches, options.limit)
    scores = recognition(recogniser.name, recogniser.classes, recogniser.logits, sketches)
    if options.json:
        print(json.dumps(scores.as_json(), ensure_ascii=False))
        return
    for name in ("top1", "top5", "macro_top1"):
        low, high = getattr(scores, f"{name}_ci")
        print(f"{name:<11} {getattr(scores, name):.2%}  [{low:.2%}, {high:.2%}]")
    print(f"n           {scores.n}")
    for category, count in scores.unknown_categories.items():
        print(f"left out    {count} of the unknown category {category!r}")


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
        _write(options.table.parent, {options.table.name: page})
    for each in scores:
        print(json.dumps(each.as_json(), ensure_ascii=False) if options.json else each.as_text())


def _evaluate_retrieve(options: argparse.Namespace) -> None:
    from sketchlib.retrieval.evaluate_command import as_text, evaluated, page

    scores = evaluated(options)
    if options.table is not None:
        _write(options.table.parent, {options.table.name: page(scores, options)})
    print(json.dumps(scores.as_json()) if options.json else as_text(scores))


def _print_lines(options: argparse.Namespace) -> None:
    for line in options.lines(options):
        print(line, flush=True)


def _data_quickdraw(options: argparse.Namespace) -> None:
    from sketchlib.data.quickdraw import prepare

    print(prepare(options.categories, options.out))
