"""The Start tab: what can be seen here, in three pictures, and a way into every other tab."""

import gradio as gr

from demos.start.about import NUMBERS, SILENCE, WHAT
from demos.start.component import Start
from demos.start.words import cards
from demos.ui import about_numbers, introduction

TITLE = "Start"


def build(page: gr.Blocks) -> None:
    """Lay the tab out inside `page`; its buttons are errands of the page's `Courier`."""
    introduction(WHAT, "qu2023sketchxai", "bandyopadhyay2024explainability", "maity2025sketch")
    Start(cards(), elem_id="start")
    about_numbers(NUMBERS, SILENCE)
