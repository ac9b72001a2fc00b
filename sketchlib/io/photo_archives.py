"""Zip files of photos, such as a visitor uploads: nothing is unpacked to disk, and a bad member spoils no other."""

import io
import stat
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from sketchlib.errors import FormatError
from sketchlib.io.archives import ZIP_ERRORS, read_member
from sketchlib.io.limits import MAXIMUM_PHOTO_BYTES, brief, placed
from sketchlib.io.photos import SUFFIXES, PhotoFile, check_name

NESTED = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
IGNORED = ("thumbs.db", "desktop.ini")
_DIRECTORY_ENTRY = b"PK\x01\x02"


@dataclass(frozen=True)
class ArchiveLimits:
    """What a zip may hold.

    members: its files and folders; a zip with more is refused as a whole.
    total_bytes: of its photos, unpacked, added up in its order; a photo that goes beyond is refused.
    ratio: unpacked to packed bytes of a photo larger than a tenth of MAXIMUM_PHOTO_BYTES.
    """

    members: int = 100_000
    total_bytes: int = 2_000_000_000
    ratio: int = 200


@contextmanager
def open_archive(source: str | Path | bytes, limits: ArchiveLimits | None = None) -> Iterator[list[PhotoFile]]:
    """The photos of a zip (a path, or its bytes) in its own order, readable until the block ends.

    Folders, hidden files and what operating systems add are passed over. A member that may not be read says why when
    it is read: a FormatError for other suffixes, archives inside, links, names that leave the folder or cannot be
    printed, passwords, damage, and sizes beyond the limits. Raises FormatError, with the file's name, for no zip at
    all and for too many members.
    """
    limits = limits or ArchiveLimits()
    with ExitStack() as stack:
        with placed("the zip" if isinstance(source, bytes) else Path(source).name):
            archive = _opened(source, limits, stack)
        yield list(_listed(archive, limits))


def _opened(source: str | Path | bytes, limits: ArchiveLimits, stack: ExitStack) -> zipfile.ZipFile:
    try:
        stream = stack.enter_context(_stream(source))
        # Counted before Python makes an object of each.
        members = _count(stream, _DIRECTORY_ENTRY)
        if members > limits.members:
            raise FormatError(f"a zip has at most {limits.members:,} members, got {members:,}")
        return stack.enter_context(zipfile.ZipFile(stream))
    except FormatError:
        raise
    except (*ZIP_ERRORS, ValueError) as error:
        raise FormatError(f"not a readable zip file ({brief(error)})") from error
    except OSError as error:
        raise FormatError(f"cannot be read ({error.strerror or error})") from error


def _stream(source: str | Path | bytes) -> BinaryIO:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    return Path(source).open("rb")


def _count(stream: BinaryIO, mark: bytes, chunk: int = 1 << 20) -> int:
    """How often the mark occurs in a file, which is left at its start."""
    found, tail = 0, b""
    while data := stream.read(chunk):
        data = tail + data
        found += data.count(mark)
        tail = data[1 - len(mark) :]
    stream.seek(0)
    return found


def _listed(archive: zipfile.ZipFile, limits: ArchiveLimits) -> Iterator[PhotoFile]:
    left = limits.total_bytes
    for info in archive.infolist():
        if _is_passed_over(info.filename):
            continue
        name = info.filename if info.filename.isprintable() else ascii(info.filename)
        try:
            _check_place(info)
            _check_sizes(info, limits, left)
        except FormatError as error:
            yield PhotoFile(name, partial(_refuse, error))
        else:
            left -= info.file_size
            yield PhotoFile(name, partial(_read, archive, info))


def _is_passed_over(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    hidden = any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in parts)
    return name.endswith("/") or hidden or parts[-1].lower() in IGNORED


def _refuse(error: FormatError) -> bytes:
    raise error


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        return read_member(archive, info, MAXIMUM_PHOTO_BYTES)
    except FormatError:
        raise
    except (*ZIP_ERRORS, OSError, ValueError) as error:
        raise FormatError(f"a member of a zip is whole, got a damaged one ({brief(error)})") from error


def _check_place(info: zipfile.ZipInfo) -> None:
    check_name(info.filename)
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if ".." in path.parts or path.is_absolute() or path.as_posix()[1:2] == ":":
        raise FormatError("a member of a zip stays in its folder, got a name that leads out of it")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise FormatError("a member of a zip is a file, got a link")
    suffix = path.suffix.lower()
    if suffix in NESTED:
        raise FormatError("a zip of photos holds no other archives, got one")
    if suffix not in SUFFIXES:
        raise FormatError(f"a photo's suffix is one of {', '.join(SUFFIXES)}, got {suffix!r}")


def _check_sizes(info: zipfile.ZipInfo, limits: ArchiveLimits, left: int) -> None:
    if info.file_size > MAXIMUM_PHOTO_BYTES:
        raise FormatError(f"a photo has at most {MAXIMUM_PHOTO_BYTES:,} bytes, got {info.file_size:,}")
    if info.file_size > left:
        raise FormatError(f"the photos of a zip have at most {limits.total_bytes:,} bytes in all, got more")
    if info.file_size > MAXIMUM_PHOTO_BYTES // 10 and info.file_size > limits.ratio * info.compress_size:
        raise FormatError(f"a member unpacks to at most {limits.ratio} times its size, got more")
