"""The load benchmark's visitors: they keep the pad's rules, and the app answers a crowd without an error."""

import asyncio
import json
import threading
import urllib.request
from collections import Counter

import pytest

aiohttp = pytest.importorskip("aiohttp")


@pytest.fixture
def scripts(monkeypatch):
    """The benchmark's modules, which find each other as scripts do."""
    monkeypatch.syspath_prepend("benchmarks")
    import load
    import visitors

    return load, visitors


def run(visits):
    """In a thread of its own, as the browser's has a loop that runs."""
    thread = threading.Thread(target=asyncio.run, args=(visits,))
    thread.start()
    thread.join()


def test_a_line_sends_the_first_and_the_newest(scripts):
    _, visitors = scripts
    sent, tally = [], visitors.Tally()

    async def call(request):
        await asyncio.sleep(0.01)
        sent.append(request)

    async def hurry():
        line = visitors.Line("live", call, tally)
        for request in "abcd":
            line.put(request)
        await line.rest()
        line.put("e")
        line.put("f")
        line.forget()
        await line.rest()

    run(hurry())
    assert sent == ["a", "d", "e"]
    assert tally.replaced == {"live": 3}


def test_percentiles_and_growth(scripts):
    load, _ = scripts
    assert load.spread(range(101)) == {"p50": 50, "p90": 90, "p95": 95, "p99": 99, "worst": 100, "n": 101}
    samples = [(0, 50.0), (10, 100.0), (19, 100.0), (20, 400.0), (89, 400.0), (90, 104.0), (100, 106.0)]
    assert load.growth(samples, 100) == {
        "start": 50.0, "first_tenth": 100.0, "last_tenth": 105.0, "peak": 400.0, "growth": 5.0,
    }  # fmt: skip


def test_a_crowd_draws_and_is_answered(scripts, toy_server):
    load, visitors = scripts
    with urllib.request.urlopen(f"{toy_server}/config") as response:
        tab = load.Tab.read(json.load(response), ["/theme.css"])
    tally = visitors.Tally()
    run(load.drawn(toy_server, tab, 3, 30, tally))
    assert tally.errors == Counter()
    assert 30 <= tally.strokes < 33
    assert tally.strokes - 3 <= len(tally.live) <= tally.strokes
    assert len(tally.calls) > tally.strokes
    assert len(tally.colours) + tally.overtaken + tally.replaced["colours"] >= tally.strokes - 6
    assert tally.settled
    assert len(tally.opened) == 3


def test_what_goes_wrong_is_counted(scripts, toy_server):
    load, visitors = scripts
    with urllib.request.urlopen(f"{toy_server}/config") as response:
        tab = load.Tab.read(json.load(response), ["/no-such-file.js"])
    tally = visitors.Tally()
    run(load.drawn(toy_server, tab, 1, 1, tally))
    assert tally.errors == {"file: status 404": 1}
