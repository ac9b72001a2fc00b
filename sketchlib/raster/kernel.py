"""The compiled raster: windows around segments, one pass per stroke, cost in proportion to ink.

Every function works on one sketch of a flat batch, in pixel units inside (a canvas unit is `side` pixels). Images are cut
into blocks of 16 pixels in a row, the unit of bookkeeping. A workspace is clean between calls, so no call has to clear it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import DTypeLike, NDArray

BLOCK = 16
Function = TypeVar("Function", bound=Callable[..., Any])


def _compiled(function: Function) -> Function:
    options = {"nogil": True, "fastmath": True, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # neither the installation nor the user's cache folder can be written
        return numba.njit(**options)(function)  # type: ignore[no-any-return]


def new_workspace(side: int, dtype: DTypeLike) -> tuple[NDArray[Any], ...]:
    """Scratch memory for one image: ink and winning segment of the stroke at hand, blocks touched (flags and list),
    ink of the later strokes."""
    blocks = -(-side // BLOCK)
    shape = (side, blocks * BLOCK)
    flags, touched = np.zeros(side * blocks, np.bool_), np.empty(side * blocks, np.int32)
    return np.zeros(shape, dtype), np.full(shape, -1, np.int32), flags, touched, np.zeros(shape, dtype)


@_compiled
def _pixels(low, high, side):  # type: ignore[no-untyped-def]
    """First and one-past-last pixel whose centre lies in [low, high], cut to the image."""
    first = np.ceil(min(max(low - 0.5, 0.0), side))
    last = np.floor(min(max(high - 0.5, -1.0), side - 1.0)) + 1.0
    return int(first), int(last)


@_compiled
def _paint_row(ink, winner, rx, ry, dx, dy, inverse_sq, reach, slope, opacity, segment):  # type: ignore[no-untyped-def]
    """Raise the ink of one row to the segment's; (rx, ry) is the first pixel centre relative to its start."""
    real = ink.dtype.type
    for i in range(ink.size):
        x = rx + real(i)
        along = min(max((x * dx + ry * dy) * inverse_sq, real(0)), real(1))
        ex, ey = x - along * dx, ry - along * dy
        t = min(max((reach - np.sqrt(ex * ex + ey * ey)) * slope, real(0)), real(1))
        new, old, number = opacity * t * t * (real(3) - t - t), ink[i], winner[i]
        wins = (new > old) | ((number < 0) & (t > real(0)))
        ink[i] = new if wins else old
        winner[i] = segment if wins else number


@_compiled
def _paint_segment(work, count, ax, ay, bx, by, reach, slope, opacity, segment):  # type: ignore[no-untyped-def]
    """Paint one capsule into the workspace; return the number of touched blocks so far."""
    ink, winner, flags, touched, _ = work
    real = ink.dtype.type
    side, blocks = ink.shape[0], ink.shape[1] // BLOCK
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
        rx = real(x0) + real(0.5) - ax
        _paint_row(ink[y, x0:x1], winner[y, x0:x1], rx, ry, dx, dy, inverse_sq, reach, slope, opacity, segment)
        for block in range(y * blocks + x0 // BLOCK, y * blocks + (x1 - 1) // BLOCK + 1):
            if not flags[block]:
                flags[block] = True
                touched[count] = block
                count += 1
    return count


@_compiled
def _paint_stroke(work, points, first_segment, segment_opacity, reach, slope):  # type: ignore[no-untyped-def]
    """Paint the segments of one stroke, (n, 2) in canvas units; return the number of touched blocks."""
    scale = points.dtype.type(work[0].shape[0])
    count = 0
    for i in range(segment_opacity.size):
        j = min(i + 1, points.shape[0] - 1)
        ax, ay, bx, by = points[i, 0] * scale, points[i, 1] * scale, points[j, 0] * scale, points[j, 1] * scale
        number = np.int32(first_segment + i)
        count = _paint_segment(work, count, ax, ay, bx, by, reach, slope, segment_opacity[i], number)
    return count


@_compiled
def _grown(array, used, needed):  # type: ignore[no-untyped-def]
    """The array itself, or a copy with more rows if fewer than `needed` fit."""
    if needed <= array.shape[0]:
        return array
    larger = np.empty((max(needed, 2 * array.shape[0]), array.shape[1]), array.dtype)
    larger[:used] = array[:used]
    return larger


@_compiled
def _composite(image, work, count, opacity, used, blocks, winners, inks, seen, keep):  # type: ignore[no-untyped-def]
    """Lay the stroke in the workspace over the image and clean the workspace; keep what the backward pass needs."""
    ink, winner, flags, touched, _ = work
    side, width = ink.shape[0], ink.shape[1] // BLOCK
    for n in range(count):
        block = touched[n]
        y, x = block // width, block % width * BLOCK
        stroke, row = ink[y, x : x + BLOCK], image[y, x : min(x + BLOCK, side)]
        if keep:
            blocks[used + n, 0] = block
            inks[used + n, :] = stroke
            winners[used + n, :] = winner[y, x : x + BLOCK]
            seen[used + n, : row.size] = 1 - row
        for i in range(row.size):
            row[i] += opacity * stroke[i] * (1 - row[i])
        flags[block] = False
        stroke[:] = 0
        winner[y, x : x + BLOCK] = -1


@_compiled
def draw(image, work, scene, first, last, line_width, keep):  # type: ignore[no-untyped-def]
    """Composite strokes first..last-1 onto a blank image; return the record that `backward` reads (empty unless kept).

    scene: points (P, 2); where each stroke begins in the points and in the segments, (S + 1,) each; stroke opacities (S,);
    segment opacities (M,); softness.
    """
    points, strokes, segments, stroke_opacity, segment_opacity, softness = scene
    side, real = image.shape[0], image.dtype.type
    reach, slope = real((line_width / 2 + softness) * side), real(1 / (2 * softness * side))
    counts = np.zeros(last - first + 1, np.int64)
    rows = 64 * (segments[last] - segments[first]) if keep else 0
    blocks, winners = np.empty((rows, 1), np.int32), np.empty((rows, BLOCK), np.int32)
    inks, seen = np.empty((rows, BLOCK), image.dtype), np.empty((rows, BLOCK), image.dtype)
    for k in range(first, last):
        begin, end = segments[k], segments[k + 1]
        stroke = points[strokes[k] : strokes[k + 1]]
        count = _paint_stroke(work, stroke, begin, segment_opacity[begin:end], reach, slope)
        used = counts[k - first]
        if keep:
            blocks, winners = _grown(blocks, used, used + count), _grown(winners, used, used + count)
            inks, seen = _grown(inks, used, used + count), _grown(seen, used, used + count)
            counts[k - first + 1] = used + count
        _composite(image, work, count, stroke_opacity[k], used, blocks, winners, inks, seen, keep)
    return counts, blocks, winners, inks, seen


@_compiled
def _pixel_gradient(px, py, a, b, reach, slope):  # type: ignore[no-untyped-def]
    """Ink of segment a-b at a pixel, its derivative by `reach` and by a and b (ax, ay, bx, by), all in pixels."""
    real = a.dtype.type
    dx, dy, rx, ry = b[0] - a[0], b[1] - a[1], px - a[0], py - a[1]
    length_sq = dx * dx + dy * dy
    along = min(max((rx * dx + ry * dy) / length_sq, real(0)), real(1)) if length_sq > real(1e-12) else real(0)
    ex, ey = rx - along * dx, ry - along * dy
    distance = np.sqrt(ex * ex + ey * ey)
    t = min(max((reach - distance) * slope, real(0)), real(1))
    by_reach = real(6) * t * (real(1) - t) * slope
    pull = by_reach / distance if distance > real(0) else real(0)
    start, end = pull * (real(1) - along), pull * along
    return t * t * (real(3) - t - t), by_reach, start * ex, start * ey, end * ex, end * ey


@_compiled
def _block_gradient(rest, x, y, winner, first, stroke, opacity, segment_opacity, reach, slope, gradients):  # type: ignore[no-untyped-def]
    """Add one block's share to the gradients of a stroke; return its share of the opacity's and of the reach's.

    rest: derivative of the loss by the stroke's ink; stroke: its points in pixels; first: the number of its first segment.
    """
    by_point, by_segment = gradients
    by_opacity = by_reach = rest.dtype.type(0)
    half, last = rest.dtype.type(0.5), stroke.shape[0] - 1
    for i in range(rest.size):
        if winner[i] < 0 or rest[i] == 0:
            continue
        s = winner[i] - first
        e = min(s + 1, last)
        ink, reaching, ax, ay, bx, by = _pixel_gradient(x + i + half, y + half, stroke[s], stroke[e], reach, slope)
        by_opacity += rest[i] * segment_opacity[s] * ink
        by_segment[s] += rest[i] * opacity * ink
        weight = rest[i] * opacity * segment_opacity[s]
        by_reach += weight * reaching
        by_point[s, 0] += weight * ax
        by_point[s, 1] += weight * ay
        by_point[e, 0] += weight * bx
        by_point[e, 1] += weight * by
    return by_opacity, by_reach


@_compiled
def _stroke_gradient(image_gradient, hidden, record, first, stroke, opacity, segment_opacity, reach, slope, gradients):  # type: ignore[no-untyped-def]
    """Add one stroke's gradients; `hidden` is the ink of the later strokes, to which this one is then added."""
    blocks, winners, inks, seen = record
    side, width = hidden.shape[0], hidden.shape[1] // BLOCK
    rest = np.empty(BLOCK, hidden.dtype)
    by_opacity = by_reach = hidden.dtype.type(0)
    for n in range(blocks.shape[0]):
        y, x = blocks[n, 0] // width, blocks[n, 0] % width * BLOCK
        row, cover, ink, before = image_gradient[y, x : min(x + BLOCK, side)], hidden[y, x:], inks[n], seen[n]
        for i in range(row.size):
            rest[i] = row[i] * before[i] * (1 - cover[i])
            cover[i] += opacity * ink[i] * (1 - cover[i])
        share = _block_gradient(
            rest[: row.size], x, y, winners[n], first, stroke, opacity, segment_opacity, reach, slope, gradients
        )
        by_opacity += share[0]
        by_reach += share[1]
    return by_opacity, by_reach


@_compiled
def backward(image_gradient, work, record, scene, first, last, line_width, gradients):  # type: ignore[no-untyped-def]
    """Fill the gradients of one sketch (points, strokes, segments) from the image's; return the line width's."""
    points, strokes, segments, stroke_opacity, segment_opacity, softness = scene
    counts, blocks, winners, inks, seen = record
    by_point, by_stroke, by_segment = gradients
    hidden, side, real = work[4], image_gradient.shape[0], image_gradient.dtype.type
    reach, slope = real((line_width / 2 + softness) * side), real(1 / (2 * softness * side))
    by_reach = real(0)
    for k in range(last - 1, first - 1, -1):
        begin, end, here = segments[k], segments[k + 1], slice(counts[k - first], counts[k - first + 1])
        p = slice(strokes[k], strokes[k + 1])
        by_stroke[k], share = _stroke_gradient(
            image_gradient, hidden, (blocks[here], winners[here], inks[here], seen[here]), begin, points[p] * real(side),
            stroke_opacity[k], segment_opacity[begin:end], reach, slope, (by_point[p], by_segment[begin:end])
        )  # fmt: skip
        by_reach += share
    by_point[strokes[first] : strokes[last]] *= real(side)
    width = hidden.shape[1] // BLOCK
    for n in range(counts[-1]):
        y, x = blocks[n, 0] // width, blocks[n, 0] % width * BLOCK
        hidden[y, x : x + BLOCK] = 0
    return by_reach * real(side) / 2
