"""Whether the student's network in int8 is faster and finds as many photos: static quantisation, canvas by canvas.

    python benchmarks/int8.py --data DIR [--held-out 60] [--canvases 64 256] [--model CARD] > int8.json

ONNX Runtime's own quantisation of MobileNetV2 (QDQ, weights int8 by channel, activations uint8 between the least and
the greatest value seen) on drawings of the photos of --data that are not held out, and as many lines of the shipped
gallery; the oriented gradients stay in float32. acc@1 and acc@10 are of the held-out photos among themselves, with the
gradients and without (what is learned alone, where a loss would show). Times as in raster.py, one drawing, one thread.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from raster import machine, quartiles, rounds
from retrieval import DRAWINGS, OneChannel
from torch import Tensor

from sketchlib.io.pairs import Pairs, read_pairs, split_pairs
from sketchlib.io.photos import read_photo
from sketchlib.models.runtime import onnx_bytes, session_of
from sketchlib.retrieval.lines import CANVASES, sketch_lines
from sketchlib.retrieval.metrics import accuracy, ranks
from sketchlib.retrieval.model import DEFAULT, Retriever, load_retriever
from sketchlib.retrieval.networks import beside

CALIBRATED_ON = 64
"""Drawings of each kind; half of them on the largest canvas, where each has 16 times the values of 64 px."""
ROUNDS = 7


class Drawings(CalibrationDataReader):  # type: ignore[misc]
    """Feeds drawings to the calibration one by one."""

    def __init__(self, lines: Tensor) -> None:
        self.feeds: Iterator[dict[str, Any]] = ({"input0": each[None].numpy()} for each in lines)

    def get_next(self) -> dict[str, Any] | None:
        return next(self.feeds, None)


def in_int8(model: bytes, lines: Tensor) -> bytes:
    """The model with the ranges that these drawings need."""
    with tempfile.TemporaryDirectory() as folder:
        given, ready, made = (Path(folder, name) for name in ("given.onnx", "ready.onnx", "made.onnx"))
        given.write_bytes(model)
        quant_pre_process(given, ready, skip_symbolic_shape=True)
        kinds = {"activation_type": QuantType.QUInt8, "weight_type": QuantType.QInt8}
        quantize_static(ready, made, Drawings(lines), per_channel=True, **kinds)
        return made.read_bytes()


def reader(session: Any) -> Callable[[Tensor], Tensor]:
    """Features of drawings, one by one."""
    return lambda lines: torch.from_numpy(
        np.concatenate([session.run(None, {"input0": x[None].numpy()})[0] for x in lines])
    )


def found(student: Retriever, features: Tensor, lines: Tensor, photos: NDArray[Any], held: Pairs) -> dict[str, Any]:
    """acc@1 and acc@10 of the whole likeness and of what is learned."""
    learned = torch.nn.functional.normalize(features, dim=1)
    report = {}
    for name, share in (("whole", student.network.config.fixed), ("learned", 0.0)):
        queries = beside(learned, lines, share).numpy()
        rank = ranks(-queries @ photos.T, held.photo_of)
        report[name] = {f"acc{k}": round(accuracy(rank, k), 4) for k in (1, 10)}
    return report


def on_canvas(student: Retriever, kept: Pairs, held: Pairs, photos: NDArray[Any], canvas: int) -> dict[str, Any]:
    """float32 against int8 on one canvas."""
    random, gallery = np.random.default_rng(0), read_pairs(DRAWINGS)
    count = CALIBRATED_ON // (2 if canvas == CANVASES[-1] else 1)
    some = [pairs.sketches[i] for pairs in (kept, gallery) for i in random.choice(len(pairs.sketches), count, False)]
    lines = sketch_lines(held.sketches, canvas)
    model = onnx_bytes(OneChannel(student.network.features), (lines[:1],))
    models = {"float32": model, "int8": in_int8(model, sketch_lines(some, canvas))}
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
