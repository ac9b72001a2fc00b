"""Recovery measures against their definitions."""

from types import SimpleNamespace

import numpy as np
import pytest

from sketchlib.errors import InputError
from sketchlib.inversion import iterations_to, original_locations, recovery_error, strokes_back
from sketchlib.sketch import Sketch

PLACES = np.random.default_rng(0).uniform(size=(5, 2))
MOVED = PLACES + np.random.default_rng(1).normal(0, 0.1, (5, 2))

SHIFT = np.array([0.3, -2.0])


def test_recovery_error_is_the_mean_over_pairs():
    pairs = [(i, j) for i in range(5) for j in range(i)]
    lengths = [np.hypot(*((MOVED[i] - MOVED[j]) - (PLACES[i] - PLACES[j]))) for i, j in pairs]
    assert recovery_error(MOVED, PLACES) == pytest.approx(np.mean(lengths))


def test_a_common_shift_counts_for_nothing():
    assert recovery_error(PLACES + SHIFT, PLACES) == pytest.approx(0)
    assert strokes_back(PLACES + SHIFT, PLACES) == 1
    assert recovery_error(MOVED + 1.0, PLACES) == pytest.approx(recovery_error(MOVED, PLACES))


def test_strokes_are_back_within_a_tenth_after_the_best_shift():
    moved = PLACES + np.array([[0.5, 0.5]] * 3 + [[0.65, 0.5], [0.5, 0.3]])
    assert strokes_back(moved, PLACES) == pytest.approx(3 / 5)
    assert strokes_back(moved, PLACES, near=0.16) == pytest.approx(4 / 5)


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_strokes_have_no_recovery(count):
    with pytest.raises(InputError, match="two or more"):
        recovery_error(PLACES[:count], PLACES[:count])


def test_original_locations_follow_the_ids():
    sketch = Sketch.from_points([[(0.1, 0.2), (0.5, 0.5)], [(0.3, 0.4)]])
    np.testing.assert_array_equal(original_locations(sketch, (1, 0)), [(0.3, 0.4), (0.1, 0.2)])


def test_iterations_to_is_where_the_probability_stays():
    steps = [SimpleNamespace(iteration=i, target=p) for i, p in enumerate([0.1, 0.6, 0.4, 0.7, 0.95])]
    assert [iterations_to(steps, share) for share in (0.05, 0.5, 0.9, 0.99)] == [0, 3, 4, None]
