"""Training data from what is on disk: folders <path>/{train,val}/<category>.ndjson(.gz), or a packed store."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sketchlib.data.collection import SketchArrays, collect
from sketchlib.data.store import SketchStore, is_store
from sketchlib.errors import FormatError
from sketchlib.io import read_records, read_sketches
from sketchlib.simplify import canonical
from sketchlib.sketch import Sketch


def training_data(
    paths: Sequence[str | Path], at_least: int = 1, categories: Sequence[str] = ()
) -> tuple[SketchArrays, SketchArrays]:
    """The train and the validation split of one store, or of folders taken together.

    at_least: leave out categories with fewer training sketches (of folders; a store is taken whole).
    categories: take these alone. Classes are sorted case-insensitively.
    Raises FormatError for a missing split or category.
    """
    if len(paths) == 1 and is_store(paths[0]):
        if categories:
            raise FormatError(f"a store is trained on as a whole: pack one of these categories alone, got {paths[0]}")
        return SketchStore(paths[0], "train"), SketchStore(paths[0], "valid")
    counts = count_categories(paths)
    missing = [name for name in categories if not counts[name]]
    if missing:
        raise FormatError(f"a category has training sketches, got none of {', '.join(missing)}: {_listed(paths)}")
    if not categories and at_least > max(counts.values()):
        raise FormatError(f"a category has at least {at_least} training sketches, got {max(counts.values())} at most")
    kept = categories or [name for name, count in counts.items() if count >= at_least]
    classes = sorted(kept, key=str.lower)
    train, validation = (collect(_of_classes(paths, split, classes), classes) for split in ("train", "val"))
    return train, validation


def count_categories(paths: Sequence[str | Path], split: str = "train") -> Counter[str]:
    """Sketches of each category in a split of some folders; the category is the file's name."""
    counts: Counter[str] = Counter()
    for file in _files(paths, split):
        counts[_category(file)] += sum(1 for _ in read_records(file))
    return counts


def simplified(sketches: Iterable[Sketch]) -> Iterator[Sketch]:
    """The canonical simplification of every sketch that has strokes; sketches without are left out."""
    return (canonical(sketch) for sketch in sketches if sketch.strokes)


def _of_classes(paths: Sequence[str | Path], split: str, classes: Sequence[str]) -> Iterator[Sketch]:
    from tqdm import tqdm

    files = [file for file in _files(paths, split) if _category(file) in set(classes)]
    for file in tqdm(files, desc=f"reading {split}", unit="file", disable=None):
        yield from simplified(read_sketches(file))


def _files(paths: Sequence[str | Path], split: str) -> list[Path]:
    found = [file for path in paths for file in sorted((Path(path) / split).glob("*.ndjson*"))]
    if not found:
        raise FormatError(f"training data is a store or a folder with {split}/<category>.ndjson.gz: {_listed(paths)}")
    return found


def _category(file: Path) -> str:
    return file.name.split(".")[0]


def _listed(paths: Sequence[str | Path]) -> str:
    return ", ".join(map(str, paths))
