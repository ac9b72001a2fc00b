"""The table and the figures of faithfulness: what they say of made-up scores."""

import re
from xml.etree import ElementTree

import pytest

from sketchlib.attribution.faithfulness.scores import Estimate, FaithfulnessScores
from sketchlib.attribution.faithfulness.sweep import Choice, Setting, Sweep
from sketchlib.viz.faithfulness import curves_figure, intervals_svg, table, write_table
from sketchlib.viz.faithfulness.table import CHECKED, FAITHFUL


def around(mean, half=0.05, n=8):
    return Estimate(mean, (mean - half, mean + half), n)


def scores(method, rank, deletion, untrained=0.1, model="toy-v1"):
    numbers = dict.fromkeys(FAITHFUL, around(0.25)) | dict.fromkeys(CHECKED, around(0.5, n=4))
    numbers |= {"spearman_leave_one_out": around(rank), "deletion_auc": around(deletion)}
    numbers |= {"randomised_weights": around(untrained, n=4), "ms_per_sketch": around(1234.5, 1.0)}
    cascade = {"head": around(0.4), "stem": around(untrained)}
    return FaithfulnessScores(
        method, model, "margin", 8, {"unknown <b>": 3}, numbers, cascade, (0.9, 0.5, 0.1), (0.1, 0.5, 0.9)
    )


METHODS = [
    scores("sla", 0.7, 0.2), scores("p_sla", 0.5, 0.44, untrained=-0.3),
    scores("ink_length", 0.3, 0.4), scores("random", 0.0, 0.5),
]  # fmt: skip
ESTIMATES = {"sla": around(0.6)}
SWEEP = Sweep(
    "toy-v1", 8, (0.02, 0.01), (Setting(0.02, 0.01, around(0.9), ESTIMATES, ESTIMATES),),
    {"sla": Choice(0.04, 0.01, around(0.7), around(0.6), around(0.1))},
)  # fmt: skip


def rows(text):
    """The cells of every row of the tables."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]


@pytest.fixture
def text():
    return table(METHODS, [SWEEP], "python -m sketchlib ...", {"toy-v1": "figures/a.svg"}, "figures/a.html")


def test_a_number_comes_with_its_interval(text):
    found = rows(text)
    assert next(row for row in found if row[0] == "sla")[:2] == ["sla", "0.70 [0.65, 0.75]"]
    assert any("1,234 [1,234, 1,236]" in row for row in found)
    assert all(len(row) == len(found[0]) for row in found[: len(METHODS) + 2])


def test_the_verdict_is_read_off_the_numbers(text):
    verdicts = [row for row in rows(text) if len(row) == 4 and row[0] in ("sla", "p_sla") and "[" not in row[1]]
    assert verdicts == [["sla", "yes", "yes", "yes"], ["p_sla", "**no**", "**no**", "**no**"]]


def test_the_table_states_its_sketches_command_and_sweep(text):
    assert "python -m sketchlib ..." in text
    assert "8 sketches" in text
    assert "3 of unknown <b>" in text
    assert "less that of the strongest other" in text
    assert "on 4 of the sketches" in text
    assert ["sla", "0.40", "0.10"] in rows(text)
    assert ["sla", "0.04", "0.01", "0.70 [0.65, 0.75]", "0.60 [0.55, 0.65]", "0.10 [0.05, 0.15]"] in rows(text)


def test_without_checks_there_is_no_table_of_them():
    bare = [
        FaithfulnessScores(
            "sla", "toy-v1", "predicted", 8, {}, dict.fromkeys(FAITHFUL, around(0.7)), {}, (1, 0), (0, 1)
        )
    ]
    found = table(bare, [], "", {"toy-v1": "a.svg"}, "a.html")
    assert "Untrained" not in found
    assert "not measured" in found


def test_a_point_stands_where_its_mean_is_and_its_line_where_the_interval_is():
    root = ElementTree.fromstring(intervals_svg(METHODS))
    space = "{http://www.w3.org/2000/svg}"
    ticks = {float(e.text): float(e.get("x")) for e in root.iter(f"{space}text") if re.fullmatch(r"-?\d\.\d", e.text)}
    dots = [float(circle.get("cx")) for circle in root.iter(f"{space}circle")]
    assert len(dots) == 2 * len(METHODS)
    first, second = [x for x in dots if x < 440], [x for x in dots if x > 440]
    unit = (ticks[1.0] - ticks[-0.2]) / 1.2
    assert [round((x - ticks[1.0]) / unit + 1, 2) for x in first] == [0.7, 0.5, 0.3, 0]
    unit = (ticks[0.6] - ticks[0.1]) / 0.5
    assert [round((x - ticks[0.6]) / unit + 0.6, 2) for x in second] == [0.2, 0.44, 0.4, 0.5]
    titles = [element.text for element in root.iter(f"{space}title")]
    assert titles == ["How faithful is each method on toy-v1? (n = 8)"]


def test_names_are_escaped():
    odd = intervals_svg([scores("sla", 0.5, 0.3, model="<a & b>")])
    assert "&lt;a &amp; b&gt;" in odd
    ElementTree.fromstring(odd)


def test_the_curves_are_lines_of_methods_in_a_panel_a_model():
    both = [*METHODS, scores("sla", 0.7, 0.2, model="other-v1")]
    figure = curves_figure(both)
    assert [trace.name for trace in figure.data] == ["sla", "p_sla", "ink_length", "random", "sla"]
    assert list(figure.data[0].y) == [0.9, 0.5, 0.1]
    assert list(figure.data[0].x) == [0, 50, 100]
    assert [note.text for note in figure.layout.annotations] == ["toy-v1", "other-v1"]


def test_everything_is_written_beside_the_table(tmp_path):
    found = write_table(tmp_path / "attribution.md", METHODS, [SWEEP], "command")
    names = ["attribution.md", "figures/attribution-toy-v1.svg", "figures/attribution.html"]
    assert [path.relative_to(tmp_path).as_posix() for path in found] == names
    text = found[0].read_text()
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert link.startswith("../equations.md") or (tmp_path / link).is_file(), link
    assert found[2].stat().st_size < 100_000
