"""What a link says beside its drawing: the choices that a visitor had made in a tab."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

import gradio as gr

QUIET: dict[str, Any] = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}
TELL = """(value) => {
  const detail = { pad: %s, options: { %s: value } };
  document.dispatchEvent(new CustomEvent('sketch-options', { detail }));
}"""
"""What the visitor picks goes to the pad, which puts it into its link."""


def linked(
    page: gr.Blocks, pad: str, parts: Mapping[str, Any], restored: Callable[[Mapping[str, Any]], Any], outputs: Any
) -> None:
    """Put what is picked in `parts`, by the names they have in a link, into the links of a pad, and take it from there.

    restored: names and values of a link to this pad -> updates of `outputs`; asked once a page, with nothing mostly.
    No output is one of our widgets: Gradio breaks one that is changed before its tab was opened.
    """
    for name, part in parts.items():
        part.change(None, part, None, js=TELL % (json.dumps(pad), json.dumps(name)), **QUIET)

    def opened(request: gr.Request) -> Any:
        return restored(choices(request.query_params.get("with"), pad))

    page.load(opened, None, outputs, **QUIET)


def choices(text: str | None, pad: str) -> dict[str, Any]:
    """Names and values that the text of a link holds for a pad; none where it is damaged or about another pad."""
    try:
        held = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(held, dict) or held.pop("pad", None) != pad:
        return {}
    return held


def one_of(asked: Any, known: Collection[Any]) -> Any:
    """What a link asked for, where it is known, else None."""
    plain = isinstance(asked, str | float | int) and not isinstance(asked, bool)
    return asked if plain and asked in known else None


def picked(value: Any) -> Any:
    """An update to a value; none to None."""
    return gr.skip() if value is None else gr.update(value=value)
