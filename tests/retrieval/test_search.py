"""Exact search against a loop that sorts all distances."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchlib.errors import InputError, ModelError
from sketchlib.retrieval import search
from sketchlib.retrieval.search import ExactSearch, unit_rows


def unit(random: np.random.Generator, rows: int, dimension: int) -> np.ndarray:
    return unit_rows(*scaled(random.normal(size=(rows, dimension))), "rows")


def scaled(vectors: np.ndarray) -> tuple[np.ndarray, int]:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), vectors.shape[1]


def slow_distances(vectors: np.ndarray, query: np.ndarray) -> list[float]:
    return [
        math.sqrt(math.fsum((float(x) - float(y)) ** 2 for x, y in zip(row, query, strict=True))) for row in vectors
    ]


def slow_nearest(vectors: np.ndarray, query: np.ndarray, top: int) -> list[int]:
    distances = slow_distances(vectors, query)
    return sorted(range(len(vectors)), key=lambda row: (distances[row], row))[:top]


@given(st.integers(1, 60), st.integers(2, 9), st.integers(1, 70), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_nearest_is_the_head_of_the_sorted_distances(items, dimension, top, queries, seed):
    random = np.random.default_rng(seed)
    vectors, asked = unit(random, items, dimension), unit(random, queries, dimension)
    rows, distances = ExactSearch(vectors).nearest(asked, top)
    assert rows.shape == distances.shape == (queries, min(top, items))
    for query, found, measured in zip(asked, rows, distances, strict=True):
        assert list(found) == slow_nearest(vectors, query, top)
        assert measured == pytest.approx([slow_distances(vectors, query)[row] for row in found], abs=1e-12)


def near_twins(random: np.random.Generator, items: int, dimension: int) -> np.ndarray:
    """Rows that differ by less than float32 inner products can tell, and some that do not differ."""
    one = random.normal(size=dimension)
    one /= np.linalg.norm(one)
    steps = random.integers(0, 4, items)[:, None] * random.normal(size=(items, dimension)) * 3e-8
    return unit_rows(*scaled(one + steps), "rows")


@pytest.mark.parametrize("together", [1, 3])
def test_order_is_exact_where_inner_products_are_not(together):
    random = np.random.default_rng(5)
    vectors = near_twins(random, 300, 200)
    asked = unit(random, together, 200)
    products = [np.argsort(-(vectors @ query), kind="stable")[:20].tolist() for query in asked]
    rows, _ = ExactSearch(vectors).nearest(asked, 20)
    expected = [slow_nearest(vectors, query, 20) for query in asked]
    assert rows.tolist() == expected
    assert products != expected


def test_rank_counts_what_is_no_farther():
    random = np.random.default_rng(6)
    for vectors in (unit(random, 40, 5), near_twins(random, 40, 50), np.repeat(unit(random, 4, 6), 10, axis=0)):
        finder = ExactSearch(vectors)
        query = unit(random, 1, vectors.shape[1])[0]
        distances = slow_distances(vectors, query)
        for row in range(0, 40, 3):
            assert finder.rank(query, row) == sum(distance <= distances[row] for distance in distances)


@pytest.mark.parametrize(("items", "top"), [(4, 1), (15, 2), (16, 2), (17, 2), (100, 4), (103, 9)])
def test_groups_hide_no_score(items, top, monkeypatch):
    monkeypatch.setattr(search, "GROUP", 2)
    scores = np.random.default_rng(items).integers(0, 40, items).astype(np.float32)
    bar = search._bar(scores, top)
    assert top <= np.count_nonzero(scores >= bar) <= 2 * top + np.count_nonzero(scores == bar)
    vectors = unit(np.random.default_rng(top), items, 4)
    assert ExactSearch(vectors).nearest(vectors[:1], top)[0][0].tolist() == slow_nearest(vectors, vectors[0], top)


def test_threads_and_batches_change_nothing(monkeypatch):
    random = np.random.default_rng(7)
    vectors, asked = unit(random, 3001, 20), unit(random, 5, 20)
    alone = ExactSearch(vectors, threads=1).nearest(asked, 7)
    monkeypatch.setattr(search, "WORTH_A_THREAD", 100)
    monkeypatch.setattr(search, "SCORES_AT_ONCE", 1)
    monkeypatch.setattr(search, "ROWS_AT_ONCE", 3)
    shared = ExactSearch(vectors, threads=3)
    assert all(np.array_equal(one, other) for one, other in zip(alone, shared.nearest(asked, 7), strict=True))
    assert shared._threads == 3


def test_a_mapped_file_is_searched_without_being_read_into_memory(tmp_path):
    vectors = unit(np.random.default_rng(8), 500, 16)
    np.save(tmp_path / "vectors.npy", vectors)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    rows, _ = ExactSearch(mapped).nearest(vectors[123:124], 1)
    assert rows.tolist() == [[123]]
    assert ExactSearch(mapped)._vectors.base is not None


@pytest.mark.parametrize("wrong", [np.ones((2, 4)), np.full((1, 3), np.nan), np.zeros((1, 3)), np.ones(3)])
def test_rows_of_another_length_are_refused(wrong):
    with pytest.raises(InputError, match="queries"):
        unit_rows(wrong, 3, "queries")
    with pytest.raises(ModelError, match="vectors"):
        unit_rows(wrong, 3, "vectors", ModelError)


def test_unit_rows_have_length_one_to_float32():
    rows = unit_rows(np.array([[0.6004, 0.8004]]), 2, "rows")
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows.astype(np.float64)) == pytest.approx(1, abs=1e-7)
