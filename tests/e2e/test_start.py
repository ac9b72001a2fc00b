"""The Start tab in a real browser: what it shows, and that one click begins in every other tab."""

import re

import pytest

from demos.start.words import cards

expect = pytest.importorskip("playwright.sync_api").expect

PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
BUTTONS = [card["button"] for card in cards()]


@pytest.fixture
def start(visit):
    def enter(query="/?tab=Start", **settings):
        return visit(query, server="real_server", **settings)

    return enter


def begin(visitor, button):
    """Press a card's button, and draw on the pad of its tab from now on."""
    errand = next(card["errand"] for card in cards() if card["button"] == button)
    visitor.page.get_by_role("button", name=button).click()
    visitor.pad = f"#pad-{errand['tab'].lower()}"
    expect(visitor.page.locator("[role=tab][aria-selected=true]")).to_have_text(errand["tab"])
    expect(visitor.strokes.first).to_be_visible()


def test_an_address_without_a_query_opens_the_start(start, real_server):
    visitor = start()
    visitor.reload(real_server)
    expect(visitor.page.locator("#start")).to_be_visible()
    expect(visitor.page.locator(".st-pictures svg[role=img]")).to_have_count(3)
    expect(visitor.page.locator(".st-said button")).to_have_text(BUTTONS)


def test_eyeglasses_are_coloured(start):
    visitor = start()
    begin(visitor, "Colour these eyeglasses")
    expect(visitor.strokes).to_have_count(5)
    expect(visitor.rows.first).to_contain_text("eyeglasses")
    expect(visitor.page.locator("#heat")).to_contain_text("+1.84 logits")
    expect(visitor.page.locator(f"{visitor.pad} .sp-paper")).to_be_focused()


def test_bicycle_is_scattered_and_comes_back(start):
    visitor = start()
    begin(visitor, "Scatter this bicycle")
    finding = visitor.page.locator("#player .pl-finding")
    expect(finding).to_have_text(re.compile(r"bicycle reaches 99 % at iteration \d\."))


def test_chair_is_attacked(start):
    visitor = start()
    begin(visitor, "Attack this chair")
    expect(visitor.page.locator("#deletion-stage .de-finding")).to_contain_text("the model sees flamingo")


def test_chair_is_found(start):
    visitor = start()
    begin(visitor, "Find this chair")
    expect(visitor.page.locator("#finder .fi-photo figcaption")).to_have_text("dining-chair-0004a")
    expect(visitor.page.locator("#finder .fi-score")).to_contain_text("Rank 1")


def test_chair_is_mended(start):
    visitor = start()
    begin(visitor, "Mend this chair")
    expect(visitor.page.locator("#guide .gu-aim figcaption")).to_have_text("kitchen-chair-0046a")
    expect(visitor.page.locator("#guide [data-act=remove]")).to_have_text("Remove 3 suggested")


def test_butterfly_is_spelled(start):
    visitor = start()
    begin(visitor, "Spell this butterfly")
    expect(visitor.page.locator("#shapes-again figure")).to_have_count(2)


def test_a_start_in_a_tab_that_was_open_is_a_step_of_its_history(start):
    """Also from a phone, by the keyboard alone."""
    visitor = start(**PHONE)
    for _ in range(2):
        visitor.page.get_by_role("button", name="Colour these eyeglasses").focus()
        visitor.page.keyboard.press("Enter")
        visitor.pad = "#pad-recognise"
        expect(visitor.strokes).to_have_count(5)
        visitor.draw((20, 240), (240, 240))
        expect(visitor.strokes).to_have_count(6)
        visitor.page.get_by_role("tab", name="Start").click()
        expect(visitor.page.locator("#start")).to_be_visible()
    visitor.page.get_by_role("tab", name="Recognise").click()
    for left in (5, 6):
        visitor.act("undo")
        expect(visitor.strokes).to_have_count(left)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_fit_both_papers(start, theme):
    visitor = start(f"/?tab=Start&__theme={theme}", **PHONE)
    colours = visitor.page.evaluate(
        "Array.from(document.querySelectorAll('.st-pictures path:not([style])'), p => getComputedStyle(p).stroke)"
    )
    ink = {"light": "rgb(27, 26, 23)", "dark": "rgb(243, 240, 232)"}[theme]
    assert ink in colours
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visitor.violations() == []


def test_an_example_says_what_is_surprising_until_it_is_changed(visit):
    visitor = visit()
    says, example = (visitor.page.locator(f"{visitor.pad} {part}") for part in (".sp-says", "[data-name=cat]"))
    expect(says).to_be_empty()
    example.click()
    expect(says).to_have_text("Whichever of its 13 strokes you take away, it stays cat.")
    assert example.get_attribute("title") == f"cat: {says.inner_text()}"
    visitor.act("undo")
    expect(says).to_be_empty()


def test_pad_is_above_the_fold_of_a_phone_and_numbers_are_explained_below(visit):
    visitor = visit(**PHONE)
    assert visitor.page.locator(f"{visitor.pad} .sp-paper").bounding_box()["y"] < 280
    visitor.page.locator(".intro summary >> visible=true").click()
    expect(visitor.page.locator(".intro a >> visible=true").first).to_have_attribute(
        "href", "https://arxiv.org/abs/2403.09480"
    )
    visitor.page.get_by_role("button", name="About these numbers").click()
    expect(visitor.page.locator(".about-numbers dt >> visible=true")).to_have_count(4)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.page.wait_for_selector("#deletion .plot-container")
    assert visitor.violations() == []
