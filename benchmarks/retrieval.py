"""What finding a photo costs: the student against eager torch and a VGG16 teacher, and a whole query stage by stage.

    python benchmarks/retrieval.py [--quick] [--threads N] [--items 10000] [--model CARD] > retrieval.json

The networks read one drawing: MobileNetV2 and the whole student (oriented gradients too; also in int8 as its card has
it, by the library's own call) at 64 px, a teacher with VGG16's convolutions at 256 px, random weights. Variants are
interleaved as in raster.py, whose times and ratios these are. A query is that of a drawing as a mouse draws it, dense
and uneven: its points are thinned and read by the selector (choose), drawn on the canvas chosen (draw), embedded
(embed), and the ten nearest of random rows found (search); the library's own call, `query` and `search`, stands beside
the sum. Each quantile is over drawings and rounds.
"""

import argparse
import json
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import search
import torch
from numpy.typing import NDArray
from raster import machine, quartiles, rounds
from torch import Tensor, nn

from sketchlib.io import read_sketches
from sketchlib.models.runtime import Exported
from sketchlib.retrieval.lines import CANVASES, sketch_lines
from sketchlib.retrieval.model import DEFAULT, Retriever, load_retriever
from sketchlib.retrieval.networks import Teacher, TeacherConfig
from sketchlib.retrieval.search import ExactSearch
from sketchlib.sketch import Sketch

DRAWINGS = Path(__file__).resolve().parent.parent / "gallery"
SIDE, TEACHER_SIDE, TOP = 64, 256, 10
Spent = NDArray[np.float64]
"""Milliseconds by the clock, and of the processor, all threads."""


def as_drawn(simplified: Sketch, random: np.random.Generator) -> Sketch:
    """The same lines on an 800 px canvas by a mouse: a point about every 6 pixels, off by parts of a pixel."""
    strokes = []
    for stroke in simplified.fitted(0.2):
        corners = 800 * stroke.points
        points = [corners[:1]]
        for start, end in pairwise(corners):
            gaps = random.exponential(6.0, 1 + int(np.hypot(*(end - start)) / 6))
            points.append(start + (np.cumsum(gaps) / gaps.sum())[:, None] * (end - start))
        pixels = np.concatenate(points)
        strokes.append((pixels + random.normal(0, 0.3, pixels.shape)) / 800)
    return Sketch.from_points(strokes)


def drawings(count: int) -> list[Sketch]:
    """Lines of the shipped photos, drawn by a mouse."""
    random = np.random.default_rng(0)
    lines = list(read_sketches(DRAWINGS / "lines.ndjson.gz"))
    return [as_drawn(lines[number], random) for number in random.choice(len(lines), count, replace=False)]


def eager(network: nn.Module, lines: Tensor) -> Callable[[], Any]:
    """One drawing by torch."""

    def run() -> None:
        with torch.inference_mode():
            network(lines)

    return run


class OneChannel(nn.Module):
    """MobileNetV2 of lines: the same in all three channels."""

    def __init__(self, features: nn.Module) -> None:
        super().__init__()
        self.features = features

    def forward(self, lines: Tensor) -> Tensor:
        features: Tensor = self.features(lines.expand(-1, 3, -1, -1))
        return features


def networks(student: Retriever, drawn: Sketch) -> dict[str, Callable[[], Any]]:
    """What is compared, by name; torch with the layout of memory that suits each best."""
    lines, large = sketch_lines([drawn], SIDE), sketch_lines([drawn], TEACHER_SIDE)
    mobilenet, teacher = OneChannel(student.network.features), Teacher(TeacherConfig("vgg16", TEACHER_SIDE, 4))
    teacher.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    exported, whole = Exported(mobilenet), Exported(student.network)
    return {
        "vgg16_256_torch": eager(teacher, large),
        "mobilenetv2_64_torch": eager(mobilenet, lines),
        "mobilenetv2_64_onnxruntime": lambda: exported(lines),
        "student_64_torch": eager(student.network, lines),
        "student_64_onnxruntime": lambda: whole(lines),
        "student_64_int8": lambda: student.embed_lines(lines),
    }


def times_faster(variants: dict[str, Callable[[], Any]], count: int) -> dict[str, Any]:
    """Milliseconds of each, and how many times slower torch and the teacher are: medians of single rounds' ratios."""
    times = rounds(variants, count)
    pairs = [
        ("mobilenetv2_64_torch", "mobilenetv2_64_onnxruntime"),
        ("student_64_torch", "student_64_onnxruntime"),
        ("vgg16_256_torch", "mobilenetv2_64_onnxruntime"),
        ("vgg16_256_torch", "student_64_onnxruntime"),
        ("student_64_torch", "student_64_int8"),
        ("vgg16_256_torch", "student_64_int8"),
    ]
    ratios = {f"{slow} / {fast}": times[slow] / times[fast] for slow, fast in pairs}
    return {
        name: {"wall": quartiles(values[:, 0]), "cpu": quartiles(values[:, 1])}
        for name, values in (times | ratios).items()
    }


def staged(student: Retriever, index: ExactSearch, sketch: Sketch) -> dict[str, Spent]:
    """What each part of a query takes."""
    clock = [now()]
    canvas = CANVASES[int(student.canvas_probabilities([sketch])[0].argmax())]
    clock.append(now())
    lines = sketch_lines([sketch], canvas)
    clock.append(now())
    vector = student.embed_lines(lines)
    clock.append(now())
    index.nearest(vector, TOP)
    clock.append(now())
    spent = [after - before for before, after in pairwise(clock)]
    return dict(zip(("choose", "draw", "embed", "search"), spent, strict=True)) | {"sum": clock[-1] - clock[0]}


def asked(student: Retriever, index: ExactSearch, sketch: Sketch, canvas: int | None) -> Spent:
    """What the library's own call takes."""
    started = now()
    index.nearest(student.query(sketch, canvas, index).vector[None], TOP)
    return now() - started


def now() -> Spent:
    """Milliseconds by the clock, and of the processor."""
    return np.array([1000 * time.perf_counter(), 1000 * time.process_time()])


def queries(student: Retriever, items: int, count: int, threads: int) -> dict[str, Any]:
    """Median and p90 of every stage and of whole queries, adaptive and on each canvas."""
    index = ExactSearch(search.gallery(items, student.dimension), threads)
    sketches, rows = drawings(12), []
    for number in range(count + 1):
        for sketch in sketches:
            row = staged(student, index, sketch)
            row |= {str(canvas or "adaptive"): asked(student, index, sketch, canvas) for canvas in (None, *CANVASES)}
            rows += [row] if number else []  # the first round exports and compiles
    spent = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return {
        "items": items,
        "dimension": student.dimension,
        "points_per_drawing": int(np.median([sum(map(len, sketch)) for sketch in sketches])),
        "n": len(rows),
        "wall": {name: quantiles(each[:, 0]) for name, each in spent.items()},
        "cpu": {name: quantiles(each[:, 1]) for name, each in spent.items()},
    }


def quantiles(values: Spent) -> dict[str, float]:
    """Median and p90, to three digits."""
    median, p90 = np.percentile(values, [50, 90])
    return {"median": float(f"{median:.3g}"), "p90": float(f"{p90:.3g}")}


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rounds")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="of torch, and of a search")
    parser.add_argument("--items", type=int, default=10_000, help="photos to search")
    parser.add_argument("--model", default=DEFAULT, metavar="CARD")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    student = load_retriever(options.model)
    count = 3 if options.quick else 9
    report = {
        "unit": "milliseconds",
        "model": student.identity,
        "networks": times_faster(networks(student, drawings(1)[0]), count),
        "query": queries(student, options.items, count, options.threads),
        "machine": machine(),
    }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
