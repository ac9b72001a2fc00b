"""How Gradio serves the app: nothing is sent to anybody, little is kept, and what waits is bounded."""

import ctypes
import os
from typing import Any

from gradio.blocks import Block
from gradio.state_holder import SessionState
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from demos.ui.guard import GUARDED

# Read by Gradio when an app is made. Beside its telemetry it sums up all its past events after each event, for a page
# of statistics that is not served here: with ten thousand of them that took more time than a prediction.
os.environ |= {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**9),
}

HEAPS, M_ARENA_MAX = 2, -8
"""The C library's heaps, one a core, and its name for their number."""


def share_heaps() -> None:
    """Let all threads share the C library's heaps, where it is glibc: it gives many threads many, which then hold what
    was freed in them: with 16 visitors 380 MB. Before any thread starts.
    """
    if hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(M_ARENA_MAX, HEAPS)


share_heaps()


def keep_ids() -> None:
    """Let a component that an event has changed keep its id in the session of its visitor.

    Gradio 6.31 makes it anew with another id, under which the next event that reads it files it once more: with every
    stroke a session grew by a pad.
    """
    file = SessionState.__setitem__

    def filed(session: SessionState, key: int, value: Any) -> None:
        if isinstance(value, Block):
            value._id = key
        file(session, key, value)

    SessionState.__setitem__ = filed  # type: ignore[method-assign]


keep_ids()

QUEUE: dict[str, Any] = {"default_concurrency_limit": 2, "max_size": 128}
"""Events that may wait, of all visitors: one who draws has at most two; later ones are told to try again."""

MOST_THREADS = 128
"""Fast calls that may be under way, most of which wait for a lane: those of 32 visitors, two each, and their events."""


class CompressedPages(GZipMiddleware):
    """Pages travel compressed: Gradio compresses files alone, and puts the whole of an app into its page."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, minimum_size=10_000, compresslevel=4)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compress what a browser gets as a page."""
        is_page = scope["type"] == "http" and "." not in scope["path"] and "/gradio_api/" not in scope["path"]
        await (super().__call__ if is_page else self.app)(scope, receive, send)


APP: dict[str, Any] = {"middleware": [*GUARDED["middleware"], (CompressedPages, (), {})]}
"""Gradio's `app_kwargs`."""
