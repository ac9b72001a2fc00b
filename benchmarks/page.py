"""What a first visit costs: first and largest paint, the time until one can draw, and the page's weight.

    python benchmarks/page.py [--runs 5] [--path "/?tab=Recognise"]

Prints JSON, medians of so many loads in a fresh browser profile (cold) and of a second load in the same one (warm), on
this machine. Paints are Chromium's own entries; the pad can be used once it is on screen and its script has run. Bytes
are those on the wire, compressed as served, headers included.
"""

import argparse
import json
import statistics
from collections import Counter
from typing import Any

from browser import CHROMIUM_ARGUMENTS, find_chromium, free_port, provenance, serving
from playwright.sync_api import Browser, BrowserContext, sync_playwright

OBSERVE = """() => {
  window.seen = { largest: 0, usable: 0 };
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) seen.largest = entry.startTime; })
    .observe({ type: 'largest-contentful-paint', buffered: true });
  const look = () => {
    const paper = document.querySelector('.sp-paper'), pictures = document.querySelector('.sp-examples button');
    if (paper && pictures && paper.getBoundingClientRect().width > 0) seen.usable = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}"""
TIMES = """() => ({
  first_paint_ms: performance.getEntriesByName('first-contentful-paint')[0].startTime,
  largest_paint_ms: seen.largest,
  usable_ms: seen.usable,
})"""
QUIET_MS = 2500
"""After the pad is there: what still loads then is counted too."""


def one_load(context: BrowserContext, url: str) -> dict[str, Any]:
    """Milliseconds and bytes of one load of the page."""
    page = context.new_page()
    page.add_init_script(f"({OBSERVE})()")
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    kinds: dict[str, str] = {}
    weights: Counter[str] = Counter()
    asked: Counter[str] = Counter()

    def answered(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]
        asked[event["type"]] += not event["response"].get("fromDiskCache", False)

    def loaded(event: dict[str, Any]) -> None:
        weights[kinds.get(event["requestId"], "Other")] += int(event["encodedDataLength"])

    wire.on("Network.responseReceived", answered)
    wire.on("Network.loadingFinished", loaded)
    page.goto(url)
    page.wait_for_function("seen.usable > 0", timeout=120_000)
    page.wait_for_timeout(QUIET_MS)
    times = page.evaluate(TIMES)
    page.close()
    return {**times, "kilobytes": {kind: size / 1000 for kind, size in weights.items() if size}, "requests": asked}


def middle(loads: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians; kilobytes and requests by type, as Chromium names them, and in all."""
    found: dict[str, Any] = {}
    for name in ("first_paint_ms", "largest_paint_ms", "usable_ms"):
        values = [load[name] for load in loads]
        found[name] = {"median": round(statistics.median(values)), "worst": round(max(values))}
    for name in ("kilobytes", "requests"):
        kinds = sorted({kind for load in loads for kind in load[name]})
        sizes = {kind: statistics.median(load[name].get(kind, 0) for load in loads) for kind in kinds}
        found[name] = {kind: round(size, 1) for kind, size in {**sizes, "all": sum(sizes.values())}.items() if size}
    return found


def measure(browser: Browser, url: str, runs: int) -> dict[str, Any]:
    """Cold and warm loads, in turn."""
    cold, warm = [], []
    for _ in range(runs):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        cold.append(one_load(context, url))
        warm.append(one_load(context, url))
        context.close()
    return {"cold": middle(cold), "warm": middle(warm), "n": runs}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--path", default="/?tab=Recognise", help="the page, by default the tab with the first pad")
    options = parser.parse_args()
    with serving("app.py", port=free_port()) as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        measure(browser, url + options.path, 1)
        found = measure(browser, url + options.path, options.runs)
        browser.close()
    print(json.dumps({"path": options.path, **found, **provenance()}, indent=2))


if __name__ == "__main__":
    main()
