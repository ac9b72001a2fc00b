"""The whole thing with a shipped network: a real example, drawn with the mouse, gets its right name."""

import json
from pathlib import Path

import pytest

expect = pytest.importorskip("playwright.sync_api").expect
EXAMPLES = Path(__file__).resolve().parents[2] / "demos" / "examples"


@pytest.mark.parametrize("name", ["bicycle", "cat"])
def test_example_drawn_with_the_mouse_is_named(visit, name):
    visitor = visit(server="real_server")
    for stroke in json.loads(next(EXAMPLES.glob(f"*-{name}.json")).read_text())["strokes"]:
        visitor.draw(*[point[:2] for point in stroke["pts"]], steps=1)
    expect(visitor.page.locator(".an-label")).to_have_text(name)
    expect(visitor.page.locator("#when")).to_contain_text(f"{name} ")
