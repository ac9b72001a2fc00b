"""`train shapes` on the command line: drawings to clusters, a file beside the card, and a page."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from sketchlib.errors import FormatError
from sketchlib.shapes import Sample, primitives, samples_of
from sketchlib.sketch import Sketch


def add_shapes_options(command: argparse.ArgumentParser) -> None:
    """The options of `train shapes` but the model."""
    add = command.add_argument
    add("--data", type=Path, nargs="+", required=True, metavar="DIR", help="folders with train/ and val/ to learn from")
    add(
        "--own",
        type=Path,
        metavar="DIR",
        help="pad JSON of your own, whose strokes may stand for others (default: simple forms alone)",
    )
    add("--out", type=Path, required=True, metavar="DIR", help="where <title>-shapes.json goes: beside the card")
    add("--clusters", type=int, nargs="+", metavar="K", help="numbers of clusters to try (default: 8 to 160)")
    add(
        "--more-than", type=int, default=67, metavar="K", help="choose a larger number than this (default: %(default)s)"
    )
    add("--seeds", type=int, default=3, metavar="N", help="clusterings of each number (default: %(default)s)")
    add(
        "--sketches",
        type=int,
        default=60,
        metavar="N",
        help="drawings of each category to learn from (default: %(default)s)",
    )
    add("--page", type=Path, metavar="FILE", help="write what was found as markdown, its picture beside it")


def train_shapes(options: argparse.Namespace) -> str:
    """Write <out>/<title>-shapes.json, and the page if one is wanted; returns what to print.

    Raises FormatError where there are no drawings, and the errors of `load` and `cluster_shapes`.
    """
    from sketchlib.io.writing import write_file
    from sketchlib.models import load
    from sketchlib.shapes import as_json, file_name
    from sketchlib.train.shapes import Search, cluster_shapes
    from sketchlib.viz.shapes import write_page

    counts = {"counts": tuple(options.clusters)} if options.clusters else {}
    search = Search(**counts, more_than=options.more_than, seeds=options.seeds)
    recogniser = load(options.model)
    training = drawings(options.data, "train", recogniser.classes, options.sketches)
    held_out = drawings(options.data, "val", recogniser.classes, options.sketches)
    data = f"{len(training):,} training drawings of {len(recogniser.classes)} categories"
    clusters = cluster_shapes(recogniser, training, held_out, shown(options.own), data, search)
    path: Path = options.out / file_name(recogniser.card)
    write_file(path, as_json(clusters))
    pages = write_page(options.page, clusters) if options.page else []
    return "\n".join(f"{each}" for each in (path, *pages))


def shown(folder: Path | None) -> list[Sample]:
    """The strokes that may stand for others: the simple forms, and those of the drawings 01-name.json of a folder."""
    from sketchlib.io import read_sketches

    samples = primitives()
    for path in sorted(folder.glob("*.json")) if folder else ():
        name = path.stem.partition("-")[2].replace("-", " ")
        samples += [sample for sketch in read_sketches(path) for sample in samples_of(name, sketch)]
    return samples


def drawings(folders: Sequence[Path], split: str, classes: Sequence[str], most: int) -> list[Sketch]:
    """The first sketches of each class and folder, at most so many. Raises FormatError where there are none."""
    from sketchlib.io import read_sketches

    ends = (".ndjson", ".ndjson.gz")
    files = [folder / split / f"{name}{end}" for folder in folders for name in classes for end in ends]
    found = [sketch for file in files if file.is_file() for sketch in read_sketches(file, most) if sketch.strokes]
    if not found:
        listed = ", ".join(map(str, folders))
        raise FormatError(f"shapes are learned from {split}/<category>.ndjson.gz, got none of the classes: {listed}")
    return found
