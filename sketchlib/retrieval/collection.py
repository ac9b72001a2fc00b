"""The reading of a gallery's photos: what is new is embedded, what is known is not, what is bad is named."""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from sketchlib.errors import InputError, ModelError
from sketchlib.io.photos import Photo, PhotoFile, as_photo, thumbnail
from sketchlib.retrieval.encoders import PhotoEncoder
from sketchlib.retrieval.journal import Journal
from sketchlib.retrieval.search import unit_rows
from sketchlib.retrieval.store import Manifest, Problem

PHOTOS_TOGETHER, PIXELS_TOGETHER = 32, 1 << 24
"""What is embedded as one batch, and lost when a build is killed: whichever is reached first."""

Progress = Callable[[int, int], None]
"""Told after every photo how many are done, of how many."""


class Collection:
    """The photos of a build; their vectors and thumbnails go into the journal, but for those of `known` hashes."""

    def __init__(self, encoder: PhotoEncoder, journal: Journal, known: Iterable[str]) -> None:
        self.journal = journal
        self._encoder, self._known = encoder, set(known)
        self._hashes: dict[str, str] = {}
        self._kept: dict[str, str] = {}
        self._duplicates: dict[str, str] = {}
        self._problems: list[Problem] = []
        self._waiting: dict[str, Photo] = {}

    def collect(self, files: Sequence[PhotoFile], progress: Progress | None, at_most: int | None) -> None:
        """Reads the first at_most files, and embeds what is new among them."""
        taken = files[:at_most]
        for done, file in enumerate(taken, start=1):
            try:
                self._take(file)
            except InputError as error:
                self._problems.append(Problem(file.name, str(error)))
            if len(self._waiting) >= PHOTOS_TOGETHER or sum(map(_pixels, self._waiting.values())) >= PIXELS_TOGETHER:
                self._embed()
            if progress is not None:
                progress(done, len(taken))
        self._embed()
        if len(files) > len(taken):
            sentence = f"a gallery here has at most {at_most:,} photos, got {len(files):,}: from this one on, left out"
            self._problems.append(Problem(files[len(taken)].name, sentence))

    def manifest(self) -> Manifest:
        """What has been collected. Raises InputError when that is nothing."""
        if not self._hashes:
            first = f"; the first: {self._problems[0].name}: {self._problems[0].sentence}" if self._problems else ""
            raise InputError(f"a gallery holds at least one photo, got none that can be read{first}")
        names, hashes = tuple(self._hashes), tuple(self._hashes.values())
        duplicates, problems = tuple(self._duplicates.items()), tuple(self._problems)
        return Manifest(self._encoder.identity, self._encoder.dimension, names, hashes, duplicates, problems)

    def _take(self, file: PhotoFile) -> None:
        content = file.read()
        key, name = _content_hash(content), self._free_name(file.name)
        if key in self._kept:
            self._duplicates[name] = self._kept[key]
            return
        if key not in self._known and bytes.fromhex(key) not in self.journal:
            self._waiting[key] = as_photo(content)
        self._kept[key], self._hashes[name] = name, key

    def _free_name(self, name: str) -> str:
        """The name, numbered where photos from two places share it."""
        free, number = name, 1
        while free in self._hashes or free in self._duplicates:
            number += 1
            free = f"{name} ({number})"
        return free

    def _embed(self) -> None:
        if not self._waiting:
            return
        found = self._encoder.embed_photos(list(self._waiting.values()))
        if len(found) != len(self._waiting):
            raise ModelError(f"an encoder gives one vector a photo, got {len(found)} for {len(self._waiting)}")
        vectors = unit_rows(found, self._encoder.dimension, "an encoder's vectors", ModelError)
        for (key, photo), vector in zip(self._waiting.items(), vectors, strict=True):
            self.journal.add(bytes.fromhex(key), vector, thumbnail(photo))
        self.journal.flush()
        self._waiting.clear()


def _pixels(photo: Photo) -> int:
    return photo.size // 3


def _content_hash(content: bytes | Photo) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha256(f"pixels {content.dtype} {content.shape}\n".encode() + content.tobytes()).hexdigest()
