"""The guard around the app, with applications of a few lines inside it."""

import json

import pytest

from demos.ui.guard import HEADERS, MOST_REQUEST_BYTES, MOST_UPLOAD_BYTES, Guard, leads_elsewhere
from tests.asynchronous import waited


def ask(app, path="/gradio_api/call/x", body=(b"",), headers=(), kind="http"):
    """(status, headers, body) of a request that comes in pieces; None where nothing was answered."""
    pieces, sent = list(body), []

    async def receive():
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message):
        sent.append(message)

    waited(Guard(app)({"type": kind, "path": path, "headers": list(headers)}, receive, send))
    if not sent:
        return None
    start, *bodies = sent
    assert [each["type"] for each in sent] == ["http.response.start"] + ["http.response.body"] * len(bodies)
    return start["status"], dict(start["headers"]), b"".join(each["body"] for each in bodies)


async def counting(scope, receive, send):
    """Answers how many bytes came."""
    read, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("gone")
        read, more = read + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": str(read).encode()})


async def swallowing(scope, receive, send):
    """Answers whatever happens, as FastAPI does."""
    while (await receive())["type"] != "http.disconnect":
        pass
    await send({"type": "http.response.start", "status": 400, "headers": []})
    await send({"type": "http.response.body", "body": b"bad"})


def test_what_is_small_passes_and_comes_back_with_headers():
    status, headers, body = ask(counting, body=(b"ab", b"c" * (MOST_REQUEST_BYTES - 2)))
    assert (status, body) == (200, str(MOST_REQUEST_BYTES).encode())
    assert headers == {b"content-type": b"text/plain", **dict(HEADERS)}
    assert headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize("app", [counting, swallowing])
@pytest.mark.parametrize("stated", [(), [(b"content-length", b"8000001")], [(b"content-length", b"many")]])
def test_what_is_large_is_a_sentence_whatever_it_states(app, stated):
    status, headers, body = ask(app, body=[b"x" * 1_000_000] * 8 + [b"x"] * 3, headers=stated)
    assert status == 413
    assert json.loads(body) == {"error": "a request has at most 8,000,000 bytes, got more"}
    assert dict(HEADERS).items() <= headers.items()


def test_a_large_body_is_not_given_to_the_app():
    read = []

    async def keeping(scope, receive, send):
        read.append(await receive())

    ask(keeping, body=(b"x" * 8_000_001,))
    assert read == [{"type": "http.disconnect"}]
    ask(keeping, headers=[(b"content-length", b"8000001")])
    assert len(read) == 1


def test_uploads_have_more_room_and_an_end():
    assert ask(counting, "/gradio_api/upload", [b"x" * 9_000_000])[0] == 200
    stated = [(b"content-length", str(MOST_UPLOAD_BYTES + 1).encode())]
    assert ask(counting, "/gradio_api/upload", headers=stated)[0] == 413


def test_an_error_of_the_app_stays_its_own():
    async def failing(scope, receive, send):
        raise KeyError

    with pytest.raises(KeyError):
        ask(failing)


def test_an_answer_that_has_begun_is_not_begun_again():
    async def early(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()
        await send({"type": "http.response.body", "body": b"done"})

    assert ask(early, body=(b"x" * 8_000_001,))[::2] == (200, b"done")


def test_other_talk_than_http_passes():
    async def nothing(scope, receive, send):
        assert scope["type"] == "lifespan"

    assert ask(nothing, kind="lifespan") is None


@pytest.mark.parametrize(
    ("path", "elsewhere"),
    [
        ("/gradio_api/file=https://example.org/a.png", True),
        ("/gradio_api/file=HTTP://127.0.0.1:22/", True),
        ("/gradio_api/file=file:///etc/hostname", True),
        ("/gradio_api/proxy=https://example.hf.space/a", True),
        ("/gradio_api/file=C:/pictures/a.png", False),
        ("/gradio_api/file=a.png", False),
        ("/page/https://example.org", False),
    ],
)
def test_no_address_of_the_net_is_fetched(path, elsewhere):
    assert leads_elsewhere(path) is elsewhere
    assert ask(counting, path)[0] == (404 if elsewhere else 200)
