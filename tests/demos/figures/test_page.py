"""What the cards of /figures are given: the copies that ship, and figures that were made here."""

import base64
from contextlib import nullcontext

import gradio as gr
import pytest

import app
from demos import figures
from demos.figures import copies
from demos.ui.lanes import JOB
from sketchlib.figures import FIGURES, FORMATS, Sheet
from sketchlib.figures import make as library_make


def blank(name):
    return Sheet(FIGURES[name].title, "Blank.", "Nothing.", [], 20)


@pytest.fixture
def fresh(monkeypatch):
    """Nothing was made yet; what is made is a blank sheet, in one turn."""
    made = []

    def make(name, load, turn):
        if name not in FIGURES:
            return library_make(name)
        with turn():
            made.append(name)
        return blank(name)

    monkeypatch.setattr(copies, "_made", {})
    monkeypatch.setattr(copies, "make", make)
    return made


def test_the_copy_that_ships_is_shown_and_saved(fresh):
    answer = figures.show({"name": "plane"})
    assert answer["svg"] == (copies.FOLDER / "plane.svg").read_text()
    assert answer["note"] == "This is the copy that ships."
    saved = figures.save({"name": "plane", "kind": "pdf"})
    assert (saved["name"], saved["type"]) == ("plane.pdf", "application/pdf")
    assert base64.b64decode(saved["data"]) == (copies.FOLDER / "plane.pdf").read_bytes()
    assert fresh == []


def test_a_figure_is_made_once_and_then_shown_and_saved(fresh):
    first, second = (figures.make({"name": "plane"}).props["made"] for _ in range(2))
    assert fresh == ["plane"]
    assert first == second
    assert first["svg"] == figures.show({"name": "plane"})["svg"] != (copies.FOLDER / "plane.svg").read_text()
    assert "in some digits not the same as the copy that ships" in first["note"]
    for kind, write in FORMATS.items():
        assert base64.b64decode(figures.save({"name": "plane", "kind": kind})["data"]) == write(blank("plane"))


@pytest.mark.parametrize("asked", [{}, {"name": "../app"}])
def test_what_is_not_a_figure_is_one_sentence(fresh, asked):
    said = "a figure is one of recovery, "
    assert said in figures.show(asked)["error"]
    assert said in figures.save(asked | {"kind": "svg"})["error"]
    with pytest.raises(gr.Error, match=said):
        figures.make(asked)


def test_what_is_no_kind_of_file_is_one_sentence(fresh):
    saved = figures.save({"name": "plane", "kind": "../plane.svg"})
    assert saved == {"error": "a figure is saved as one of svg, pdf, got '../plane.svg'"}


def test_a_copy_that_is_missing_is_one_sentence(fresh, monkeypatch, tmp_path):
    monkeypatch.setattr(copies.shipped, "__defaults__", (tmp_path,))
    assert "a copy of each figure ships in docs/figures/papers" in figures.show({"name": "plane"})["error"]


def test_figures_are_made_in_a_lane_of_their_own_and_hidden_from_the_api():
    page = app.build()
    (making,) = [each for each in page.fns.values() if each.concurrency_id == "figures"]
    assert (making.concurrency_limit, making.api_visibility) == (1, "private")


def test_a_network_is_asked_in_the_lane_of_long_jobs(fresh, monkeypatch):
    taken = []
    monkeypatch.setattr(copies.shelf, "lane", lambda patience: nullcontext(taken.append(patience)))
    copies.made("plane")
    assert taken == [JOB]
