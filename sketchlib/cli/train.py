"""`train ...`: networks, and what is fitted to them."""

import argparse
from pathlib import Path

from sketchlib.cli.shared import add_data_paths, add_model


def add_train(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`train` and what can be trained."""
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
    add_data_paths(calibrate)
    calibrate.add_argument("--out", type=Path, required=True, metavar="DIR", help="card and weights of the result")
    add_model(calibrate)
    calibrate.set_defaults(run=_train_calibrate)


def _add_train_shapes(train: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from sketchlib.train.shapes_command import add_shapes_options

    shapes = train.add_parser("shapes", help="clusters of stroke shapes, as a recogniser sees them")
    add_shapes_options(shapes)
    add_model(shapes)
    shapes.set_defaults(run=_train_shapes)


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
