"""Jobs that take long have a ticket, by which the visitor who asked may stop them, or does by leaving."""

import threading
from collections import OrderedDict
from typing import Any

import gradio as gr

MOST = 1000
"""Tickets that are remembered; the oldest are forgotten first."""
_kinds: list["Tickets"] = []


def left(request: gr.Request) -> None:
    """The visitor has closed or reloaded the page: nobody waits for the jobs that were begun there."""
    for tickets in _kinds:
        tickets.leave(str(request.session_hash))


class Tickets:
    """Those of one kind of job that were told to stop. kind: its name in the page's events."""

    def __init__(self, kind: str):
        self.kind = kind
        self._stopped: OrderedDict[str, None] = OrderedDict()
        self._visits: dict[str, str] = {}
        self._changing = threading.Lock()
        _kinds.append(self)

        # A function of its own, as Gradio writes on it, which it cannot on a method.
        def stop(request: dict[str, Any]) -> dict[str, Any]:
            """Fast call of the page, {"ticket"} -> {}: the job ends where it next looks."""
            self._stop(str(request.get("ticket") or "")[:40])
            return {}

        self.stop = stop

    def __contains__(self, ticket: str) -> bool:
        return ticket in self._stopped

    def begin(self, ticket: str, request: gr.Request | None) -> None:
        """The job has begun for a visitor of the page, or for nobody who could leave."""
        if ticket and request and request.session_hash:
            self._visits[ticket] = request.session_hash

    def forget(self, ticket: str) -> None:
        """The job has ended."""
        self._stopped.pop(ticket, None)
        self._visits.pop(ticket, None)

    def leave(self, visit: str) -> None:
        """The jobs of a visit end where they next look."""
        for ticket in [ticket for ticket, whose in list(self._visits.items()) if whose == visit]:
            self._stop(ticket)
            self._visits.pop(ticket, None)

    def _stop(self, ticket: str) -> None:
        with self._changing:
            if ticket:
                self._stopped[ticket] = None
            while len(self._stopped) > MOST:
                self._stopped.popitem(last=False)

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
