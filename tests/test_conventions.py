"""One test for each row of docs/conventions.md."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from sketchlib import io
from sketchlib.errors import SketchlibError
from sketchlib.raster import render
from sketchlib.simplify import canonical
from sketchlib.sketch import Sketch, Stroke

LIBRARY = Path(__file__).resolve().parent.parent / "sketchlib"


def centre_of_ink(ink: np.ndarray) -> tuple[float, float]:
    """(x, y) of the centre of mass in canvas units, pixel by pixel."""
    height, width = ink.shape
    total = float(ink.sum())
    x = sum(ink[i, j] * (j + 0.5) / width for i in range(height) for j in range(width)) / total
    y = sum(ink[i, j] * (i + 0.5) / height for i in range(height) for j in range(width)) / total
    return x, y


def dot(x: float, y: float) -> Sketch:
    return Sketch.from_points([[[x, y]]])


def test_convention_origin_is_top_left() -> None:
    ink = render(dot(0.05, 0.05), 20, line_width=0.08)
    assert ink[:3, :3].sum() == pytest.approx(ink.sum())
    assert ink.sum() > 0


def test_convention_points_are_x_y_and_images_are_height_width() -> None:
    horizontal = Sketch.from_points([[[0.1, 0.72], [0.9, 0.72]]])
    rows, columns = np.nonzero(render(horizontal, 16, line_width=0.05) > 0.1)
    assert set(rows) == {11}
    assert len(set(columns)) > 10


@pytest.mark.parametrize("side", [8, 9])
def test_convention_pixel_centres(side: int) -> None:
    row, column = 2, 5
    ink = render(dot((column + 0.5) / side, (row + 0.5) / side), side, line_width=1.0 / side)
    assert np.unravel_index(ink.argmax(), ink.shape) == (row, column)
    around = [ink[row - 1, column], ink[row + 1, column], ink[row, column - 1], ink[row, column + 1]]
    assert np.ptp(around) < 1e-5
    assert centre_of_ink(ink) == pytest.approx(((column + 0.5) / side, (row + 0.5) / side), abs=1e-4)


def test_convention_line_width_is_in_canvas_units() -> None:
    line = Sketch.from_points([[[0.2, 0.5], [0.8, 0.5]]])
    shares = [float(render(line, side, line_width=0.1).mean()) for side in (64, 128, 256)]
    assert shares == pytest.approx([0.6 * 0.1 + np.pi * 0.05**2] * 3, rel=0.03)


def test_convention_ink_is_one_and_paper_zero() -> None:
    ink = render(Sketch.from_points([[[0.2, 0.5], [0.8, 0.5]]]), 32, line_width=0.2)
    assert ink.dtype == np.float32
    assert (ink.min(), ink.max()) == (0.0, 1.0)
    assert ink[16, 16] == 1.0
    assert ink[0, 0] == 0.0


def test_convention_ids_are_kept() -> None:
    sketch = Sketch((Stroke(np.array([[0.1, 0.1], [0.5, 0.9]]), 7), Stroke(np.array([[0.4, 0.2], [0.9, 0.3]]), 3)))
    assert canonical(sketch).ids == (7, 3)
    assert io.from_pad(io.to_pad(sketch)).ids == (7, 3)
    assert sketch.without([7]).ids == (3,)
    assert sketch.fitted().ids == (7, 3)


def test_convention_quickdraw_is_canvas_times_255() -> None:
    sketch = io.from_quickdraw({"word": "cat", "drawing": [[[0, 255, 51], [0, 102, 204]]]})
    assert sketch.label == "cat"
    assert sketch[0].points.tolist() == [[0.0, 0.0], [1.0, 0.4], [0.2, 0.8]]


def test_convention_pad_is_canvas_times_256() -> None:
    value = {"v": 1, "size": 256, "rev": 4, "strokes": [{"id": 9, "pts": [[64, 128, 1500, 0.25], [256, 0, 2000, 1]]}]}
    (stroke,) = io.from_pad(value)
    assert stroke.points.tolist() == [[0.25, 0.5], [1.0, 0.0]]
    assert stroke.seconds is not None
    assert np.diff(stroke.seconds).tolist() == [0.5]
    assert stroke.pressure is not None
    assert stroke.pressure.tolist() == [0.25, 1.0]


def test_convention_stroke3_lifts_the_pen_on_the_last_point() -> None:
    rows = np.array([[0, 0, 0], [10, 0, 1], [0, 20, 0], [-10, 0, 1]])
    sketch = io.from_stroke3(rows)
    assert [len(stroke) for stroke in sketch] == [2, 2]
    x, y = (np.concatenate([stroke.points for stroke in sketch]) - sketch[0].points[0]).T
    assert (x / x.max()).tolist() == pytest.approx([0, 1, 1, 0])
    assert (y / y.max()).tolist() == pytest.approx([0, 0, 1, 1])
    assert io.to_stroke3(sketch)[:, 2].tolist() == [0, 1, 0, 1]


def wobbly(points: int) -> Sketch:
    angle = np.linspace(0, 5, points)
    spiral = np.stack([300 + 100 * angle * np.cos(angle), 250 + 70 * angle * np.sin(angle)], axis=1)
    return Sketch.from_points([spiral, [[700.0, 100.0], [720.0, 400.0]]], "spiral")


def test_convention_canonical_simplification() -> None:
    simple = canonical(wobbly(200))
    grid = np.concatenate([stroke.points for stroke in simple]) * 255
    assert np.abs(grid - np.rint(grid)).max() < 1e-9
    assert grid.min(axis=0).tolist() == pytest.approx([0, 0], abs=1e-9)
    assert grid.max() == pytest.approx(255)
    assert simple.label == "spiral"
    assert canonical(simple).equals(simple)


def test_convention_sampling_density_does_not_matter() -> None:
    coarse, dense = canonical(wobbly(400)), canonical(wobbly(3000))
    assert coarse.number_of_points == pytest.approx(dense.number_of_points, abs=2)
    for one, other in zip(coarse, dense, strict=True):
        gaps = np.linalg.norm(one.points[:, None] - other.points[None], axis=2)
        assert gaps.min(axis=1).max() * 255 < 8


def test_convention_values_are_copied_at_the_door() -> None:
    mine = np.array([[0.0, 0.0], [1.0, 1.0]])
    sketch = Sketch.from_points([mine])
    mine[0, 0] = 5.0
    assert sketch[0].points[0, 0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        sketch[0].points[0, 0] = 5.0
    with pytest.raises(AttributeError):
        sketch.label = "other"  # type: ignore[misc]


def library_trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(LIBRARY.rglob("*.py")):
        yield path.relative_to(LIBRARY).as_posix(), ast.parse(path.read_text())


def loose_dataclasses(place: str, tree: ast.AST) -> list[str]:
    """Public dataclasses that are not frozen, or that would compare arrays with ==."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        marks = [ast.unparse(mark) for mark in node.decorator_list if "dataclass" in ast.unparse(mark)]
        fields = [ast.unparse(field.annotation) for field in node.body if isinstance(field, ast.AnnAssign)]
        holds_arrays = any(word in text for text in fields for word in ("Array", "Tensor", "Stroke", "Sketch"))
        if marks and ("frozen=True" not in marks[0] or (holds_arrays and "eq=False" not in marks[0])):
            found.append(f"{place}:{node.lineno} {node.name}")
    return found


def test_convention_dataclasses_are_frozen() -> None:
    assert [row for place, tree in library_trees() for row in loose_dataclasses(place, tree)] == []
    for bad in ("@dataclass\nclass A:\n    x: int", "@dataclass(frozen=True)\nclass A:\n    x: Tensor"):
        assert len(loose_dataclasses("made up", ast.parse(bad))) == 1


def global_randomness(place: str, tree: ast.AST) -> list[str]:
    """Draws that no generator was handed to; training may seed the global source once, for the layers' own draws."""
    draws = ("torch.rand", "torch.randn", "torch.randint", "torch.randperm", "torch.multinomial", "torch.normal")
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    sources = ("np.random.", "numpy.random.", "torch.manual_seed", *(["random."] if "random" in modules else []))
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name, keywords = ast.unparse(node.func), {keyword.arg for keyword in node.keywords}
        handed = name in draws and "generator" not in keywords
        made = name.endswith("default_rng") or name.startswith("random.Random")
        own = name.startswith(sources) and not made and not place.startswith("train/")
        if handed or own:
            found.append(f"{place}:{node.lineno} {name}")
    return found


def test_convention_randomness_enters_as_a_generator() -> None:
    assert [row for place, tree in library_trees() for row in global_randomness(place, tree)] == []
    for bad in ("torch.rand(3)", "np.random.rand()", "import random\nrandom.shuffle(x)", "torch.manual_seed(1)"):
        assert len(global_randomness("made up", ast.parse(bad))) == 1
    assert global_randomness("made up", ast.parse("torch.rand(3, generator=g)")) == []


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: Sketch.from_points([[[0.0, float("nan")]]]),
        lambda: Sketch.from_points([[]]),
        lambda: Sketch().bounds(),
        lambda: canonical(Sketch()),
        lambda: io.from_pad({"strokes": [{"id": 1, "pts": [["a", 2]]}]}),
        lambda: io.from_pad("no object"),
        lambda: io.from_quickdraw({"drawing": [[[1, 2], [1]]]}),
        lambda: io.from_svg("<svg"),
        lambda: io.from_token("!"),
    ],
)
def test_convention_errors_are_one_sentence(mistake: Callable[[], object]) -> None:
    with pytest.raises(SketchlibError) as caught:
        mistake()
    message = str(caught.value)
    assert 15 < len(message) < 300
    assert "\n" not in message
    assert ". " not in message
