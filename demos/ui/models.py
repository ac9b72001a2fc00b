"""The models a visitor may pick: loaded once, run by as many threads at a time as there are cores."""

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from demos.ui.lanes import LIVE, Lanes, Together
from sketchlib import models
from sketchlib.errors import CheckpointError, SketchlibError
from sketchlib.models.cards import Card, find_card
from sketchlib.sketch import Sketch

ROOM = 4
"""Models kept in memory; the one used longest ago makes way."""

RANDOMISED = "randomised "
"""Before the name of a model: the same network with random weights."""

TWO_STROKES = Sketch.from_points([[[0.2, 0.2], [0.8, 0.5]], [[0.2, 0.5], [0.8, 0.2]]])
"""A drawing to make a network ready with."""

SCORE_NAMES = {"macro_top1": "macro top-1", "top1": "top-1"}


HOME = ("127.0.0.1", "localhost", "::1")
"""Names under which only this machine reaches the page."""


class Recogniser(Protocol):
    """What the app needs of `sketchlib.models.Recogniser`."""

    classes: tuple[str, ...]
    card: Card

    def probabilities(self, sketches: Sequence[Sketch]) -> NDArray[np.float32]:
        """(n, classes), rows sum to 1."""
        ...


def local_cards_allowed() -> bool:
    """A path field reads files of this machine: welcome at home, closed where others can reach the page."""
    elsewhere = "SPACE_ID" in os.environ or os.environ.get("GRADIO_SHARE", "").lower() == "true"
    return not elsewhere and os.environ.get("GRADIO_SERVER_NAME", HOME[0]) in HOME


def load_from_library(name: str) -> Recogniser:
    """`sketchlib.models.load`, each prediction on one core: visitors share the cores and do not fight for them."""
    if not name:
        raise CheckpointError("a model has to be picked first: none has its weights beside its card")
    if name not in models.available() and not local_cards_allowed():
        raise CheckpointError("a model is picked from the list, other cards are read on your own machine only")
    import torch

    torch.set_num_threads(1)
    return models.load(name)


def with_random_weights(recogniser: Recogniser) -> Recogniser:
    """The same network before any training, always with the same random weights."""
    import torch

    card = recogniser.card
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = models.build(card.builder, {"classes": len(card.classes), **card.config})
    return models.Recogniser(network, card)


class Shelf:
    """Loaded recognisers by name or card path; after RANDOMISED, their untrained twins.

    load: name -> recogniser, called once a name. lanes: predictions that may run at once.
    """

    def __init__(self, load: Callable[[str], Recogniser] = load_from_library, lanes: int | None = None):
        self._load, self._places = load, lanes or os.cpu_count() or 1
        self._loaded: OrderedDict[str, Recogniser] = OrderedDict()
        self.free()

    def free(self) -> None:
        """Nobody waits, nobody runs: so it is in a fork of the process, whatever other threads were about."""
        self._gates: dict[str, threading.Lock] = {}
        self._changing = threading.Lock()
        self._lanes = Lanes(self._places)
        self._together = Together(self._lanes)

    def get(self, name: str) -> Recogniser:
        """The recogniser of that name, loaded on first use. Raises what `sketchlib.models.load` raises.

        A slow load, a download say, holds up those who ask for the same model and nobody else.
        """
        with self._changing:
            if name in self._loaded:
                self._loaded.move_to_end(name)
                return self._loaded[name]
            gate = self._gates.setdefault(name, threading.Lock())
        with gate:
            return self._loaded.get(name) or self._put(name)

    def _put(self, name: str) -> Recogniser:
        twin = name.removeprefix(RANDOMISED)
        try:
            recogniser = self._load(name) if twin == name else with_random_weights(self.get(twin))
            with self._changing:
                self._loaded[name] = recogniser
                while len(self._loaded) > ROOM:
                    self._loaded.popitem(last=False)
            return recogniser
        finally:
            self._gates.pop(name, None)

    def guess(self, name: str, sketch: Sketch) -> NDArray[np.float32]:
        """(classes,) probabilities for one who draws; with all who wait for the same model, one batched call."""
        recogniser = self.get(name)
        found: NDArray[np.float32] = self._together.ask(recogniser, recogniser.probabilities, sketch)
        return found

    def probabilities(self, name: str, sketches: Sequence[Sketch], patience: float = LIVE) -> NDArray[np.float32]:
        """(n, classes) of one batched call; waits while every core is busy with another prediction."""
        recogniser = self.get(name)
        with self.lane(patience):
            return recogniser.probabilities(sketches)

    def lane(self, patience: float = LIVE) -> AbstractContextManager[None]:
        """A place among the predictions that run at once: every use of a network beside `guess` and `probabilities`
        takes one. patience: as in `demos.ui.lanes`."""
        return self._lanes.take(patience)


shelf = Shelf()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=shelf.free)


def model_choices() -> list[tuple[str, str]]:
    """(what the visitor reads, name) of every shipped card: weights that are here first, strokes before pixels."""
    cards = {name: find_card(name) for name in models.available()}

    def rank(name: str) -> tuple[bool, bool, int, str]:
        return not is_here(cards[name]), cards[name].builder != "sketchxainet", _size(cards[name]), name

    return [(_title(cards[name]), name) for name in sorted(cards, key=rank)]


def choices_here() -> list[tuple[str, str]]:
    """Those of them whose weights are beside their card."""
    return [(title, name) for title, name in model_choices() if is_here(find_card(name))]


def first_model() -> str:
    """The model the page opens with, or "": nothing is ever downloaded that the visitor did not pick."""
    return next((name for _, name in choices_here()), "")


def classes_of(name: str) -> list[str]:
    """The classes that a model knows, from its card alone; none without a name."""
    return list(find_card(name).classes) if name else []


def _size(card: Card) -> int:
    return sum(each.bytes or 0 for each in card.weights.files)


def is_here(card: Card) -> bool:
    """Whether the card's weights lie beside it."""
    return card.folder is not None and all((card.folder / each.file).exists() for each in card.weights.files)


def _title(card: Card) -> str:
    title = f"{card.name}, {len(card.classes)} classes"
    if is_here(card):
        return title
    return f"{title} (Hub, {_size(card) / 1e6:.0f} MB)" if _size(card) else f"{title} (Hub)"


def describe(card: Card) -> str:
    """One line under a prediction: what the numbers are, and how far to trust the model they come from."""
    line = f"Softmax over {len(card.classes)} classes by {card.title}, one drawing."
    score = next((each for wanted in SCORE_NAMES for each in card.scores if each.name == wanted), None)
    if score is None:
        return line
    interval = f", 95% interval {score.interval[0]:.1%} to {score.interval[1]:.1%}" if score.interval else ""
    count = f", n = {score.n:,}" if score.n else ""
    return f"{line} Its {SCORE_NAMES[score.name]} is {score.value:.1%} on {score.data}{interval}{count}."


def ready(name: str) -> None:
    """Load a model, let it predict and be explained once, so that no stroke waits for it; raises as `Shelf.get`."""
    from sketchlib.attribution import explain, logit

    shelf.probabilities(name, [TWO_STROKES])
    recogniser: Any = shelf.get(name)
    with shelf.lane():
        explain(TWO_STROKES, logit(recogniser, recogniser.classes[0]), "leave_one_out")


def warm_up() -> None:
    """Make the first model ready."""
    try:
        ready(first_model())
    except SketchlibError as error:
        logging.getLogger(__name__).warning("no model is ready: %s", error)
