"""The scale of drawing order: one direction of lightness, and visible on its paper."""

from itertools import pairwise

import pytest

from sketchlib.viz.order import ORDER, order_colour, order_colours

PAPERS = {"light": "#fffefa", "dark": "#201f1d"}


def luminance(code):
    channels = [int(code[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("paper", ["light", "dark"])
def test_later_strokes_are_always_lighter(paper):
    steps = [luminance(order_colour(place / 20, paper)) for place in range(21)]
    assert all(before < after for before, after in pairwise(steps))


@pytest.mark.parametrize("paper", ["light", "dark"])
def test_every_stroke_stands_out_from_its_paper(paper):
    page = luminance(PAPERS[paper])
    for code in order_colours(12, paper):
        light, dark = max(page, luminance(code)), min(page, luminance(code))
        assert (light + 0.05) / (dark + 0.05) >= 3


def test_strokes_are_spread_from_the_first_colour_to_the_last():
    first, middle, last = ORDER["light"]
    assert order_colours(3) == [first, middle, last]
    assert order_colours(1) == [first]
    assert order_colours(0) == []
