"""The served app from outside: what is too large, what lies elsewhere, and what no visitor may read."""

import base64
import io
import json
import secrets
import shutil
import socket
import tempfile
import time
import zipfile
from pathlib import Path

import httpx
import pytest
from PIL import Image

from benchmarks.browser import free_port, serving
from benchmarks.session import Tab
from demos import attack, recognise
from demos.ui.guard import HEADERS
from sketchlib.io import MAXIMUM_POINTS, MAXIMUM_STROKES
from tests.retrieval.toys import png

ROOT = Path(__file__).resolve().parents[2]
SQUARE = [[20, 20, 0, 0.5], [200, 20, 9, 0.5], [200, 200, 18, 0.5]]


@pytest.fixture(scope="module")
def site():
    """A client of the app with a toy recogniser."""
    port = free_port()
    with (
        serving("tests/e2e/stub_server.py", str(port), port=port) as (url, _),
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def config(site):
    return site.get("/config").json()


@pytest.fixture(scope="module")
def fast(site, config):
    """fast(name, data, pad) -> response of a fast call of a component."""
    numbers = {part["props"].get("elem_id"): part["id"] for part in config["components"]}

    def call(name, data, component="pad-recognise", content=None):
        asked = {"data": data, "component_id": numbers[component], "fn_name": name, "session_hash": "visitor"}
        return site.post("/gradio_api/component_server/", content=content or json.dumps(asked))

    return call


def pad(strokes):
    return {"v": 1, "size": 256, "rev": 1, "strokes": [{"id": i, "pts": pts} for i, pts in enumerate(strokes)]}


def asked(strokes, model="toy-v1"):
    return {"sketch": pad(strokes), "model": model, "options": None}


# --- too large


def test_an_ordinary_call_is_answered(fast):
    answer = fast("live", asked([SQUARE])).json()
    assert answer["top"][0][0] == "line"


@pytest.mark.parametrize(
    "content",
    [b'{"data": "' + b"x" * 50_000_000 + b'"}', b'{"data": ' + b"[" * 50_000_000],
    ids=["text", "brackets"],
)
def test_fifty_megabytes_are_a_sentence_and_the_next_call_is_answered(site, fast, content):
    for headers in ({}, {"content-type": "application/json"}):
        answer = site.post("/gradio_api/component_server/", content=content, headers=headers)
        assert answer.status_code == 413
        assert answer.json() == {"error": "a request has at most 8,000,000 bytes, got more"}
    started = time.monotonic()
    assert fast("live", asked([SQUARE])).status_code == 200
    assert time.monotonic() - started < 5


def test_four_hundred_strokes_of_twenty_thousand_points_are_a_sentence(fast):
    stroke = ",".join(["[1,1]"] * 20_000)
    content = f'{{"data":{{"strokes":[{",".join([f"[{stroke}]"] * 400)}]}}}}'.encode()
    assert len(content) > 40_000_000
    assert fast("live", None, content=content).json() == {"error": "a request has at most 8,000,000 bytes, got more"}


def test_a_body_without_a_stated_length_is_bounded(site):
    def pieces():
        for _ in range(20):
            yield b"x" * 1_000_000

    answer = site.post("/gradio_api/queue/join", content=pieces())
    assert (answer.status_code, answer.json()["error"]) == (413, "a request has at most 8,000,000 bytes, got more")


@pytest.mark.parametrize(
    ("strokes", "said"),
    [
        ([[[1, 1]]] * (MAXIMUM_STROKES + 1), "a sketch has at most 2,000 strokes, got 2,001"),
        ([[[1, 1]] * (MAXIMUM_POINTS // 2 + 1)] * 2, "a sketch has at most 100,000 points, got 100,002"),
    ],
    ids=["strokes", "points"],
)
@pytest.mark.parametrize("call", ["live", "share"])
def test_drawings_beyond_the_limits_are_a_sentence(fast, call, strokes, said):
    assert fast(call, asked(strokes) if call == "live" else pad(strokes)).json() == {"error": said}


@pytest.mark.parametrize("name", ["a.svg", "a.json", "a.npz", "a.ndjson.gz"])
def test_a_file_beyond_two_megabytes_is_a_sentence(fast, name):
    data = base64.b64encode(b" " * (2 * 2**20 + 3)).decode()
    said = fast("open_file", {"name": name, "data": data}).json()["error"]
    assert said.startswith("a sketch file has at most 2 MB, got 2.0 MB")


def test_a_film_beyond_its_letters_is_a_sentence(fast):
    said = fast("save", {"kind": "json", "film": "x" * 4_000_001}, "player").json()["error"]
    assert said.startswith("a run that is saved is text of at most 4,000,000 letters")


def test_an_upload_beyond_its_size_is_refused(site):
    answer = site.post("/gradio_api/upload", files={"files": ("a.png", b"\0" * 70_000_000)})
    assert answer.status_code == 413
    assert "maximum" in answer.text.lower()


def test_uploads_that_are_too_much_together_are_refused_before_they_are_sent(site):
    head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: {site.base_url.host}\r\nContent-Length: 300000000\r\n\r\nx"
    with socket.create_connection((site.base_url.host, site.base_url.port), timeout=20) as connection:
        connection.sendall(head.encode())
        said = connection.recv(4096)
        assert said.startswith(b"HTTP/1.1 413 ")
        while b"}" not in said:
            said += connection.recv(4096)
        assert b"at most 256,000,000 bytes" in said


# --- what lies elsewhere


def upload(site, name="a.png", content=b"words"):
    return site.post("/gradio_api/upload", files={"files": (name, content)}).json()[0]


def test_what_was_uploaded_can_be_read_back(site):
    """The twin of the tests below: the route does give files."""
    answer = site.get(f"/gradio_api/file={upload(site)}")
    assert (answer.status_code, answer.content) == (200, b"words")


@pytest.mark.parametrize(
    ("name", "content"), [("a.html", b"<script>alert(1)</script>"), ("a.svg", b"<svg onload='x'/>")]
)
def test_what_was_uploaded_is_no_page_of_ours(site, name, content):
    answer = site.get(f"/gradio_api/file={upload(site, name, content)}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


CARD = next((ROOT / "checkpoints").glob("*.toml"))
PLACES = {
    "absolute": "/etc/hostname",
    "of the process": "/proc/self/environ",
    "the app": f"{ROOT}/app.py",
    "beside the app": "app.py",
    "a card": str(CARD),
    "the repository": f"{ROOT}/.git/config",
    "up": "../../../../../../etc/hostname",
    "up from the uploads": f"{tempfile.gettempdir()}/gradio/../../etc/hostname",
    "dots": "/etc/./hostname",
    "two slashes": "//etc/hostname",
    "backslashes": "..\\..\\..\\etc\\hostname",
    "encoded": "%2e%2e%2f%2e%2e%2fetc%2fhostname",
    "encoded twice": "%252e%252e%252fetc%252fhostname",
    "a null": "/etc/hostname%00.png",
    "a scheme": "file:///etc/hostname",
    "the net": "http://127.0.0.1:9/",
    "home": "~/.bashrc",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "route", ["/gradio_api/file=", "/gradio_api/file/", "/static/", "/assets/", "/svelte/", "/gradio_api/proxy="]
)
def test_no_file_of_the_machine_is_read(site, route, place):
    answer = site.send(site.build_request("GET", httpx.URL(str(site.base_url) + route + PLACES[place])))
    assert answer.status_code in (307, 400, 403, 404, 405, 500)
    for secret in (Path("/etc/hostname"), CARD, ROOT / "app.py"):
        assert secret.read_bytes().strip() not in answer.content


def test_a_link_among_the_uploads_leads_nowhere(site, tmp_path):
    """Nobody can upload a link; were there one, it would be followed only inside the allowed folders."""
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret of this machine")
    place = Path(upload(site)).parent / f"{secrets.token_hex(4)}.txt"
    place.symlink_to(secret)
    try:
        assert "secret of" not in site.get(f"/gradio_api/file={place}").text
    finally:
        place.unlink()


def queued(site, event, data):
    """The last message of an event of the page."""
    session = secrets.token_hex(6)
    body = {"data": data, "fn_index": event, "session_hash": session, "event_data": None, "trigger_id": None}
    joined = site.post("/gradio_api/queue/join", json=body)
    assert joined.status_code == 200, joined.text
    with site.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            if message.get("msg") == "process_completed":
                return message
    raise AssertionError("no answer")


def test_photos_that_were_not_uploaded_are_neither_read_nor_removed(site, config, tmp_path):
    """`take` removes what it was given: were any path taken, any file could be removed."""
    photo = tmp_path / "mine" / "photo.png"
    photo.parent.mkdir()
    Image.new("RGB", (64, 64), "red").save(photo)
    numbers = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
    if "own-files" not in numbers:
        pytest.skip("needs the network that finds photos")
    (event,) = (each["id"] for each in config["dependencies"] if [numbers["own-files"], "upload"] in each["targets"])
    given = {"path": str(photo), "orig_name": "photo.png", "meta": {"_type": "gradio.FileData"}}
    message = queued(site, event, [[given], ""])
    assert not message["success"]
    assert photo.exists()
    given["path"] = upload(site, "photo.png", photo.read_bytes())
    message = queued(site, event, [[given], ""])
    assert message["success"], message
    assert photo.exists()


def test_two_hundred_photos_are_taken_and_the_rest_is_told(site, config, tmp_path):
    numbers = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
    if "own-files" not in numbers:
        pytest.skip("needs the network that finds photos")
    (event,) = (each["id"] for each in config["dependencies"] if [numbers["own-files"], "upload"] in each["targets"])
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(205):
            archive.writestr(f"{number}.png", png(number))
    given = {"path": upload(site, "photos.zip", file.getvalue()), "meta": {"_type": "gradio.FileData"}}
    message = queued(site, event, [[given], ""])
    assert message["success"], message
    said = json.dumps(message["output"]["data"])
    assert '"photos": 200' in said
    assert "a gallery here has at most 200 photos, got 205: from this one on, left out" in said
    assert not Path(given["path"]).exists()


NAMES = ["../../etc/hostname", "/etc/hostname", "/etc/hostname.toml", "..%2f..%2fetc%2fhostname", "toy-v1/../../x", ""]
CALLS = {"recognise": recognise.live, "colours": recognise.colours, "attack": attack.live, "game": attack.play}


def said_by(answer):
    """The sentence instead of an answer; colours say it in their legend."""
    return answer["heat"]["legend"].get("note", "") if "heat" in answer else answer.get("error", "")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("call", CALLS)
def test_names_are_no_paths(call, name):
    assert len(said_by(CALLS[call](asked([SQUARE, SQUARE], name))).splitlines()) == 1


@pytest.mark.parametrize("call", CALLS)
def test_where_others_come_no_card_is_read_by_its_path(call, tmp_path, monkeypatch):
    for file in CARD.parent.glob("sketchcnn66-v2*"):
        shutil.copy(file, tmp_path)
    request = asked([SQUARE, SQUARE], str(tmp_path / "sketchcnn66-v2.toml")) | {"seen": "cat"}
    monkeypatch.setenv("SPACE_ID", "someone/space")
    assert "a model is picked from the list" in said_by(CALLS[call](request))
    monkeypatch.delenv("SPACE_ID")
    assert said_by(CALLS[call](request)) == "", "the twin: at home the same card is read"


def test_pictures_are_those_of_the_gallery(fast):
    for name in NAMES:
        assert fast("pictures", {"names": [name]}, "guide").json() == {"pictures": {}}


def test_fast_calls_are_only_those_of_the_component(site, config, fast):
    assert fast("stop", {"ticket": "1"}).status_code >= 400
    assert fast("__class__", {}).status_code >= 400
    assert fast("load", {"name": "x"}).status_code >= 400


# --- what a page may do


def test_every_answer_says_what_a_page_may_do(site):
    for path in ("/", "/config", "/nowhere", "/gradio_api/info"):
        answer = site.get(path)
        assert {(name.encode(), value.encode()) for name, value in answer.headers.items()} >= set(HEADERS), path


def test_errors_nobody_expected_tell_nothing(site, config):
    """A handler that fails for another reason than ours says no more than that it failed."""
    event = Tab.read(config).events[0][0]
    message = queued(site, event, ["<img src=x onerror=alert(1)>"])
    assert not message["success"]
    assert message["output"]["error"] is None
    assert "<img" not in json.dumps(message)
