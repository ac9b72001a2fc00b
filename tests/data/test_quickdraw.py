import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sketchlib.data import download as download_module
from sketchlib.data import quickdraw
from sketchlib.data.store import SketchStore, read_meta
from sketchlib.errors import DownloadError, FormatError, InputError
from sketchlib.simplify import LOST_TIP
from tests.hub_stand_in import StandIn, serving

CATEGORIES = ("cat", "tent", "The Eiffel Tower")
PARTS = {"train": 12, "valid": 3, "test": 2}


def random_rows(random: np.random.Generator) -> np.ndarray:
    """A stroke-3 drawing whose long side is 255, and whose first row is any offset."""
    count = int(random.integers(3, 20))
    points = random.integers(0, 200, (count, 2))
    points[0], points[1] = (0, 3), (255, 40)
    pen = (random.random(count) < 0.3).astype(int)
    pen[-1] = 1
    return np.column_stack([np.diff(points - (9, -4), axis=0, prepend=0), pen]).astype(np.int16)


def objects(rows: list[np.ndarray]) -> np.ndarray:
    array = np.empty(len(rows), dtype=object)
    array[:] = rows
    return array


def archive(parts: dict[str, list[np.ndarray]]) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **{name: objects(rows) for name, rows in parts.items()})
    return stream.getvalue()


def drawings_of(category: str) -> dict[str, list[np.ndarray]]:
    random = np.random.default_rng(len(category))
    return {name: [random_rows(random) for _ in range(count)] for name, count in PARTS.items()}


def paper_strokes(rows: np.ndarray) -> list[list[tuple[float, float]]] | None:
    """The paper's preprocessing, one point at a time; None for a sketch it rejects."""
    strokes, stroke, x, y = [], [], 0, 0
    for dx, dy, pen in rows.tolist():
        x, y = x + int(dx), y + int(dy)
        stroke.append((x, y))
        if pen == 1:
            strokes.append(stroke)
            stroke = []
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return None
    (left, right), (top, bottom) = ((min(values), max(values)) for values in zip(*points, strict=True))
    side = max(right - left, bottom - top)
    if side == 0:
        return None
    centre = (left + right) / 2, (top + bottom) / 2
    return [[(1.48 * (x - centre[0]) / side, 1.48 * (y - centre[1]) / side) for x, y in stroke] for stroke in strokes]


def stored_strokes(path: Path, split: str, index: int) -> list[list[tuple[float, float]]]:
    sketch = SketchStore(path, split).sketch(index)
    rows = [(*point, i == len(stroke) - 1) for stroke in sketch for i, point in enumerate(np.rint(stroke.points * 255))]
    table = np.array(rows)
    table[:, :2] = np.diff(table[:, :2], axis=0, prepend=0)
    strokes = paper_strokes(table)
    assert strokes is not None
    return strokes


def assert_same(one: list[list[tuple[float, float]]], other: list[list[tuple[float, float]]], tolerance: float) -> None:
    assert [len(stroke) for stroke in one] == [len(stroke) for stroke in other]
    np.testing.assert_allclose(np.concatenate(one), np.concatenate(other), atol=tolerance)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(download_module.time, "sleep", lambda seconds: None)
    with serving() as stand_in:
        for category in CATEGORIES:
            stand_in.files[f"/sketchrnn/{category}.npz"] = archive(drawings_of(category))
        yield stand_in


def home(bucket: StandIn) -> str:
    return f"{bucket.url}/sketchrnn"


# --- from the server to the store


def test_categories_become_one_store_normalised_as_the_paper_does(bucket: StandIn, tmp_path: Path) -> None:
    path = quickdraw.prepare(["The Eiffel Tower", "tent", "cat"], tmp_path, home(bucket), progress=False)
    meta = read_meta(path)
    assert meta["classes"] == ["cat", "tent", "The Eiffel Tower"]
    assert "CC BY 4.0" in meta["source"]
    for split, count in PARTS.items():
        store = SketchStore(path, split)
        assert np.asarray(store.labels).tolist() == [label for label in range(3) for _ in range(count)]
        for label, category in enumerate(meta["classes"]):
            for index, rows in enumerate(drawings_of(category)[split]):
                expected = paper_strokes(rows)
                assert expected is not None
                assert_same(stored_strokes(path, split, label * count + index), expected, tolerance=1e-12)


def test_a_second_run_downloads_nothing_again(bucket: StandIn, tmp_path: Path) -> None:
    quickdraw.prepare(["cat", "tent"], tmp_path, home(bucket), progress=False)
    assert bucket.downloads() == [None, None]
    quickdraw.prepare(["cat", "tent"], tmp_path, home(bucket), progress=False)
    assert bucket.downloads() == [None, None]
    assert bucket.user_agents == {"StrokeScope (sketchlib)"}


def test_the_environment_names_a_mirror_and_names_are_checked(bucket: StandIn, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("STROKESCOPE_QUICKDRAW_URL", home(bucket) + "/")
    assert quickdraw.fetch(["cat"], tmp_path, progress=False) == (tmp_path / "cat.npz",)
    with pytest.raises(InputError, match=r"a category is 30, 345 or one of .*, got 'catt'"):
        quickdraw.prepare(["cat", "catt"], tmp_path)
    with pytest.raises(InputError, match="http or https"):
        quickdraw.fetch(["tent"], tmp_path, "file:///etc")


def test_the_bar_names_the_category_and_its_place(bucket: StandIn, tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    quickdraw.fetch(CATEGORIES, tmp_path, home(bucket))
    errors = capsys.readouterr().err
    assert "cat (1/3): 100%" in errors
    assert "The Eiffel Tower (3/3): 100%" in errors


# --- what goes wrong on the way


def test_a_connection_that_breaks_is_taken_up_where_it_broke(bucket: StandIn, tmp_path: Path) -> None:
    bucket.cut_after = 500
    (path,) = quickdraw.fetch(["cat"], tmp_path, home(bucket), progress=False)
    assert path.read_bytes() == bucket.files["/sketchrnn/cat.npz"]
    assert bucket.downloads() == [None, "bytes=500-"]


def test_a_run_that_was_killed_is_taken_up_by_the_next_one(bucket: StandIn, tmp_path: Path) -> None:
    (tmp_path / "cat.npz.part").write_bytes(bucket.files["/sketchrnn/cat.npz"][:300])
    (path,) = quickdraw.fetch(["cat"], tmp_path, home(bucket), progress=False)
    assert path.read_bytes() == bucket.files["/sketchrnn/cat.npz"]
    assert bucket.downloads() == ["bytes=300-"]
    assert [each.name for each in tmp_path.iterdir()] == ["cat.npz"]


def test_a_server_without_ranges_is_read_from_the_start(bucket: StandIn, tmp_path: Path) -> None:
    bucket.ignore_range = True
    (tmp_path / "cat.npz.part").write_bytes(b"x" * 300)
    (path,) = quickdraw.fetch(["cat"], tmp_path, home(bucket), progress=False)
    assert path.read_bytes() == bucket.files["/sketchrnn/cat.npz"]


def test_a_part_longer_than_the_file_is_thrown_away(bucket: StandIn, tmp_path: Path) -> None:
    content = bucket.files["/sketchrnn/cat.npz"]
    (tmp_path / "cat.npz.part").write_bytes(content + b"more")
    (path,) = quickdraw.fetch(["cat"], tmp_path, home(bucket), progress=False)
    assert path.read_bytes() == content


def test_a_part_of_another_version_is_noticed_and_removed(bucket: StandIn, tmp_path: Path) -> None:
    (tmp_path / "cat.npz.part").write_bytes(b"x" * 300)
    with pytest.raises(DownloadError, match=r"arrived damaged .its MD5 is another"):
        quickdraw.fetch(["cat"], tmp_path, home(bucket), progress=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"<html>Sign in to this network</html>", archive({"train": []})[:-30]])
def test_what_is_no_archive_is_refused_and_removed(bucket: StandIn, tmp_path: Path, content: bytes) -> None:
    bucket.files["/sketchrnn/cat.npz"] = content
    with pytest.raises(DownloadError, match=r"arrived damaged .it is not a readable \.npz"):
        quickdraw.fetch(["cat"], tmp_path, home(bucket), progress=False)
    assert not list(tmp_path.iterdir())


def test_an_archive_with_a_flipped_bit_is_refused(bucket: StandIn, tmp_path: Path) -> None:
    content = bytearray(bucket.files["/sketchrnn/cat.npz"])
    content[200] ^= 1
    bucket.files["/sketchrnn/cat.npz"] = bytes(content)
    with pytest.raises(DownloadError, match="arrived damaged"):
        quickdraw.fetch(["cat"], tmp_path, home(bucket), progress=False)


def test_a_busy_server_is_asked_again_ever_more_slowly(bucket: StandIn, tmp_path: Path, monkeypatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(download_module.time, "sleep", waits.append)
    bucket.statuses = [503, 429, 500, 502]
    quickdraw.fetch(["cat"], tmp_path, home(bucket), progress=False)
    assert waits == [1, 2, 4, 8]
    bucket.statuses = [503] * 5
    with pytest.raises(DownloadError, match=r"could not be downloaded .it answers 503.: check the network"):
        quickdraw.fetch(["tent"], tmp_path, home(bucket), progress=False)


def test_a_missing_file_and_no_network_are_one_sentence_each(bucket: StandIn, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"zebra\.npz could not be downloaded: it answers 404"):
        quickdraw.fetch(["zebra"], tmp_path, home(bucket), progress=False)
    assert len(bucket.downloads()) == 1
    with pytest.raises(
        DownloadError, match=r"could not be downloaded .*Connection refused.*: check the network"
    ) as raised:
        quickdraw.fetch(["cat"], tmp_path, "http://127.0.0.1:9", progress=False)
    assert "\n" not in str(raised.value)


class Hostile:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


def test_a_hostile_archive_is_refused_and_never_runs(bucket: StandIn, tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|O", "fortran_order": False, "shape": (1,)})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as writer:
        writer.writestr("train.npy", header.getvalue() + pickle.dumps(Hostile(tmp_path / "it ran")))
    bucket.files["/sketchrnn/cat.npz"] = stream.getvalue()
    with pytest.raises(FormatError, match=r"holds arrays only"):
        quickdraw.prepare(["cat"], tmp_path, home(bucket), progress=False)
    assert not (tmp_path / "it ran").exists()
    assert not (tmp_path / "store").exists()


def test_a_file_without_a_split_is_refused_by_name(bucket: StandIn, tmp_path: Path) -> None:
    bucket.files["/sketchrnn/cat.npz"] = archive({"train": drawings_of("cat")["train"]})
    with pytest.raises(FormatError, match=r"got no sketches of valid: .*cat\.npz"):
        quickdraw.prepare(["cat"], tmp_path, home(bucket), progress=False)


# --- stroke-3 to flat arrays

row = st.tuples(st.integers(-60, 60), st.integers(-60, 60), st.sampled_from([0, 0, 1]))
tables = st.lists(row, min_size=1, max_size=12).map(lambda rows: np.array(rows, dtype=np.int16))


@settings(max_examples=60)
@given(st.lists(tables, min_size=1, max_size=6))
def test_flat_arrays_are_the_papers_strokes_up_to_the_grid(sketches: list[np.ndarray]) -> None:
    expected = [strokes for strokes in map(paper_strokes, sketches) if strokes is not None]
    flat = quickdraw.flatten(sketches, 5, ("a",) * 6)
    assert flat.points.dtype == np.uint8
    assert np.asarray(flat.labels).tolist() == [5] * len(expected)
    lengths = np.diff(flat.stroke_ends, prepend=0).tolist()
    assert lengths == [len(stroke) for strokes in expected for stroke in strokes]
    assert np.diff(flat.sketch_ends, prepend=0).tolist() == [len(strokes) for strokes in expected]
    points = np.split(np.asarray(flat.points, dtype=float), np.cumsum(lengths))[:-1]
    for strokes in expected:
        mine, points = points[: len(strokes)], points[len(strokes) :]
        low, high = np.concatenate(mine).min(axis=0), np.concatenate(mine).max(axis=0)
        assert low.tolist() == [0, 0]
        normal = [(1.48 * (stroke - (low + high) / 2) / (high - low).max()).tolist() for stroke in mine]
        assert_same(normal, strokes, tolerance=2 * 1.48 * 0.5 / (255 - LOST_TIP))


@pytest.mark.parametrize("side", [int(255 - LOST_TIP), 254, 255])
def test_published_coordinates_are_kept_to_the_last_digit(side: int) -> None:
    rows = np.array([[-9, 4, 0], [side, 0, 0], [-3, 100, 1]], dtype=np.int16)
    assert quickdraw.flatten([rows], 0, ("a",)).points.tolist() == [[0, 0], [side, 0], [side - 3, 100]]


@pytest.mark.parametrize("side", [100, int(255 - LOST_TIP) - 1, 256, 30_000])
def test_other_sizes_are_scaled_to_the_canvas(side: int) -> None:
    rows = np.array([[-9, 4, 0], [side, 0, 0], [-side, 7, 1]], dtype=np.int32)
    points = quickdraw.flatten([rows], 0, ("a",)).points
    assert points[1].tolist() == [255, 0]
    assert points[2].tolist() == [0, round(255 * 7 / side)]


def test_degenerate_sketches_and_what_follows_the_last_lift_are_dropped() -> None:
    dot, unlifted = np.array([[5, 5, 1]]), np.array([[0, 0, 0], [255, 0, 0]])
    line_and_rest = np.array([[0, 0, 0], [255, 0, 1], [-10, 90, 0]])
    flat = quickdraw.flatten([dot, unlifted, line_and_rest], 0, ("a",))
    assert np.asarray(flat.points).tolist() == [[0, 0], [255, 0]]
    assert np.asarray(flat.sketch_ends).tolist() == [1]


@pytest.mark.parametrize("rows", [np.array([[0, 0, 0], [9, 9, 2]]), np.zeros((2, 4), int)], ids=["flag", "columns"])
def test_rows_that_are_not_stroke3_are_named(rows: np.ndarray) -> None:
    with pytest.raises(FormatError, match=r"stroke-3 is .*sketch 2 of these"):
        quickdraw.flatten([np.array([[0, 0, 0], [1, 1, 1]]), rows], 0, ("a",))
