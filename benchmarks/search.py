"""How near exact search comes to the speed of memory: the ten nearest of 100,000 vectors of 1,280 numbers.

    python benchmarks/search.py [--items 100000] [--dimension 1280] [--threads N] [--mapped] > search.json
    python benchmarks/search.py --items 1000000 --mapped --rounds 5 > search-million.json

The limit is the fastest way found to read the same matrix once, adding its numbers up: NumPy and torch, by the same
number of threads. Variants are interleaved in one process; `wall` is milliseconds by the clock, `cpu` summed over
threads, which a busy machine disturbs less; a ratio is the median of the ratios of single rounds. --mapped writes the
vectors to a temporary folder, five gigabytes for a million, and maps them, as a gallery on disk is. faiss is timed
where it is installed.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from raster import machine, quartiles, rounds

from sketchlib.retrieval.search import ExactSearch

TOP = 10
Matrix = NDArray[np.float32]


def gallery(items: int, dimension: int) -> Matrix:
    """Random rows of length 1, around a hundred centres as photos of one kind are."""
    vectors = np.empty((items, dimension), np.float32)
    fill(vectors)
    return vectors


def mapped_gallery(items: int, dimension: int, folder: Path) -> Matrix:
    """The same in a file, never in memory as a whole; OSError where the folder has no room for it."""
    needed, free = 4 * items * dimension, shutil.disk_usage(folder).free
    if free < needed * 1.1:
        raise OSError(
            f"{needed / 1e9:.1f} GB of vectors need a tenth more of free disk, got {free / 1e9:.1f}: {folder}"
        )
    path = folder / "vectors.npy"
    vectors = np.lib.format.open_memmap(path, "w+", np.float32, (items, dimension))
    fill(vectors)
    vectors.flush()
    return np.load(path, mmap_mode="r+")  # torch takes no read-only array without a warning


def fill(vectors: Matrix, seed: int = 0) -> None:
    """Draws the rows, 4,096 at a time."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((100, vectors.shape[1]), dtype=np.float32)
    for start in range(0, len(vectors), 4096):
        part = vectors[start : start + 4096]
        part[:] = centres[random.integers(0, 100, len(part))]
        part += random.standard_normal(part.shape, dtype=np.float32)
        part /= np.linalg.norm(part, axis=1, keepdims=True)


def readers(vectors: Matrix, threads: int) -> dict[str, Callable[[], Any]]:
    """Ways to read the matrix once."""
    pool, pieces, tensor = ThreadPoolExecutor(threads), np.array_split(vectors, threads), torch.from_numpy(vectors)
    return {"read_numpy": lambda: list(pool.map(np.sum, pieces)), "read_torch": lambda: tensor.sum()}


def searches(vectors: Matrix, threads: int) -> dict[str, Callable[[], Any]]:
    """Ours, and the plain ways of NumPy and torch; a query each time near another item."""
    query = vectors[len(vectors) // 2] + np.float32(0.3 / np.sqrt(vectors.shape[1]))
    query /= np.linalg.norm(query)
    ours, tensor, vector = ExactSearch(vectors, threads), torch.from_numpy(vectors), torch.from_numpy(query)
    queries = np.tile(query, (100, 1))
    found = {
        "ours": lambda: ours.nearest(query[None], TOP),
        "numpy": lambda: np.argpartition(-(vectors @ query), TOP)[:TOP],
        "torch": lambda: torch.topk(tensor @ vector, TOP),
        "ours_100_queries": lambda: ours.nearest(queries, TOP),
        "torch_100_queries": lambda: torch.topk(torch.from_numpy(queries) @ tensor.T, TOP, dim=1),
    }
    flat = faiss_flat(vectors, threads)
    return {**found, "faiss": lambda: flat(query[None])} if flat else found


def faiss_flat(vectors: Matrix, threads: int) -> Callable[[Matrix], Any] | None:
    """faiss' exact search over the same memory; None where faiss is missing."""
    try:
        import faiss
    except ImportError:
        return None
    faiss.omp_set_num_threads(threads)
    return lambda queries: faiss.knn(queries, vectors, TOP, metric=faiss.METRIC_INNER_PRODUCT)


def ratios(times: Mapping[str, NDArray[Any]], column: int) -> dict[str, float]:
    """Each search of one query against the fastest reader of the same round. column: 0 wall, 1 cpu."""
    limit = np.minimum(times["read_numpy"], times["read_torch"])[:, column]
    single = [name for name in ("ours", "numpy", "torch", "faiss") if name in times]
    return {name: float(f"{np.median(times[name][:, column] / limit):.3g}") for name in single}


def measured(vectors: Matrix, threads: int, count: int) -> dict[str, Any]:
    """Milliseconds, gigabytes per second, and ratios to the limit."""
    times = rounds(readers(vectors, threads) | searches(vectors, threads), count)
    fastest = min(np.median(times[name][:, 0]) for name in ("read_numpy", "read_torch"))
    return {
        "limit_gigabytes_per_second": round(vectors.nbytes / fastest / 1e6, 1),
        "of_the_limit": {"wall": ratios(times, 0), "cpu": ratios(times, 1)},
        "wall": {name: quartiles(values[:, 0]) for name, values in times.items()},
        "cpu": {name: quartiles(values[:, 1]) for name, values in times.items()},
    }


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--dimension", type=int, default=1280)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--mapped", action="store_true", help="from a file, as a gallery on disk is")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        if options.mapped:
            vectors = mapped_gallery(options.items, options.dimension, Path(folder))
        else:
            vectors = gallery(options.items, options.dimension)
        report = measured(vectors, options.threads, options.rounds)
    question = {"items": options.items, "dimension": options.dimension, "top": TOP, "mapped": options.mapped}
    print(json.dumps({"unit": "milliseconds", **question, **report, "machine": machine()}, indent=1))


if __name__ == "__main__":
    main()
