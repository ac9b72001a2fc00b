"""The Assist tab: draw a photo, and the strokes that do not match it are marked while you draw."""

import base64
import logging
from pathlib import Path
from typing import Any

import gradio as gr

from demos.assist.about import NUMBERS, SILENCE, WHAT
from demos.assist.marks import METHODS, Wish, marks, rank
from demos.pad import Drawings, Guide, SketchPad, revision
from demos.ui import FILE_CALLS, about_numbers, examples, introduction, told, with_claims
from demos.ui.photos import PHOTOS, make_ready, shipped, why_not
from sketchlib.errors import SketchlibError
from sketchlib.io import from_pad

TITLE = "Assist"
PAD = "pad-assist"
FOLDER = Path(__file__).parent
EXAMPLES = FOLDER / "drawings"
MOST_PICTURES = 64
CHOICE = {"aim": "", "method": "fast"}


@told
def live(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of the pad: {"sketch", "options": of `Wish`} -> the photo's rank."""
    sketch, rev = from_pad(request.get("sketch")), revision(request.get("sketch"))
    if not sketch.strokes:
        return {"rev": rev, "top": []}
    return {"rev": rev, **rank(sketch, Wish.read(request.get("options")))}


@told
def colours(request: dict[str, Any]) -> dict[str, Any]:
    """The second call about a whole drawing, with the same options -> {"heat"}: strokes that do not match."""
    sketch, rev = from_pad(request.get("sketch")), revision(request.get("sketch"))
    return {"heat": marks(sketch, rev, request.get("options"))}


@told
def pictures(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of the guide: {"names"} -> {"pictures": {name: JPEG in base64}} of those that ship."""
    gallery, names = shipped(), request.get("names")
    wanted = [str(name) for name in names][:MOST_PICTURES] if isinstance(names, list) else []
    known = [name for name in wanted if name in gallery.names]
    return {"pictures": {name: base64.b64encode(gallery.thumbnail(name)).decode() for name in known}}


def warm_up() -> None:
    """Load and embed what a first stroke would wait for."""
    try:
        if not why_not():
            make_ready()
    except SketchlibError as error:
        logging.getLogger(__name__).warning("no drawing can be assisted: %s", error)


def build(page: gr.Blocks) -> None:
    """Lay the tab out inside `page` and wire it; without a network or a gallery it says why, and nothing else."""
    introduction(WHAT, "bandyopadhyay2024explainability")
    if reason := why_not():
        Drawings({"question": "No photos to draw", "empty": reason}, elem_id="assist-why", elem_classes="answer-card")
        return
    drawn = examples(EXAMPLES)
    photo_of = {example["name"]: f"{example['name'].partition(' with')[0].replace(' ', '-')}.jpg" for example in drawn}
    names = sorted(path.name for path in PHOTOS.iterdir() if path.suffix == ".jpg")
    with gr.Row(equal_height=False):
        with gr.Column(elem_classes="pad-column"):
            SketchPad(
                name=PAD, options=CHOICE, examples=with_claims(drawn, FOLDER), live=live, colours=colours, **FILE_CALLS
            )
        with gr.Column(min_width=340):
            Guide(
                CHOICE, pad=PAD, names=names, pictures=pictures, methods=METHODS, photo_of=photo_of, elem_id="guide",
                elem_classes="answer-card",
            )  # fmt: skip
    about_numbers(NUMBERS, SILENCE)
