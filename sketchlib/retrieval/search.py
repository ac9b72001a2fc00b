"""Exact search: every vector is compared, at the speed at which memory gives them.

One query reads each vector once, in compiled code that shares the rows out between threads; several queries are one
matrix product. Both give inner products in float32, which narrow the field; what is left of it, all that rounding
could have put in the wrong order, is compared again in float64.
"""

# mypy: allow-untyped-calls

import itertools
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import InputError, SketchlibError
from sketchlib.raster.kernel import compiled

Vectors = NDArray[np.float32]
Scores = NDArray[np.float32]

SCORES_AT_ONCE = 1 << 24
"""Inner products held in memory for one matrix product."""

ROWS_AT_ONCE = 1 << 12
"""Rows compared in float64 together."""

WORTH_A_THREAD = 1 << 18
"""Numbers that are read in the time it takes to wake a thread."""


GROUP = 64
"""Scores of which only the best is sorted, where there are many."""


class ExactSearch:
    """The nearest of `vectors` (items, dimension), float32 rows of length 1, in memory or mapped from a file.

    threads: that share one query's reading; by default the cores this process may use.
    """

    def __init__(self, vectors: Vectors, threads: int | None = None) -> None:
        self._vectors = vectors.view()
        # A mapped file is read-only: one type, one compiled function.
        self._vectors.flags.writeable = False
        self._threads = max(1, min(threads or _cores(), vectors.size // WORTH_A_THREAD))
        # Rounding of an inner product of unit vectors, in whatever order it is summed, twice; and of their lengths.
        self._doubt = np.float32((vectors.shape[1] + 8) * 2.0**-23)

    def __len__(self) -> int:
        return len(self._vectors)

    def nearest(self, queries: Vectors, top: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows and Euclidean distances, nearest first, of each of (queries, dimension) rows of length 1.

        Both are (queries, top), or narrower where there are fewer items. Of equal distances the lower row comes first.
        """
        found = [self._nearest(query, scores, top) for query, scores in self._scored(queries)]
        return np.array([rows for rows, _ in found]), np.array([distances for _, distances in found])

    def rank(self, query: Vectors, row: int) -> int:
        """How many items, that of the row included, are no farther from the query (dimension,) than it."""
        ((query, scores),) = self._scored(query[None])
        true = scores[row]
        unsure = np.flatnonzero(np.abs(scores - true) <= self._doubt)
        distances, (limit,) = self._distances(query, unsure), self._distances(query, np.array([row]))
        return int(np.count_nonzero(scores > true + self._doubt) + np.count_nonzero(distances <= limit))

    def _nearest(self, query: Vectors, scores: Scores, top: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        top = min(top, len(scores))
        rows = np.flatnonzero(scores >= _bar(scores, top) - self._doubt)
        distances = self._distances(query, rows)
        order = np.lexsort((rows, distances))[:top]
        return rows[order], distances[order]

    def _distances(self, query: Vectors, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        parts = [rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE)]
        exact = query.astype(np.float64)
        return np.concatenate(
            [np.linalg.norm(self._vectors[part].astype(np.float64) - exact, axis=1) for part in parts]
        )

    def _scored(self, queries: Vectors) -> Iterator[tuple[Vectors, Scores]]:
        """Each query and its inner products with all items."""
        together = max(1, SCORES_AT_ONCE // len(self._vectors))
        for start in range(0, len(queries), together):
            some = queries[start : start + together]
            products = self._products(some[0])[None] if len(some) == 1 else some @ self._vectors.T
            yield from zip(some, products, strict=True)

    def _products(self, query: Vectors) -> Scores:
        query, products = query.copy(), np.empty(len(self._vectors), np.float32)
        bounds = np.linspace(0, len(products), self._threads + 1).astype(int)
        pieces = [slice(start, stop) for start, stop in itertools.pairwise(bounds)]
        if self._threads == 1:
            _inner_products(self._vectors, query, products)
        else:
            list(self._pool.map(lambda piece: _inner_products(self._vectors[piece], query, products[piece]), pieces))
        return products

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, "search")


def _bar(scores: Scores, top: int) -> np.float32:
    """A score that at least `top` reach, and not many more: the top-th best, or that of the best of each group."""
    groups = len(scores) // GROUP
    if groups >= GROUP * top:
        scores = scores[: groups * GROUP].reshape(GROUP, groups).max(axis=0)
    best: np.float32 = np.partition(scores, len(scores) - top)[len(scores) - top]
    return best


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def unit_rows(
    vectors: NDArray[np.floating], dimension: int, whose: str, error: type[SketchlibError] = InputError
) -> Vectors:
    """The rows of (n, dimension), whose length is 1 to a thousandth, scaled to 1 as nearly as float32 can.

    Raises `error`, naming whose they are, for another dimension or length.
    """
    if vectors.ndim != 2 or vectors.shape[1] != dimension:
        raise error(f"{whose} are rows of {dimension} numbers, got {vectors.shape}")
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    wrong = ~(np.abs(lengths - 1) < 1e-3)
    if wrong.any():
        raise error(f"{whose} have length 1, got {lengths[wrong][0]:.4g}")
    unit: Vectors = (vectors / lengths).astype(np.float32)
    return unit


@compiled
def _inner_products(vectors, query, products):  # type: ignore[no-untyped-def]
    """products[i] = vectors[i] . query, one row after the other: the compiler makes it as fast as memory."""
    for i in range(vectors.shape[0]):
        total = np.float32(0)
        for j in range(vectors.shape[1]):
            total += vectors[i, j] * query[j]
        products[i] = total
