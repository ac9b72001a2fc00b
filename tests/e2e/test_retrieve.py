"""The Retrieve tab in a browser, with the shipped network: draw, find, follow a target, see what the network sees."""

import json
import re

import pytest

from demos.ui.photos import PHOTOS, why_not

expect = pytest.importorskip("playwright.sync_api").expect

PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
PAD = "#pad-retrieve"
BACK, SEAT, LEG = [(80, 20), (80, 150)], [(80, 150), (190, 150)], [(190, 150), (195, 240)]
EXAMPLE = "dining chair 0004a"
LATE = """() => {
  const ask = window.fetch;
  let held = false;
  window.fetch = async (...request) => {
    const answer = await ask(...request);
    if (held || !String((request[1] || {}).body).includes('"fn_name":"live"')) return answer;
    held = true;
    await new Promise((done) => setTimeout(done, 5000));
    return answer;
  };
}"""
"""Holds the first answer to a stroke back for longer than a rest of the pen and its event take."""


@pytest.fixture
def tab(visit):
    if why_not():
        pytest.skip(f"needs the shipped network and gallery: {why_not()}")

    def enter(query="/?tab=Retrieve", **settings):
        visitor = visit(query, server="real_server", pad=PAD, **settings)
        opened(visitor)
        return visitor

    return enter


def opened(visitor):
    visitor.page.wait_for_selector(f"{PAD} .sp-paper")
    expect(visitor.page.locator(".fi-photo img")).to_be_visible(timeout=120_000)


def part(visitor, selector):
    return visitor.page.locator(f"#finder {selector}")


def chair(visitor):
    for stroke in (BACK, SEAT, LEG):
        visitor.draw(*stroke)
    expect(part(visitor, ".fi-score")).to_have_text(re.compile(r"Rank \d+ of 483 after 3 strokes\."))


def example(visitor, name=EXAMPLE):
    visitor.page.locator("#pad-retrieve").get_by_label(f"Load the example {name}", exact=True).click()
    expect(part(visitor, ".fi-photo figcaption")).to_have_text(name.replace(" ", "-"))
    expect(part(visitor, ".fi-top li")).to_have_count(10)


def distances(visitor):
    return [float(text) for text in part(visitor, ".fi-row span").all_inner_texts()]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_photos_are_found_while_a_chair_is_drawn(tab, theme):
    visitor = tab(f"/?tab=Retrieve&__theme={theme}")
    expect(part(visitor, ".fi-empty")).to_be_visible()
    chair(visitor)
    expect(part(visitor, ".fi-empty")).to_be_hidden()
    expect(part(visitor, ".fi-top img:not([hidden])")).to_have_count(10)
    loaded = part(visitor, ".fi-top img").evaluate_all("all => all.map(img => img.naturalWidth)")
    assert min(loaded) > 100
    assert distances(visitor) == sorted(distances(visitor))
    expect(part(visitor, ".fi-curve circle")).to_have_count(3)
    rank = part(visitor, ".fi-score strong").inner_text().split()[1]
    expect(part(visitor, ".fi-curve .now")).to_have_text(f"rank {rank}")
    visitor.page.locator("#pad-retrieve [data-act=clear]").click()
    expect(part(visitor, ".fi-empty")).to_be_visible()
    expect(part(visitor, ".fi-curve circle")).to_have_count(0)


def test_an_example_is_of_a_photo_and_its_whole_curve_follows(tab):
    visitor = tab()
    example(visitor)
    strokes = visitor.page.locator("#pad-retrieve .sp-ink path").count()
    expect(part(visitor, ".fi-curve circle")).to_have_count(strokes)
    names = [path.stem for path in PHOTOS.glob("dining-chair-*.jpg")]
    assert part(visitor, ".fi-photo figcaption").inner_text() in names
    assert int(part(visitor, ".fi-score strong").inner_text().split()[1]) <= 48


def test_a_photo_becomes_the_target_is_scored_and_the_next_begins_on_an_empty_pad(tab):
    visitor = tab()
    expect(part(visitor, "[data-act=done]")).to_have_attribute("aria-disabled", "true")
    chair(visitor)
    expect(part(visitor, ".fi-curve circle")).to_have_count(3)
    tile = part(visitor, ".fi-top li").nth(4)
    name = tile.get_attribute("data-name")
    tile.locator("button").click()
    expect(part(visitor, ".fi-photo figcaption")).to_have_text(name.removesuffix(".jpg"))
    expect(part(visitor, ".fi-score")).to_contain_text("Rank 5 of 483")
    expect(part(visitor, ".fi-top li.aimed")).to_have_attribute("data-name", name)
    expect(part(visitor, ".fi-curve circle")).to_have_count(3)
    part(visitor, "[data-act=done]").click()
    expect(part(visitor, ".fi-score")).to_have_text("Rank 5 of 483 with 3 strokes: nearer than 99.2 % of the others.")
    expect(part(visitor, ".fi-kin")).to_have_text(
        re.compile(r"near-twins: rank \d+ \(differs in .+\)\. Your rounds: 5\.")
    )
    part(visitor, "[data-act=another]").click()
    expect(visitor.page.locator("#pad-retrieve .sp-ink path")).to_have_count(0)
    expect(part(visitor, ".fi-photo figcaption")).not_to_have_text(name.removesuffix(".jpg"))
    expect(part(visitor, ".fi-score")).to_contain_text("Its rank among the 483 photos")


def test_the_curve_stays_whole_when_an_early_answer_comes_after_it(tab):
    visitor = tab()
    visitor.page.evaluate(LATE)
    for stroke in (BACK, SEAT, LEG):
        visitor.draw(*stroke)
    expect(part(visitor, ".fi-curve circle")).to_have_count(3)
    expect(part(visitor, ".fi-score")).to_contain_text("after 3 strokes.")
    expect(part(visitor, ".fi-curve circle")).to_have_count(3)


def test_what_was_found_is_saved(tab):
    visitor = tab()
    expect(part(visitor, ".fi-save")).to_be_hidden()
    example(visitor)
    expect(part(visitor, ".fi-curve circle")).to_have_count(6)
    with visitor.page.expect_download() as download:
        part(visitor, ".fi-save").click()
    found = json.loads(download.value.path().read_text())
    assert found["target"] == EXAMPLE.replace(" ", "-") + ".jpg"
    assert (found["strokes"], found["photos"]) == (6, 483)
    shown = [tile.get_attribute("data-name") for tile in part(visitor, ".fi-top li").all()]
    assert [each["photo"] for each in found["nearest"]] == shown
    assert [each["distance"] for each in found["nearest"]] == pytest.approx(distances(visitor), abs=6e-4)
    assert [each["strokes"] for each in found["ranks"]] == [1, 2, 3, 4, 5, 6]
    assert found["ranks"][-1]["rank"] == found["rank"]


def test_the_canvas_is_chosen_by_the_network_or_by_hand(tab):
    visitor = tab()
    chair(visitor)
    finding = visitor.page.locator("#sight .si-finding")
    again = r"At 32 px two photos were too alike; the selector took (32|64|128|256) px \(\d+ %\)\."
    expect(finding).to_have_text(re.compile(rf"(A glance at 32 px is enough: one photo stands out\.|{again})"))
    read = visitor.page.locator("#sight .si-canvas.read .si-name span")
    expect(read).to_have_count(1)
    assert read.inner_text() in ("32 px" if "enough" in finding.inner_text() else finding.inner_text().split("took")[1])
    sides = visitor.page.locator("#sight img").evaluate_all("all => all.map(img => img.naturalWidth)")
    assert sides == [32, 64, 128, 256]
    shares = visitor.page.locator("#sight .si-name em").all_inner_texts()
    assert 98 <= sum(int(share.split()[0]) for share in shares) <= 102
    visitor.page.get_by_role("radio", name="Auto").focus()
    visitor.page.keyboard.press("ArrowRight")
    expect(finding).to_contain_text("Read at 32 px, as you chose")
    expect(visitor.page.locator("#sight .si-canvas.read .si-name span")).to_have_text("32 px")
    cost = visitor.page.locator("#sight .si-cost")
    expect(cost).to_have_text(
        re.compile(r"0\.0\d+ GFLOPs: [\d.]+ × fewer than always 256 px, \d+ × fewer than .*VGG16")
    )
    few = cost.inner_text()
    for _ in range(3):
        visitor.page.keyboard.press("ArrowRight")
    expect(cost).to_contain_text("as many as always 256 px")
    assert cost.inner_text() != few


def test_strokes_take_the_colours_of_what_they_say_for_a_photo(tab):
    visitor = tab()
    example(visitor)
    nearest = part(visitor, ".fi-top li").first.get_attribute("data-name").removesuffix(".jpg")
    question, legend = visitor.page.locator("#why .hc-question"), visitor.page.locator("#why .hc-ends strong")
    expect(question).to_have_text(f"Which strokes speak for {nearest}?")
    expect(legend).to_contain_text("of likeness")
    told = visitor.page.locator("#pad-retrieve .sp-ink path").evaluate_all(
        "all => all.map(path => path.style.getPropertyValue('--told'))"
    )
    assert len(set(told)) > 1
    assert "" not in told
    last = part(visitor, ".fi-top li").nth(9).get_attribute("data-name").removesuffix(".jpg")
    visitor.page.locator("#why [data-of=other]").select_option("10")
    expect(question).to_have_text(f"Which strokes speak for {nearest} and not {last}?")
    visitor.page.locator("#why [data-of=method]").select_option("sla")
    expect(visitor.page.locator("#why .hc-about")).to_contain_text("SLA of the likeness to")
    assert visitor.page.locator("#why .hc-check").is_hidden()
    visitor.page.locator("#why [data-of=show]").select_option("off")
    expect(visitor.page.locator("#why .hc-note")).to_have_text("Colours are off.")
    expect(part(visitor, ".fi-top li")).to_have_count(10)


def test_own_photos_are_searched_by_one_visitor_alone(tab, tmp_path):
    mine = [path.read_bytes() for path in sorted(PHOTOS.glob("sofa-*.jpg"))[:3]]
    for name, content in (("a.jpg", mine[0]), ("b.jpg", mine[1]), ("again.jpg", mine[0]), ("broken.jpg", b"no photo")):
        (tmp_path / name).write_bytes(content)
    visitor, other = tab(), tab(locale="de-DE")
    chair(visitor)
    chair(other)
    visitor.page.get_by_role("button", name="Your own photos").click()
    upload = visitor.page.locator("#own-files input[type=file]")
    upload.set_input_files(sorted(tmp_path.iterdir()))
    expect(part(visitor, ".fi-source p")).to_have_text("Searching your 2 photos, 1 duplicate left out.")
    expect(part(visitor, ".fi-top li")).to_have_count(2)
    expect(part(visitor, ".fi-score")).to_have_text(re.compile(r"Rank [12] of 2 after 3 strokes\."))
    part(visitor, ".fi-source summary").click()
    expect(part(visitor, ".fi-source li")).to_contain_text("broken.jpg: a photo is")
    other.draw((40, 40), (60, 40))
    expect(part(other, ".fi-score")).to_contain_text("of 483 after 4 strokes")
    expect(part(other, ".fi-top li")).to_have_count(10)
    part(visitor, "[data-act=back]").click()
    expect(part(visitor, ".fi-top li")).to_have_count(10)
    expect(part(visitor, ".fi-source")).to_be_hidden()


def test_own_photos_are_gone_with_their_visitor(tab, tmp_path):
    (tmp_path / "a.jpg").write_bytes(next(PHOTOS.glob("sofa-*.jpg")).read_bytes())
    visitor, other = tab(), tab(locale="de-DE")
    chair(other)
    visitor.page.evaluate(
        "document.addEventListener('sketch-options', (e) => { window.key = e.detail.options.gallery; })"
    )
    visitor.page.get_by_role("button", name="Your own photos").click()
    visitor.page.locator("#own-files input[type=file]").set_input_files(tmp_path / "a.jpg")
    expect(part(visitor, ".fi-source p")).to_have_text("Searching your 1 photo.")
    visitor.page.wait_for_function("window.key")
    key = visitor.page.evaluate("window.key")
    visitor.page.close()
    detail = "{detail: {pad: 'pad-retrieve', options: {gallery: key}}}"
    ask = f"key => document.dispatchEvent(new CustomEvent('sketch-options', {detail}))"
    for _ in range(40):
        other.page.evaluate(ask, key)
        other.page.wait_for_timeout(500)
        if other.toast.count():
            break
    expect(other.toast).to_contain_text("choose them again")


def test_photos_nobody_can_read_are_a_sentence_and_the_gallery_stays(tab, tmp_path):
    path = tmp_path / "<b>broken</b>.jpg".replace("/", "")
    path.write_bytes(b"no photo")
    visitor = tab()
    chair(visitor)
    visitor.page.get_by_role("button", name="Your own photos").click()
    visitor.page.locator("#own-files input[type=file]").set_input_files(path)
    expect(visitor.toast).to_contain_text("at least one photo, got none that can be read")
    expect(part(visitor, ".fi-top li")).to_have_count(10)
    expect(part(visitor, ".fi-source")).to_be_hidden()


def test_the_keyboard_draws_and_chooses_the_target(tab):
    visitor = tab()
    visitor.page.locator(f"{PAD} .sp-paper").focus()
    for key in ["Space", *["Shift+ArrowRight"] * 4, "Space"]:
        visitor.page.keyboard.press(key)
    expect(part(visitor, ".fi-top li")).to_have_count(10)
    tile = part(visitor, ".fi-top button").nth(2)
    assert re.fullmatch(r"3, [\w-]+, distance \d\.\d{3}: make it the target", tile.get_attribute("aria-label"))
    tile.press("Enter")
    expect(part(visitor, ".fi-score")).to_contain_text("Rank 3 of 483")


def test_a_reload_keeps_the_drawing_and_the_target(tab):
    visitor = tab()
    chair(visitor)
    target = part(visitor, ".fi-photo figcaption").inner_text()
    visitor.reload()
    opened(visitor)
    expect(part(visitor, ".fi-photo figcaption")).to_have_text(target)
    expect(part(visitor, ".fi-score")).to_contain_text("after 3 strokes")


def test_a_phone_shows_photos_right_after_the_pad_and_scrolls_no_sideways(tab):
    visitor = tab(**PHONE)
    example(visitor)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    paper = f"{PAD} .sp-paper"
    boxes = {name: visitor.page.locator(name).bounding_box() for name in (paper, "#finder", "#sight", "#why")}
    assert boxes[paper]["width"] >= 360
    tops = [box["y"] for box in boxes.values()]
    assert tops == sorted(tops)
    tiles = part(visitor, ".fi-top button").evaluate_all("all => all.map(e => e.getBoundingClientRect().toJSON())")
    assert len({round(tile["y"]) for tile in tiles}) == 2
    assert min(min(tile["width"], tile["height"]) for tile in tiles) >= 44
    acts = part(visitor, ".fi-acts button").evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
    assert min(acts) >= 44


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_of_ours(tab, theme):
    visitor = tab(f"/?tab=Retrieve&__theme={theme}")
    example(visitor)
    expect(visitor.page.locator("#why .hc-ends strong")).to_contain_text("of likeness")
    assert visitor.violations() == []
