"""`figures`: the papers' figures, made again."""

import argparse
from pathlib import Path

from sketchlib.cli.shared import Commands, add_command, write_files


def add_figures(verbs: Commands) -> None:
    """`figures`."""
    figures = add_command(
        verbs, "figures", "make the papers' figures again, from the models that ship", "recovery --out figures"
    )
    figures.add_argument("names", nargs="*", metavar="NAME", help="figures, such as recovery (default: every one)")
    figures.add_argument("--out", type=Path, required=True, metavar="DIR", help="where NAME.svg and NAME.pdf go")
    figures.add_argument(
        "--format", nargs="+", choices=("svg", "pdf"), default=("svg", "pdf"), help="kinds of files (default: svg pdf)"
    )
    figures.set_defaults(run=_figures)


def _figures(options: argparse.Namespace) -> None:
    from functools import cache

    from sketchlib.figures import FIGURES, FORMATS, make
    from sketchlib.models import load

    kept = cache(load)
    for name in options.names or FIGURES:
        sheet = make(name, kept)
        for suffix in options.format:
            write_files(options.out, {f"{name}.{suffix}": FORMATS[suffix](sheet)})
            print(options.out / f"{name}.{suffix}", flush=True)
