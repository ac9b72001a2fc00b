"""The Attack tab in a browser, with the shipped recognisers: attack, step through it, play, save, by mouse, finger and
keyboard."""

import json
import re
from pathlib import Path

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
PAD = "#pad-attack"


@pytest.fixture
def tab(visit):
    def enter(query="/?tab=Attack", **settings):
        visitor = visit(query, server="real_server", pad=PAD, **settings)
        visitor.page.wait_for_selector(f"{PAD} .sp-paper")
        return visitor

    return enter


def part(visitor, selector):
    return visitor.page.locator(f"#deletion-stage {selector}")


def example(visitor, name="guitar"):
    visitor.page.locator("#pad-attack").get_by_label(f"Load the example {name}", exact=True).click()
    expect(part(visitor, ".de-finding")).to_contain_text(re.compile(r"The model sees|has changed|Every single"))


def attacked(visitor, name="guitar"):
    example(visitor, name)
    visitor.page.locator("#attack-run").click()
    expect(part(visitor, ".de-body")).to_be_visible()
    expect(part(visitor, ".de-finding")).to_contain_text("of the ink")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_attack_is_stepped_through(tab, theme):
    visitor = tab(f"/?tab=Attack&__theme={theme}")
    expect(part(visitor, ".de-attack .de-empty")).to_be_visible()
    attacked(visitor)
    seek, ghosts = part(visitor, ".de-seek"), part(visitor, ".de-ghost")
    gone = int(seek.input_value())
    assert gone >= 1
    expect(ghosts).to_have_count(gone)
    expect(part(visitor, ".de-when")).not_to_contain_text("sees guitar")
    seek.focus()
    visitor.page.keyboard.press("Home")
    expect(ghosts).to_have_count(0)
    expect(part(visitor, ".de-when")).to_have_text("As drawn: the model sees guitar")
    first = part(visitor, ".de-bars li").first
    assert first.locator("span").inner_text() == "guitar"
    assert float(first.locator("strong").inner_text().split()[0]) > 50
    part(visitor, "[data-act=forth]").click()
    expect(ghosts).to_have_count(1)
    expect(part(visitor, ".de-models tbody tr")).to_have_count(2)
    expect(part(visitor, ".de-models tbody tr").first.locator("td").last).to_have_text("yes")
    expect(part(visitor, ".de-sights figcaption").first).to_contain_text("strokes with")


def test_files_of_the_attack(tab):
    visitor = tab()
    attacked(visitor)
    saved = {}
    for kind in ("svg", "png", "json"):
        part(visitor, ".de-menu summary").click()
        with visitor.page.expect_download() as found:
            part(visitor, f"[data-save={kind}]").click()
        assert found.value.suggested_filename == f"attack.{kind}"
        saved[kind] = Path(found.value.path()).read_bytes()
    assert saved["svg"].startswith(b"<svg")
    assert saved["png"].startswith(b"\x89PNG")
    record = json.loads(saved["json"])
    assert record["category"] == "guitar"
    assert len(record["steps"]) == int(part(visitor, ".de-seek").get_attribute("max")) + 1


def test_another_drawing_makes_the_answer_stale_and_one_stroke_is_refused(tab):
    visitor = tab()
    attacked(visitor)
    example(visitor, "waves")
    expect(part(visitor, ".de-finding")).to_contain_text("The drawing has changed since: attack it again.")
    visitor.page.locator("#attack-run").click()
    expect(visitor.toast).to_contain_text("a sketch of one stroke")
    expect(part(visitor, "[data-act=stop]")).to_be_hidden()
    expect(visitor.page.locator("#pad-attack .sp-ink path")).to_have_count(1)


def test_the_raster_model_is_picked_and_shows_its_pixels(tab):
    visitor = tab()
    visitor.page.locator("#attack-model input").click()
    visitor.page.get_by_role("option", name=re.compile("sketchcnn66")).click()
    attacked(visitor)
    expect(part(visitor, ".de-sights figcaption").first).to_contain_text("pixels of ink")
    expect(part(visitor, ".de-about")).to_contain_text("sketchcnn66")


def test_the_game_by_keyboard_and_the_next_example(tab):
    visitor = tab()
    part(visitor, "[data-act=guess]").click()
    expect(part(visitor, ".de-game .de-empty")).to_be_visible()
    example(visitor)
    handles = part(visitor, ".de-handle")
    expect(handles).to_have_count(visitor.page.locator("#pad-attack .sp-ink path").count())
    handles.nth(1).focus()
    visitor.page.keyboard.press("Enter")
    expect(part(visitor, ".de-points")).to_have_text(re.compile(r"\d+ points"))
    expect(part(visitor, ".de-handle.best")).to_have_count(1)
    points = part(visitor, ".de-points").inner_text().split()[0]
    expect(part(visitor, ".de-rounds")).to_have_text(f"Your rounds: {points}.")
    best = part(visitor, ".de-handle.best").get_attribute("data-id")
    part(visitor, "[data-act=retry]").click()
    part(visitor, f".de-handle[data-id='{best}']").press("Space")
    expect(part(visitor, ".de-points")).to_have_text("100 points")
    part(visitor, "[data-act=next]").click()
    expect(part(visitor, ".de-points")).to_have_count(0)
    visitor.page.get_by_role("tab", name="Recognise").click()
    expect(visitor.page.locator("#pad-recognise .sp-paper")).to_be_visible()
    expect(visitor.page.locator("#pad-recognise .sp-ink path")).to_have_count(0)


def test_a_finger_plays_on_a_phone_without_scrolling_sideways(tab):
    visitor = tab(**PHONE)
    attacked(visitor, "dining chair 0004a")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    part(visitor, "[data-act=guess]").tap()
    box = part(visitor, ".de-handle .de-hit").first
    box.evaluate("path => path.scrollIntoView({block: 'center'})")
    place = box.evaluate(
        "path => { const at = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());"
        " return [at.x, at.y]; }"
    )
    visitor.page.touchscreen.tap(*place)
    expect(part(visitor, ".de-points")).to_have_text(re.compile(r"\d+ points"))
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    heights = part(visitor, "button:visible").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("mode", ["watch", "guess"])
def test_axe_finds_nothing_of_ours(tab, theme, mode):
    visitor = tab(f"/?tab=Attack&__theme={theme}")
    attacked(visitor)
    part(visitor, f"[data-act={mode}]").click()
    assert visitor.violations() == []
