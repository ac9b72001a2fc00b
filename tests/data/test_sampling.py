"""Which sketches a step sees: the formula of the chances, their statistics, and a stream that can start anywhere."""

from itertools import islice, pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sketchlib.data.collection import collect
from sketchlib.data.sampling import BATCHES_SORTED_TOGETHER, BalancedBatches, class_chances
from sketchlib.sketch import Sketch

CLASSES = ("bee", "cat", "dog")
COUNTS = {"bee": 40, "cat": 8, "dog": 2}


def sketches():
    """Classes interleaved, 1 to 9 strokes."""
    for number in range(max(COUNTS.values())):
        for label, count in COUNTS.items():
            if number < count:
                yield Sketch.from_points([[[0, 0], [1, 1]]] * (1 + number % 9), label)


DATA = collect(sketches(), CLASSES)


def stream(balance: float = 0.5, seed: int = 0, process: int = 0, batch: int = 5) -> BalancedBatches:
    return BalancedBatches(DATA, batch, balance, seed, process)


def steps(batches: BalancedBatches, first: int, count: int) -> list[list[int]]:
    return [indices.tolist() for indices in islice(batches.from_step(first), count)]


@given(st.lists(st.integers(0, 30), min_size=2, max_size=5).filter(any), st.floats(0, 1))
def test_chances_are_counts_to_the_power_of_one_minus_balance(counts, balance):
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    powers = [count ** (1 - balance) if count else 0.0 for count in counts]
    expected = [power / sum(powers) for power in powers]
    assert class_chances(labels, len(counts), balance).tolist() == pytest.approx(expected)


@pytest.mark.parametrize("balance", [0.0, 0.5, 1.0])
def test_draws_follow_the_chances_and_are_even_inside_a_class(balance):
    drawn = np.concatenate(steps(stream(balance, batch=50), 0, 16 * 8))
    powers = np.array([COUNTS[name] ** (1 - balance) for name in CLASSES])
    chance = (powers / powers.sum() / [COUNTS[name] for name in CLASSES])[DATA.labels]
    expected = len(drawn) * chance
    chi_square = ((np.bincount(drawn, minlength=len(DATA.labels)) - expected) ** 2 / expected).sum()
    # 49 degrees of freedom: mean 49, standard deviation 9.9; five of them to either side.
    assert 49 - 5 * 9.9 < chi_square < 49 + 5 * 9.9


@given(st.integers(0, 40))
def test_a_stream_that_starts_late_sees_what_the_first_one_saw(first):
    assert steps(stream(), first, 3) == steps(stream(), 0, first + 3)[first:]


def test_seeds_and_processes_see_different_sketches():
    first = steps(stream(), 0, 20)
    assert first == steps(stream(), 0, 20)
    assert first != steps(stream(seed=1), 0, 20)
    assert first != steps(stream(process=1), 0, 20)
    assert steps(stream(), 16, 16) != first[:16]


def test_batches_hold_sketches_of_a_similar_number_of_strokes():
    number_of_strokes = np.diff(DATA.sketch_ends, prepend=0)
    group = [number_of_strokes[indices] for indices in steps(stream(), 0, BATCHES_SORTED_TOGETHER)]
    ordered = sorted(group, key=lambda strokes: (strokes.min(), strokes.max()))
    assert all(before.max() <= after.min() for before, after in pairwise(ordered))
    assert [strokes.max() for strokes in group] != sorted(strokes.max() for strokes in group)


def test_every_batch_is_full():
    assert {len(indices) for indices in steps(stream(batch=7), 0, 40)} == {7}
