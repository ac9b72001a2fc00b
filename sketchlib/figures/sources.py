"""What figures are made of: models that ship, drawings that ship, and the pages of results."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sketchlib.errors import InputError

if TYPE_CHECKING:
    from sketchlib.models import Recogniser

T = TypeVar("T")
Load = Callable[[str], "Recogniser"]
"""Name of a card -> the recogniser; `sketchlib.models.load` is one."""
Turn = Callable[[], AbstractContextManager[object]]
"""Entered around each piece of work of a network, so that others have their turn between two."""


@dataclass(frozen=True)
class Workshop:
    """What figures are computed with."""

    load: Load
    turn: Turn = nullcontext

    def by_turns(self, work: Iterator[T]) -> Iterator[T]:
        """The same items, each made in a turn of its own."""
        done = object()
        while True:
            with self.turn():
                item = next(work, done)
            if item is done:
                return
            yield item  # type: ignore[misc]


_HERE = Path(__file__).resolve()


def shipped_folder(in_wheel: str, in_repository: str) -> Path:
    """A folder that a wheel carries inside the package and the repository elsewhere. Raises InputError without it."""
    found = [_HERE.parents[1] / in_wheel, _HERE.parents[2] / in_repository]
    folder = next((folder for folder in found if folder.is_dir()), None)
    if folder is None:
        raise InputError(f"a figure is made of what ships with the library, got no folder {in_repository}")
    return folder


def live(what: str, *recognisers: "Recogniser") -> str:
    """The source of a figure that was computed: what was asked, and of which weights."""
    models = ", ".join(f"{each.name} (weights {each.card.weights.files[0].sha256[:8]})" for each in recognisers)
    return f"Computed from the models that ship: {models}; {what}."


@dataclass(frozen=True)
class ResultsPage:
    """A page of docs/results. name: of its file. text: markdown."""

    name: str
    text: str

    @property
    def source(self) -> str:
        """The page, where it was measured if it says so, and the command that made it."""
        command = re.search(r"^```\n(.+?)\n```$", self.text, re.MULTILINE | re.DOTALL)
        place = re.search(r"^Measured (.+?)\.$", self.text, re.MULTILINE)
        said = f", measured {place[1].replace('`', '')}" if place else ""
        return f"Quoted from docs/results/{self.name}{said}: {' '.join((command[1] if command else '').split())}"

    def said(self, pattern: str) -> str:
        """The first group of a pattern in the text, on one line. Raises InputError where the page does not say it."""
        found = re.search(pattern, " ".join(self.text.split()))
        if not found:
            raise InputError(f"a page of results says {pattern!r}, got nothing like it in docs/results/{self.name}")
        return found[1]

    def section(self, heading: str) -> "ResultsPage":
        """What stands between a heading "## heading" and the next one. Raises InputError where there is none."""
        found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", self.text, re.MULTILINE | re.DOTALL)
        if not found:
            raise InputError(f"a page of results has a section {heading!r}, got none in docs/results/{self.name}")
        return ResultsPage(self.name, found[1])

    def table(self, first: str) -> Mapping[str, Mapping[str, str]]:
        """Row -> column -> cell of the first table whose header begins with `first`, ticks around row names left out.

        Raises InputError where there is none.
        """
        lines = self.text.splitlines()
        starts = [place for place, line in enumerate(lines) if line.replace(" ", "").startswith(first.replace(" ", ""))]
        if not starts:
            raise InputError(f"a page of results has a table {first!r}, got none in docs/results/{self.name}")
        columns, rows = _cells(lines[starts[0]])[1:], {}
        for line in lines[starts[0] + 2 :]:
            if not line.startswith("|"):
                break
            name, *cells = _cells(line)
            rows[name.strip("`")] = dict(zip(columns, cells, strict=True))
        return rows


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def results_page(name: str) -> ResultsPage:
    """A page of docs/results by the name of its file. Raises InputError where it is missing."""
    path = shipped_folder("results", "docs/results") / name
    try:
        return ResultsPage(name, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"a figure quotes a page of docs/results, got {error.strerror}: {name}") from None


@dataclass(frozen=True)
class Estimate:
    """A quoted number with its 95% interval, in the unit of its table."""

    value: float
    low: float
    high: float


def estimate(cell: str) -> Estimate:
    """Of a cell as "69.5 [62.2, 77.0]" or "4.0% [1.6%, 9.8%]". Raises InputError for another."""
    numbers = re.fullmatch(r"([\d.]+)%? \[([\d.]+)%?, ([\d.]+)%?\]", cell)
    if not numbers:
        raise InputError(f"a quoted number stands before its interval in brackets, got {cell!r}")
    return Estimate(*map(float, numbers.groups()))
