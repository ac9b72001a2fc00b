"""`Courier`: takes visitors from tab to tab, and drawings from pad to pad; it shows nothing itself."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from demos.pad.sketch_pad.component import SketchPad
from demos.pad.widget import Widget

LINK = """() => {
  const places = %s, asked = new URLSearchParams(location.search);
  const named = places.find(([tab]) => tab === asked.get('tab'));
  const found = named || asked.has('s') && places.find(([, pad]) => pad);
  return { __type__: 'update', ...(found ? { selected: found[0] } : {}) };
}"""
"""Opens the tab that the page's link names; one that holds a drawing and names none, the first tab with a pad."""
OPEN = "(asked) => ({ __type__: 'update', selected: asked.tab })"
QUIET: dict[str, Any] = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}


class Courier(Widget):
    """Value: {"tab"}, the tab to open, which an `input` event does without asking the server.

    places: (tab, name of its pad or "") in the order of the tabs, whose ids are their titles.

    The page dispatches `sketch-errand` with {"tab", and maybe "strokes": to go on its pad, "words": about them,
    "example": the name of one to choose there, "press": id of a button to press once it is there}: the tab opens, and
    the rest is done as soon as its pad is mounted. `sketch-places` with {"pad"} is answered in its detail: "tab" that
    the pad stands in, "others": tabs with another pad.
    """

    def __init__(self, places: Sequence[tuple[str, str]] = (), **kwargs: Any):
        scripts = ["courier.js"]
        folder = Path(__file__).parent
        super().__init__(
            folder, "courier.html", "courier.css", scripts, value=None, places=json.dumps(list(places)), **kwargs
        )

    def api_info(self) -> dict[str, Any]:
        """JSON schema shown to API clients."""
        return {"type": "object", "description": "{tab}"}


def engage(page: gr.Blocks, tabs: gr.Tabs) -> Courier:
    """A courier for the tabs of `page` as they were built, which also opens the tab that the page's link names."""
    places = list(places_of(page))
    courier = Courier(places, elem_id="courier")
    courier.input(None, courier, tabs, js=OPEN, **QUIET)
    page.load(None, None, tabs, js=LINK % json.dumps(places), **QUIET)
    return courier


def places_of(page: gr.Blocks) -> Iterator[tuple[str, str]]:
    """(tab, name of its pad or "") of every tab of a page."""
    blocks = list(page.blocks.values())
    pads = {_tab_of(block): str(block.elem_id) for block in blocks if isinstance(block, SketchPad)}
    yield from ((str(tab.id), pads.get(tab, "")) for tab in blocks if isinstance(tab, gr.Tab))


def _tab_of(block: Any) -> gr.Tab | None:
    while block is not None and not isinstance(block, gr.Tab):
        block = block.parent
    return block
