"""The raster without a compiler: the same windows around segments, in numpy, many segments at once."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
TOGETHER = 256
"""Segments whose windows are looked at together: enough to spare numpy calls, few enough to stay in the cache."""


class Segments(NamedTuple):
    """The segments of a sketch: their numbers, strokes, indices of both end points, and geometry in pixels (n, 2)."""

    number: Array
    stroke: Array
    begin: Array
    end: Array
    start: Array
    delta: Array
    inverse_sq: Array


class Painted(NamedTuple):
    """A stroke: its number, the window it fills, and in it ink, winning segment (-1: none) and paper left before it."""

    stroke: int
    window: tuple[slice, slice]
    ink: Array
    winner: Array
    seen: Array


def new_workspace(side: int, kind: np.dtype[Any]) -> None:
    """This path needs no scratch memory."""


def _segments(points: Array, strokes: Array, segments: Array, first: int, last: int, side: int) -> Segments:
    """Those of strokes first..last-1; a dot is one of length 0."""
    stroke = np.repeat(np.arange(first, last), np.diff(segments[first : last + 1]))
    number = np.arange(segments[first], segments[last])
    begin = strokes[stroke] + number - segments[stroke]
    end = np.minimum(begin + 1, strokes[stroke + 1] - 1)
    start, stop = (points[index] * points.dtype.type(side) for index in (begin, end))
    delta = stop - start
    length_sq = np.square(delta).sum(axis=1)
    inverse = np.divide(1, length_sq, out=np.zeros_like(length_sq), where=length_sq > 1e-12)
    return Segments(number, stroke, begin, end, start, delta, inverse)


def _corners(segments: Segments, reach: float, side: int) -> tuple[Array, Array]:
    """First and one past the last column and row, (n, 2), of the pixels that may be within reach, cut to the image."""
    stop = segments.start + segments.delta
    low, high = np.minimum(segments.start, stop) - reach, np.maximum(segments.start, stop) + reach
    first = np.clip(np.ceil(low - 0.5), 0, side).astype(np.intp)
    return first, np.clip(np.floor(high + 0.5), first, side).astype(np.intp)


def _pixels(first: Array, last: Array) -> tuple[Array, Array, Array]:
    """Window, column and row of every pixel of windows (n, 2) to (n, 2), one window after another."""
    width, height = (last - first).T
    window = np.repeat(np.arange(len(first)), height)
    row = np.arange(len(window)) + np.repeat(first[:, 1] - np.cumsum(height) + height, height)
    counts = width[window]
    column = np.arange(counts.sum()) + np.repeat(first[window, 0] - np.cumsum(counts) + counts, counts)
    return np.repeat(window, counts), column, np.repeat(row, counts)


def _offsets(segments: Segments, which: Array, column: Array, row: Array) -> tuple[Array, Array, Array]:
    """From the nearest point of segments `which` to pixel centres, x and y; and where it lies, 0 start, 1 end."""
    half = segments.start.dtype.type(0.5)
    (ax, ay), (dx, dy) = segments.start.T, segments.delta.T
    x, y = column.astype(half.dtype) + (half - ax)[which], row.astype(half.dtype) + (half - ay)[which]
    along = x * (dx * segments.inverse_sq)[which] + y * (dy * segments.inverse_sq)[which]
    np.maximum(along, 0, out=along)
    np.minimum(along, 1, out=along)
    x -= along * dx[which]
    y -= along * dy[which]
    return x, y, along


def _steps(distance: Array, reach: float, slope: float) -> Array:
    """The ramp t in [0, 1] whose smoothstep is ink; the distances are overwritten."""
    np.subtract(reach, distance, out=distance)
    distance *= slope
    np.maximum(distance, 0, out=distance)
    np.minimum(distance, 1, out=distance)
    return distance


def _smooth(t: Array) -> Array:
    ink: Array = t * -2
    ink += 3
    ink *= t
    ink *= t
    return ink


def _frames(segments: Segments, first: Array, last: Array, strokes: range) -> tuple[Array, Array]:
    """Corners (strokes, 2) of the window of each stroke, around those of its segments; empty without any."""
    begins = np.searchsorted(segments.stroke, strokes)
    some = np.diff([*begins, len(segments.stroke)]) > 0
    low, high = np.zeros((2, len(strokes), 2), np.intp)
    low[some] = np.minimum.reduceat(first, begins[some])
    high[some] = np.maximum.reduceat(last, begins[some])
    return low, high


def _paint(
    segments: Segments, opacities: Array, strokes: range, side: int, reach: float, slope: float
) -> Iterator[Any]:
    """Window, ink and winning segment of each stroke; of segments with equal ink the earlier one wins."""
    first, last = _corners(segments, reach, side)
    low, high = _frames(segments, first, last, strokes)
    width, height = (high - low).T
    ends = np.cumsum(width * height)
    own = segments.stroke - strokes.start
    corner = (ends - width * height)[own] - low[own, 1] * width[own] - low[own, 0]
    best, winner = np.zeros(ends[-1], opacities.dtype), np.full(ends[-1], -1, np.int32)
    for begin in range(0, len(own), TOGETHER):
        part = slice(begin, begin + TOGETHER)
        which, column, row = _pixels(first[part], last[part])
        which += begin
        x, y, _ = _offsets(segments, which, column, row)
        x *= x
        y *= y
        x += y
        near = np.flatnonzero(x < reach * reach)
        which = which[near]
        pixel = row[near] * width[own][which] + column[near] + corner[which]
        ink = opacities[segments.number][which] * _smooth(_steps(np.sqrt(x[near]), reach, slope))
        _settle(best, winner, pixel, ink, segments.number[which])
    for k, end in enumerate(ends.tolist()):
        flat, shape = slice(end - width[k] * height[k], end), (height[k], width[k])
        window = slice(low[k, 1], high[k, 1]), slice(low[k, 0], high[k, 0])
        yield window, best[flat].reshape(shape), winner[flat].reshape(shape)


def _settle(best: Array, winner: Array, pixel: Array, ink: Array, number: Array) -> None:
    """Keep the most ink at each pixel and whose it is, the earliest of equals; those settled before are earlier."""
    before = best[pixel]
    np.maximum.at(best, pixel, ink)
    wins = np.flatnonzero((ink == best[pixel]) & ((ink > before) | (winner[pixel] < 0)))[::-1]
    winner[pixel[wins]] = number[wins]


def draw(
    image: Array, work: None, scene: tuple[Any, ...], first: int, last: int, line_width: Any, keep: bool
) -> tuple[Painted, ...]:
    """Composite strokes first..last-1 onto a blank image; return what `backward` reads. `scene` as in the kernel."""
    points, strokes, bounds, stroke_opacity, segment_opacity, softness = scene
    side, numbers = len(image), range(first, last)
    if bounds[first] == bounds[last]:
        return ()
    reach, slope = float((line_width / 2 + softness) * side), float(1 / (2 * softness * side))
    segments = _segments(points, strokes, bounds, first, last, side)
    record = []
    for k, (window, ink, winner) in zip(
        numbers, _paint(segments, segment_opacity, numbers, side, reach, slope), strict=True
    ):
        seen = 1 - image[window]
        image[window] += stroke_opacity[k] * ink * seen
        if keep:
            record.append(Painted(k, window, ink, winner, seen))
    return tuple(record)


def _winners(record: tuple[Painted, ...], gradient: Array, stroke_opacity: Array) -> tuple[Array, ...]:
    """Winning segment, column, row and derivative by ink of the pixels of all strokes that have one."""
    visible, found = np.ones_like(gradient), []
    for painted in reversed(record):
        (rows, columns), left = painted.window, visible[painted.window]
        rest = gradient[painted.window] * painted.seen * left
        left *= 1 - stroke_opacity[painted.stroke] * painted.ink
        row, column = np.nonzero((painted.winner >= 0) & (rest != 0))
        found.append((painted.winner[row, column], column + columns.start, row + rows.start, rest[row, column]))
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))


def backward(
    gradient: Array,
    work: None,
    record: tuple[Painted, ...],
    scene: tuple[Any, ...],
    first: int,
    last: int,
    line_width: Any,
    gradients: tuple[Array, Array, Array],
) -> Any:
    """Add the gradients of one sketch (points, strokes, segments) from the image's; return the line width's."""
    if not record:
        return line_width * 0
    points, strokes, bounds, stroke_opacity, segment_opacity, softness = scene
    by_point, by_stroke, by_segment = gradients
    side = len(gradient)
    reach, slope = float((line_width / 2 + softness) * side), float(1 / (2 * softness * side))
    segments = _segments(points, strokes, bounds, first, last, side)
    winner, column, row, rest = _winners(record, gradient, stroke_opacity)
    which = winner - bounds[first]
    x, y, along = _offsets(segments, which, column, row)
    distance = np.sqrt(x * x + y * y)
    t = _steps(distance.copy(), reach, slope)
    inked = np.bincount(which, rest * _smooth(t), len(segments.number))
    here = slice(bounds[first], bounds[last])
    by_segment[here] += inked * stroke_opacity[segments.stroke]
    by_stroke += np.bincount(segments.stroke, inked * segment_opacity[here], len(by_stroke))
    opacity = stroke_opacity[segments.stroke] * segment_opacity[here]
    by_reach = rest * opacity[which] * (6 * slope) * t * (1 - t)
    pull = np.divide(by_reach, distance, out=np.zeros_like(by_reach), where=distance > 0) * side
    for axis, offset in enumerate((x * pull, y * pull)):
        at_end = np.bincount(which, along * offset, len(segments.number))
        in_all = np.bincount(which, offset, len(segments.number))
        by_point[:, axis] += np.bincount(segments.begin, in_all - at_end, len(by_point))
        by_point[:, axis] += np.bincount(segments.end, at_end, len(by_point))
    return by_reach.sum() * side / 2
