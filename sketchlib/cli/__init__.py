"""The command line: `python -m sketchlib VERB ...`; every error of ours is one sentence on stderr and exit status 2."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from sketchlib.cli.completion import add_completion
from sketchlib.cli.evaluate import add_evaluate
from sketchlib.cli.figures import add_figures
from sketchlib.cli.models import add_models
from sketchlib.cli.train import add_train
from sketchlib.cli.verbs import add_assist, add_attack, add_data, add_explain, add_gallery, add_invert, add_predict
from sketchlib.errors import SketchlibError

__all__ = ["main", "parser"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
        sys.stdout.flush()
    except SketchlibError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        _drop_output()
        return 0
    except OSError as error:
        print(f"error: a command reads and writes where there is room and permission, got {error}", file=sys.stderr)
        _drop_output()
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _drop_output() -> None:
    """What nobody takes is not tried again when Python ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser(program: str = "python -m sketchlib") -> argparse.ArgumentParser:
    """The whole command line of a program of that name."""
    root = argparse.ArgumentParser(
        prog=program,
        description="Show which strokes of a sketch matter to a network, and what follows from it.",
        epilog=f"{program} COMMAND --help explains a command, with an example.",
    )
    verbs = root.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_predict(verbs)
    add_explain(verbs)
    add_invert(verbs)
    add_attack(verbs)
    add_assist(verbs)
    add_train(verbs)
    add_evaluate(verbs)
    add_data(verbs)
    add_gallery(verbs)
    add_models(verbs)
    add_figures(verbs)
    add_completion(verbs, parser)
    return root
