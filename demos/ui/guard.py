"""What every request and answer is held to, before and after Gradio: sizes, addresses, and what a page may run."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from starlette.middleware import Middleware

MOST_REQUEST_BYTES = 8_000_000
"""One call: the largest, a film that is saved, has half of it."""

MOST_UPLOAD_BYTES = 256_000_000
"""Files that are uploaded together; each is bounded by the page's own limit, too."""

MOST_PASSED, PATIENCE = 64_000_000, 10.0
"""Bytes of a request that is too large, and seconds, that are waited for before it is told so."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        # Gradio writes its settings as a script into the page, and compiles its templates.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        # What an attribute such as onerror says is never run.
        "script-src-attr 'none'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self' https://huggingface.co https://*.hf.space",
    )
)
HEADERS = tuple(
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
    }.items()
)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class Guard:
    """An ASGI application around another."""

    def __init__(self, app: App):
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Pass on what may pass, with HEADERS on the way back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif leads_elsewhere(scope["path"]):
            await answer(send, 404, "only files of this page are read here")
        else:
            await Bounded(scope, receive, send).through(self._app)


class Bounded:
    """One request whose body is never read beyond its limit, whatever length it states."""

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send):
        self._scope, self._receive, self._send = scope, receive, send
        self._most = MOST_UPLOAD_BYTES if scope["path"].endswith("/upload") else MOST_REQUEST_BYTES
        self._read, self._more, self._answered = 0, True, False

    async def through(self, app: App) -> None:
        """Ask the application, or refuse where there is too much."""
        length = dict(self._scope["headers"]).get(b"content-length", b"0")
        stated = int(length) if length.isdigit() else 0
        if stated > self._most:
            self._read = stated
        else:
            try:
                await app(self._scope, self._receive_some, self._send_with_headers)
            except Exception:
                # An application that is told that the visitor has gone says so as it likes.
                if self._read <= self._most:
                    raise
        if self._read > self._most and not self._answered:
            await self._let_pass(stated)
            await answer(self._send, 413, f"a request has at most {self._most:,} bytes, got more")

    async def _let_pass(self, stated: int) -> None:
        """Who still sends would not read an answer; who has very much to send, or sends nothing, does not matter."""
        passed = stated if stated > MOST_PASSED else 0
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self._more and passed < MOST_PASSED:
                    passed += len((await self._next()).get("body", b""))

    async def _next(self) -> Message:
        message = await self._receive()
        self._more = message.get("more_body", False)
        return message

    async def _receive_some(self) -> Message:
        message = await self._next()
        self._read += len(message.get("body", b""))
        return message if self._read <= self._most else {"type": "http.disconnect"}

    async def _send_with_headers(self, message: Message) -> None:
        if self._read > self._most and not self._answered:
            return
        if message["type"] == "http.response.start":
            self._answered = True
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
        await self._send(message)


def leads_elsewhere(path: str) -> bool:
    """Whether Gradio would fetch an address of the net for the visitor: nothing here asks for that."""
    _, file, address = path.partition("/file=")
    return "/proxy=" in path or bool(file and "://" in address)


async def answer(send: Send, status: int, sentence: str) -> None:
    """{"error": sentence} as JSON."""
    headers = [(b"content-type", b"application/json"), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps({"error": sentence}).encode()})


GUARDED: dict[str, Any] = {"middleware": [Middleware(Guard)]}
"""Gradio's `app_kwargs`."""
