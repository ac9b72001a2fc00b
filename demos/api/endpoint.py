"""What the endpoints share: arguments checked at the door, errors as one sentence."""

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import signature
from typing import ParamSpec, TypeVar

import gradio as gr
from pydantic import ValidationError, validate_call

from demos.ui import JOB, choices_here, first_model, shelf
from sketchlib.errors import CheckpointError, SketchlibError
from sketchlib.sketch import Sketch

P = ParamSpec("P")
R = TypeVar("R")

SHOWN = 60
"""Letters of a wrong argument that its error repeats."""


def endpoint(call: Callable[P, R]) -> Callable[P, R]:
    """A function as an endpoint: arguments held to its type hints, every error of ours a `gr.Error` of one sentence."""
    checked = validate_call(call)

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return checked(*args, **kwargs)
        except ValidationError as error:
            raise gr.Error(_sentence(error, list(signature(call).parameters)), print_exception=False) from None
        except SketchlibError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return run


def _sentence(error: ValidationError, parameters: Sequence[str]) -> str:
    """The rule that the first wrong argument breaks, and what was got."""
    first = error.errors()[0]
    place, rule = first["loc"][0], first["msg"]
    got = "none" if first["type"] == "missing_argument" else repr(first["input"])[:SHOWN]
    name = parameters[place] if isinstance(place, int) and place < len(parameters) else place
    return f"{name}: {rule[0].lower()}{rule[1:]}, got {got}"


def model_named(name: str) -> str:
    """A recogniser that ships, the first of them for "". Raises CheckpointError for any other: none is downloaded."""
    known = [each for _, each in choices_here()]
    if name and name not in known:
        raise CheckpointError(f"a model is one of {', '.join(known)}, got {name[:SHOWN]!r}")
    return name or first_model()


def top_class(name: str, sketch: Sketch) -> str:
    """The class that a recogniser sees in a sketch."""
    return shelf.get(name).classes[int(shelf.probabilities(name, [sketch], JOB)[0].argmax())]
