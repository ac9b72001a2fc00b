"""The app for programs: six endpoints of small JSON, through Gradio's API and its MCP server.

A sketch goes in as strokes of points [x, y] in a square of side 256, (0, 0) its top-left corner:

    from gradio_client import Client
    Client("http://127.0.0.1:7860").predict([[[20, 20], [230, 20], [125, 230], [20, 20]]], api_name="/recognise")

The numbers are those of `sketchlib`, not rounded; points that come back are in the same square. An error is one
sentence.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import gradio as gr

from demos.api.assist import assist
from demos.api.attack import attack
from demos.api.explain import explain
from demos.api.invert import invert
from demos.api.recognise import recognise
from demos.api.retrieve import retrieve

LANES: "MappingProxyType[Callable[..., Any], str]" = MappingProxyType(
    {
        recognise: "model",
        explain: "model",
        invert: "inversion",
        retrieve: "retrieve",
        attack: "attack",
        assist: "retrieve",
    }
)
"""Every endpoint, with the queue of the page's own jobs of its kind: one at a time, a visitor's or a program's."""

__all__ = ["LANES", "assist", "attack", "explain", "invert", "recognise", "register", "retrieve"]


def register() -> None:
    """Add the endpoints to the page that is being built, before its events take their names."""
    for call, lane in LANES.items():
        gr.api(call, api_name=call.__name__, concurrency_id=lane, concurrency_limit=1)
