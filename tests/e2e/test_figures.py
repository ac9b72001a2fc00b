"""The page of the papers' figures, with the models that ship."""

import io
import re

import pypdf
import pytest

from demos.figures.copies import FOLDER
from sketchlib.figures import FIGURES

expect = pytest.importorskip("playwright.sync_api").expect

PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.fixture
def read(visit):
    """read(theme, **settings): a visitor of /figures."""

    def enter(theme="light", **settings):
        return visit(f"/figures?__theme={theme}", "real_server", **settings)

    return enter


def card(reader, name):
    found = reader.page.locator(f"#figure-{name}")
    found.scroll_into_view_if_needed()
    expect(found.locator("img")).to_have_count(1)
    return found


def downloaded(reader, button):
    with reader.page.expect_download() as download:
        button.click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_every_figure_is_there_with_its_words(read):
    reader = read()
    for name, plan in FIGURES.items():
        shown = card(reader, name)
        expect(shown.locator("h2")).to_have_text(plan.title)
        width = "picture => picture.decode().then(() => picture.naturalWidth)"
        assert shown.locator("img").evaluate(width) == 660
        sentence = re.search(r"<desc.*?>(.+)</desc>", (FOLDER / f"{name}.svg").read_text())[1]
        assert shown.locator(".at-sentence").inner_text() == sentence.replace("&#x27;", "'")
        expect(shown.locator(".at-note")).to_have_text("This is the copy that ships.")
        expect(shown.locator("code")).to_have_text(f"python -m sketchlib figures {name} --out DIR")


def test_a_figure_is_made_on_request_and_both_files_open(read):
    reader = read()
    shown = card(reader, "transfer")
    shown.get_by_role("button", name="Make it now").click()
    expect(shown.locator(".at-note")).to_contain_text("Made here in")
    svg, pdf = (downloaded(reader, shown.locator(f"[data-act={kind}]")) for kind in ("svg", "pdf"))
    assert (svg[0], pdf[0]) == ("transfer.svg", "transfer.pdf")
    assert svg[1].startswith(b"<svg ")
    assert FIGURES["transfer"].title in pypdf.PdfReader(io.BytesIO(pdf[1])).pages[0].extract_text()
    again = read()
    expect(card(again, "transfer").locator(".at-note")).to_contain_text("Made here in")


def test_figures_wait_for_each_other_and_nobody_else_waits(read, visit):
    reader, drawer = read(), visit("/?tab=Recognise", "real_server")
    shown = [card(reader, name) for name in ("heat-grid", "recovery")]
    for each in shown:
        each.get_by_role("button", name="Make it now").click()
        expect(each.locator("[data-act=make]")).to_have_attribute("aria-disabled", "true")
    drawer.draw((20, 20), (90, 90))
    expect(drawer.rows).to_have_count(5)
    assert shown[1].locator("[data-act=make]").get_attribute("aria-disabled") == "true"
    for each in shown:
        expect(each.locator(".at-note")).to_contain_text("Made here in")


def test_both_pages_lead_to_each_other(read):
    reader = read()
    reader.page.get_by_role("link", name="Back to StrokeScope").click()
    expect(reader.page.get_by_role("tab").first).to_be_visible()
    reader.page.get_by_role("link", name="Figures of the papers").click()
    expect(reader.page.locator("#figure-recovery img")).to_have_count(1)
    expect(reader.page.locator(".nav-holder")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_it_without_sideways_scroll_and_axe_finds_nothing(read, theme):
    reader = read(theme, **PHONE)
    card(reader, "heat-grid")
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
    heights = "Array.from(document.querySelectorAll('.at button'), button => button.getBoundingClientRect().height)"
    assert min(reader.page.evaluate(heights)) >= 44
    assert reader.violations() == []
