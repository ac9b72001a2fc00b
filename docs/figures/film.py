"""The README's film, taken from the app itself in Chromium: PYTHONPATH=. python docs/figures/film.py

Writes docs/figures/film.webp, and with --frames DIR every frame as PNG.
"""

import argparse
import io
import json
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import CHROMIUM_ARGUMENTS, ROOT, find_chromium, free_port, serving

FILM = ROOT / "docs" / "figures" / "film.webp"
VIEW = {"width": 1160, "height": 760}
WIDTH = 860
QUICK, SLOW, LAST = 140, 700, 2200
"""Milliseconds a frame stays."""
Frame = tuple[Image.Image, int]


def opened(page: Page, url: str, tab: str) -> str:
    """Open a tab; the selector of its pad."""
    page.goto(f"{url}/?tab={tab}&__theme=light")
    pad = f"#pad-{tab.lower()}"
    page.wait_for_selector(f"{pad} .sp-paper")
    page.wait_for_timeout(1500)
    return pad


def frame(page: Page, milliseconds: int) -> Frame:
    """What the page shows now."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    return picture.resize(
        (WIDTH, round(WIDTH * picture.height / picture.width)), Image.Resampling.LANCZOS
    ), milliseconds


def drawing(page: Page, url: str) -> Iterator[Frame]:
    """A cat comes about, stroke by stroke, in the colours of what each stroke says."""
    pad = opened(page, url, "Recognise")
    strokes = json.loads((ROOT / "demos" / "examples" / "02-cat.json").read_text())["strokes"]
    for stroke in strokes:
        box = page.locator(f"{pad} .sp-paper").bounding_box()
        places = [(box["x"] + x / 256 * box["width"], box["y"] + y / 256 * box["height"]) for x, y, *_ in stroke["pts"]]
        page.mouse.move(*places[0])
        page.mouse.down()
        for number, place in enumerate(places):
            page.mouse.move(*place)
            if number == len(places) // 2:
                yield frame(page, QUICK)
        page.mouse.up()
        page.wait_for_timeout(400)
        yield frame(page, 2 * QUICK)
    page.mouse.move(5, 5)
    page.locator("#heat [data-of=method]").select_option("shapley")
    page.locator("#heat .hc-about").get_by_text("Shapley").wait_for()
    page.wait_for_timeout(1500)
    yield frame(page, LAST)


def attack(page: Page, url: str) -> Iterator[Frame]:
    """A guitar loses strokes until it is something else."""
    pad = opened(page, url, "Attack")
    page.locator(pad).get_by_label("Load the example guitar", exact=True).click()
    page.wait_for_timeout(1200)
    yield frame(page, SLOW)
    page.locator("#attack-run").click()
    page.locator("#deletion-stage .de-body").wait_for()
    page.wait_for_timeout(1500)
    yield frame(page, LAST)


def retrieval(page: Page, url: str) -> Iterator[Frame]:
    """A chair finds its photo."""
    pad = opened(page, url, "Retrieve")
    page.locator(".fi-photo img").first.wait_for()
    page.locator(f"{pad} .sp-examples button").first.click()
    page.wait_for_timeout(3000)
    yield frame(page, LAST)


def main() -> None:
    """Serve the app, take the scenes one after the other, write the film."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=Path, metavar="DIR", help="keep every frame as PNG")
    options, port = parser.parse_args(), free_port()
    with serving("app.py", port=port) as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        page = browser.new_page(viewport=VIEW, reduced_motion="reduce")
        page.set_default_timeout(120_000)
        frames = [each for scene in (drawing, attack, retrieval) for each in scene(page, url)]
        browser.close()
    pictures, durations = zip(*frames, strict=True)
    pictures[0].save(
        FILM, save_all=True, append_images=pictures[1:], duration=list(durations), loop=0, quality=72, method=6
    )
    for number, picture in enumerate(pictures if options.frames else ()):
        options.frames.mkdir(parents=True, exist_ok=True)
        picture.save(options.frames / f"{number:03}.png")


if __name__ == "__main__":
    main()
