"""Sketches to ink without gradients: numpy in, numpy out, no torch."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sketchlib.errors import InputError
from sketchlib.sketch import Sketch

try:
    from sketchlib.raster import kernel
except ImportError:
    kernel = None  # type: ignore[assignment]
from sketchlib.raster import windows

LINE_WIDTH = 0.025
SOFTNESS = 0.008

Array = NDArray[Any]
_local = threading.local()


def flatten(sketches: Iterable[Sketch]) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """Points (P, 2) of all strokes, the end of each stroke in them (S,), the end of each sketch in the strokes (B,)."""
    sketches = list(sketches)
    strokes = [stroke.points for sketch in sketches for stroke in sketch]
    points = np.concatenate([np.empty((0, 2)), *strokes]).astype(np.float32)
    stroke_ends = np.cumsum([len(stroke) for stroke in strokes], dtype=np.int64)
    return points, stroke_ends, np.cumsum([len(sketch) for sketch in sketches], dtype=np.int64)


def segment_ends(stroke_ends: Array) -> Array:
    """The end of each stroke in the list of segments (S,): n points make n - 1 segments, one point makes one (a dot)."""
    lengths = np.diff(stroke_ends, prepend=0)
    return np.cumsum(np.maximum(lengths - 1, np.minimum(lengths, 1)))


def workspace(side: int, dtype: Any) -> Any:
    """This thread's scratch memory for images of one side, kept for the next call."""
    if getattr(_local, "key", None) != (side, dtype):
        _local.key, _local.work = (side, dtype), kernel.new_workspace(side, dtype)
    return _local.work


def each(count: int, threads: int, action: Callable[[int], None]) -> None:
    """Run action(0) .. action(count - 1), on a pool where that is asked for and worth it."""
    if min(threads, count) <= 1:
        for index in range(count):
            action(index)
        return
    with ThreadPoolExecutor(min(threads, count)) as pool:
        list(pool.map(action, range(count)))


def render_flat(
    points: Array,
    stroke_ends: Array,
    sketch_ends: Array,
    side: int,
    line_width: ArrayLike = LINE_WIDTH,
    softness: float = SOFTNESS,
    threads: int = 1,
) -> NDArray[np.float32]:
    """A flat batch of sketches as ink (B, side, side), ink 1, paper 0.

    points: (P, 2) x, y in canvas units. stroke_ends: (S,) end of each stroke in points.
    sketch_ends: (B,) end of each sketch in strokes. line_width: one, or (B,), in canvas units, as is softness.
    threads: sketches drawn at the same time; 1 is for loader workers. Cost: in proportion to the ink.
    """
    points = np.ascontiguousarray(points, dtype=np.float32)
    stroke_ends, sketch_ends = np.asarray(stroke_ends, np.int64), np.asarray(sketch_ends, np.int64)
    if side < 1 or softness <= 0:
        raise InputError(f"side is at least 1 and softness above 0, got side {side} and softness {softness}")
    widths = np.broadcast_to(np.asarray(line_width, np.float32), sketch_ends.shape)
    ends = segment_ends(stroke_ends)
    opacities = np.ones(len(stroke_ends), np.float32), np.ones(int(ends[-1]) if len(ends) else 0, np.float32)
    images = np.zeros((len(sketch_ends), side, side), np.float32)

    def one(index: int) -> None:
        first, last = int(sketch_ends[index - 1]) if index else 0, int(sketch_ends[index])
        segment = int(ends[first - 1]) if first else 0
        rest = (points, stroke_ends, first, last, segment, *opacities, widths[index], np.float32(softness))
        if kernel is None:
            windows.draw(images[index], *rest)
        else:
            kernel.draw(images[index], workspace(side, np.float32), *rest)

    each(len(sketch_ends), threads, one)
    return images


def render(
    sketch: Sketch, side: int, line_width: float = LINE_WIDTH, softness: float = SOFTNESS
) -> NDArray[np.float32]:
    """One sketch as ink (side, side), ink 1, paper 0; line width and softness in canvas units."""
    return render_flat(*flatten([sketch]), side, line_width, softness)[0]
