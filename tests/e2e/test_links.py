"""A link given away opens the tab as it was: the drawing, and what was chosen beside it."""

import re

import pytest

from demos.ui.models import choices_here

expect = pytest.importorskip("playwright.sync_api").expect
BACK, SEAT = [(80, 20), (80, 150)], [(80, 150), (190, 150)]


@pytest.fixture
def tab(visit):
    if not choices_here():
        pytest.skip("needs a shipped model with its weights beside the card in checkpoints/")

    def enter(name):
        visitor = visit(f"/?tab={name}", server="real_server", pad=f"#pad-{name.lower()}")
        visitor.page.wait_for_selector(f"#pad-{name.lower()} .sp-paper")
        for stroke in (BACK, SEAT):
            visitor.draw(*stroke)
        return visitor

    return enter


def follow(visitor, visit):
    """A second visitor, who opens the first one's link."""
    visitor.page.locator(f"{visitor.pad} .sp-share summary").click()
    link = visitor.page.locator(f"{visitor.pad} .sp-link")
    expect(link).to_have_value(re.compile("s="))
    query = "/?" + link.input_value().partition("?")[2]
    other = visit(query, server="real_server", pad=visitor.pad)
    expect(other.page.locator(f"{visitor.pad} .sp-ink path")).to_have_count(2)
    return other


def pick(visitor, name, choice):
    box = visitor.page.locator(f"#{name} input").first
    box.click()
    visitor.page.get_by_role("option", name=choice, exact=True).click()


def test_method_and_class_of_a_recognition(tab, visit):
    visitor = tab("Recognise")
    visitor.page.locator("#heat [data-of=method]").select_option("sla")
    visitor.page.locator("#heat [data-of=target]").select_option("cat")
    other = follow(visitor, visit)
    expect(other.page.locator("#heat [data-of=method]")).to_have_value("sla")
    expect(other.page.locator("#heat [data-of=target]")).to_have_value("cat")
    expect(other.page.locator(".hc-question")).to_have_text("Which strokes speak for cat?")


def test_options_of_a_transfer(tab, visit):
    visitor = tab("Inversion")
    visitor.page.locator("#inversion-mode").get_by_text("Transfer").click()
    pick(visitor, "inversion-preset", "free")
    visitor.page.locator("#inversion-seeds input[type=number]").fill("3")
    visitor.page.locator("#inversion-seeds input[type=number]").blur()
    other = follow(visitor, visit)
    expect(other.page.locator("#inversion-mode").get_by_label("Transfer")).to_be_checked()
    expect(other.page.locator("#inversion-targets")).to_be_visible()
    expect(other.page.locator("#inversion-preset input").first).to_have_value("free")
    expect(other.page.locator("#inversion-seeds input[type=number]")).to_have_value("3")


def test_options_of_an_attack(tab, visit):
    visitor = tab("Attack")
    pick(visitor, "attack-strategy", "beam")
    pick(visitor, "attack-budget", "10 %")
    other = follow(visitor, visit)
    expect(other.page.locator("#attack-strategy input").first).to_have_value("beam")
    expect(other.page.locator("#attack-budget input").first).to_have_value("10 %")


def test_the_canvas_of_a_search(tab, visit):
    visitor = tab("Retrieve")
    visitor.page.locator("#sight [value='128']").check(force=True)
    expect(visitor.page.locator("#sight .si-finding")).to_contain_text("Read at 128 px, as you chose")
    other = follow(visitor, visit)
    expect(other.page.locator("#sight .si-finding")).to_contain_text("Read at 128 px, as you chose")


def test_what_somebody_wrote_into_a_link_is_no_choice(visit):
    query = "/?tab=Attack&with=" + '{"pad":"pad-attack","strategy":"<img src=x onerror=alert(1)>","budget":{"a":1}}'
    visitor = visit(query, server="real_server", pad="#pad-attack")
    expect(visitor.page.locator("#attack-strategy input").first).to_have_value("greedy")
    expect(visitor.page.locator("#attack-budget input").first).to_have_value("no limit")
