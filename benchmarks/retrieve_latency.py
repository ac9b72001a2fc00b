"""From the end of a stroke to the gallery re-ranked on screen, photos and all, in Chromium, with the app's own network.

    python benchmarks/retrieve_latency.py [--url URL] [--rounds 2] [--pause 400]

Draws the example drawings of the tab with the mouse and prints JSON. A stroke ends in the handler of `pointerup`; the
gallery is re-ranked on screen once the frame that holds its ten photos, each decoded, was drawn (one animation frame,
then a task). --pause: milliseconds of rest between strokes; beyond 300 the rank curve and the colours are computed too.
"""

import json

from browser import ROOT
from live_latency import WARM_UP, opened, options_parser, report, timed_stroke, watch
from playwright.sync_api import Page

PAPER = "#pad-retrieve .sp-paper"
READY = "#finder .fi-photo img:not([hidden])"
START_MS = 180_000


def measure(page: Page, rounds: int, pause: int) -> tuple[list[float], str]:
    """Latencies of every stroke of the examples, `rounds` times, in milliseconds, and what the page says of itself."""
    watch(page, "sketch-painted")
    page.locator(PAPER).scroll_into_view_if_needed()
    taken, note = [], ""
    for file in sorted((ROOT / "demos" / "retrieve" / "drawings").glob("*.json")) * rounds:
        for stroke in json.loads(file.read_text())["strokes"]:
            taken.append(timed_stroke(page, stroke["pts"], PAPER))
            page.wait_for_timeout(pause)
        note = f"{page.locator('.fi-note').inner_text()} {page.locator('.fi-finding').inner_text()}"
        page.locator("#pad-retrieve [data-act=clear]").click()
    return taken[WARM_UP:], note


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__)
    parser.add_argument("--pause", type=int, default=400)
    parser.set_defaults(rounds=2)
    options = parser.parse_args()
    with opened(options.url, "#when .plot-container") as page:
        page.get_by_role("tab", name="Retrieve").click()
        page.wait_for_selector(READY, timeout=START_MS)
        print(json.dumps(report(*measure(page, options.rounds, options.pause)), indent=2))


if __name__ == "__main__":
    main()
