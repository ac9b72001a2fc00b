"""`invert` and `evaluate inversion` on the command line: their options, and what they ask for."""

import argparse
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from sketchlib.errors import InputError

if TYPE_CHECKING:
    from sketchlib.inversion.runs import Run, Start, Step
    from sketchlib.inversion.scores import InversionScores, Mode
    from sketchlib.models import Recogniser
    from sketchlib.sketch import Sketch

MODES: "tuple[Mode, ...]" = ("recovery", "transfer")
SHOWN = (("bicycle", "eyeglasses"), ("sun", "clock"), ("tree", "candle"), ("car", "shoe"), ("apple", "face"))
"""Categories of the rows beside the paper's, and the targets of their transfers."""


def add_invert_options(command: argparse.ArgumentParser) -> None:
    """The options of `invert`."""
    add = command.add_argument
    add(
        "file",
        type=Path,
        metavar="FILE",
        help="file whose first sketch is inverted: ndjson(.gz), pad JSON, SVG, npz or npy",
    )
    add(
        "--mode",
        choices=MODES,
        default="recovery",
        help="from scattered strokes, or from the drawing to another class (default: %(default)s)",
    )
    add("--target", metavar="CLASS", help="what the model should see (default for a recovery: what it sees now)")
    add(
        "--start",
        choices=("scattered", "origin", "subset", "as_drawn"),
        help="where strokes begin (default: scattered in a recovery, as_drawn in a transfer)",
    )
    add("--seeds", type=int, default=1, metavar="N", help="random starts, inverted as one batch (default: %(default)s)")
    add(
        "--optimiser",
        default="sketchxai",
        metavar="NAME",
        help="how strokes move: sketchxai, on_canvas or free (default: %(default)s)",
    )
    add("--iterations", type=int, default=100, metavar="N", help="gradient steps (default: %(default)s)")
    add(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="where JSON, CSV, a storyboard, a video and the final drawings go",
    )


def add_evaluate_options(command: argparse.ArgumentParser) -> None:
    """The options of `evaluate inversion`."""
    add = command.add_argument
    add("--data", type=Path, nargs="+", required=True, metavar="PATH", help="files or folders of labelled sketches")
    add("--mode", choices=MODES, help="what is measured (default: recovery; both with --table)")
    add(
        "--optimiser",
        nargs="+",
        metavar="NAME",
        help="presets, or random_search (default: sketchxai; all with --table)",
    )
    add("--judge", default="sketchcnn66", metavar="NAME", help="an independent recogniser (default: %(default)s)")
    add("--limit", type=int, default=200, metavar="N", help="sketches that are recognised (default: %(default)s)")
    add("--seeds", type=int, default=1, metavar="N", help="starts, or targets, of each sketch (default: %(default)s)")
    add("--iterations", type=int, default=100, metavar="N", help="gradient steps (default: %(default)s)")
    add("--seed", type=int, default=0, metavar="N", help="of the choice of sketches (default: %(default)s)")
    add("--json", action="store_true", help="print one JSON object a mode and preset")
    add("--table", type=Path, metavar="FILE", help="write all as markdown, beside the paper's rows")


def inverted(options: argparse.Namespace) -> "tuple[Recogniser, list[Run], list[list[Step]]]":
    """The runs that `invert` asks for, and the steps of each. Errors as in `invert_batch`."""
    from sketchlib.inversion.runs import Run, invert_batch
    from sketchlib.io import read_sketches
    from sketchlib.models import load

    recogniser = load(options.model)
    sketch = next(iter(read_sketches(options.file, 1)), None)
    if sketch is None or not sketch.strokes:
        raise InputError(f"an inversion needs a sketch with strokes, got none in {options.file}")
    if options.mode == "transfer" and options.target is None:
        raise InputError("a transfer needs a class to go to, got no --target")
    if options.seeds < 1:
        raise InputError(f"an inversion has at least one start, got --seeds {options.seeds}")
    start: Start = options.start or ("scattered" if options.mode == "recovery" else "as_drawn")
    target = options.target or recogniser.predict(sketch, 1)[0][0]
    runs = [Run(sketch, target, start, seed) for seed in range(options.seeds)]
    steps = zip(*invert_batch(recogniser, runs, options.optimiser, options.iterations), strict=True)
    return recogniser, runs, [list(own) for own in steps]


def evaluated(options: argparse.Namespace) -> "tuple[list[InversionScores], str]":
    """Scores of each mode and preset over the same sketches, and the page of --table, or "" without.

    Raises InputError for unknown presets and sketches that do not do, CheckpointError for unknown models.
    """
    from sketchlib.inversion.scores import METHODS, Question, inversion_scores, recognised
    from sketchlib.io import read_sketches
    from sketchlib.models import load

    names = options.optimiser or (METHODS if options.table else METHODS[:1])
    unknown = [name for name in names if name not in METHODS]
    if unknown:
        raise InputError(f"an optimiser is one of {', '.join(METHODS)}, got {unknown[0]!r}")
    if min(options.limit, options.seeds, options.iterations) < 1:
        raise InputError("--limit, --seeds and --iterations are whole numbers from 1, got a smaller one")
    recogniser, judge = load(options.model), load(options.judge)
    everything = list(itertools.chain.from_iterable(read_sketches(path) for path in options.data))
    sketches = recognised(recogniser, everything, options.limit, options.seed)
    modes: tuple[Mode, ...] = MODES if options.table and options.mode is None else (options.mode or MODES[0],)
    scores = []
    for mode in modes:
        question = Question(recogniser, judge, mode, options.seeds, options.iterations)
        scores += [inversion_scores(question, sketches, name) for name in names]
    return scores, _page(options, scores, recogniser, everything) if options.table else ""


def _page(
    options: argparse.Namespace, scores: "list[InversionScores]", recogniser: "Recogniser", everything: "list[Sketch]"
) -> str:
    from sketchlib.inversion.report import page, paper_row
    from sketchlib.inversion.runs import invert
    from sketchlib.inversion.scores import recognised

    recovery, transfer = [], []
    for label, target in SHOWN:
        own = [sketch for sketch in everything if sketch.label == label]
        (sketch,) = recognised(recogniser, own, 1, options.seed)
        recovery.append(paper_row(f"{label}, ours", list(invert(recogniser, sketch, label))))
        steps = list(invert(recogniser, sketch, target, "as_drawn"))
        transfer.append(paper_row(f"{label} to {target}, ours", steps, with_origin=True))
    return page(scores, "\n".join(recovery), "\n".join(transfer), said_again(options))


def said_again(options: argparse.Namespace) -> str:
    """The command that makes the same page, without the paths of this machine."""
    data = " ".join(f"$DATA/{'/'.join(path.parts[-2:])}" for path in options.data)
    numbers = f"--limit {options.limit} --seeds {options.seeds} --iterations {options.iterations} --seed {options.seed}"
    chosen = f" --optimiser {' '.join(options.optimiser)}" if options.optimiser else ""
    mode = f" --mode {options.mode}" if options.mode else ""
    table = options.table.name if options.table.is_absolute() else options.table.as_posix()
    return f"python -m sketchlib evaluate inversion --data {data}{mode}{chosen} {numbers} --table {table}"
