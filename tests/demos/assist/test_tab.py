"""The Assist tab without a browser: the fast calls, the API, the wiring, its examples, and what is said in trouble."""

import base64
import json

import gradio as gr
import numpy as np
import pytest

from demos import assist
from demos.assist.drawings.draw import drawings
from demos.assist.marks import Wish, judged
from demos.pad import Drawings, Guide, SketchPad
from demos.ui import examples
from demos.ui.photos import PHOTOS
from sketchlib.io import from_pad
from tests.demos.retrieve.furniture import CHAIR, NAMES

EMPTY = {"rev": 8, "strokes": []}
LONE = CHAIR | {"strokes": CHAIR["strokes"][:1]}
AIM = {"aim": NAMES[2], "method": "fast"}
HOSTILE = "<img src=x onerror=alert(1)>"


def test_live_tells_the_rank_of_the_photo(shop):
    found = assist.live({"sketch": CHAIR, "options": AIM})
    row = shop_reader(shop, CHAIR)
    near = shop.vectors @ row
    assert found["rank"] == int((near >= near[2] - 1e-6).sum())
    assert (found["rev"], found["aim"], found["photos"], found["strokes"]) == (5, NAMES[2], 12, 3)
    assert found["top"] == [[NAMES[2], pytest.approx(float(near[2]), abs=1e-4)]]
    assert assist.live({"sketch": EMPTY}) == {"rev": 8, "top": []}


def shop_reader(shop, payload):
    from demos.assist.marks import reader_of_drawings

    return reader_of_drawings().embed([from_pad(payload)])[0]


def test_marks_are_of_every_stroke_and_coloured_where_flagged(shop):
    heat = assist.colours({"sketch": CHAIR, "options": AIM})["heat"]
    found = judged(from_pad(CHAIR), Wish.read(AIM))
    assert [mark["id"] for mark in heat["strokes"]] == [3, 7, 9]
    assert {mark["id"] for mark in heat["strokes"] if "color" in mark} == set(found.flagged)
    assert heat["legend"]["flagged"] == list(found.flagged)
    assert (heat["legend"]["rank_before"], heat["legend"]["rank_after"]) == (found.rank_before, found.rank_after)
    assert heat["legend"]["aim"] == NAMES[2]
    json.dumps(heat)


@pytest.mark.parametrize(
    ("sketch", "options", "said"),
    [
        (LONE, AIM, "draw another one"),
        (CHAIR, {"aim": HOSTILE}, "a photo is chosen first"),
        (CHAIR, AIM | {"method": "magic"}, "fast or gates"),
    ],
)
def test_trouble_of_marks_is_a_sentence_in_their_place(shop, sketch, options, said):
    heat = assist.colours({"sketch": sketch, "options": options})["heat"]
    assert heat["strokes"] == []
    assert said in heat["legend"]["note"].replace("A photo", "a photo")
    assert heat["legend"]["note"].endswith(".")


def test_a_drawing_of_endless_strokes_is_not_judged(shop):
    many = {"rev": 1, "strokes": [{"id": i, "pts": [[i, 1], [i, 9]]} for i in range(49)]}
    assert "at most 48" in assist.colours({"sketch": many, "options": AIM})["heat"]["legend"]["note"]


def test_live_trouble_is_told(shop):
    assert list(assist.live({"sketch": CHAIR, "options": {"aim": HOSTILE}})) == ["error"]


def test_pictures_are_those_that_ship(shop):
    found = assist.pictures({"names": [NAMES[1], HOSTILE]})["pictures"]
    assert list(found) == [NAMES[1]]
    assert base64.b64decode(found[NAMES[1]])[:2] == b"\xff\xd8"
    assert assist.pictures({"names": "all"}) == {"pictures": {}}


def blocks(monkeypatch, reason):
    monkeypatch.setattr(assist, "why_not", lambda: reason)
    with gr.Blocks() as page:
        assist.build(page)
    return list(page.blocks.values())


def test_the_tab_is_laid_out(monkeypatch):
    kinds = [type(block) for block in blocks(monkeypatch, "")]
    assert all(kinds.count(kind) == 1 for kind in (SketchPad, Guide, gr.Accordion))


def test_without_a_network_the_tab_says_so(monkeypatch):
    _, only = [block for block in blocks(monkeypatch, "no weights") if isinstance(block, gr.HTML)]
    assert isinstance(only, Drawings)
    assert only.value["empty"] == "no weights"


def test_the_examples_are_those_of_the_script_and_of_photos_that_ship():
    stored = examples(assist.EXAMPLES)
    made = dict(drawings())
    assert [example["name"] for example in stored] == [name.replace("-", " ") for name in made]
    for example, sketch in zip(stored, made.values(), strict=True):
        assert (PHOTOS / f"{example['name'].partition(' with')[0].replace(' ', '-')}.jpg").is_file()
        for stroke, points in zip(sketch, example["strokes"], strict=True):
            np.testing.assert_allclose(256 * stroke.points, points["pts"], atol=0.06)
