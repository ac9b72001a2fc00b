"""From the end of a stroke to the coloured strokes on screen, in Chromium, with the app's own model and default method.

    python benchmarks/heat_latency.py [--url URL] [--rounds 3] [--pause 400]

Draws the example sketches with the mouse and prints JSON. A stroke ends in the handler of `pointerup`; its colours are
on screen once the frame that holds them was drawn (one animation frame, then a task). First strokes are left out: one
stroke alone has no colours. --pause: milliseconds of rest between strokes; beyond 300 the queued events run as well.
"""

import argparse
import json
from contextlib import nullcontext

from browser import CHROMIUM_ARGUMENTS, ROOT, find_chromium, free_port, serving
from live_latency import PAPER, SKETCHES, WARM_UP, report, timed_stroke, watch
from playwright.sync_api import Page, sync_playwright


def measure(page: Page, rounds: int, pause: int) -> tuple[list[float], str]:
    """Latencies of every stroke of SKETCHES but the first, `rounds` times, in milliseconds, and what was asked."""
    watch(page, "sketch-coloured")
    page.locator(PAPER).scroll_into_view_if_needed()
    taken, about = [], ""
    for name in SKETCHES * rounds:
        file = next((ROOT / "demos" / "examples").glob(f"*-{name}.json"))
        for place, stroke in enumerate(json.loads(file.read_text())["strokes"]):
            milliseconds = timed_stroke(page, stroke["pts"])
            page.wait_for_timeout(pause)
            taken += [milliseconds] if place else []
        about = page.locator(".hc-about").inner_text()
        page.locator("[data-act=clear]").click()
    return taken[WARM_UP:], about


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="an app that already runs (default: start app.py)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pause", type=int, default=400)
    options = parser.parse_args()
    port = free_port()
    app = nullcontext((options.url, None)) if options.url else serving("app.py", port=port)
    with app as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(url)
        page.wait_for_selector(PAPER)
        page.wait_for_selector("#deletion .plot-container")
        taken, about = measure(page, options.rounds, options.pause)
        print(json.dumps(report(taken, about), indent=2))


if __name__ == "__main__":
    main()
