"""SVG documents: shapes and paths to strokes, and strokes back to paths."""

import math
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import numpy as np

from sketchlib.errors import FormatError, InputError
from sketchlib.io.limits import MAXIMUM_POINTS, MAXIMUM_SVG_BYTES, brief, check_counts, checked_sketch, numbers
from sketchlib.io.svg_document import clean
from sketchlib.sketch import Array, Sketch, Stroke

SVG_SIDE = 256.0
"""Side of the view box of a written document."""

TOLERANCE = 0.001
"""How far a flattened curve may leave the true one, canvas units: a quarter of a pixel on a 256 px canvas."""


def from_svg(text: str | bytes, tolerance: float = TOLERANCE) -> Sketch:
    """An SVG document -> Sketch: one stroke per subpath of each shape, transforms applied, curves within `tolerance`.

    tolerance: canvas units. The view box (else width and height in px) is the canvas, its long side 1; a document with
    neither is fitted. Colours, fills and styles are ignored: a filled shape is its outline. Strokes keep the ids that
    to_svg wrote; in any other document ids = positions. Nothing in the document is executed or fetched.
    Raises FormatError.
    """
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if len(data) > MAXIMUM_SVG_BYTES:
        raise FormatError(f"an SVG document has at most {MAXIMUM_SVG_BYTES:,} bytes, got {len(data):,}")
    if not tolerance > 0:
        raise FormatError(f"the tolerance of flattened curves is positive, got {tolerance}")
    document = clean(data, "utf-8" if isinstance(text, str) else None)
    try:
        paths = list(_paths(document.root))
        side = document.side or _extent([path for path, _ in paths])
        strokes = _strokes(paths, tolerance * side)
    except InputError:
        raise
    # svgelements raises whatever a malformed attribute leads it to.
    except Exception as error:
        raise FormatError(f"the SVG geometry cannot be read ({type(error).__name__}: {brief(error)})") from error
    sketch = checked_sketch(strokes)
    if not sketch.strokes:
        return sketch
    return sketch.transformed(1.0 / side) if document.side else sketch.fitted()


def _paths(root: ElementTree.Element) -> Iterator[tuple[Any, str | None]]:
    """Every drawn shape as a transformed svgelements Path, with the stroke id written beside it."""
    # Slow to import, and only SVG needs it.
    import io

    import svgelements

    source = io.StringIO(ElementTree.tostring(root, encoding="unicode"))
    for element in svgelements.SVG.parse(source, on_error="raise").elements():
        if isinstance(element, svgelements.Shape):
            yield abs(svgelements.Path(element)), element.values.get("data-stroke")


def _extent(paths: list[Any]) -> float:
    """The long side of the box around all paths, user units; 1 when there is none."""
    boxes = numbers([box for path in paths if (box := path.bbox()) is not None], "SVG coordinates")
    if not len(boxes):
        return 1.0
    extent = float((boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)).max())
    return extent if extent > 0 else 1.0


def _strokes(paths: list[tuple[Any, str | None]], tolerance: float) -> list[Stroke]:
    pieces: list[Array] = []
    written: list[str | None] = []
    total = 0
    for path, identity in paths:
        for points in _subpaths(path, tolerance, MAXIMUM_POINTS - total):
            pieces.append(points)
            written.append(identity)
            total += len(points)
            check_counts(len(pieces), total)
    return [Stroke(points, identity) for points, identity in zip(pieces, _identities(written), strict=True)]


def _identities(written: list[str | None]) -> list[int]:
    """The ids in the document if every stroke has its own, else positions."""
    found = [int(text) for text in written if text is not None and text.lstrip("-").isdecimal() and len(text) < 16]
    return found if len(set(found)) == len(written) else list(range(len(written)))


def _subpaths(path: Any, tolerance: float, room: int) -> Iterator[Array]:
    """Each drawn subpath as (n, 2) points in user units; a lone move draws nothing."""
    points: list[list[float]] = []
    drawn = False
    for segment in path:
        kind = type(segment).__name__
        if kind == "Move":
            if drawn:
                yield numbers(points, "SVG coordinates")
            points, drawn = [_place(segment.end)], False
            continue
        points = points or [_place(segment.start)]
        drawn = True
        if kind in ("Line", "Close"):
            end = _place(segment.end)
            points += [] if kind == "Close" and end == points[-1] else [end]
        else:
            points += _flattened(segment, kind, tolerance, room)
    if drawn:
        yield numbers(points, "SVG coordinates")


def _place(point: Any) -> list[float]:
    return [float(point.x), float(point.y)]


def _flattened(segment: Any, kind: str, tolerance: float, room: int) -> list[list[float]]:
    """A curve as points, its start left out, none of its chords farther than `tolerance` from it."""
    pieces = _arc_pieces(segment, tolerance) if kind == "Arc" else _bezier_pieces(segment, kind, tolerance)
    if not pieces <= room:
        raise FormatError(f"a sketch has at most {MAXIMUM_POINTS:,} points, got an SVG curve that needs more")
    count = max(1, math.ceil(pieces))
    points: list[list[float]] = segment.npoint(np.arange(1, count + 1) / count).tolist()
    return points


def _arc_pieces(segment: Any, tolerance: float) -> float:
    """The sagitta of an arc of angle a and radius r is at most r a^2 / 8."""
    return abs(float(segment.sweep)) * math.sqrt(max(segment.rx, segment.ry) / (8.0 * tolerance))


def _bezier_pieces(segment: Any, kind: str, tolerance: float) -> float:
    """A chord of a curve with second derivative at most d (d - 1) m leaves it by at most d (d - 1) m / (8 n^2)."""
    controls = [segment.control1, segment.control2] if kind == "CubicBezier" else [segment.control]
    points = np.array([_place(point) for point in [segment.start, *controls, segment.end]])
    degree = len(points) - 1
    bend = float(np.hypot(*np.diff(points, n=2, axis=0).T).max())
    return math.sqrt(degree * (degree - 1) * bend / (8.0 * tolerance))


def to_svg(sketch: Sketch, line_width: float = 0.012) -> str:
    """Sketch -> an SVG document, one `path` per stroke in a 256 view box, ids in `data-stroke`; label not written.

    line_width: canvas units.
    """
    paths = "".join(f'<path data-stroke="{stroke.id}" d="{_path_data(stroke.points)}"/>' for stroke in sketch)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SVG_SIDE:g} {SVG_SIDE:g}" fill="none" stroke="#000" '
        f'stroke-width="{line_width * SVG_SIDE:.6g}" stroke-linecap="round" stroke-linejoin="round">{paths}</svg>'
    )


def _path_data(points: Array) -> str:
    """`M x y L x y ...`; a single point is closed at once, which draws a dot."""
    corners = [f"{x:.4f} {y:.4f}" for x, y in (points * SVG_SIDE).tolist()]
    return f"M{corners[0]}Z" if len(corners) == 1 else "M" + "L".join(corners)
