"""Sketches that come from elsewhere: files and links; the fast calls of every pad."""

import base64
import re
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

from demos.ui.boundary import told
from sketchlib.errors import FormatError, InputError
from sketchlib.io import from_pad, from_token, read_sketches, to_pad, to_token
from sketchlib.sketch import Sketch

MAXIMUM_UPLOAD_BYTES = 2 * 1024 * 1024


@told
def open_file(request: dict[str, Any]) -> dict[str, Any]:
    """A file the visitor opened, {"name", "data": base64} -> {"sketch": pad value} of its first drawing, fitted."""
    name, data = safe_name(str(request.get("name"))), str(request.get("data"))
    if len(data) * 3 / 4 > MAXIMUM_UPLOAD_BYTES:
        raise FormatError(f"a sketch file has at most 2 MB, got {len(data) * 3 / 4 / 2**20:.1f} MB ({name})")
    try:
        content = base64.b64decode(data, validate=True)
    except ValueError:
        raise FormatError(f"a file arrives whole and unchanged, got a damaged transfer ({name})") from None
    return {"sketch": to_pad(first_drawing(name, content))}


def safe_name(name: str) -> str:
    """A file name fit to be written here and to be read in a message: no folders, no odd signs, not endless."""
    return re.sub(r"[^\w. ()-]", "_", PurePosixPath(name.replace("\\", "/")).name)[-80:] or "sketch"


def first_drawing(name: str, content: bytes) -> Sketch:
    """The first sketch of a file's content, read by the suffix of its name; all but pad JSON are fitted to the pad."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_bytes(content)
            sketch = next(iter(read_sketches(path, limit=1)), None)
    except OSError as error:
        raise InputError(f"a file is opened where there is room for a copy, got {error.strerror} ({name})") from None
    if sketch is None or not sketch.strokes:
        raise FormatError(f"a file holds at least one drawing with a stroke, got none ({name})")
    return sketch if path.suffix == ".json" else sketch.fitted(margin=0.08)


@told
def share(value: dict[str, Any]) -> dict[str, Any]:
    """A pad value -> {"token"} of its link: ?s=token&tab=name."""
    return {"token": to_token(from_pad(value))}


@told
def restore(request: dict[str, Any]) -> dict[str, Any]:
    """{"token"} of a link -> {"sketch": pad value}."""
    return {"sketch": to_pad(from_token(str(request.get("token"))))}


FILE_CALLS: dict[str, Any] = {"open_file": open_file, "share": share, "restore": restore}
"""Arguments of a `SketchPad` whose visitors may bring drawings and take links away."""
