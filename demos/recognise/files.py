"""Sketches that come from elsewhere: files and links."""

import base64
import binascii
import re
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

import gradio as gr

from demos.ui import toast, told
from sketchlib.errors import FormatError, SketchlibError
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
    except binascii.Error:
        raise FormatError(f"a file arrives whole and unchanged, got a damaged transfer ({name})") from None
    return {"sketch": to_pad(first_drawing(name, content))}


def safe_name(name: str) -> str:
    """A file name fit to be written here and to be read in a message: no folders, no odd signs, not endless."""
    return re.sub(r"[^\w. ()-]", "_", PurePosixPath(name.replace("\\", "/")).name)[-80:] or "sketch"


def first_drawing(name: str, content: bytes) -> Sketch:
    """The first sketch of a file's content, read by the suffix of its name; all but pad JSON are fitted to the pad."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        sketch = next(iter(read_sketches(path, limit=1)), None)
    if sketch is None or not sketch.strokes:
        raise FormatError(f"a file holds at least one drawing with a stroke, got none ({name})")
    return sketch if path.suffix == ".json" else sketch.fitted(margin=0.08)


@told
def share(value: dict[str, Any]) -> dict[str, Any]:
    """The token of a share link: ?s=token."""
    return {"token": to_token(from_pad(value))}


def restore(request: gr.Request) -> dict[str, Any] | None:
    """The drawing of a share link, or nothing; a damaged link is one toast."""
    token = request.query_params.get("s")
    if not token:
        return gr.skip()
    try:
        return to_pad(from_token(token))
    except SketchlibError as error:
        raise toast(error) from error
