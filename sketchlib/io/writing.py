"""Files that appear whole: what is written beside its place takes the place once all of it is on disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sketchlib.errors import InputError


def write_file(path: str | Path, content: str | bytes) -> None:
    """The whole content, text as UTF-8, in the file at `path`; see `written_whole`."""
    with written_whole(path) as stream:
        stream.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def written_whole(path: str | Path) -> Iterator[BinaryIO]:
    """A stream whose content is at `path` once the block ends well; otherwise what was there before stays.

    A kill at any moment leaves the one or the other, and maybe what `partials` gives. The folder is made where it is
    missing; a pipe or a device is written to as it is. Raises InputError where there is no room or no permission.
    """
    path = Path(path)
    with room_for(path):
        place = path.resolve()
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists() and not place.is_file():
            with place.open("wb") as stream:
                yield stream
            return
        partial = place.with_name(f".{place.name}.{os.getpid()}.partial")
        try:
            with partial.open("wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(partial, place)
        finally:
            partial.unlink(missing_ok=True)


def partials(path: Path) -> list[Path]:
    """What killed processes left of a file they were writing; where one still writes, its own is among them."""
    return sorted(each for each in path.parent.glob(".*.partial") if each.name.startswith(f".{path.name}."))


@contextmanager
def room_for(path: str | Path) -> Iterator[None]:
    """An OSError inside the block, which only writes there, becomes an InputError of one sentence."""
    try:
        yield
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"a file is written into a folder, got a file in the folder's place: {path}") from None
    except OSError as error:
        rule = "a file is written where there is room and permission"
        raise InputError(f"{rule}, got {error.strerror or error}: {path}") from None
