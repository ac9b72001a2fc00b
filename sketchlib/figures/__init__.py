"""The papers' figures, made again from the models that ship, as SVG and PDF.

    from sketchlib.figures import FIGURES, as_pdf, as_svg, make
    sheet = make("recovery")                    # computed now
    Path("recovery.pdf").write_bytes(as_pdf(sheet))

A figure is a `Sheet` of marks; the same one gives both files, and the same bytes on the same machine each time.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from sketchlib.errors import InputError
from sketchlib.figures.attack_curve import attack_curve
from sketchlib.figures.heat_grid import heat_grid
from sketchlib.figures.pdf import as_pdf
from sketchlib.figures.plane import plane
from sketchlib.figures.sheet import Sheet
from sketchlib.figures.sources import Load, Turn, Workshop
from sketchlib.figures.storyboards import recovery, transfer
from sketchlib.figures.svg import as_svg

if TYPE_CHECKING:
    from sketchlib.models import Recogniser

__all__ = ["FIGURES", "FORMATS", "Plan", "Sheet", "as_pdf", "as_svg", "make"]


@dataclass(frozen=True)
class Plan:
    """One figure. title: the question it answers. paper: key in docs/papers.bib. draw: title and workshop -> sheet."""

    title: str
    paper: str
    draw: Callable[[str, Workshop], Sheet]


FIGURES: Mapping[str, Plan] = MappingProxyType(
    {
        "recovery": Plan("Where do the strokes belong?", "qu2023sketchxai", recovery),
        "transfer": Plan("What turns one thing into another?", "qu2023sketchxai", transfer),
        "heat-grid": Plan("Which strokes speak for what was drawn?", "bandyopadhyay2024explainability", heat_grid),
        "attack": Plan("How little ink must go to fool a model?", "bandyopadhyay2024explainability", attack_curve),
        "plane": Plan("How much accuracy does a FLOP buy?", "maity2025sketch", plane),
    }
)
"""Every figure by name, in the order of the papers."""

FORMATS: Mapping[str, Callable[[Sheet], bytes]] = MappingProxyType(
    {"svg": lambda sheet: as_svg(sheet).encode(), "pdf": as_pdf}
)
"""What a figure can be written as."""


def make(name: str, load: Load | None = None, turn: Turn = nullcontext) -> Sheet:
    """A figure by its name in `FIGURES`.

    load: name of a card -> recogniser; `sketchlib.models.load` if None. turn: entered around each piece of work of a
    network, so that others have their turn between two. Raises InputError for an unknown name and where what is quoted
    is missing, CheckpointError where weights are.
    """
    if name not in FIGURES:
        raise InputError(f"a figure is one of {', '.join(FIGURES)}, got {name!r}")
    plan = FIGURES[name]
    return plan.draw(plan.title, Workshop(load or _load, turn))


def _load(name: str) -> "Recogniser":
    from sketchlib.models import load

    return load(name)
