"""Names that look like markup stay text in everything that is written: no element and no attribute comes of them."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import plotly.graph_objects as go
import pytest

from demos.ui.figures import figure
from sketchlib.figures.sheet import Label, Sheet
from sketchlib.figures.svg import as_svg
from sketchlib.io import to_svg
from sketchlib.viz import heat_svg, storyboard_svg
from tests.viz.moves import history
from tests.viz.test_heat import SKETCH, attribution

EVIL = "<img src=x onerror=alert(1)>\"'&</text><script>alert(2)</script>"
DRAWN = {
    "svg",
    "title",
    "desc",
    "metadata",
    "defs",
    "linearGradient",
    "stop",
    "g",
    "path",
    "rect",
    "circle",
    "text",
    "line",
}


def sheet() -> Sheet:
    return Sheet(title=EVIL, sentence=EVIL, source=EVIL, height=40.0, body=(Label(EVIL, 5.0, 5.0),))


WRITERS = {
    "heat map": lambda: heat_svg(attribution([1.0, -2.0, 0.5], target=f"logit of {EVIL}", method=EVIL)),
    "storyboard": lambda: storyboard_svg(history(iterations=3, target=EVIL)[1], [EVIL]),
    "figure": lambda: as_svg(sheet()),
    "sketch": lambda: to_svg(replace(SKETCH, label=EVIL)),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_pictures_hold_it_as_text(writer):
    text = str(WRITERS[writer]())
    root = ElementTree.fromstring(text)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= DRAWN
    assert not any(re.match("on|href", name) for element in root.iter() for name in element.attrib)
    shown = "".join(root.itertext())
    assert ("onerror=alert(1)" in shown) is (writer != "sketch")


def test_charts_escape_it():
    chart = figure(EVIL, EVIL, {"title": EVIL}, {"title": EVIL})
    assert isinstance(chart, go.Figure)
    assert not re.search("<(img|script|/text)", json.dumps(chart.to_plotly_json(), default=str))
