"""`train ...`: networks, and what is fitted to them."""

import argparse
from pathlib import Path

from sketchlib.cli.shared import Commands, add_command, add_data_paths, add_group, add_model


def add_train(verbs: Commands) -> None:
    """`train` and what can be trained."""
    train = add_group(verbs, "train", "train networks, and what is fitted to them")
    recognise = add_command(
        train,
        "recognise",
        "train a recogniser, in one process or under torchrun; the same command goes on after an interruption",
        "--model sketchxainet --data quickdraw --out run",
    )
    from sketchlib.train.options import add_recognise_options

    add_recognise_options(recognise)
    recognise.set_defaults(run=_train_recognise)
    _add_train_calibrate(train)
    _add_train_shapes(train)
    _add_train_retrieve(train)


def _add_train_retrieve(train: Commands) -> None:
    from sketchlib.train.retrieval.command import add_retrieve_options

    retrieve = add_command(train, "retrieve", "train the networks that find photos, one stage after the other")
    add_retrieve_options(retrieve)
    retrieve.set_defaults(run=_train_retrieve)


def _add_train_calibrate(train: Commands) -> None:
    calibrate = add_command(
        train,
        "calibrate",
        "make a recogniser's probabilities as sure as it is right",
        "--data quickdraw/val --out calibrated",
    )
    add_data_paths(calibrate)
    calibrate.add_argument("--out", type=Path, required=True, metavar="DIR", help="card and weights of the result")
    add_model(calibrate)
    calibrate.set_defaults(run=_train_calibrate)


def _add_train_shapes(train: Commands) -> None:
    from sketchlib.train.shapes_command import add_shapes_options

    shapes = add_command(
        train, "shapes", "cluster stroke shapes as a recogniser sees them", "--data quickdraw --out checkpoints"
    )
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
