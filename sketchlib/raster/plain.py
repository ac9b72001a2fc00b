"""Scenes to ink, numpy in and numpy out, no torch: the compiled kernel where numba is there, else numpy."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchlib.raster import windows
from sketchlib.raster.scene import LINE_WIDTH, SOFTNESS, Scene, flatten
from sketchlib.sketch import Sketch

kernel: ModuleType | None
try:
    from sketchlib.raster import kernel
except ImportError:  # numba is missing
    kernel = None

Array = NDArray[Any]
PADDING = 16
"""Rows are a multiple of this many pixels while they are drawn."""
Record = tuple[Array, ...]
_local = threading.local()


@cache
def _pool(threads: int, process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads)


def _each(count: int, threads: int, action: Callable[[int], Any]) -> list[Any]:
    """[action(0), .. action(count - 1)], on a pool where that is asked for and worth it."""
    if min(threads, count) <= 1:
        return [action(index) for index in range(count)]
    return list(_pool(threads, os.getpid()).map(action, range(count)))


def _workspace(side: int, kind: np.dtype[Any], engine: Any) -> Any:
    """This thread's scratch memory for images of one side, kept for the next call."""
    key = (side, kind, engine)
    if getattr(_local, "key", None) != key:
        _local.key, _local.work = key, engine.new_workspace(side, kind)
    return _local.work


def compiles() -> bool:
    """Whether numba is there, so that the `kernel` path is."""
    return kernel is not None


def _engine(path: str) -> Any:
    return windows if path == "numpy" or (path == "auto" and not compiles()) else kernel


def _arrays(scene: Scene) -> tuple[Any, ...]:
    softness = scene.points.dtype.type(scene.softness)
    return scene.points, scene.strokes, scene.segments, scene.stroke_opacity, scene.segment_opacity, softness


def draw(scene: Scene, threads: int = 1, path: str = "auto", keep: bool = False) -> tuple[Array, list[Record]]:
    """Ink (B, side, side), and per sketch the record that `backward` reads (empty unless kept)."""
    engine, arrays = _engine(path), _arrays(scene)
    bounds, widths = scene.sketches.tolist(), scene.line_width
    images = np.zeros((len(widths), scene.side, scene.side + -scene.side % PADDING), scene.points.dtype)

    def one(index: int) -> Record:
        work = _workspace(scene.side, scene.points.dtype, engine)
        record: Record = engine.draw(images[index], work, arrays, bounds[index], bounds[index + 1], widths[index], keep)
        return record

    records = _each(len(widths), threads, one)
    return np.ascontiguousarray(images[..., : scene.side]), records


def backward(
    scene: Scene, records: list[Record], gradient: Array, threads: int = 1, path: str = "auto"
) -> tuple[Array, Array, Array, Array]:
    """Gradients of points (P, 2), stroke opacities (S,), segment opacities (M,) and line widths (B,) from the ink's."""
    engine, arrays, bounds = _engine(path), _arrays(scene), scene.sketches.tolist()
    gradients = tuple(np.zeros_like(a) for a in (scene.points, scene.stroke_opacity, scene.segment_opacity))
    by_width = np.zeros_like(scene.line_width)
    if scene.side % PADDING:
        gradient = np.pad(gradient, ((0, 0), (0, 0), (0, -scene.side % PADDING)))

    def one(index: int) -> None:
        work = _workspace(scene.side, scene.points.dtype, engine)
        first, last, width = bounds[index], bounds[index + 1], scene.line_width[index]
        by_width[index] = engine.backward(gradient[index], work, records[index], arrays, first, last, width, gradients)

    _each(len(by_width), threads, one)
    return gradients[0], gradients[1], gradients[2], by_width


def render_flat(
    points: Array,
    stroke_ends: ArrayLike,
    sketch_ends: ArrayLike,
    side: int,
    line_width: Array | float = LINE_WIDTH,
    softness: float = SOFTNESS,
    threads: int = 1,
) -> NDArray[np.float32]:
    """A flat batch of sketches as ink (B, side, side), ink 1, paper 0.

    points: (P, 2) x, y in canvas units. stroke_ends: (S,) end of each stroke in points.
    sketch_ends: (B,) end of each sketch in strokes. line_width: one, or (B,), in canvas units, as is softness.
    threads: sketches drawn at the same time; 1 is for loader workers. Cost: in proportion to the ink.
    Raises InputError where shapes or ends do not fit, or a number is not finite.
    """
    points = np.asarray(points, dtype=np.float32)
    images: NDArray[np.float32]
    images, _ = draw(Scene.checked(points, stroke_ends, sketch_ends, side, line_width, softness), threads)
    return images


def render(
    sketch: Sketch, side: int, line_width: float = LINE_WIDTH, softness: float = SOFTNESS
) -> NDArray[np.float32]:
    """One sketch as ink (side, side), ink 1, paper 0; line width and softness in canvas units."""
    image: NDArray[np.float32] = render_flat(*flatten([sketch]), side, line_width, softness)[0]
    return image
