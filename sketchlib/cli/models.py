"""`models`: the cards of the models that ship, in a line each or as a page for people."""

import argparse
from pathlib import Path

from sketchlib.cli.shared import Commands, add_command, write_files
from sketchlib.models.cards import Card, Score, available, find_card

ABOUT = """# Model cards

Written by `python -m sketchlib models --page docs/models.md` from the cards in `checkpoints/`, which also hold the
configuration, the files' SHA-256 and every class. A score stands beside the command, the data and the seed that made
it; brackets are 95% intervals."""
HEADER = """| score | value | n | data | command |
|---|---|---|---|---|"""
SHARES = ("top1", "top5", "macro_top1", "acc1", "acc5", "acc10", "calibration_error")


def add_models(verbs: Commands) -> None:
    """`models`."""
    command = add_command(
        verbs, "models", "list the models that ship, and what is known of them", "--page docs/models.md"
    )
    command.add_argument(
        "--page", type=Path, metavar="FILE", help="write every card as markdown (default: print a line each)"
    )
    command.set_defaults(run=_models)


def page() -> str:
    """Markdown: the card of every model that ships."""
    return "\n\n".join([ABOUT, *(_section(find_card(title)) for title in available())]) + "\n"


def _models(options: argparse.Namespace) -> None:
    if options.page is not None:
        write_files(options.page.parent, {options.page.name: page()})
        return
    for title in available():
        card = find_card(title)
        print(f"{title:<34} {_reads(card):<18} {_size(card):>13}  {card.licence}")


def _section(card: Card) -> str:
    facts = {
        "reads": _reads(card),
        "categories": f"{len(card.classes)}" if card.classes else "",
        "weights": f"{_size(card)}, {card.weights.repository or 'beside the card'}",
        "in int8": ", ".join(f"{graph.side} px, {(graph.bytes or 0) / 2**20:.1f} MB" for graph in card.graphs),
        "licence": card.licence,
        "paper": f"`{card.paper}` in [papers.bib](papers.bib)" if card.paper else "",
        "trained on": card.trained_on,
    }
    rows = [f"- {name}: {value}" for name, value in facts.items() if value]
    rows += [f"- data: {each.name} ({each.terms})" for each in card.data]
    parts = [f"## {card.title}", "\n".join(rows), card.notes, f"```\n{card.command}\n```"]
    table = "\n".join([HEADER, *map(_row, card.scores)]) if card.scores else ""
    return "\n\n".join(part for part in [*parts, table] if part)


def _row(score: Score) -> str:
    n = f"{score.n:,}" if score.n else ""
    return f"| {score.name} | {_value(score)} | {n} | {score.data} | {score.command.replace('|', chr(92) + '|')} |"


def _value(score: Score) -> str:
    def said(value: float) -> str:
        return f"{100 * value:.1f}" if score.name in SHARES else f"{value:.4g}"

    interval = f" [{said(score.interval[0])}, {said(score.interval[1])}]" if score.interval else ""
    return f"{said(score.value)}{'%' if score.name in SHARES else ''}{interval}"


def _reads(card: Card) -> str:
    side = card.preprocessing.canvas_side
    if not card.classes:
        return "strokes and photos"
    return f"{side} px ink" if side else "strokes"


def _size(card: Card) -> str:
    sizes = [each.bytes for each in card.weights.files if each.bytes]
    return f"{sum(sizes) / 2**20:.1f} MB" if sizes else "size unstated"
