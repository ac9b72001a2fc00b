"""A session of the app without a browser: its page's files, its heartbeat, fast calls, and events through the queue."""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp

PATIENCE = 60.0
"""Seconds after which an answer no longer counts as one."""
JOBS = {"inversion-run": {"inversion-seeds": 3}, "attack-run": {"attack-strategy": "exhaustive"}}
"""The button of each long job, and the options that are not as the page has them."""


@dataclass(frozen=True)
class Tab:
    """What a page knows of the server: its files, and the numbers of the pad, of its events and of the long jobs."""

    files: tuple[str, ...]
    pad: int
    model: str
    options: Any
    events: tuple[tuple[int, list[Any]], ...]
    opening: tuple[int, ...]
    jobs: dict[str, tuple[int, int, list[Any]]]

    @classmethod
    def read(cls, config: dict[str, Any], files: Sequence[str] = ()) -> "Tab":
        """From the page's configuration. Of each event's inputs, the pad's value is left out: it comes first."""
        parts = {part["id"]: part for part in config["components"]}
        named = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        pad, asked = named["pad-recognise"], [each for each in config["dependencies"] if each["backend_fn"]]

        def inputs(dependency: dict[str, Any], changes: dict[str, Any]) -> list[Any]:
            props = [parts[number]["props"] for number in dependency["inputs"][1:]]
            return [changes.get(each.get("elem_id"), each.get("value")) for each in props]

        def of(number: int, event: str) -> list[dict[str, Any]]:
            return [each for each in asked if [number, event] in [list(t) for t in each["targets"]]]

        jobs = {}
        for button, changes in JOBS.items():
            dependency = of(named[button], "click")[0]
            jobs[button] = (dependency["id"], named[button], inputs(dependency, changes))
        return cls(
            tuple(files),
            pad,
            parts[pad]["props"]["props"]["model"],
            parts[pad]["props"]["props"]["options"],
            tuple((each["id"], inputs(each, {})) for each in of(pad, "input")),
            tuple(each["id"] for each in asked if any(target[1] == "load" for target in each["targets"])),
            jobs,
        )


class Session:
    """One visitor's connections; what goes wrong is counted in `errors`, by what it was, and never raised."""

    def __init__(self, http: aiohttp.ClientSession, url: str, errors: "Counter[str]"):
        self._http, self._url, self._errors = http, url, errors
        self.name = secrets.token_hex(6)
        self._answers: dict[str, asyncio.Future[str | None]] = {}
        self._stream: asyncio.Task[None] | None = None
        self._heart: asyncio.Task[None] | None = None

    async def get(self, path: str) -> None:
        """A file of the page."""
        await self._asked("file", self._http.get(self._url + path))

    async def fast(self, component: int, name: str, data: dict[str, Any]) -> dict[str, Any] | None:
        """The answer of a fast call, or None where there is none to use."""
        body = {"data": data, "component_id": component, "fn_name": name, "session_hash": self.name}
        raw = await self._asked(name, self._http.post(f"{self._url}/gradio_api/component_server/", json=body))
        answer = None if raw is None else json.loads(raw)
        if answer is not None and "error" in answer:
            self._errors[f"{name}: {answer['error']}"] += 1
            return None
        return answer

    async def queued(self, event: int, trigger: int, data: list[Any], details: Any = None) -> bool:
        """Whether an event of the page went through the queue and succeeded."""
        body = {"data": data, "event_data": details, "fn_index": event, "trigger_id": trigger}
        join = self._http.post(f"{self._url}/gradio_api/queue/join", json=body | {"session_hash": self.name})
        raw = await self._asked("queue", join)
        if raw is None:
            return False
        answer = self._answer(json.loads(raw)["event_id"])
        if self._stream is None or self._stream.done():
            self._stream = asyncio.create_task(self._listen())
        try:
            async with asyncio.timeout(PATIENCE):
                wrong = await answer
        except TimeoutError:
            self._errors["queue: no answer in time"] += 1
            return False
        if wrong is not None:
            self._errors[f"queue: {wrong}"] += 1
        return wrong is None

    def stay(self) -> None:
        """Begin the heartbeat, by which the server knows that the page is open."""
        self._heart = asyncio.create_task(self._beat())

    async def leave(self) -> None:
        """The page is closed."""
        for task in (self._stream, self._heart):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _asked(self, what: str, request: Any) -> bytes | None:
        try:
            async with asyncio.timeout(PATIENCE), request as response:
                if response.status == 200:
                    content: bytes = await response.read()
                    return content
                self._errors[f"{what}: status {response.status}"] += 1
        except (TimeoutError, aiohttp.ClientError) as error:
            self._errors[f"{what}: {type(error).__name__}"] += 1
        return None

    def _answer(self, event: str) -> "asyncio.Future[str | None]":
        return self._answers.setdefault(event, asyncio.get_running_loop().create_future())

    async def _listen(self) -> None:
        """Messages of all events of the session, until the server closes the stream; again while one is missing."""
        while any(not answer.done() for answer in self._answers.values()):
            async for message in self._messages(f"queue/data?session_hash={self.name}"):
                if message["msg"] == "process_completed":
                    answer = self._answer(message["event_id"])
                    if not answer.done():
                        answer.set_result(None if message["success"] else _said(message["output"]))
                elif message["msg"] == "close_stream":
                    break
            self._answers = {event: answer for event, answer in self._answers.items() if not answer.done()}

    async def _messages(self, path: str) -> Any:
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._http.get(f"{self._url}/gradio_api/{path}", timeout=timeout, read_bufsize=2**20) as response:
            async for line in response.content:
                if line.startswith(b"data: {"):
                    yield json.loads(line[6:])

    async def _beat(self) -> None:
        async for _ in self._messages(f"heartbeat/{self.name}"):
            pass


def _said(output: dict[str, Any]) -> str:
    """What a failed event was answered."""
    return str(output.get("error") or "an event failed")
