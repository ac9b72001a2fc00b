"""The storyboard: a panel for every key iteration of every run, and its words."""

from xml.etree import ElementTree

import pytest

from sketchlib.viz import order_colours, storyboard_svg
from sketchlib.viz.storyboard import key_iterations
from tests.viz.moves import history

NAMESPACE = "{http://www.w3.org/2000/svg}"


def test_key_iterations_are_those_of_the_paper_that_exist_and_the_last():
    assert key_iterations(100) == [0, 1, 2, 3, 4, 5, 10, 50, 100]
    assert key_iterations(7) == [0, 1, 2, 3, 4, 5, 7]
    assert key_iterations(0) == [0]


def test_every_run_has_a_panel_for_every_key_iteration():
    _, steps = history(iterations=10, runs=2)
    root = ElementTree.fromstring(storyboard_svg(steps, ["cat", "cat"]))
    panels = root.findall(f"{NAMESPACE}g")
    assert len(panels) == 2 * 7
    assert [path.get("stroke") for path in panels[0].findall(f"{NAMESPACE}path")] == order_colours(3)


def test_captions_name_the_target_and_in_brackets_another_top():
    _, steps = history(iterations=10)
    texts = [node.text for node in ElementTree.fromstring(storyboard_svg(steps, ["cat & co"])).iter(f"{NAMESPACE}text")]
    assert texts[:7] == [f"Iteration {number}" for number in (0, 1, 2, 3, 4, 5, 10)]
    assert "cat & co 40.00%" in texts
    assert (texts.count("(<dog>)"), texts.count("(cat)")) == (6, 1)


def test_strokes_stand_where_they_were():
    _, steps = history(iterations=10)
    panel = ElementTree.fromstring(storyboard_svg(steps, ["cat"])).find(f"{NAMESPACE}g")
    first = panel.findall(f"{NAMESPACE}path")[0].get("d")
    (x0, y0), (x1, y1) = (map(float, pair.split()) for pair in first[1:].split("L"))
    assert y0 == y1
    assert x1 - x0 == pytest.approx(0.2 / 1.0 * 120 * 0.88, abs=0.02)
