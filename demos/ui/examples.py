"""The sketches drawn for this project."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "examples"


@cache
def examples(folder: Path = FOLDER) -> tuple[dict[str, Any], ...]:
    """{"name", "strokes"} of each pad JSON in a folder, in the order of their file names (01-bicycle.json, ...)."""
    paths = sorted(folder.glob("*.json"))
    return tuple({"name": _name(path), "strokes": json.loads(path.read_text())["strokes"]} for path in paths)


def _name(path: Path) -> str:
    return path.stem.partition("-")[2].replace("-", " ")
