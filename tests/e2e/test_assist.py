"""The Assist tab in a browser, with the shipped network: strokes are marked, removed, and brought back."""

import json
import re

import pytest

from demos.ui.photos import why_not

expect = pytest.importorskip("playwright.sync_api").expect

PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
PAD = "#pad-assist"
LINE, OTHER = [(70, 30), (75, 200)], [(75, 120), (180, 125)]


@pytest.fixture
def tab(visit):
    if why_not():
        pytest.skip(f"needs the shipped network and gallery: {why_not()}")

    def enter(query="/?tab=Assist", **settings):
        visitor = visit(query, server="real_server", pad=PAD, **settings)
        visitor.page.wait_for_selector(f"{PAD} .sp-paper")
        expect(part(visitor, ".gu-aim img")).to_be_visible(timeout=180_000)
        return visitor

    return enter


def part(visitor, selector):
    return visitor.page.locator(f"#guide {selector}")


def strokes(visitor):
    return visitor.page.locator("#pad-assist .sp-ink path")


def example(visitor, number=0):
    visitor.page.locator("#pad-assist .sp-examples button").nth(number).click()
    expect(part(visitor, ".gu-score")).to_contain_text(re.compile(r"Rank \d+ of 483"))
    expect(part(visitor, "[data-act=remove]")).to_have_attribute("aria-disabled", "false")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_planted_strokes_are_marked_removed_and_brought_back(tab, theme):
    visitor = tab(f"/?tab=Assist&__theme={theme}")
    example(visitor)
    whole, flagged = strokes(visitor).count(), part(visitor, ".gu-marked li").count()
    coloured = strokes(visitor).evaluate_all("all => all.filter(path => path.style.getPropertyValue('--told')).length")
    assert coloured == flagged > 0
    before = int(part(visitor, ".gu-score strong").inner_text().split()[1])
    after = part(visitor, ".gu-without strong").inner_text().split()[1]
    part(visitor, "[data-act=remove]").click()
    expect(strokes(visitor)).to_have_count(whole - flagged)
    expect(part(visitor, ".gu-score strong")).to_have_text(f"Rank {after}")
    assert int(after) < before
    visitor.page.locator("#pad-assist [data-act=undo]").click()
    expect(strokes(visitor)).to_have_count(whole)
    expect(part(visitor, ".gu-score strong")).to_have_text(f"Rank {before}")
    expect(part(visitor, ".gu-marked li")).to_have_count(flagged)


def test_one_stroke_is_told_to_draw_another(tab):
    visitor = tab()
    visitor.draw(*LINE)
    expect(part(visitor, ".gu-note")).to_contain_text("one stroke: draw another one")
    expect(part(visitor, "[data-act=remove]")).to_have_attribute("aria-disabled", "true")
    visitor.draw(*OTHER)
    expect(part(visitor, ".gu-score")).to_contain_text("with 2 strokes")
    expect(part(visitor, ".gu-note")).not_to_contain_text("one stroke")


def test_a_photo_is_chosen_with_the_keyboard_and_kept(tab):
    visitor = tab()
    part(visitor, "[data-act=choose]").press("Enter")
    part(visitor, "[data-of=kind]").select_option("bench")
    tile = part(visitor, ".gu-chooser li button").nth(3)
    name = tile.get_attribute("title")
    assert name.startswith("bench")
    tile.press("Enter")
    expect(part(visitor, ".gu-aim figcaption")).to_have_text(name)
    expect(part(visitor, ".gu-chooser")).to_be_hidden()
    visitor.page.reload()
    expect(part(visitor, ".gu-aim figcaption")).to_have_text(name)


def test_gates_answer_too(tab):
    visitor = tab()
    example(visitor)
    part(visitor, "[data-of=method]").select_option("gates")
    expect(part(visitor, ".gu-about")).to_contain_text("Gumbel-Softmax", timeout=180_000)


def test_a_phone_has_room(tab):
    visitor = tab(**PHONE)
    example(visitor)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in part(visitor, ".gu-acts button").all():
        assert button.bounding_box()["height"] >= 44


def test_the_drawing_can_be_taken_away(tab):
    visitor = tab()
    example(visitor)
    visitor.page.locator("#pad-assist .sp-menu summary").first.click()
    with visitor.page.expect_download() as download:
        visitor.page.locator("#pad-assist [data-act=json]").click()
    assert len(json.loads(download.value.path().read_text())["strokes"]) == strokes(visitor).count()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_of_ours(tab, theme):
    visitor = tab(f"/?tab=Assist&__theme={theme}")
    example(visitor)
    expect(part(visitor, ".gu-marked li")).not_to_have_count(0)
    assert visitor.violations() == []
