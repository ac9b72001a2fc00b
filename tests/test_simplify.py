"""Simplification against the plain definition of each of its four steps, and raw drawings against their twins."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchlib import io, simplify
from sketchlib.errors import SketchError
from sketchlib.simplify import canonical, is_canonical, ramer_douglas_peucker, resample
from sketchlib.sketch import Sketch, Stroke

Points = list[tuple[float, float]]
COORDINATES = st.floats(0.0, 255.0).map(lambda value: round(value, 2))
POLYLINES = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=12)
SKETCHES = st.lists(POLYLINES, min_size=1, max_size=4).map(Sketch.from_points)


def slow_resample(points: Points, spacing: float) -> Points:
    """Walk along the polyline, drop a point every `spacing`, then add the end."""
    out, carried = [points[0]], 0.0
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        length = math.dist((x0, y0), (x1, y1))
        along = spacing - carried
        while along <= length:
            out.append((x0 + (x1 - x0) * along / length, y0 + (y1 - y0) * along / length))
            along += spacing
        carried = length - (along - spacing)
    return [*out, points[-1]] if math.dist(out[-1], points[-1]) > 1e-7 else out


def distance_to_line(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    length = math.dist(start, end)
    if length < simplify.CLOSED:
        return math.dist(point, start)
    (x, y), (x0, y0), (x1, y1) = point, start, end
    return abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length


def slow_rdp(points: Points, epsilon: float) -> Points:
    """Ramer-Douglas-Peucker as its authors describe it: split at the farthest point and recurse."""
    if len(points) < 3:
        return points
    distances = [distance_to_line(point, points[0], points[-1]) for point in points[1:-1]]
    if max(distances) <= epsilon:
        return [points[0], points[-1]]
    split = 1 + distances.index(max(distances))
    return slow_rdp(points[: split + 1], epsilon)[:-1] + slow_rdp(points[split:], epsilon)


def slow_canonical(strokes: list[Points]) -> list[Points]:
    xs, ys = [x for stroke in strokes for x, _ in stroke], [y for stroke in strokes for _, y in stroke]
    side = max(max(xs) - min(xs), max(ys) - min(ys))
    scale = 255.0 / side if side > 0 else 1.0
    out = []
    for stroke in strokes:
        moved = [((x - min(xs)) * scale, (y - min(ys)) * scale) for x, y in stroke]
        out.append([(round(x), round(y)) for x, y in slow_rdp(slow_resample(moved, 1.0), 2.0)])
    return out


def as_points(array: np.ndarray) -> Points:
    return [(x, y) for x, y in array.tolist()]


def farthest(points: Points, line: Points) -> float:
    """Largest distance from one of the points to a polyline, segment by segment."""
    here = np.array(points)
    best = np.full(len(here), np.inf)
    for start, end in itertools.pairwise([line[0], *line]):
        chord = np.subtract(end, start)
        share = np.clip((here - start) @ chord / max(float(chord @ chord), 1e-12), 0.0, 1.0)
        best = np.minimum(best, np.hypot(*(here - start - share[:, None] * chord).T))
    return float(best.max())


def hausdorff(first: np.ndarray, second: np.ndarray) -> float:
    """Largest distance from a point of one polyline to the other, both walked in 2 px steps and at their corners."""
    a, b = as_points(first), as_points(second)
    return max(farthest(slow_resample(a, 2.0) + a, b), farthest(slow_resample(b, 2.0) + b, a))


def raw_record(strokes: list[np.ndarray], generator: np.random.Generator, jitter: float = 0.2) -> dict[str, object]:
    """The same strokes as a hand leaves them: 800 px canvas, points unevenly in time, below a quarter pixel of jitter.

    strokes: (n, 2) each, in the 255 unit.
    """
    drawing, clock = [], 0.0
    for points in strokes:
        arc = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        extra = generator.uniform(0.0, arc[-1], int(arc[-1] / generator.uniform(1.5, 5.0)))
        where = np.sort(np.concatenate([arc, extra]))
        dense = np.stack([np.interp(where, arc, points[:, axis]) for axis in (0, 1)]) * 2.1 + [[61.0], [140.0]]
        dense += generator.uniform(-jitter, jitter, dense.shape)
        times = clock + np.cumsum(generator.exponential(9.0, len(where)))
        clock = float(times[-1]) + 300.0
        drawing.append([dense[0].tolist(), dense[1].tolist(), times.tolist()])
    return {"word": "made up", "drawing": drawing}


def hand_drawing(generator: np.random.Generator) -> list[np.ndarray]:
    """Smooth strokes with corners, in the 255 unit: a few slow waves around straight and round paths."""
    strokes = []
    for _ in range(int(generator.integers(2, 7))):
        t = np.linspace(0.0, 1.0, 200)
        start, end = generator.uniform(20.0, 235.0, (2, 2))
        path = start + t[:, None] * (end - start)
        for frequency in (1, 2, 3):
            phase = generator.uniform(0.0, 2 * np.pi, 2)
            path = path + generator.normal(0.0, 18.0 / frequency, 2) * np.sin(
                2 * np.pi * frequency * t[:, None] + phase
            )
        strokes.append(path)
    return strokes


@given(POLYLINES, st.floats(0.5, 20.0))
def test_resample_is_a_walk_along_the_stroke(points: Points, spacing: float) -> None:
    fast = resample(np.array(points), spacing)
    slow = np.array(slow_resample(points, spacing))
    # A step that ends within rounding of a corner or of the end may be counted on either side.
    assert abs(len(fast) - len(slow)) <= 1
    assert np.allclose(fast[: len(slow) - 1], slow[: len(fast)][: len(slow) - 1], atol=1e-6)
    assert np.allclose(fast[-1], points[-1])


@given(POLYLINES, st.floats(0.1, 50.0))
def test_rdp_is_the_recursive_definition(points: Points, epsilon: float) -> None:
    assert as_points(ramer_douglas_peucker(np.array(points), epsilon)) == slow_rdp(points, epsilon)


@given(POLYLINES, st.floats(0.1, 50.0))
def test_rdp_keeps_ends_and_order(points: Points, epsilon: float) -> None:
    kept = as_points(ramer_douglas_peucker(np.array(points), epsilon))
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    remaining = iter(points)
    assert all(point in remaining for point in kept)


def test_rdp_measures_to_the_line_as_published_drawings_do() -> None:
    beyond_the_end = np.array([[0.0, 0.0], [90.0, 1.0], [60.0, 0.0]])
    assert len(ramer_douglas_peucker(beyond_the_end, 2.0)) == 2
    assert len(ramer_douglas_peucker(np.array([[0.0, 0.0], [90.0, 1.0], [0.0, 0.0]]), 2.0)) == 3


def test_rdp_drops_what_is_as_far_as_the_tolerance() -> None:
    points = np.array([[0.0, 0.0], [5.0, 2.0], [10.0, 0.0]])
    assert len(ramer_douglas_peucker(points, 2.0)) == 2
    assert len(ramer_douglas_peucker(points, 1.999)) == 3


@pytest.mark.parametrize(("extra", "simplified"), [(0, True), (2, True), (3, False), (8, False)])
def test_a_drawing_is_simplified_when_a_tenth_of_its_points_may_go(extra: int, simplified: bool) -> None:
    """Twenty corners of a zigzag, and so many points on its first straight pieces."""
    corners = [(round(x * 255 / 19), 255 * (x % 2)) for x in range(20)]
    points = []
    for place, (start, end) in enumerate(itertools.pairwise(corners)):
        points.append(start)
        if place < extra:
            points.append(((start[0] + end[0]) // 2, 127))
    sketch = Sketch.from_points([np.array([*points, corners[-1]]) / 255])
    assert is_canonical(sketch) is simplified


@given(SKETCHES)
def test_canonical_is_the_four_steps_in_order(sketch: Sketch) -> None:
    if is_canonical(sketch.transformed(1 / 255)):
        return
    fast = canonical(sketch)
    slow = slow_canonical([as_points(stroke.points) for stroke in sketch])
    for stroke, plain in zip(fast, slow, strict=True):
        # Where a distance equals epsilon, or two tie, up to rounding, either answer is right: compare the lines drawn.
        assert hausdorff(stroke.points * 255.0, np.array(plain)) <= 3.5
    same = sum(as_points(np.rint(a.points * 255.0)) == b for a, b in zip(fast, slow, strict=True))
    assert same >= len(sketch) / 2 - 1


def test_canonical_equals_the_four_steps_on_hand_drawings() -> None:
    generator = np.random.default_rng(3)
    for _ in range(10):
        raw = io.from_quickdraw(raw_record(hand_drawing(generator), generator))
        slow = slow_canonical([as_points(stroke.points) for stroke in raw])
        assert [as_points(np.rint(stroke.points * 255.0)) for stroke in canonical(raw)] == slow


@given(SKETCHES)
def test_canonical_is_idempotent(sketch: Sketch) -> None:
    once = canonical(sketch)
    again = canonical(once)
    assert again.ids == once.ids
    for first, second in zip(once, again, strict=True):
        assert hausdorff(first.points * 255.0, second.points * 255.0) <= 4.0


def test_canonical_of_hand_drawings_stays_exactly_as_it_is() -> None:
    generator = np.random.default_rng(4)
    for _ in range(20):
        once = canonical(io.from_quickdraw(raw_record(hand_drawing(generator), generator)))
        assert canonical(once) is once


def test_canonical_is_on_the_grid_and_aligned() -> None:
    sketch = canonical(Sketch((Stroke([[3.0, 1.0], [3.0, 2.0], [3.5, 2.0]], 8), Stroke([[3.2, 1.5]], 2)), "corner"))
    assert [as_points(np.rint(stroke.points * 255.0)) for stroke in sketch] == [
        [(0, 0), (0, 255), (128, 255)],
        [(51, 128)],
    ]
    assert (sketch.ids, sketch.label) == ((8, 2), "corner")


def test_canonical_drops_time_and_pressure_even_when_the_count_fits() -> None:
    stroke = canonical(Sketch((Stroke([[0, 0], [5, 7]], seconds=[0, 1], pressure=[1, 1]),)))[0]
    assert (len(stroke), stroke.seconds, stroke.pressure) == (2, None, None)


@pytest.mark.parametrize("points", [[[4.0, 4.0]], [[4.0, 4.0]] * 3, [[4.0, 4.0], [4.0, 4.0 + 1e-12]]])
def test_a_dot_goes_to_the_corner(points: list[list[float]]) -> None:
    assert set(as_points(canonical(Sketch.from_points([points]))[0].points)) == {(0.0, 0.0)}


def test_an_empty_sketch_is_refused() -> None:
    with pytest.raises(SketchError, match="draw at least one stroke"):
        canonical(Sketch())
    with pytest.raises(SketchError, match="spacing"):
        resample(np.zeros((2, 2)), 0.0)


def test_a_dense_drawing_on_the_grid_is_not_taken_for_a_simplified_one() -> None:
    angles = np.linspace(0.0, 2 * np.pi, 700)
    circle = np.rint(127.5 + 127.5 * np.stack([np.cos(angles), np.sin(angles)], axis=1))
    sketch = Sketch.from_points([circle / 255.0])
    assert not is_canonical(sketch)
    assert len(canonical(sketch)[0]) < 40


def test_two_samplings_of_one_drawing_agree() -> None:
    generator = np.random.default_rng(5)
    apart = []
    for _ in range(12):
        strokes = hand_drawing(generator)
        pair = [canonical(io.from_quickdraw(raw_record(strokes, generator))) for _ in range(2)]
        apart += [hausdorff(a.points * 255.0, b.points * 255.0) for a, b in zip(*pair, strict=True)]
    # Each is within epsilon of the curve itself.
    assert np.mean(np.array(apart) <= 3.0) >= 0.95
    assert max(apart) <= 4.75


def test_published_drawings_stay_as_they_are(data_root) -> None:
    files = sorted((data_root / "quickdraw" / "val").glob("*.ndjson.gz"))[::12]
    sketches = [sketch for file in files for sketch in io.read_sketches(file, limit=10)]
    assert np.mean([canonical(sketch) is sketch for sketch in sketches]) >= 0.99


def test_raw_twins_of_published_drawings_agree_with_them(data_root) -> None:
    generator = np.random.default_rng(6)
    apart = []
    for file in sorted((data_root / "quickdraw" / "val").glob("*.ndjson.gz"))[::12]:
        for sketch in io.read_sketches(file, limit=2):
            if sketch.ink < 10.0:
                raw = io.from_quickdraw(raw_record([stroke.points * 255.0 for stroke in sketch], generator))
                twins = zip(sketch, canonical(raw), strict=True)
                apart += [hausdorff(a.points * 255.0, b.points * 255.0) for a, b in twins]
    # A corner that rounding moved to within epsilon of its chord goes: 2 px, and rounding once more.
    assert len(apart) > 100
    assert np.mean(np.array(apart) <= 2.75) >= 0.95
    assert np.median(apart) <= 1.0


def test_ten_thousand_points_and_two_thousand_strokes_get_a_result() -> None:
    generator = np.random.default_rng(7)
    scribble = canonical(Sketch.from_points([generator.uniform(0.0, 1.0, (10_000, 2))]))
    assert len(scribble[0]) > 5_000
    assert len(canonical(Sketch.from_points(generator.uniform(0.0, 1.0, (2_000, 5, 2))))) == 2_000
