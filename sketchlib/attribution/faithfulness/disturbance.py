"""What should barely change a map (points moved a little), and what should (a stranger's stroke, random weights)."""

import copy
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from sketchlib.attribution.result import Array
from sketchlib.models import Recogniser, build
from sketchlib.sketch import Sketch, Stroke

RADIUS = 0.01
"""How far a point is moved at most, in canvas units: a little more than the tolerance of the simplification."""


def jittered(sketch: Sketch, generator: torch.Generator, radius: float = RADIUS) -> Sketch:
    """Every point moved on its own, evenly within a disc; radius in canvas units."""
    lots = torch.rand(sketch.number_of_points, 2, generator=generator, dtype=torch.float64).numpy()
    turn = 2 * np.pi * lots[:, 1]
    moves = radius * np.sqrt(lots[:, :1]) * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    ends = np.cumsum([len(stroke) for stroke in sketch])[:-1]
    pairs = zip(sketch, np.split(moves, ends), strict=True)
    return sketch.with_points([stroke.points + move for stroke, move in pairs])


def max_sensitivity(values: ArrayLike, moved: ArrayLike) -> float:
    """Largest length of (moved - values) over that of values, moved (samples, n) those of jittered sketches.

    [yeh2019fidelity], the largest of a sample. Raises nothing: 0 / 0 is 0, and anything else over 0 infinite.
    """
    change = float(np.linalg.norm(np.asarray(moved) - np.asarray(values), axis=1).max())
    size = float(np.linalg.norm(np.asarray(values)))
    return 0.0 if change == 0 else change / size if size > 0 else float("inf")


def planted(sketch: Sketch, stranger: Stroke, generator: torch.Generator) -> tuple[Sketch, int]:
    """The sketch with a stroke of another one, where that one had it, and its place in the order, drawn by lot."""
    place = int(torch.randint(len(sketch) + 1, (1,), generator=generator))
    stroke = Stroke(stranger.points, max(sketch.ids) + 1)
    return Sketch((*sketch.strokes[:place], stroke, *sketch.strokes[place:]), sketch.label), place


def planted_auc(values: ArrayLike, place: int) -> float:
    """Share of the other strokes with a higher value than the planted one, ties half: 1 finds it, 0.5 is chance.

    values: (strokes,). place: of the planted one.
    """
    array = np.asarray(values, dtype=np.float64)
    others: Array = np.delete(array, place)
    return float((others > array[place]).mean() + (others == array[place]).mean() / 2)


def stages(network: nn.Module) -> dict[str, list[str]]:
    """Names of a network's parts, output first, each with its keys in the state: modules, and members of lists."""
    found: dict[str, list[str]] = {}
    for key in reversed(network.state_dict()):
        first, *rest = key.split(".")
        found.setdefault(f"{first}.{rest[0]}" if rest and rest[0].isdigit() else first, []).append(key)
    return found


def randomised(recogniser: Recogniser, generator: torch.Generator) -> Recogniser:
    """The recogniser with the weights of an untrained network, the statistics of its batch norms included."""
    card = recogniser.card
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(generator.get_state())
        fresh = build(card.builder, {"classes": len(card.classes), **card.config})
        generator.set_state(torch.get_rng_state())
    return Recogniser(fresh.to(next(recogniser.network.parameters())), card)


def cascade(recogniser: Recogniser, generator: torch.Generator) -> Iterator[tuple[str, Recogniser]]:
    """From the output down one part more of the weights untrained at each step; the last is `randomised`.

    [adebayo2018sanity], cascading. Gives the part's name with the recogniser so far.
    """
    fresh = randomised(recogniser, generator).network.state_dict()
    network = recogniser.network
    for name, keys in stages(network).items():
        network = copy.deepcopy(network)
        network.load_state_dict({key: fresh[key] for key in keys}, strict=False)
        yield name, Recogniser(network, recogniser.card)
