""".npy and .npz files: plain arrays, and the object arrays of the published sketch-rnn files without running pickle.

The published .npz files hold "train", "valid" and "test", each an object array of (n, 3) int16 arrays, which numpy
stores as a pickle. Nothing in a pickle is executed here: the unpickler knows four names, all stand-ins that record
their arguments, and the arrays are built afterwards from their raw bytes.
"""

import io
import pickle
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from sketchlib.errors import FormatError
from sketchlib.io.limits import MAXIMUM_ARCHIVE_BYTES, MAXIMUM_LINE_BYTES, brief, placed, read_bounded

Rows = NDArray[Any]

PARTS = ("train", "valid", "test")
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What Python raises for a damaged zip."""


def read_archive(path: str | Path, parts: Sequence[str] | None = None) -> Iterator[Rows]:
    """The row arrays of an .npz in file order: stroke-3 as published, or plain numeric arrays.

    parts: the members to read, such as ("train",); default all. A member of shape (sketches, rows, columns) gives one
    array per sketch. Raises FormatError naming file and member: damaged, too large, or a pickle of anything but arrays.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                name = info.filename.removesuffix(".npy")
                if parts is None or name in parts:
                    with placed(f"{path.name}, {name}"):
                        arrays = parse_npy(read_member(archive, info, MAXIMUM_ARCHIVE_BYTES))
                    yield from arrays
    except ZIP_ERRORS as error:
        raise FormatError(f"{path.name}: not a readable .npz file ({brief(error)})") from error
    except OSError as error:
        raise FormatError(f"{path.name}: cannot be read ({error.strerror or error})") from error


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, maximum: int) -> bytes:
    """One member of a zip, at most `maximum` bytes. Raises FormatError, or one of ZIP_ERRORS where it is damaged."""
    # Python unpacks bzip2 and LZMA without a bound, whatever number of bytes is asked for.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FormatError(f"a zip's members are stored or deflated, got compression method {info.compress_type}")
    if info.flag_bits & 1:
        raise FormatError("a zip's members are not encrypted, got one with a password")
    with archive.open(info) as member:
        return read_bounded(member, maximum)


def read_npy(path: str | Path) -> list[Rows]:
    """The row arrays of one .npy file. Raises FormatError naming the file."""
    path = Path(path)
    with placed(path.name):
        try:
            with path.open("rb") as file:
                return parse_npy(read_bounded(file, MAXIMUM_LINE_BYTES))
        except OSError as error:
            raise FormatError(f"cannot be read ({error.strerror or error})") from error


def parse_npy(data: bytes) -> list[Rows]:
    """The bytes of one .npy -> its arrays of rows. Raises FormatError."""
    file = io.BytesIO(data)
    shape, fortran, kind = _header(file)
    if kind.hasobject:
        return _unpickled(file)
    if kind.kind not in "iuf" or len(shape) not in (2, 3):
        raise FormatError(f"strokes are rows of numbers, got {kind} of shape {shape}")
    rows = _from_bytes(data[file.tell() :], kind, shape, fortran)
    return list(rows) if rows.ndim == 3 else [rows]


def _header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    try:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            return np.lib.format.read_array_header_1_0(file)
        return np.lib.format.read_array_header_2_0(file)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError, tokenize.TokenError) as error:
        raise FormatError(f"not a readable .npy header ({brief(error)})") from error


def _from_bytes(body: bytes, kind: np.dtype[Any], shape: tuple[int, ...], fortran: bool) -> Rows:
    if any(side < 0 for side in shape) or int(np.prod(shape, dtype=object)) * kind.itemsize != len(body):
        raise FormatError(f"an array of shape {shape} and type {kind} has other than {len(body):,} bytes of data")
    return np.frombuffer(body, dtype=kind).reshape(shape, order="F" if fortran else "C")


class _Kind:
    """Stand-in for numpy.dtype: its code and byte order, as pickled."""

    def __init__(self, code: object = "", *_: object) -> None:
        self.code, self.order = code, "|"

    def __setstate__(self, state: Any) -> None:
        self.order = state[1]

    def resolve(self) -> np.dtype[Any]:
        """The number type it names; only plain numbers are allowed."""
        code = self.code.decode("ascii", "replace") if isinstance(self.code, bytes) else self.code
        if code not in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "f2", "f4", "f8") or self.order not in "<>|=":
            raise FormatError(f"pickled arrays are plain numbers, got type {code!r}")
        return np.dtype(self.order + code)


class _Pickled:
    """Stand-in for a pickled numpy.ndarray: its state, unread."""

    state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


def _reconstruct(*_: object) -> _Pickled:
    return _Pickled()


def _encode(text: object, *_: object) -> bytes:
    if not isinstance(text, str):
        raise FormatError("a pickled array has bytes for data, got something else")
    return text.encode("latin-1")


_NAMES = {
    ("numpy", "ndarray"): _Pickled,
    ("numpy", "dtype"): _Kind,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("_codecs", "encode"): _encode,
}


class _ArrayUnpickler(pickle.Unpickler):
    """Knows the names numpy writes for arrays, as stand-ins, and no other."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _NAMES:
            raise FormatError(f"a pickle in a sketch file holds arrays only, got {module}.{name}: refused")
        return _NAMES[module, name]


def _unpickled(file: BinaryIO) -> list[Rows]:
    try:
        outer = _ArrayUnpickler(file, encoding="latin1").load()
        items = outer.state[4]
        if not isinstance(items, list):
            raise FormatError("a pickled member is a list of arrays, got something else")
        return [_built(item) for item in items]
    except FormatError:
        raise
    # A hostile pickle can make the unpickler raise anything, and none of it is worth more than this sentence.
    except Exception as error:
        raise FormatError(f"the pickled arrays are damaged ({type(error).__name__})") from error


def _built(item: Any) -> Rows:
    _, shape, kind, fortran, body = item.state
    data = body.encode("latin-1") if isinstance(body, str) else body
    rows = _from_bytes(data, kind.resolve(), shape, bool(fortran))
    if rows.ndim != 2:
        raise FormatError(f"strokes are rows of numbers, got shape {shape}")
    return rows
