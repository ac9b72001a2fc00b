"""The page /figures: the papers' figures, made again from the models that ship."""

import base64
from typing import Any

import gradio as gr

from demos.figures.copies import KINDS, file_of, made, shipped
from demos.pad import Atlas
from demos.ui import toasted, told
from sketchlib.figures import FIGURES

NAME, PATH = "Figures of the papers", "figures"
HEADER = """<h1>Figures of the papers</h1>
<p>Each is made again from the models that ship, here or by the command under it.
<a href="./">Back to StrokeScope</a></p>"""
PAPERS = {
    "qu2023sketchxai": ("SketchXAI, CVPR 2023", "https://arxiv.org/abs/2304.11744"),
    "bandyopadhyay2024explainability": (
        "What Sketch Explainability Really Means for Downstream Tasks, CVPR 2024",
        "https://arxiv.org/abs/2403.09480",
    ),
    "maity2025sketch": ("Sketch Down the FLOPs, CVPR 2025", "https://arxiv.org/abs/2505.23763"),
}
# One figure at a time, in a lane of its own; within it a network takes its turns behind those who draw.
LANE: dict[str, Any] = {"show_progress": "hidden", "concurrency_id": "figures", "concurrency_limit": 1}


@told
def show(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of a card: {"name"} -> {"svg", "note"}, the figure that was made here, or else the copy that ships."""
    copy = shipped(str(request.get("name")))
    return {"svg": copy.svg, "note": copy.note}


@told
def save(request: dict[str, Any]) -> dict[str, Any]:
    """Fast call of a card: {"name", "kind"} -> {"name", "type", "data": base64} of what it shows."""
    name, kind = str(request.get("name")), str(request.get("kind"))
    data = base64.b64encode(file_of(name, kind)).decode()
    return {"name": f"{name}.{kind}", "type": KINDS[kind], "data": data}


@toasted
def make(asked: dict[str, Any] | None) -> Any:
    """A figure, made now or earlier by this process."""
    name = str((asked or {}).get("name"))
    copy = made(name)
    return Atlas(made={"name": name, "svg": copy.svg, "note": copy.note})


def build(page: gr.Blocks) -> None:
    """Lay the page out inside `page` and wire it."""
    gr.HTML(HEADER, elem_id="masthead")
    atlas = Atlas(figures=cards(), show=show, save=save, elem_id="atlas")
    making = atlas.input(make, atlas, atlas, trigger_mode="multiple", api_visibility="private", **LANE)
    failed = "() => document.dispatchEvent(new CustomEvent('figures-failed'))"
    making.failure(None, None, None, js=failed, api_visibility="private")


def cards() -> list[dict[str, str]]:
    """What is known of every figure before it is made."""
    return [
        {
            "name": name,
            "title": plan.title,
            "paper": PAPERS[plan.paper][0],
            "link": PAPERS[plan.paper][1],
            "command": f"python -m sketchlib figures {name} --out DIR",
        }
        for name, plan in FIGURES.items()
    ]
