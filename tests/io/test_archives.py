""".npy and .npz: what numpy writes is read, what a stranger pickles is not run."""

import io as streams
import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sketchlib import io
from sketchlib.errors import FormatError

ROWS = [np.array([[1, 2, 0], [3, 4, 1]], dtype=np.int16), np.array([[5, 6, 0], [-5, 7, 0], [9, 1, 1]], dtype=np.int16)]


def objects(arrays: list[np.ndarray]) -> np.ndarray:
    out = np.empty(len(arrays), dtype=object)
    out[:] = arrays
    return out


def npy_with_pickle(payload: bytes) -> bytes:
    """A .npy whose header announces one object and whose body is the payload."""
    file = streams.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|O", "fortran_order": False, "shape": (1,)})
    return file.getvalue() + payload


def archive_of(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return path


def published_pickle(array: np.ndarray) -> bytes:
    """One int16 array in a list, byte for byte as Python 2 pickled it: protocol 2, data as a text string."""
    raw = array.tobytes()
    short = pickle.SHORT_BINSTRING + bytes([len(raw)]) + raw
    inner = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01" + b"K" + bytes([array.shape[0]]) + b"K\x03\x86"
        b"cnumpy\ndtype\nU\x02i2K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"\x89" + short + b"tb"
    )
    return (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x01\x85cnumpy\ndtype\nU\x02O8K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb"
        b"\x89(" + inner + b"ltb."
    )


def same(found: list[np.ndarray], expected: list[np.ndarray]) -> bool:
    return len(found) == len(expected) and all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_object_arrays_as_numpy_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "cat.npz"
    np.savez_compressed(path, train=objects(ROWS), valid=objects(ROWS[1:]), test=objects(ROWS[:1]))
    assert same(list(io.read_archive(path)), [*ROWS, ROWS[1], ROWS[0]])
    assert same(list(io.read_archive(path, ["valid"])), ROWS[1:])
    sketches = list(io.read_sketches(path))
    assert [sketch.label for sketch in sketches] == ["cat"] * 4
    assert (sketches[0][0].points * 255.0).tolist() == pytest.approx(np.array([[1, 2], [4, 6]]))


@pytest.mark.parametrize("protocol", range(5))
def test_every_protocol_and_number_type(tmp_path: Path, protocol: int) -> None:
    for kind in ("<i2", ">i2", "<i4", "<f4", "<f8", "|i1"):
        rows = [array.astype(kind) for array in ROWS]
        path = archive_of(tmp_path / "a.npz", train=npy_with_pickle(pickle.dumps(objects(rows), protocol)))
        assert same(list(io.read_archive(path)), rows)


def test_fortran_order(tmp_path: Path) -> None:
    rows = [np.asfortranarray(array) for array in ROWS]
    path = archive_of(tmp_path / "a.npz", train=npy_with_pickle(pickle.dumps(objects(rows), 2)))
    assert same(list(io.read_archive(path)), ROWS)


def test_the_layout_that_python_2_published(tmp_path: Path) -> None:
    payload = published_pickle(ROWS[1])
    reference = pickle.loads(payload, encoding="latin1")
    assert same(list(reference), ROWS[1:])
    path = archive_of(tmp_path / "a.npz", train=npy_with_pickle(payload))
    assert same(list(io.read_archive(path)), ROWS[1:])


def test_plain_arrays_need_no_pickle(tmp_path: Path) -> None:
    batch = np.tile(np.array([[10, 0, 1, 0, 0], [5, 5, 0, 1, 0], [0, 0, 0, 0, 1]], dtype=np.float32), (3, 1, 1))
    np.savez(tmp_path / "a.npz", train=batch, one=ROWS[0])
    assert [sketch.number_of_points for sketch in io.read_sketches(tmp_path / "a.npz")] == [2, 2, 2, 2]
    np.save(tmp_path / "a.npy", np.asfortranarray(ROWS[1]))
    (sketch,) = io.read_sketches(tmp_path / "a.npy")
    assert sketch.equals(io.from_stroke3(ROWS[1]))


class Exploit:
    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return exec, ("import sys; sys.modules['sketchlib_was_exploited'] = sys",)


@pytest.mark.parametrize(
    "payload",
    [
        b"cos\nsystem\n(S'true'\ntR.",
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"\x80\x02cnumpy\nload\nU\x01x\x85R.",
        b"\x80\x02cnumpy.core.multiarray\nfrombuffer\nU\x01x\x85R.",
        pickle.dumps(print),
        pickle.dumps(Path("a")),
    ],
)
def test_hostile_pickles_are_refused_by_name(tmp_path: Path, payload: bytes) -> None:
    path = archive_of(tmp_path / "evil.npz", train=npy_with_pickle(payload))
    with pytest.raises(
        FormatError, match=r"^evil.npz, train: a pickle in a sketch file holds arrays only, got \w+\.\w+"
    ):
        list(io.read_archive(path))


def test_nothing_in_a_pickle_runs(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "evil.npz", train=npy_with_pickle(pickle.dumps([Exploit()])))
    with pytest.raises(FormatError):
        list(io.read_archive(path))
    assert "sketchlib_was_exploited" not in sys.modules


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b".",
        b"garbage",
        pickle.dumps([1, 2, 3]),
        pickle.dumps("text"),
        pickle.dumps(objects([np.array(["a", "b"])])),
        pickle.dumps(objects([np.zeros(3), np.zeros(4)])),
        pickle.dumps(objects(ROWS))[:-30],
        pickle.dumps(objects(ROWS), 2).replace(b"K\x02K\x03\x86", b"K\x7fK\x03\x86"),
        b"\x80\x02" + b"]" * 10 + b".",
        b"\x80\x04\x8e" + (2**40).to_bytes(8, "little") + b"x.",
    ],
)
def test_damaged_pickles_are_one_sentence(tmp_path: Path, payload: bytes) -> None:
    path = archive_of(tmp_path / "bad.npz", train=npy_with_pickle(payload))
    with pytest.raises(FormatError, match=r"^bad.npz, train: ") as error:
        list(io.read_archive(path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY",
        b"\x93NUMPY\x09\x00",
        b"\x93NUMPY\x01\x00\x10\x00{'descr': '<i2',",
        b"not numpy",
    ],
)
def test_damaged_headers(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.npy").write_bytes(data)
    with pytest.raises(FormatError, match=r"^bad.npy: "):
        next(io.read_sketches(tmp_path / "bad.npy"))


def test_a_header_that_lies_about_its_size(tmp_path: Path) -> None:
    file = streams.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<i2", "fortran_order": False, "shape": (2**40, 3)})
    (tmp_path / "lie.npy").write_bytes(file.getvalue() + b"1234")
    with pytest.raises(FormatError, match=r"^lie.npy: an array of shape \(1099511627776, 3\)"):
        next(io.read_sketches(tmp_path / "lie.npy"))


def test_arrays_that_are_no_strokes(tmp_path: Path) -> None:
    for array in (np.zeros(3), np.zeros((2, 4)), np.array([["a"]]), np.array(3.0)):
        np.save(tmp_path / "odd.npy", array)
        with pytest.raises(FormatError, match=r"^odd.npy"):
            next(io.read_sketches(tmp_path / "odd.npy"))


def test_broken_archives(tmp_path: Path) -> None:
    path = tmp_path / "cat.npz"
    np.savez_compressed(path, train=objects(ROWS * 50))
    whole = path.read_bytes()
    for data in (b"", b"no zip", whole[:200], whole[:60] + b"\xff" * 40 + whole[100:]):
        path.write_bytes(data)
        with pytest.raises(FormatError, match=r"^cat.npz"):
            list(io.read_archive(path))


def test_a_broken_sketch_is_numbered(tmp_path: Path) -> None:
    np.savez(tmp_path / "cat.npz", train=objects([ROWS[0], np.array([[1, 2, 7]])]))
    with pytest.raises(FormatError, match=r"^cat.npz, sketch 2: the pen flag"):
        list(io.read_sketches(tmp_path / "cat.npz"))
