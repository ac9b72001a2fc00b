"""What a visitor's session holds stays as large as the page, however many events change its parts."""

import gradio as gr
import pytest
from gradio.state_holder import SessionState

import demos.ui.server  # noqa: F401, what is tested
from demos.pad import SketchPad
from tests.asynchronous import waited

DRAWN = {"v": 1, "size": 256, "rev": 1, "strokes": [{"id": 1, "pts": [[10, 10], [90, 90]]}]}


@pytest.mark.parametrize("answer", [lambda: SketchPad(heat={"rev": 1}), gr.skip], ids=["changed", "skipped"])
def test_a_part_that_events_read_and_change_is_there_once(answer):
    with gr.Blocks() as page:
        pad = SketchPad(name="pad-here")
        pad.input(lambda _: answer(), pad, pad, api_name="rest")
    (event,) = page.fns
    session = SessionState(page)
    for _ in range(4):
        waited(page.process_api(event, [DRAWN], state=session))
    assert set(session.blocks_config.blocks) == set(page.blocks)
    assert session[pad._id]._id == pad._id
