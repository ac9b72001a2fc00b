"""Places among the predictions that run at once: whoever draws goes first, and nobody waits for ever."""

import heapq
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

LIVE, COLOURS, RESTING, JOB = 0.0, 0.1, 0.5, 1.0
"""How long one who waits lets those go first who came later and are more urgent, in seconds: guesses while drawing,
colours, what follows when the pen rests, and long jobs."""
BACKGROUND = RESTING
"""From this patience on one never takes the last place: it stays free for those who draw."""
MOST_TOGETHER = 32
"""Questions answered by one call: what waits behind them waits for it."""


class Lanes:
    """So many places at once; `take` one for as long as a network runs, and no longer.

    Who waits is due his patience after he came; the earliest due goes first. Those in the background take turns for all
    places but one, or for the only one.
    """

    def __init__(self, places: int):
        self._free, self._background = places, max(1, places - 1)
        self._waiting: list[tuple[float, int, bool, threading.Event]] = []
        self._arrivals = 0
        self._changing = threading.Lock()

    @contextmanager
    def take(self, patience: float = LIVE) -> Iterator[None]:
        """A place, as soon as there is one."""
        background, ready = patience >= BACKGROUND, threading.Event()
        with self._changing:
            self._arrivals += 1
            heapq.heappush(self._waiting, (time.monotonic() + patience, self._arrivals, background, ready))
            self._admit()
        ready.wait()
        try:
            yield
        finally:
            with self._changing:
                self._free += 1
                self._background += background
                self._admit()

    def _admit(self) -> None:
        """Let in who is next, while there is room for him."""
        kept = []
        while self._waiting and self._free:
            entry = heapq.heappop(self._waiting)
            if entry[2] and not self._background:
                kept.append(entry)
                continue
            self._free -= 1
            self._background -= entry[2]
            entry[3].set()
        for entry in kept:
            heapq.heappush(self._waiting, entry)


class Together:
    """Questions to one model that wait for a place at the same time, answered by one call."""

    def __init__(self, lanes: Lanes):
        self._lanes = lanes
        self._waiting: dict[Hashable, list[tuple[Any, Future[Any]]]] = {}
        self._changing = threading.Lock()

    def ask(self, model: Hashable, answer: Callable[[list[Any]], Sequence[Any]], question: Any) -> Any:
        """What `answer` says of the question; it is given several at once, and gives one answer for each.

        Raises what `answer` raises about this question alone.
        """
        mine = (question, Future[Any]())
        with self._changing:
            self._waiting.setdefault(model, []).append(mine)
        with self._lanes.take(LIVE):
            while batch := self._taken(model, mine):
                _answered(answer, batch)
        return mine[1].result()

    def _taken(self, model: Hashable, mine: tuple[Any, Future[Any]]) -> list[tuple[Any, Future[Any]]]:
        """The oldest that wait, while mine is among them; none once somebody has taken mine."""
        with self._changing:
            waiting = self._waiting.get(model, [])
            if not any(each is mine for each in waiting):
                return []
            batch = waiting[:MOST_TOGETHER]
            del waiting[:MOST_TOGETHER]
            if not waiting:
                del self._waiting[model]
            return batch


def _answered(answer: Callable[[list[Any]], Sequence[Any]], batch: list[tuple[Any, Future[Any]]]) -> None:
    """Every future has its result, or what its question alone raises."""
    try:
        answers = answer([question for question, _ in batch])
        for (_, future), found in zip(batch, answers, strict=True):
            future.set_result(found)
    except Exception as error:  # Whatever it is, the one who asked has to hear of it.
        if len(batch) == 1:
            batch[0][1].set_exception(error)
            return
        for each in batch:
            _answered(answer, [each])
