"""The compiled raster: windows around segments, one pass per stroke, cost in proportion to ink.

Everything here works on one sketch of a flat batch and in pixel units (a canvas unit is `side` pixels).
The workspace of `new_workspace` is clean (all zero) between calls, so that it is reused without clearing it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import DTypeLike, NDArray

BLOCK = 16
Function = TypeVar("Function", bound=Callable[..., Any])
Workspace = tuple[NDArray[Any], NDArray[np.int32], NDArray[np.bool_], NDArray[np.int32]]


def _compiled(function: Function) -> Function:
    options = {"nogil": True, "fastmath": True, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # neither the installation nor the user's cache folder can be written
        return numba.njit(**options)(function)  # type: ignore[no-any-return]


def new_workspace(side: int, dtype: DTypeLike) -> Workspace:
    """Best ink of the current stroke, the segment it comes from, blocks touched (flag and list), for one image."""
    blocks = -(-side // BLOCK)
    pitch = blocks * BLOCK
    best, winner = np.zeros((side, pitch), dtype), np.zeros((side, pitch), np.int32)
    return best, winner, np.zeros(side * blocks, np.bool_), np.empty(side * blocks, np.int32)


@_compiled
def _pixels(low, high, side):  # type: ignore[no-untyped-def]
    """First and one-past-last pixel whose centre lies in [low, high], cut to the image."""
    first = np.ceil(min(max(low - 0.5, 0.0), side))
    last = np.floor(min(max(high - 0.5, -1.0), side - 1.0)) + 1.0
    return int(first), int(last)


@_compiled
def _paint_row(best, winner, rx, ry, dx, dy, inverse_sq, reach, slope, opacity, segment):  # type: ignore[no-untyped-def]
    """Raise the ink of one row to the segment's; (rx, ry) is the first pixel centre relative to its start."""
    one, zero = best.dtype.type(1), best.dtype.type(0)
    for i in range(best.size):
        x = rx + best.dtype.type(i)
        along = min(max((x * dx + ry * dy) * inverse_sq, zero), one)
        ex, ey = x - along * dx, ry - along * dy
        t = min(max((reach - np.sqrt(ex * ex + ey * ey)) * slope, zero), one)
        ink = opacity * t * t * (best.dtype.type(3) - t - t)
        old, number = best[i], winner[i]
        best[i] = ink if ink > old else old
        winner[i] = segment if ink > old else number


@_compiled
def _paint_segment(work, count, ax, ay, bx, by, reach, slope, opacity, segment):  # type: ignore[no-untyped-def]
    """Paint one capsule into the workspace; return the number of touched blocks so far."""
    best, winner, flags, touched = work
    real = best.dtype.type
    side, blocks = best.shape[0], best.shape[1] // BLOCK
    dx, dy = bx - ax, by - ay
    length_sq = dx * dx + dy * dy
    inverse_sq = real(1) / length_sq if length_sq > real(1e-12) else real(0)
    half = reach * np.sqrt(length_sq)
    left, right = min(ax, bx) - reach, max(ax, bx) + reach
    top, bottom = _pixels(min(ay, by) - reach, max(ay, by) + reach, side)
    for y in range(top, bottom):
        ry = real(y) + real(0.5) - ay
        low, high = left, right
        if abs(dy) > real(1e-6):
            middle, spread = ax + ry * dx / dy, half / abs(dy)
            low, high = max(left, middle - spread), min(right, middle + spread)
        x0, x1 = _pixels(low, high, side)
        if x0 >= x1:
            continue
        _paint_row(best[y, x0:x1], winner[y, x0:x1], real(x0) + real(0.5) - ax, ry, dx, dy, inverse_sq,
                   reach, slope, opacity, np.int32(segment))
        for block in range(y * blocks + x0 // BLOCK, y * blocks + (x1 - 1) // BLOCK + 1):
            if not flags[block]:
                flags[block] = True
                touched[count] = block
                count += 1
    return count


@_compiled
def _paint_stroke(work, points, segment_opacity, segment, reach, slope):  # type: ignore[no-untyped-def]
    """Paint the segments of one stroke (points in canvas units); return the number of touched blocks."""
    scale = points.dtype.type(work[0].shape[0])
    count = 0
    for i in range(max(points.shape[0] - 1, min(points.shape[0], 1))):
        j = min(i + 1, points.shape[0] - 1)
        count = _paint_segment(work, count, points[i, 0] * scale, points[i, 1] * scale, points[j, 0] * scale,
                               points[j, 1] * scale, reach, slope, segment_opacity[segment + i], segment + i)
    return count


@_compiled
def draw(image, work, points, stroke_ends, first, last, segment, stroke_opacity, segment_opacity, width, softness):  # type: ignore[no-untyped-def]
    """Composite strokes first..last-1 onto a blank image (side, side); `segment` is the number of their first segment."""
    best, winner, flags, touched = work
    side, blocks = best.shape[0], best.shape[1] // BLOCK
    reach, slope = (width / 2 + softness) * side, 1 / (2 * softness * side)
    for stroke in range(first, last):
        begin, end = (stroke_ends[stroke - 1] if stroke else 0), stroke_ends[stroke]
        count = _paint_stroke(work, points[begin:end], segment_opacity, segment, reach, slope)
        segment += max(end - begin - 1, min(end - begin, 1))
        opacity = stroke_opacity[stroke]
        for n in range(count):
            y, x = touched[n] // blocks, touched[n] % blocks * BLOCK
            flags[touched[n]] = False
            ink, row = best[y, x : x + BLOCK], image[y, x : min(x + BLOCK, side)]
            for i in range(row.size):
                row[i] += opacity * ink[i] * (1 - row[i])
            ink[:] = 0
