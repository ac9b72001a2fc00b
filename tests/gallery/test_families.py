"""Every family with every option: closed solids that face outwards, stand on the floor and have a finish."""

import numpy as np
import pytest

from gallery.designs import Design, sibling_designs
from gallery.families import FAMILIES
from gallery.families.family import Range
from gallery.finishes import FINISHES
from tests.gallery.test_shapes import is_closed, volume


def middle(values: Range | tuple[str, ...]) -> float | str:
    if not isinstance(values, Range):
        return values[0]
    return round((values.low + values.high) / 2) if values.whole else (values.low + values.high) / 2


def variants(name: str) -> list[dict[str, float | str]]:
    """The middle of the family, and for each parameter each of its names or both of its ends."""
    shape = FAMILIES[name].shape
    centre = {parameter: middle(values) for parameter, values in shape.items()}
    found = [centre]
    for parameter, values in shape.items():
        options = (values.low, values.high) if isinstance(values, Range) else sorted(set(values))
        found += [centre | {parameter: option} for option in options]
    return found


@pytest.mark.parametrize("name", FAMILIES)
def test_every_option_is_made_of_good_solids_that_stand_on_the_floor(name: str) -> None:
    family, slots = FAMILIES[name], set()
    for parameters in variants(name):
        parts = family.build(parameters)
        assert min(volume(part) for part in parts) > 0, parameters
        points = np.concatenate([part.vertices for part in parts])
        assert -0.03 < points[:, 2].min() < 0.03, parameters
        assert 0.3 < points[:, 2].max() < 1.4, parameters
        assert np.all(np.ptp(points[:, :2], axis=0) < 2.8), parameters
        slots |= {part.material for part in parts}
    assert all(is_closed(part) for part in parts)
    assert slots <= {*family.finishes, "accent"}
    assert {finish for names in family.finishes.values() for finish in names} <= set(FINISHES)


def other(design: Design, twin: Design) -> bool:
    return design.parameters != twin.parameters


@pytest.mark.parametrize("number", range(len(FAMILIES)))
def test_twins_differ_in_the_one_parameter_they_name(number: int) -> None:
    original, *twins = sibling_designs(3, number, 2, other)
    assert len(twins) == 2
    for twin in twins:
        changed = {name for name in original.parameters if original.parameters[name] != twin.parameters[name]}
        assert changed == {twin.changed}
        assert (twin.twin_of, original.twin_of, original.changed) == (original.key, "", "")
        assert (twin.finishes, twin.azimuth, twin.elevation) == (
            original.finishes,
            original.azimuth,
            original.elevation,
        )
    assert len({twin.changed for twin in twins}) == 2


def test_designs_depend_on_seed_and_number_alone() -> None:
    assert sibling_designs(1, 5, 2, other) == sibling_designs(1, 5, 2, other)
    assert sibling_designs(1, 5, 0, other)[0] == sibling_designs(1, 5, 2, other)[0]
    assert sibling_designs(2, 5, 0, other)[0].parameters != sibling_designs(1, 5, 0, other)[0].parameters
    assert sibling_designs(1, 5 + len(FAMILIES), 0, other)[0].family == sibling_designs(1, 5, 0, other)[0].family


def test_a_twin_nobody_could_tell_apart_is_not_made() -> None:
    assert len(sibling_designs(1, 5, 2, lambda design, twin: False)) == 1
    only = sibling_designs(1, 0, 2, lambda design, twin: twin.changed == "legs")
    assert [twin.changed for twin in only] == ["", "legs"]


@pytest.mark.parametrize(("values", "value"), [(Range(0, 1), 0.2), (Range(2, 6, whole=True), 3)])
def test_other_values_are_within_the_range_and_far_enough(values: Range, value: float) -> None:
    others = values.others(value)
    assert all(values.low <= each <= values.high for each in others)
    least = 1 if values.whole else 0.2 * (values.high - values.low)
    assert min(abs(each - value) for each in others) >= least
