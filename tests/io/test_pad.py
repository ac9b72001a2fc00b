"""The pad's JSON and the share token."""

import base64
import contextlib
import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sketchlib import io
from sketchlib.errors import FormatError, SketchError
from sketchlib.sketch import Sketch, Stroke

PIXELS = st.integers(-20, 276)
ROWS = st.lists(st.tuples(PIXELS, PIXELS, st.integers(0, 90_000), st.integers(0, 8).map(lambda n: n / 8)), min_size=1)
COLUMNS = st.integers(2, 4)
BYTES = st.integers(0, 255)
GRID_STROKES = st.lists(st.lists(st.tuples(BYTES, BYTES), min_size=1, max_size=300), max_size=5)


@given(st.dictionaries(st.integers(-5, 1000), st.tuples(ROWS, COLUMNS), max_size=5))
def test_pad_round_trip(strokes: dict[int, tuple[list[tuple[float, ...]], int]]) -> None:
    value = {
        "v": 1,
        "size": 256,
        "rev": 3,
        "strokes": [{"id": key, "pts": [list(r[:columns]) for r in rows]} for key, (rows, columns) in strokes.items()],
    }
    sketch = io.from_pad(value)
    assert sketch.ids == tuple(strokes)
    assert io.to_pad(sketch, revision=3) == value
    assert io.from_pad(json.dumps(value)).equals(sketch)


def test_units_and_channels() -> None:
    (stroke,) = io.from_pad({"size": 512, "strokes": [{"id": 7, "pts": [[256, 512, 1500, 0.25], [0, 0, 2000, 7]]}]})
    assert stroke.points.tolist() == [[0.5, 1.0], [0.0, 0.0]]
    assert stroke.seconds is not None
    assert stroke.pressure is not None
    assert stroke.seconds.tolist() == [1.5, 2.0]
    assert stroke.pressure.tolist() == [0.25, 1.0]


def test_a_channel_that_some_points_lack_is_dropped() -> None:
    (stroke,) = io.from_pad({"strokes": [{"pts": [[1, 2, 3, 0.5], [1, 2, 3]]}]})
    assert stroke.seconds is not None
    assert stroke.pressure is None


def test_pressure_without_time_is_written_with_time_zero() -> None:
    value = io.to_pad(Sketch((Stroke([[0.5, 0.5]], pressure=[0.5]),)))
    assert value["strokes"][0]["pts"] == [[128.0, 128.0, 0.0, 0.5]]


def test_an_empty_pad() -> None:
    assert len(io.from_pad(None)) == len(io.from_pad({"strokes": []})) == 0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (7, '"strokes"'),
        ("", "not valid JSON"),
        ("[]", '"strokes"'),
        ({"strokes": None}, '"strokes"'),
        ({"strokes": [None]}, "stroke 1: "),
        ({"strokes": [{"pts": []}]}, "stroke 1: .*at least one point"),
        ({"strokes": [{"pts": [[1, 1]]}, {"id": "x", "pts": [[1, 1]]}]}, 'stroke 2: "id"'),
        ({"strokes": [{"id": True, "pts": [[1, 1]]}]}, 'stroke 1: "id"'),
        ({"strokes": [{"pts": [[1]]}]}, "stroke 1: a point is"),
        ({"strokes": [{"pts": [["a", 1]]}]}, "stroke 1: coordinates are numbers"),
        ({"strokes": [{"pts": [[float("nan"), 1]]}]}, "stroke 1: coordinates are finite"),
        ({"strokes": [{"pts": [[1, 1, float("inf")]]}]}, "stroke 1: time and pressure are finite"),
        ({"size": 0, "strokes": []}, '"size"'),
        ({"size": [256], "strokes": []}, '"size"'),
        ({"size": "256", "strokes": []}, "size"),
        ({"strokes": [{"pts": [[1, 1]]}] * 2_001}, "2,000 strokes"),
        ({"strokes": [{"pts": [[1, 1]] * 100_001}]}, "100,000 points"),
        (" " * 8_000_001, "bytes"),
    ],
)
def test_broken_values_name_the_stroke(value: object, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        io.from_pad(value)


@given(GRID_STROKES)
def test_token_round_trip(strokes: list[list[tuple[int, int]]]) -> None:
    sketch = Sketch.from_points([np.array(stroke) / 255.0 for stroke in strokes])
    token = io.to_token(sketch)
    assert token.replace("-", "").replace("_", "").isalnum()
    assert io.from_token(token).equals(sketch, 1e-12)


def test_token_is_short_and_clips_to_the_canvas() -> None:
    sketch = Sketch.from_points([[[-1.0, 0.5], [2.0, 0.5]]])
    assert io.from_token(io.to_token(sketch))[0].points[:, 0].tolist() == [0.0, 1.0]
    assert len(io.to_token(Sketch.from_points(np.linspace(0.0, 1.0, 60).reshape(3, 10, 2)))) < 120


@given(st.text(max_size=40) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_other_tokens_are_refused(token: str) -> None:
    with pytest.raises(FormatError, match="share token"):
        io.from_token(token)


@given(st.binary(max_size=40))
def test_tokens_with_other_content_are_read_or_refused(raw: bytes) -> None:
    token = base64.urlsafe_b64encode(zlib.compress(b"\x01" + raw)).decode().rstrip("=")
    with contextlib.suppress(FormatError):
        sketch = io.from_token(token)
        assert io.from_token(io.to_token(sketch)).equals(sketch, 1e-12)


def test_a_token_cannot_blow_up() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(bytes([1]) + bytes(10_000_000), 9)).decode()
    with pytest.raises(FormatError, match="share token"):
        io.from_token(bomb)
    with pytest.raises(FormatError, match="characters"):
        io.from_token("A" * 40_000)
    scribble = Sketch.from_points([np.random.default_rng(0).uniform(size=(50_000, 2))])
    with pytest.raises(SketchError, match="share link has room"):
        io.to_token(scribble)


@pytest.mark.parametrize("count", [1, 127, 128, 300, 16_383, 16_384, 20_000])
def test_a_token_counts_points_of_any_number(count: int) -> None:
    sketch = Sketch.from_points([np.full((count, 2), 0.2), np.full((1, 2), 0.4)])
    assert io.from_token(io.to_token(sketch)).equals(sketch, 1e-12)
