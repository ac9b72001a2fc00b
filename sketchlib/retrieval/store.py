"""A gallery's folder: what is in it, how it is replaced as a whole, and who may write.

gallery.json             format, encoder, the photos' names, SHA-256 and thumbnail sizes, duplicates, problems
vectors-<key>.npy        (photos, dimension) float32, in the order of the names
thumbnails-<key>.bin     JPEGs one after the other, in the same order
journal                  what a build that has not ended has embedded
lock                     held while a build runs

The key is made from the encoder and the photos' contents, so files of one name hold the same; gallery.json, which is
replaced in one step, says which of them are the gallery.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import FormatError, InputError
from sketchlib.io.limits import brief
from sketchlib.io.writing import write_file, written_whole
from sketchlib.retrieval.journal import Journal
from sketchlib.retrieval.search import Vectors

FORMAT = "strokescope gallery 1"
MANIFEST, JOURNAL, LOCK = "gallery.json", "journal", "lock"


@dataclass(frozen=True)
class Problem:
    """A photo that could not be taken, and a sentence that says why."""

    name: str
    sentence: str


@dataclass(frozen=True)
class Manifest:
    """What gallery.json says.

    encoder: identity of what made the vectors. dimension: their length.
    names, hashes: of each photo, in the order of the vectors; hashes are hexadecimal SHA-256 of the content.
    duplicates: (name, name of the photo of the same content that was kept).
    """

    encoder: str
    dimension: int
    names: tuple[str, ...]
    hashes: tuple[str, ...]
    duplicates: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]

    @property
    def key(self) -> str:
        """Names the files that hold these contents."""
        return hashlib.sha256("\n".join([self.encoder, *self.hashes]).encode()).hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class Contents:
    """The arrays of a gallery, in memory or mapped from its files.

    vectors: (photos, dimension). thumbnails: bytes of all JPEGs. ends: (photos,) one past each JPEG's last byte.
    """

    vectors: Vectors
    thumbnails: NDArray[np.uint8]
    ends: NDArray[np.int64]

    def row(self, index: int) -> tuple[Vectors, bytes]:
        """Vector and thumbnail of one photo."""
        start = int(self.ends[index - 1]) if index else 0
        return self.vectors[index], self.thumbnails[start : int(self.ends[index])].tobytes()


def in_memory(rows: Iterable[tuple[Vectors, bytes]]) -> Contents:
    """The arrays of vectors and thumbnails, of which there is at least one."""
    vectors, thumbnails = zip(*rows, strict=True)
    ends = np.cumsum([len(each) for each in thumbnails], dtype=np.int64)
    return Contents(np.array(vectors), np.frombuffer(b"".join(thumbnails), np.uint8), ends)


def read_gallery(folder: Path) -> tuple[Manifest, Contents]:
    """What a folder holds, arrays mapped. Raises FormatError where it is no gallery, or a damaged one."""
    manifest, ends = _read_manifest(folder)
    while True:
        try:
            return manifest, _read_contents(folder, manifest, ends)
        except FormatError:
            # A build may have replaced it between reading its manifest and opening its arrays.
            earlier, (manifest, ends) = manifest, _read_manifest(folder)
            if manifest.key == earlier.key:
                raise


def write_gallery(folder: Path, manifest: Manifest, rows: Iterable[tuple[Vectors, bytes]]) -> None:
    """Puts a gallery in place of what the folder holds, one row in memory at a time."""
    ends, files = [0], _files(folder, manifest)
    with written_whole(files[0]) as vectors, written_whole(files[1]) as thumbnails:
        header = {"descr": "<f4", "fortran_order": False, "shape": (len(manifest.names), manifest.dimension)}
        np.lib.format.write_array_header_1_0(vectors, header)
        for vector, thumbnail in rows:
            vectors.write(vector.astype("<f4").tobytes())
            thumbnails.write(thumbnail)
            ends.append(ends[-1] + len(thumbnail))
    write_manifest(folder, manifest, np.array(ends[1:]))


def write_manifest(folder: Path, manifest: Manifest, ends: NDArray[np.int64]) -> None:
    """Says what the gallery is, and removes what it no longer is."""
    table = {"format": FORMAT, **asdict(manifest), "thumbnail_ends": ends.tolist()}
    write_file(folder / MANIFEST, json.dumps(table, indent=0))
    kept = {file.name for file in _files(folder, manifest)} | {MANIFEST, LOCK}
    for path in folder.iterdir():
        if _is_ours(path.name) and path.name not in kept:
            # Windows keeps files that another process has mapped; the next build removes them.
            with suppress(OSError):
                path.unlink()


@contextmanager
def building(folder: Path | None, encoder: str, dimension: int) -> Iterator[Journal]:
    """The journal of a build into the folder, or into memory; until the block ends, nobody else builds there.

    Raises InputError for a folder of something else, one that cannot be written (also later), and one at work.
    """
    if folder is None:
        yield Journal(io.BytesIO(), encoder, dimension)
        return
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_ours(folder)
        with FileLock(folder / LOCK, timeout=0), (folder / JOURNAL).open("a+b") as stream:
            yield Journal(stream, encoder, dimension)
    except Timeout:
        raise InputError(f"a gallery is built by one process at a time, got another at work: {folder}") from None
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"a gallery is written to a folder with room in it, got {reason}: {folder}") from None


def _check_ours(folder: Path) -> None:
    strange = [path.name for path in folder.iterdir() if not _is_ours(path.name)]
    if strange and not (folder / MANIFEST).is_file():
        raise InputError(f"a gallery is written to a new folder or over a gallery, got {strange[0]!r} in it: {folder}")


def _is_ours(name: str) -> bool:
    plain = name.removeprefix(".")
    return name in (JOURNAL, LOCK) or plain.startswith(("vectors-", "thumbnails-", MANIFEST))


def _files(folder: Path, manifest: Manifest) -> tuple[Path, Path]:
    return folder / f"vectors-{manifest.key}.npy", folder / f"thumbnails-{manifest.key}.bin"


def _read_manifest(folder: Path) -> tuple[Manifest, NDArray[np.int64]]:
    file = folder / MANIFEST
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(table, dict) and table.get("format") == FORMAT:
            return _manifest(table)
    except OSError as error:
        raise FormatError(f"a gallery is a folder with a {MANIFEST}, got {error.strerror}: {folder}") from None
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        reason = f"{type(error).__name__}: {brief(error)}"
        raise FormatError(f"a {MANIFEST} is as a build wrote it, got a damaged one ({reason}): {folder}") from None
    raise FormatError(f"a gallery's format is {FORMAT!r}, got another file: {file}")


def _manifest(table: dict[str, Any]) -> tuple[Manifest, NDArray[np.int64]]:
    manifest = Manifest(
        str(table["encoder"]),
        int(table["dimension"]),
        tuple(map(str, table["names"])),
        tuple(map(str, table["hashes"])),
        tuple((str(name), str(kept)) for name, kept in table["duplicates"]),
        tuple(Problem(**each) for each in table["problems"]),
    )
    ends = np.array(table["thumbnail_ends"], dtype=np.int64)
    if not len(manifest.names) == len(manifest.hashes) == len(ends) > 0 or np.any(np.diff(ends, prepend=0) < 0):
        raise ValueError("lists of one length and growing ends")
    return manifest, ends


def _read_contents(folder: Path, manifest: Manifest, ends: NDArray[np.int64]) -> Contents:
    files = _files(folder, manifest)
    try:
        vectors = np.load(files[0], mmap_mode="r", allow_pickle=False).view(np.ndarray)
        thumbnails = np.memmap(files[1], dtype=np.uint8, mode="r").view(np.ndarray)
    except (OSError, ValueError, EOFError) as error:
        raise FormatError(f"a gallery's arrays are readable, got {error}: {folder}") from None
    shape = (len(manifest.names), manifest.dimension)
    if vectors.dtype != np.float32 or vectors.shape != shape or thumbnails.shape != (ends[-1],):
        raise FormatError(f"a gallery's vectors are float32 of {shape}, got {vectors.dtype} {vectors.shape}: {folder}")
    return Contents(vectors, thumbnails, ends)
