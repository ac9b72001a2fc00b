"""`train retrieve teacher|student|selector|int8` on the command line: pairs to a run, a card and weights at the end."""

import argparse
import platform
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sketchlib.io.pairs import Pairs
    from sketchlib.models.cards import Card, Graph
    from sketchlib.train.retrieval.pools import Pool

PHOTOS_AT = 128
"""Side at which the lines of photos are kept while a network trains, but for one that reads 256 pixels."""
NAMES = {"teacher": "chair-teacher", "student": "sketchynet", "selector": "sketchynet", "int8": "sketchynet"}


def add_retrieve_options(command: argparse.ArgumentParser) -> None:
    """Four stages, one after the other."""
    stages = command.add_subparsers(dest="stage", required=True, metavar="STAGE")
    for stage, sentence, example in (
        ("teacher", "train a Siamese network on pairs of sketches and photos", "--pairs chairs --out teacher"),
        (
            "student",
            "distil SketchyNetV1 from a teacher over four canvases",
            "--pairs chairs --teacher teacher/chair-teacher-v1.toml --out student",
        ),
        (
            "selector",
            "teach SketchyNetV2 which canvas a sketch needs",
            "--pairs chairs --student student/sketchynet-v1.toml --out selector",
        ),
        (
            "int8",
            "put a network in int8 beside a student, for canvases that are drawn often",
            "--pairs chairs --student selector/sketchynet-v1.toml --canvases 64 --out int8",
        ),
    ):
        description, epilog = f"{sentence[0].upper()}{sentence[1:]}.", f"example: %(prog)s {example}"
        _add_options(stages.add_parser(stage, help=sentence, description=description, epilog=epilog), stage)


def _add_options(command: argparse.ArgumentParser, stage: str) -> None:
    add = command.add_argument
    add("--pairs", type=Path, required=True, metavar="DIR", help="photo/ and *.ndjson.gz with human sketches")
    add(
        "--rendered",
        type=Path,
        nargs="*",
        default=[],
        metavar="DIR",
        help="the same of rendered objects and their lines (default: none)",
    )
    add("--photos", type=Path, nargs="*", default=[], metavar="DIR", help="photos without sketches (default: none)")
    add("--held-out", type=int, default=60, metavar="N", help="photos of --pairs to judge on (default: %(default)s)")
    add("--out", type=Path, required=True, metavar="DIR", help="state, log, card and weights of the run")
    add("--name", default=NAMES[stage], metavar="NAME", help="name on the card (default: %(default)s)")
    add("--seed", type=int, default=0, metavar="N", help="of what is drawn at random (default: %(default)s)")
    if stage in ("selector", "int8"):
        add("--student", required=True, metavar="CARD", help="the network that is read")
    if stage == "selector":
        _add_selector_options(command)
    elif stage == "int8":
        add("--canvases", type=int, nargs="+", default=[64], metavar="SIDE", help="pixels (default: 64)")
    else:
        _add_network_options(command, stage)


def _add_selector_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--compute", type=float, default=0.3, metavar="L_F", help="weight of the compute reward (default: %(default)s)")
    add(
        "--gradient",
        choices=("exact", "reinforce"),
        default="exact",
        help="how the reward is followed (default: %(default)s)",
    )
    add("--steps", type=int, default=600, metavar="N", help="optimiser steps (default: %(default)s)")


def _add_network_options(command: argparse.ArgumentParser, stage: str) -> None:
    add = command.add_argument
    counts = (32, 48, 24)
    add(
        "--counts",
        type=int,
        nargs=3,
        default=counts,
        metavar="N",
        help="human pairs, rendered pairs and photos alone a step (default: 32 48 24)",
    )
    add("--steps", type=int, default=700, metavar="N", help="optimiser steps (default: %(default)s)")
    add("--learning-rate", type=float, default=3e-4, metavar="RATE", help="largest one (default: %(default)s)")
    add("--precision", choices=("no", "bf16"), default="no", help="mixed precision (default: %(default)s)")
    if stage == "teacher":
        add("--start", default="sketchcnn66-v2", metavar="CARD", help="recogniser to start from (default: %(default)s)")
        add(
            "--pretrained", metavar="CARD", help="ImageNet weights instead of --start: a card, or owner/name on the Hub"
        )
    else:
        _add_student_options(command)


def _add_student_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--teacher", required=True, metavar="CARD", help="the network that is distilled, and reads the photos")
    add(
        "--start",
        metavar="CARD",
        help="a recogniser of the kind mobilenetv2, or a student, to start from (default: random weights)",
    )
    add("--pretrained", metavar="CARD", help="ImageNet weights instead of --start: a card, or owner/name on the Hub")
    add("--drawings", type=Path, nargs="*", default=[], metavar="PATH", help="sketches without photos (default: none)")
    counts = (24, 24, 12)
    add(
        "--alone",
        type=int,
        nargs=3,
        default=counts,
        metavar="N",
        help="drawings without photos a step, of each kind (default: 24 24 12)",
    )
    chances = (0.35, 1.0, 0.3, 0.15)
    add(
        "--chances",
        type=float,
        nargs=4,
        default=chances,
        metavar="P",
        help="chance of each canvas in a step (default: 0.35 1.0 0.3 0.15)",
    )


def train_retrieve(options: argparse.Namespace) -> str:
    """Run the stage; returns what to print."""
    from sketchlib.io.pairs import read_pairs, split_pairs

    kept, held_out = split_pairs(read_pairs(options.pairs), options.held_out)
    if options.stage == "selector":
        return _train_selector(options, kept, held_out)
    if options.stage == "int8":
        return _quantise(options, kept)
    from accelerate import Accelerator

    accelerator = Accelerator(mixed_precision=options.precision)
    pools = _pools(options, kept, 256 if options.stage == "teacher" and options.pretrained else PHOTOS_AT)
    run, config, builder = (_teacher if options.stage == "teacher" else _student)(options, pools, held_out, accelerator)
    scores = run.run() or run.judge()
    if not accelerator.is_main_process:
        return ""
    path = write_result(options, builder, config, run.average.state)
    return f"{path}: " + ", ".join(f"{name} {score:.4f}" for name, score in scores.items())


def _pools(options: argparse.Namespace, kept: "Pairs", side: int) -> list["Pool"]:
    """Human pairs, rendered ones, photos alone, their lines kept at `side` pixels; a kind not given is empty."""
    from sketchlib.io.pairs import joined_pairs, read_pairs
    from sketchlib.train.retrieval.pools import pool_of, redrawn, sketched

    rendered = joined_pairs([read_pairs(folder) for folder in options.rendered])
    alone = [path for folder in options.photos for path in sorted(folder.iterdir()) if path.is_file()]
    human = pool_of(kept.photos, side, sketched(kept))
    drawn = pool_of(rendered.photos, side, redrawn(rendered, 4, options.seed))
    return [human, drawn, pool_of([*alone, *kept.photos], side)]


def _teacher(
    options: argparse.Namespace, pools: Sequence["Pool"], held_out: "Pairs", accelerator: Any
) -> tuple[Any, dict[str, Any], str]:
    from sketchlib.retrieval.model import build
    from sketchlib.retrieval.pretrained import start_from_imagenet
    from sketchlib.train.loop import Schedule
    from sketchlib.train.retrieval.teacher import TeacherRecipe, start_from_recogniser, training

    config = {"trunk": "vgg16", "side": 256, "grid": 4} if options.pretrained else {"photos_at": PHOTOS_AT}
    network: Any = build("retrieval_teacher", config)
    if options.pretrained:
        keep_card(start_from_imagenet(network.trunk, options.pretrained), options.out)
    else:
        start_from_recogniser(network, options.start)
    schedule = Schedule(options.steps, options.learning_rate, 0.1, warmup=50, evaluate_steps=50, ema=0.99)
    recipe = TeacherRecipe(schedule, tuple(options.counts), options.seed)
    run = training(pools, held_out, network, recipe, options.out, accelerator)
    return run, config, "retrieval_teacher"


def _student(
    options: argparse.Namespace, pools: Sequence["Pool"], held_out: "Pairs", accelerator: Any
) -> tuple[Any, dict[str, Any], str]:
    from sketchlib.io import read_sketches
    from sketchlib.retrieval.model import build, load_embedder
    from sketchlib.train.loop import Schedule
    from sketchlib.train.retrieval.pools import without_photos
    from sketchlib.train.retrieval.student import StudentRecipe, start_from, start_from_published, training

    teacher: Any = load_embedder(options.teacher)
    config = {"teacher": keep_beside(teacher.card, options.out)}
    network: Any = build("sketchynet", config)
    if options.pretrained:
        keep_card(start_from_published(network, options.pretrained), options.out)
    elif options.start:
        start_from(network, options.start)
    schedule = Schedule(options.steps, options.learning_rate, 0.05, warmup=50, evaluate_steps=150, ema=0.99)
    recipe = StudentRecipe(
        schedule,
        tuple(options.counts),
        tuple(options.alone),
        chances=tuple(options.chances),
        seed=options.seed,
    )
    drawings = [sketch for path in options.drawings for sketch in read_sketches(path) if sketch.strokes]
    alone = [without_photos(drawings), *(pool.drawings for pool in pools if pool.drawings is not None)]
    run = training(pools, alone, held_out, teacher.network, network, recipe, options.out, accelerator)
    return run, config, "sketchynet"


def keep_beside(card: "Card", folder: Path) -> str:
    """The title of a card that a student's card names; one that does not ship is copied into the student's folder."""
    from sketchlib.io.writing import write_file
    from sketchlib.models.cards import CHECKPOINTS

    if card.folder is not None and card.folder.resolve() not in (CHECKPOINTS.resolve(), folder.resolve()):
        for name in (*(file.file for file in (*card.weights.files, *card.graphs)), f"{card.title}.toml"):
            write_file(folder / name, (card.folder / name).read_bytes())
    return card.title


def keep_card(card: "Card", folder: Path) -> None:
    """What a run started from, beside it."""
    from sketchlib.models.cards import write_card

    write_card(card, folder / f"{card.title}.toml")


def _train_selector(options: argparse.Namespace, kept: "Pairs", held_out: "Pairs") -> str:
    from sketchlib.retrieval.model import load_retriever
    from sketchlib.train.retrieval.experience import lived
    from sketchlib.train.retrieval.selector import Rewards, train_selector

    student = load_retriever(options.student)
    seen = lived(student, kept, options.rendered, options.seed)
    history = train_selector(
        student.selector, seen, Rewards(options.compute), options.gradient, options.steps, options.seed
    )
    path = write_result(options, "sketchynet", dict(student.card.config), student.network.state_dict())
    return f"{path}: expected reward {history[0]:.3f} at first, {history[-1]:.3f} at last"


def _quantise(options: argparse.Namespace, kept: "Pairs") -> str:
    from sketchlib.io.pairs import joined_pairs, read_pairs
    from sketchlib.models.cards import save_graph
    from sketchlib.retrieval.lines import sketch_lines
    from sketchlib.retrieval.model import load_retriever
    from sketchlib.train.retrieval.int8 import in_int8, sample

    student = load_retriever(options.student)
    drawings = sample([kept, joined_pairs([read_pairs(folder) for folder in options.rendered])], options.seed)
    graphs = []
    for side in options.canvases:
        path = options.out / f"{options.name}-v1-int8-{side}.onnx"
        graphs.append(save_graph(in_int8(student.network, sketch_lines(drawings, side)), path, side))
    path = write_result(options, "sketchynet", dict(student.card.config), student.network.state_dict(), tuple(graphs))
    return f"{path}: " + ", ".join(f"{graph.side} px in {graph.bytes} bytes" for graph in graphs)


def write_result(
    options: argparse.Namespace,
    builder: str,
    config: dict[str, Any],
    state: dict[str, Any],
    graphs: tuple["Graph", ...] = (),
) -> Path:
    """<out>/<name>-v1.toml and float16 weights; the card's scores are measured later, by `evaluate retrieve`."""
    from sketchlib.models.cards import Card, Preprocessing, Weights, save_tensors, write_card

    path: Path = options.out / f"{options.name}-v1.toml"
    card = Card(
        name=options.name,
        version=1,
        builder=builder,
        licence="research use",
        trained_on=f"{platform.machine()} {platform.system()}",
        command=shlex.join(["python", "-m", "sketchlib", *sys.argv[1:]]),
        classes=(),
        config=config,
        preprocessing=Preprocessing("none"),
        weights=Weights(save_tensors(state, path.with_suffix(".safetensors"))),
        paper="maity2025sketch",
        graphs=graphs,
    )
    write_card(card, path)
    return path
