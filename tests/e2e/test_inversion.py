"""The Inversion tab in a browser, with the shipped model: watch, scrub, stop, compare, save."""

import base64
import json
import re
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.browser import cpu_seconds

expect = pytest.importorskip("playwright.sync_api").expect

FOLDER = Path(__file__).resolve().parents[2] / "demos" / "pad" / "stroke_player"
PHONE = {"viewport": {"width": 390, "height": 760}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
NOTED = """() => {
  window.noted = [];
  document.addEventListener('inversion-painted', (event) => noted.push(event.detail));
}"""
PAD = "#pad-inversion"


@pytest.fixture
def tab(visit):
    def enter(query="", **settings):
        visitor = visit(query, server="real_server", pad=PAD, **settings)
        visitor.page.get_by_role("tab", name="Inversion").click()
        visitor.page.wait_for_selector(f"{PAD} .sp-paper")
        visitor.page.evaluate(NOTED)
        return visitor

    return enter


def example(visitor, place=0):
    visitor.page.locator("#pad-inversion .sp-examples button").nth(place).click()


def run(visitor, until="done"):
    visitor.page.evaluate("noted.length = 0")
    visitor.page.locator("#inversion-run").click()
    visitor.page.wait_for_function("state => noted.some((each) => each.state === state)", arg=until)


def part(visitor, selector):
    return visitor.page.locator(f"#player {selector}")


def iteration(visitor):
    return int(part(visitor, ".pl-when").inner_text().split()[1])


def test_a_recovery_is_watched_scrubbed_and_kept(tab):
    visitor = tab()
    expect(part(visitor, ".pl-empty")).to_contain_text("Nothing moved yet")
    example(visitor)
    run(visitor)
    expect(part(visitor, ".pl-finding")).to_contain_text("bicycle")
    expect(part(visitor, ".pl-ink path")).to_have_count(7)
    part(visitor, ".pl-table thead button").nth(3).click()
    expect(part(visitor, ".pl-when")).to_have_text("iteration 3 of 100")
    part(visitor, ".pl-seek").focus()
    for key, wanted in (("ArrowRight", 4), ("ArrowLeft", 3), ("PageUp", 13), ("End", 100), ("Home", 0)):
        visitor.page.keyboard.press(key)
        assert iteration(visitor) == wanted
    begin = part(visitor, ".pl-ink path").first.get_attribute("transform")
    visitor.page.keyboard.press(" ")
    visitor.page.wait_for_function(
        "was => document.querySelector('#player .pl-ink path').getAttribute('transform') !== was", arg=begin
    )
    run(visitor)
    expect(part(visitor, ".pl-shelf .pl-cell")).to_have_count(1)


def test_free_strokes_turn_and_grow_as_they_were_saved(tab):
    visitor = tab(reduced_motion="reduce")
    example(visitor)
    free(visitor)
    run(visitor)
    part(visitor, ".pl-seek").focus()
    visitor.page.keyboard.press("Home")
    outlines = part(visitor, ".pl-ink path").evaluate_all(OUTLINES)
    visitor.page.keyboard.press("End")
    part(visitor, ".pl-menu summary").click()
    with visitor.page.expect_download() as caught:
        visitor.page.get_by_role("button", name="Storyboard (SVG)").click()
    with open(caught.value.path()) as file:
        last = file.read().rpartition("<g ")[2]
    shown = visitor.page.evaluate(DRAWN)
    assert part(visitor, ".pl-ink path").evaluate_all(OUTLINES) != outlines
    saved = sorted(ends(path) for path in re.findall(r'<path d="([^"]*)"', last))
    assert np.diff(normal(saved)) == pytest.approx(np.diff(normal(sorted(shown))), abs=0.02)


def test_between_two_rows_a_stroke_turns_the_shorter_way(tab):
    """Half way, a turn and symmetric growth are half done each: against a polar decomposition."""
    source = (FOLDER / "film.js").read_text()
    script = "([text, a, b]) => new Function('element', text + ';return between')(null)(a, b, 0.5)"
    page, random = tab().page, np.random.default_rng(3)
    for start, way in ((0.3, 2.9), (2.8, 1.0), (-2.5, -1.3)):
        turns = [
            np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) for t in (start, start + way / 2, start + way)
        ]
        factors = [root @ root.T + np.eye(2) / 10 for root in random.normal(size=(2, 2, 2))]
        ends = [dict(zip("abcd", (turns[2 * i] @ factors[i]).ravel().tolist(), strict=True)) for i in range(2)]
        found = page.evaluate(script, [source, *ends])
        np.testing.assert_allclose([found[name] for name in "abcd"], (turns[1] @ sum(factors) / 2).ravel(), atol=1e-9)


OUTLINES = "all => all.map((each) => each.getAttribute('d'))"


def ends(path):
    """First and last x, y of an absolute path."""
    numbers = [float(text) for text in re.findall(r"-?[\d.]+", path)]
    return [*numbers[:2], *numbers[-2:]]


def normal(drawing):
    """Coordinates of all ends, whatever the picture's scale and corner."""
    places = np.array(drawing).reshape(-1, 2)
    places = places - places.min(axis=0)
    return (places / places.max()).ravel()


DRAWN = """Array.from(document.querySelectorAll('#player .pl-ink path'), (path) => {
  const shift = path.transform.baseVal.consolidate().matrix, length = path.getTotalLength();
  return [0, length].flatMap((at) => {
    const point = path.getPointAtLength(at).matrixTransform(shift);
    return [point.x, point.y];
  });
})"""


def test_a_drawing_is_opened_and_its_link_opens_this_tab(tab):
    visitor = tab()
    strokes = [{"id": n, "pts": [[20 + 60 * n, 20], [20 + 60 * n, 200]]} for n in range(3)]
    content = json.dumps({"v": 1, "size": 256, "strokes": strokes}).encode()
    file = {"name": "three.json", "mimeType": "", "buffer": content}
    visitor.page.locator("#pad-inversion .sp-file").set_input_files(file)
    ink = visitor.page.locator("#pad-inversion .sp-ink path")
    expect(ink).to_have_count(3)
    visitor.page.locator("#pad-inversion .sp-share summary").click()
    link = visitor.page.locator("#pad-inversion .sp-link")
    expect(link).to_have_value(re.compile("&tab=Inversion$"))
    visitor.reload(link.input_value())
    expect(ink).to_have_count(3)
    expect(visitor.page.get_by_role("tab", name="Inversion")).to_have_attribute("aria-selected", "true")


def test_the_cursor_of_the_curves_moves_with_the_drawing(tab):
    visitor = tab()
    example(visitor)
    run(visitor)
    places = []
    for column in (0, 4, 8):
        part(visitor, ".pl-table thead button").nth(column).click()
        cursor = part(visitor, ".pl-cursor").get_attribute("d")
        shown, cell = (
            part(visitor, ".pl-key .target b").inner_text(),
            part(visitor, ".pl-table tbody b").nth(column).inner_text(),
        )
        assert float(shown.removesuffix(" %")) == pytest.approx(float(cell), abs=0.051)
        places.append(float(cursor[1:].split()[0]))
    assert places == sorted(places)
    assert places[0] < places[2]


def test_a_transfer_into_two_classes_is_two_drawings(tab):
    visitor = tab()
    example(visitor)
    visitor.page.get_by_label("Transfer").click()
    into = visitor.page.locator("#inversion-targets input")
    into.click()
    visitor.page.get_by_role("option", name="car", exact=True).click()
    run(visitor)
    expect(part(visitor, ".pl-stage .pl-tile")).to_have_count(2)
    expect(part(visitor, ".pl-key .origin")).to_contain_text("bicycle")
    part(visitor, ".pl-stage .pl-cell").nth(1).click()
    expect(part(visitor, ".pl-key .target")).to_contain_text("car")


def free(visitor):
    """Choose the preset that looks around, and so takes longest."""
    visitor.page.locator("#inversion-preset input").click()
    visitor.page.get_by_role("option", name="free", exact=True).click()


def run_nine(visitor):
    """Start nine seeds of an example, which takes many seconds."""
    example(visitor)
    free(visitor)
    visitor.page.locator("#inversion-seeds input[type=number]").fill("9")
    visitor.page.keyboard.press("Tab")
    visitor.page.locator("#inversion-run").click()


def test_stop_keeps_what_is_done_and_frees_the_core(tab, real_process):
    visitor = tab()
    run_nine(visitor)
    visitor.page.wait_for_function("noted.length > 1")
    part(visitor, ".pl-stop").click()
    visitor.page.wait_for_function("noted.at(-1).state === 'stopped'")
    done = visitor.page.evaluate("noted.at(-1).iteration")
    assert 0 < done < 100
    expect(part(visitor, ".pl-finding")).to_contain_text(f"Stopped after {done} iterations")
    expect(part(visitor, ".pl-stop")).to_be_hidden()
    assert idle(real_process)


def test_closing_the_page_frees_the_core(tab, real_process):
    visitor = tab()
    run_nine(visitor)
    visitor.page.wait_for_function("noted.length > 0")
    visitor.page.close()
    assert idle(real_process)


def idle(process, patience=20):
    """Whether the server soon uses less than a tenth of a core for a second."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        before = cpu_seconds(process)
        time.sleep(1)
        if cpu_seconds(process) - before < 0.1:
            return True
    return False


@pytest.mark.parametrize(("strokes", "wanted"), [(0, "empty pad"), (1, "single stroke")])
def test_too_little_is_one_toast_and_the_drawing_stays(tab, strokes, wanted):
    visitor = tab()
    for _ in range(strokes):
        visitor.draw((40, 40), (150, 90))
    visitor.page.locator("#inversion-run").click()
    expect(visitor.toast).to_have_count(1)
    expect(visitor.toast).to_contain_text(wanted)
    expect(part(visitor, ".pl-stop")).to_be_hidden()
    expect(visitor.page.locator("#pad-inversion .sp-ink path")).to_have_count(strokes)


def test_saved_videos_play(tab):
    visitor = tab()
    example(visitor)
    run(visitor)
    for kind, label in (("mp4", "Video (mp4)"), ("webp", "Animation (WebP)")):
        part(visitor, ".pl-menu summary").click()
        with visitor.page.expect_download() as caught:
            visitor.page.get_by_role("button", name=label).click()
        with open(caught.value.path(), "rb") as file:
            data = base64.b64encode(file.read()).decode()
        assert caught.value.suggested_filename == f"inversion.{kind}"
        script = PLAYED if kind == "mp4" else SHOWN
        width, ready = visitor.page.evaluate(
            script, f"data:{'video/mp4' if kind == 'mp4' else 'image/webp'};base64,{data}"
        )
        assert width == 384
        assert ready


PLAYED = """(source) => new Promise((done) => {
  const video = document.createElement('video');
  video.muted = true;
  video.onerror = () => done([0, video.error.message]);
  video.ontimeupdate = () => { if (video.currentTime > 0.2) done([video.videoWidth, video.readyState >= 3]); };
  video.src = source;
  video.play();
})"""
SHOWN = """(source) => new Promise((done) => {
  const image = new Image();
  image.onload = () => done([image.naturalWidth, image.complete]);
  image.onerror = () => done([0, false]);
  image.src = source;
})"""


def test_nothing_moves_for_those_who_asked_for_stillness(tab):
    visitor = tab(reduced_motion="reduce")
    example(visitor)
    run(visitor)
    expect(part(visitor, ".pl-when")).to_have_text("iteration 100 of 100")
    expect(part(visitor, "[data-act=play]")).to_have_attribute("aria-label", "Play")


def test_a_phone_scrolls_no_sideways_and_its_targets_are_large(tab):
    visitor = tab(**PHONE)
    example(visitor)
    run(visitor)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = visitor.page.evaluate(
        "Array.from(document.querySelectorAll('.pl-bar :is(button, summary, select), .pl-table thead button'), e =>"
        " [e.getBoundingClientRect().width, e.getBoundingClientRect().height]).filter(size => size[0])"
    )
    assert min(min(size) for size in sizes) >= 44


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_of_ours(tab, theme):
    visitor = tab(f"/?__theme={theme}")
    example(visitor)
    run(visitor)
    assert visitor.violations() == []
