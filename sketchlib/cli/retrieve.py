"""`gallery build` and `retrieve` on the command line: their options, and the lines they print."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sketchlib.retrieval.gallery import Gallery
    from sketchlib.retrieval.model import Query
    from sketchlib.sketch import Sketch

MODEL = "sketchynet-v4"


def add_build_options(command: argparse.ArgumentParser) -> None:
    """The options of `gallery build`."""
    add = command.add_argument
    add("source", type=Path, metavar="DIR", help="photos: a folder, searched with its subfolders, or a zip")
    add("--out", type=Path, metavar="DIR", help="where the gallery goes (default: beside the photos, NAME-gallery)")
    add(
        "--model",
        default=MODEL,
        metavar="NAME",
        help="network: title of a card that ships, or a .toml (default: %(default)s)",
    )
    command.set_defaults(lines=built)


def add_retrieve_options(command: argparse.ArgumentParser) -> None:
    """The options of `retrieve`."""
    add = command.add_argument
    add("file", type=Path, metavar="FILE", help="sketches: ndjson(.gz), pad JSON, SVG, npz or npy; or a folder")
    add("--gallery", type=Path, required=True, metavar="DIR", help="made by `gallery build`")
    add("--top", type=int, default=10, metavar="N", help="photos for each sketch (default: %(default)s)")
    add(
        "--canvas",
        type=_canvas,
        metavar="PIXELS",
        help="side of what is read: 32, 64, 128, 256 or auto (default: auto, the network chooses)",
    )
    add("--model", default=MODEL, metavar="NAME", help="network the gallery was built with (default: %(default)s)")
    add("--json", action="store_true", help="print one JSON object a sketch")
    command.set_defaults(lines=retrieved)


def _canvas(text: str) -> int | None:
    if text == "auto":
        return None
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"a number of pixels or auto, got {text!r}")
    return int(text)


def built(options: argparse.Namespace) -> Iterator[str]:
    """Builds the gallery; the lines say what is in it, and what is not. Errors as in `Gallery.build`."""
    from tqdm import tqdm

    from sketchlib.retrieval.gallery import Gallery
    from sketchlib.retrieval.model import load_retriever

    source = options.source.resolve()
    out = options.out or source.with_name(f"{source.name.removesuffix('.zip')}-gallery")
    encoder = load_retriever(options.model).photos
    with tqdm(desc="photos", unit="photo", disable=None) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        gallery = Gallery.build(source, encoder, out, progress)
    yield f"{len(gallery)} photos in {out}, by {gallery.manifest.encoder}"
    yield from (f"left out: {problem.name}: {problem.sentence}" for problem in gallery.problems)
    yield from (f"the same as {kept}: {name}" for name, kept in gallery.duplicates.items())


def retrieved(options: argparse.Namespace) -> Iterator[str]:
    """The nearest photos of each sketch. Errors as in `Gallery.load`, `read_sketches` and the model's `query`."""
    from sketchlib.io import read_sketches
    from sketchlib.retrieval.gallery import Gallery
    from sketchlib.retrieval.model import load_retriever

    retriever = load_retriever(options.model)
    gallery = Gallery.load(options.gallery, retriever.photos)
    for number, sketch in enumerate(read_sketches(options.file), start=1):
        query = retriever.query(sketch, options.canvas, gallery)
        answer = _answer(gallery, number, sketch, query, options.top)
        yield json.dumps(answer, ensure_ascii=False) if options.json else _text(answer)


def _answer(gallery: "Gallery", number: int, sketch: "Sketch", query: "Query", top: int) -> dict[str, Any]:
    matches = gallery.search(query.vector, top)
    found = zip(matches.names[0], matches.distances[0].tolist(), strict=True)
    return {
        "number": number,
        "label": sketch.label,
        "canvas": query.canvas,
        "milliseconds": round(query.milliseconds, 2),
        "matches": [{"name": name, "distance": round(distance, 6)} for name, distance in found],
    }


def _text(answer: dict[str, Any]) -> str:
    head = f"{answer['number']:>5}  {answer['label']:<20}  {answer['canvas']} px, {answer['milliseconds']:.1f} ms"
    found = [f"       {match['distance']:.3f}  {match['name']}" for match in answer["matches"]]
    return "\n".join([head, *found])
