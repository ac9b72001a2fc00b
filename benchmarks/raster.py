"""How fast the raster is: against a dense torch raster, OpenCV's anti-aliased lines, and its own other paths.

    python benchmarks/raster.py [--quick] > raster.json

Variants are interleaved (A B C A B C ...) in one process, so that a busy machine slows all of them alike. Times are in
milliseconds, `wall` by the clock and `cpu` summed over threads; a ratio is the median of the ratios of single rounds.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import mse_loss

from sketchlib import raster

TYPICAL = (11, 11, 11, 11, 11, 10, 10)
"""Points per stroke of a typical sketch: 7 strokes, 75 points, 68 segments."""
Flat = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]


def drawing(lengths: tuple[int, ...], ink: float = 4.0, seed: int = 0) -> Flat:
    """Smooth random strokes, `ink` canvas units long in all whatever the number of points."""
    random, strokes = np.random.default_rng(seed), []
    for length in lengths:
        heading = random.uniform(0, 2 * np.pi) + np.cumsum(random.normal(0, 0.4, length))
        steps = ink / sum(lengths) * np.stack([np.cos(heading), np.sin(heading)], axis=1)
        strokes.append(np.clip(random.uniform(0.2, 0.8, 2) + np.cumsum(steps, axis=0), 0.02, 0.98))
    return np.concatenate(strokes).astype(np.float32), np.cumsum(lengths), np.array([len(lengths)])


def dense(points: torch.Tensor, stroke_ends: NDArray[np.int64], side: int) -> torch.Tensor:
    """The plain way: every pixel against every segment, and autograd for the rest."""
    axis = (torch.arange(side) + 0.5) / side
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    paper, begin = torch.ones(side, side), 0
    for end in stroke_ends.tolist():
        start, stop = points[begin : end - 1], points[begin + 1 : end]
        (ax, ay), (bx, by) = start.T[:, :, None, None], stop.T[:, :, None, None]
        dx, dy, rx, ry = bx - ax, by - ay, x - ax, y - ay
        along = ((rx * dx + ry * dy) / (dx * dx + dy * dy).clamp_min(1e-12)).clamp(0, 1)
        distance = ((rx - along * dx) ** 2 + (ry - along * dy) ** 2 + 1e-12).sqrt().amin(0)
        t = ((raster.LINE_WIDTH / 2 + raster.SOFTNESS - distance) / (2 * raster.SOFTNESS)).clamp(0, 1)
        paper, begin = paper * (1 - t * t * (3 - 2 * t)), end
    return (1 - paper)[None, None]


def opencv(flat: Flat, side: int) -> Callable[[], Any] | None:
    """OpenCV's anti-aliased polylines, not differentiable, at our line width; None where OpenCV is missing."""
    try:
        import cv2
    except ImportError:
        return None
    lines = [np.round(stroke * side * 16).astype(np.int32) for stroke in np.split(flat[0], flat[1][:-1])]
    thickness = max(1, round(raster.LINE_WIDTH * side))

    def draw() -> Any:
        return cv2.polylines(np.zeros((side, side), np.uint8), lines, False, 255, thickness, cv2.LINE_AA, 4)

    return draw


def step(draw: Callable[[torch.Tensor], torch.Tensor], points: NDArray[np.float32], side: int) -> Callable[[], Any]:
    """Forward, composite, mean squared error and backward to the points."""
    target = torch.rand(1, 1, side, side, generator=torch.Generator().manual_seed(0))
    leaf = torch.from_numpy(points).requires_grad_()

    def run() -> None:
        leaf.grad = None
        mse_loss(draw(leaf), target).backward()

    return run


def timed(run: Callable[[], Any], repeats: int) -> tuple[float, float]:
    """Wall and CPU seconds per call."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(repeats):
        run()
    return (time.perf_counter() - wall) / repeats, (time.process_time() - cpu) / repeats


def rounds(variants: Mapping[str, Callable[[], Any]], count: int, budget: float = 0.02) -> dict[str, NDArray[Any]]:
    """(count, 2) wall and CPU milliseconds per call of each variant; `budget`: CPU seconds that fast ones repeat for.

    One untimed call goes first in every turn, because the variant before has emptied the caches.
    """
    fastest = {name: min(timed(run, 1)[1] for _ in range(4)) for name, run in variants.items()}
    repeats = {name: max(1, min(50, int(budget / seconds))) for name, seconds in fastest.items()}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in variants}
    for _ in range(count):
        for name, run in variants.items():
            run()
            times[name].append(timed(run, repeats[name]))
    return {name: 1e3 * np.array(values) for name, values in times.items()}


def quartiles(values: NDArray[Any]) -> dict[str, float]:
    """Median, first and third quartile, to four digits."""
    low, middle, high = (float(f"{value:.4g}") for value in np.percentile(values, [25, 50, 75]))
    return {"median": middle, "q1": low, "q3": high}


def compared(variants: Mapping[str, Callable[[], Any]], baseline: str, count: int) -> dict[str, Any]:
    """Times of every variant and how many times faster than the baseline it is."""
    times = rounds(variants, count)
    report: dict[str, Any] = {}
    for name, values in times.items():
        report[name] = {"wall": quartiles(values[:, 0]), "cpu": quartiles(values[:, 1])}
        if name != baseline:
            ratio = times[baseline] / np.maximum(values, 1e-6)
            report[name][f"{baseline}_over_this"] = {"wall": quartiles(ratio[:, 0]), "cpu": quartiles(ratio[:, 1])}
    return report


def gradient_step(flat: Flat, side: int, path: Any) -> Callable[[], Any]:
    """Forward, composite, loss and backward of one of our paths, or of the dense raster."""
    points, strokes, sketches = flat
    if path == "dense":
        return step(lambda leaf: dense(leaf, strokes, side), points, side)
    return step(lambda leaf: raster.rasterise(leaf, strokes, sketches, side, path=path), points, side)


def gradient_steps(flat: Flat, side: int, count: int, *paths: str) -> dict[str, Any]:
    """Gradient steps of several paths, compared to the first."""
    return compared({path: gradient_step(flat, side, path) for path in paths}, paths[0], count)


def forwards(flat: Flat, side: int, count: int) -> dict[str, Any]:
    """Drawing alone: the kernel against OpenCV's lines."""
    variants = {"kernel": lambda: raster.render_flat(*flat, side)}
    lines = opencv(flat, side)
    return compared({**variants, "opencv": lines} if lines else variants, "kernel", count)


def agreement(flat: Flat, side: int) -> dict[str, float]:
    """Greatest difference from the double reference, the gradient's relative to its greatest entry."""
    report = {}
    images, gradients = [], []
    for path, kind in (("torch", torch.float64), ("kernel", torch.float32), ("numpy", torch.float32)):
        leaf = torch.from_numpy(flat[0]).to(kind).requires_grad_()
        image = raster.rasterise(leaf, flat[1], flat[2], side, path=path)
        image.square().mean().backward()
        images.append(image.detach().double())
        gradients.append(leaf.grad.double())
        report[f"{path}_image"] = float((images[-1] - images[0]).abs().max())
        report[f"{path}_gradient"] = float((gradients[-1] - gradients[0]).abs().max() / gradients[0].abs().max())
    return report


MEMORY = """
import sys; sys.path[:0] = [".", "benchmarks"]
import raster as bench
def resident(field):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(field)) / 1024
bench.gradient_step(bench.drawing(bench.TYPICAL), 8, sys.argv[1])()
open("/proc/self/clear_refs", "w").write("5")
before = resident("VmRSS")
bench.gradient_step(bench.drawing(bench.TYPICAL), 224, sys.argv[1])()
print(resident("VmHWM") - before)
"""


def peak_memory(path: str) -> float | None:
    """MiB that one gradient step adds to a process that has everything loaded and compiled; Linux only."""
    if sys.platform != "linux":
        return None
    done = subprocess.run([sys.executable, "-c", MEMORY, path], capture_output=True, text=True, check=True)
    return round(float(done.stdout), 2)


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
    names = ("torch", "numpy", "numba")
    return {
        "commit": commit,
        "python": platform.python_version(),
        **{name: version(name) for name in names},
        "cores": os.cpu_count(),
        "torch_threads": torch.get_num_threads(),
        "load_average": os.getloadavg(),
    }


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no sweep")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="threads of torch")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    count, typical = (5, drawing(TYPICAL)) if options.quick else (11, drawing(TYPICAL))
    report = {
        "unit": "milliseconds; ratios are baseline / variant",
        "gradient_step_224": gradient_steps(typical, 224, count, "dense", "kernel", "numpy"),
        "forward_256": forwards(typical, 256, count),
        "agreement_224": agreement(typical, 224),
        "peak_memory_mib_224": {path: peak_memory(path) for path in ("dense", "kernel", "numpy")},
    }
    if not options.quick:
        sketches = {6: (6,), 75: TYPICAL, 510: (51,) * 10}
        report["sides"] = {side: gradient_steps(typical, side, 5, "kernel") for side in (64, 128, 256, 512, 1024)}
        report["points_224"] = {n: gradient_steps(drawing(s), 224, 5, "kernel") for n, s in sketches.items()}
    report["machine"] = machine()
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
