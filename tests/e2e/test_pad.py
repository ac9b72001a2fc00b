"""The drawing pad in a real browser: every way to draw, one history, files in and out."""

import gzip
import json
import math
import re
from xml.etree import ElementTree

import pytest

from sketchlib.io import from_pad, to_token

expect = pytest.importorskip("playwright.sync_api").expect

BOW = [(30, 60), (120, 40), (220, 70)]
PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True, "device_scale_factor": 3}


def test_mouse_draws_what_the_hand_did(visit):
    visitor = visit()
    visitor.draw(*BOW)
    expect(visitor.strokes).to_have_count(1)
    points = visitor.value()[0]["pts"]
    assert math.dist(points[0][:2], BOW[0]) < 1
    assert math.dist(points[-1][:2], BOW[-1]) < 1
    assert [point[2] for point in points] == sorted(point[2] for point in points)
    expect(visitor.rows.first).to_contain_text("line")


def test_touch_draws_and_does_not_scroll(visit):
    visitor = visit(**PHONE)
    places, cdp = visitor.screen([(40, 40), (60, 120), (80, 220)]), visitor.context.new_cdp_session(visitor.page)
    before = visitor.page.evaluate("scrollY")
    for kind, place in [
        ("touchStart", places[0]),
        ("touchMove", places[1]),
        ("touchMove", places[2]),
        ("touchEnd", None),
    ]:
        points = [{"x": place[0], "y": place[1]}] if place else []
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(visitor.strokes).to_have_count(1)
    assert visitor.page.evaluate("scrollY") == before
    expect(visitor.rows.first).to_contain_text("line")


def test_second_finger_does_not_join_the_stroke(visit):
    visitor = visit(**PHONE)
    (a, b, far), cdp = visitor.screen([(40, 40), (60, 60), (200, 200)]), visitor.context.new_cdp_session(visitor.page)
    frames = [("touchStart", [a]), ("touchMove", [a, far]), ("touchMove", [b, far]), ("touchEnd", [])]
    for kind, places in frames:
        touched = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})
    expect(visitor.strokes).to_have_count(1)
    assert max(point[0] for point in visitor.value()[0]["pts"]) < 100


def test_pen_pressure_is_kept_and_seen(visit):
    visitor = visit()
    places, cdp = visitor.screen([(40 + 15 * n, 60) for n in range(9)]), visitor.context.new_cdp_session(visitor.page)
    kinds = ["mousePressed", *["mouseMoved"] * 7, "mouseReleased"]
    for n, (kind, (x, y)) in enumerate(zip(kinds, places, strict=True)):
        event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        cdp.send("Input.dispatchMouseEvent", event | {"pointerType": "pen", "force": 0.1 + 0.05 * n})
    expect(visitor.strokes).to_have_count(1)
    pressures = {point[3] for point in visitor.value()[0]["pts"]}
    assert len(pressures) > 3
    assert min(pressures) < 0.2
    assert visitor.strokes.first.evaluate("path => path.style.strokeWidth") < "2.8"


def test_keyboard_draws_and_escape_drops(visit):
    visitor = visit()
    visitor.page.locator("#pad-recognise .sp-paper").focus()
    for key in ["Space", *["ArrowRight"] * 5, "Shift+ArrowDown", "Space"]:
        visitor.page.keyboard.press(key)
    expect(visitor.strokes).to_have_count(1)
    points = visitor.value()[0]["pts"]
    assert points[0][:2] == [128, 128]
    assert points[-1][:2] == [128 + 5 * 4, 128 + 16]
    for key in ["Space", "ArrowLeft", "Escape"]:
        visitor.page.keyboard.press(key)
    expect(visitor.strokes).to_have_count(1)


def test_one_history_of_strokes_erasures_and_clearing(visit):
    """Draw 3, erase the middle one, clear; then walk all the way back and forth: a list of lists says what is due."""
    visitor = visit()
    for y in (50, 120, 190):
        visitor.draw((30, y), (220, y))
    visitor.act("erase")
    visitor.draw((120, 105), (120, 135))
    visitor.act("erase")
    visitor.act("clear")
    heights = {50: "a", 120: "b", 190: "c"}

    def shown():
        return "".join(heights[round(stroke["pts"][0][1])] for stroke in visitor.value())

    due = ["", "a", "ab", "abc", "ac", ""]
    for state in due[-2::-1]:
        visitor.act("undo")
        assert shown() == state
    assert visitor.page.locator("[data-act=undo]").get_attribute("aria-disabled") == "true"
    for state in due[1:]:
        visitor.page.keyboard.press("Control+y")
        assert shown() == state
    visitor.page.keyboard.press("Control+z")
    visitor.page.keyboard.press("Control+z")
    visitor.draw((30, 50), (60, 50))
    assert shown() == "abca"
    assert visitor.page.locator("[data-act=redo]").get_attribute("aria-disabled") == "true"


def test_delete_removes_the_chosen_stroke_and_undo_brings_it_back(visit):
    visitor = visit()
    for y in (50, 120):
        visitor.draw((30, y), (220, y))
    before = visitor.value()
    for key in ["]", "Delete"]:
        visitor.page.keyboard.press(key)
    assert visitor.value() == before[1:]
    visitor.page.keyboard.press("Control+z")
    assert visitor.value() == before


def test_example_is_one_undoable_step(visit):
    visitor = visit()
    visitor.draw(*BOW)
    mine = visitor.value()
    visitor.page.get_by_label("Load the example bicycle", exact=True).click()
    expect(visitor.strokes).to_have_count(7)
    expect(visitor.rows).to_have_count(5)
    visitor.act("undo")
    assert visitor.value() == mine


SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M10 10L80 10"/><circle cx="40" cy="50" r="20"/></svg>'
NDJSON = json.dumps({"word": "x", "drawing": [[[0, 255], [0, 255]], [[0, 255], [255, 0]]]}) + "\n"
PAD_JSON = json.dumps(
    {"v": 1, "size": 256, "strokes": [{"id": 4, "pts": [[10, 20], [30, 40]]}, {"id": 9, "pts": [[5, 5]]}]}
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", SVG.encode()),
        ("b.ndjson", NDJSON.encode()),
        ("c.ndjson.gz", gzip.compress(NDJSON.encode(), mtime=0)),
        ("d.json", PAD_JSON.encode()),
    ],
)
def test_opening_a_file(visit, name, content):
    visitor = visit()
    visitor.page.locator(".sp-file").set_input_files({"name": name, "mimeType": "", "buffer": content})
    expect(visitor.strokes).to_have_count(2)
    if name == "d.json":
        assert [stroke["pts"] for stroke in visitor.value()] == [[[10, 20], [30, 40]], [[5, 5]]]


HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        (f"{HOSTILE}.svg", b"<svg><script>alert(1)</script>", "svg"),
        (
            "bomb.svg",
            b'<!DOCTYPE a [<!ENTITY b "c">]><svg xmlns="http://www.w3.org/2000/svg"><text>&b;</text></svg>',
            "bomb.svg",
        ),
        ("cut.ndjson.gz", gzip.compress(NDJSON.encode() * 50, mtime=0)[:40], "cut.ndjson.gz"),
        ("broken.ndjson", b'{"drawing": [[[1, 2], [3, "x"]]]}\n', "line 1"),
        ("nan.json", b'{"strokes": [{"id": 1, "pts": [[NaN, 1]]}]}', "nan.json"),
        ("big.svg", b"<svg>" + b" " * 3_000_000, "2 MB"),
        ("photo.png", b"\x89PNG", "photo.png"),
    ],
)
def test_a_bad_file_is_one_toast_and_the_drawing_stays(visit, name, content, wanted):
    visitor = visit()
    visitor.draw(*BOW)
    before = visitor.value()
    visitor.page.locator(".sp-file").set_input_files({"name": name, "mimeType": "", "buffer": content})
    expect(visitor.toast).to_have_count(1)
    expect(visitor.toast).to_contain_text(wanted)
    assert visitor.toast.locator("img").count() == 0
    assert "Traceback" not in visitor.toast.inner_text()
    assert visitor.value() == before


def test_share_link_brings_the_drawing_back(visit):
    visitor = visit()
    visitor.page.get_by_label("Load the example cat").click()
    expect(visitor.strokes).to_have_count(13)
    visitor.page.locator(".sp-share summary").click()
    link = visitor.page.locator(".sp-link")
    expect(link).to_have_value(re.compile(r"\?s=[A-Za-z0-9_-]{50,}&tab=Recognise$"))
    other = visit("/?s=" + link.input_value().partition("?s=")[2])
    expect(other.strokes).to_have_count(13)
    expect(other.rows.first).to_contain_text("%")
    for mine, theirs in zip(visitor.value(), other.value(), strict=True):
        assert max(math.dist(a[:2], b[:2]) for a, b in zip(mine["pts"], theirs["pts"], strict=True)) < 1.5


def test_damaged_share_link_is_one_toast(visit):
    visitor = visit("/?s=%3Cscript%3Ealert(1)%3C/script%3E")
    expect(visitor.toast).to_contain_text("link")
    expect(visitor.strokes).to_have_count(0)


def test_a_drawing_outlives_a_reload_and_is_nobody_elses(visit):
    visitor = visit()
    visitor.draw(*BOW)
    visitor.draw((40, 200), (200, 200))
    drawn = visitor.value()
    visitor.reload()
    expect(visitor.strokes).to_have_count(2)
    assert visitor.value() == drawn
    expect(visitor.rows.first).to_contain_text("pair")
    visitor.draw((40, 220), (200, 220))
    expect(visitor.rows.first).to_contain_text("many")
    expect(visit().strokes).to_have_count(0)
    visitor.act("clear")
    visitor.reload()
    expect(visitor.page.locator(".sp-hint")).to_be_visible()
    expect(visitor.strokes).to_have_count(0)


def test_a_reload_keeps_what_was_drawn_on_top_of_a_link(visit):
    visitor = visit("/?s=" + to_token(from_pad(json.loads(PAD_JSON))))
    expect(visitor.strokes).to_have_count(2)
    visitor.draw(*BOW)
    expect(visitor.strokes).to_have_count(3)
    visitor.reload()
    expect(visitor.strokes).to_have_count(3)
    visitor.page.wait_for_timeout(500)
    expect(visitor.strokes).to_have_count(3)


def saved(visitor, act):
    visitor.page.locator("summary[aria-label='Download the sketch']").click()
    with visitor.page.expect_download() as download:
        visitor.act(act)
    with open(download.value.path(), "rb") as file:
        return download.value.suggested_filename, file.read()


def test_downloads(visit):
    visitor = visit()
    visitor.draw(*BOW)
    visitor.draw((40, 200), (200, 200))
    drawn = visitor.value()
    name, content = saved(visitor, "json")
    assert name == "sketch.json"
    assert json.loads(content)["strokes"] == drawn
    name, content = saved(visitor, "svg")
    paths = ElementTree.fromstring(content).findall("{http://www.w3.org/2000/svg}path")
    numbers = [[float(text) for text in re.findall(r"[\d.]+", path.get("d"))] for path in paths]
    assert numbers == [[c for point in stroke["pts"] for c in point[:2]] for stroke in drawn]
    name, content = saved(visitor, "png")
    assert (name, content[:8]) == ("sketch.png", b"\x89PNG\r\n\x1a\n")
    assert [int.from_bytes(content[16:20]), int.from_bytes(content[20:24])] == [1024, 1024]
