"""Drawings that go from one tab's pad to another's, in a real browser."""

import pytest

expect = pytest.importorskip("playwright.sync_api").expect

PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
WITH_PADS = ["Recognise", "Inversion", "Attack", "Retrieve", "Assist", "Shapes"]


def send(visitor, tab):
    visitor.page.locator(f"{visitor.pad} .sp-send summary").click()
    visitor.page.locator(f"{visitor.pad} .sp-send").get_by_role("button", name=f"To {tab}").click()
    visitor.pad = f"#pad-{tab.lower()}"
    expect(visitor.page.locator(f"{visitor.pad} .sp-paper")).to_be_visible()


def points(visitor):
    return [stroke["pts"] for stroke in visitor.value()]


def test_a_drawing_goes_to_a_tab_that_was_never_open_and_back(visit):
    visitor = visit(server="real_server")
    visitor.draw((30, 30), (200, 60))
    visitor.draw((30, 90), (200, 90))
    mine = points(visitor)
    send(visitor, "Shapes")
    expect(visitor.strokes).to_have_count(2)
    assert points(visitor) == mine
    expect(visitor.page.locator("[role=tab][aria-selected=true]")).to_have_text("Shapes")
    visitor.draw((30, 150), (200, 150))
    send(visitor, "Recognise")
    expect(visitor.strokes).to_have_count(3)
    visitor.act("undo")
    assert points(visitor) == mine
    visitor.act("redo")
    expect(visitor.strokes).to_have_count(3)


def test_every_other_pad_is_offered(visit):
    visitor = visit(server="real_server")
    for tab in WITH_PADS:
        visitor.page.evaluate(
            "tab => document.dispatchEvent(new CustomEvent('sketch-errand', { detail: { tab } }))", tab
        )
        visitor.pad = f"#pad-{tab.lower()}"
        visitor.page.locator(f"{visitor.pad} .sp-send summary").click()
        offered = visitor.page.locator(f"{visitor.pad} .sp-send .sp-sheet button")
        expect(offered).to_have_text([f"To {other}" for other in WITH_PADS if other != tab])


def test_an_empty_pad_has_nothing_to_send(visit):
    visitor = visit()
    visitor.page.locator(f"{visitor.pad} .sp-send summary").click()
    visitor.page.locator(f"{visitor.pad} .sp-send").get_by_role("button", name="To Attack").click()
    expect(visitor.toast).to_contain_text("Draw something first")
    expect(visitor.page.locator("[role=tab][aria-selected=true]")).to_have_text("Recognise")


def test_the_menu_works_by_keyboard_and_fits_a_finger(visit):
    visitor = visit(**PHONE)
    visitor.draw((30, 30), (200, 60))
    summary, first = (visitor.page.locator(f"{visitor.pad} .sp-send {part}") for part in ("summary", "button >> nth=0"))
    summary.focus()
    visitor.page.keyboard.press("Enter")
    expect(first).to_be_visible()
    assert min(size for button in visitor.page.locator(f"{visitor.pad} .sp-send button").all()
               for size in (button.bounding_box()["height"], button.bounding_box()["width"])) >= 44  # fmt: skip
    visitor.page.keyboard.press("Tab")
    expect(first).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(first).to_be_hidden()
    expect(summary).to_be_focused()
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")
    visitor.pad = "#pad-inversion"
    expect(visitor.strokes).to_have_count(1)


def test_the_menu_keeps_the_focus_of_who_is_faster_than_its_opening(visit):
    visitor = visit()
    kept = visitor.page.evaluate("""async (pad) => {
        const menu = document.querySelector(pad + ' .sp-send'), first = menu.querySelector('button');
        const opened = new Promise((done) => menu.addEventListener('toggle', () => setTimeout(done, 50)));
        menu.open = true;
        first.focus();
        await opened;
        return document.activeElement === first;
    }""", visitor.pad)  # fmt: skip
    assert kept


def test_all_tools_stand_in_one_row_on_a_phone(visit):
    visitor = visit(**PHONE)
    tools = visitor.page.locator(f"{visitor.pad} .sp-bar > :is(button, details):visible")
    assert len({round(tool.bounding_box()["y"]) for tool in tools.all()}) == 1


def test_a_link_brings_its_drawing_to_the_first_pad_where_it_names_no_tab(visit):
    visitor = visit()
    visitor.draw((30, 30), (200, 60))
    mine = points(visitor)
    visitor.page.locator(f"{visitor.pad} .sp-share summary").click()
    link = visitor.page.locator(f"{visitor.pad} .sp-link")
    expect(link).not_to_have_value("")
    other = visit("/?s=" + link.input_value().partition("s=")[2].partition("&")[0])
    expect(other.strokes).to_have_count(1)
    for one, two in zip(points(other)[0], mine[0], strict=True):
        assert two[:2] == pytest.approx(one[:2], abs=1)


@pytest.mark.parametrize(("tab", "photo"), [("Retrieve", "#finder .fi-photo"), ("Assist", "#guide .gu-aim")])
def test_a_link_restores_drawing_tab_and_photo(visit, tab, photo):
    pad = f"#pad-{tab.lower()}"
    visitor = visit(f"/?tab={tab}", server="real_server", pad=pad)
    visitor.page.locator(f"{pad} .sp-examples button").first.click()
    name = visitor.page.locator(f"{photo} figcaption")
    expect(name).to_have_text({"Retrieve": "dining-chair-0004a", "Assist": "kitchen-chair-0046a"}[tab])
    visitor.page.locator(f"{pad} .sp-share summary").click()
    link = visitor.page.locator(f"{pad} .sp-link")
    expect(link).not_to_have_value("")
    other = visit(link.input_value().removeprefix(visitor.url), server="real_server", pad=pad, locale="de-DE")
    expect(other.page.locator(f"{photo} figcaption")).to_have_text(name.inner_text())
    expect(other.strokes).to_have_count(len(visitor.value()))


def test_a_link_with_a_photo_that_does_not_exist_names_another(visit):
    visitor = visit("/?tab=Retrieve&aim=%3Cb%3Enone.jpg", server="real_server", pad="#pad-retrieve")
    expect(visitor.page.locator("#finder .fi-photo img")).to_be_visible()
    expect(visitor.page.locator("#finder .fi-photo figcaption")).not_to_contain_text("none")
