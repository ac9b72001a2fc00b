"""Long jobs on the app with its own models: who draws is answered meanwhile; Stop, or leaving, frees their lane."""

import asyncio
import json
import statistics
import time
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from tests.asynchronous import waited

aiohttp = pytest.importorskip("aiohttp")
EXAMPLES = Path(__file__).resolve().parents[2] / "demos" / "examples"
MOST_TIMES = 6
"""Longer than in an idle app a guess may take while an inversion and an attack run, both medians."""
CALLS = 25
LONG = {"inversion-seeds": 9, "inversion-preset": "free"}
QUICK = {"attack-strategy": "greedy"}


@pytest.fixture
def sessions(monkeypatch):
    monkeypatch.syspath_prepend("benchmarks")
    import session

    return session


def sketch(name, strokes=None):
    drawn = json.loads(next(EXAMPLES.glob(f"*-{name}.json")).read_text())["strokes"]
    return {"v": 1, "size": 256, "rev": 1, "strokes": drawn[:strokes]}


class House:
    """The app, and visitors that come and go."""

    def __init__(self, sessions, url, http):
        self.sessions, self.jobs = sessions, sessions.JOBS
        self.url, self.http, self.errors = url, http, Counter()
        with urllib.request.urlopen(f"{url}/config") as response:
            self.config = json.load(response)

    def enter(self):
        visitor = self.sessions.Session(self.http, self.url, self.errors)
        visitor.stay()
        return visitor

    def tab(self, **changes):
        self.sessions.JOBS = {button: {**given, **changes} for button, given in self.jobs.items()}
        return self.sessions.Tab.read(self.config)

    def start(self, visitor, button, drawn, ticket="", **changes):
        number, trigger, rest = self.tab(**changes).jobs[button]
        return asyncio.create_task(visitor.queued(number, trigger, [drawn, *rest[:-1], ticket]))

    async def guess(self, visitor):
        """Seconds that a guess takes."""
        tab = self.tab()
        began = time.perf_counter()
        request = {"sketch": sketch("bicycle"), "model": tab.model, "options": tab.options, "drawing": False}
        answer = await visitor.fast(tab.pad, "live", request)
        assert answer["top"][0][0] == "bicycle"
        return time.perf_counter() - began

    async def guesses(self, visitor):
        return statistics.median([await self.guess(visitor) for _ in range(CALLS)])

    async def stop(self, visitor, elem_id, ticket):
        (component,) = [each["id"] for each in self.config["components"] if each["props"].get("elem_id") == elem_id]
        await visitor.fast(component, "stop", {"ticket": ticket})


def story(told):
    """A test of `told(house)`."""

    def test(sessions, real_server):
        async def tell():
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as http:
                house = House(sessions, real_server, http)
                await told(house)
                assert +house.errors == Counter()

        waited(tell())

    return test


async def beside_long_jobs(house):
    painter, inverter, attacker = (house.enter() for _ in range(3))
    await house.guesses(painter)
    idle = await house.guesses(painter)
    inversion = house.start(inverter, "inversion-run", sketch("cat"), "long-1", **LONG)
    attack = house.start(attacker, "attack-run", sketch("cat"), "long-2")
    await asyncio.sleep(1)
    busy = await house.guesses(painter)
    assert not inversion.done()
    await house.stop(inverter, "player", "long-1")
    await house.stop(attacker, "deletion-stage", "long-2")
    assert await asyncio.wait_for(asyncio.gather(inversion, attack), 60) == [True, True]
    assert busy < MOST_TIMES * idle, f"{1000 * busy:.0f} ms beside long jobs, {1000 * idle:.0f} ms alone"
    for visitor in (painter, inverter, attacker):
        await visitor.leave()


async def after_leaving(house):
    """The next visitor's job begins when the page of the one before is closed, not when its job would have ended."""
    leaver, next_one = house.enter(), house.enter()
    began = time.perf_counter()
    house.start(leaver, "attack-run", sketch("cat"), "left-1")
    await asyncio.sleep(0.5)
    await leaver.leave()
    assert await asyncio.wait_for(house.start(next_one, "attack-run", sketch("bicycle"), "left-2", **QUICK), 60)
    waited = time.perf_counter() - began
    began = time.perf_counter()
    assert await asyncio.wait_for(house.start(next_one, "attack-run", sketch("cat"), "left-3"), 120)
    assert 2 * waited < time.perf_counter() - began
    await next_one.leave()


test_who_draws_is_answered_beside_long_jobs_and_stop_ends_them = story(beside_long_jobs)
test_who_leaves_frees_the_lane = story(after_leaving)
