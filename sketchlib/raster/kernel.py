"""The compiled raster: windows around segments, one pass per stroke, cost in proportion to ink.

Every function works on one sketch of a flat batch, in pixel units inside (a canvas unit is `side` pixels). Rows are
padded to whole blocks of 16 pixels, the unit of work and of bookkeeping: an image is (side * columns, 16), and a loop
over one block has a constant length, which the compiler turns into vector instructions.
A workspace is clean between calls, so no call has to clear it.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
# Types are numba's to infer: float32 and float64 versions of each function are compiled from one source.

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import DTypeLike, NDArray

BLOCK = 16
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """A decorator: the function in machine code, kept on disk where that can be written; it lets other threads run."""
    options: dict[str, Any] = {"nogil": True, "fastmath": True, "error_model": "numpy"}
    try:
        faster = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # neither the installation nor the user's cache folder can be written
        faster = numba.njit(**options)(function)
    return cast(Function, faster)


def new_workspace(side: int, dtype: DTypeLike) -> tuple[NDArray[Any], ...]:
    """Scratch memory for one image: ink and winning segment (-1: none) of the stroke at hand, blocks touched (flags and
    list), ink of the later strokes."""
    blocks = side * -(-side // BLOCK)
    ink, later, winner = (
        np.zeros((blocks, BLOCK), dtype),
        np.zeros((blocks, BLOCK), dtype),
        np.empty((blocks, BLOCK), np.int32),
    )
    winner.fill(-1)
    return ink, winner, np.zeros(blocks, np.bool_), np.empty(blocks, np.int32), later


@compiled
def _pixels(low, high, side):
    """First and one-past-last pixel whose centre lies in [low, high], cut to the image."""
    first = np.ceil(min(max(low - 0.5, 0.0), side))
    last = np.floor(min(max(high - 0.5, -1.0), side - 1.0)) + 1.0
    return int(first), int(last)


@compiled
def _paint_block(ink, winner, rx, ry, dx, dy, inverse_sq, reach, slope, opacity, segment):
    """Raise the ink of one block to the segment's; (rx, ry) is the first pixel centre relative to its start."""
    real = ink.dtype.type
    for i in range(BLOCK):
        x = rx + real(i)
        along = min(max((x * dx + ry * dy) * inverse_sq, real(0)), real(1))
        ex, ey = x - along * dx, ry - along * dy
        t = min(max((reach - np.sqrt(ex * ex + ey * ey)) * slope, real(0)), real(1))
        new, old, number = opacity * t * t * (real(3) - t - t), ink[i], winner[i]
        wins = (new > old) | ((number < 0) & (t > real(0)))
        ink[i] = new if wins else old
        winner[i] = segment if wins else number


@compiled
def _paint_segment(work, side, count, ax, ay, bx, by, reach, slope, opacity, segment):
    """Paint one capsule into the workspace; return the number of touched blocks so far."""
    ink, winner, flags, touched, _ = work
    real, columns = ink.dtype.type, ink.shape[0] // side
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
        for column in range(x0 // BLOCK, (x1 - 1) // BLOCK + 1):
            block, rx = y * columns + column, real(column * BLOCK) + real(0.5) - ax
            _paint_block(ink[block], winner[block], rx, ry, dx, dy, inverse_sq, reach, slope, opacity, segment)
            if not flags[block]:
                flags[block] = True
                touched[count] = block
                count += 1
    return count


@compiled
def _paint_stroke(work, side, points, first_segment, segment_opacity, reach, slope):
    """Paint the segments of one stroke, (n, 2) in canvas units; return the number of touched blocks."""
    scale = points.dtype.type(side)
    count = 0
    for i in range(segment_opacity.size):
        j = min(i + 1, points.shape[0] - 1)
        ax, ay, bx, by = points[i, 0] * scale, points[i, 1] * scale, points[j, 0] * scale, points[j, 1] * scale
        number = np.int32(first_segment + i)
        count = _paint_segment(work, side, count, ax, ay, bx, by, reach, slope, segment_opacity[i], number)
    return count


@compiled
def _grown(array, used, needed):
    """The array itself, or a copy with more rows if fewer than `needed` fit."""
    if needed <= array.shape[0]:
        return array
    larger = np.empty((max(needed, 2 * array.shape[0]), array.shape[1]), array.dtype)
    larger[:used] = array[:used]
    return larger


@compiled
def _copy(source, target):
    for i in range(BLOCK):
        target[i] = source[i]


@compiled
def _keep(work, image, count, used, blocks, winners, inks, seen):
    """Copy the stroke in the workspace, and the paper it is about to cover, to the record."""
    ink, winner, _, touched, _ = work
    for n in range(count):
        block = touched[n]
        blocks[used + n, 0] = block
        _copy(ink[block], inks[used + n])
        _copy(winner[block], winners[used + n])
        _copy(image[block], seen[used + n])


@compiled
def _lay(ink, opacity, row):
    """Lay one block of ink over another."""
    for i in range(BLOCK):
        row[i] += opacity * ink[i] * (1 - row[i])


@compiled
def _composite(image, work, count, opacity):
    """Lay the stroke in the workspace over the image and clean the workspace."""
    ink, winner, flags, touched, _ = work
    for n in range(count):
        block = touched[n]
        stroke, segments = ink[block], winner[block]
        _lay(stroke, opacity, image[block])
        flags[block] = False
        for i in range(BLOCK):
            stroke[i] = 0
            segments[i] = -1


@compiled
def draw(image, work, scene, first, last, line_width, keep):
    """Composite strokes first..last-1 onto a blank image (side, padded side).

    Returns the record that `backward` reads (empty unless kept): where each stroke begins in the list of blocks, and
    for each block its number, and per pixel the winning segment, the stroke's ink and the image's ink before it.
    scene: points (P, 2); where each stroke begins in the points and in the segments, (S + 1,) each; stroke opacities
    (S,); segment opacities (M,); softness.
    """
    points, strokes, segments, stroke_opacity, segment_opacity, softness = scene
    side, real = image.shape[0], image.dtype.type
    rows = image.reshape(-1, BLOCK)
    reach, slope = real((line_width / 2 + softness) * side), real(1 / (2 * softness * side))
    counts = np.zeros(last - first + 1, np.int64)
    room = 16 * (segments[last] - segments[first]) if keep else 0
    blocks, winners = np.empty((room, 1), np.int32), np.empty((room, BLOCK), np.int32)
    inks, seen = np.empty((room, BLOCK), image.dtype), np.empty((room, BLOCK), image.dtype)
    for k in range(first, last):
        begin, end = segments[k], segments[k + 1]
        stroke = points[strokes[k] : strokes[k + 1]]
        count = _paint_stroke(work, side, stroke, begin, segment_opacity[begin:end], reach, slope)
        used = counts[k - first]
        if keep:
            blocks, winners = _grown(blocks, used, used + count), _grown(winners, used, used + count)
            inks, seen = _grown(inks, used, used + count), _grown(seen, used, used + count)
            counts[k - first + 1] = used + count
            _keep(work, rows, count, used, blocks, winners, inks, seen)
        _composite(rows, work, count, stroke_opacity[k])
    return counts, blocks, winners, inks, seen


@compiled
def _segment_gradient(weight, rx, ry, dx, dy, reach, slope):
    """Weighted sums over a block of a segment's ink and its derivatives by `reach`, ax, ay, bx and by, in pixels."""
    real = weight.dtype.type
    length_sq = dx * dx + dy * dy
    inverse_sq = real(1) / length_sq if length_sq > real(1e-12) else real(0)
    ink = by_reach = ax = ay = bx = by = real(0)
    for i in range(BLOCK):
        x = rx + real(i)
        along = min(max((x * dx + ry * dy) * inverse_sq, real(0)), real(1))
        ex, ey = x - along * dx, ry - along * dy
        distance = np.sqrt(ex * ex + ey * ey)
        t = min(max((reach - distance) * slope, real(0)), real(1))
        ink += weight[i] * t * t * (real(3) - t - t)
        steep = weight[i] * real(6) * t * (real(1) - t) * slope
        by_reach += steep
        pull = steep / max(distance, real(1e-12))
        ax += pull * (real(1) - along) * ex
        ay += pull * (real(1) - along) * ey
        bx += pull * along * ex
        by += pull * along * ey
    return ink, by_reach, ax, ay, bx, by


@compiled
def _block_gradient(rest, left, weight, x, y, first, stroke, opacity, segment_opacity, reach, slope, gradients):
    """Add one block's share to the gradients of a stroke; return its share of the opacity's and of the reach's.

    rest: (16,) derivative of the loss by the stroke's ink; left: (16,) winning segments, -1 where done; weight:
    scratch; (x, y): first pixel centre; stroke: its points in pixels; first: the number of its first segment.
    """
    by_point, by_segment = gradients
    by_opacity = by_reach = rest.dtype.type(0)
    for i in range(BLOCK):
        number = left[i]
        if number < 0:
            continue
        for j in range(BLOCK):
            weight[j] = rest[j] if left[j] == number else rest.dtype.type(0)
            left[j] = -1 if left[j] == number else left[j]
        s = number - first
        e = min(s + 1, stroke.shape[0] - 1)
        a, b = stroke[s], stroke[e]
        sums = _segment_gradient(weight, x - a[0], y - a[1], b[0] - a[0], b[1] - a[1], reach, slope)
        by_segment[s] += opacity * sums[0]
        by_opacity += segment_opacity[s] * sums[0]
        both = opacity * segment_opacity[s]
        by_reach += both * sums[1]
        by_point[s, 0] += both * sums[2]
        by_point[s, 1] += both * sums[3]
        by_point[e, 0] += both * sums[4]
        by_point[e, 1] += both * sums[5]
    return by_opacity, by_reach


@compiled
def _stroke_gradient(
    image_gradient, later, columns, record, first, stroke, opacity, segment_opacity, reach, slope, gradients
):
    """Add one stroke's gradients; `later` is the ink of the later strokes, to which this one is then added."""
    blocks, winners, inks, seen = record
    real = later.dtype.type
    rest, weight, left = np.empty(BLOCK, later.dtype), np.empty(BLOCK, later.dtype), np.empty(BLOCK, np.int32)
    by_opacity = by_reach = real(0)
    for n in range(blocks.shape[0]):
        block = blocks[n, 0]
        gradient, cover, before = image_gradient[block], later[block], seen[n]
        for i in range(BLOCK):
            rest[i] = gradient[i] * (1 - before[i]) * (1 - cover[i])
        _lay(inks[n], opacity, cover)
        _copy(winners[n], left)
        x, y = real(block % columns * BLOCK) + real(0.5), real(block // columns) + real(0.5)
        share = _block_gradient(
            rest, left, weight, x, y, first, stroke, opacity, segment_opacity, reach, slope, gradients
        )
        by_opacity += share[0]
        by_reach += share[1]
    return by_opacity, by_reach


@compiled
def backward(image_gradient, work, record, scene, first, last, line_width, gradients):
    """Add the gradients of one sketch (points, strokes, segments) from the image's; return the line width's."""
    points, strokes, segments, stroke_opacity, segment_opacity, softness = scene
    counts, blocks, winners, inks, seen = record
    by_point, by_stroke, by_segment = gradients
    later, side, real = work[4], image_gradient.shape[0], image_gradient.dtype.type
    rows, columns = image_gradient.reshape(-1, BLOCK), later.shape[0] // side
    reach, slope = real((line_width / 2 + softness) * side), real(1 / (2 * softness * side))
    by_reach = real(0)
    for k in range(last - 1, first - 1, -1):
        begin, end, here = segments[k], segments[k + 1], slice(counts[k - first], counts[k - first + 1])
        p = slice(strokes[k], strokes[k + 1])
        kept = blocks[here], winners[here], inks[here], seen[here]
        by_stroke[k], share = _stroke_gradient(
            rows, later, columns, kept, begin, points[p] * real(side), stroke_opacity[k], segment_opacity[begin:end],
            reach, slope, (by_point[p], by_segment[begin:end])
        )  # fmt: skip
        by_reach += share
    by_point[strokes[first] : strokes[last]] *= real(side)
    for n in range(counts[-1]):
        cover = later[blocks[n, 0]]
        for i in range(BLOCK):
            cover[i] = 0
    return by_reach * real(side) / 2
