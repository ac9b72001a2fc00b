"""The folder of a gallery: photo/<key>.jpg, items.json (what each shows) and lines.ndjson.gz (its lines as strokes)."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from gallery.designs import Design
from gallery.families import FAMILIES
from gallery.shapes import Array

LICENCE = "CC0-1.0"


class Collection:
    """What a folder holds so far.

    settings: how it is made (seed, side, samples ...), written into items.json.
    Raises SystemExit when the folder was made with other settings.
    """

    def __init__(self, folder: Path, settings: dict[str, int]) -> None:
        self._folder, self._settings = folder, settings
        self._items: dict[str, dict[str, Any]] = {}
        self._lines: dict[str, dict[str, Any]] = {}
        (folder / "photo").mkdir(parents=True, exist_ok=True)
        if (folder / "items.json").exists():
            self._read()

    def _read(self) -> None:
        table = json.loads((self._folder / "items.json").read_text())
        if table["settings"] != self._settings:
            raise SystemExit(
                f"a folder holds one gallery: {self._folder} was made with {table['settings']}, got {self._settings}"
            )
        self._items = {item["key"]: item for item in table["items"]}
        with gzip.open(self._folder / "lines.ndjson.gz", "rt") as stream:
            self._lines = {record["key"]: record for record in map(json.loads, stream)}

    def __len__(self) -> int:
        return len(self._items)

    def has_group(self, number: int) -> bool:
        """Whether the siblings with this number are there; a group is only ever saved whole."""
        return any(int(key[-5:-1]) == number for key in self._items)

    def add(self, design: Design, drawing: Sequence[Array], photo: bytes) -> None:
        """One more piece; its photo is written at once, the tables by `save`."""
        (self._folder / "photo" / f"{design.key}.jpg").write_bytes(photo)
        self._items[design.key] = {"photo": f"{design.key}.jpg", "kind": FAMILIES[design.family].kind, **asdict(design)}
        strokes = [np.rint(np.clip(stroke, 0, 1).T * 255).astype(int).tolist() for stroke in drawing]
        self._lines[design.key] = {"photo": f"{design.key}.jpg", "key": design.key, "drawing": strokes}

    def save(self) -> None:
        """Writes items.json and lines.ndjson.gz, the same bytes for the same content."""
        lines = "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in self._lines.values())
        _replace(self._folder / "lines.ndjson.gz", gzip.compress(lines.encode(), mtime=0))
        rows = ",\n".join(json.dumps(item) for item in self._items.values())
        head = f'{{"licence": "{LICENCE}", "settings": {json.dumps(self._settings)}, "items": [\n'
        _replace(self._folder / "items.json", f"{head}{rows}\n]}}\n".encode())


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(content)
    beside.replace(path)
