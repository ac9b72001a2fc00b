"""`predict`, `explain`, `invert`, `attack`, `assist`, `data`, `gallery` and `retrieve`."""

import argparse
import json
from pathlib import Path

from sketchlib.cli.shared import Commands, add_command, add_group, add_model, count, write_files


def add_predict(verbs: Commands) -> None:
    """`predict`."""
    predict = add_command(verbs, "predict", "name what sketches show", "demos/examples/02-cat.json")
    predict.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="the sketches: ndjson(.gz), pad JSON, SVG, npz or npy; or a folder of them",
    )
    add_model(predict)
    predict.add_argument("--limit", type=count, metavar="N", help="only the first N sketches (default: all)")
    predict.add_argument("--json", action="store_true", help="print one JSON object a sketch")
    predict.set_defaults(run=_predict)


def add_explain(verbs: Commands) -> None:
    """`explain`."""
    explain = add_command(
        verbs,
        "explain",
        "show which strokes of a sketch speak for a class",
        "demos/examples/02-cat.json --target cat --out heat.svg",
    )
    from sketchlib.cli.explain import add_explain_options

    add_explain_options(explain)
    add_model(explain)
    explain.set_defaults(run=_explain)


def add_invert(verbs: Commands) -> None:
    """`invert`."""
    from sketchlib.cli.invert import add_invert_options

    invert = add_command(
        verbs,
        "invert",
        "move a sketch's strokes until the model sees a class",
        "demos/examples/02-cat.json --seeds 4 --out inverted",
    )
    add_invert_options(invert)
    add_model(invert)
    invert.set_defaults(run=_invert)


def add_attack(verbs: Commands) -> None:
    """`attack`."""
    from sketchlib.cli.attack import add_attack_options

    attack = add_command(
        verbs, "attack", "delete strokes until the model sees something else", "demos/examples/02-cat.json --budget 0.2"
    )
    add_attack_options(attack)
    add_model(attack)
    attack.set_defaults(run=_attack)


def add_assist(verbs: Commands) -> None:
    """`assist`."""
    from sketchlib.cli.assist import add_assist_options

    assist = add_command(
        verbs,
        "assist",
        "flag the strokes that do not match the photo drawn",
        "chair.json --photo chair.jpg --gallery photos-gallery",
    )
    add_assist_options(assist)
    assist.set_defaults(run=_assist)


def add_data(verbs: Commands) -> None:
    """`data` and what can be fetched."""
    data = add_group(verbs, "data", "fetch public data")
    quickdraw = add_command(
        data,
        "quickdraw",
        "download Quick, Draw! and pack it into a store to train on",
        "--categories cat dog --out data",
    )
    quickdraw.add_argument(
        "--categories",
        nargs="+",
        required=True,
        metavar="30|345|NAME",
        help="one of the papers' lists, or names of categories",
    )
    quickdraw.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the files and the store go")
    quickdraw.set_defaults(run=_data_quickdraw)


def add_gallery(verbs: Commands) -> None:
    """`gallery build`, and `retrieve`."""
    from sketchlib.cli.retrieve import add_build_options, add_retrieve_options

    gallery = add_group(verbs, "gallery", "prepare photos to search")
    build = add_command(gallery, "build", "embed photos once, to search them often", "photos --out photos-gallery")
    retrieve = add_command(
        verbs, "retrieve", "find the photos that sketches show", "chair.json --gallery photos-gallery --top 5"
    )
    add_build_options(build)
    add_retrieve_options(retrieve)
    for command in (build, retrieve):
        command.set_defaults(run=_print_lines)


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
    from sketchlib.cli.explain import run_explain

    print(run_explain(options))


def _invert(options: argparse.Namespace) -> None:
    from sketchlib.cli.invert import inverted
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
    write_files(options.out, files)
    for run, own in zip(runs, steps, strict=True):
        print(f"seed {run.seed}: {run.target}, per cent: {', '.join(percentages(own))}")


def _attack(options: argparse.Namespace) -> None:
    from sketchlib.cli.attack import attacked
    from sketchlib.cli.photos import rank_in
    from sketchlib.io import to_svg

    found = attacked(options)
    if options.out:
        write_files(options.out, {"before.svg": to_svg(found.sketch), "after.svg": to_svg(found.final.remaining)})
    drop = rank_in(options.gallery, found.sketch, found.final.remaining) if options.gallery else None
    if options.json:
        photos = {"photos": drop.as_json()} if drop else {}
        print(json.dumps({**found.as_json(), **photos}, ensure_ascii=False))
    else:
        print(*(each.note for each in (found, drop) if each), sep="\n")


def _assist(options: argparse.Namespace) -> None:
    from sketchlib.cli.assist import assisted
    from sketchlib.io import to_svg

    found = assisted(options)
    if options.out:
        write_files(options.out, {"before.svg": to_svg(found.sketch), "after.svg": to_svg(found.remaining)})
    print(json.dumps(found.as_json(), ensure_ascii=False) if options.json else found.note)


def _print_lines(options: argparse.Namespace) -> None:
    for line in options.lines(options):
        print(line, flush=True)


def _data_quickdraw(options: argparse.Namespace) -> None:
    from sketchlib.data.quickdraw import prepare

    print(prepare(options.categories, options.out))
