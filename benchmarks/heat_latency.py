"""From the end of a stroke to the coloured strokes on screen, in Chromium, with the app's own model and default method.

    python benchmarks/heat_latency.py [--url URL] [--rounds 3] [--pause 400]

Draws the example sketches with the mouse and prints JSON. A stroke ends in the handler of `pointerup`; its colours are
on screen once the frame that holds them was drawn (one animation frame, then a task). First strokes are left out: one
stroke alone has no colours. --pause: milliseconds of rest between strokes; beyond 300 the queued events run as well.
"""

import json

from browser import ROOT
from live_latency import PAPER, SKETCHES, WARM_UP, opened, options_parser, report, timed_stroke, watch
from playwright.sync_api import Page


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
    parser = options_parser(__doc__)
    parser.add_argument("--pause", type=int, default=400)
    options = parser.parse_args()
    with opened(options.url, "#deletion .plot-container") as page:
        print(json.dumps(report(*measure(page, options.rounds, options.pause)), indent=2))


if __name__ == "__main__":
    main()
