"""Stretches of colour, against a slow walk along the line; and a picture that stands alone and says its numbers."""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from sketchlib.attribution import Attribution, Canvas, explain
from sketchlib.sketch import Sketch
from sketchlib.viz import colour, heat, heat_svg, number, raw_range
from sketchlib.viz.heat import DOT, LEVELS, WINDOW

README = Path(__file__).resolve().parents[2] / "README.md"
SVG = "{http://www.w3.org/2000/svg}"
SKETCH = Sketch.from_points([[[0.1, 0.1], [0.5, 0.1], [0.5, 0.4]], [[0.2, 0.8]], [[0.6, 0.6], [0.9, 0.9]]])


def attribution(values, parts="strokes", sketch=SKETCH, **changes):
    fields = {"method": "sla", "target": "logit of cat", "score": 5.0, "blank_score": -1.0, "signed": True}
    fields |= {"gap": 0.5, "standard_error": None, "model_calls": 3}
    return Attribution(values=np.array(values, float), parts=parts, sketch=sketch, **fields | changes)


def test_a_whole_stroke_has_the_share_of_its_value():
    shown = heat(attribution([4.0, -1.0, 0.5]))
    assert [[stretch.share for stretch in stretches] for stretches in shown.strokes] == [[1.0], [-0.25], [0.125]]
    assert (shown.low, shown.high, shown.limit, shown.unit) == (-1.0, 4.0, 4.0, "logits")
    assert all(
        np.array_equal(stretches[0].points, stroke.points)
        for stretches, stroke in zip(shown.strokes, SKETCH, strict=True)
    )


def test_tiny_values_stay_pale_and_the_range_says_so():
    found = attribution([0.01, -0.02, 0.0])
    shown = heat(found)
    assert max(abs(stretch.share) for stretches in shown.strokes for stretch in stretches) <= 0.02 + 0.5 / LEVELS
    assert raw_range(shown, True) == "−0.02 … +0.01 logits"
    assert heat(found, floor=0.001).strokes[1][0].share == -1.0


def slow_density(lengths, values, at):
    """Value per length in the window around `at`, the line cut into a thousand crumbs of even value."""
    ends = np.cumsum([0, *lengths])
    crumbs = [(b + (e - b) * (i + 0.5) / 1000, v / 1000, (e - b) / 1000)
              for b, e, v in zip(ends, ends[1:], values, strict=False) for i in range(1000)]  # fmt: skip
    near = [(value, length) for place, value, length in crumbs if abs(place - at) <= WINDOW / 2]
    return sum(value for value, _ in near) / sum(length for _, length in near)


def test_segments_show_value_per_length_in_a_window():
    values = [0.8, -0.3, 0.1, 0.15]
    shown = heat(attribution(values, "segments"))
    bend, dot, line = shown.strokes
    for stretches, lengths, own in ((bend, [0.4, 0.3], values[:2]), (line, [np.hypot(0.3, 0.3)], values[3:])):
        walked = 0.0
        for stretch in stretches:
            length = np.linalg.norm(np.diff(stretch.points, axis=0), axis=1).sum()
            wanted = slow_density(lengths, own, walked + length / 2) / shown.limit
            assert stretch.share == pytest.approx(wanted, abs=1.5 / LEVELS)
            walked += length
        assert walked == pytest.approx(sum(lengths))
    assert dot[0].share == pytest.approx(0.1 / DOT / shown.limit, abs=0.5 / LEVELS)
    assert shown.unit == "logits per canvas side"


def test_colour_does_not_depend_on_how_finely_a_line_was_cut():
    coarse = Sketch.from_points([[[0.1, 0.5], [0.9, 0.5]]])
    fine = Sketch.from_points([np.stack([np.linspace(0.1, 0.9, 41), np.full(41, 0.5)], axis=1)])
    one, many = heat(attribution([2.0], "segments", coarse)), heat(attribution([0.05] * 40, "segments", fine))
    assert one.limit == pytest.approx(many.limit)
    assert [stretch.share for stretch in one.strokes[0]] == [stretch.share for stretch in many.strokes[0]] == [1.0]


def test_points_show_their_mean_and_repeated_points_are_no_trouble():
    sketch = Sketch.from_points([[[0.1, 0.5], [0.5, 0.5], [0.5, 0.5], [0.9, 0.5]], [[0.2, 0.2], [0.2, 0.2]]])
    shown = heat(attribution([2.0] * 4 + [1.0, 3.0], "points", sketch, signed=False))
    assert [[stretch.share for stretch in stretches] for stretches in shown.strokes] == [[1.0], [1.0]]
    assert shown.high == pytest.approx(2.0)
    for parts, count in (("segments", 4), ("points", 6)):
        values = heat(attribution(np.arange(count), parts, sketch))
        assert all(np.isfinite(stretch.share) for stretches in values.strokes for stretch in stretches)


def test_numbers_have_signs_where_signs_mean_something():
    said = {
        3.14159: "+3.14",
        -0.8: "−0.80",
        0.0312: "+0.03",
        -0.0024: "−0.002",
        0.0001: "0",
        1234.4: "+1234",
        25.95: "+25.9",
    }
    assert [number(value) for value in said] == list(said.values())
    assert number(0.5, signed=False) == "0.50"


def drawn(text):
    root = ElementTree.fromstring(text)
    return root, root.findall(f".//{SVG}path[@stroke]")


def test_picture_holds_every_stroke_in_its_colour_and_its_numbers():
    root, paths = drawn(heat_svg(attribution([4.0, -1.0, 0.5])))
    strokes = [path for path in paths if path.get("fill") is None]
    assert {path.get("stroke") for path in strokes} == {colour(1), colour(-0.25), colour(0.125)}
    assert strokes[-1].get("stroke") == colour(1)
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "this sketch: −1.00 … +4.00 logits" in texts
    assert "sla on logit of cat" in texts
    assert any("gap +0.50" in text for text in texts)
    assert root.findtext(f"{SVG}title") == "sla on logit of cat"
    assert "stroke 2 −1.00" in root.findtext(f"{SVG}desc")
    assert root.find(f"{SVG}rect").get("fill").startswith("#")


def test_picture_escapes_every_text():
    text = heat_svg(attribution([1.0, 2.0, 3.0], target='</text><script>alert("1")</script>&', method="<b>"))
    root, _ = drawn(text)
    assert root.find(f".//{SVG}script") is None
    assert root.findtext(f"{SVG}title") == '<b> on </text><script>alert("1")</script>&'


@pytest.mark.parametrize("shift", [-3.0, 0.0, 40.0])
def test_picture_keeps_what_was_drawn_beyond_the_canvas_on_the_paper(shift):
    text = heat_svg(attribution([4.0, -1.0, 0.5], sketch=SKETCH.transformed(1.0 if not shift else 5.0, shift)))
    root, paths = drawn(text)
    width = float(root.get("viewBox").split()[2])
    for path in paths:
        if path.get("fill") is None:
            numbers = [float(part) for part in re.findall(r"-?[\d.]+", path.get("d"))]
            assert 0 <= min(numbers) <= max(numbers) <= width


def test_unsigned_values_have_no_side_against():
    text = heat_svg(attribution([1.0, 2.0, 0.0], signed=False, method="ink_length", gap=None))
    assert "against" not in text
    assert "this sketch: 0 … 2.00 canvas sides" in text


def test_a_notebook_shows_the_picture():
    text = heat_svg(attribution([1.0, 2.0, 3.0]))
    assert text._repr_svg_() == text


def test_the_readme_explains_a_model_of_ones_own():
    """The README's three lines, run with a network of torch that this project has never seen."""
    section = README.read_text().split("\n## Your own torch model\n")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.+?)```", section, re.DOTALL)
    assert len([line for line in code.splitlines() if line]) == 3
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 7, 4), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.LazyLinear(9)
    )
    names = {"model": model.eval(), "CAT": 3, "sketch": SKETCH}
    *lines, last = code.strip().splitlines()
    exec("\n".join(lines), names)
    picture = eval(last, names)
    assert "sla on score" in picture

    def score(ink):
        return model(1 - ink.expand(-1, 3, -1, -1))[:, 3]

    assert str(picture) == heat_svg(explain(SKETCH, score, "sla", canvas=Canvas(side=224)))
