"""SVG: geometry to strokes within a stated tolerance, and nothing else."""

import math
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchlib import io
from sketchlib.errors import FormatError
from sketchlib.sketch import Sketch, Stroke

COORDINATES = st.floats(-0.5, 1.5)
STROKES = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=8)


def document(body: str, attributes: str = 'viewBox="0 0 100 100"') -> str:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {names} {attributes}>{body}</svg>"


def strokes_of(body: str, attributes: str = 'viewBox="0 0 100 100"') -> list[list[list[float]]]:
    """Strokes in hundredths of the canvas."""
    return [np.round(stroke.points * 100.0, 6).tolist() for stroke in io.from_svg(document(body, attributes))]


@given(st.dictionaries(st.integers(-9, 999), STROKES, max_size=5))
def test_round_trip_keeps_ids_and_points(strokes: dict[int, list[tuple[float, float]]]) -> None:
    sketch = Sketch(tuple(Stroke(points, identity) for identity, points in strokes.items()))
    assert io.from_svg(io.to_svg(sketch)).equals(sketch, 1e-6)


def test_y_points_down_and_the_view_box_is_the_canvas() -> None:
    assert strokes_of('<path d="M0 0L10 90"/>') == [[[0, 0], [10, 90]]]
    assert strokes_of('<path d="M0 0L10 90"/>', 'viewBox="-10 -20 100 50" width="9mm"') == [[[10, 20], [20, 110]]]
    assert strokes_of('<path d="M0 0L10 90"/>', 'width="200px" height="50"') == [[[0, 0], [5, 45]]]


def test_without_a_canvas_the_drawing_is_fitted() -> None:
    assert strokes_of('<path d="M5 5L25 5L25 15"/>', 'width="90%"') == [[[0, 25], [100, 25], [100, 75]]]


def test_shapes_subpaths_and_closing() -> None:
    assert strokes_of('<line x1="1" y1="2" x2="3" y2="4"/>') == [[[1, 2], [3, 4]]]
    assert strokes_of('<polyline points="1,2 3,4 5,6"/>') == [[[1, 2], [3, 4], [5, 6]]]
    assert strokes_of('<polygon points="1,2 3,4 5,6"/>') == [[[1, 2], [3, 4], [5, 6], [1, 2]]]
    assert strokes_of('<rect x="1" y="2" width="3" height="4"/>') == [[[1, 2], [4, 2], [4, 6], [1, 6], [1, 2]]]
    assert strokes_of('<path d="M1 1h2zm5 5v1M9 9"/>') == [[[1, 1], [3, 1], [1, 1]], [[6, 6], [6, 7]]]
    assert strokes_of('<path d="M1 1Z"/>') == [[[1, 1]]]


def test_transforms_compose() -> None:
    body = '<g transform="translate(10 20)"><g transform="scale(2)"><path transform="rotate(90)" d="M0 0L5 0"/></g></g>'
    assert strokes_of(body) == [[[10, 20], [10, 30]]]


def test_use_is_followed() -> None:
    body = '<defs><path id="a" d="M0 0L1 1"/></defs><use href="#a" x="5"/><use xlink:href="#a" y="7"/><use href="#no"/>'
    assert strokes_of(body) == [[[5, 0], [6, 1]], [[0, 7], [1, 8]]]
    assert strokes_of('<symbol id="s"><path d="M0 0L1 1"/></symbol>') == []
    assert strokes_of('<symbol id="s"><path d="M0 0L1 1"/></symbol><use href="#s"/>') == [[[0, 0], [1, 1]]]


@pytest.mark.parametrize("tolerance", [0.02, 0.001, 0.0001])
def test_circles_stay_within_the_tolerance(tolerance: float) -> None:
    (stroke,) = io.from_svg(document('<circle cx="50" cy="50" r="40"/>'), tolerance)
    corners = stroke.points
    middles = (corners[1:] + corners[:-1]) / 2.0
    for points in (corners, middles):
        assert np.abs(np.hypot(*(points - 0.5).T) - 0.4).max() <= tolerance
    assert len(corners) < 8 * math.sqrt(0.4 / tolerance) + 8


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=4, max_size=4), st.sampled_from("CQ"))
def test_beziers_stay_within_the_tolerance(controls: list[tuple[int, int]], kind: str) -> None:
    used = controls if kind == "C" else controls[:3]
    first, *others = (f"{x} {y}" for x, y in used)
    (stroke,) = io.from_svg(document(f'<path d="M{first} {kind} {" ".join(others)}"/>'), 0.002)
    t = np.linspace(0.0, 1.0, 400)[:, None]
    degree = len(used) - 1
    terms = [math.comb(degree, i) * t**i * (1 - t) ** (degree - i) * np.array(used[i]) for i in range(degree + 1)]
    curve = np.sum(terms, axis=0) / 100.0
    # Distance of every curve point to the nearest of many points on the polyline.
    share = np.linspace(0.0, 1.0, 30)[None, :, None]
    line = (stroke.points[:-1, None] * (1 - share) + stroke.points[1:, None] * share).reshape(-1, 2)
    apart = np.hypot(*(curve[:, None] - line[None]).transpose(2, 0, 1)).min(axis=1)
    assert apart.max() <= 0.002 + 0.003


def test_an_ellipse_is_as_fine_as_its_long_radius_asks() -> None:
    (stroke,) = io.from_svg(document('<ellipse cx="50" cy="50" rx="48" ry="3"/>'), 0.001)
    middles = (stroke.points[1:] + stroke.points[:-1]) / 2.0
    angle = np.linspace(0.0, 2.0 * np.pi, 20_000)
    curve = 0.5 + np.stack([0.48 * np.cos(angle), 0.03 * np.sin(angle)], axis=1)
    apart = np.hypot(*(middles[:, None] - curve[None]).transpose(2, 0, 1)).min(axis=1)
    assert apart.max() <= 0.001
    assert len(stroke) > 2 * math.pi * math.sqrt(0.48 / 0.008)


@pytest.mark.parametrize(
    ("path", "bend", "pieces"), [("Q50 100 100 0", 2 * 200, 5), ("C50 100 50 100 100 0", 6 * math.hypot(50, 100), 7)]
)
def test_a_curve_has_the_pieces_that_its_bend_asks_for(path: str, bend: float, pieces: int) -> None:
    """n^2 >= bend / (8 tolerance), the bend of degree d being d (d - 1) times the longest second difference."""
    (stroke,) = io.from_svg(document(f'<path d="M0 0{path}"/>'), 0.02)
    assert len(stroke) - 1 == math.ceil(math.sqrt(bend / (8 * 2.0))) == pieces


def test_what_is_not_geometry_stays_behind() -> None:
    body = (
        '<script>alert(1)</script><script href="x.js"/><style>path{d:none}</style><text>hello</text>'
        '<image href="file:///etc/passwd"/><foreignObject><path d="M0 0L9 9"/></foreignObject>'
        '<clipPath><path d="M0 0L9 9"/></clipPath><mask><rect width="5" height="5"/></mask>'
        '<g display="none"><path d="M0 0L9 9"/></g><path style="fill:red; display: none" d="M0 0L9 9"/>'
        '<path onclick="alert(1)" d="M1 1L2 2"/>'
    )
    assert strokes_of(body) == [[[1, 1], [2, 2]]]


def test_shapes_without_geometry_draw_nothing() -> None:
    body = '<path/><path d=""/><rect/><rect width="5"/><circle r="0"/><polyline points=""/><path d="M1 1L2 2"/>'
    assert strokes_of(body) == [[[1, 1], [2, 2]]]


def test_an_empty_document_is_an_empty_sketch() -> None:
    assert len(io.from_svg(document(""))) == len(io.from_svg(document("", ""))) == 0
    assert len(io.from_svg(io.to_svg(Sketch()))) == 0


def test_a_doctype_without_declarations_is_harmless() -> None:
    public = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    assert len(io.from_svg('<?xml version="1.0" encoding="utf-16"?>' + public + document('<path d="M0 0L1 1"/>'))) == 1


LAUGHS = "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(12))
CHAIN = "".join(f'<g id="g{i + 1}">' + f'<use href="#g{i}"/>' * 10 + "</g>" for i in range(12))
MANY = "<path d='M1 1L2 2'/>"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'<!DOCTYPE svg [<!ENTITY a0 "ha">{LAUGHS}]><svg><text>&a12;</text></svg>', r"DTD .*\(line 1\)"),
        ('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>', "DTD"),
        ('<!DOCTYPE svg SYSTEM "x.dtd" [<!ENTITY % p "x"> %p;]><svg/>', "DTD"),
        ("<svg>&undefined;</svg>", r"not valid XML: undefined entity \(line 1\)"),
        (document(f'<g id="g0">{MANY}</g>{CHAIN}<use href="#g12"/>'), "once <use> is followed, got"),
        (document('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'), "<use> followed"),
        (document('<use id="a" href="#a"/>'), "<use> followed"),
        (document("<g>" * 5_000 + "</g>" * 5_000), "nested at most 64 deep"),
        (document("<other>" * 64 + "</other>" * 64), "nested at most 64 deep"),
        (document(f'<g transform="{"scale(1)" * 1_000}">{MANY * 500}</g>'), "once <use> is followed, got"),
        (document(MANY * 2_001), "2,000 strokes"),
        (document('<circle r="1000"/>', 'viewBox="0 0 1e-6 1e-6"'), "100,000 points"),
        (document('<path d="M0 0L1e999 4"/>'), "finite"),
        (document('<path d="M0 0L nan 4"/>'), "cannot be read"),
        ("<html><svg/></html>", "starts with an svg element, got 'html'"),
        ("", "not valid XML: no element found"),
        ("<svg><g></svg>", r"not valid XML: mismatched tag \(line 1\)"),
        ("<svg>\n\n<g", r"\(line 3\)"),
        ("<svg>" + " " * 2_000_001 + "</svg>", "2,000,000 bytes"),
    ],
)
def test_hostile_documents_are_one_sentence(text: str, words: str) -> None:
    began = time.process_time()
    with pytest.raises(FormatError, match=words) as error:
        io.from_svg(text)
    assert "\n" not in str(error.value)
    assert time.process_time() - began < 10.0


def test_bytes_in_any_encoding() -> None:
    text = document('<path d="M1 1L2 2"/>')
    assert len(io.from_svg(text.encode("utf-16"))) == 1
    with pytest.raises(FormatError, match="XML"):
        io.from_svg(b'<?xml version="1.0" encoding="klingon"?><svg/>')
    with pytest.raises(FormatError, match="XML"):
        io.from_svg(b"\xff\xfe\x00")


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        io.from_svg(data)


@given(st.text(alphabet="MmLlHhVvCcSsQqTtAaZz0123456789 .,-e", max_size=40))
def test_any_path_data_is_read_or_refused(data: str) -> None:
    try:
        sketch = io.from_svg(document(f'<path d="{data}"/>'))
    except FormatError:
        return
    assert all(np.isfinite(stroke.points).all() for stroke in sketch)


def test_a_broken_file_names_itself(tmp_path: Path) -> None:
    (tmp_path / "bad.svg").write_text("<svg>\n<oops")
    with pytest.raises(FormatError, match=r"^bad.svg: not valid XML: .* \(line 2\)"):
        next(io.read_sketches(tmp_path / "bad.svg"))


def test_the_tolerance_is_positive() -> None:
    with pytest.raises(FormatError, match="tolerance"):
        io.from_svg(document(""), 0.0)
