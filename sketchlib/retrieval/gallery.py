"""`Gallery`: photos embedded once, searched often."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import FormatError, InputError, ModelError
from sketchlib.retrieval.collection import Collection, Progress
from sketchlib.retrieval.encoders import PhotoEncoder
from sketchlib.retrieval.search import ExactSearch, Vectors, unit_rows
from sketchlib.retrieval.sources import PhotoSource, listed
from sketchlib.retrieval.store import (
    Contents,
    Manifest,
    Problem,
    building,
    in_memory,
    read_gallery,
    write_gallery,
    write_manifest,
)


@dataclass(frozen=True, eq=False)
class Matches:
    """What a search found, nearest first.

    indices, distances: (queries, top) rows of the gallery, and Euclidean distances between unit vectors, 0 to 2.
    names: of those photos, for each query.
    """

    indices: NDArray[np.int64]
    distances: NDArray[np.float64]
    names: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Gallery:
    """Photos as vectors of one encoder; `Gallery.build` makes one, `Gallery.load` opens one."""

    manifest: Manifest
    contents: Contents

    @classmethod
    def build(
        cls,
        source: PhotoSource,
        encoder: PhotoEncoder,
        folder: str | Path | None = None,
        progress: Progress | None = None,
        at_most: int | None = None,
    ) -> "Gallery":
        """The gallery of a source's photos (see `listed`), in memory or in a folder that is read by `load`.

        In a folder only photos whose content is new to it are embedded, also after a build that was killed; photos
        that the source no longer has leave it. Photos of one content are embedded once, see `duplicates`; one that
        cannot be read is left out, see `problems`, and so are those after the first at_most.
        Raises InputError when no photo is left, and for a folder that cannot be written or holds something else.
        """
        folder = None if folder is None else Path(folder)
        with listed(source) as files, building(folder, encoder.identity, encoder.dimension) as journal:
            old = None if folder is None else _earlier(folder, encoder)
            found = Collection(encoder, journal, old.manifest.hashes if old else ())
            found.collect(files, progress, at_most)
            return cls(*_put(found, folder, old))

    @classmethod
    def load(cls, folder: str | Path, encoder: PhotoEncoder) -> "Gallery":
        """The gallery in a folder, its arrays mapped, so that only what is searched is read.

        Raises FormatError where there is none or a damaged one, and ModelError for one that another encoder made.
        """
        manifest, contents = read_gallery(Path(folder))
        if (manifest.encoder, manifest.dimension) != (encoder.identity, encoder.dimension):
            raise ModelError(
                f"a gallery is searched with the model that built it, {manifest.encoder!r}, got {encoder.identity!r}: "
                f"build it again, {folder}"
            )
        return cls(manifest, contents)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """The photos, in the order of the vectors: their paths below the folder, or in the zip."""
        return self.manifest.names

    @property
    def vectors(self) -> Vectors:
        """(photos, dimension) rows of length 1."""
        return self.contents.vectors

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The photos that could not be taken."""
        return self.manifest.problems

    @property
    def duplicates(self) -> dict[str, str]:
        """Name -> the photo of the same content that was kept."""
        return dict(self.manifest.duplicates)

    def search(self, queries: NDArray[np.floating], top: int = 10) -> Matches:
        """The `top` nearest photos of each of (queries, dimension) rows of length 1; one (dimension,) is one row.

        Exact; of equal distances the earlier photo comes first; all photos where there are fewer than `top`.
        Raises InputError for another shape or length of the queries, and a top below 1.
        """
        indices, distances = self.nearest(queries, top)
        return Matches(indices, distances, tuple(tuple(self.names[index] for index in row) for row in indices))

    def nearest(self, queries: NDArray[np.floating], top: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Indices and distances of `search`, without the names. Errors as there."""
        if top < 1:
            raise InputError(f"a search finds at least 1 photo, got top={top}")
        return self._search.nearest(self._checked(queries), top)

    def rank(self, query: NDArray[np.floating], name: str) -> int:
        """How many photos are no farther from the query (dimension,) than the named one, itself included: 1 is best.

        A duplicate's name stands for the photo that was kept. Raises InputError for a name the gallery lacks.
        """
        return self._search.rank(self._checked(query)[0], self.index(name))

    def index(self, name: str) -> int:
        """The row of a photo, or of the one kept for a duplicate. Raises InputError for a name the gallery lacks."""
        if name not in self._rows:
            raise InputError(f"a photo is one of the {len(self)} of the gallery, got {name!r}")
        return self._rows[name]

    def thumbnail(self, name: str) -> bytes:
        """The photo as a JPEG of at most 192 pixels a side."""
        return self.contents.row(self.index(name))[1]

    def _checked(self, queries: NDArray[np.floating]) -> Vectors:
        return unit_rows(np.atleast_2d(queries), self.manifest.dimension, "queries", InputError)

    @cached_property
    def _search(self) -> ExactSearch:
        return ExactSearch(self.vectors)

    @cached_property
    def _rows(self) -> dict[str, int]:
        rows = {name: row for row, name in enumerate(self.names)}
        return rows | {name: rows[kept] for name, kept in self.manifest.duplicates}


def _earlier(folder: Path, encoder: PhotoEncoder) -> Gallery | None:
    """The gallery that a build replaces, where its vectors can be used again."""
    try:
        return Gallery.load(folder, encoder)
    except (FormatError, ModelError):
        return None


def _put(found: Collection, folder: Path | None, old: Gallery | None) -> tuple[Manifest, Contents]:
    manifest = found.manifest()
    rows = {key: row for row, key in enumerate(old.manifest.hashes)} if old else {}
    merged = (
        old.contents.row(rows[key]) if old and key in rows else found.journal[bytes.fromhex(key)]
        for key in manifest.hashes
    )
    if folder is None:
        return manifest, in_memory(merged)
    if old and old.manifest.key == manifest.key:
        write_manifest(folder, manifest, old.contents.ends)
    else:
        write_gallery(folder, manifest, merged)
    return read_gallery(folder)
