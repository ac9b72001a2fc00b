"""Whether the student's network in int8 is faster and finds as many photos: static quantisation, canvas by canvas.

    python benchmarks/int8.py --data DIR [--held-out 60] [--canvases 64 256] [--model CARD] > int8.json

Quantised as `train retrieve int8` does it (sketchlib/train/retrieval/int8.py), by drawings of the photos of --data that
are not held out and lines of the shipped gallery. acc@1 and acc@10 are of the held-out photos among themselves, with
the gradients and without (what is learned alone, where a loss would show). Times as in raster.py, one drawing, one
thread.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from raster import machine, quartiles, rounds
from retrieval import DRAWINGS
from torch import Tensor

from sketchlib.io.pairs import Pairs, read_pairs, split_pairs
from sketchlib.io.photos import read_photo
from sketchlib.models.mobilenet import FEATURES
from sketchlib.models.runtime import onnx_bytes, session_of
from sketchlib.retrieval.lines import CANVASES, sketch_lines
from sketchlib.retrieval.metrics import accuracy, ranks
from sketchlib.retrieval.model import DEFAULT, Retriever, load_retriever
from sketchlib.retrieval.networks import beside
from sketchlib.train.retrieval.int8 import in_int8, sample

ROUNDS = 7


def reader(session: Any) -> Callable[[Tensor], Tensor]:
    """Rows of drawings, one by one."""
    return lambda lines: torch.from_numpy(
        np.concatenate([session.run(None, {"input0": x[None].numpy()})[0] for x in lines])
    )


def found(student: Retriever, rows: Tensor, lines: Tensor, photos: NDArray[Any], held: Pairs) -> dict[str, Any]:
    """acc@1 and acc@10 of the whole likeness and of what is learned."""
    learned = torch.nn.functional.normalize(rows[:, :FEATURES], dim=1)
    report = {}
    for name, queries in (("whole", rows), ("learned", beside(learned, lines, 0.0))):
        rank = ranks(-queries.numpy() @ photos.T, held.photo_of)
        report[name] = {f"acc{k}": round(accuracy(rank, k), 4) for k in (1, 10)}
    return report


def on_canvas(student: Retriever, kept: Pairs, held: Pairs, photos: NDArray[Any], canvas: int) -> dict[str, Any]:
    """float32 against int8 on one canvas."""
    held_in = sketch_lines(sample([kept, read_pairs(DRAWINGS)], 0), canvas)
    lines = sketch_lines(held.sketches, canvas)
    models = {
        "float32": onnx_bytes(student.network, (lines[:1],)),
        "int8": in_int8(student.network, held_in),
    }
    runs = {name: reader(session_of(each, 1)) for name, each in models.items()}
    times = rounds({name: lambda run=run: run(lines[:1]) for name, run in runs.items()}, ROUNDS)
    report = {
        name: {
            "bytes": len(models[name]),
            "cpu": quartiles(times[name][:, 1]),
            **found(student, run(lines), lines, photos, held),
        }
        for name, run in runs.items()
    }
    ratio = times["float32"] / times["int8"]
    return report | {"times_faster": {"wall": quartiles(ratio[:, 0]), "cpu": quartiles(ratio[:, 1])}}


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="photo/ and *.ndjson.gz, as ChairV2")
    parser.add_argument("--held-out", type=int, default=60)
    parser.add_argument("--canvases", type=int, nargs="*", default=CANVASES)
    parser.add_argument("--model", default=DEFAULT, metavar="CARD")
    options = parser.parse_args()
    torch.set_num_threads(1)
    student = load_retriever(options.model)
    kept, held = split_pairs(read_pairs(options.data), options.held_out)
    photos = student.photos.embed_photos([read_photo(path) for path in held.photos])
    report = {str(canvas): on_canvas(student, kept, held, photos, canvas) for canvas in options.canvases}
    print(json.dumps({"model": student.identity, "n": len(held.sketches), **report, "machine": machine()}, indent=1))


if __name__ == "__main__":
    main()
