"""What several commands share: options, and files of results."""

import argparse
from pathlib import Path

from sketchlib.io.writing import write_file


def count(text: str) -> int:
    """A whole number from 1, as argparse wants it."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1, got {text!r}")
    return int(text)


def add_data_paths(command: argparse.ArgumentParser) -> None:
    """--data, files or folders of labelled sketches."""
    command.add_argument(
        "--data", type=Path, nargs="+", required=True, metavar="PATH", help="files or folders of labelled sketches"
    )


def add_model(command: argparse.ArgumentParser) -> None:
    """--model, a recogniser."""
    command.add_argument(
        "--model",
        default="sketchxainet66",
        metavar="NAME",
        help="a shipped card, or a .toml of your own (default: %(default)s)",
    )


def write_files(folder: Path, files: dict[str, str | bytes]) -> None:
    """Name -> content into a folder, made where it is missing; see `write_file`."""
    for name, content in files.items():
        write_file(folder / name, content)
