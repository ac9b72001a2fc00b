"""The page about stroke shapes says the numbers of its clusters, and draws every one."""

import re
from xml.etree import ElementTree

import numpy as np

from sketchlib.viz.shapes import atlas_svg, page, same_cluster, write_page
from tests.shapes.toys import SAMPLES, clusters, recogniser

FOUND = clusters(recogniser())
SVG = "{http://www.w3.org/2000/svg}"


def test_the_page_says_what_was_found(tmp_path):
    paths = write_page(tmp_path / "shapes.md", FOUND)
    assert paths == [tmp_path / "shapes.md", tmp_path / "figures" / "shapes.svg"]
    text = paths[0].read_text()
    assert text == page(FOUND, "figures/shapes.svg")
    for said in (
        "`toy-v2`",
        "100 strokes",
        "20 drawings",
        "| 2 | 0.300 | 0.200 to 0.400 | 0.50 | 25.0% |",
        "| **3** | 0.150 | 0.100 to 0.200 | 0.75 | 50.0% |",
        "| as drawn | 90.0% |",
        "is 0.79 on average",
        "0.00 on average between neighbours",
    ):
        assert said in text
    assert "![The representative of each cluster](figures/shapes.svg)" in text


def numbers(path):
    return np.array([float(number) for number in re.findall(r"-?[\d.]+", path.get("d"))]).reshape(-1, 2)


def test_the_atlas_draws_every_cluster_largest_first():
    root = ElementTree.fromstring(atlas_svg(FOUND))
    assert [text.text for text in root.iter(f"{SVG}text")][1:] == ["50.0%", "30.0%", "20.0%"]
    lines = [numbers(path) for path in root.iter(f"{SVG}path")]
    assert [len(line) for line in lines] == [2, 4, 2]
    assert np.ptp(lines[0], axis=0).tolist() == [0, 44]
    assert np.ptp(lines[2], axis=0).tolist() == [44, 0]
    width, height = float(root.get("width")), float(root.get("height"))
    for line in lines:
        assert (line >= 0).all()
        assert (line <= (width, height)).all()


def test_same_cluster_counts_forms_at_both_sizes():
    found = dict(enumerate(FOUND.sample_clusters.tolist()))
    wanted = np.mean([found[0] == found[1], found[2] == found[3]])
    assert same_cluster(FOUND, 0.2, 0.45) == (wanted, 2)
    assert same_cluster(FOUND, 0.2, 0.9) == (0, 0)
    assert len(SAMPLES) == len(found)
