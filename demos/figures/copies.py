"""Figures as files: the copies that ship, and those that were made here, which stay until the process ends."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from demos.ui import shelf
from demos.ui.lanes import JOB
from sketchlib.errors import InputError
from sketchlib.figures import FIGURES, FORMATS, make
from sketchlib.models.cards import find_card

if TYPE_CHECKING:
    from sketchlib.models import Recogniser

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "figures" / "papers"
KINDS = {"svg": "image/svg+xml", "pdf": "application/pdf"}
SHIPPED = "This is the copy that ships."


@dataclass(frozen=True)
class Copy:
    """A figure's files by kind, and a sentence on where they are from."""

    files: dict[str, bytes]
    note: str

    @property
    def svg(self) -> str:
        """The document."""
        return self.files["svg"].decode()


_made: dict[str, Copy] = {}


def shipped(name: str, folder: Path = FOLDER) -> Copy:
    """What was made here, or else the copy that ships. Raises InputError for an unknown name and a missing file."""
    if name not in FIGURES:
        raise InputError(f"a figure is one of {', '.join(FIGURES)}, got {name[:40]!r}")
    if name in _made:
        return _made[name]
    try:
        return Copy({kind: (folder / f"{name}.{kind}").read_bytes() for kind in KINDS}, SHIPPED)
    except OSError as error:
        raise InputError(f"a copy of each figure ships in docs/figures/papers, got {error.strerror}: {name}") from None


def file_of(name: str, kind: str) -> bytes:
    """One file of what `shipped` returns, and its errors; InputError for an unknown kind."""
    if kind not in KINDS:
        raise InputError(f"a figure is saved as one of {', '.join(KINDS)}, got {kind[:40]!r}")
    return shipped(name).files[kind]


def made(name: str) -> Copy:
    """The figure made now, or earlier by this process: the same command always makes the same. Errors as in `make`."""
    if name not in _made:
        begun = time.monotonic()
        sheet = make(name, _on_the_shelf, lambda: shelf.lane(JOB))
        files = {kind: write(sheet) for kind, write in FORMATS.items()}
        same = shipped(name).files == files
        than = "the same, byte for byte, as" if same else "in some digits not the same as"
        note = f"Made here in {time.monotonic() - begun:.1f} s; {than} the copy that ships."
        _made[name] = Copy(files, note)
    return _made[name]


def _on_the_shelf(name: str) -> "Recogniser":
    return shelf.get(find_card(name).title)
