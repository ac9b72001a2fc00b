"""`assist` and `evaluate assist` on the command line: their options, and what they ask for."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sketchlib.errors import InputError

if TYPE_CHECKING:
    from sketchlib.assist.reader import Aim
    from sketchlib.assist.result import Assistance
    from sketchlib.assist.scores import AssistScores
    from sketchlib.io.pairs import Pairs
    from sketchlib.retrieval.model import TeacherModel

ENCODER = "chair-teacher-v3"


def add_assist_options(command: argparse.ArgumentParser) -> None:
    """The options of `assist`."""
    add = command.add_argument
    add(
        "file",
        type=Path,
        metavar="FILE",
        help="file whose first sketch is judged: ndjson(.gz), pad JSON, SVG, npz or npy",
    )
    add("--photo", required=True, metavar="P", help="what it is of: a photo's file, or its name in the gallery")
    add("--gallery", type=Path, metavar="DIR", help="made by `gallery build`: the photos that the photo is told from")
    add("--method", choices=("fast", "gates"), default="fast", help="how strokes are judged (default: %(default)s)")
    add(
        "--threshold", type=float, metavar="T", help="score above which a stroke is flagged (default: the method's own)"
    )
    add("--encoder", default=ENCODER, metavar="CARD", help="the network that reads the sketch (default: %(default)s)")
    add("--seed", type=int, default=0, metavar="N", help="of the gates (default: %(default)s)")
    add("--json", action="store_true", help="print everything, as one JSON object")
    add("--out", type=Path, metavar="DIR", help="where the drawing with and without the flagged strokes goes, as SVG")


def add_evaluate_options(command: argparse.ArgumentParser) -> None:
    """The options of `evaluate assist`."""
    add = command.add_argument
    add("--data", type=Path, required=True, metavar="DIR", help="photo/ and *.ndjson.gz, as of ChairV2")
    add("--held-out", type=int, default=60, metavar="N", help="photos that are judged on (default: %(default)s)")
    add("--encoder", nargs="+", default=[ENCODER], metavar="CARD", help="networks to judge (default: %(default)s)")
    add("--gates", type=int, default=60, metavar="N", help="drawings on which gates are tried (default: %(default)s)")
    add(
        "--tuning",
        type=int,
        default=120,
        metavar="N",
        help="drawings of training photos, for the best threshold (default: %(default)s)",
    )
    add("--seed", type=int, default=0, metavar="N", help="of what is drawn at random (default: %(default)s)")
    add("--json", action="store_true", help="print one JSON object an encoder")
    add("--table", type=Path, metavar="FILE", help="write all as markdown")


def assisted(options: argparse.Namespace) -> "Assistance":
    """What `assist` asks for. Errors as in `assist`, `Gallery.load`, `read_photo` and `load_embedder`."""
    import torch

    from sketchlib.assist.assist import assist
    from sketchlib.assist.networks import encoder_of, reading
    from sketchlib.io import read_sketches
    from sketchlib.retrieval.model import load_embedder

    sketch = next(iter(read_sketches(options.file, 1)), None)
    if sketch is None:
        raise InputError(f"assistance needs a sketch, got none in {options.file}")
    network = load_embedder(options.encoder)
    aim, lot = _aim(encoder_of(network), options), torch.Generator().manual_seed(options.seed)
    return assist(sketch, reading(network), aim, options.method, threshold=options.threshold, generator=lot)


def _aim(encoder: "TeacherModel", options: argparse.Namespace) -> "Aim":
    """The photo among those of the gallery; a file is one more photo, or the only one."""
    import numpy as np

    from sketchlib.assist.reader import Aim
    from sketchlib.io.photos import read_photo
    from sketchlib.retrieval import Gallery

    gallery = None if options.gallery is None else Gallery.load(options.gallery, encoder)
    if gallery is not None and (options.photo in gallery.names or not Path(options.photo).is_file()):
        return Aim(gallery.vectors, gallery.index(options.photo))
    if not Path(options.photo).is_file():
        raise InputError(f"a photo is a file, or with --gallery a name in it, got {options.photo!r}")
    row = encoder.embed_photos([read_photo(options.photo)])
    return Aim(row, 0) if gallery is None else Aim(np.concatenate([row, gallery.vectors]), 0)


def evaluated(options: argparse.Namespace) -> "list[AssistScores]":
    """Scores of each encoder. Errors as in `judge`, `read_pairs`, `split_pairs` and `load_embedder`."""
    from tqdm import tqdm

    from sketchlib.assist.judge import Questions, judge
    from sketchlib.assist.networks import encoder_of, reading
    from sketchlib.io.pairs import read_pairs, split_pairs
    from sketchlib.io.photos import read_photo
    from sketchlib.retrieval.model import load_embedder

    if options.gates < 1 or options.tuning < 1:
        raise InputError(f"--gates and --tuning are numbers from 1, got {options.gates} and {options.tuning}")

    def questions(pairs: "Pairs") -> Questions:
        vectors = encoder.embed_photos([read_photo(path) for path in pairs.photos])
        return Questions(vectors, pairs.sketches, pairs.photo_of)

    scores, parts = [], split_pairs(read_pairs(options.data), options.held_out)
    for name in options.encoder:
        network = load_embedder(name)
        encoder = encoder_of(network)
        training, held_out = map(questions, parts)
        with tqdm(desc=name, unit="drawing", disable=None) as bar:

            def progress(done: int, total: int, bar: "tqdm[None]" = bar) -> None:
                bar.total = total
                bar.update(done - bar.n)

            found = judge(
                network.card.title, reading(network), training, held_out,
                options.gates, options.tuning, options.seed, progress,
            )  # fmt: skip
        scores.append(found)
    return scores


def said_again(options: argparse.Namespace) -> str:
    """The command that makes the same page, without the paths of this machine."""
    encoders = " ".join(Path(name).name for name in options.encoder)
    numbers = f"--held-out {options.held_out} --gates {options.gates} --tuning {options.tuning} --seed {options.seed}"
    table = options.table.name if options.table.is_absolute() else options.table.as_posix()
    data = f"$DATA/{options.data.name}"
    return f"python -m sketchlib evaluate assist --data {data} --encoder {encoders} {numbers} --table {table}"
