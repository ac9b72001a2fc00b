"""Lanes: who goes first, who never takes the last place; and questions that are answered together."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest

from demos.ui import first_model
from demos.ui.examples import examples
from demos.ui.lanes import COLOURS, JOB, LIVE, MOST_TOGETHER, RESTING, Lanes, Together
from demos.ui.models import Shelf
from sketchlib.io import from_pad

PATIENCE = 60


class Queue:
    """Threads that wait for a lane one after the other, and the order in which they got it."""

    def __init__(self, lanes):
        self.lanes, self.order, self.threads = lanes, [], []

    def add(self, name, patience, hold=None):
        waiting = len(self.lanes._waiting)
        thread = threading.Thread(target=self._run, args=(name, patience, hold))
        thread.start()
        self.threads.append(thread)
        until(lambda: len(self.lanes._waiting) > waiting or name in self.order)

    def _run(self, name, patience, hold):
        with self.lanes.take(patience):
            self.order.append(name)
            if hold is not None:
                hold.wait(PATIENCE)

    def join(self):
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_the_most_urgent_goes_first_then_who_came_first():
    queue = Queue(Lanes(1))
    with queue.lanes.take():
        for name, patience in (("job", JOB), ("colours", COLOURS), ("one", LIVE), ("chart", RESTING), ("two", LIVE)):
            queue.add(name, patience)
    queue.join()
    assert queue.order == ["one", "two", "colours", "chart", "job"]


def test_who_has_waited_out_his_patience_goes_before_the_urgent():
    queue = Queue(Lanes(1))
    with queue.lanes.take():
        queue.add("patient", 0.05)
        time.sleep(0.06)
        queue.add("urgent", LIVE)
    queue.join()
    assert queue.order == ["patient", "urgent"]


def test_the_background_never_takes_the_last_place():
    queue, hold = Queue(Lanes(3)), threading.Event()
    for name in ("first", "second", "third"):
        queue.add(name, JOB, hold)
    assert queue.order == ["first", "second"]
    queue.add("live", LIVE)
    until(lambda: "live" in queue.order)
    hold.set()
    queue.join()
    assert queue.order == ["first", "second", "live", "third"]


def test_the_background_takes_the_only_place():
    queue = Queue(Lanes(1))
    queue.add("job", JOB)
    queue.join()
    assert queue.order == ["job"]


def test_an_error_inside_gives_the_place_back():
    lanes = Lanes(1)
    for patience in (LIVE, JOB):
        with pytest.raises(ZeroDivisionError), lanes.take(patience):
            _ = 1 / 0
    with lanes.take(JOB):
        pass


class Model:
    """Doubles numbers, refuses odd ones, and remembers how many it was asked about at once."""

    def __init__(self):
        self.asked = []

    def __call__(self, numbers):
        self.asked.append(len(numbers))
        if any(number % 2 for number in numbers):
            raise ValueError(f"odd: {[number for number in numbers if number % 2]}")
        return [2 * number for number in numbers]


def asked_at_once(numbers):
    """What `Together` answers to all the numbers, asked while the only lane is taken; and the model."""
    lanes, model = Lanes(1), Model()
    together = Together(lanes)

    def ask(number):
        try:
            return together.ask("doubler", model, number)
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(len(numbers)) as pool:
        with lanes.take():
            answers = [pool.submit(ask, number) for number in numbers]
            until(lambda: len(lanes._waiting) == len(numbers))
        found = [answer.result(PATIENCE) for answer in answers]
    assert together._waiting == {}
    return found, model


def test_those_who_wait_are_answered_by_one_call():
    found, model = asked_at_once([2, 4, 6, 8])
    assert found == [4, 8, 12, 16]
    assert model.asked == [4]


def test_a_question_that_fails_spoils_no_other():
    found, _ = asked_at_once([2, 3, 4])
    assert found == [4, "odd: [3]", 8]


def test_calls_have_a_limit():
    numbers = list(range(0, 4 * MOST_TOGETHER, 2))
    found, model = asked_at_once(numbers)
    assert found == [2 * number for number in numbers]
    assert model.asked == [MOST_TOGETHER, MOST_TOGETHER]


def test_who_stands_behind_a_full_call_is_answered_by_the_next():
    together, model, answers = Together(Lanes(1)), Model(), []
    ahead = [(number, Future()) for number in range(0, 2 * MOST_TOGETHER, 2)]
    together._waiting["doubler"] = list(ahead)
    asking = threading.Thread(target=lambda: answers.append(together.ask("doubler", model, 100)), daemon=True)
    asking.start()
    asking.join(PATIENCE)
    assert answers == [200]
    assert [future.result(PATIENCE) for _, future in ahead] == [2 * number for number, _ in ahead]
    assert model.asked == [MOST_TOGETHER, 1]


def test_nobody_is_forgotten_in_a_crowd():
    together, numbers = Together(Lanes(2)), list(range(0, 4000, 2))
    with ThreadPoolExecutor(48) as pool:
        found = list(pool.map(lambda number: together.ask(number % 3, Model(), number), numbers, timeout=PATIENCE))
    assert found == [2 * number for number in numbers]


def test_a_guess_is_the_same_alone_and_together():
    name = first_model()
    if not name:
        pytest.skip("needs a shipped model with its weights beside the card in checkpoints/")
    shelf, sketches = Shelf(lanes=1), [from_pad(each) for each in examples()]
    alone = [shelf.get(name).probabilities([sketch])[0] for sketch in sketches]
    with ThreadPoolExecutor(len(sketches)) as pool:
        with shelf.lane():
            answers = [pool.submit(shelf.guess, name, sketch) for sketch in sketches]
            until(lambda: len(shelf._lanes._waiting) == len(sketches))
        together = [answer.result(PATIENCE) for answer in answers]
    np.testing.assert_allclose(together, alone, atol=1e-5)
