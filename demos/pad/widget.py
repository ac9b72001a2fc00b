"""What the pad's components share: a static template, style and scripts in files beside the component."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr


@cache
def _joined(folder: Path, names: tuple[str, ...]) -> str:
    """The text of files. Gradio makes a component again whenever an event changes it."""
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


class Widget(gr.HTML):
    """A `gr.HTML` made of one .html, one .css and some .js files, joined in order, of one folder.

    Nothing is ever written into the template, which Gradio runs: values travel as props and the script makes them text.
    """

    def __init__(self, folder: Path, template: str, style: str, scripts: Sequence[str], **kwargs: Any):
        super().__init__(
            html_template=_joined(folder, (template,)),
            css_template=_joined(folder, (style,)),
            js_on_load=_joined(folder, tuple(scripts)),
            apply_default_css=False,
            **kwargs,
        )

    def __getattr__(self, name: str) -> Any:
        # gr.HTML makes an event of any quoted word of the script; ours use the standard ones only.
        raise AttributeError(name)
