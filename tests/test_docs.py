"""What the documentation shows runs as it stands."""

import importlib.util
import re
from pathlib import Path

import gradio as gr
import pytest

from demos.pad import SketchPad

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


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = page.read_text()
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    local = [target for target in targets if target and not target.startswith(("http:", "https:", "mailto:"))]
    assert [target for target in local if not (page.parent / target).exists()] == []
