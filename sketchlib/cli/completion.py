"""`completion`: what a shell needs to complete commands, options and their values."""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sketchlib.cli.shared import Commands, add_command

SHELLS = ("bash", "zsh", "fish")


def add_completion(verbs: Commands, whole: Callable[[str], argparse.ArgumentParser]) -> None:
    """`completion`; whole: name of the program -> the whole command line."""
    sentence = "print the completion of `sketchlib` for a shell, to be read by it at its start"
    command = add_command(verbs, "completion", sentence, "bash > ~/.local/share/bash-completion/completions/sketchlib")
    command.add_argument("shell", choices=SHELLS, help="which one")
    command.set_defaults(run=partial(_completion, whole))


def _completion(whole: Callable[[str], argparse.ArgumentParser], options: argparse.Namespace) -> None:
    import shtab

    parser = whole("sketchlib")
    for action in _actions(parser):
        if action.type is Path:
            action.complete = shtab.DIRECTORY if action.metavar == "DIR" else shtab.FILE  # type: ignore[attr-defined]
        elif action.dest == "model" and action.choices is None:
            from sketchlib.models import available

            action.choices = available()
    print(shtab.complete(parser, options.shell))


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every option and argument of a command and of those below it."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
