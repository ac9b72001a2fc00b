"""Every command explains itself: a sentence, an example that parses, and every option with its default."""

import argparse
import re
import shlex
import subprocess
import sys

import pytest

from sketchlib.adversarial import STRATEGIES
from sketchlib.attribution import METHODS
from sketchlib.cli import parser
from sketchlib.inversion import PRESETS


def commands(command=None):
    """Every command with those below it."""
    command = command or parser()
    yield command
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from commands(below)


def is_group(command):
    return any(isinstance(action, argparse._SubParsersAction) for action in command._actions)


ALL = {command.prog: command for command in commands()}
LEAVES = [name for name, command in ALL.items() if not is_group(command)]


def complaints(command):
    """What is missing in the help of a command's options."""
    found = []
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            continue
        name, default = "/".join(action.option_strings) or action.dest, action.default
        if not action.help:
            found.append(f"{name} has no help")
        elif default not in (None, False, argparse.SUPPRESS, [], ()) and "default: " not in action.help:
            found.append(f"{name} hides its default")
        if action.option_strings and action.nargs != 0 and not (action.metavar or action.choices):
            found.append(f"{name} names no kind of value")
    return found


@pytest.mark.parametrize("name", ALL)
def test_every_option_has_help_with_its_default(name):
    assert complaints(ALL[name]) == []


def test_the_checker_can_fail():
    command = argparse.ArgumentParser()
    command.add_argument("--silent", metavar="X")
    command.add_argument("--shy", default=3, metavar="N", help="a number")
    command.add_argument("--bare", help="something")
    assert complaints(command) == ["--silent has no help", "--shy hides its default", "--bare names no kind of value"]


@pytest.mark.parametrize("name", ALL)
def test_every_command_says_in_a_sentence_what_it_does(name):
    assert re.fullmatch(r"[A-Z][^.]*\.", ALL[name].description)
    assert name in ALL[name].format_help()


@pytest.mark.parametrize("name", LEAVES)
def test_every_example_parses(name):
    program = parser().prog
    epilog = " ".join(ALL[name].format_help().partition("example: ")[2].split())
    assert epilog.startswith(name)
    arguments = shlex.split(epilog.removeprefix(program))
    arguments = arguments[: arguments.index(">")] if ">" in arguments else arguments
    assert callable(parser().parse_args(arguments).run)


@pytest.mark.parametrize(
    ("name", "option", "known"),
    [("explain", "--method", METHODS), ("invert", "--optimiser", PRESETS), ("attack", "--strategy", STRATEGIES)],
)
def test_values_that_help_lists_are_those_there_are(name, option, known):
    command = ALL[f"python -m sketchlib {name}"]
    (action,) = [action for action in command._actions if option in action.option_strings]
    listed = re.findall(r"\w+", re.sub(r"\(.*?\)|.*: ", "", action.help.partition(" (default")[0]))
    assert set(listed) - {"or"} == set(known)


def test_the_command_line_is_there_before_torch():
    program = "import sys; from sketchlib.cli import parser; parser().format_help(); print('torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "False"
