"""What counts as a difference that a sketch can show."""

from dataclasses import replace

from gallery.designs import Design, sibling_designs
from gallery.drawings import Drawings


def chair(**changes: float | str) -> Design:
    (design,) = sibling_designs(0, 0, 0, lambda one, other: True)
    return replace(design, parameters={**design.parameters, "back": "panel", "arms": "none", **changes})


def test_only_what_shows_is_a_difference() -> None:
    drawings = Drawings()
    width = float(chair().parameters["width"])
    assert drawings.differ(chair(), chair(back="slats"))
    assert drawings.differ(chair(), chair(arms="posts"))
    assert not drawings.differ(chair(), chair(width=width + 0.001))
    # The number of slats of a back that has none.
    assert not drawings.differ(chair(), chair(count=3))


def test_a_difference_is_mutual() -> None:
    """Arms add ink to one and leave all of the other's where it was."""
    drawings = Drawings()
    assert drawings.differ(chair(arms="posts"), chair()) == drawings.differ(chair(), chair(arms="posts"))


def test_one_shape_is_drawn_once() -> None:
    drawings = Drawings()
    assert drawings.of(chair(count=2)) is drawings.of(chair(count=5))
    assert drawings.of(chair(back="slats", count=2)) is not drawings.of(chair(back="slats", count=5))
