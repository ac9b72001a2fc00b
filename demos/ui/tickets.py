"""Jobs that take long have a ticket, by which the visitor who asked may stop them."""

import threading
from collections import OrderedDict
from typing import Any

MOST = 1000
"""Tickets that are remembered; the oldest are forgotten first."""


class Tickets:
    """Those of one kind of job that were told to stop. kind: its name in the page's events."""

    def __init__(self, kind: str):
        self.kind = kind
        self._stopped: OrderedDict[str, None] = OrderedDict()
        lock = threading.Lock()

        # A function of its own, as Gradio writes on it, which it cannot on a method.
        def stop(request: dict[str, Any]) -> dict[str, Any]:
            """Fast call of the page, {"ticket"} -> {}: the job ends where it next looks."""
            with lock:
                if ticket := str(request.get("ticket") or "")[:40]:
                    self._stopped[ticket] = None
                while len(self._stopped) > MOST:
                    self._stopped.popitem(last=False)
            return {}

        self.stop = stop

    def __contains__(self, ticket: str) -> bool:
        return ticket in self._stopped

    def forget(self, ticket: str) -> None:
        """The job has ended."""
        self._stopped.pop(ticket, None)

    @property
    def ask(self) -> str:
        """Script of the event that begins a job: tells the page its ticket, and makes it the last input."""
        return (
            "(...inputs) => { const ticket = crypto.getRandomValues(new Uint32Array(2)).join('-');"
            f" document.dispatchEvent(new CustomEvent('{self.kind}-asked', {{ detail: {{ ticket }} }}));"
            " return [...inputs.slice(0, -1), ticket]; }"
        )

    @property
    def end(self) -> str:
        """Script of an event that failed: tells the page that the job has ended."""
        return f"() => document.dispatchEvent(new CustomEvent('{self.kind}-ended'))"
