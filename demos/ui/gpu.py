"""ZeroGPU: a Space of Hugging Face may lend a GPU for the time of a call. Elsewhere nothing of this matters."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

# Before torch, which `spaces` must find unloaded: this is the first module of the app that is imported.
try:
    import spaces
except ImportError:
    spaces = None

P = ParamSpec("P")
R = TypeVar("R")


def lent_gpu(seconds: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator of calls through the queue that need nothing of the process but models: they may run in a fork of it,
    for at most so many seconds, with a GPU. Without the package `spaces` the function stays as it is."""

    def decorate(call: Callable[P, R]) -> Callable[P, R]:
        if spaces is None:
            return call
        lent: Any = spaces.GPU(duration=seconds)(call)
        return lent

    return decorate
