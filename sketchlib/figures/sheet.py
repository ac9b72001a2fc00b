"""A sheet of print: a few kinds of marks on white paper, from which SVG and PDF are written alike."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Anchor = Literal["start", "middle", "end"]

PAPER, INK, QUIET, FAINT = "#ffffff", "#1b1a17", "#5f5c55", "#d9d6ce"
WIDTH = 660.0
"""Of every sheet: the text of a two-column page, 495 points."""
MARGIN, HEAD, LINE = 8.0, 30.0, 12.0
"""Paper around everything; height of the title; height of a line of small print."""
LETTER = 0.58
"""Mean width of a letter as a share of its size, of a wide sans serif; a bold one takes a tenth more."""


@dataclass(frozen=True, eq=False)
class Line:
    """Straight strokes through (n, 2) points; one point is a dot. dash: lengths on and off, or () for none."""

    points: Array
    colour: str
    width: float = 1.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Area:
    """The inside of a polygon of (n, 2) points."""

    points: Array
    fill: str


@dataclass(frozen=True)
class Box:
    """A rectangle; fill or stroke may be ""."""

    left: float
    top: float
    width: float
    height: float
    fill: str = ""
    stroke: str = ""


@dataclass(frozen=True)
class Dot:
    """A circle with an edge of width 1.5."""

    x: float
    y: float
    radius: float
    fill: str
    stroke: str


@dataclass(frozen=True)
class Label:
    """One line of words; (x, y) is its start, middle or end on the baseline. turned: read from bottom to top."""

    text: str
    x: float
    y: float
    size: float = 9.0
    colour: str = INK
    anchor: Anchor = "start"
    bold: bool = False
    turned: bool = False

    @property
    def room(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the words, their width estimated."""
        width = text_width(self.text, self.size, self.bold)
        back = {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        if self.turned:
            return self.x - 0.8 * self.size, self.y - width + back, self.x + 0.2 * self.size, self.y + back
        return self.x - back, self.y - 0.8 * self.size, self.x - back + width, self.y + 0.2 * self.size


Mark = Line | Area | Box | Dot | Label


@dataclass(frozen=True, eq=False)
class Sheet:
    """A figure as it is printed; lengths in CSS pixels, y down.

    title: the question it answers. sentence: the answer. source: what made it, and with what doubt.
    body: its picture, placed from (0, 0) down to `height`; title and small print are added around it.
    """

    title: str
    sentence: str
    source: str
    body: Sequence[Mark]
    height: float

    @property
    def small_print(self) -> list[tuple[str, str]]:
        """The lines under the picture, each with its colour."""
        said = ((self.sentence, INK), (self.source, QUIET))
        return [(line, colour) for text, colour in said for line in wrapped(text, WIDTH - 2 * MARGIN)]

    @property
    def full_height(self) -> float:
        """Of the whole sheet."""
        return HEAD + self.height + LINE * (len(self.small_print) + 1) + MARGIN

    def around(self) -> Iterator[Label]:
        """Title and small print, placed on the whole sheet, where the picture begins at HEAD."""
        yield Label(self.title, MARGIN, 20, 13, INK, bold=True)
        for place, (line, colour) in enumerate(self.small_print, start=1):
            yield Label(line, MARGIN, HEAD + self.height + LINE * place + 6, 9, colour)


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Of one line, estimated: no font is asked, as every reader has another."""
    return len(text) * size * LETTER * (1.1 if bold else 1.0)


def wrapped(text: str, width: float, size: float = 9.0) -> list[str]:
    """Lines of words no wider than `width`."""
    return textwrap.wrap(text, int(width / (size * LETTER)))
