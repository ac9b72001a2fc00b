"""The Retrieve tab without a browser: the fast calls, the wiring, and what is said without a network."""

import json

import gradio as gr
import numpy as np
import pytest

from demos import retrieve
from demos.pad import Drawings, Finder, HeatCard, Sight, SketchPad
from demos.retrieve import EXAMPLES, own
from demos.retrieve.answers import Wish, ranks
from demos.retrieve.drawings.draw import drawings
from demos.ui import examples
from demos.ui.drawings import MARGIN
from demos.ui.photos import PHOTOS
from sketchlib.io import from_pad
from tests.demos.retrieve.furniture import CHAIR, NAMES, image, png, write_photos

EMPTY = {"rev": 8, "strokes": []}
VISIT = gr.Request(session_hash="a visit")
HOSTILE = "<img src=x onerror=alert(1)>"


def test_live_answers_with_what_the_page_wished_for(shop):
    found = retrieve.live({"sketch": CHAIR, "options": {"canvas": "32", "aim": NAMES[2]}})
    assert (found["rev"], found["canvas"], found["aim"], len(found["top"])) == (5, 32, NAMES[2], 10)
    json.dumps(found)
    assert len(found["sights"]) == 4
    assert retrieve.live({"sketch": CHAIR, "options": {}, "drawing": True})["sights"] == []
    assert retrieve.live({"sketch": EMPTY}) == {"rev": 8, "top": []}


@pytest.mark.parametrize(
    ("sketch", "options", "said"),
    [
        (CHAIR, {"canvas": "9"}, "a canvas is one of"),
        (CHAIR, {"gallery": HOSTILE}, "choose them again"),
        ({"strokes": [{"pts": "x"}]}, {}, "stroke 1"),
    ],
)
def test_trouble_is_one_sentence(shop, sketch, options, said):
    found = retrieve.live({"sketch": sketch, "options": options})
    assert list(found) == ["error"]
    assert said in found["error"]
    assert "\n" not in found["error"]


def test_colours_come_as_heat(shop):
    found = retrieve.colours({"sketch": CHAIR, "options": {"canvas": "32"}})
    assert [mark["id"] for mark in found["heat"]["strokes"]] == [3, 7, 9]
    assert found["heat"]["rev"] == 5


def test_pictures_are_thumbnails_of_photos_it_has(shop):
    found = retrieve.pictures({"names": [NAMES[1], HOSTILE, "../../secret.png"]})["pictures"]
    assert list(found) == [NAMES[1]]
    assert image(found[NAMES[1]]).shape == (40, 60, 3)
    assert retrieve.pictures({"names": "all"}) == {"pictures": {}}


def test_another_photo_is_another(shop):
    for _ in range(8):
        found = retrieve.pick({"but": NAMES[0]})
        assert found["name"] in NAMES[1:]
        assert found["photos"] == 12


def test_the_curve_is_for_the_drawing_it_was_asked_about(shop):
    update = retrieve.follow(CHAIR, {"gallery": "", "aim": NAMES[0]}, {"canvas": "64"})
    assert update.props["curve"]["rev"] == 5
    assert update.props["curve"]["ranks"] == ranks(from_pad(CHAIR), Wish(aim=NAMES[0], canvas=64))
    assert retrieve.follow(EMPTY, {"aim": NAMES[0]}, None).props["curve"]["ranks"] == []
    assert retrieve.follow(CHAIR, {"gallery": "gone"}, None) == gr.skip()


def test_own_photos_are_searched_until_the_visitor_leaves(shop, tmp_path):
    write_photos(tmp_path, range(20, 24))
    update, key = retrieve.take_folder(str(tmp_path), "", VISIT)
    assert update.props["gallery"] == {"key": key, "photos": 4, "duplicates": 0, "problems": []}
    found = retrieve.live({"sketch": CHAIR, "options": {"gallery": key, "aim": "021.png"}})
    assert {name for name, _ in found["top"]} == {"020.png", "021.png", "022.png", "023.png"}
    assert found["kin"] == []
    _, newer = retrieve.take_folder(str(tmp_path), key, VISIT)
    assert "error" in retrieve.live({"sketch": CHAIR, "options": {"gallery": key}})
    assert retrieve.leave({"gallery": newer}) == {}
    assert "error" in retrieve.live({"sketch": CHAIR, "options": {"gallery": newer}})


def test_an_upload_that_fails_keeps_the_gallery(shop, tmp_path, monkeypatch):
    warned = []
    monkeypatch.setattr(gr, "Warning", lambda message, title: warned.append(message))
    key, path = own.keep(shop, None), tmp_path / f"{HOSTILE.replace('/', '')}.jpg"
    path.write_bytes(b"no photo")
    assert retrieve.take([str(path)], key, VISIT) == (gr.skip(), key, None)
    assert "&lt;img" in warned[0]
    assert own.gallery_of(key) is shop


def test_a_whole_upload_becomes_the_gallery(shop, tmp_path):
    path = tmp_path / "one.png"
    path.write_bytes(png(1))
    update, key, files = retrieve.take([str(path)], "", VISIT)
    assert (update.props["gallery"]["photos"], files) == (1, None)
    assert own.gallery_of(key).names == ("one.png",)
    retrieve.leaving(VISIT)
    assert "error" in retrieve.live({"sketch": CHAIR, "options": {"gallery": key}})


def blocks(monkeypatch, reason):
    monkeypatch.setattr(retrieve, "why_not", lambda: reason)
    with gr.Blocks() as page:
        retrieve.build(page)
    return list(page.blocks.values())


def test_the_tab_is_laid_out(monkeypatch):
    kinds = [type(block) for block in blocks(monkeypatch, "")]
    assert all(kinds.count(kind) == 1 for kind in (SketchPad, Finder, Sight, HeatCard, gr.File, gr.Textbox))
    monkeypatch.setenv("SPACE_ID", "someone/space")
    assert gr.Textbox not in [type(block) for block in blocks(monkeypatch, "")]


def test_own_photos_are_forgotten_with_the_session(monkeypatch):
    (state,) = [block for block in blocks(monkeypatch, "") if isinstance(block, gr.State)]
    assert state.time_to_live == own.SECONDS
    assert state.delete_callback is own.forget


def test_without_a_network_the_tab_says_so(monkeypatch):
    _, only = [block for block in blocks(monkeypatch, "no weights") if isinstance(block, gr.HTML)]
    assert isinstance(only, Drawings)
    assert only.value["empty"] == "no weights"


def test_warming_up_never_stops_the_app(monkeypatch, caplog):
    made = []
    monkeypatch.setattr(retrieve, "make_ready", lambda: made.append(1))
    monkeypatch.setattr(retrieve, "why_not", lambda: "no weights")
    retrieve.warm_up()
    assert made == []
    monkeypatch.setattr(retrieve, "why_not", lambda: "")
    retrieve.warm_up()
    assert made == [1]


def test_examples_are_redrawn_lines_of_photos_that_ship():
    shown = examples(EXAMPLES)
    assert len(shown) >= 4
    for example, (photo, sketch) in zip(shown, drawings(), strict=True):
        assert (PHOTOS / f"{photo}.jpg").is_file()
        assert example["name"] == photo.replace("-", " ")
        written = from_pad({"strokes": example["strokes"]})
        assert len(written) == len(sketch)
        for ours, theirs in zip(written, sketch, strict=True):
            np.testing.assert_allclose(ours.points, theirs.points, atol=2e-4)
        low, high = written.bounds()
        assert MARGIN - 1e-3 <= low.min() < high.max() <= 1 - MARGIN + 1e-3
