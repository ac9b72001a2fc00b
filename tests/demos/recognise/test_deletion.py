"""The deletion curve: against subtracting strokes by hand."""

import numpy as np
import pytest

from demos.recognise.deletion import ORDERS, curves, deletion_chart, finding, unasked
from sketchlib.attribution import explain, game_for, logit
from sketchlib.io import from_pad
from tests.demos.toys import BARS, Toy, tilt


@pytest.fixture(scope="module")
def case():
    sketch = from_pad(BARS)
    game = game_for(sketch, logit(Toy(), "one"))
    return game, explain(sketch, game, "leave_one_out")


def test_strokes_leave_strongest_first_and_random_orders_share_both_ends(case):
    game, found = case
    ordered, random = curves(game, found.per_stroke())
    gone = [[11, 12, 13], [12, 13], [12], []]
    assert ordered == pytest.approx([tilt(BARS, set(ids)) for ids in gone], abs=1e-3)
    assert random.shape == (ORDERS, 4)
    assert random[:, 0] == pytest.approx(ordered[0])
    assert random[:, -1] == pytest.approx(ordered[-1])
    assert random.min(axis=0)[1] < random.max(axis=0)[1]
    again = curves(game, found.per_stroke())[1]
    assert np.array_equal(random, again)


def test_chart_has_a_band_its_mean_and_the_curve_on_top(case):
    game, found = case
    ordered, random = curves(game, found.per_stroke())
    low, high, mean, own = deletion_chart(found, game).data
    assert np.allclose([low.y, high.y, mean.y, own.y], [random.min(0), random.max(0), random.mean(0), ordered])
    assert list(own.x) == [0, 1, 2, 3]


def test_finding_in_words():
    ordered, random = (
        np.array([9.0, 5.0, 4.0, 2.0, 1.0]),
        np.array([[9.0, 8.0, 7.0, 5.0, 1.0], [9.0, 8.0, 8.0, 6.0, 1.0]]),
    )
    assert finding(ordered, random) == "3 strongest gone: −7.00 logits, 3 at random: −3.50"
    two = finding(np.array([3.0, 1.0, 0.0]), np.array([[3.0, 2.0, 0.0]]))
    assert two == "Strongest gone: −2.00 logits, 1 at random: −1.00"


def test_empty_state_says_what_to_do_or_why_not():
    assert "Rest the pen" in unasked().layout.title.subtitle.text
    assert unasked("a <b> sentence").layout.title.subtitle.text == "a &lt;b&gt; sentence"
