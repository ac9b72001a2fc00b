"""Ranks counted photo by photo; conventions of docs/conventions.md."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sketchlib.retrieval.metrics import accuracy, ranks

FEW = st.sampled_from([0.0, 0.25, 0.5, 1.0, math.nan, math.inf])  # few values, so that there are ties


def slow_rank(row: np.ndarray, own: int) -> int:
    """1 for the photo itself, and 1 for each other that is not certainly farther."""
    rank = 1
    for number, distance in enumerate(row):
        certainly_farther = distance > row[own]  # False where either is not a number
        if number != own and not certainly_farther:
            rank += 1
    return rank


@given(st.data(), st.integers(1, 6), st.integers(1, 5))
def test_ranks_count_the_photos_that_are_not_farther(data, sketches, photos):
    distances = data.draw(arrays.arrays(np.float64, (sketches, photos), elements=FEW))
    photo_of = data.draw(st.lists(st.integers(0, photos - 1), min_size=sketches, max_size=sketches))
    expected = [slow_rank(row, own) for row, own in zip(distances, photo_of, strict=True)]
    assert ranks(distances, photo_of).tolist() == expected


def test_ties_and_what_is_not_a_number_count_against_the_network():
    distances = np.array([[0.5, 0.5, 0.5], [0.1, math.nan, 0.3], [0.1, math.nan, 0.3], [0.2, 0.1, 0.3]])
    assert ranks(distances, [1, 1, 0, 0]).tolist() == [3, 3, 2, 2]


def test_a_collapsed_network_finds_nothing():
    rank = ranks(np.zeros((10, 10)), range(10))
    assert rank.tolist() == [10] * 10
    assert accuracy(rank, 1) == 0


@given(st.lists(st.integers(1, 12), min_size=1, max_size=20), st.integers(1, 12))
def test_accuracy_is_the_share_of_ranks_up_to_k(rank, k):
    expected = sum(1 for each in rank if each <= k) / len(rank)
    assert accuracy(np.array(rank), k) == pytest.approx(expected)
