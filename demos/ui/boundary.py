"""The error boundary: an error raised on purpose becomes one sentence on screen, and the drawing stays."""

import html
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import gradio as gr

from sketchlib.errors import SketchlibError

P = ParamSpec("P")
R = TypeVar("R")


def toast(error: SketchlibError) -> gr.Error:
    """The error as a toast, escaped: Gradio renders a toast's text as HTML."""
    return gr.Error(html.escape(str(error)), print_exception=False)


def toasted(handler: Callable[P, R]) -> Callable[P, R]:
    """An event handler whose sketchlib errors become one toast; the page stays as it is."""

    @wraps(handler)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return handler(*args, **kwargs)
        except SketchlibError as error:
            raise toast(error) from error

    return run


def told(call: Callable[P, dict[str, Any]]) -> Callable[P, dict[str, Any]]:
    """A fast call whose sketchlib errors come back as {"error": sentence}; the browser escapes it."""

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> dict[str, Any]:
        try:
            return call(*args, **kwargs)
        except SketchlibError as error:
            return {"error": str(error)}

    return run
