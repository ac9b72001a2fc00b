"""The Shapes tab in a browser, with the shipped model: draw, compare, look at what was found."""

import re

import pytest

from demos.shapes.shipped import clusters_of
from demos.ui import first_model
from sketchlib.errors import SketchlibError

expect = pytest.importorskip("playwright.sync_api").expect

PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
PAD = "#pad-shapes"


@pytest.fixture
def tab(visit):
    try:
        clusters_of(first_model())
    except SketchlibError as error:
        pytest.skip(f"needs the shape clusters of the shipped model: {error}")

    def enter(query="/?tab=Shapes", **settings):
        visitor = visit(query, server="real_server", pad=PAD, **settings)
        visitor.page.wait_for_selector(f"{PAD} .sp-paper")
        return visitor

    return enter


def part(visitor, name, selector=""):
    return visitor.page.locator(f"#shapes-{name} {selector}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_last_stroke_is_compared_and_the_drawing_redrawn(tab, theme):
    visitor = tab(f"/?tab=Shapes&__theme={theme}")
    expect(part(visitor, "near", ".dr-empty")).to_contain_text("Draw a stroke, or pick an example")
    visitor.draw((40, 60), (220, 60))
    visitor.draw((60, 60), (60, 220))
    expect(part(visitor, "near", "figcaption").first).to_contain_text("stroke 2")
    expect(part(visitor, "near", ".dr-row").first.locator("figure")).to_have_count(5)
    distances = part(visitor, "near", ".dr-group").last.locator("figcaption span").all_inner_texts()
    numbers = [float(text.split(",")[0]) for text in distances]
    assert numbers == sorted(numbers)
    assert numbers[0] < 0.3
    expect(part(visitor, "again", "figcaption").first).to_have_text(re.compile(r"as drawn.+ [\d.]+%"))
    expect(part(visitor, "again", ".dr-finding")).to_contain_text("one drawing, softmax over")
    visitor.page.locator("#pad-shapes [data-act=clear]").click()
    expect(part(visitor, "near", ".dr-empty")).to_be_visible()


def test_the_keyboard_draws_and_an_example_replaces_it(tab):
    visitor = tab()
    visitor.page.locator(f"{PAD} .sp-paper").focus()
    for key in ["Space", *["Shift+ArrowRight"] * 4, "Space"]:
        visitor.page.keyboard.press(key)
    expect(part(visitor, "near", "figcaption").first).to_contain_text("stroke 1")
    visitor.page.locator("#pad-shapes").get_by_label("Load the example bicycle", exact=True).press("Enter")
    expect(part(visitor, "near", "figcaption").first).to_contain_text("stroke 7")
    expect(part(visitor, "again", "figcaption").first).to_contain_text("as drawnbicycle")


def test_a_reload_keeps_the_drawing_and_compares_it_again(tab):
    visitor = tab()
    visitor.draw((40, 60), (220, 60))
    expect(part(visitor, "near", "figcaption").first).to_contain_text("stroke 1")
    visitor.reload()
    visitor.page.get_by_role("tab", name="Shapes").click()
    expect(visitor.page.locator("#pad-shapes .sp-ink path")).to_have_count(1)
    expect(part(visitor, "near", "figcaption").first).to_contain_text("stroke 1")


def test_the_atlas_and_the_charts_are_there_before_anything_is_drawn(tab):
    visitor, clusters = tab(), clusters_of(first_model())
    expect(part(visitor, "atlas", "figure")).to_have_count(len(clusters))
    assert part(visitor, "examples", "figure").first.locator("svg").count() == 2
    for name in ("counts", "order", "ablation"):
        expect(part(visitor, name, ".main-svg").first).to_be_visible()


def test_a_phone_scrolls_no_sideways_and_its_pad_is_wide(tab):
    visitor = tab(**PHONE)
    visitor.draw((40, 60), (220, 60))
    expect(part(visitor, "near", "figure").first).to_be_visible()
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visitor.page.locator(f"{PAD} .sp-paper").bounding_box()["width"] >= 360
    widths = visitor.page.evaluate("Array.from(document.querySelectorAll('.dr svg'), (e) => e.clientWidth)")
    assert min(widths) >= 44


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_of_ours(tab, theme):
    visitor = tab(f"/?tab=Shapes&__theme={theme}")
    visitor.draw((40, 60), (220, 60))
    expect(part(visitor, "near", "figcaption").first).to_contain_text("stroke 1")
    assert visitor.violations() == []
