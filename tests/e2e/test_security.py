"""Text of strangers through every door of the page: it is shown as text, makes no element, and runs nowhere."""

import io
import json
import re
import zipfile

import pytest

from demos.ui.photos import why_not
from tests.retrieval.toys import png

expect = pytest.importorskip("playwright.sync_api").expect

EVIL = "<img src=x class=hostile onerror=alert(1)>"
NAME = f"{EVIL}<svg onload=alert(2)><script class=hostile>alert(3)</script>".replace("/", "")
"""As a file's name, which holds no slash."""
WATCH = """() => {
  window.fired = [];
  for (const name of ['alert', 'prompt', 'confirm']) window[name] = (said) => window.fired.push(said);
}"""
LINE = '{"v": 1, "size": 256, "strokes": [{"id": 1, "pts": [[20, 20], [200, 200]]}]}'


@pytest.fixture
def watched(visit):
    """watched(query, server) -> visitor; whatever ran or became an element is found when the test ends."""
    visitors = []

    def enter(query="", server="toy_server", **settings):
        visitor = visit(query, server=server, **settings)
        visitor.page.evaluate(WATCH)
        visitors.append(visitor)
        return visitor

    yield enter
    for visitor in visitors:
        visitor.page.wait_for_timeout(300)
        assert visitor.page.evaluate("window.fired") == []
        assert visitor.page.evaluate("document.querySelectorAll('.hostile, img[src=\"x\"]').length") == 0


def open_file(visitor, name, content):
    visitor.page.locator(f"{visitor.pad} .sp-file").set_input_files(
        {"name": name, "mimeType": "", "buffer": content if isinstance(content, bytes) else content.encode()}
    )


def test_the_watch_can_fail(visit):
    """The same text as markup does become an element; what its attribute says is not run, by the page's policy."""
    visitor = visit()
    visitor.page.evaluate(WATCH)
    visitor.page.evaluate(f"document.body.insertAdjacentHTML('beforeend', {json.dumps(EVIL)})")
    visitor.page.wait_for_timeout(300)
    assert visitor.page.evaluate("document.querySelectorAll('.hostile').length") == 1
    assert visitor.page.evaluate("window.fired") == []
    assert any("script-src-attr" in error for error in visitor.errors)
    visitor.errors.clear()


@pytest.mark.parametrize("suffix", [".svg", ".json", ".ndjson", ".npz", ".exe"])
def test_a_bad_file_is_told_with_its_name_as_text(watched, suffix):
    visitor = watched()
    open_file(visitor, NAME + suffix, "no drawing")
    expect(visitor.toast).to_contain_text("hostile")


def test_a_file_that_is_too_large_is_told_with_its_name_as_text(watched):
    visitor = watched()
    open_file(visitor, f"{NAME}.svg", b" " * 3_000_000)
    expect(visitor.toast).to_contain_text("A sketch file has at most 2 MB, <img src=x class=hostile")


FILES = {
    "good.json": LINE,
    "word.ndjson": json.dumps({"word": EVIL, "drawing": [[[0, 255], [0, 255]]]}),
    "scripted.svg": f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="alert(1)">
        <title>{EVIL.replace("<", "&lt;")}</title><script>alert(1)</script><style>*{{background:url(http://x)}}</style>
        <foreignObject><h:img xmlns:h="http://www.w3.org/1999/xhtml" class="hostile" src="x" onerror="alert(1)"/>
        </foreignObject><a href="javascript:alert(1)">
        <path d="M1 1L8 8" data-stroke="&lt;img class=hostile&gt;" onclick="alert(1)"/></a>
        <image class="hostile" href="x"/></svg>""",
}


@pytest.mark.parametrize("file", FILES)
def test_a_good_file_is_drawn_and_nothing_else_of_it_is_kept(watched, file):
    visitor = watched()
    open_file(visitor, f"{NAME}{file}", FILES[file])
    expect(visitor.strokes).to_have_count(1)
    expect(visitor.rows.first).to_contain_text("line")
    visitor.strokes.first.click(force=True)
    assert set(visitor.value()[0]) == {"id", "pts"}
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(f"{visitor.pad} [data-act=svg]").evaluate("button => button.click()")
    saved = waiting.value.path().read_text()
    assert not re.search("hostile|alert|onload|script|href", saved)


@pytest.mark.parametrize(
    "query",
    ["s={0}", "tab={0}", "s={0}&tab=Attack", "tab=Recognise&s=javascript:alert(1)", "__theme={0}&tab=Recognise"],
)
def test_a_link_of_somebody_else_runs_nothing(watched, query):
    hostile = EVIL.replace("<", "%3C").replace(">", "%3E").replace(" ", "%20").replace("=", "%3D")
    visitor = watched(f"/?{query.format(hostile)}")
    visitor.page.wait_for_timeout(500)
    assert visitor.page.locator(".hostile").count() == 0


def test_class_names_of_a_model_are_text_everywhere(watched):
    """The toy sees its class of a hostile name in much ink."""
    visitor = watched()
    for y in range(20, 240, 20):
        visitor.draw((10, y), (245, y))
    expect(visitor.page.locator("#answers")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(visitor.page.locator("#heat")).to_contain_text("<img src=x onerror=alert(1)>")
    visitor.page.wait_for_timeout(1500)  # the charts follow when the pen rests


def test_a_card_of_ones_own_with_a_hostile_name(watched):
    visitor = watched()
    visitor.page.get_by_role("button", name="A model of your own").click()
    visitor.page.locator("#card-path input, #card-path textarea").fill(NAME)
    visitor.page.locator("#use-card").click()
    visitor.draw((20, 20), (200, 200))
    expect(visitor.page.locator(".an-note")).to_contain_text("<img src=x class=hostile")


@pytest.fixture
def finder(watched):
    if why_not():
        pytest.skip(f"needs the shipped network and gallery: {why_not()}")
    visitor = watched("/?tab=Retrieve", server="real_server", pad="#pad-retrieve")
    expect(visitor.page.locator(".fi-photo img")).to_be_visible(timeout=120_000)
    return visitor


def hostile_zip():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{NAME}.png", png(1, height=64, width=64))
        archive.writestr(f"{NAME}2.png", png(2, height=64, width=64))
        archive.writestr(f"again {NAME}.png", png(1, height=64, width=64))
        archive.writestr(f"../{NAME}.png", png(3))
        archive.writestr(f"{NAME}.txt", "words")
        archive.writestr(f"broken {NAME}.jpg", "no photo")
    return file.getvalue()


def test_names_in_a_zip_of_photos_are_text(finder):
    finder.page.get_by_role("button", name="Your own photos").click()
    file = {"name": f"{NAME}.zip", "mimeType": "application/zip", "buffer": hostile_zip()}
    finder.page.locator("#own-files input[type=file]").set_input_files(file)
    expect(finder.page.locator("#finder .fi-source")).to_contain_text("2 ")
    expect(finder.page.locator("#finder")).to_contain_text("leads out of it")
    finder.draw((60, 60), (190, 60))
    finder.draw((60, 60), (60, 190))
    expect(finder.page.locator("#finder .fi-top li")).to_have_count(2)
    expect(finder.page.locator("#finder")).to_contain_text("<img src=x class=hostile")
    finder.page.locator("#finder .fi-top button").first.click()
    expect(finder.page.locator("#finder .fi-photo figcaption")).to_contain_text("hostile")


def test_a_zip_of_nothing_good_is_told_as_text(finder):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{NAME}.txt", "words")
    finder.page.get_by_role("button", name="Your own photos").click()
    upload = {"name": f"{NAME}.zip", "mimeType": "application/zip", "buffer": file.getvalue()}
    finder.page.locator("#own-files input[type=file]").set_input_files(upload)
    expect(finder.toast).to_contain_text("<img src=x class=hostile")


def test_a_folder_with_a_hostile_name_is_told_as_text(finder):
    finder.page.get_by_role("button", name="Your own photos").click()
    finder.page.locator("#own-folder input, #own-folder textarea").fill(f"/nowhere/{NAME}")
    finder.page.locator("#use-folder").click()
    expect(finder.toast).to_contain_text("<img src=x class=hostile")
