"""Where a gallery's photos come from: folders, files, zips, arrays."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from sketchlib.errors import InputError
from sketchlib.io.limits import MAXIMUM_PHOTO_BYTES, file_bytes
from sketchlib.io.photo_archives import open_archive
from sketchlib.io.photos import SUFFIXES, Photo, PhotoFile, check_name

PhotoSource = str | Path | bytes | Sequence[str | Path] | Mapping[str, Photo]
"""A folder, a zip (path or bytes), one photo, several of these; or pixels by name."""


@contextmanager
def listed(source: PhotoSource) -> Iterator[list[PhotoFile]]:
    """The photos of a source, readable until the block ends.

    A folder is searched with its subfolders, hidden ones left out; where it has a folder `photo`, that one is meant,
    as in the ChairV2 data. A photo's name is its path below the folder, its place in the zip, or the file's name.
    Raises InputError for a path that does not exist or is neither a folder, a zip nor a photo by its suffix.
    """
    with ExitStack() as stack:
        if isinstance(source, Mapping):
            yield [PhotoFile(name, partial(_same, pixels)) for name, pixels in source.items()]
        elif isinstance(source, bytes):
            yield stack.enter_context(open_archive(source))
        else:
            paths = [Path(source)] if isinstance(source, str | Path) else [Path(path) for path in source]
            yield [photo for path in paths for photo in _photos(path, stack)]


def _same(pixels: Photo) -> Photo:
    return pixels


def _photos(path: Path, stack: ExitStack) -> list[PhotoFile]:
    if path.is_dir():
        folder = path / "photo" if (path / "photo").is_dir() else path
        return [_file(found, folder) for found in _found(folder)]
    if not path.is_file():
        raise InputError(f"a photo, a zip or a folder is there to be read, got none: {path}")
    if path.suffix.lower() == ".zip":
        return stack.enter_context(open_archive(path))
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"photos have one of the suffixes {', '.join(SUFFIXES)} or come in a .zip, got {path}")
    return [_file(path, path.parent)]


def _found(folder: Path) -> list[Path]:
    """Every photo by suffix below a folder, in the order of their paths."""
    found = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in files if not name.startswith(".")]
    return sorted(path for path in found if path.suffix.lower() in SUFFIXES and path.is_file())


def _file(path: Path, folder: Path) -> PhotoFile:
    name = path.relative_to(folder).as_posix()
    return PhotoFile(name if name.isprintable() else ascii(name), partial(_read, path, name))


def _read(path: Path, name: str) -> bytes:
    check_name(name)
    return file_bytes(path, MAXIMUM_PHOTO_BYTES)
