"""What several commands share: options, and files of results."""

import argparse
from pathlib import Path
from typing import TypeAlias

from sketchlib.io.writing import write_file

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What commands are added to."""

CARD = "title of a card that ships, or a .toml of your own"

CARDS = "titles of cards (default: sketchxainet66; with --table both that ship)"


def add_command(commands: Commands, name: str, sentence: str, example: str = "") -> argparse.ArgumentParser:
    """A command. sentence: what it does, without its capital and full stop. example: what may follow its name, where
    it is no group of commands."""
    description, epilog = f"{sentence[0].upper()}{sentence[1:]}.", f"example: %(prog)s {example}"
    return commands.add_parser(name, help=sentence, description=description, epilog=epilog if example else None)


def add_group(commands: Commands, name: str, sentence: str) -> Commands:
    """A command that has commands; sentence as in `add_command`."""
    return add_command(commands, name, sentence).add_subparsers(title="commands", required=True, metavar="WHAT")


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
        help=f"recogniser: {CARD} (default: %(default)s)",
    )


def write_files(folder: Path, files: dict[str, str | bytes]) -> None:
    """Name -> content into a folder, made where it is missing; see `write_file`."""
    for name, content in files.items():
        write_file(folder / name, content)
