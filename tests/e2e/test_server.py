"""How pages and answers travel."""

import gzip
import json
import urllib.request

from demos.ui.server import MOST_THREADS, QUEUE


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
