"""Visitors of the Recognise tab without a browser: the calls that their pages make, at a hand's pace.

Written beside demos/pad/sketch_pad/talk.js, whose rules they keep: one fast call of a kind in flight, the newest waits;
a call every 90 ms while the pen is down; colours for whole drawings only; queued events once the pen has rested.
"""

import asyncio
import json
import math
import random
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from session import Session, Tab

LIVE_SECONDS, SETTLE_SECONDS = 0.09, 0.3
BETWEEN_STROKES, BETWEEN_SKETCHES, BETWEEN_JOBS = (0.3, 0.9), (2.0, 3.0), (4.0, 6.0)
"""Seconds, drawn evenly from a range."""
EXAMPLES = Path(__file__).resolve().parent.parent / "demos" / "examples"
Stroke = list[list[float]]


@dataclass
class Tally:
    """What happened to all visitors. Latencies in ms: of guesses and colours from the end of the stroke.

    calls: of each fast call for guesses. settled: from the queued event to the chart. jobs: of long jobs, by button.
    replaced: calls that a newer one made needless before they were sent. overtaken: colours of strokes that were
    followed by another before they came.
    """

    live: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    colours: list[float] = field(default_factory=list)
    settled: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    jobs: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    strokes: int = 0
    overtaken: int = 0


class Line:
    """Calls of one kind: one in flight, the newest waits, others are forgotten."""

    def __init__(self, name: str, call: Callable[[Any], Awaitable[None]], tally: Tally):
        self._name, self._call, self._tally = name, call, tally
        self._task: asyncio.Task[None] | None = None
        self._waiting: Any = None

    def put(self, request: Any) -> None:
        """Send the request, or let it wait in place of an older one."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(request))
            return
        self.forget()
        self._waiting = request

    def forget(self) -> None:
        """Nothing waits any more."""
        self._tally.replaced[self._name] += self._waiting is not None
        self._waiting = None

    async def _run(self, request: Any) -> None:
        while request is not None:
            await self._call(request)
            request, self._waiting = self._waiting, None

    async def rest(self) -> None:
        """Until nothing is in flight."""
        if self._task is not None:
            await self._task


class Visitor:
    """One visit: a session of its own, a pen, and what its page would ask. enough: whether all have drawn enough."""

    def __init__(
        self, http: aiohttp.ClientSession, url: str, tab: Tab, tally: Tally, seed: int, enough: Callable[[], bool]
    ):
        self._session, self._tab, self._tally = Session(http, url, tally.errors), tab, tally
        self._random, self._enough = random.Random(seed), enough
        self._strokes: list[dict[str, Any]] = []
        self._revision = self._published = 0
        self._down = False
        self._ended: dict[int, float] = {}
        self._uncoloured: dict[int, float] = {}
        self._settling: asyncio.TimerHandle | None = None
        self._guesses = Line("live", self._guess, tally)
        self._colours = Line("colours", self._colour, tally)
        self._events = [Line("settled", self._event(*each), tally) for each in tab.events]

    async def visit(self, works: bool = False) -> None:
        """Open the page, draw until it is enough, and leave; beside it long jobs, for one who `works`."""
        await self._open()
        jobs = [asyncio.create_task(self._work())] if works else []
        while not self._enough():
            for points in drawing(self._random):
                await self._stroke(points)
                await self._pause(BETWEEN_STROKES)
                if self._enough():
                    break
            await self._pause(BETWEEN_SKETCHES)
            self._commit([])
        await asyncio.gather(*jobs, *(line.rest() for line in [self._guesses, self._colours, *self._events]))
        if self._settling:
            self._settling.cancel()
        await self._session.leave()

    async def _open(self) -> None:
        began = time.perf_counter()
        await self._session.get("/?tab=Recognise")
        await asyncio.gather(*(self._session.get(path) for path in self._tab.files))
        self._session.stay()
        for number in self._tab.opening:
            await self._session.queued(number, 0, [])
        self._tally.opened.append(1000 * (time.perf_counter() - began))

    async def _work(self) -> None:
        """Long jobs, one after the other, each about a sketch of its own with strokes to move or to leave out."""
        while not self._enough():
            for button, (number, trigger, rest) in self._tab.jobs.items():
                while len(drawn := list(drawing(self._random))) < 2:
                    pass
                strokes = [{"id": place, "pts": points} for place, points in enumerate(drawn)]
                inputs = [{"v": 1, "size": 256, "rev": 1, "strokes": strokes}, *rest[:-1], str(self._random.random())]
                began = time.perf_counter()
                if await self._session.queued(number, trigger, inputs):
                    self._tally.jobs.setdefault(button, []).append(1000 * (time.perf_counter() - began))
                await self._pause(BETWEEN_JOBS)

    async def _pause(self, between: tuple[float, float]) -> None:
        await asyncio.sleep(self._random.uniform(*between))

    async def _stroke(self, points: Stroke) -> None:
        """The pen goes down, moves as it was timed, and goes up; fast calls on the way as in `askWhileDrawing`."""
        began, start, identity = time.perf_counter(), points[0][2], len(self._strokes) + 1
        times = [(point[2] - start) / 1000 for point in points]
        moved, self._down = 1, True
        while moved < len(points) and (tick := times[moved] + LIVE_SECONDS) < times[-1]:
            await asyncio.sleep(began + tick - time.perf_counter())
            moved = next(place for place, at in enumerate(times) if at > tick)
            self._revision += 1
            self._ask([*self._strokes, {"id": identity, "pts": points[:moved]}], drawing=True)
        await asyncio.sleep(began + times[-1] - time.perf_counter())
        self._down = False
        self._commit([*self._strokes, {"id": identity, "pts": points}])
        self._tally.strokes += 1

    def _commit(self, strokes: list[dict[str, Any]]) -> None:
        self._strokes = strokes
        self._revision += 1
        self._published = self._revision
        if strokes:
            self._ended[self._revision] = self._uncoloured[self._revision] = time.perf_counter()
        self._ask(strokes)
        self._settle_later()

    def _settle_later(self) -> None:
        if self._settling:
            self._settling.cancel()
        self._settling = asyncio.get_running_loop().call_later(SETTLE_SECONDS, self._settle)

    def _settle(self) -> None:
        if self._down:
            self._settle_later()
            return
        for line in self._events:
            line.put(self._value(self._strokes))

    def _value(self, strokes: list[dict[str, Any]]) -> dict[str, Any]:
        return {"v": 1, "size": 256, "rev": self._revision, "strokes": strokes}

    def _ask(self, strokes: list[dict[str, Any]], drawing: bool = False) -> None:
        if not drawing:
            self._colours.forget()
        if not strokes:
            self._guesses.forget()
            return
        about = {"model": self._tab.model, "options": self._tab.options, "drawing": drawing}
        self._guesses.put({"sketch": self._value(strokes), **about})

    async def _guess(self, request: dict[str, Any]) -> None:
        began = time.perf_counter()
        answer = await self._session.fast(self._tab.pad, "live", request)
        now = time.perf_counter()
        if answer is None:
            return
        self._tally.calls.append(1000 * (now - began))
        for revision in [each for each in self._ended if each <= answer["rev"]]:
            self._tally.live.append(1000 * (now - self._ended.pop(revision)))
        if answer["rev"] == self._published and self._strokes:
            self._colours.put({**request, "seen": answer["top"][0][0]})

    async def _colour(self, request: dict[str, Any]) -> None:
        answer = await self._session.fast(self._tab.pad, "colours", request)
        now = time.perf_counter()
        for revision in [each for each in self._uncoloured if answer and each <= answer["heat"]["rev"]]:
            began = self._uncoloured.pop(revision)
            if revision == self._published:
                self._tally.colours.append(1000 * (now - began))
            else:
                self._tally.overtaken += 1

    def _event(self, number: int, rest: list[Any]) -> Callable[[Any], Awaitable[None]]:
        async def call(value: Any) -> None:
            began = time.perf_counter()
            if await self._session.queued(number, self._tab.pad, [value, *rest], {"rev": value["rev"]}):
                self._tally.settled.append(1000 * (time.perf_counter() - began))

        return call


def drawing(chance: random.Random) -> Iterator[Stroke]:
    """The strokes of an example, turned, scaled and moved a little, each as its hand was timed."""
    path = chance.choice(sorted(EXAMPLES.glob("*.json")))
    turn, scale = math.radians(chance.uniform(-12, 12)), chance.uniform(0.75, 1.0)
    right, down = scale * math.cos(turn), scale * math.sin(turn)
    for stroke in json.loads(path.read_text())["strokes"]:
        places = [(x - 128, y - 128, *rest) for x, y, *rest in stroke["pts"]]
        yield [
            [round(128 + right * x - down * y, 1), round(128 + down * x + right * y, 1), *rest]
            for x, y, *rest in places
        ]


def median_stroke() -> float:
    """Seconds that a stroke of the examples takes."""
    strokes = [each["pts"] for path in EXAMPLES.glob("*.json") for each in json.loads(path.read_text())["strokes"]]
    return round(statistics.median(points[-1][2] - points[0][2] for points in strokes) / 1000, 2)
