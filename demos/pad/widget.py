"""What the pad's components share: a static template, style and scripts in files beside the component."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr


class Widget(gr.HTML):
    """A `gr.HTML` made of one .html, one .css and some .js files, joined in order, of one folder.

    Nothing is ever written into the template, which Gradio runs: values travel as props and the script makes them text.
    """

    def __init__(self, folder: Path, template: str, style: str, scripts: Sequence[str], **kwargs: Any):
        def read(name: str) -> str:
            return (folder / name).read_text(encoding="utf-8")

        super().__init__(
            html_template=read(template),
            css_template=read(style),
            js_on_load="\n".join(read(script) for script in scripts),
            apply_default_css=False,
            **kwargs,
        )

    def __getattr__(self, name: str) -> Any:
        # gr.HTML makes an event of any quoted word of the script; ours use the standard ones only.
        raise AttributeError(name)
