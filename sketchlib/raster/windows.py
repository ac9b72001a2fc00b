"""The raster without a compiler: the same windows around segments, in numpy."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Painted(NamedTuple):
    """A stroke: its number, the window it fills, and in it ink, winning segment (-1: none) and paper left before it."""

    stroke: int
    window: tuple[slice, slice]
    ink: Array
    winner: Array
    seen: Array


def new_workspace(side: int, kind: np.dtype[Any]) -> None:
    """This path needs no scratch memory."""


def _windows(low: Array, high: Array, side: int) -> list[tuple[slice, slice]]:
    """Rows and columns of the pixels whose centres lie in boxes, (n, 2) corners in pixels, cut to the image."""
    first = np.clip(np.ceil(low - 0.5), 0, side).astype(int)
    last = np.clip(np.floor(high + 0.5), first, side).astype(int)
    return [
        (slice(top, bottom), slice(left, right))
        for (left, top), (right, bottom) in zip(first.tolist(), last.tolist(), strict=True)
    ]


def _inverse_sq(delta: Array) -> Array:
    """One over the squared lengths of segments (n, 2), 0 for dots."""
    length_sq = np.square(delta).sum(axis=-1)
    inverse: Array = np.divide(1, length_sq, out=np.zeros_like(length_sq), where=length_sq > 1e-12)
    return inverse


def _along(x: Array, y: Array, dx: Any, dy: Any, inverse_sq: Any) -> Array:
    """Where on the segment (0 start, 1 end) the nearest point to (x, y) lies; both relative to its start."""
    along = x * (dx * inverse_sq) + y * (dy * inverse_sq)
    np.maximum(along, 0, out=along)
    np.minimum(along, 1, out=along)
    return along  # type: ignore[no-any-return]


def _steps(distance: Array, reach: float, slope: float) -> Array:
    """The ramp t in [0, 1] whose smoothstep is ink; the distances are overwritten."""
    np.subtract(reach, distance, out=distance)
    distance *= slope
    np.maximum(distance, 0, out=distance)
    np.minimum(distance, 1, out=distance)
    return distance


def _distance(x: Array, y: Array, along: Array, dx: Any, dy: Any) -> Array:
    ex, ey = x - along * dx, y - along * dy
    ex *= ex
    ey *= ey
    ex += ey
    distance: Array = np.sqrt(ex, out=ex)
    return distance


def _smooth(t: Array) -> Array:
    ink: Array = t * -2
    ink += 3
    ink *= t
    ink *= t
    return ink


def _paint_stroke(
    vertices: Array, first: int, opacities: Array, side: int, reach: float, slope: float
) -> tuple[tuple[slice, slice], Array, Array]:
    """Window, ink and winning segment of a stroke, vertices in pixels."""
    start, stop = vertices[: len(opacities)], vertices[len(vertices) - len(opacities) :]
    low, high, delta = np.minimum(start, stop) - reach, np.maximum(start, stop) + reach, stop - start
    (frame,) = _windows(low.min(axis=0, keepdims=True), high.max(axis=0, keepdims=True), side)
    top, left = frame[0].start, frame[1].start
    shape = (frame[0].stop - top, frame[1].stop - left)
    best, winner = np.zeros(shape, vertices.dtype), np.full(shape, -1, np.int32)
    centres = np.arange(side, dtype=vertices.dtype) + vertices.dtype.type(0.5)
    numbers = (start.tolist(), delta.tolist(), _inverse_sq(delta).tolist(), opacities.tolist())
    boxes = _windows(low, high, side)
    for i, ((rows, columns), (ax, ay), (dx, dy), inverse, opacity) in enumerate(zip(boxes, *numbers, strict=True)):
        x, y = centres[None, columns] - ax, centres[rows, None] - ay
        t = _steps(_distance(x, y, _along(x, y, dx, dy, inverse), dx, dy), reach, slope)
        ink = opacity * _smooth(t)
        inside = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
        old, number = best[inside], winner[inside]
        wins = (ink > old) | ((number < 0) & (t > 0))
        np.copyto(old, ink, where=wins)
        np.copyto(number, first + i, where=wins)
    return frame, best, winner


def draw(
    image: Array, work: None, scene: tuple[Any, ...], first: int, last: int, line_width: Any, keep: bool
) -> tuple[Painted, ...]:
    """Composite strokes first..last-1 onto a blank image; return what `backward` reads. `scene` as in the kernel."""
    points, strokes, segments, stroke_opacity, segment_opacity, softness = scene
    side = len(image)
    reach, slope = float((line_width / 2 + softness) * side), float(1 / (2 * softness * side))
    record = []
    for k in range(first, last):
        vertices = points[strokes[k] : strokes[k + 1]] * points.dtype.type(side)
        if not len(vertices):
            continue
        opacities = segment_opacity[segments[k] : segments[k + 1]]
        window, ink, winner = _paint_stroke(vertices, int(segments[k]), opacities, side, reach, slope)
        seen = 1 - image[window]
        image[window] += stroke_opacity[k] * ink * seen
        if keep:
            record.append(Painted(k, window, ink, winner, seen))
    return tuple(record)


def _stroke_gradient(
    painted: Painted, rest: Array, scene: tuple[Any, ...], reach: float, slope: float, side: int, gradients: Any
) -> Any:
    """Fill the gradients of one stroke from `rest`, the derivative by its ink in its window; return the reach's."""
    points, strokes, segments, stroke_opacity, segment_opacity, _ = scene
    by_point, by_stroke, by_segment = gradients
    k, window = painted.stroke, painted.window
    rows, columns = np.nonzero((painted.winner >= 0) & (rest != 0))
    rest, number = rest[rows, columns], painted.winner[rows, columns]
    start = strokes[k] + number - segments[k]
    end = np.minimum(start + 1, strokes[k + 1] - 1)
    (ax, ay), (bx, by) = (points[start] * side).T, (points[end] * side).T
    x, y, dx, dy = columns + (window[1].start + 0.5) - ax, rows + (window[0].start + 0.5) - ay, bx - ax, by - ay
    along = _along(x, y, dx, dy, _inverse_sq(np.stack([dx, dy], axis=-1)))
    ex, ey = x - along * dx, y - along * dy
    distance = np.sqrt(ex * ex + ey * ey)
    t = _steps(distance.copy(), reach, slope)
    ink, weight = _smooth(t), rest * stroke_opacity[k] * segment_opacity[number]
    by_reach = weight * 6 * t * (1 - t) * slope
    by_stroke[k] = (rest * segment_opacity[number] * ink).sum()
    by_segment += np.bincount(number, rest * stroke_opacity[k] * ink, len(by_segment))
    pull = np.divide(by_reach, distance, out=np.zeros_like(by_reach), where=distance > 0) * side
    for axis, offset in enumerate((ex, ey)):
        by_point[:, axis] += np.bincount(start, pull * (1 - along) * offset, len(by_point))
        by_point[:, axis] += np.bincount(end, pull * along * offset, len(by_point))
    return by_reach.sum()


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
    side, softness = len(gradient), scene[-1]
    reach, slope = float((line_width / 2 + softness) * side), float(1 / (2 * softness * side))
    visible, by_reach = np.ones_like(gradient), line_width * 0
    for painted in reversed(record):
        rest = gradient[painted.window] * painted.seen * visible[painted.window]
        visible[painted.window] *= 1 - scene[3][painted.stroke] * painted.ink
        by_reach += _stroke_gradient(painted, rest, scene, reach, slope, side, gradients)
    return by_reach * side / 2
