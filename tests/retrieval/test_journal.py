"""The journal of a build: what was written is there again, whatever happened to the end of the file."""

import hashlib
import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sketchlib.retrieval.journal import Journal

ROWS = [(hashlib.sha256(bytes([n])).digest(), np.full(3, n + 0.5, np.float32), b"jpeg" * n) for n in range(4)]


def written() -> bytes:
    stream = io.BytesIO()
    journal = Journal(stream, "toy-v1", 3)
    for row in ROWS:
        journal.add(*row)
    return stream.getvalue()


def kept(data: bytes, encoder: str = "toy-v1", dimension: int = 3) -> list[bool]:
    """Which rows a journal over these bytes knows, after checking that it knows them rightly and can go on."""
    stream = io.BytesIO(data)
    journal = Journal(stream, encoder, dimension)
    found = [key in journal for key, _, _ in ROWS]
    for (key, vector, thumbnail), known in zip(ROWS, found, strict=True):
        if not known:
            journal.add(key, vector, thumbnail)
    for key, vector, thumbnail in ROWS:
        assert np.array_equal(journal[key][0], vector)
        assert journal[key][1] == thumbnail
    if dimension == 3:
        assert all(key in Journal(stream, encoder, dimension) for key, _, _ in ROWS)
    return found


@given(st.integers(0, len(written())))
def test_a_cut_loses_the_rows_behind_it(place):
    ends = [len(written()) - sum(32 + 8 + 12 + len(row[2]) for row in ROWS[number + 1 :]) for number in range(4)]
    assert kept(written()[:place]) == [end <= place for end in ends]


@given(st.integers(0, len(written()) - 1), st.integers(1, 255))
def test_a_flipped_byte_never_gives_a_wrong_row(place, change):
    data = bytearray(written())
    data[place] ^= change
    journal = Journal(io.BytesIO(bytes(data)), "toy-v1", 3)
    for key, vector, thumbnail in ROWS:
        if key in journal:
            assert np.array_equal(journal[key][0], vector)
            assert journal[key][1] == thumbnail


def test_the_journal_of_another_encoder_is_thrown_away():
    assert kept(written()) == [True] * 4
    assert kept(written(), encoder="toy-v2") == [False] * 4
    assert (
        kept(b"something else altogether, and rather longer than a header of a journal would ever be" * 3)
        == [False] * 4
    )
    journal = Journal(io.BytesIO(written()), "toy-v1", 2)
    assert not any(key in journal for key, _, _ in ROWS)


def test_what_was_flushed_is_in_the_file(tmp_path):
    with (tmp_path / "journal").open("a+b") as stream:
        journal = Journal(stream, "toy-v1", 3)
        journal.add(*ROWS[0])
        journal.flush()
        assert kept((tmp_path / "journal").read_bytes()) == [True, False, False, False]
