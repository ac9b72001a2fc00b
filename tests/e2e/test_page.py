"""The page around the pad: answers, the chart, models, looks, visitors, accessibility."""

import time

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def test_answers_come_while_the_pen_is_down(visit):
    visitor = visit()
    live = []
    visitor.page.on("request", lambda request: live.append(request.url) if "component_server" in request.url else None)
    (start, *way) = visitor.screen([(20 + 4 * n, 40 + 100 * (n % 2)) for n in range(50)])
    visitor.page.mouse.move(*start)
    visitor.page.mouse.down()
    begun = time.monotonic()
    for place in way:
        visitor.page.mouse.move(*place, steps=2)
        visitor.page.wait_for_timeout(15)
    expect(visitor.rows).to_have_count(5)
    elapsed, calls = time.monotonic() - begun, len(live)
    expect(visitor.strokes).to_have_count(0)
    visitor.page.mouse.up()
    expect(visitor.strokes).to_have_count(1)
    assert 1 <= calls <= elapsed / 0.09 + 1


def test_empty_states_say_what_to_do(visit):
    visitor = visit()
    expect(visitor.page.locator("#answers")).to_contain_text("Draw on the pad, or pick an example")
    expect(visitor.page.locator("#when")).to_contain_text("Rest the pen")
    visitor.draw((20, 20), (90, 90))
    expect(visitor.rows).to_have_count(5)
    expect(visitor.page.locator(".an-empty")).to_be_hidden()
    visitor.act("clear")
    expect(visitor.page.locator(".an-empty")).to_be_visible()
    expect(visitor.page.locator("#when")).to_contain_text("Rest the pen")


def test_chart_says_when_the_model_knew(visit):
    visitor = visit()
    for y in (40, 120, 200):
        visitor.draw((60, y), (120, y))
    expect(visitor.page.locator("#when")).to_contain_text("When did it know?")
    expect(visitor.page.locator("#when")).to_contain_text("many took the lead with the last of 3 strokes")
    expect(visitor.page.locator("#when .scatterlayer .trace")).to_have_count(3)


def test_hostile_class_name_stays_text(visit):
    visitor = visit()
    for y in range(20, 240, 20):
        visitor.draw((10, y), (245, y))
    expect(visitor.page.locator(".an-label")).to_have_text("<img src=x onerror=alert(1)>")
    expect(visitor.page.locator("#when")).to_contain_text("<img src=x onerror=alert(1)> led from")
    assert visitor.page.locator("#answers img, #when img").count() == 0


def test_model_that_cannot_be_had_is_one_toast_and_the_old_one_stays(visit):
    visitor = visit()
    visitor.draw((20, 20), (90, 90))
    expect(visitor.rows.first).to_contain_text("line")
    choose(visitor, "far")
    expect(visitor.toast).to_have_count(1)
    expect(visitor.toast).to_contain_text("the Hub cannot be reached: connect to the network & try <again>")
    expect(visitor.page.locator("#model input")).to_have_value("toy, 5 classes")
    expect(visitor.strokes).to_have_count(1)
    choose(visitor, "toy2")
    expect(visitor.page.locator(".an-note")).to_contain_text("toy2-v1")


def choose(visitor, name):
    visitor.page.locator("#model input").click()
    visitor.page.get_by_role("option", name=name).first.click()


def test_own_card_joins_the_list(visit):
    visitor = visit()
    visitor.draw((20, 20), (90, 90))
    visitor.page.get_by_role("button", name="A model of your own").click()
    visitor.page.locator("#card-path input, #card-path textarea").fill("mine/card-v1.toml")
    visitor.page.locator("#use-card").click()
    expect(visitor.page.locator("#model input")).to_have_value("card-v1")
    expect(visitor.page.locator(".an-note")).to_contain_text("mine/card")


def test_two_visitors_do_not_meet(visit):
    one, two = visit(), visit(locale="de-DE")
    one.draw((20, 20), (90, 90))
    two.draw((20, 20), (90, 90))
    two.draw((20, 90), (90, 20))
    choose(two, "toy2")
    expect(two.rows.first).to_contain_text("pair")
    expect(two.page.locator(".an-note")).to_contain_text("toy2-v1")
    expect(one.rows.first).to_contain_text("line")
    expect(one.page.locator(".an-note")).to_contain_text("toy-v1")
    assert (len(one.value()), len(two.value())) == (1, 2)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paper_and_ink_are_far_apart_in_both_themes(visit, theme):
    visitor = visit(f"/?__theme={theme}")
    visitor.draw((20, 20), (90, 90))
    expect(visitor.strokes).to_have_count(1)
    visitor.page.wait_for_timeout(300)
    paper = visitor.page.evaluate("getComputedStyle(document.querySelector('.sp-paper')).backgroundColor")
    ink = visitor.strokes.first.evaluate("path => getComputedStyle(path).stroke")
    assert contrast(paper, ink) > 10
    assert (luminance(paper) < 0.1) == (theme == "dark")


def luminance(colour):
    channels = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_phone_has_a_wide_pad_large_targets_and_no_sideways_scroll(visit):
    visitor = visit(**PHONE)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visitor.box()["width"] >= 360
    sizes = visitor.page.evaluate(
        "Array.from(document.querySelectorAll('.sp-bar>button, .sp-bar summary, .sp-examples button'),"
        " e => [e.getBoundingClientRect().width, e.getBoundingClientRect().height])"
    )
    assert len(sizes) >= 18
    assert min(min(size) for size in sizes) >= 44


def test_pad_is_large_on_a_desk(visit):
    visitor = visit(viewport={"width": 1024, "height": 600})
    box = visitor.box()
    assert box["width"] >= 360
    assert abs(box["width"] - box["height"]) < 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_of_ours(visit, theme):
    visitor = visit(f"/?__theme={theme}")
    visitor.draw((20, 20), (90, 90))
    expect(visitor.rows).to_have_count(5)
    assert visitor.violations() == []
