"""The words of every tab: papers as in docs/papers.bib, short first lines, numbers that the pages of results hold."""

import importlib
import re
from pathlib import Path

import gradio as gr
import pytest

import app
from demos import TABS
from demos.ui.prose import PAPERS, Number, about_numbers, introduction

ROOT = Path(__file__).resolve().parents[2]
BIB = (ROOT / "docs" / "papers.bib").read_text()
NAMES = [tab.__name__ for tab in TABS]


def entry(key):
    """Fields of an entry of the bibliography, braces away."""
    body = BIB.partition("{" + key + ",")[2].partition("\n}")[0]
    return {name: re.sub(r"[{}]", "", text) for name, text in re.findall(r"(\w+)\s*= \{(.*)\},", body)}


def about(name):
    return importlib.import_module(f"{name}.about")


@pytest.mark.parametrize("key", PAPERS)
def test_papers_are_those_of_the_bibliography(key):
    paper, known = PAPERS[key], entry(key)
    names = [" ".join(reversed(each.split(", "))) for each in known["author"].split(" and ")]
    assert paper.authors == f"{', '.join(names[:-1])} and {names[-1]}"
    assert paper.title == known["title"]
    assert paper.venue == f"{known['booktitle']}, {known['year']}"
    assert paper.link == f"https://arxiv.org/abs/{known['eprint']}"
    assert paper.short == f"{known['author'].partition(',')[0]} et al., CVPR {known['year']}"


@pytest.mark.parametrize("name", NAMES)
def test_first_lines_are_three_on_a_phone_at_most(name):
    assert 40 < len(about(name).WHAT) <= 120


@pytest.mark.parametrize("name", NAMES)
def test_measured_numbers_stand_on_the_page_they_name(name):
    told = about(name)
    for number in told.NUMBERS:
        assert isinstance(number, Number)
        assert all([number.name, number.unit, number.meaning, number.doubt])
        page = ROOT / "docs" / "results" / f"{number.measured}.md"
        decimals = re.findall(r"\d+\.\d+", number.doubt)
        assert page.is_file() if number.measured else not decimals
        assert [each for each in decimals if each not in page.read_text()] == []
    pages = "".join((ROOT / f"docs/results/{n.measured}.md").read_text() for n in told.NUMBERS if n.measured)
    assert [each for each in re.findall(r"\d+\.\d+", told.SILENCE) if each not in pages] == []


def test_every_tab_begins_with_its_words_and_ends_with_its_numbers():
    page = app.build()
    tabs = {block.id: block for block in page.blocks.values() if isinstance(block, gr.Tab)}
    for tab in TABS:
        first, *_, last = tabs[tab.TITLE].children
        told = about(tab.__name__)
        assert isinstance(first, gr.HTML)
        assert told.WHAT.replace("'", "&#x27;") in first.value
        assert (type(last), last.label) == (gr.Accordion, "About these numbers")


def test_words_are_text():
    with gr.Blocks() as page:
        introduction("<b>what</b>", "qu2023sketchxai")
        about_numbers([Number("<i>n", "<i>u", "<i>m", "<i>d", "<i>w")], "<i>s")
    html = "".join(block.value for block in page.blocks.values() if isinstance(block, gr.HTML))
    assert "<b>" not in html
    assert "<i>" not in html
    assert 'href="https://arxiv.org/abs/2304.11744"' in html
