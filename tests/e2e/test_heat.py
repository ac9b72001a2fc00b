"""Colours on the strokes in a real browser: live, in numbers, by every way of pointing, and never in the way."""

import csv
import re

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
LEFT, RIGHT, FAINT = [(30, 20), (30, 236)], [(226, 60), (226, 200)], [(40, 128), (42, 128)]


def bars(visit, **settings):
    """A strong stroke for the class on the left, a strong one against it on the right, a faint one for it."""
    visitor = visit(**settings)
    for stroke in (LEFT, RIGHT, FAINT):
        visitor.draw(*stroke)
    expect(visitor.strokes).to_have_count(3)
    expect(visitor.page.locator(".hc-list li")).to_have_count(3)
    expect(visitor.page.locator(".hc-ends strong")).to_contain_text("logits")
    return visitor


def channels(colour):
    return [int(part) for part in re.findall(r"\d+", colour)[:3]]


def painted(visitor):
    """(red - blue) of each stroke as the browser paints it: positive is warm."""
    colours = visitor.strokes.evaluate_all("paths => paths.map(path => getComputedStyle(path).stroke)")
    return [red - blue for red, _, blue in map(channels, colours)]


def choose(visitor, name, value):
    visitor.page.locator(f"#heat [data-of={name}]").select_option(value)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_strokes_take_their_colours_while_drawing(visit, theme):
    visitor = bars(visit, query=f"/?__theme={theme}")
    expect(visitor.page.locator(".hc-question")).to_have_text("Which strokes speak for many?")
    left, right, faint = painted(visitor)
    assert left > 100
    assert right < -60
    assert abs(faint) < 40
    light = visitor.strokes.first.evaluate("path => path.style.getPropertyValue('--told')")
    dark = visitor.strokes.first.evaluate("path => path.style.getPropertyValue('--told-dark')")
    shown = visitor.strokes.first.evaluate("path => getComputedStyle(path).stroke")
    wanted = dark if theme == "dark" else light
    assert channels(shown) == [int(wanted[place : place + 2], 16) for place in (1, 3, 5)]


HELD = """name => {
  window.held = [];
  const plain = window.fetch;
  window.fetch = async (url, options) => {
    const answer = await plain(url, options);
    if (options && String(options.body).includes('"fn_name":"' + name + '"')) await new Promise((go) => held.push(go));
    return answer;
  };
}"""


def test_guesses_do_not_wait_for_colours_and_late_colours_are_forgotten(visit):
    visitor = bars(visit)
    visitor.page.evaluate(HELD, "colours")
    visitor.page.evaluate("document.addEventListener('sketch-coloured', (e) => { window.last = e.detail.rev; })")
    visitor.draw((100, 30), (100, 60))
    visitor.page.wait_for_function("held.length === 1")
    revision = int(visitor.page.locator("#pad-recognise .sp-paper").get_attribute("data-rev"))
    before = painted(visitor)
    assert before[0] > 100
    for _ in range(3):
        visitor.act("undo")
    expect(visitor.rows.first).to_contain_text("line")
    visitor.page.evaluate("held.shift()()")
    visitor.page.wait_for_function("held.length === 1")
    visitor.page.evaluate("held.shift()()")
    visitor.page.wait_for_function("was => window.last > was", arg=revision)
    expect(visitor.page.locator(".hc-note")).to_contain_text("one stroke has nothing to rank")
    assert painted(visitor) == painted_as_ink(visitor)


def test_legend_holds_the_raw_range_and_the_doubt(visit):
    visitor = bars(visit)
    low, high = re.fullmatch(
        r"−([\d.]+) … \+([\d.]+) logits", visitor.page.locator(".hc-ends strong").inner_text()
    ).groups()
    assert float(low) > 0 < float(high)
    about = visitor.page.locator(".hc-about")
    expect(about).to_contain_text("Leave-one-out of the logit of many")
    expect(about).to_contain_text("5 model calls")
    expect(about).to_contain_text("gap:")
    visitor.act("undo")
    visitor.act("undo")
    expect(visitor.page.locator(".hc-note")).to_contain_text("one stroke has nothing to rank")
    expect(visitor.strokes).to_have_count(1)
    assert visitor.strokes.first.evaluate("path => path.style.getPropertyValue('--told')") == ""


def test_a_class_a_contrast_and_off(visit):
    visitor = bars(visit)
    before = painted(visitor)
    choose(visitor, "target", "<img src=x onerror=alert(1)>")
    expect(visitor.page.locator(".hc-question")).to_have_text("Which strokes speak for <img src=x onerror=alert(1)>?")
    assert visitor.page.locator("#heat img").count() == 0
    after = painted(visitor)
    assert after[0] < 0 < before[0]
    assert after[1] > 0 > before[1]
    choose(visitor, "target", "line")
    choose(visitor, "other", "line")
    expect(visitor.page.locator(".hc-note")).to_contain_text("two different classes")
    assert painted(visitor) == painted_as_ink(visitor)
    choose(visitor, "other", "blank")
    expect(visitor.page.locator(".hc-question")).to_have_text("Which strokes speak for line and not blank?")
    choose(visitor, "show", "off")
    expect(visitor.page.locator(".hc-note")).to_have_text("Colours are off.")
    expect(visitor.page.locator("#heat [data-of=method]")).to_be_disabled()
    assert painted(visitor) == painted_as_ink(visitor)


def painted_as_ink(visitor):
    ink = visitor.page.evaluate("getComputedStyle(document.querySelector('.sp-live')).stroke")
    red, _, blue = channels(ink)
    return [red - blue] * visitor.strokes.count()


def test_parts_are_drawn_in_the_strokes_place_and_leave_with_it(visit):
    visitor = bars(visit)
    choose(visitor, "show", "parts")
    pieces = visitor.page.locator("#pad-recognise .sp-parts path")
    expect(pieces.first).to_be_attached()
    expect(visitor.page.locator("#heat [data-of=method]")).to_have_value("p_sla")
    expect(visitor.page.locator(".hc-ends strong")).to_contain_text("logits per canvas side")
    assert visitor.strokes.first.evaluate("path => getComputedStyle(path).strokeOpacity") == "0"
    expect(visitor.strokes).to_have_count(3)
    visitor.act("clear")
    expect(pieces).to_have_count(0)


def test_slow_methods_follow_when_the_pen_rests(visit):
    visitor = bars(visit)
    choose(visitor, "method", "shapley")
    expect(visitor.page.locator(".hc-about")).to_contain_text("Shapley values of the logit of many")
    assert painted(visitor)[0] > 100
    expect(visitor.page.locator("#deletion")).to_contain_text("strongest gone: ")
    expect(visitor.page.locator("#deletion .scatterlayer .trace")).to_have_count(4)


def test_the_untrained_twin_is_labelled_and_pale(visit):
    visitor = bars(visit)
    trained = painted(visitor)
    visitor.page.locator("#heat [data-of=sanity]").check()
    expect(visitor.page.locator(".sp-badge")).to_have_text("untrained network")
    expect(visitor.page.locator(".hc-warning")).to_contain_text("untrained network")
    assert max(map(abs, painted(visitor))) < max(map(abs, trained)) / 2
    visitor.page.locator("#heat [data-of=sanity]").uncheck()
    expect(visitor.page.locator(".sp-badge")).to_be_hidden()


def test_the_number_by_mouse_by_keyboard_and_from_the_list(visit):
    visitor = bars(visit)
    tip = visitor.page.locator(".sp-tip")
    expect(tip).to_be_hidden()
    (place,) = visitor.screen([(226, 130)])
    visitor.page.mouse.move(*place)
    expect(tip).to_have_text(re.compile(r"Stroke 2: −[\d.]+ logits"))
    (away,) = visitor.screen([(120, 120)])
    visitor.page.mouse.move(*away)
    expect(tip).to_be_hidden()
    visitor.page.keyboard.press("]")
    expect(tip).to_have_text(re.compile(r"Stroke 1: \+[\d.]+ logits"))
    expect(visitor.page.locator(".sp-quiet")).to_have_text(re.compile(r"Stroke 1 of 3, \+[\d.]+ logits"))
    visitor.page.get_by_text("Every stroke in numbers").click()
    rows = visitor.page.locator(".hc-list ol button")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_have_text(re.compile(r"Stroke 2−[\d.]+ logits"))
    rows.nth(1).focus()
    expect(tip).to_have_text(re.compile("Stroke 2"))
    expect(visitor.strokes).to_have_count(3)


def test_a_tap_on_a_stroke_asks_and_a_tap_beside_it_draws(visit):
    visitor = visit(**PHONE)
    cdp = visitor.context.new_cdp_session(visitor.page)

    def touch(*points):
        places = visitor.screen(points)
        for kind, place in [
            ("touchStart", places[0]),
            *(("touchMove", place) for place in places[1:]),
            ("touchEnd", None),
        ]:
            fingers = [{"x": place[0], "y": place[1]}] if place else []
            cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch(*LEFT)
    touch(*RIGHT)
    expect(visitor.page.locator(".hc-ends strong")).to_contain_text("logits")
    touch((30, 120))
    expect(visitor.page.locator(".sp-tip")).to_have_text(re.compile("Stroke 1: "))
    expect(visitor.strokes).to_have_count(2)
    touch((120, 120))
    expect(visitor.strokes).to_have_count(3)


def test_two_visitors_colour_as_each_wishes(visit):
    one, two = bars(visit), bars(visit, locale="de-DE")
    choose(two, "target", "blank")
    expect(two.page.locator(".hc-question")).to_contain_text("blank")
    one.draw((100, 200), (110, 200))
    expect(one.strokes).to_have_count(4)
    expect(one.page.locator(".hc-list li")).to_have_count(4)
    expect(one.page.locator(".hc-question")).to_have_text("Which strokes speak for many?")


def test_controls_are_two_rows_of_large_targets_on_a_phone(visit):
    visitor = visit(**PHONE)
    boxes = visitor.page.locator("#heat .hc-row label").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().toJSON())"
    )
    assert len(boxes) == 5
    assert len({round(box["y"]) for box in boxes}) == 2
    assert min(box["width"] for box in boxes) >= 32
    assert min(box["height"] for box in boxes) >= 44
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_saved_picture_has_the_colours(visit):
    visitor = bars(visit, query="/?__theme=dark")
    visitor.page.locator("summary[aria-label='Download the sketch']").click()
    with visitor.page.expect_download() as download:
        visitor.act("svg")
    with open(download.value.path()) as file:
        text = file.read()
    told = visitor.strokes.first.evaluate("path => path.style.getPropertyValue('--told')")
    assert f'stroke="{told}"' in text
    assert "<title>Stroke 1: +" in text


def kept(visitor, button):
    """Rows of the CSV that a button saves."""
    with visitor.page.expect_download() as download:
        visitor.page.locator(button).click()
    with open(download.value.path(), newline="") as file:
        return list(csv.DictReader(file))


def test_the_numbers_of_the_list_and_of_both_charts_are_saved(visit):
    visitor = bars(visit)
    visitor.page.get_by_text("Every stroke in numbers").click()
    shown = visitor.page.locator(".hc-list b").all_inner_texts()
    rows = kept(visitor, ".hc-csv")
    assert [row["stroke"] for row in rows] == ["1", "2", "3"]
    assert {row["unit"] for row in rows} == {"logits"}
    for row, text in zip(rows, shown, strict=True):
        assert float(row["value"]) == pytest.approx(float(text.split()[0].replace("−", "-")), abs=0.006)
    expect(visitor.page.locator("#deletion .scatterlayer .trace")).to_have_count(4)
    curves = kept(visitor, "#deletion-csv")
    names = {row["line"] for row in curves}
    assert names == {"random, lowest", "random, highest", "random, n = 10", "strongest first"}
    assert [row["strokes removed"] for row in curves if row["line"] == "strongest first"] == ["0", "1", "2", "3"]
    known = kept(visitor, "#when-csv")
    assert {row["strokes drawn"] for row in known} == {"1", "2", "3"}
    assert all(0 <= float(row["probability (%)"]) <= 100 for row in known)
