"""Which pieces of furniture there are: designs drawn from the families, and twins that differ in one parameter."""

import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from gallery.camera import View
from gallery.families import FAMILIES
from gallery.families.family import Family, Parameters, Range, Value
from gallery.shapes import Part


@dataclass(frozen=True)
class Design:
    """One piece of furniture as it is photographed.

    key: names its photo. parameters: what its family is built from. finishes: material of each slot.
    azimuth, elevation: of the camera, degrees. distance: of the camera in lengths of the piece's diagonal.
    twin_of: key of the design it was changed from, or "". changed: the one parameter in which they differ, or "".
    """

    key: str
    family: str
    parameters: Parameters
    finishes: dict[str, str]
    azimuth: float
    elevation: float
    distance: float
    twin_of: str = ""
    changed: str = ""

    def parts(self) -> list[Part]:
        """The solids it is made of."""
        return FAMILIES[self.family].build(self.parameters)

    def view(self, parts: list[Part]) -> View:
        """The camera, its picture filled with the parts."""
        points = np.concatenate([part.vertices for part in parts])
        return View.around(points, self.azimuth, self.elevation, self.distance, margin=0.06)


def sibling_designs(seed: int, number: int, twins: int, differ: Callable[[Design, Design], bool]) -> list[Design]:
    """One design and, where its family has them, `twins` that differ in another parameter each; families take turns.

    differ: whether a sketch could tell two designs apart; a twin differs from its original and from its siblings.
    """
    random = np.random.default_rng([seed, number])
    siblings = [_original(list(FAMILIES.values())[number % len(FAMILIES)], number, random)]
    for changed in _changes(siblings[0], random):
        if len(siblings) > twins:
            break
        twin = replace(changed, key=f"{siblings[0].key[:-1]}{string.ascii_lowercase[len(siblings)]}")
        known = {each.changed for each in siblings}
        if twin.changed not in known and all(differ(each, twin) for each in siblings):
            siblings.append(twin)
    return siblings


def _original(family: Family, number: int, random: np.random.Generator) -> Design:
    parameters = {name: _draw(values, random) for name, values in family.shape.items()}
    finishes = {"accent": "gunmetal"} | {name: str(random.choice(names)) for name, names in family.finishes.items()}
    if random.random() < 0.35 and finishes["frame"] in family.finishes["seat"]:
        finishes["seat"] = finishes["frame"]
    azimuth = float(random.choice([-1, 1]) * random.uniform(18, 50))
    key = f"{family.name.replace(' ', '-')}-{number:04d}a"
    elevation, distance = random.uniform(9, 24), random.uniform(2.0, 3.6)
    return Design(key, family.name, parameters, finishes, round(azimuth, 1), round(elevation, 1), round(distance, 2))


def _draw(values: Range | tuple[str, ...], random: np.random.Generator) -> Value:
    return values.draw(random) if isinstance(values, Range) else str(random.choice(values))


def _changes(original: Design, random: np.random.Generator) -> Iterator[Design]:
    """Every design one visible step away, in random order."""
    steps: list[tuple[str, Value]] = []
    for name, values in FAMILIES[original.family].shape.items():
        value = original.parameters[name]
        if isinstance(values, Range):
            steps += [(name, other) for other in values.others(float(value))]
        else:
            steps += [(name, other) for other in sorted(set(values) - {value})]
    for place in random.permutation(len(steps)):
        name, value = steps[place]
        parameters = {**original.parameters, name: value}
        yield replace(original, parameters=parameters, twin_of=original.key, changed=name)
