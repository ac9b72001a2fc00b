"""How pages and answers travel."""

import gzip
import json
import urllib.request

import pytest

from benchmarks.browser import free_port, serving
from demos.ui.server import MOST_THREADS, QUEUE

expect = pytest.importorskip("playwright.sync_api").expect


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
        return response.headers.get("Content-Encoding"), response.read()


def test_a_page_travels_compressed_for_who_understands(toy_server):
    coded, packed = get(toy_server, **{"Accept-Encoding": "gzip"})
    plain, page = get(toy_server)
    assert (coded, plain) == ("gzip", None)
    assert len(packed) < len(page) / 2
    assert len(gzip.decompress(packed)) == len(page)


def test_files_are_compressed_once(toy_server):
    _, page = get(toy_server)
    script = page.decode().split('src="./assets/')[1].split('"')[0]
    coded, packed = get(f"{toy_server}/assets/{script}", **{"Accept-Encoding": "gzip"})
    assert coded == "gzip"
    assert gzip.decompress(packed) == get(f"{toy_server}/assets/{script}")[1]


def test_answers_and_streams_are_left_as_they_are(toy_server):
    url = f"{toy_server}/gradio_api/heartbeat/somebody"
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})) as stream:
        assert stream.headers.get("Content-Encoding") is None
        assert stream.readline() == b"data: ALIVE\n"


def test_there_is_room_for_32_visitors_who_draw_and_the_events_of_each(toy_server):
    config = json.loads(get(f"{toy_server}/config")[1])
    (pad,) = [each["id"] for each in config["components"] if each["props"].get("elem_id") == "pad-recognise"]
    events = sum([pad, "input"] in [list(target) for target in each["targets"]] for each in config["dependencies"])
    assert QUEUE["max_size"] >= 32 * events
    assert 32 * (2 + events) <= MOST_THREADS


FULL = """
import runpy, sys
from demos.ui import server
server.QUEUE["max_size"] = 0
sys.argv = ["stub", "{port}"]
runpy.run_path("tests/e2e/stub_server.py", run_name="__main__")
"""


def test_who_comes_when_the_queue_is_full_is_told_so_and_draws_on(browser):
    port = free_port()
    with serving("-c", FULL.format(port=port), port=port) as (url, _):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{url}/?tab=Inversion")
        page.locator("#pad-inversion .sp-examples button").first.click()
        page.locator("#inversion-run").click()
        expect(page.get_by_test_id("toast-body")).to_contain_text(
            "This application is currently busy. Please try again."
        )
        expect(page.locator("#pad-inversion .sp-ink path")).to_have_count(7)
        expect(page.locator("#player .pl-stop")).to_be_hidden()
        page.get_by_role("tab", name="Recognise").click()
        page.locator("#pad-recognise .sp-examples button").first.click()
        expect(page.locator("#answers .an-rows li")).to_have_count(5)
        page.close()
