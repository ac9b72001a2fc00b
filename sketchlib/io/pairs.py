"""Sketches of photos: a folder with `photo/` and `*.ndjson.gz`, one record {"photo", "key", "drawing"} a line."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sketchlib.errors import FormatError, InputError
from sketchlib.io.files import numbered_records
from sketchlib.io.limits import placed
from sketchlib.io.quickdraw import from_quickdraw
from sketchlib.sketch import Sketch


@dataclass(frozen=True, eq=False)
class Pairs:
    """photos: files, sorted by name. sketches: their drawings. photo_of: for each sketch the index of its photo."""

    photos: tuple[Path, ...]
    sketches: tuple[Sketch, ...]
    photo_of: tuple[int, ...]

    def of(self, kept: Sequence[int]) -> "Pairs":
        """These photos only, in this order, with their sketches."""
        place = {photo: number for number, photo in enumerate(kept)}
        chosen = [number for number, photo in enumerate(self.photo_of) if photo in place]
        photos = tuple(self.photos[photo] for photo in kept)
        return Pairs(photos, tuple(self.sketches[i] for i in chosen), tuple(place[self.photo_of[i]] for i in chosen))


def read_pairs(folder: str | Path) -> Pairs:
    """All photos that have a sketch, with their sketches; coordinates 0..255 become canvas units.

    Raises InputError where the folder holds no such files, FormatError naming the line of a bad record.
    """
    folder = Path(folder)
    files = sorted(folder.glob("*.ndjson.gz"))
    if not files or not (folder / "photo").is_dir():
        raise InputError(
            f"sketches of photos lie in a folder with photo/ and *.ndjson.gz, got neither or one: {folder}"
        )
    records = [record for file in files for record in _records(file)]
    names = sorted({name for name, _ in records})
    missing = [name for name in names if not (folder / "photo" / name).is_file()]
    if missing:
        raise InputError(
            f"each sketch names a photo of photo/, got {missing[0]!r}, one of {len(missing)} missing: {folder}"
        )
    place = {name: number for number, name in enumerate(names)}
    photos = tuple(folder / "photo" / name for name in names)
    return Pairs(photos, tuple(sketch for _, sketch in records), tuple(place[name] for name, _ in records))


def joined_pairs(every: Sequence[Pairs]) -> Pairs:
    """All of them, one after the other."""
    photos: list[Path] = []
    sketches: list[Sketch] = []
    photo_of: list[int] = []
    for pairs in every:
        photo_of += [len(photos) + photo for photo in pairs.photo_of]
        photos += pairs.photos
        sketches += pairs.sketches
    return Pairs(tuple(photos), tuple(sketches), tuple(photo_of))


def split_pairs(pairs: Pairs, held_out: int) -> tuple[Pairs, Pairs]:
    """(to train on, held out): by photo, the `held_out` names with the smallest SHA-256."""
    if not 0 < held_out < len(pairs.photos):
        raise InputError(f"at least one photo is held out and one is left, got {held_out} of {len(pairs.photos)}")
    order = sorted(range(len(pairs.photos)), key=lambda i: hashlib.sha256(pairs.photos[i].name.encode()).digest())
    return pairs.of(sorted(order[held_out:])), pairs.of(sorted(order[:held_out]))


def _records(file: Path) -> Iterator[tuple[str, Sketch]]:
    for number, record in numbered_records(file):
        with placed(f"{file.name}, line {number}"):
            name, sketch = record.get("photo"), from_quickdraw(record)
            if not isinstance(name, str) or Path(name).name != name:
                raise FormatError(f"a photo is named by its file alone, got {name!r}")
        if len(sketch):
            yield name, sketch
