"""The figures: their numbers are what the methods return, their files open, their words do not meet."""

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pypdf
import pytest
from reportlab.pdfbase import pdfmetrics

from sketchlib.attribution import explain, logit
from sketchlib.cli import main
from sketchlib.errors import InputError
from sketchlib.figures import FIGURES, FORMATS, as_pdf, as_svg, make, pdf
from sketchlib.figures.sheet import HEAD, WIDTH, Label, Line, Sheet
from sketchlib.figures.sources import Workshop
from sketchlib.inversion import invert
from sketchlib.io import read_sketches
from sketchlib.models import load
from sketchlib.sketch import Sketch
from sketchlib.viz import colour

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "docs" / "figures" / "papers"
SVG = "{http://www.w3.org/2000/svg}"
QUOTED = ("attack", "plane")


@cache
def sheet(name: str) -> Sheet:
    return make(name, cache(load))


def words(name: str) -> list[Label]:
    return [mark for mark in sheet(name).body if isinstance(mark, Label)]


def example(file: str) -> Sketch:
    return next(iter(read_sketches(ROOT / "demos" / "examples" / f"{file}.json")))


def below(name: str, heading: str, end: str) -> list[str]:
    """The words of a storyboard between two row headings."""
    said = [label.text for label in words(name)]
    return said[said.index(heading) + 1 : said.index(end)]


def test_recovery_shows_what_an_inversion_returns() -> None:
    steps = list(invert(load("sketchxainet66"), example("03-sun"), "sun"))
    shown = below("recovery", "sun", "fish")
    chances = [float(said.rstrip("%")) for said in shown if said.endswith("%")]
    keys = (0, 1, 2, 3, 4, 5, 10, 50, 100)
    assert chances == pytest.approx([100 * steps[key].target for key in keys], abs=0.011)
    instead = [said for said in shown if not said.endswith("%")]
    assert instead == [steps[key].top for key in keys if steps[key].top != "sun"]


def test_transfer_shows_both_classes() -> None:
    steps = list(invert(load("sketchxainet66"), example("02-cat"), "owl", "as_drawn"))
    shown = [float(said.rstrip("%")) for said in below("transfer", "cat to owl", "sun to clock")]
    keys = (0, 1, 2, 3, 4, 5, 10, 50, 100)
    wanted = [100 * share for key in keys for share in (steps[key].target, steps[key].origin)]
    assert shown == pytest.approx(wanted, abs=0.06)
    reached = sum(
        list(invert(load("sketchxainet66"), example(file), target, "as_drawn"))[-1].top == target
        for file, target in (
            ("01-bicycle", "eyeglasses"),
            ("02-cat", "owl"),
            ("03-sun", "clock"),
            ("12-tree", "candle"),
            ("07-car", "shoe"),
        )
    )
    assert sheet("transfer").sentence.startswith(f"{reached} of 5 ")


@pytest.mark.parametrize(("model", "column"), [("sketchxainet66", 2), ("sketchcnn66", 7)])
def test_heat_grid_shows_the_range_and_the_colours_of_an_attribution(model: str, column: int) -> None:
    recogniser = load(model)
    found = explain(example("06-fish"), logit(recogniser, "fish"), "leave_one_out")
    ranges = [label.text for label in words("heat-grid") if "…" in label.text]
    low, high = (float(part.replace("−", "-")) for part in ranges[2 * 10 + column].split(" … "))
    assert (low, high) == pytest.approx((found.values.min(), found.values.max()), abs=0.006)
    limit = max(abs(found.values).max(), 1.0)
    wanted = sorted(colour(round(24 * value / limit) / 24) for value in found.values)
    assert sorted(cell_colours(column, row=2)) == wanted


def cell_colours(column: int, row: int) -> list[str]:
    """Of the lines whose middle stands above the range of one cell."""
    label = [label for label in words("heat-grid") if "…" in label.text][10 * row + column]
    inside = []
    for mark in sheet("heat-grid").body:
        if isinstance(mark, Line):
            x, y = (mark.points.min(axis=0) + mark.points.max(axis=0)) / 2
            if abs(x - label.x) < 30 and 0 < label.y - y < 66:
                inside.append(mark.colour)
    return inside


def table(page: str, section: str, row: str) -> list[float]:
    """The leading numbers of the cells of a row, read without the library."""
    text = (ROOT / "docs" / "results" / page).read_text().split(section, 1)[1]
    line = next(line for line in text.splitlines() if line.startswith(f"| `{row}` |"))
    return [float(re.match(r"[\d.]+", cell.strip())[0]) for cell in line.split("|")[2:-1] if cell.strip()]


@pytest.mark.parametrize(
    ("model", "strategy", "place"),
    [
        ("sketchxainet66-v4", "greedy", 0),
        ("sketchxainet66-v4", "random_segments", 8),
        ("sketchcnn66-v2", "greedy_segments", 15),
    ],
)
def test_attack_curve_stands_where_the_page_says(model: str, strategy: str, place: int) -> None:
    rates = table("attack.md", f"## `{model}`", strategy)
    curves = [mark.points for mark in sheet("attack").body if isinstance(mark, Line) and len(mark.points) == 6]
    assert len(curves) == 18
    ends = {said: [label.y - 3 for label in words("attack") if label.text == said] for said in ("0%", "100%")}
    panel = {0: 0, 8: 1, 15: 3}[place]
    zero, full = ends["0%"][panel], ends["100%"][panel]
    shown = 100 * (curves[place][:, 1] - zero) / (full - zero)
    assert shown == pytest.approx(rates, abs=0.01)


def test_plane_stands_where_the_page_and_the_paper_say() -> None:
    text = ElementTree.fromstring(as_svg(sheet("plane")))
    filled = [dot for dot in text.iter(f"{SVG}circle") if dot.get("fill") == dot.get("stroke")][:-1]
    acc1, _, _, _, cost, *_ = table("retrieval.md", "| query encoder", "teacher")
    ticks = {label.text: label for label in words("plane")[:20]}
    per_point = (ticks["80"].y - ticks["70"].y) / 10
    x = ticks["0.1"].x + np.log10(cost / 0.1) * (ticks["1"].x - ticks["0.1"].x)
    y = ticks["70"].y - 3 + per_point * (acc1 - 70)
    assert min(np.hypot(float(dot.get("cx")) - x, float(dot.get("cy")) - y) for dot in filled) < 0.02
    assert f"{acc1:.1f}% [" in sheet("plane").sentence


@pytest.mark.parametrize("name", FIGURES)
def test_svg_is_xml_that_says_what_it_shows(name: str) -> None:
    root = ElementTree.fromstring(as_svg(sheet(name)))
    assert root.find(f"{SVG}title").text == FIGURES[name].title
    assert root.find(f"{SVG}desc").text == sheet(name).sentence
    begin, end = map(float, root.get("data-body").split())
    assert 0 < begin < end < float(root.get("height"))
    assert not {each.tag for each in root.iter()} & {f"{SVG}image", f"{SVG}script", f"{SVG}foreignObject"}


@pytest.mark.parametrize("name", FIGURES)
def test_pdf_is_one_page_of_vectors_with_its_words_in_embedded_fonts(name: str) -> None:
    data = as_pdf(sheet(name))
    assert data == as_pdf(sheet(name))
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert reader.metadata.creation_date.year == 2000
    (page,) = reader.pages
    text = " ".join(page.extract_text().split())
    assert FIGURES[name].title in text
    assert " ".join(sheet(name).sentence.split()) in text
    assert not page.images
    used = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert all("/FontFile2" in font["/FontDescriptor"] for font in used)
    assert float(page.mediabox.width) == 0.75 * WIDTH


@pytest.mark.parametrize("name", FIGURES)
def test_no_words_meet_or_leave_the_sheet(name: str) -> None:
    """Measured in the font of the PDF, which is a wide one."""
    as_pdf(sheet(name))
    rooms = {label: room(label) for label in [*words(name), *(moved(each) for each in sheet(name).around())]}
    height = sheet(name).full_height - HEAD
    for label, (left, top, right, bottom) in rooms.items():
        assert left >= 0, label
        assert right <= WIDTH, label
        assert top >= -HEAD, label
        assert bottom <= height, label
    for (one, a), (other, b) in combinations(rooms.items(), 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, (one, other)


def moved(label: Label) -> Label:
    """A label of the whole sheet, placed as the picture's are."""
    return Label(label.text, label.x, label.y - HEAD, label.size, label.colour, label.anchor, label.bold)


def room(label: Label) -> tuple[float, float, float, float]:
    width = pdfmetrics.stringWidth(label.text, "VeraBd" if label.bold else "Vera", label.size)
    before = {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    up, down = 0.74 * label.size, 0.2 * label.size
    if label.turned:
        return label.x - up, label.y - width + before, label.x + down, label.y + before
    return label.x - before, label.y - up, label.x - before + width, label.y + down


@pytest.mark.parametrize("name", FIGURES)
def test_the_copies_that_ship_are_these_figures(name: str) -> None:
    """To the byte where they quote; where they compute, the numbers of another processor may round otherwise."""
    files = {suffix: SHIPPED / f"{name}.{suffix}" for suffix in FORMATS}
    assert all(path.stat().st_size < 300_000 for path in files.values())
    made = as_svg(sheet(name))
    if name in QUOTED:
        assert files["svg"].read_text() == made
    shipped, fresh = (ElementTree.fromstring(text) for text in (files["svg"].read_text(), made))
    for tag in ("title", "desc", "metadata"):
        assert shipped.find(f"{SVG}{tag}").text == fresh.find(f"{SVG}{tag}").text
    assert len(list(shipped.iter(f"{SVG}text"))) == len(list(fresh.iter(f"{SVG}text")))
    assert FIGURES[name].title in pypdf.PdfReader(files["pdf"]).pages[0].extract_text()


def test_others_have_a_turn_between_two_pieces_of_work() -> None:
    events: list[str] = []

    @contextmanager
    def turn() -> Iterator[None]:
        events.append("in")
        yield
        events.append("out")

    def work() -> Iterator[str]:
        for item in "ab":
            events.append(item)
            yield item

    assert list(Workshop(load, turn).by_turns(work())) == ["a", "b"]
    assert events == ["in", "a", "out", "in", "b", "out", "in", "out"]


def test_the_command_writes_the_same_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figures", "plane", "recovery", "--out", str(tmp_path / "new")]) == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "plane.pdf",
        "plane.svg",
        "recovery.pdf",
        "recovery.svg",
    ]
    for name in ("plane", "recovery"):
        for suffix, write in FORMATS.items():
            assert (tmp_path / "new" / f"{name}.{suffix}").read_bytes() == write(sheet(name))
    assert len(capsys.readouterr().out.splitlines()) == 4
    assert main(["figures", "--out", str(tmp_path), "cat", "--format", "svg"]) == 2
    assert "a figure is one of recovery, " in capsys.readouterr().err


def test_without_reportlab_a_pdf_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf._reportlab.cache_clear()
    monkeypatch.setitem(sys.modules, "reportlab.pdfbase", None)
    with pytest.raises(InputError, match="a PDF is written by ReportLab"):
        as_pdf(sheet("plane"))
    pdf._reportlab.cache_clear()
