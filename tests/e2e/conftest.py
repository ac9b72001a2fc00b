"""A Chromium, the app with a toy model, and a hand that draws. Skipped with a reason where there is no chromium."""

import importlib.util
import re
from pathlib import Path

import pytest

from benchmarks.browser import CHROMIUM_ARGUMENTS, find_chromium, free_port, serving
from demos.ui import first_model

PATIENCE_MS = 120_000
PAD = "#pad-recognise"
OPENED = ":is(.sp-paper, .st, .at-sheet img) >> visible=true"
AXE = Path(str(importlib.util.find_spec("axe_playwright_python").origin)).with_name("axe.min.js")
STREAM_ENDS = ("AbortError", "Unexpected error Connection errored out")


def pytest_collection_modifyitems(items):
    """A browser test that fails runs once more: a race is a line of the summary, RERUN."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser():
    chromium = find_chromium()
    if not chromium:
        pytest.skip("needs a chromium on the PATH (or its path in CHROMIUM)")
    api = pytest.importorskip("playwright.sync_api")
    api.expect.set_options(timeout=PATIENCE_MS / 2)
    with api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS, headless=True)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def toy_server(browser):
    port = free_port()
    with serving("tests/e2e/stub_server.py", str(port), port=port) as (url, _):
        yield url


@pytest.fixture(scope="session")
def real_app():
    """(address, process) of the app with its own models."""
    if not first_model():
        pytest.skip("needs a shipped model with its weights beside the card in checkpoints/")
    port = free_port()
    with serving("app.py", port=port) as app:
        yield app


@pytest.fixture(scope="session")
def real_server(real_app):
    return real_app[0]


@pytest.fixture(scope="session")
def real_process(real_app):
    return real_app[1]


def on_a_pad(query):
    """The same page, opened at the tab whose pad most tests draw on."""
    return f"/?tab=Recognise&{query.removeprefix('/?')}".rstrip("&")


class Visitor:
    """One page of a browser context, one pad of which is drawn on; remembers what went wrong and whom it called."""

    def __init__(self, context, url, query="", pad=PAD):
        self.pad = pad
        self.context, self.page = context, context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.errors, self.requests, self.url = [], [], url
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("request", lambda request: self.requests.append(request.url))
        elsewhere = query.startswith("/figures") or {"tab=", "s="} & set(re.findall(r"\w+=", query))
        self.page.goto(url + (query if elsewhere else on_a_pad(query)))
        self.page.wait_for_selector(OPENED)

    def reload(self, url=None):
        """Load the page again, or another; what the streams of the page that leaves say of their end is no error."""
        self.page.goto(url) if url else self.page.reload()
        self.page.wait_for_selector(OPENED)
        self.errors[:] = [error for error in self.errors if not error.startswith(STREAM_ENDS)]

    @property
    def strokes(self):
        return self.page.locator(f"{self.pad} .sp-ink path")

    @property
    def rows(self):
        return self.page.locator("#answers .an-rows li")

    @property
    def toast(self):
        return self.page.get_by_test_id("toast-body")

    def act(self, name):
        self.page.locator(f"{self.pad} [data-act={name}]").click()

    def box(self):
        paper = self.page.locator(f"{self.pad} .sp-paper")
        paper.scroll_into_view_if_needed()
        return paper.bounding_box()

    def screen(self, points):
        box = self.box()
        return [(box["x"] + x / 256 * box["width"], box["y"] + y / 256 * box["height"]) for x, y in points]

    def draw(self, *points, steps=3):
        """One stroke with the mouse; points in the pad's 256 square."""
        places = self.screen(points)
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place, steps=steps)
        self.page.mouse.up()

    def value(self):
        """What is on the pad: point lists per stroke."""
        return self.page.evaluate(f"Array.from(document.querySelectorAll('{self.pad} .sp-ink path'), p => p.stroke)")

    def outside(self):
        return [url for url in self.requests if not url.startswith((self.url, "data:", "blob:"))]

    def violations(self):
        """What axe-core finds on the page once it rests: rules and elements."""
        self.page.wait_for_timeout(600)
        self.page.add_script_tag(path=AXE)
        report = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [(rule["id"], str(node["target"])) for rule in report["violations"] for node in rule["nodes"]]


@pytest.fixture(scope="session")
def context(browser):
    """context(**settings): one browser context per settings, so that a page finds Gradio's scripts in its cache."""
    opened = {}

    def find(**settings):
        settings = {"viewport": {"width": 1280, "height": 900}} | settings
        key = repr(sorted(settings.items()))
        if key not in opened:
            opened[key] = browser.new_context(**settings)
        return opened[key]

    return find


@pytest.fixture
def visit(context, request):
    """visit(query, server, **settings) -> Visitor; every one must leave without an error or a call outside."""
    visitors = []

    def enter(query="", server="toy_server", pad=PAD, **settings):
        visitors.append(Visitor(context(**settings), request.getfixturevalue(server), query, pad))
        return visitors[-1]

    yield enter
    problems = [(visitor.errors, visitor.outside()) for visitor in visitors]
    for visitor in visitors:
        visitor.page.close()
    assert problems == [([], [])] * len(problems)
