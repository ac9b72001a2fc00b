"""Many visitors who draw on the Recognise tab at once, some of them with long jobs, on the app with its own models.

    python benchmarks/load.py [--visitors 1 4 16 32] [--strokes 40 200 2000 600] [--table docs/results/load.md]

Prints JSON, and writes the table. Each number of visitors has a server of its own, on the same machine. Visitors draw
as docs/results/load.md tells, and ask over HTTP what a page asks (visitors.py). With --real, one of them is a real page
in Chromium, drawn on with a mouse; with one visitor there is one in any case, before the simulated one.
"""

import argparse
import asyncio
import json
import statistics
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
from app_start import resident_megabytes
from browser import cpu_seconds, free_port, provenance, serving
from load_table import table
from real_page import files_of_page, latencies
from session import Tab
from visitors import Tally, Visitor, median_stroke

WARM = 0.1
"""Share of the strokes before memory is compared."""
REAL_SECONDS = 60
CONNECTIONS, IDLE_SECONDS = 6, 3
"""Of one browser to one server, and how long an idle one is used again: the server hangs up after 5 seconds."""


def spread(taken: Sequence[float]) -> dict[str, float] | None:
    """Percentiles in ms."""
    if len(taken) < 2:
        return None
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    numbers = {"p50": cuts[49], "p90": cuts[89], "p95": cuts[94], "p99": cuts[98], "worst": max(taken)}
    return {**{name: round(value, 1) for name, value in numbers.items()}, "n": len(taken)}


def growth(samples: Sequence[tuple[int, float]], strokes: int) -> dict[str, float]:
    """Resident memory in MB over (strokes so far, MB), and its growth in percent from the first tenth after WARM to
    the last tenth."""
    tenth = strokes / 10
    first = [size for drawn, size in samples if WARM * strokes <= drawn < WARM * strokes + tenth]
    last = [size for drawn, size in samples if drawn >= strokes - tenth]
    before, after = statistics.mean(first), statistics.mean(last)
    numbers = {"start": samples[0][1], "first_tenth": before, "last_tenth": after, "peak": max(s for _, s in samples)}
    return {name: round(value, 1) for name, value in (numbers | {"growth": 100 * (after / before - 1)}).items()}


async def settled(process: Any) -> None:
    """Until the server, warmed up, uses next to no processor time."""
    before = -1.0
    while (now := cpu_seconds(process)) - before > 0.1:
        before = now
        await asyncio.sleep(1)


async def watch(process: Any, tally: Tally, samples: list[tuple[int, float]]) -> None:
    """Sample the server's memory, for as long as the task lives."""
    while True:
        samples.append((tally.strokes, resident_megabytes(process.pid)))
        await asyncio.sleep(0.25)


async def drawn(url: str, tab: Tab, visitors: int, strokes: int, tally: Tally) -> None:
    """So many visitors draw so many strokes together, each over connections of its own."""

    def enough() -> bool:
        return tally.strokes >= strokes

    def client() -> aiohttp.ClientSession:
        connections = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=IDLE_SECONDS)
        return aiohttp.ClientSession(connector=connections, timeout=aiohttp.ClientTimeout(total=None))

    clients = [client() for _ in range(visitors)]
    working = {8 * place for place in range((visitors + 7) // 8)} if visitors >= 4 else set()
    crowd = [Visitor(http, url, tab, tally, seed, enough) for seed, http in enumerate(clients)]
    await asyncio.gather(*(visitor.visit(seed in working) for seed, visitor in enumerate(crowd)))
    for http in clients:
        await http.close()


async def measure(url: str, process: Any, visitors: int, strokes: int, real: bool) -> dict[str, Any]:
    """Everything about one number of visitors; real: with a real page among them, or before a single one."""
    with urllib.request.urlopen(f"{url}/config") as response:
        tab = Tab.read(json.load(response), await files_of_page(url))
    await settled(process)
    alone = await latencies(url, over(time.monotonic() + REAL_SECONDS)) if visitors == 1 else {}
    tally, samples = Tally(), [(0, resident_megabytes(process.pid))]
    watching = asyncio.create_task(watch(process, tally, samples))
    began, before, own = time.monotonic(), cpu_seconds(process), time.process_time()
    crowd = drawn(url, tab, visitors - (real and visitors > 1), strokes, tally)
    if real and visitors > 1:
        alone, _ = await asyncio.gather(latencies(url, lambda: tally.strokes >= strokes), crowd)
    else:
        await crowd
    seconds, processor = time.monotonic() - began, cpu_seconds(process) - before
    watching.cancel()
    return {
        "visitors": visitors,
        "strokes": tally.strokes,
        "seconds": round(seconds, 1),
        "live_ms": spread(tally.live),
        "live_call_ms": spread(tally.calls),
        "colours_ms": spread(tally.colours),
        "chart_ms": spread(tally.settled),
        "page_ms": spread(tally.opened),
        "jobs_ms": {button: spread(taken) for button, taken in tally.jobs.items()},
        "real_page_ms": {kind: spread(taken) for kind, taken in alone.items()},
        "errors": dict(+tally.errors),
        "replaced_calls": dict(+tally.replaced),
        "overtaken_colours": tally.overtaken,
        "server_cpu_s_per_stroke": round(processor / tally.strokes, 3),
        "server_cores": round(processor / seconds, 2),
        "generator_cores": round((time.process_time() - own) / seconds, 2),
        "server_mb": growth(samples, tally.strokes),
    }


def over(deadline: float) -> Any:
    """Whether the time has come."""
    return lambda: time.monotonic() > deadline


def main() -> None:
    """Measure, print, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 4, 16, 32])
    parser.add_argument("--strokes", type=int, nargs="+", default=[40, 200, 2000, 600])
    parser.add_argument("--real", action="store_true", help="one of the visitors is a real page")
    parser.add_argument("--table", type=Path, help="write the table to this file")
    options = parser.parse_args()
    about, rows = provenance(), []
    for visitors, strokes in zip(options.visitors, options.strokes, strict=True):
        with serving("app.py", port=free_port()) as (url, process):
            rows.append(asyncio.run(measure(url, process, visitors, strokes, options.real)))
    found = {"rows": rows, "stroke_s": median_stroke(), **about}
    print(json.dumps(found, indent=2))
    if options.table:
        options.table.write_text(table(found), encoding="utf-8")


if __name__ == "__main__":
    main()
