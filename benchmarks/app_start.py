"""How long the app takes to its first paint, and how much memory it rests on.

    python benchmarks/app_start.py [--runs 3]

Prints JSON: seconds from starting `python app.py` to the pad on screen in a browser that is already open (the page is
opened once the server answers), and the server's resident memory ten seconds after its first prediction.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

from browser import CHROMIUM_ARGUMENTS, find_chromium, free_port, provenance, serving
from playwright.sync_api import Browser, sync_playwright

REST_SECONDS = 10


def resident_megabytes(process: int) -> float:
    """VmRSS of a process (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def one_start(browser: Browser) -> tuple[float, float]:
    """(seconds to the first paint, megabytes at rest)."""
    page = browser.new_page()
    begun = time.monotonic()
    with serving("app.py", port=free_port()) as (url, process):
        page.goto(f"{url}/?tab=Recognise")
        page.wait_for_selector("#pad-recognise .sp-paper", timeout=120_000)
        seconds = time.monotonic() - begun
        page.locator(".sp-examples button").first.click()
        page.wait_for_selector("#answers .an-rows li", timeout=120_000)
        time.sleep(REST_SECONDS)
        memory = resident_megabytes(process.pid)
        page.close()
    return seconds, memory


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        starts = [one_start(browser) for _ in range(options.runs)]
    seconds, memory = zip(*starts, strict=True)
    numbers = {"first_paint_s": statistics.median(seconds), "idle_rss_mb": statistics.median(memory)}
    spread = {"first_paint_s_all": [round(value, 2) for value in seconds]}
    print(
        json.dumps(
            {**{k: round(v, 2) for k, v in numbers.items()}, **spread, "n": len(starts), **provenance()}, indent=2
        )
    )


if __name__ == "__main__":
    main()
