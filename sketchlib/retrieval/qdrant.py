"""Galleries in Qdrant, a vector database, for more photos than one machine searches: embedded, or on a server.

gallery = Gallery.load("photos-gallery", encoder)
with QdrantGallery("http://localhost:6333", encoder) as far:
    far.put(gallery)
    print(far.search(vector).names[0])
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import DownloadError, InputError, ModelError
from sketchlib.retrieval.collection import Progress
from sketchlib.retrieval.encoders import PhotoEncoder
from sketchlib.retrieval.gallery import Gallery, Matches
from sketchlib.retrieval.search import unit_rows

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

POINTS_TOGETHER, QUERIES_TOGETHER = 256, 16
MARGIN = 8
"""Photos asked for beyond the top ones, so that the database's rounding decides no order."""


class QdrantGallery:
    """A collection of photos in Qdrant, searched like a `Gallery`.

    where: the http(s) address of a server, whose key, if it wants one, is in the environment as QDRANT_API_KEY; a
    folder for the embedded mode, which one process at a time may open; or ":memory:".
    Raises ModelError for a collection that another encoder made, DownloadError when the server does not answer, and
    InputError for a folder that cannot be opened or where qdrant-client is not installed.
    """

    def __init__(self, where: str, encoder: PhotoEncoder, collection: str = "strokescope") -> None:
        self._encoder, self._collection, self._where = encoder, collection, where
        with self._asked():
            self._client = _client(where)
            try:
                self._check_encoder()
            except BaseException:
                self._client.close()
                raise

    def __enter__(self) -> "QdrantGallery":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection, or lets go of the folder."""
        self._client.close()

    def __len__(self) -> int:
        with self._asked():
            return int(self._client.count(self._collection).count) if self._exists() else 0

    def put(self, gallery: Gallery, progress: Progress | None = None) -> None:
        """Makes the collection hold this gallery: only photos that are new or named anew are sent, others deleted.

        May be repeated after an interruption. Raises ModelError for a gallery of another encoder.
        """
        manifest = gallery.manifest
        if manifest.encoder != self._encoder.identity:
            raise ModelError(f"a collection holds vectors of {self._encoder.identity!r}, got {manifest.encoder!r}")
        rows = {_identifier(key): row for row, key in enumerate(manifest.hashes)}
        identifiers = list(rows)
        with self._asked():
            self._create(manifest.dimension)
            for start in range(0, len(rows), POINTS_TOGETHER):
                self._send(gallery, {each: rows[each] for each in identifiers[start : start + POINTS_TOGETHER]})
                if progress is not None:
                    progress(min(start + POINTS_TOGETHER, len(rows)), len(rows))
            self._delete_all_but(set(rows))

    def search(self, queries: NDArray[np.floating], top: int = 10) -> Matches:
        """The same as `Gallery.search`, indices included: the collection is asked for exact answers."""
        if top < 1:
            raise InputError(f"a search finds at least 1 photo, got top={top}")
        rows = unit_rows(np.atleast_2d(queries), self._encoder.dimension, "queries")
        found: list[tuple[list[int], list[float], list[str]]] = []
        with self._asked():
            for start in range(0, len(rows), QUERIES_TOGETHER):
                found += self._nearest(rows[start : start + QUERIES_TOGETHER], top)
        indices, distances, names = zip(*found, strict=True)
        return Matches(np.array(indices), np.array(distances), tuple(tuple(own) for own in names))

    def _nearest(self, queries: NDArray[np.float32], top: int) -> list[tuple[list[int], list[float], list[str]]]:
        from qdrant_client import models

        # The embedded mode is always exact, and warns when told to be.
        exact = models.SearchParams(exact=True) if _is_server(self._where) else None
        requests = [
            models.QueryRequest(
                query=query.tolist(), limit=top + MARGIN, params=exact, with_payload=True, with_vector=True
            )
            for query in queries
        ]
        answers = self._client.query_batch_points(self._collection, requests)
        return [_settled(query, answer.points, top) for query, answer in zip(queries, answers, strict=True)]

    def _exists(self) -> bool:
        return bool(self._client.collection_exists(self._collection))

    def _create(self, dimension: int) -> None:
        from qdrant_client import models

        if not self._exists():
            vectors = models.VectorParams(size=dimension, distance=models.Distance.EUCLID)
            self._client.create_collection(self._collection, vectors_config=vectors)

    def _check_encoder(self) -> None:
        points = self._client.scroll(self._collection, limit=1)[0] if self._exists() else []
        made_by = (points[0].payload or {}).get("encoder") if points else self._encoder.identity
        if made_by != self._encoder.identity:
            raise ModelError(
                f"a collection is searched with the model that built it, {made_by!r}, got {self._encoder.identity!r}: "
                f"{self._collection} at {self._where}"
            )

    def _send(self, gallery: Gallery, rows: dict[str, int]) -> None:
        from qdrant_client import models

        there = self._client.retrieve(self._collection, ids=list(rows), with_payload=True)
        known = {str(point.id): point.payload for point in there}
        payloads = {each: _payload(gallery, row) for each, row in rows.items()}
        points = [
            models.PointStruct(id=each, vector=gallery.vectors[row].tolist(), payload=payloads[each])
            for each, row in rows.items()
            if known.get(each) != payloads[each]
        ]
        if points:
            self._client.upsert(self._collection, points=points, wait=True)

    def _delete_all_but(self, kept: set[str]) -> None:
        offset, gone = None, []
        while True:
            points, offset = self._client.scroll(
                self._collection, limit=POINTS_TOGETHER, offset=offset, with_payload=False
            )
            gone += [point.id for point in points if str(point.id) not in kept]
            if offset is None:
                break
        for start in range(0, len(gone), POINTS_TOGETHER):
            self._client.delete(self._collection, points_selector=gone[start : start + POINTS_TOGETHER], wait=True)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Errors of the database as sentences of ours."""
        try:
            from qdrant_client.http.exceptions import ApiException
        except ImportError:
            raise InputError("a gallery in Qdrant needs qdrant-client, got none: pip install qdrant-client") from None
        try:
            yield
        except (ApiException, OSError) as error:
            raise DownloadError(f"a Qdrant server answers, got {_line(error)}: {self._where}") from error
        except (RuntimeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"a Qdrant collection can be opened and read, got {_line(error)}: {self._where}"
            ) from error


def _is_server(where: str) -> bool:
    return where.startswith(("http://", "https://"))


def _client(where: str) -> "QdrantClient":
    from qdrant_client import QdrantClient

    if _is_server(where):
        key = os.environ.get("QDRANT_API_KEY")
        return QdrantClient(url=where, api_key=key, timeout=60, check_compatibility=False)
    return QdrantClient(location=where) if where == ":memory:" else QdrantClient(path=where)


def _identifier(key: str) -> str:
    return str(uuid.UUID(hex=key[:32]))


def _payload(gallery: Gallery, row: int) -> dict[str, Any]:
    manifest = gallery.manifest
    return {"name": manifest.names[row], "sha256": manifest.hashes[row], "row": row, "encoder": manifest.encoder}


def _settled(query: NDArray[np.float32], points: list[Any], top: int) -> tuple[list[int], list[float], list[str]]:
    """Rows, distances and names of the `top` points, put in order by distances in float64."""
    vectors = np.array([point.vector for point in points], dtype=np.float32).reshape(-1, len(query))
    distances = np.linalg.norm(vectors - query.astype(np.float64), axis=1).tolist()
    rows = [int(point.payload["row"]) for point in points]
    order = sorted(range(len(points)), key=lambda place: (distances[place], rows[place]))[:top]
    names = [str(points[place].payload["name"]) for place in order]
    return [rows[place] for place in order], [distances[place] for place in order], names


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
