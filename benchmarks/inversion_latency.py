"""The Inversion tab in Chromium: from Run to the first frame, between frames, from Stop to an idle core, an mp4's time.

    python benchmarks/inversion_latency.py [--rounds 3] [--seeds 1]

Runs the app with its own first model on the bicycle example and prints JSON. A frame is on screen once the player
dispatched `inversion-painted`, a task after the animation frame that drew it. Live recognition is timed through the
app's API, alone and while nine seeds are inverted.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from itertools import pairwise
from typing import Any

from browser import CHROMIUM_ARGUMENTS, ROOT, cpu_seconds, find_chromium, free_port, provenance, serving
from playwright.sync_api import Page, sync_playwright

NOTE = """() => {
  window.noted = [];
  document.addEventListener('inversion-asked', () => { window.asked = performance.now(); });
  document.addEventListener('inversion-painted', (event) => noted.push(event.detail));
}"""
EXAMPLE = ROOT / "demos" / "examples" / "01-bicycle.json"


def open_tab(page: Page, url: str) -> None:
    """The Inversion tab with the bicycle on its pad."""
    page.set_default_timeout(120_000)
    page.goto(url)
    page.get_by_role("tab", name="Inversion").click()
    page.locator("#pad-inversion .sp-examples button").first.click()
    page.evaluate(NOTE)
    page.wait_for_timeout(1000)


def choose_seeds(page: Page, seeds: int) -> None:
    """Set the number of seeds."""
    page.locator("#inversion-seeds input[type=number]").fill(str(seeds))
    page.keyboard.press("Tab")


def timed_run(page: Page) -> tuple[float, list[float]]:
    """Milliseconds from Run to the first frame, and between frames until the last iteration came."""
    page.evaluate("noted.length = 0")
    page.locator("#inversion-run").click()
    page.wait_for_function("noted.some((each) => each.state === 'done')", timeout=120_000)
    asked, times = page.evaluate("[asked, noted.map((each) => each.at)]")
    return times[0] - asked, [after - before for before, after in pairwise(times)]


def timed_stop(page: Page, process: "subprocess.Popen[bytes]") -> float:
    """Seconds of processor time that the server uses in the second after Stop was answered."""
    choose_seeds(page, 9)
    page.evaluate("noted.length = 0")
    page.locator("#inversion-run").click()
    page.wait_for_function("noted.length > 2", timeout=120_000)
    page.locator("#player .pl-stop").click()
    page.wait_for_timeout(500)
    before = cpu_seconds(process)
    time.sleep(1)
    return cpu_seconds(process) - before


def recognition(page: Page, busy: bool) -> list[float]:
    """Milliseconds of 20 recognitions through the queue, alone or while nine seeds are inverted."""
    from gradio_client import Client

    client = Client(page.url, verbose=False)
    sketch = {"strokes": json.loads(EXAMPLE.read_text())["strokes"]}
    taken = []
    for number in range(21):
        if busy and page.locator("#player .pl-stop").is_hidden():
            page.locator("#inversion-run").click()
            page.wait_for_function("noted.length > 0", timeout=120_000)
        begun = time.perf_counter()
        client.predict(sketch, api_name="/recognise")
        if number:
            taken.append(1000 * (time.perf_counter() - begun))
    return taken


def timed_video() -> tuple[float, float]:
    """Milliseconds of wall and processor time for an mp4 of 100 frames at 384 pixels."""
    from sketchlib.inversion import Run, invert_batch
    from sketchlib.io import read_sketches
    from sketchlib.models import load
    from sketchlib.viz import video

    (sketch,) = read_sketches(EXAMPLE, 1)
    steps = list(invert_batch(load("sketchxainet66"), [Run(sketch, "bicycle")], "on_canvas"))
    video(steps, ["bicycle"], "mp4", frames=2)
    wall, processor = time.perf_counter(), time.process_time()
    video(steps, ["bicycle"], "mp4")
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - processor)


def spread(taken: list[float]) -> dict[str, float]:
    """Median, quartiles and the worst."""
    low, middle, high = statistics.quantiles(taken, n=4, method="inclusive")
    numbers = {"median": middle, "quartiles": (low, high), "max": max(taken)}
    return json.loads(json.dumps(numbers), parse_float=lambda text: round(float(text), 1))


def measure(url: str, process: "subprocess.Popen[bytes]", rounds: int, seeds: int) -> dict[str, Any]:
    """Everything, in a fresh page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        open_tab(page, url)
        timed_run(page)
        choose_seeds(page, seeds)
        runs = [timed_run(page) for _ in range(rounds)]
        alone = recognition(page, busy=False)
        choose_seeds(page, 9)
        return {
            "first_frame_ms": spread([first for first, _ in runs]),
            "between_frames_ms": spread([gap for _, gaps in runs for gap in gaps]),
            "recognition_alone_ms": spread(alone),
            "recognition_while_inverting_ms": spread(recognition(page, busy=True)),
            "busy_share_after_stop": round(timed_stop(page, process), 2),
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    wall, processor = timed_video()
    port = free_port()
    with serving("app.py", port=port) as (url, process):
        found = measure(url, process, options.rounds, options.seeds)
    video = {"mp4_wall_ms": round(wall), "mp4_processor_ms": round(processor)}
    print(json.dumps(video | found | provenance(), indent=2))


if __name__ == "__main__":
    main()
