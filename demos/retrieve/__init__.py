"""The Retrieve tab: which photo did you draw, how soon is it found, and how much of the canvas does that take?"""

import base64
import html
import logging
import secrets
from pathlib import Path
from typing import Any

import gradio as gr

from demos.pad import Drawings, Finder, HeatCard, Sight, SketchPad, revision
from demos.retrieve.about import NUMBERS, SILENCE, WHAT
from demos.retrieve.answers import Wish, answer, ranks
from demos.retrieve.own import MOST_PHOTOS, SECONDS, forget, forget_visit, from_folder, from_upload, gallery_of, keep
from demos.retrieve.why import CHOICE, LABELS, PLACES, heat
from demos.ui import FILE_CALLS, about_numbers, examples, introduction, local_cards_allowed, told, with_claims
from demos.ui.photos import CANVASES, make_ready, why_not
from sketchlib.errors import SketchlibError
from sketchlib.io import from_pad

TITLE = "Retrieve"
PAD = "pad-retrieve"
FOLDER = Path(__file__).parent
EXAMPLES = FOLDER / "drawings"
MOST_PICTURES = 64
QUIET: dict[str, Any] = {"show_progress": "hidden", "concurrency_id": "retrieve", "concurrency_limit": 1}
BUILDING: dict[str, Any] = {"concurrency_id": "photos", "concurrency_limit": 1, "api_visibility": "private"}
PROGRESS = gr.Progress()
SUFFIXES = [".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".zip"]


@told
def live(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of the pad: {"sketch", "drawing", "options": of `Wish`} -> what `answer` says."""
    sketch, rev = from_pad(request.get("sketch")), revision(request.get("sketch"))
    if not sketch.strokes:
        return {"rev": rev, "top": []}
    return answer(sketch, rev, Wish.read(request.get("options")), request.get("drawing") is True)


@told
def colours(request: dict[str, Any]) -> dict[str, Any]:
    """The second call about a whole drawing, with the options of `Wish` and of `why.Question` -> {"heat"}."""
    sketch, rev = from_pad(request.get("sketch")), revision(request.get("sketch"))
    return {"heat": heat(sketch, rev, request.get("options"))}


@told
def pictures(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of the finder: {"gallery", "names"} -> {"pictures": {name: JPEG in base64}} of those it has."""
    gallery, names = gallery_of(str(request.get("gallery") or "")), request.get("names")
    wanted = [str(name) for name in names][:MOST_PICTURES] if isinstance(names, list) else []
    known = [name for name in wanted if name in gallery.names]
    return {"pictures": {name: base64.b64encode(gallery.thumbnail(name)).decode() for name in known}}


@told
def pick(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of the finder: {"gallery", "but": name} -> {"name": another photo at random, "photos": how many}."""
    names = gallery_of(str(request.get("gallery") or "")).names
    others = [name for name in names if name != request.get("but")]
    return {"name": secrets.choice(others or names), "photos": len(names)}


def leave(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of the finder: {"gallery"} of a visitor is forgotten -> {}."""
    forget(str(request.get("gallery") or ""))
    return {}


def follow(sketch: dict[str, Any], wanted: Any, sight: Any) -> Any:
    """When the pen rests: the target's rank after every stroke; trouble was told by the fast call."""
    drawn = from_pad(sketch)
    try:
        wish = Wish.read({**(wanted or {}), **(sight or {})})
        curve = ranks(drawn, wish) if drawn.strokes else []
    except SketchlibError:
        return gr.skip()
    return Finder(curve={"rev": sketch["rev"], "aim": wish.aim, "ranks": curve})


def take(
    files: list[str] | None, mine: str, request: gr.Request, progress: gr.Progress = PROGRESS
) -> tuple[Any, str, Any]:
    """Uploaded photos and zips become the gallery; on failure a toast, and the gallery stays."""
    return (*_taken(lambda: from_upload(files or [], _told(progress)), mine, request), None)


def take_folder(path: str, mine: str, request: gr.Request, progress: gr.Progress = PROGRESS) -> tuple[Any, str]:
    """The same for a folder of this machine."""
    return _taken(lambda: from_folder(path, _told(progress)), mine, request)


def leaving(request: gr.Request) -> None:
    """The visitor closes or reloads the page."""
    forget_visit(request.session_hash)


def _told(progress: gr.Progress) -> Any:
    return lambda done, total: progress((done, total), unit="photos")


def _taken(build: Any, mine: str, request: gr.Request) -> tuple[Any, str]:
    try:
        gallery = build()
    except SketchlibError as error:
        gr.Warning(html.escape(str(error)), title="These photos cannot be searched")
        return gr.skip(), mine
    forget(mine)
    key, problems = keep(gallery, request.session_hash), [[each.name, each.sentence] for each in gallery.problems]
    told_of = {"key": key, "photos": len(gallery), "duplicates": len(gallery.duplicates), "problems": problems}
    return Finder(gallery=told_of), key


def warm_up() -> None:
    """Load and embed what a first stroke would wait for."""
    try:
        if not why_not():
            make_ready()
    except SketchlibError as error:
        logging.getLogger(__name__).warning("no photos can be found: %s", error)


def build(page: gr.Blocks) -> None:
    """Lay the tab out inside `page` and wire it; without a network or a gallery it says why, and nothing else."""
    introduction(WHAT, "maity2025sketch")
    if reason := why_not():
        Drawings({"question": "No photos to find", "empty": reason}, elem_id="retrieve-why", elem_classes="answer-card")
        return
    drawn = examples(EXAMPLES)
    photo_of = {example["name"]: f"{example['name'].replace(' ', '-')}.jpg" for example in drawn}
    with gr.Row(equal_height=False):
        with gr.Column(elem_classes="pad-column"):
            calls: dict[str, Any] = {"live": live, "colours": colours, **FILE_CALLS}
            pad = SketchPad(name=PAD, options=CHOICE, examples=with_claims(drawn, FOLDER), **calls)
            sight = Sight(pad=PAD, canvases=CANVASES, elem_id="sight", elem_classes="answer-card")
        with gr.Column(min_width=340):
            finder = Finder(
                pad=PAD, pictures=pictures, pick=pick, leave=leave, photo_of=photo_of, elem_id="finder",
                elem_classes="answer-card",
            )  # fmt: skip
            HeatCard(
                CHOICE, pad=PAD, methods=LABELS, classes=PLACES, best="the nearest", sanity=False, elem_id="why",
                elem_classes="answer-card",
            )  # fmt: skip
            _own_photos(finder)
    pad.input(follow, [pad, finder, sight], finder, trigger_mode="always_last", api_visibility="private", **QUIET)
    page.unload(leaving)
    about_numbers(NUMBERS, SILENCE)


def _own_photos(finder: Finder) -> None:
    """Uploads, and a folder where the machine is the visitor's."""
    mine = gr.State("", time_to_live=SECONDS, delete_callback=forget)
    with gr.Accordion("Your own photos", open=False, elem_id="own-photos", elem_classes="model-card"):
        label = f"Up to {MOST_PHOTOS} photos or a zip; in memory, for you alone, gone when you leave"
        files = gr.File(label=label, file_count="multiple", file_types=SUFFIXES, height=140, elem_id="own-files")
        files.upload(take, [files, mine], [finder, mine, files], show_progress_on=files, **BUILDING)
        if local_cards_allowed():
            path = gr.Textbox(label="Or a folder on this machine", elem_id="own-folder", max_lines=1)
            button = gr.Button("Use this folder", elem_id="use-folder")
            triggers = [button.click, path.submit]
            gr.on(triggers, take_folder, [path, mine], [finder, mine], show_progress_on=button, **BUILDING)
