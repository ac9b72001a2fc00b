"""What the documentation shows runs as it stands."""

import importlib.util
import re
from pathlib import Path

import gradio as gr
import pytest

from demos.pad import SketchPad
from sketchlib.cli.models import page
from sketchlib.models.cards import find_card, recognisers

ROOT = Path(__file__).resolve().parents[1]


def blocks(name: str) -> list[str]:
    """The Python of a page, block by block."""
    return re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs" / name).read_text(), re.MULTILINE | re.DOTALL)


def test_ten_lines_explain_a_model_of_ones_own(monkeypatch):
    monkeypatch.chdir(ROOT)
    names = {}
    first, *others = blocks("your-own-model.md")
    exec(first, names)
    assert len([line for line in first.splitlines() if line]) <= 10
    assert len(names["found"].values) == len(names["sketch"])
    assert names["heat"].count("<path") >= len(names["sketch"])
    for other in others:
        exec(other, names)


def test_what_the_page_claims_of_its_models_is_so(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    names = {}
    for block in blocks("your-own-model.md"):
        exec(block, names)
    assert names["found"].flipped
    assert len(names["found"].final.remaining) == 6
    assert capsys.readouterr().out.count("agreement") == 3


def test_a_tab_is_one_file(tmp_path):
    (tab,) = blocks("add-a-tab.md")
    path = tmp_path / "ink.py"
    path.write_text(tab)
    specification = importlib.util.spec_from_file_location("ink", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    with gr.Blocks() as page, gr.Tab(module.TITLE):
        module.build(page)
    assert [block.elem_id for block in page.blocks.values() if isinstance(block, SketchPad)] == ["pad-ink"]
    said = module.measure({"v": 1, "size": 256, "rev": 1, "strokes": [{"id": 4, "pts": [[0, 0], [0, 128]]}]})
    assert said == "stroke 4: 0.50"


def test_the_page_of_model_cards_is_what_the_cards_say():
    assert (ROOT / "docs" / "models.md").read_text() == page()


def test_the_scores_of_the_readme_are_those_of_the_cards():
    table = (ROOT / "README.md").read_text().split("<!-- scores: begin -->")[1].split("<!-- scores: end -->")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.strip().splitlines()[2:]]
    assert {row[0].strip("`") for row in rows} == {
        name for name in recognisers() if not find_card(name).weights.repository
    }
    for title, _, classes, top1, macro, _ in rows:
        card = find_card(title.strip("`"))
        scores = {score.name: score for score in reversed(card.scores)}
        low, high = scores["macro_top1"].interval
        assert int(classes) == len(card.classes)
        assert top1 == f"{scores['top1'].value:.1%}"
        assert macro == f"{scores['macro_top1'].value:.1%} [{100 * low:.1f}, {100 * high:.1f}]"


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    text = path.read_text()
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    local = [target for target in targets if target and not target.startswith(("http:", "https:", "mailto:"))]
    assert [target for target in local if not (path.parent / target).exists()] == []
