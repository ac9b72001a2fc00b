"""The Start tab: what can be seen here, in three pictures, and a way into every other tab."""

import gradio as gr

from demos.start.component import Start
from demos.start.words import cards

TITLE = "Start"


def build(page: gr.Blocks) -> None:
    """Lay the tab out inside `page`; its buttons are errands of the page's `Courier`."""
    Start(cards(), elem_id="start")
