"""How long the app takes to its first paint, how much memory it rests on, and how much it had at most.

    python benchmarks/app_start.py [--runs 3]

Prints JSON: seconds from starting `python app.py` to the pad on screen in a browser that is already open (the page is
opened once the server answers), and the server's resident memory ten seconds after its first prediction, warmed up,
and the most until then.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

from browser import CHROMIUM_ARGUMENTS, find_chromium, free_port, provenance, serving
from playwright.sync_api import Browser, sync_playwright

REST_SECONDS = 10


def resident_megabytes(process: int, which: str = "VmRSS") -> float:
    """Memory of a process (Linux): VmRSS for now, VmHWM for the most so far."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(which)).split()[1]) / 1024


def one_start(browser: Browser) -> dict[str, float]:
    """Seconds to the first paint, megabytes at rest and at most."""
    page = browser.new_page()
    begun = time.monotonic()
    with serving("app.py", port=free_port()) as (url, process):
        page.goto(f"{url}/?tab=Recognise")
        page.wait_for_selector("#pad-recognise .sp-paper", timeout=120_000)
        seconds = time.monotonic() - begun
        page.locator(".sp-examples button").first.click()
        page.wait_for_selector("#answers .an-rows li", timeout=120_000)
        time.sleep(REST_SECONDS)
        rest, most = resident_megabytes(process.pid), resident_megabytes(process.pid, "VmHWM")
        page.close()
    return {"first_paint_s": seconds, "idle_rss_mb": rest, "peak_rss_mb": most}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        starts = [one_start(browser) for _ in range(options.runs)]
    names = ("first_paint_s", "idle_rss_mb", "peak_rss_mb")
    numbers = {name: round(statistics.median(start[name] for start in starts), 2) for name in names}
    numbers["first_paint_s_all"] = [round(start["first_paint_s"], 2) for start in starts]
    print(json.dumps({**numbers, "n": len(starts), **provenance()}, indent=2))


if __name__ == "__main__":
    main()
