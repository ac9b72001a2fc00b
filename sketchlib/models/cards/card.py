"""`Card`: everything a checkpoint promises, read from and written to TOML."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path, PurePosixPath
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from sketchlib.categories import CLASS_LISTS
from sketchlib.errors import CheckpointError
from sketchlib.io.writing import write_file

_HERE = Path(__file__).resolve()
# A wheel carries the cards inside the package, the repository beside it.
CHECKPOINTS = next(
    (folder for folder in (_HERE.parents[2] / "checkpoints", _HERE.parents[3] / "checkpoints") if folder.is_dir()),
    _HERE.parents[3] / "checkpoints",
)
"""Where the cards that ship lie, with their weights: in the repository or in the installed package."""


@dataclass(frozen=True)
class Preprocessing:
    """What happens to a sketch before the network sees it.

    simplification: "quickdraw" (the canonical pipeline of sketchlib.simplify) or "none".
    canvas_side: pixels of the square raster; None for a network that reads strokes.
    line_width, softness: of the rendered line, in canvas units; 0 for a network that reads strokes.
    margin: paper left on each side of the sketch's long side, in canvas units.
    most_strokes: strokes that are read, the first ones; later ones are dropped. For a network that reads strokes.
    longest_stroke: points a stroke may have before it is thinned; None for no limit.
    polarity: "ink 1", the only one: ink is 1 and paper 0.
    """

    simplification: str
    canvas_side: int | None = None
    line_width: float = 0.0
    softness: float = 0.0
    margin: float = 0.0
    most_strokes: int = 196
    longest_stroke: int | None = None
    polarity: str = "ink 1"

    def __post_init__(self) -> None:
        if self.simplification not in ("quickdraw", "none"):
            raise CheckpointError(f'simplification is "quickdraw" or "none", got {self.simplification!r}')
        if self.canvas_side is not None and not (self.canvas_side > 0 and self.line_width > 0 and self.softness > 0):
            raise CheckpointError(f"a canvas has a side, a line width and a softness above 0, got {self}")
        if self.polarity != "ink 1":
            raise CheckpointError(f'polarity is "ink 1", got {self.polarity!r}')


@dataclass(frozen=True)
class WeightFile:
    """One file of tensors.

    file: its plain name, beside the card or in the Hub repository.
    sha256: of the whole file, 64 hexadecimal digits.
    bytes: its size, or None where the publisher states no exact one.
    """

    file: str
    sha256: str
    bytes: int | None = None

    def __post_init__(self) -> None:
        if PurePosixPath(self.file).name != self.file or "\\" in self.file:
            raise CheckpointError(f"a weight file is a plain file name, got {self.file!r}")
        if not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise CheckpointError(f"sha256 is 64 lower-case hexadecimal digits, got {self.sha256!r} for {self.file}")


@dataclass(frozen=True, kw_only=True)
class Graph(WeightFile):
    """The network in int8 for inputs of one size, an ONNX file beside the card.

    side: pixels of the square raster it reads.
    """

    side: int


@dataclass(frozen=True)
class Weights:
    """Where the tensors are.

    files: one, or the shards whose tensors together make the network.
    repository, revision: "owner/name" and full commit hash on the Hugging Face Hub, or both "".
    """

    files: tuple[WeightFile, ...]
    repository: str = ""
    revision: str = ""

    def __post_init__(self) -> None:
        if not self.files:
            raise CheckpointError("weights name at least one file, got none")
        if self.repository and not re.fullmatch(r"[0-9a-f]{40}", self.revision):
            raise CheckpointError(f"a Hub revision is a full commit hash (40 digits), got {self.revision!r}")


@dataclass(frozen=True)
class Data:
    """One data set the weights come from, and its terms."""

    name: str
    terms: str


@dataclass(frozen=True)
class Score:
    """A measured number and what made it.

    value: in the unit of its name (top1 and macro_top1 are fractions).
    command: the command that prints it again, or who reports it.
    seed, n: of the run, and the number of sketches; None where the source does not say.
    interval: 95% confidence interval of value, or None.
    """

    name: str
    value: float
    command: str
    data: str
    seed: int | None = None
    n: int | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Card:
    """A checkpoint's card.

    name, version: never reused; the card's file is <name>-v<version>.toml.
    builder: registry name of the network, e.g. "sketchxainet"; config: its arguments.
    classes: names in the order of the network's outputs; in TOML also the name of a list in sketchlib.categories.
    licence: of the weights. trained_on: the machine. paper: key in docs/papers.bib, or "".
    command: the shell command that trains or fetches the weights.
    graphs: what runs in the network's place where ONNX Runtime does: same numbers but for the rounding to int8.
    folder: where the card was read; not part of its value.
    """

    name: str
    version: int
    builder: str
    licence: str
    trained_on: str
    command: str
    classes: tuple[str, ...]
    config: dict[str, Any]
    preprocessing: Preprocessing
    weights: Weights
    paper: str = ""
    notes: str = ""
    data: tuple[Data, ...] = ()
    scores: tuple[Score, ...] = ()
    graphs: tuple[Graph, ...] = ()
    folder: Path | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """<name>-v<version>, what `sketchlib.models.load` takes."""
        return f"{self.name}-v{self.version}"


def read_card(path: str | Path) -> Card:
    """The card in a TOML file; CheckpointError names the file and the key that breaks a rule."""
    path = Path(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"a card is a TOML file, got no such file: {path}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CheckpointError(f"a card is a readable TOML file, got {error}: {path}") from None
    try:
        card: Card = _record(Card, _with_class_names(table), "")
    except CheckpointError as error:
        raise CheckpointError(f"{error} (in {path})") from None
    return replace(card, folder=path.resolve().parent)


def write_card(card: Card, path: str | Path) -> None:
    """Writes TOML that `read_card` reads back as an equal card; see `write_file`."""
    table = {key: value for key, value in asdict(card).items() if key != "folder"}
    named = [name for name, classes in CLASS_LISTS.items() if classes == card.classes]
    table["classes"] = named[0] if named else card.classes
    write_file(path, "\n".join([*_toml_lines(table), ""]))


def available(folder: Path = CHECKPOINTS) -> tuple[str, ...]:
    """Titles of the cards that ship, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml") if re.search(r"-v\d+$", path.stem)))


def recognisers(folder: Path = CHECKPOINTS) -> tuple[str, ...]:
    """Those of `available` that name classes: retrieval networks have none."""
    return tuple(title for title in available(folder) if read_card(folder / f"{title}.toml").classes)


def find_card(name: str | Path, folder: Path = CHECKPOINTS) -> Card:
    """A shipped card by title, or by name alone (its newest version), or any card by path; else CheckpointError."""
    if Path(name).suffix == ".toml":
        return read_card(name)
    titles = available(folder)
    versions = [title for title in titles if title.rpartition("-v")[0] == str(name)]
    newest = max(versions, key=lambda title: int(title.rpartition("-v")[2]), default=None)
    title = str(name) if str(name) in titles else newest
    if title is None:
        known = ", ".join(titles) or "none shipped"
        raise CheckpointError(f"a model is one of ({known}) or the path of a .toml card, got {str(name)!r}")
    return read_card(folder / f"{title}.toml")


def _with_class_names(table: Mapping[str, Any]) -> dict[str, Any]:
    classes = table.get("classes")
    if isinstance(classes, str) and classes not in CLASS_LISTS:
        raise CheckpointError(f"classes is a list of names or one of ({', '.join(CLASS_LISTS)}), got {classes!r}")
    return {**table, "classes": list(CLASS_LISTS[classes])} if isinstance(classes, str) else dict(table)


def _record(kind: type, table: Any, where: str) -> Any:
    if not isinstance(table, dict):
        raise CheckpointError(f"{where} is a table, got {table!r}")
    known = {each.name: each for each in fields(kind) if each.name != "folder"}
    required = {name for name, each in known.items() if each.default is MISSING}
    place = f"[{where}]" if where else "the card"
    for problem, names in (("misses", required - set(table)), ("does not know", set(table) - set(known))):
        if names:
            raise CheckpointError(f"{place} {problem} the key {', '.join(sorted(names))}: it has {', '.join(known)}")
    hints = get_type_hints(kind)
    prefix = f"{where}." if where else ""
    return kind(**{name: _value(hints[name], value, prefix + name) for name, value in table.items()})


def _value(kind: Any, value: Any, where: str) -> Any:
    arguments = get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, value, where)
    if get_origin(kind) is UnionType:
        return _value(arguments[0], value, where)
    if get_origin(kind) is tuple and isinstance(value, list):
        kinds = [arguments[0]] * len(value) if arguments[-1] is Ellipsis else list(arguments)
        if len(kinds) == len(value):
            return tuple(_value(each, item, where) for each, item in zip(kinds, value, strict=True))
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not (get_origin(kind) or kind):
        raise CheckpointError(f"{where} is {getattr(kind, '__name__', kind)}, got {value!r}")
    return value


def _toml_lines(table: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    nested = {key: value for key, value in table.items() if isinstance(value, dict) or _holds_tables(value)}
    for key, value in table.items():
        if key not in nested and value is not None:
            yield f"{_toml_key(key)} = {_toml(value)}"
    for key, value in nested.items():
        brackets = "[{}]" if isinstance(value, dict) else "[[{}]]"
        for each in [value] if isinstance(value, dict) else value:
            yield ""
            yield brackets.format(prefix + _toml_key(key))
            yield from _toml_lines(each, f"{prefix}{_toml_key(key)}.")


def _holds_tables(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and bool(value) and all(isinstance(each, dict) for each in value)


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)


def _toml(value: Any) -> str:
    if isinstance(value, str):
        # JSON's escapes are TOML's, but TOML also wants DEL escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        rows = [", ".join(map(_toml, value[start : start + 8])) for start in range(0, len(value), 8)]
        return f"[{rows[0] if rows else ''}]" if len(rows) < 2 else "[\n  " + ",\n  ".join(rows) + ",\n]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml_key(key)} = {_toml(each)}" for key, each in value.items()) + "}"
    return repr(value)
