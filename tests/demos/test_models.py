"""The shelf of models: loaded once, few kept, few run at a time; a public Space reads no paths."""

import threading
import time

import numpy as np
import pytest

from demos.ui import models
from demos.ui.models import ROOM, Shelf, load_from_library, model_choices
from sketchlib.errors import CheckpointError
from sketchlib.models.cards import Score
from sketchlib.sketch import Sketch
from tests.demos.toys import card


class Slow:
    """Remembers how many predictions ran at once."""

    def __init__(self):
        self.running, self.most, self.lock = 0, 0, threading.Lock()

    def probabilities(self, sketches):
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(0.02)
        with self.lock:
            self.running -= 1
        return np.ones((len(sketches), 1), np.float32)


def test_predictions_at_once_are_limited():
    slow = Slow()
    shelf = Shelf(lambda name: slow, lanes=2)
    threads = [threading.Thread(target=shelf.probabilities, args=("x", [Sketch()])) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert slow.most == 2


def test_a_model_is_loaded_once_however_many_ask():
    loaded = []

    def load(name):
        time.sleep(0.01)
        loaded.append(name)
        return Slow()

    shelf = Shelf(load)
    threads = [threading.Thread(target=shelf.get, args=("x",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loaded == ["x"]


def test_a_slow_load_holds_up_nobody_else():
    release = threading.Event()

    def load(name):
        if name == "slow":
            release.wait(10)
        return Slow()

    shelf = Shelf(load)
    waiting = threading.Thread(target=shelf.get, args=("slow",))
    waiting.start()
    shelf.get("other")
    assert waiting.is_alive()
    release.set()
    waiting.join()


def test_a_failed_load_is_tried_again():
    answers = [CheckpointError("no"), Slow()]

    def load(name):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    shelf = Shelf(load)
    with pytest.raises(CheckpointError):
        shelf.get("x")
    assert isinstance(shelf.get("x"), Slow)


def test_the_model_used_longest_ago_makes_way():
    loaded = []
    shelf = Shelf(lambda name: loaded.append(name) or Slow())
    names = [str(n) for n in range(ROOM)]
    for name in [*names, names[0], "new", names[0], names[1]]:
        shelf.get(name)
    assert loaded == [*names, "new", names[1]]


PUBLIC = {"SPACE_ID": "someone/space", "GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_SHARE": "True"}


@pytest.mark.parametrize("variable", PUBLIC)
def test_where_others_come_no_cards_are_read_by_path(monkeypatch, variable):
    for each in PUBLIC:
        monkeypatch.delenv(each, raising=False)
    assert models.local_cards_allowed()
    monkeypatch.setenv("GRADIO_SERVER_NAME", "127.0.0.1")
    assert models.local_cards_allowed()
    monkeypatch.setenv(variable, PUBLIC[variable])
    with pytest.raises(CheckpointError, match="picked from the list"):
        load_from_library("/somewhere/card-v1.toml")


def test_nothing_is_downloaded_that_was_not_picked(monkeypatch):
    monkeypatch.setattr(models, "is_here", lambda card: False)
    assert models.first_model() == ""
    with pytest.raises(CheckpointError, match="picked first"):
        load_from_library("")


def test_choices_put_models_that_are_here_first():
    here = ["Hub" not in title for title, _ in model_choices()]
    assert here == sorted(here, reverse=True)
    assert {name for _, name in model_choices()} == set(models.models.available())


def test_description_tells_how_far_to_trust_the_model():
    score = Score("macro_top1", 0.921, "python -m sketchlib evaluate", "val", 0, 1200, (0.91, 0.93))
    line = models.describe(card(scores=(score,)))
    assert line.endswith("Its macro top-1 is 92.1% on val, 95% interval 91.0% to 93.0%, n = 1,200.")
