"""From the end of a stroke to its prediction on screen, in Chromium, with the app's own first model.

    python benchmarks/live_latency.py [--url URL] [--rounds 3]

Draws the example sketches with the mouse and prints JSON. A stroke ends in the handler of `pointerup`; its prediction
is on screen once the frame that holds the new bars was drawn (one animation frame, then a task).
"""

import argparse
import json
import statistics
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from browser import CHROMIUM_ARGUMENTS, ROOT, find_chromium, free_port, provenance, serving
from playwright.sync_api import Page, sync_playwright

PAPER = "#pad-recognise .sp-paper"
SKETCHES = ("bicycle", "car", "house", "butterfly")
WARM_UP = 3


def draw(page: Page, points: list[list[float]], paper: str = PAPER) -> None:
    """One stroke with the mouse; points in the pad's 256 square."""
    box = page.locator(paper).bounding_box()
    if box is None:
        raise ValueError("the pad is on screen, got no box")
    places = [(box["x"] + x / 256 * box["width"], box["y"] + y / 256 * box["height"]) for x, y, *_ in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.up()


def watch(page: Page, event: str) -> None:
    """Remember when the page first announced each revision under this name."""
    page.evaluate(
        "name => { window.painted = new Map(); document.addEventListener(name,"
        " e => painted.has(e.detail.rev) || painted.set(e.detail.rev, e.detail.at)); }",
        event,
    )


def timed_stroke(page: Page, points: list[list[float]], paper: str = PAPER) -> float:
    """Milliseconds from the stroke's end to what `watch` waits for."""
    draw(page, points, paper)
    drawn = page.locator(paper)
    revision, ended = int(drawn.get_attribute("data-rev") or 0), float(drawn.get_attribute("data-ended") or 0)
    # The default polling, by animation frame, would take part in what is measured.
    page.wait_for_function("rev => painted.has(rev)", arg=revision, polling=5, timeout=60_000)
    painted: float = page.evaluate("rev => painted.get(rev)", revision)
    page.wait_for_timeout(80)
    return painted - ended


def measure(page: Page, rounds: int) -> tuple[list[float], str]:
    """Latencies of every stroke of SKETCHES, `rounds` times, in milliseconds, and what the page says of the model."""
    watch(page, "sketch-painted")
    page.locator(PAPER).scroll_into_view_if_needed()
    taken, note = [], ""
    for name in SKETCHES * rounds:
        file = next((ROOT / "demos" / "examples").glob(f"*-{name}.json"))
        taken += [timed_stroke(page, stroke["pts"]) for stroke in json.loads(file.read_text())["strokes"]]
        note = page.locator(".an-note").inner_text()
        page.locator("[data-act=clear]").click()
    return taken[WARM_UP:], note


def report(taken: list[float], note: str) -> dict[str, Any]:
    """The numbers and where they come from; note: what the page says of the model or the method."""
    deciles = statistics.quantiles(taken, n=10)
    numbers = {"median_ms": statistics.median(taken), "p90_ms": deciles[-1], "max_ms": max(taken)}
    return {**{key: round(value, 1) for key, value in numbers.items()}, "n": len(taken), "model": note, **provenance()}


def options_parser(description: str) -> argparse.ArgumentParser:
    """What both latency scripts ask for."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--url", help="an app that already runs (default: start app.py)")
    parser.add_argument("--rounds", type=int, default=3)
    return parser


@contextmanager
def opened(url: str | None, ready: str) -> Iterator[Page]:
    """The page of a running app, or of one started here, once its pad and the element `ready` are there."""
    app = nullcontext((url, None)) if url else serving("app.py", port=free_port())
    with app as (place, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{place}/?tab=Recognise")
        page.wait_for_selector(PAPER)
        page.wait_for_selector(ready)
        yield page


def main() -> None:
    """Measure and print."""
    options = options_parser(__doc__).parse_args()
    with opened(options.url, "#when .plot-container") as page:
        print(json.dumps(report(*measure(page, options.rounds)), indent=2))


if __name__ == "__main__":
    main()
