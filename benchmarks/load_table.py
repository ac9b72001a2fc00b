"""docs/results/load.md, made of what `load.py` prints."""

from collections.abc import Mapping
from typing import Any

from browser import foot

HEAD = """# Many visitors at once: what was measured

```
python benchmarks/load.py --table docs/results/load.md
```

Visitors draw on the Recognise tab at the same time: the examples, turned, scaled and moved a little, each stroke in the
time its hand took ({stroke} s, median), the pen up for 0.3 to 0.9 s between strokes and at rest for 2 to 3 s between
sketches. They have sessions of their own, load the page, and ask over HTTP what a page asks, by its rules: guesses
every 90 ms while the pen is down and at the end of each stroke, then colours, and two events through the queue when the
pen rests. From four visitors on, one in eight also has inversions of three seeds and exhaustive attacks made, 4 to 6 s
after one another. Server and visitors share the machine. Milliseconds; guesses and colours from the end of the stroke,
a wait behind an earlier call included; charts from the event to its answer.
"""
SIZES = ("p50", "p90", "p95", "p99", "worst")
KINDS = {
    "live_ms": "guesses",
    "live_call_ms": "each call for guesses, the pen down too",
    "colours_ms": "colours",
    "chart_ms": "charts when the pen rests",
    "page_ms": "opening the page",
}
JOBS = {"inversion-run": "an inversion of three seeds", "attack-run": "an exhaustive attack"}
REAL = {"live": "guesses, a real page", "colours": "colours, a real page"}


def table(found: Mapping[str, Any]) -> str:
    """The whole page. found: {"rows", ...}, as printed."""
    lines = [HEAD.format(stroke=found["stroke_s"]), f"| visitors | what | {' | '.join(SIZES)} | n |"]
    lines.append("|" + "---|" * (len(SIZES) + 3))
    for row in found["rows"]:
        lines += _latencies(row)
    columns = (
        "visitors",
        "strokes",
        "errors",
        "calls left out",
        "colours overtaken",
        "CPU s a stroke",
        "server, cores",
    )
    columns += ("visitors, cores", "server at first, MB", "growth")
    lines += ["", f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    lines += [f"| {' | '.join(_costs(row))} |" for row in found["rows"]]
    lines += ["", FOOT, foot(found)]
    return "\n".join(lines)


FOOT = """*Calls left out*: a newer one took their place while they waited in the page, as it does in a browser.
*Colours overtaken*: those of a stroke after which another ended before they came. *Growth*: the server's resident
memory in the last tenth of the strokes against the first tenth after the first, which warms it up. *A real page*:
Chromium, drawn on with a mouse at the same pace, before the only visitor."""


def _latencies(row: Mapping[str, Any]) -> list[str]:
    named = [(words, row[key]) for key, words in KINDS.items()]
    named += [(words, row["jobs_ms"].get(key)) for key, words in JOBS.items()]
    named += [(words, row["real_page_ms"].get(key)) for key, words in REAL.items()]
    return [
        f"| {row['visitors']} | {words} | {' | '.join(f'{taken[size]:,.0f}' for size in SIZES)} | {taken['n']:,} |"
        for words, taken in named
        if taken
    ]


def _costs(row: Mapping[str, Any]) -> list[str]:
    memory, errors = row["server_mb"], sum(row["errors"].values())
    return [
        str(row["visitors"]),
        f"{row['strokes']:,}",
        str(errors),
        f"{sum(row['replaced_calls'].values()):,}",
        f"{row['overtaken_colours']:,}",
        f"{row['server_cpu_s_per_stroke']:.3f}",
        f"{row['server_cores']:.2f}",
        f"{row['generator_cores']:.2f}",
        f"{memory['first_tenth']:,.0f}",
        f"{memory['growth']:+.1f}%",
    ]
