"""A real page of the app in Chromium, drawn on with a mouse at a hand's pace, to set beside simulated visitors."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from browser import CHROMIUM_ARGUMENTS, find_chromium
from playwright.async_api import Browser, Page, async_playwright
from visitors import BETWEEN_SKETCHES, BETWEEN_STROKES, Stroke, drawing

PAPER = "#pad-recognise .sp-paper"
NOTE = """() => {
  window.noted = { live: [], colours: [], ended: [] };
  const paper = document.querySelector('#pad-recognise .sp-paper');
  const note = (name, rev) => noted[name].push([rev, performance.now()]);
  document.addEventListener('sketch-answer', ({ detail }) => note('live', detail.rev));
  document.addEventListener('sketch-heat', ({ detail }) => detail.heat && note('colours', detail.heat.rev));
  new MutationObserver(() => noted.ended.push([Number(paper.dataset.rev), Number(paper.dataset.ended)]))
    .observe(paper, { attributeFilter: ['data-ended'] });
}"""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


async def files_of_page(url: str) -> list[str]:
    """What a page gets from the server before anybody draws, without events and streams."""
    wanted: list[str] = []
    async with chromium() as browser:
        page = await browser.new_page()
        page.on("request", lambda request: wanted.append(request.url.removeprefix(url)))
        await page.goto(f"{url}/?tab=Recognise")
        await page.wait_for_selector(PAPER)
        await page.wait_for_timeout(2000)
    return [path for path in wanted[1:] if not path.startswith("/gradio_api/")]


async def latencies(url: str, enough: Callable[[], bool], seed: int = 0) -> dict[str, list[float]]:
    """Milliseconds from the end of each stroke to its guesses and to its colours, as the page's own script has them."""
    chance = random.Random(seed)
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        await page.goto(f"{url}/?tab=Recognise")
        await page.wait_for_selector(PAPER)
        await page.evaluate(NOTE)
        while not enough():
            for points in drawing(chance):
                await _draw(page, points)
                await asyncio.sleep(chance.uniform(*BETWEEN_STROKES))
            await asyncio.sleep(chance.uniform(*BETWEEN_SKETCHES))
            await page.locator("#pad-recognise [data-act=clear]").click()
        noted: dict[str, list[list[float]]] = await page.evaluate("noted")
    return {kind: _waits(noted["ended"], noted[kind], kind == "live") for kind in ("live", "colours")}


async def _draw(page: Page, points: Stroke) -> None:
    box = await page.locator(PAPER).bounding_box()
    if box is None:
        raise ValueError("the pad is on screen, got no box")
    began, start = time.perf_counter(), points[0][2]
    for place, (x, y, at, *_) in enumerate(points):
        await page.mouse.move(box["x"] + x / 256 * box["width"], box["y"] + y / 256 * box["height"])
        if not place:
            await page.mouse.down()
        await asyncio.sleep(began + (at - start) / 1000 - time.perf_counter())
    await page.mouse.up()


def _waits(ended: list[list[float]], answers: list[list[float]], newer: bool) -> list[float]:
    """From each stroke's end to the first answer about it, or about a newer drawing where that counts as one."""
    waits = []
    for revision, at in ended:
        times = [then for about, then in answers if then >= at and (about >= revision if newer else about == revision)]
        waits += [times[0] - at] if times else []
    return waits
